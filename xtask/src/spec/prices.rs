//! `x-prices`, `x-sizes` and `x-billing`: what a video costs, and the worked examples of each price.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::spec::conditions::{FieldState, FieldWord};
use crate::spec::tasks::Status;

/// The list price of some models.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Price {
    #[schemars(length(min = 1))]
    pub(crate) models: Vec<String>,
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub(crate) currency: String,
    pub(crate) unit: Unit,
    /// How many units the amounts are for.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub(crate) per: u64,
    /// The first that applies counts.
    #[schemars(length(min = 1))]
    pub(crate) rates: Vec<Rate>,
    pub(crate) tokens: Option<Tokens>,
    /// Whether the seconds of input videos are billed too.
    #[serde(default)]
    pub(crate) input_video: bool,
    /// When it was read, where that is not the day on which the page was.
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub(crate) read: Option<String>,
    pub(crate) source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
    #[schemars(length(min = 1))]
    pub(crate) examples: Vec<Example>,
}

fn one() -> u64 {
    1
}

/// What is billed.
#[derive(Deserialize, JsonSchema, PartialEq, Eq, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    Second,
    Clip,
    Token,
}

impl Unit {
    /// The name of as many of them.
    pub(crate) fn counted(self, number: u64) -> String {
        let name = match self {
            Self::Second => "second",
            Self::Clip => "clip",
            Self::Token => "token",
        };
        match number {
            1 => name.to_owned(),
            _ => format!("{number} {name}s"),
        }
    }
}

/// An amount, and the requests that it applies to.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Rate {
    #[schemars(regex(pattern = r"^(0|[1-9][0-9]*)(\.[0-9]{1,18})?$"))]
    pub(crate) price: String,
    #[serde(default)]
    pub(crate) when: BTreeMap<String, FieldState>,
    /// Fraction of the video's length that is billed at least, in whole seconds.
    #[schemars(regex(pattern = "^[1-9][0-9]{0,3}/[1-9][0-9]{0,3}$"))]
    pub(crate) least: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

impl Rate {
    /// Numerator and denominator of `least`.
    pub(crate) fn least(&self) -> Option<(u32, u32)> {
        let (over, under) = self.least.as_deref()?.split_once('/')?;
        Some((over.parse().ok()?, under.parse().ok()?))
    }
}

/// How tokens are counted.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Tokens {
    #[schemars(range(min = 1))]
    pub(crate) fps: u32,
    /// An entry of `x-sizes`.
    pub(crate) sizes: String,
}

/// A worked example.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Example {
    /// Normalised fields.
    pub(crate) request: BTreeMap<String, Value>,
    /// Seconds of all input videos together.
    #[schemars(range(min = 1))]
    pub(crate) input_seconds: Option<u32>,
    #[schemars(regex(pattern = r"^(0|[1-9][0-9]*)(\.[0-9]{1,18})?$"))]
    pub(crate) cost: String,
}

/// Sizes of videos in pixels, by resolution and aspect ratio.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Sizes {
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]*$"))]
    pub(crate) name: String,
    pub(crate) sizes: BTreeMap<String, BTreeMap<String, (u32, u32)>>,
    pub(crate) source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: Marks,
}

/// All, or what is named: resolutions, or a resolution and a ratio with a space between them.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[serde(untagged)]
pub(crate) enum Marks {
    All(bool),
    Some(Vec<String>),
}

impl Default for Marks {
    fn default() -> Self {
        Self::All(false)
    }
}

impl Sizes {
    pub(crate) fn is_unverified(&self, resolution: &str, ratio: &str) -> bool {
        match &self.unverified {
            Marks::All(all) => *all,
            Marks::Some(some) => some
                .iter()
                .any(|mark| mark == resolution || *mark == format!("{resolution} {ratio}")),
        }
    }
}

/// Which tasks are billed.
#[derive(Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Billing {
    /// A task that ends with one of these costs nothing.
    #[serde(default)]
    pub(crate) free: Vec<Status>,
    /// Members of a request that have no normalised field and do not change its price.
    #[serde(default)]
    pub(crate) unaffected: Vec<String>,
    pub(crate) source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

/// The requests that a rate is for: `resolution 480p or 720p, without reference_video`.
pub(crate) fn requests(when: &BTreeMap<String, FieldState>) -> String {
    let tests: Vec<String> = when
        .iter()
        .map(|(field, state)| match state {
            FieldState::Word(FieldWord::Set) => format!("with {field}"),
            FieldState::Word(FieldWord::Unset) => format!("without {field}"),
            FieldState::OneOf(values) => {
                let values: Vec<&str> = values
                    .iter()
                    .map(|value| if value == "unset" { "not set" } else { value })
                    .collect();
                format!("{field} {}", values.join(" or "))
            }
        })
        .collect();
    match tests.is_empty() {
        true => "any".to_owned(),
        false => tests.join(", "),
    }
}

/// The price of one unit; `None`: the amount is no decimal number.
pub(crate) fn each(price: &str, per: u64) -> Option<Decimal> {
    Decimal::from_str_exact(price).ok()?.checked_div(per.into())
}
