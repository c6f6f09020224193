//! Members of an example that its schema does not name, such as those of a renamed or removed property.
//!
//! Responses may contain any member, so no schema rejects them; but our own examples show only documented ones.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Found, instead};
use crate::spec::{Spec, component, escape, members};

/// The members of an object schema, with those of the schemas it is composed of.
#[derive(Default)]
struct Members<'a> {
    known: BTreeMap<&'a str, &'a Value>,
    /// Its members are free.
    open: bool,
}

impl<'a> Members<'a> {
    /// `depth` limits a schema composed of itself, which another rule reports.
    fn read(&mut self, spec: &'a Spec, schema: &'a Value, depth: u8) {
        let schema = spec.resolve(schema);
        // A required member without a property is reported by another rule, once.
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            self.known.entry(name).or_insert(&Value::Null);
        }
        self.known.extend(members(schema.get("properties")));
        let free = schema.get("additionalProperties");
        self.open |= free.is_some_and(|free| *free != Value::Bool(false));
        let parts = ["allOf", "oneOf", "anyOf"]
            .iter()
            .filter_map(|key| schema.get(*key)?.as_array());
        for part in parts.flatten() {
            if let Some(depth) = depth.checked_sub(1) {
                self.read(spec, part, depth);
            }
        }
    }
}

/// Adds the members of `value` that `schema` does not name.
pub(super) fn check(spec: &Spec, schema: &Value, place: &str, value: &Value, found: &mut Found<'_>) {
    match value {
        Value::Object(object) => {
            let mut members = Members::default();
            members.read(spec, schema, 8);
            for (key, member) in object {
                let place = format!("{place}/{}", escape(key));
                if let Some(schema) = members.known.get(key.as_str()) {
                    check(spec, schema, &place, member, found);
                } else if !members.open && !members.known.is_empty() {
                    let known: Vec<&str> = members.known.keys().copied().collect();
                    // A renamed member is often longer or shorter by a word: `ratio`, `aspect_ratio`.
                    let word = known
                        .iter()
                        .find(|name| name.contains(key.as_str()) || key.contains(**name));
                    let fix = word.map_or_else(|| instead(key, &known), |word| format!("did you mean `{word}`?"));
                    let owner = schema["$ref"].as_str().and_then(component).unwrap_or("its schema");
                    found.add("example-member", place, format!("{owner} has no member `{key}`"), fix);
                }
            }
        }
        Value::Array(items) => {
            if let Some(schema) = spec.resolve(schema).get("items") {
                for (index, item) in items.iter().enumerate() {
                    check(spec, schema, &format!("{place}/{index}"), item, found);
                }
            }
        }
        _ => {}
    }
}
