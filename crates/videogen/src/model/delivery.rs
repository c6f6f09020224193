//! Whether a submission reached the vendor.

use serde::{Deserialize, Serialize};

/// Whether a failed submission can have cost money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Provably not sent; it may be sent again.
    NotSent,
    /// The vendor said no.
    Rejected,
    /// Unknown. Submitting again may pay twice.
    Ambiguous,
}
