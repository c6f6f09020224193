//! Prices that are not in the specs: the user's own, and those that a vendor answered.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use videogen_wire::facts::PriceUnit;

use crate::model::{Money, Timestamp, Vendor};

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
/// Most decimal places of a price.
const PLACES: u32 = 18;

/// Prices that override or complete the vendors' list prices: the caller's own, then those that vendors answered.
///
/// In a file, each price is an entry of `price`; see [`PriceEntry`]. It is read with any format that serde has.
///
/// ```
/// use videogen::facts::PriceUnit;
/// use videogen::price::{PriceBook, PriceEntry};
/// use videogen::submit::plan;
/// use videogen::{Vendor, VideoRequest};
///
/// let mut prices = PriceBook::default();
/// prices.set(PriceEntry::new(Vendor::ToApis, "seedance-2", "0.05".parse()?, PriceUnit::Second)?);
///
/// let mut plan = plan(Vendor::ToApis, None, &VideoRequest::new("seedance-2", "a paper boat").duration(6))?;
/// assert!(plan.cost().known().is_none());
/// plan.price_with(&prices);
/// assert_eq!(plan.cost().to_string(), "0.3 USD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceBook {
    #[serde(default, rename = "price")]
    own: Vec<PriceEntry>,
    #[serde(skip)]
    live: Vec<(Timestamp, PriceEntry)>,
}

impl PriceBook {
    /// Adds a price of the caller's own, in place of the one for the same model and conditions.
    pub fn set(&mut self, entry: PriceEntry) {
        match self.own.iter_mut().find(|own| own.is_for_the_same(&entry)) {
            Some(own) => *own = entry,
            None => self.own.push(entry),
        }
    }

    /// Adds prices that a vendor answered at a time, such as those of [`ListedModel`](crate::facts::ListedModel).
    pub fn add_live(&mut self, at: Timestamp, entries: impl IntoIterator<Item = PriceEntry>) {
        self.live.extend(entries.into_iter().map(|entry| (at, entry)));
    }

    /// Returns the caller's own prices, in the order in which they were added.
    #[must_use]
    pub fn own(&self) -> &[PriceEntry] {
        &self.own
    }

    /// Returns the prices that vendors answered, and when they did.
    #[must_use]
    pub fn live(&self) -> &[(Timestamp, PriceEntry)] {
        &self.live
    }
}

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
    /// What must hold of a request. The entry with the most conditions applies, of several the first.
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

    /// Returns the entry, if it can be used; for one whose members were changed.
    ///
    /// # Errors
    /// When a member is invalid.
    pub fn checked(self) -> Result<Self, InvalidPriceError> {
        let invalid = |member, value: &dyn fmt::Display, rule: &str| {
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
        match self.when.keys().find(|field| !FIELDS.contains(&field.as_str())) {
            Some(field) => {
                let rule = format!("a price cannot depend on it; use {}", FIELDS.join(", "));
                invalid("when", &field.escape_debug(), &rule)
            }
            None => Ok(self),
        }
    }

    /// Whether one replaces the other.
    fn is_for_the_same(&self, other: &Self) -> bool {
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

/// What a field of a request must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenRule", into = "WrittenRule")]
pub enum FieldRule {
    /// Set, whatever its value: `set`.
    Set,
    /// Not set: `unset`.
    Unset,
    /// One of these values, or the model's default is. `unset` among them stands for not set at all.
    OneOf(Vec<String>),
}

/// `set`, `unset`, or values separated by commas.
impl std::str::FromStr for FieldRule {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.trim() {
            "set" => Self::Set,
            "unset" => Self::Unset,
            text => Self::OneOf(text.split(',').map(|value| value.trim().to_owned()).collect()),
        })
    }
}

impl fmt::Display for FieldRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set => f.write_str("set"),
            Self::Unset => f.write_str("unset"),
            Self::OneOf(values) => f.write_str(&values.join(",")),
        }
    }
}

/// A rule as it is written: `set`, `unset`, a value, or a list of them.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "must be set, unset, a value, or a list of values in quotes")]
enum WrittenRule {
    Switch(bool),
    Number(u32),
    Word(String),
    Words(Vec<String>),
}

impl From<WrittenRule> for FieldRule {
    fn from(written: WrittenRule) -> Self {
        match written {
            WrittenRule::Switch(value) => Self::OneOf(vec![value.to_string()]),
            WrittenRule::Number(value) => Self::OneOf(vec![value.to_string()]),
            WrittenRule::Word(word) if word == "set" => Self::Set,
            WrittenRule::Word(word) if word == "unset" => Self::Unset,
            WrittenRule::Word(word) => Self::OneOf(vec![word]),
            WrittenRule::Words(words) => Self::OneOf(words),
        }
    }
}

impl From<FieldRule> for WrittenRule {
    fn from(rule: FieldRule) -> Self {
        match rule {
            FieldRule::OneOf(values) => Self::Words(values),
            word => Self::Word(word.to_string()),
        }
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
        ] {
            let refused = read(members).unwrap_err();
            assert!(refused.contains(said), "{members}: {refused}");
        }
    }

    #[test]
    fn a_price_replaces_the_one_for_the_same_requests() {
        let mut book = PriceBook::default();
        let entry =
            |price: &str, when: &str| read(&format!(r#""price": "{price}", "unit": "clip", "when": {when}"#)).unwrap();
        book.set(entry("1", "{}"));
        book.set(entry("2", r#"{"resolution": "720p"}"#));
        book.set(entry("3", "{}"));
        let prices: Vec<String> = book.own().iter().map(|own| own.price.to_string()).collect();
        assert_eq!(prices, ["3", "2"]);
    }
}
