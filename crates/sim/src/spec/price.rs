//! What videos cost: `x-prices`, `x-sizes`, `x-billing`, and the lengths of input videos in `x-media`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::spec::model::Wanted;

/// An entry of `x-prices`.
#[derive(Debug, Deserialize)]
pub(crate) struct Price {
    models: Vec<String>,
    pub(crate) currency: String,
    pub(crate) unit: Unit,
    /// Number of units that a rate is for.
    #[serde(default = "one")]
    pub(crate) per: u64,
    pub(crate) rates: Vec<Rate>,
    pub(crate) tokens: Option<Tokens>,
    /// Whether the seconds of input videos are billed too.
    #[serde(default)]
    pub(crate) input_video: bool,
}

/// What is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    Second,
    Clip,
    Token,
}

/// An amount, and the requests that it is for.
#[derive(Debug, Deserialize)]
pub(crate) struct Rate {
    pub(crate) price: Decimal,
    #[serde(default)]
    pub(crate) when: BTreeMap<String, Wanted>,
    /// The billed seconds are at least this fraction of the video's, rounded up to a whole second.
    pub(crate) least: Option<Fraction>,
}

/// `5/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Fraction {
    pub(crate) over: u32,
    pub(crate) under: u32,
}

impl TryFrom<String> for Fraction {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let numbers = text.split_once('/').and_then(|(over, under)| {
            let fraction = Self {
                over: over.trim().parse().ok()?,
                under: under.trim().parse().ok()?,
            };
            (fraction.under > 0).then_some(fraction)
        });
        numbers.ok_or_else(|| format!("{text} is no fraction"))
    }
}

/// How tokens are counted.
#[derive(Debug, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) fps: u32,
    /// Name of an entry of `x-sizes`.
    sizes: String,
}

/// An entry of `x-sizes`.
#[derive(Debug, Deserialize)]
struct Sizes {
    name: String,
    /// Pixels across and down, by resolution and aspect ratio.
    sizes: BTreeMap<String, BTreeMap<String, (u32, u32)>>,
}

/// `x-billing`.
#[derive(Debug, Default, Deserialize)]
struct Billing {
    /// Statuses of tasks that cost nothing.
    #[serde(default)]
    free: Vec<String>,
}

/// An entry of `x-media`.
#[derive(Debug, Deserialize)]
struct Medium {
    name: String,
    seconds: Option<(Decimal, Decimal)>,
    total_seconds: Option<Decimal>,
}

/// The prices of a vendor.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Prices {
    #[serde(default, rename = "x-prices")]
    entries: Vec<Price>,
    #[serde(default, rename = "x-sizes")]
    sizes: Vec<Sizes>,
    #[serde(default, rename = "x-billing")]
    billing: Billing,
    #[serde(default, rename = "x-media")]
    media: Vec<Medium>,
}

impl Prices {
    /// The price of a model, by its id or that of its endpoint.
    pub(crate) fn of(&self, id: &str) -> Option<&Price> {
        self.entries
            .iter()
            .find(|price| price.models.iter().any(|model| model == id))
    }

    /// The size in pixels by which the tokens of a video count. If the ratio has none, it is that of 16:9, or any other one of
    /// the resolution.
    pub(crate) fn size(&self, tokens: &Tokens, resolution: &str, ratio: &str) -> Option<(u32, u32)> {
        let table = self.sizes.iter().find(|table| table.name == tokens.sizes)?;
        let tier = table.sizes.get(resolution)?;
        let size = tier.get(ratio).or_else(|| tier.get("16:9"));
        size.or_else(|| tier.values().next()).copied()
    }

    /// The statuses of tasks that cost nothing.
    pub(crate) fn free(&self) -> &[String] {
        &self.billing.free
    }

    /// The length of an input video of unknown length, in seconds: `usual`, or the closest one that the medium allows.
    pub(crate) fn assumed_seconds(&self, medium: Option<&str>, usual: Decimal) -> Decimal {
        let limits = self.medium(medium).and_then(|medium| medium.seconds);
        limits.map_or(usual, |(least, most)| usual.min(most).max(least))
    }

    /// The longest that all videos of a medium may be together.
    pub(crate) fn most_seconds(&self, medium: Option<&str>) -> Option<Decimal> {
        self.medium(medium)?.total_seconds
    }

    fn medium(&self, name: Option<&str>) -> Option<&Medium> {
        self.media.iter().find(|medium| Some(&*medium.name) == name)
    }
}

const fn one() -> u64 {
    1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn prices_and_sizes_are_exact() {
        let spec = json!({
            "x-prices": [{
                "models": ["a", "b"], "currency": "USD", "unit": "token", "per": 1_000_000,
                "tokens": {"fps": 24, "sizes": "wide"}, "input_video": true, "source": "prices",
                "rates": [{"price": "0.10", "when": {"reference_video": "set"}, "least": "5/3"}],
            }],
            "x-sizes": [{"name": "wide", "sizes": {"720p": {"4:3": [960, 720], "16:9": [1280, 720]}, "1k": {"1:1": [9, 9]}}}],
            "x-media": [{"name": "video", "seconds": [1.8, 15]}],
            "openapi": "3.0.3",
        });
        let prices = Prices::deserialize(&spec).unwrap();
        let price = prices.of("b").unwrap();
        assert_eq!(price.rates[0].price.to_string(), "0.10");
        assert_eq!(price.rates[0].least, Some(Fraction { over: 5, under: 3 }));
        let size = |tier, ratio| prices.size(price.tokens.as_ref().unwrap(), tier, ratio);
        assert_eq!(size("720p", "4:3"), Some((960, 720)));
        assert_eq!(size("720p", "21:9"), Some((1280, 720)));
        assert_eq!(size("1k", "16:9"), Some((9, 9)));
        assert_eq!(size("4k", "16:9"), None);
        let assumed = |medium, usual: i64| prices.assumed_seconds(medium, usual.into()).to_string();
        assert_eq!(
            (assumed(Some("video"), 1), assumed(Some("video"), 99)),
            ("1.8".to_owned(), "15".to_owned())
        );
        assert_eq!(assumed(None, 5), "5");
        assert!(prices.of("c").is_none() && prices.free().is_empty());
        for wrong in ["5", "5/0", "a/b"] {
            assert!(Fraction::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
