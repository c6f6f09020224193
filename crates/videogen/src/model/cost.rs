//! The cost of a submission and its task: what was expected, and what it came to.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use videogen_wire::facts::PriceUnit;

use crate::model::{CostEstimate, Estimate, Money, PossibleCost, TokenPrice, UnitPrice, VideoDuration};

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
}

impl From<&Estimate> for Expected {
    fn from(estimate: &Estimate) -> Self {
        match estimate {
            Estimate::Known(known) => Self {
                estimate: Some(known.into()),
                unit_price: None,
            },
            Estimate::Unknown { unit_price, .. } => Self {
                estimate: None,
                unit_price: unit_price.clone(),
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
mod tests {
    use super::*;
    use crate::model::{Obtained, SecretUrl, TaskCost, TaskId, TaskStatus, Usage, Vendor, Video, VideoTask};

    fn reserved(low: &str, amount: &str, tokens: Option<&str>) -> Reserved {
        Reserved {
            amount: amount.parse().unwrap(),
            low: low.parse().unwrap(),
            currency: "USD".to_owned(),
            tokens: tokens.map(|price| TokenPrice {
                price: price.parse().unwrap(),
                per: 1_000_000,
            }),
            per_second: None,
            possible: Vec::new(),
        }
    }

    fn task(status: &str, estimate: Option<Reserved>, usage: Usage) -> VideoTask {
        let vendor = Vendor::ALL[0];
        let id = TaskId::new(vendor, vendor.families().next().unwrap(), "t").unwrap();
        let mut task = VideoTask::new(id, status.to_owned());
        task.status = TaskStatus::from_vendor(status);
        task.estimate = estimate;
        task.usage = Some(usage);
        task
    }

    #[test]
    fn the_most_reliable_source_of_a_cost_is_used() {
        let usage = |completion: Option<i64>, total: Option<i64>, cost: Option<&str>| {
            let mut usage = Usage::default();
            (usage.completion_tokens, usage.total_tokens) = (completion, total);
            usage.cost = cost.map(|cost| cost.parse().unwrap());
            usage
        };
        let by_token = || Some(reserved("0.756", "0.756", Some("7.0")));
        for (status, estimate, usage, expected) in [
            // As the vendor says, whatever else is known, and however the task ended.
            (
                "completed",
                by_token(),
                usage(Some(108_900), None, Some("0.7")),
                "0.7 USD (reported by the vendor)",
            ),
            (
                "failed",
                None,
                usage(None, None, Some("0.10EUR")),
                "0.1 EUR (reported by the vendor)",
            ),
            (
                "completed",
                None,
                usage(None, None, Some("0")),
                "0 USD (reported by the vendor)",
            ),
            // The worked example of PRICES: one frame more than the formula.
            (
                "completed",
                by_token(),
                usage(Some(108_900), Some(1), None),
                "0.7623 USD (computed from usage)",
            ),
            (
                "completed",
                by_token(),
                usage(None, Some(108_000), None),
                "0.756 USD (computed from usage)",
            ),
            // A gateway that reports no tokens, or bills something else.
            (
                "completed",
                by_token(),
                usage(Some(0), Some(0), None),
                "0.756 USD (estimated)",
            ),
            (
                "completed",
                Some(reserved("0.5", "0.90", None)),
                usage(Some(108_900), None, None),
                "0.9 USD (estimated)",
            ),
            ("completed", None, usage(Some(108_900), None, None), ""),
            // Not finished, or not certainly billed.
            ("running", by_token(), usage(Some(108_900), None, None), ""),
            ("failed", by_token(), usage(Some(108_900), None, None), ""),
        ] {
            let task = task(status, estimate, usage);
            let cost = task.cost().map(|cost| cost.to_string()).unwrap_or_default();
            assert_eq!(cost, expected, "{task:?}");
        }
    }

    #[test]
    fn the_length_that_the_vendor_decided_gives_the_cost() {
        let by_second = |low: &str, amount: &str| {
            let mut estimate = reserved(low, amount, None);
            estimate.per_second = Some("0.05".parse().unwrap());
            estimate
        };
        for (length, asked, expected) in [
            // A video has a frame more than its seconds.
            (Some(7.04), None, "0.35 USD (computed from usage)"),
            (
                Some(7.04),
                Some(VideoDuration::Seconds(15)),
                "0.35 USD (computed from usage)",
            ),
            (None, Some(VideoDuration::Seconds(6)), "0.3 USD (computed from usage)"),
            (None, Some(VideoDuration::Auto), "0.75 USD (estimated)"),
            (Some(0.0), None, "0.75 USD (estimated)"),
            (Some(f64::NAN), None, "0.75 USD (estimated)"),
            (None, None, "0.75 USD (estimated)"),
        ] {
            let mut task = task("completed", Some(by_second("0.2", "0.75")), Usage::default());
            task.parameters.duration = asked;
            task.video = Some(Video {
                url: SecretUrl::new("https://files.example.com/a.mp4".to_owned()),
                expires_at: None,
                format: None,
                duration: length,
                resolution: None,
                aspect_ratio: None,
                fps: None,
                frames: None,
                thumbnail: None,
            });
            assert_eq!(task.cost().unwrap().to_string(), expected, "{length:?} {asked:?}");
        }
    }

    #[test]
    fn costs_are_written_as_exact_text() {
        let cost = TaskCost::new("0.7623".parse().unwrap(), Obtained::Computed);
        let json = serde_json::json!(cost);
        assert_eq!(
            json.to_string(),
            r#"{"amount":"0.7623","currency":"USD","obtained":"computed"}"#
        );
        assert_eq!(serde_json::from_value::<TaskCost>(json).unwrap(), cost);
        let later = r#"{"amount":"1","currency":"USD","obtained":"guessed_by_a_later_version"}"#;
        let later: TaskCost = serde_json::from_str(later).unwrap();
        assert_eq!(later.obtained, Obtained::Estimated);
    }
}
