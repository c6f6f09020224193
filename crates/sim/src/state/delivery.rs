//! The delivery of a webhook.

use serde::Serialize;

/// Delivery of a task's webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Number of attempts so far.
    pub attempts: u32,
    /// Whether the receiver acknowledged an attempt with a 2xx status.
    pub delivered: bool,
    /// Error of the latest attempt that failed.
    pub last_error: Option<String>,
}
