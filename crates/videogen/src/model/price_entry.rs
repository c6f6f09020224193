//! A price that is not in the specs.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use videogen_wire::facts::PriceUnit;

use crate::model::demand::fits;
use crate::model::{Capabilities, FieldRule, Money, Role, Vendor};

/// Fields that a price can depend on.
const FIELDS: [&str; 14] = [
    "resolution",
    "aspect_ratio",
    "duration",
    "generate_audio",
    "service_tier",
    "draft",
    "video_operation",
    "inputs",
    "first_frame",
    "last_frame",
    "reference_image",
    "reference_video",
    "reference_audio",
    "tools",
];
/// Whether a price may depend on a field.
pub(crate) fn may_decide(field: &str) -> bool {
    FIELDS.contains(&field) || field == "frames"
}

/// Most decimal places of a price.
const PLACES: u32 = 18;
/// A price of one model at one vendor.
///
/// ```
/// # fn main() -> Result<(), serde_json::Error> {
/// use videogen::price::PriceEntry;
///
/// let entry: PriceEntry = serde_json::from_str(
///     r#"{"vendor": "toapis", "model": "seedance-2", "price": "0.05", "unit": "second", "when": {"resolution": "720p"}}"#,
/// )?;
/// assert_eq!(entry.currency, "USD");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
#[non_exhaustive]
pub struct PriceEntry {
    /// Vendor.
    pub vendor: Vendor,
    /// Model id.
    pub model: String,
    /// The price of `per` units.
    pub price: Decimal,
    /// Currency code of ISO 4217; `USD` if left out.
    pub currency: String,
    /// What is billed: `second`, `clip` or `token`.
    pub unit: PriceUnit,
    /// Number of units that the price is for; 1 if left out.
    pub per: u64,
    /// What must hold of a request. The entry with the most conditions applies; where several with as many do, none does.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, FieldRule>,
    /// Whether the seconds of input videos are billed too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub input_video: bool,
    /// Tokens of a second of video. Needed where tokens are billed and the spec does not have the sizes of the videos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_second: Option<Decimal>,
}

impl PriceEntry {
    /// Creates a price for all requests for a model.
    ///
    /// # Errors
    /// When the amount, the currency or the model is invalid.
    pub fn new(
        vendor: Vendor,
        model: impl Into<String>,
        price: Money,
        unit: PriceUnit,
    ) -> Result<Self, InvalidPriceError> {
        Self {
            vendor,
            model: model.into(),
            price: price.amount,
            currency: price.currency,
            unit,
            per: 1,
            when: BTreeMap::new(),
            input_video: false,
            tokens_per_second: None,
        }
        .checked()
    }

    /// Returns the entry, if it can be used; for one whose members were changed. Values of `when` get the spelling of the model's
    /// table.
    ///
    /// # Errors
    /// When a member is invalid.
    pub fn checked(mut self) -> Result<Self, InvalidPriceError> {
        let invalid = |member: &str, value: &dyn fmt::Display, rule: &str| {
            Err(InvalidPriceError(format!("{member} = {value}: {rule}")))
        };
        if self.model.trim().is_empty() {
            return invalid("model", &"\"\"", "is empty; use the id of a model");
        }
        if self.price.is_sign_negative() || self.price.scale() > PLACES {
            return invalid(
                "price",
                &self.price,
                "must not be negative, nor have more than 18 decimal places",
            );
        }
        let is_code = self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code {
            let rule = "must be a currency code of three capital letters, such as USD";
            return invalid("currency", &self.currency.escape_debug(), rule);
        }
        if self.per == 0 {
            return invalid("per", &self.per, "must be at least 1");
        }
        if let Some(tokens) = self.tokens_per_second {
            if self.unit != PriceUnit::Token {
                return invalid("tokens_per_second", &tokens, "is only for the unit token");
            }
            if tokens <= Decimal::ZERO {
                return invalid("tokens_per_second", &tokens, "must be more than 0");
            }
        }
        if self.input_video && self.unit == PriceUnit::Clip {
            return invalid("input_video", &true, "is only for the units second and token");
        }
        let rules = Capabilities::of(self.vendor, &self.model);
        for (field, rule) in &mut self.when {
            let member = format!("when.{field}");
            if !FIELDS.contains(&field.as_str()) {
                let rule = format!("a price cannot depend on it; use {}", FIELDS.join(", "));
                return invalid("when", &field.escape_debug(), &rule);
            }
            if let Err((value, reason)) = rule.normalise(&rules, field) {
                let value = match value.as_str() {
                    "" => "\"\"".to_owned(),
                    value => value.escape_debug().to_string(),
                };
                return invalid(&member, &value, &reason);
            }
        }
        Ok(self)
    }

    /// Returns the values of `when` that the model's table does not have, with their fields: no valid request may have them.
    /// None for a model that is not in the table, because nothing is known of it.
    ///
    /// ```
    /// # fn main() -> Result<(), serde_json::Error> {
    /// use videogen::price::PriceEntry;
    ///
    /// let entry: PriceEntry = serde_json::from_str(
    ///     r#"{"vendor": "toapis", "model": "seedance-2", "price": "0.05", "unit": "second", "when": {"resolution": "9000p"}}"#,
    /// )?;
    /// assert_eq!(entry.unlisted(), [("resolution", "9000p")]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn unlisted(&self) -> Vec<(&str, &str)> {
        let rules = Capabilities::of(self.vendor, &self.model);
        if !rules.is_known() {
            return Vec::new();
        }
        let unlisted = self.when.iter().flat_map(|(field, rule)| {
            let values = rule.unlisted(&rules, field);
            values.map(move |value| (field.as_str(), value))
        });
        unlisted.collect()
    }

    /// Returns whether both prices may apply to one request, and neither has more conditions than the other, so that such a
    /// request has no known cost.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        if (self.vendor, &self.model, self.when.len()) != (other.vendor, &other.model, other.when.len()) {
            return false;
        }
        let rules = Capabilities::of(self.vendor, &self.model);
        let is_possible = |(field, rule): (&String, &FieldRule)| {
            let other = other.when.get(field);
            other.is_none_or(|other| rule.overlaps(other, || default(&rules, field)))
        };
        // An input in any role is an input.
        let has_none = |entry: &Self| entry.when.get("inputs") == Some(&FieldRule::Unset);
        let has_one = |entry: &Self| {
            let mut roles = Role::ALL.iter().filter_map(|role| entry.when.get(role.as_str()));
            roles.any(|rule| !fits(rule.into(), None, || None))
        };
        let contradict = has_none(self) && has_one(other) || has_none(other) && has_one(self);
        !contradict && self.when.iter().all(is_possible)
    }

    /// Whether it is the same price, whatever it applies to.
    pub(crate) fn has_price_of(&self, other: &Self) -> bool {
        let price = |entry: &Self| {
            (
                entry.price,
                entry.currency.clone(),
                entry.unit,
                entry.per,
                entry.input_video,
                entry.tokens_per_second,
            )
        };
        price(self) == price(other)
    }

    /// Returns whether both are for the same requests, so that one replaces the other.
    #[must_use]
    pub fn is_for_the_same(&self, other: &Self) -> bool {
        (self.vendor, &self.model, &self.when) == (other.vendor, &other.model, &other.when)
    }
}

/// Error of a [`PriceEntry`] that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPriceError(String);

impl fmt::Display for InvalidPriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidPriceError {}

/// What the model takes a field that is not set for, if documented.
fn default(rules: &Capabilities, field: &str) -> Option<String> {
    let model = rules.model;
    match field {
        "resolution" => model.default_resolution.map(str::to_owned),
        "aspect_ratio" => model.default_aspect_ratio.map(str::to_owned),
        "duration" => model.duration.default.map(|seconds| seconds.to_string()),
        "generate_audio" => model.default_generate_audio.map(|audio| audio.to_string()),
        _ => None,
    }
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    vendor: Vendor,
    model: String,
    price: Exact,
    #[serde(default = "usd")]
    currency: String,
    unit: PriceUnit,
    #[serde(default = "one")]
    per: u64,
    #[serde(default)]
    when: BTreeMap<String, FieldRule>,
    #[serde(default)]
    input_video: bool,
    tokens_per_second: Option<Exact>,
}

fn usd() -> String {
    "USD".to_owned()
}

fn one() -> u64 {
    1
}

/// A number that is not read as a binary fraction.
#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a decimal number in quotes, such as \"0.05\"")]
enum Exact {
    Whole(u64),
    Text(String),
}

impl Exact {
    fn read(self, member: &str) -> Result<Decimal, InvalidPriceError> {
        match self {
            Self::Whole(number) => Ok(number.into()),
            Self::Text(text) => Decimal::from_str_exact(&text).map_err(|_| {
                let text = text.escape_debug();
                InvalidPriceError(format!("{member} = {text}: must be a decimal number, such as \"0.05\""))
            }),
        }
    }
}

impl TryFrom<Written> for PriceEntry {
    type Error = InvalidPriceError;

    fn try_from(written: Written) -> Result<Self, InvalidPriceError> {
        Self {
            vendor: written.vendor,
            model: written.model,
            price: written.price.read("price")?,
            currency: written.currency,
            unit: written.unit,
            per: written.per,
            when: written.when,
            input_video: written.input_video,
            tokens_per_second: match written.tokens_per_second {
                Some(tokens) => Some(tokens.read("tokens_per_second")?),
                None => None,
            },
        }
        .checked()
    }
}
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(members: &str) -> Result<PriceEntry, String> {
        let vendor = Vendor::ALL[0];
        let text = format!(r#"{{"vendor": "{vendor}", "model": "m", {members}}}"#);
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_entry_is_read_as_it_is_written() {
        let entry = read(
            r#""price": "7.0", "unit": "token", "per": 1000000, "tokens_per_second": 21600, "input_video": true,
               "when": {"resolution": ["480p", "720p"], "draft": "unset", "generate_audio": false, "duration": 5}"#,
        );
        let entry = entry.unwrap();
        assert_eq!(entry.when["draft"], FieldRule::Unset);
        assert_eq!(entry.when["generate_audio"], "false".parse().unwrap());
        assert_eq!(entry.when["duration"], FieldRule::OneOf(vec!["5".to_owned()]));
        assert_eq!(entry.when["resolution"], "480p, 720p".parse().unwrap());
        let again: PriceEntry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
        assert_eq!(again, entry);
    }

    #[test]
    fn values_get_one_spelling() {
        let entry = read(
            r#""price": "1", "unit": "clip", "when": {"resolution": ["1080P", "720p", "720P "], "generate_audio": "TRUE",
               "aspect_ratio": "Adaptive", "inputs": ["unset"]}"#,
        );
        let entry = entry.unwrap();
        assert_eq!(entry.when["resolution"], "1080p,720p".parse().unwrap());
        assert_eq!(entry.when["generate_audio"], "true".parse().unwrap());
        assert_eq!(entry.when["aspect_ratio"], "adaptive".parse().unwrap());
        assert_eq!(entry.when["inputs"], FieldRule::Unset);
        assert_eq!(entry.unlisted(), []);
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_the_member_and_the_rule() {
        for (members, said) in [
            (r#""price": 0.05, "unit": "second""#, "a decimal number in quotes"),
            (
                r#""price": "1e3", "unit": "second""#,
                "price = 1e3: must be a decimal number",
            ),
            (r#""price": "-1", "unit": "second""#, "price = -1: must not be negative"),
            (r#""price": "1", "unit": "minute""#, "unknown variant `minute`"),
            (r#""price": "1", "unit": "second", "prize": 1"#, "unknown field `prize`"),
            (
                r#""price": "1", "unit": "second", "per": 0"#,
                "per = 0: must be at least 1",
            ),
            (
                r#""price": "1", "unit": "second", "currency": "usd""#,
                "currency = usd: must be",
            ),
            (
                r#""price": "1", "unit": "second", "tokens_per_second": 5"#,
                "tokens_per_second = 5: is only for the unit token",
            ),
            (
                r#""price": "1", "unit": "clip", "input_video": true"#,
                "input_video = true: is only for",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"colour": "red"}"#,
                "when = colour: a price cannot depend on it; use resolution",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"resolution": ""}"#,
                "when.resolution = \"\": is empty; use a value, set or unset",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"resolution": []}"#,
                "when.resolution = []: is empty",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"resolution": [["720p", "set"]]}"#,
                "must be set, unset, a value, or a list",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"resolution": ["720p", "set"]}"#,
                "when.resolution = set: must be a resolution, such as 720p",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"resolution": 720}"#,
                "when.resolution = 720: must be a resolution, such as 720p",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"aspect_ratio": "wide"}"#,
                "when.aspect_ratio = wide: must be an aspect ratio, such as 16:9",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"duration": "5s"}"#,
                "when.duration = 5s: must be a whole number of seconds, or auto",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"draft": "yes"}"#,
                "when.draft = yes: must be true or false",
            ),
            (
                r#""price": "1", "unit": "second", "when": {"reference_video": "long"}"#,
                "when.reference_video = long: must be set, unset or a number of inputs",
            ),
        ] {
            let refused = read(members).unwrap_err();
            assert!(refused.contains(said), "{members}: {refused}");
        }
    }
}
