//! HTTP clients, host policy, retries and the pace of an account.
//!
//! Floor 2: depends on `model`, `rules` and `poll`. It may not name vendors or use journals.

pub(crate) mod blocking;
pub(crate) mod content;
pub(crate) mod http;
pub(crate) mod pace;
pub(crate) mod proxy;
pub(crate) mod put;
pub(crate) mod resolve;
pub(crate) mod retry;
mod tls;
pub(crate) mod trace;

pub use retry::RetryPolicy;
