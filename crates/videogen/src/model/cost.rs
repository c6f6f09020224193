//! The cost of a submission and its task: what was expected, and what it came to.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use videogen_wire::facts::PriceUnit;

use crate::model::{CostEstimate, Estimate, Money, PossibleCost, TaskCost, TokenPrice, UnitPrice, VideoDuration};

/// The estimate of a submission, as recorded before it is sent.
///
/// ```
/// use videogen::price::Reserved;
///
/// let reserved: Reserved = serde_json::from_str(r#"{"amount": "0.756", "low": "0.756", "currency": "USD"}"#)?;
/// assert_eq!(reserved.most().to_string(), "0.756 USD");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Reserved {
    /// The most that it may cost: this amount counts against [budgets](crate::journal::Budget).
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub amount: Decimal,
    /// The least that it may cost.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub low: Decimal,
    /// Currency code of ISO 4217, such as `USD`.
    pub currency: String,
    /// Price of tokens, if the vendor bills tokens: with it, the tokens of the finished task give its cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenPrice>,
    /// Price of a second, if the cost depends on the length of the video alone: with it, the length of the finished video gives
    /// its cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub per_second: Option<Decimal>,
    /// The cost by what the vendor decides, unless the members before give it: with it, the resolution, length, aspect ratio and
    /// audio of the finished video give its cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<PossibleCost>,
}

impl Reserved {
    /// Returns the most that the submission may cost.
    #[must_use]
    pub fn most(&self) -> Money {
        Money::new(self.amount, self.currency.clone())
    }

    /// Returns what this number of tokens costs.
    pub(crate) fn cost_of(&self, tokens: i64) -> Option<Money> {
        let TokenPrice { price, per } = self.tokens.as_ref()?;
        let amount = positive(tokens)?
            .checked_mul(*price)?
            .checked_div(Decimal::from(*per))?;
        Some(Money::new(amount.normalize(), self.currency.clone()))
    }

    /// Returns what billed units cost if they can only be seconds: the vendor does not name the unit, and another one would
    /// give an amount that was not expected.
    pub(crate) fn cost_of_units(&self, units: Decimal) -> Option<Money> {
        let per_second = self.per_second.filter(|_| self.tokens.is_none())?;
        let amount = per_second.checked_mul(units)?;
        let is_expected = self.low <= amount && amount <= self.amount && units > Decimal::ZERO;
        is_expected.then(|| Money::new(amount.normalize(), self.currency.clone()))
    }

    /// Returns what a video costs by its length.
    pub(crate) fn cost_of_length(&self, file: Option<f64>, returned: Option<VideoDuration>) -> Option<Money> {
        let amount = self.per_second?.checked_mul(whole_seconds(file, returned)?)?;
        Some(Money::new(amount.normalize(), self.currency.clone()))
    }
}

impl UnitPrice {
    /// Returns what a finished task costs, by what is known of its tokens or its length.
    pub(crate) fn cost_of(
        &self,
        tokens: Option<i64>,
        file: Option<f64>,
        returned: Option<VideoDuration>,
    ) -> Option<Money> {
        let units = match self.unit {
            PriceUnit::Token => positive(tokens?),
            PriceUnit::Second => whole_seconds(file, returned),
            PriceUnit::Clip => None,
        };
        let amount = units?.checked_mul(self.price)?.checked_div(Decimal::from(self.per))?;
        Some(Money::new(amount.normalize(), self.currency.clone()))
    }
}

/// A number of tokens; 0 of a vendor that does not count them.
pub(super) fn positive(tokens: i64) -> Option<Decimal> {
    let tokens = u64::try_from(tokens).ok().filter(|tokens| *tokens > 0)?;
    Some(Decimal::from(tokens))
}

/// The length of a video in whole seconds, in which videos are billed: that of the file, else the one that the vendor returned
/// with the task.
pub(super) fn whole_seconds(file: Option<f64>, returned: Option<VideoDuration>) -> Option<Decimal> {
    let whole = file.and_then(|seconds| Decimal::try_from(seconds.round()).ok());
    let seconds = whole.or_else(|| returned?.seconds().map(Decimal::from));
    seconds.filter(|seconds| *seconds > Decimal::ZERO)
}

/// What is known of the cost of a submission before it is sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    pub(crate) estimate: Option<Reserved>,
    pub(crate) unit_price: Option<UnitPrice>,
    /// What the user entered since.
    pub(crate) entered: Option<TaskCost>,
}

impl From<&Estimate> for Expected {
    fn from(estimate: &Estimate) -> Self {
        match estimate {
            Estimate::Known(known) => Self {
                estimate: Some(known.into()),
                ..Self::default()
            },
            Estimate::Unknown { unit_price, .. } => Self {
                unit_price: unit_price.clone(),
                ..Self::default()
            },
        }
    }
}

impl From<&CostEstimate> for Reserved {
    fn from(estimate: &CostEstimate) -> Self {
        Self {
            amount: estimate.high,
            low: estimate.low,
            currency: estimate.currency.clone(),
            tokens: estimate.tokens.clone(),
            per_second: estimate.per_second,
            possible: estimate.possible.clone(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
