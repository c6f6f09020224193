//! What a task cost, and how that was obtained.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::possible_cost::Made;
use crate::model::{Money, PossibleCost};

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

    /// What the user entered; nothing, in the currency that is known, if it is not billed.
    pub(crate) fn entered(money: Option<Money>, currency: impl FnOnce() -> Option<String>) -> Self {
        let nothing = || match currency() {
            Some(currency) => Money::new(Decimal::ZERO, currency),
            None => Money::usd(Decimal::ZERO),
        };
        Self::new(money.unwrap_or_else(nothing), Obtained::Entered)
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
    /// Entered by the user, from the vendor's bill.
    Entered,
    /// Reported by the vendor.
    Reported,
    /// From the tokens or seconds that the vendor reported, or else the length of the video where the vendor decided it, and
    /// their price at the time of the submission.
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
            Self::Entered => "entered",
            Self::Reported => "reported",
            Self::Computed => "computed",
            Self::Estimated => "estimated",
        }
    }
}

impl fmt::Display for Obtained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entered => "entered by the user",
            Self::Reported => "reported by the vendor",
            Self::Computed => "computed from usage",
            Self::Estimated => "estimated",
        })
    }
}

/// The cost of a finished video: computed if what is known of it leaves one amount, else the most of those that it leaves.
pub(crate) fn cost_of(
    possible: &[PossibleCost],
    currency: &str,
    made: &Made<'_>,
    tokens: Option<Decimal>,
) -> Option<TaskCost> {
    let mut left = possible.iter().filter(|one| one.may_be(made));
    let first = left.next()?;
    let all = left.fold(first.clone(), |mut all, one| {
        all.widen(one);
        all
    });
    let by_tokens = tokens.zip(all.tokens.as_ref());
    let by_tokens =
        by_tokens.and_then(|(tokens, price)| tokens.checked_mul(price.price)?.checked_div(price.per.into()));
    let (amount, obtained) = match by_tokens {
        Some(amount) => (amount, Obtained::Computed),
        None if all.low == all.amount => (all.amount, Obtained::Computed),
        None => (all.amount, Obtained::Estimated),
    };
    Some(TaskCost::new(Money::new(amount.normalize(), currency), obtained))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(duration: u32, ratio: &str, amount: i64, most: i64) -> PossibleCost {
        PossibleCost {
            resolution: None,
            duration: Some(duration),
            aspect_ratio: Some(ratio.to_owned()),
            generate_audio: None,
            low: amount.into(),
            amount: most.into(),
            tokens: None,
        }
    }

    #[test]
    fn what_is_known_of_a_video_decides_its_cost() {
        let possible = [
            one(5, "16:9", 1, 1),
            one(5, "1:1", 2, 2),
            one(6, "16:9", 3, 3),
            one(7, "16:9", 4, 9),
        ];
        let cost = |seconds: Option<i64>, aspect_ratio: Option<&str>| {
            let seconds = seconds.map(Decimal::from);
            let made = Made {
                seconds,
                aspect_ratio,
                ..Made::default()
            };
            cost_of(&possible, "USD", &made, None)
                .map(|cost| cost.to_string())
                .unwrap_or_default()
        };
        assert_eq!(cost(Some(5), Some("1:1")), "2 USD (computed from usage)");
        assert_eq!(cost(Some(6), None), "3 USD (computed from usage)");
        // The most of what it may be.
        assert_eq!(cost(Some(5), None), "2 USD (estimated)");
        assert_eq!(cost(Some(7), Some("16:9")), "9 USD (estimated)");
        assert_eq!(cost(None, None), "9 USD (estimated)");
        assert_eq!(cost(Some(8), None), "");
    }
}
