//! Whether a submission reached the vendor.

use serde::{Deserialize, Serialize};

/// Whether a failed submission may have been billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Provably not sent; it is safe to submit again.
    NotSent,
    /// Refused by the vendor.
    Rejected,
    /// Unknown. Submitting again may pay twice.
    Ambiguous,
}
