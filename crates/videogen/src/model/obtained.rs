//! What a task cost, and how that was obtained.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Money;

/// What a task cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskCost {
    /// The amount.
    #[serde(flatten)]
    pub money: Money,
    /// How it was obtained.
    pub obtained: Obtained,
}

impl TaskCost {
    /// Creates a cost.
    #[must_use]
    pub fn new(money: Money, obtained: Obtained) -> Self {
        Self { money, obtained }
    }
}

/// `0.756 USD (reported by the vendor)`.
impl fmt::Display for TaskCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Money { amount, currency, .. } = &self.money;
        write!(f, "{} {currency} ({})", amount.normalize(), self.obtained)
    }
}

/// How the cost of a task was obtained, from the most to the least reliable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obtained {
    /// Reported by the vendor.
    Reported,
    /// From the tokens that the vendor reported, or else the length of the video where the vendor decided it, and their price at
    /// the time of the submission.
    Computed,
    /// The most that was expected before the submission.
    // Also a word of a later version.
    #[serde(other)]
    Estimated,
}

impl Obtained {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Computed => "computed",
            Self::Estimated => "estimated",
        }
    }
}

impl fmt::Display for Obtained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reported => "reported by the vendor",
            Self::Computed => "computed from usage",
            Self::Estimated => "estimated",
        })
    }
}
