//! The public handle of a simulator, and its builder.
//!
//! The top floor: it imports all others, and no other folder imports it. `builder` and `client`
//! import `handle`. Only `client` uses the crate `videogen`, and only to set up clients.

mod builder;
#[cfg(feature = "client")]
mod client;
mod handle;

pub use builder::{Builder, StartError, WEBHOOK_SECRET};
pub use handle::Simulator;
