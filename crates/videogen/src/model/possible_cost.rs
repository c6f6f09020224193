//! The cost of a submission by what the vendor decides, and which of them a finished task has.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::TokenPrice;

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
    pub(crate) fn may_be(&self, made: &Made<'_>) -> bool {
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
