//! A price that is not in the specs.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use videogen_wire::facts::PriceUnit;

use crate::model::demand::fit;
use crate::model::field_rule::distinct;
use crate::model::price_problem::PriceProblem;
use crate::model::{Capabilities, FieldRule, InvalidPriceError, Money, Role, Vendor};

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
#[serde(try_from = "Map<String, Value>")]
#[non_exhaustive]
pub struct PriceEntry {
    /// Vendor.
    pub vendor: Vendor,
    /// Model id. That of a model that stands for several endpoints is for all of them; a price of one of them comes before it.
    pub model: String,
    /// The price of `per` units. A division that has no end, such as by 3, is rounded at the 28th digit.
    pub price: Decimal,
    /// Currency code of ISO 4217; `USD` if left out.
    pub currency: String,
    /// What is billed: `second`, `clip` or `token`.
    pub unit: PriceUnit,
    /// Number of units that the price is for; 1 if left out.
    pub per: u64,
    /// What must hold of a request, or of the video that the vendor makes of it where the request leaves that open. The entry with
    /// the most conditions applies, and of several for the same fields the one of which the request itself meets the most: the price for
    /// `unset` before that for 5 seconds, if the duration is not set. Where that leaves several, none applies.
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
        let mut problems = Vec::new();
        self.check(&mut problems);
        match problems.is_empty() {
            true => Ok(self),
            false => Err(InvalidPriceError(problems)),
        }
    }

    /// Adds every member that is invalid.
    pub(super) fn check(&mut self, problems: &mut Vec<PriceProblem>) {
        let mut invalid = |member: &str, value: &dyn fmt::Display, rule: &str| {
            problems.push(PriceProblem::new(member, format!("{member} = {value}: {rule}")));
        };
        if self.model.trim().is_empty() {
            invalid("model", &"\"\"", "is empty; use the id of a model");
        }
        if self.price.is_sign_negative() || self.price.scale() > PLACES {
            invalid(
                "price",
                &self.price,
                "must not be negative, nor have more than 18 decimal places",
            );
        }
        let is_code = self.currency.len() == 3 && self.currency.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code {
            let rule = "must be a currency code of three capital letters, such as USD";
            invalid("currency", &self.currency.escape_debug(), rule);
        }
        if self.per == 0 {
            invalid("per", &self.per, "must be at least 1");
        }
        if let Some(tokens) = self.tokens_per_second {
            if self.unit != PriceUnit::Token {
                invalid("tokens_per_second", &tokens, "is only for the unit token");
            }
            if tokens <= Decimal::ZERO {
                invalid("tokens_per_second", &tokens, "must be more than 0");
            }
        }
        if self.input_video && self.unit == PriceUnit::Clip {
            invalid("input_video", &true, "is only for the units second and token");
        }
        let rules = Capabilities::of(self.vendor, &self.model);
        for (field, rule) in &mut self.when {
            let member = format!("when.{field}");
            if !FIELDS.contains(&field.as_str()) {
                let rule = format!("a price cannot depend on it; use {}", FIELDS.join(", "));
                invalid("when", &field.escape_debug(), &rule);
            } else if let Err(wrong) = rule.normalise(&rules, field) {
                for (value, reason) in wrong {
                    let value = match value.as_str() {
                        "" => "\"\"".to_owned(),
                        value => value.escape_debug().to_string(),
                    };
                    invalid(&member, &value, &reason);
                }
            }
        }
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

    /// Returns whether both prices may apply to one request, with as many conditions, and for the same fields as many that the request itself
    /// meets (the vendor decides the others), so that such a request has no known cost.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        if (self.vendor, &self.model, self.when.len()) != (other.vendor, &other.model, other.when.len()) {
            return false;
        }
        let rules = Capabilities::of(self.vendor, &self.model);
        let further = other.when.keys().filter(|field| !self.when.contains_key(*field));
        let leads = self.when.keys().chain(further).fold(vec![0], |sums, field| {
            let leads = FieldRule::leads(self.when.get(field), other.when.get(field), default(&rules, field));
            distinct(sums.iter().flat_map(|sum| leads.iter().map(move |lead| sum + lead)))
        });
        // An input in any role is an input.
        let has_none = |entry: &Self| entry.when.get("inputs") == Some(&FieldRule::Unset);
        let has_one = |entry: &Self| {
            let mut roles = Role::ALL.iter().filter_map(|role| entry.when.get(role.as_str()));
            roles.any(|rule| fit(&rule.into(), None, None).is_none())
        };
        let contradict = has_none(self) && has_one(other) || has_none(other) && has_one(self);
        let depend_on_the_same = self.when.keys().eq(other.when.keys());
        let possible = if depend_on_the_same {
            leads.contains(&0)
        } else {
            !leads.is_empty()
        };
        !contradict && possible
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
    fn every_problem_is_reported() {
        let refused = read(
            r#""price": 0.05, "unit": "minute", "prize": 1, "per": 0, "currency": "usd", "input_video": "yes",
               "when": {"resolution": 7, "colour": "red", "duration": {}}"#,
        );
        let refused = refused.unwrap_err();
        for words in [
            "price: must be a decimal number in quotes",
            "unit: unknown variant `minute`",
            "unknown field `prize`",
            "per = 0: must be at least 1",
            "currency = usd: must be",
            "input_video: ",
            "when.resolution = 7: must be a resolution",
            "when = colour: a price cannot depend on it",
            "when.duration: must be set, unset",
        ] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
        let missing = serde_json::from_str::<PriceEntry>("{}").unwrap_err().to_string();
        for member in ["vendor", "model", "price", "unit"] {
            assert!(missing.contains(&format!("missing field `{member}`")), "{missing}");
        }
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
