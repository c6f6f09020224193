//! The public handle of a simulator, and how it is started.
//!
//! The top floor: it imports all others, and no other folder imports it. `builder` uses `handle`.

mod builder;
mod handle;

pub use builder::{Builder, StartError, WEBHOOK_SECRET};
pub use handle::Simulator;
