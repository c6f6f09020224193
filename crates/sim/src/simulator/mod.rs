//! The public handle of a simulator, and how it is started.
//!
//! The top floor: it imports all others, and no other folder imports it. `builder` and `client`
//! import `handle`. Only `client` uses the crate `videogen`, and judges nothing by it.

mod builder;
#[cfg(feature = "client")]
mod client;
mod handle;

pub use builder::{Builder, StartError, WEBHOOK_SECRET};
pub use handle::Simulator;
