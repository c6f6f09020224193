//! The keywords of a schema other than its members: type, values, bounds, format, default.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::judge::{Direction, Rule};
use super::place::{Found, Place, shown};
use super::{names, rename};
use crate::spec::members;

/// The keywords that [`diff`] compares.
pub(crate) const HANDLED: [&str; 26] = [
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "pattern",
    "format",
    "nullable",
    "default",
    "x-secret",
    "x-items",
    "x-words",
    "not",
    "anyOf",
    "discriminator",
    "readOnly",
    "writeOnly",
    "xml",
];

/// Bounds: a greater value is narrower.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
/// Bounds: a smaller value is narrower.
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
/// Constraints that can only be compared for equality.
const CONSTRAINTS: [&str; 8] = [
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "uniqueItems",
    "not",
    "anyOf",
    "readOnly",
    "writeOnly",
];

/// The JSON types that a schema allows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind(BTreeSet<String>);

impl Kind {
    pub(crate) fn of(schema: &Value) -> Self {
        let name = |schema: &Value| schema.get("type").and_then(Value::as_str).map(str::to_owned);
        let options = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        Self(name(schema).into_iter().chain(options.filter_map(name)).collect())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("any");
        }
        f.write_str(&self.0.iter().map(String::as_str).collect::<Vec<_>>().join(" or "))
    }
}

/// Compares types. Returns whether the rest can be compared too.
pub(crate) fn types(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) -> bool {
    let (a, b) = (Kind::of(old), Kind::of(new));
    let (before, after) = (rust(at, old, &a), rust(at, new, &b));
    if before != after {
        let (from, to) = if a == b {
            (before, after)
        } else {
            (a.to_string(), b.to_string())
        };
        found.push(Found::at(
            at,
            Rule::TypeChanged,
            format!("type changed from `{from}` to `{to}`"),
        ));
        return false;
    }
    if a != b {
        let rule = if b.0.is_superset(&a.0) {
            Rule::TypeWidened
        } else if a.0.is_superset(&b.0) {
            Rule::TypeNarrowed
        } else {
            Rule::TypeChanged
        };
        found.push(Found::at(at, rule, format!("type changed from `{a}` to `{b}`")));
    } else if old.get("oneOf") != new.get("oneOf") {
        found.push(Found::at(at, Rule::Other, "`oneOf` changed"));
    }
    true
}

/// The Rust type that the generator gives a schema; see `relax.rs`. Components are compared by name elsewhere.
fn rust(at: &Place, schema: &Value, kind: &Kind) -> String {
    let format = schema.get("format").and_then(Value::as_str);
    let received = at.is_received();
    let one = match kind.0.first().map(String::as_str) {
        Some(_) if kind.0.len() > 1 => "String",
        Some("integer") if received && format == Some("unix-time") => "Timestamp",
        Some("string") if received && format == Some("date-time") => "Timestamp",
        Some("string") if format == Some("binary") => "bytes",
        Some("string") | None => "String",
        Some(other) => other,
    };
    one.to_owned()
}

/// Compares everything but the shape.
pub(crate) fn diff(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    values(at, old, new, found);
    bounds(at, old, new, found);
    let mut note = |rule: Rule, text: String| found.push(Found::at(at, rule, text));
    let changed = |key: &str| {
        let (before, after) = (old.get(key), new.get(key));
        (before != after).then_some((before, after))
    };
    for key in CONSTRAINTS {
        match changed(key) {
            Some((Some(_), None)) => note(Rule::Widened, format!("`{key}` was removed")),
            Some((None, Some(_))) => note(Rule::Narrowed, format!("`{key}` was added")),
            Some(_) => note(Rule::Narrowed, format!("`{key}` changed")),
            None => {}
        }
    }
    let fields = members(old.get("x-items")).chain(members(new.get("x-items")));
    for field in fields.map(|(field, _)| field).collect::<BTreeSet<_>>() {
        let item = |side: &'_ Value| side.get("x-items").and_then(|items| items.get(field)).cloned();
        let (before, after) = (item(old), item(new));
        if before != after {
            let text = from_to(&format!("item of {field}"), before.as_ref(), after.as_ref());
            note(Rule::WireName, text);
        }
    }
    let words = members(old.get("x-words")).chain(members(new.get("x-words")));
    for value in words.map(|(value, _)| value).collect::<BTreeSet<_>>() {
        let word = |side: &'_ Value| side.get("x-words").and_then(|words| words.get(value)).cloned();
        let (before, after) = (word(old), word(new));
        if before != after {
            let text = from_to(&format!("word for {value}"), before.as_ref(), after.as_ref());
            note(Rule::WordRespelt, text);
        }
    }
    match changed("pattern") {
        Some((Some(before), None)) => note(Rule::Widened, format!("pattern {} was removed", shown(before))),
        Some((before, Some(after))) => note(Rule::PatternChanged, from_to("pattern", before, Some(after))),
        _ => {}
    }
    if let Some((before, after)) = changed("format")
        // A change of the Rust type is reported as a change of type.
        && rust(at, old, &Kind::of(old)) == rust(at, new, &Kind::of(new))
    {
        note(Rule::FormatChanged, from_to("format", before, after));
    }
    let flag = |value: &Value, key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    match (flag(old, "nullable"), flag(new, "nullable")) {
        (false, true) => note(Rule::BecameNullable, "is now nullable".to_owned()),
        (true, false) => note(Rule::NoLongerNullable, "is no longer nullable".to_owned()),
        _ => {}
    }
    match (flag(old, "x-secret"), flag(new, "x-secret")) {
        (false, true) => note(Rule::SecretAdded, "is now a secret, hidden from `Debug`".to_owned()),
        (true, false) => note(
            Rule::SecretRemoved,
            "is no longer a secret: `Debug` would show it".to_owned(),
        ),
        _ => {}
    }
    if let Some((before, after)) = changed("default") {
        note(Rule::DefaultChanged, from_to("default", before, after));
    }
    for key in ["discriminator", "xml"] {
        if changed(key).is_some() {
            note(Rule::Other, format!("`{key}` changed"));
        }
    }
}

/// Whether unlisted members are allowed.
pub(crate) fn extras(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let key = "additionalProperties";
    if old.get(key) == new.get(key) {
        return;
    }
    let refused = |value: &Value| value.get(key) == Some(&Value::Bool(false));
    let (rule, text) = match (refused(old), refused(new)) {
        (false, true) => (Rule::Narrowed, "unlisted members are now rejected"),
        (true, false) => (Rule::Widened, "unlisted members are now accepted"),
        _ => (Rule::Other, "the type of unlisted members changed"),
    };
    found.push(Found::at(at, rule, text));
}

fn values(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let list = |schema: &Value| -> Option<Vec<String>> {
        let values = schema.get("enum")?.as_array()?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(values.iter().map(text).collect())
    };
    let (old, new) = match (list(old), list(new)) {
        (None, None) => return,
        (None, Some(values)) => {
            let text = format!("now only these values: {}", quoted(&values));
            return found.push(Found::at(at, Rule::EnumNarrowed, text));
        }
        (Some(_), None) => return found.push(Found::at(at, Rule::EnumWidened, "now any value, not only those listed")),
        (Some(old), Some(new)) => (old, new),
    };
    // A string component is an open enum in the raw crate, referred to by name.
    let schema = at.rust.as_deref().and_then(|rust| rust.strip_prefix("enums::"));
    let mut note = |rule: Rule, text: String, rust: Vec<String>, words: Vec<String>| {
        let mut change = Found::at(at, rule, text);
        if schema.is_some() {
            change.rust = rust;
        }
        change.words = words;
        found.push(change);
    };
    let enum_name = schema.unwrap_or_default();
    let renamed = rename::values(&old, &new);
    for (from, to) in &renamed {
        let rust = format!(
            "{} → {}",
            names::value(enum_name, from),
            crate::spec::names::variant(to)
        );
        let text = format!("value `{from}` renamed to `{to}`");
        note(Rule::ValueRenamed, text, vec![rust], vec![from.clone(), to.clone()]);
    }
    let gone: Vec<String> = old
        .iter()
        .filter(|value| !new.contains(value) && renamed.iter().all(|(from, _)| from != *value))
        .cloned()
        .collect();
    let come: Vec<String> = new
        .iter()
        .filter(|value| !old.contains(value) && renamed.iter().all(|(_, to)| to != *value))
        .cloned()
        .collect();
    for (rule, verb, values) in [
        (Rule::EnumNarrowed, "no longer", gone),
        (Rule::EnumWidened, "now also", come),
    ] {
        if !values.is_empty() {
            let rust = values.iter().map(|value| names::value(enum_name, value)).collect();
            note(rule, format!("{verb} {}", quoted(&values)), rust, values);
        }
    }
}

fn bounds(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    for key in LOWER.into_iter().chain(UPPER) {
        let (before, after) = (old.get(key), new.get(key));
        if before == after {
            continue;
        }
        let rule = match (before.and_then(Value::as_f64), after.and_then(Value::as_f64)) {
            (None, Some(_)) => Rule::Narrowed,
            (Some(_), None) => Rule::Widened,
            (Some(before), Some(after)) => match before.total_cmp(&after) {
                Ordering::Less if LOWER.contains(&key) => Rule::Narrowed,
                Ordering::Greater if UPPER.contains(&key) => Rule::Narrowed,
                Ordering::Equal => continue,
                _ => Rule::Widened,
            },
            (None, None) => Rule::Other,
        };
        found.push(Found::at(at, rule, from_to(key, before, after)));
    }
}

/// `maximum 15 → 12`, with `none` for a missing bound.
pub(crate) fn from_to(what: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    let side = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), shown);
    format!("{what} {} → {}", side(before), side(after))
}

pub(crate) fn quoted(values: &[String]) -> String {
    values
        .iter()
        .map(|value| format!("`{value}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether values of this schema are only sent.
pub(crate) fn is_sent(at: &Place) -> bool {
    at.direction == Some(Direction::Sent)
}
