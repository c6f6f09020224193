//! The cost of a submission by what the vendor decides, and which of them a finished task has.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{Money, Obtained, TaskCost, TokenPrice};

/// What a video costs if the vendor decides these values. A value that is `None` does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PossibleCost {
    /// Resolution tier, such as `720p`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Length in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Aspect ratio, such as `16:9`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Whether it has audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate_audio: Option<bool>,
    /// The least that it costs then.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub low: Decimal,
    /// The most that it costs then. Equal to the least unless the length of input videos is unknown.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub amount: Decimal,
    /// Price of tokens, if tokens are billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenPrice>,
}

/// What is known of a finished video.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Made<'a> {
    pub(crate) resolution: Option<&'a str>,
    pub(crate) seconds: Option<Decimal>,
    pub(crate) aspect_ratio: Option<&'a str>,
    pub(crate) generate_audio: Option<bool>,
}

impl PossibleCost {
    pub(crate) fn is_for_the_same(&self, other: &Self) -> bool {
        let key = |one: &Self| {
            (
                one.resolution.clone(),
                one.duration,
                one.aspect_ratio.clone(),
                one.generate_audio,
            )
        };
        key(self) == key(other)
    }

    /// Includes another cost for the same values.
    pub(crate) fn widen(&mut self, other: &Self) {
        self.low = self.low.min(other.low);
        self.amount = self.amount.max(other.amount);
        if self.tokens != other.tokens {
            self.tokens = None;
        }
    }

    /// Whether the video may be this one, by what is known of it.
    fn may_be(&self, made: &Made<'_>) -> bool {
        let seconds = self.duration.map(Decimal::from);
        agree(self.resolution.as_deref(), made.resolution, str::eq_ignore_ascii_case)
            && agree(seconds.as_ref(), made.seconds.as_ref(), PartialEq::eq)
            && agree(self.aspect_ratio.as_deref(), made.aspect_ratio, PartialEq::eq)
            && agree(
                self.generate_audio.as_ref(),
                made.generate_audio.as_ref(),
                PartialEq::eq,
            )
    }
}

fn agree<T: ?Sized>(one: Option<&T>, other: Option<&T>, same: impl Fn(&T, &T) -> bool) -> bool {
    one.zip(other).is_none_or(|(one, other)| same(one, other))
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
