//! What a field of a request must be for a price to apply.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::demand::{Demand, Fit, UNSET, fit};
use crate::model::{Capabilities, Role};

/// What is wrong with a field without values.
const EMPTY: &str = "is empty; use a value, set or unset";

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

impl FieldRule {
    /// Gives its values the spelling of the model's table, and one order.
    ///
    /// # Errors
    /// The values that cannot be one of the field, and why.
    pub(super) fn normalise(&mut self, rules: &Capabilities, field: &str) -> Result<(), Vec<(String, String)>> {
        let Self::OneOf(values) = self else { return Ok(()) };
        if values.is_empty() {
            return Err(vec![("[]".to_owned(), EMPTY.to_owned())]);
        }
        let mut wrong = Vec::new();
        for value in &mut *values {
            match spelt(rules, field, value.trim()) {
                Ok(spelt) => *value = spelt,
                Err(reason) => wrong.push((value.trim().to_owned(), reason)),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut distinct = BTreeSet::new();
        distinct.extend(values.drain(..));
        values.extend(distinct);
        if *values == [UNSET] {
            *self = Self::Unset;
        }
        Ok(())
    }

    /// Its values that no valid request for a listed model has.
    pub(super) fn unlisted<'a>(&'a self, rules: &Capabilities, field: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let has_field = match field {
            "inputs" => !rules.model.inputs.is_empty(),
            role if is_role(role) => rules.model.inputs.iter().any(|input| input.role == role),
            field => rules.field(field).is_some(),
        };
        let values: &[String] = match self {
            Self::OneOf(values) => values,
            _ => &[],
        };
        let word = matches!(self, Self::Set).then_some("set").filter(|_| !has_field);
        let known = rules.values(field);
        let (duration, is_duration) = (rules.model.duration, field == "duration");
        let is_listed = move |value: &str| match value {
            UNSET => true,
            _ if !has_field => false,
            _ if is_duration => value
                .parse()
                .map_or(value == "auto", |seconds| duration.allows(seconds)),
            value => known.is_empty() || known.contains(&value),
        };
        values
            .iter()
            .map(String::as_str)
            .filter(move |value| !is_listed(value))
            .chain(word)
    }

    /// For every request that fits both rules of a field: how many more of the first than of the second it meets by itself, where
    /// the vendor decides the others. `None` of the rules is met by every request, and `default` is what the vendor takes the
    /// field for where it is not set.
    pub(super) fn leads(one: Option<&Self>, other: Option<&Self>, default: Option<String>) -> Vec<i32> {
        let rules = [one, other];
        let named: Vec<&str> = { rules.into_iter().flatten() }
            .flat_map(|rule| match rule {
                Self::OneOf(values) => values.as_slice(),
                _ => &[],
            })
            .map(String::as_str)
            .filter(|value| *value != UNSET)
            .collect();
        let any = || named.iter().copied().map(Some).chain([None]);
        let unset: Vec<Option<&str>> = match &default {
            Some(default) => vec![Some(default)],
            None => any().collect(),
        };
        // Not set, left to the vendor, set to what they name, and to what neither does.
        let unset = unset.into_iter().map(|decided| (None, decided));
        let left = ["auto", "adaptive"]
            .into_iter()
            .flat_map(|word| any().map(move |decided| (Some(word), decided)));
        let set = named.iter().map(|value| (Some(*value), Some(*value)));
        let unnamed = [(Some(""), None)];
        let stated = |rule: Option<&Self>, (value, decided): (Option<&str>, Option<&str>)| match rule {
            None => Some(0),
            Some(rule) => fit(&rule.into(), value, decided).map(|fit| i32::from(fit == Fit::Stated)),
        };
        let lead = |request| Some(stated(one, request)? - stated(other, request)?);
        distinct(unset.chain(left).chain(set).chain(unnamed).filter_map(lead))
    }
}

/// The values, each once. There are few.
pub(super) fn distinct(all: impl Iterator<Item = i32>) -> Vec<i32> {
    let mut values = Vec::new();
    for value in all {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

impl<'a> From<&'a FieldRule> for Demand<'a> {
    fn from(rule: &'a FieldRule) -> Self {
        match rule {
            FieldRule::Set => Self::Set,
            FieldRule::Unset => Self::Unset,
            FieldRule::OneOf(values) => Self::OneOf(values.iter().map(String::as_str).collect()),
        }
    }
}

fn is_role(field: &str) -> bool {
    Role::ALL.iter().any(|role| role.as_str() == field)
}

/// A value of a field, as requests have it.
///
/// # Errors
/// Why it cannot be one.
fn spelt(rules: &Capabilities, field: &str, value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err(EMPTY.to_owned());
    }
    let mut known = rules.values(field).iter().copied().chain([UNSET]);
    if let Some(known) = known.find(|known| known.eq_ignore_ascii_case(value)) {
        return Ok(known.to_owned());
    }
    let lower = value.to_ascii_lowercase();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (is_valid, rule) = match field {
        "resolution" => (
            lower.strip_suffix(['p', 'k']).is_some_and(is_number),
            "must be a resolution, such as 720p",
        ),
        "aspect_ratio" => (
            lower == "adaptive" || lower.split_once(':').is_some_and(|(x, y)| is_number(x) && is_number(y)),
            "must be an aspect ratio, such as 16:9, or adaptive",
        ),
        "duration" => (
            lower == "auto" || lower.parse::<u32>().is_ok(),
            "must be a whole number of seconds, or auto",
        ),
        "generate_audio" | "draft" => (matches!(lower.as_str(), "true" | "false"), "must be true or false"),
        "tools" => (lower.parse::<u32>().is_ok(), "must be set, unset or a number of tools"),
        "inputs" => (lower.parse::<u32>().is_ok(), "must be set, unset or a number of inputs"),
        role if is_role(role) => (lower.parse::<u32>().is_ok(), "must be set, unset or a number of inputs"),
        _ => return Ok(value.to_owned()),
    };
    if is_valid { Ok(lower) } else { Err(rule.to_owned()) }
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
