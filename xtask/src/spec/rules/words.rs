//! How values are written: the vendor's spelling of them (`x-words`), numbers in headers (`x-number`), and where the caller's
//! own members go (`x-extra`).

use serde_json::Value;

use super::{Found, instead};
use crate::spec::schema::target;
use crate::spec::{Spec, escape, members};

/// Fields whose values are words.
const SPELT: [&str; 5] = [
    "resolution",
    "aspect_ratio",
    "service_tier",
    "video_operation",
    "output_format",
];

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for node in &*found.nodes() {
        if let Some(words) = node.value.get("x-words") {
            spelling(spec, &node.pointer, node.value, words, found);
        }
        if let Some(number) = node.value.get("x-number") {
            header(&format!("{}/x-number", node.pointer), number, found);
        }
        if let Some(inside) = node.value.get("x-extra") {
            let place = format!("{}/x-extra", node.pointer);
            let objects = members(node.value.get("properties")).filter(|(_, property)| {
                let property = target(spec, property);
                property.get("type").and_then(Value::as_str) == Some("object")
            });
            let objects: Vec<&str> = objects.map(|(name, _)| name).collect();
            let name = inside.as_str().unwrap_or_default();
            if !objects.contains(&name) {
                let reason = format!("{inside} is no object of this body");
                found.add("unknown-member", place, reason, instead(name, &objects));
            }
        }
    }
}

/// Every word is one of the property's values, stands for one normalised value only, and differs from it.
fn spelling(spec: &Spec, pointer: &str, property: &Value, words: &Value, found: &mut Found<'_>) {
    let place = format!("{pointer}/x-words");
    let field = ["x-field", "x-task-field"]
        .iter()
        .find_map(|key| property.get(*key)?.as_str());
    if !field.is_some_and(|field| SPELT.contains(&field)) {
        let reason = "the property carries no field with words as values";
        let fix = format!("delete it, or let the property carry one of {}", SPELT.join(", "));
        return found.add("bad-member", place, reason, fix);
    }
    let values = target(spec, property).get("enum").and_then(Value::as_array);
    let values: Vec<&str> = values.into_iter().flatten().filter_map(Value::as_str).collect();
    let pairs: Vec<(&str, &Value)> = members(Some(words)).collect();
    if pairs.is_empty() {
        return found.add(
            "bad-member",
            place,
            "gives no words",
            "delete it, or write `value: word`",
        );
    }
    for (index, (value, word)) in pairs.iter().enumerate() {
        let here = format!("{place}/{}", escape(value));
        let Some(text) = word.as_str() else {
            found.add("bad-member", here, format!("{word} is no text"), "put it in quotes");
            continue;
        };
        if text == *value {
            found.add("bad-member", here, "is spelt the same", "delete it");
        } else if !values.is_empty() && !values.contains(&text) {
            let reason = format!("`{text}` is not a value of the property");
            found.add("unknown-value", here, reason, instead(text, &values));
        } else if values.contains(value) {
            let reason = format!("`{value}` is a value of the property already, with another meaning");
            found.add(
                "duplicate-value",
                here,
                reason,
                "give it another word too, or delete it",
            );
        } else if pairs[..index].iter().any(|(_, other)| other == word) {
            let reason = format!("`{text}` stands for two values, and cannot be read back");
            found.add("duplicate-value", here, reason, "delete one of the two");
        }
    }
}

/// A number with a unit, and its bounds.
fn header(place: &str, number: &Value, found: &mut Found<'_>) {
    const KNOWN: [&str; 3] = ["unit", "minimum", "maximum"];
    let Some(object) = number.as_object() else {
        return found.add("bad-member", place, "is no object", "write {unit, minimum, maximum}");
    };
    for (name, value) in object {
        let here = format!("{place}/{}", escape(name));
        let is_fit = match name.as_str() {
            "unit" => value
                .as_str()
                .is_some_and(|unit| unit.bytes().all(|byte| byte.is_ascii_graphic())),
            "minimum" | "maximum" => value.is_i64(),
            _ => {
                found.add(
                    "unknown-member",
                    here,
                    format!("unknown member `{name}`"),
                    instead(name, &KNOWN),
                );
                continue;
            }
        };
        if !is_fit {
            let fix = "write the unit as visible ASCII text, and bounds as whole numbers";
            found.add("bad-member", here, format!("`{name}` is {value}"), fix);
        }
    }
    let bound = |name: &str| number.get(name).and_then(Value::as_i64);
    if let (Some(low), Some(high)) = (bound("minimum"), bound("maximum"))
        && low > high
    {
        found.add(
            "bad-bounds",
            place,
            "minimum is above maximum",
            "swap them, or correct one",
        );
    }
}
