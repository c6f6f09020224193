//! Balance of an account.

use serde::Serialize;

/// Balance of the account that a key belongs to. `None`: the vendor did not say.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Balance {
    /// What remains, in the vendor's credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_credits: Option<f64>,
    /// What was used so far, in credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_credits: Option<f64>,
    /// Credits for a US dollar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_per_usd: Option<f64>,
    /// Whether there is no limit.
    pub unlimited: bool,
}
