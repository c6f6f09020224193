//! Items of lists in requests name their fields and members, and query parameters what they carry.

use serde::Deserialize as _;
use serde_json::Value;

use super::{Found, instead};
use crate::spec::lists::{Item, NEXT_URL, QUERY};
use crate::spec::schema::target;
use crate::spec::{Spec, escape, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for node in &*found.nodes() {
        if let Some(items) = node.value.get("x-items") {
            of_property(spec, &node.pointer, node.value, items, found);
        }
        if let Some(name) = node.value.get("x-query") {
            let text = name.as_str().unwrap_or_default();
            if !QUERY.contains(&text) && (text != NEXT_URL || node.value.get("in").is_some()) {
                let place = format!("{}/x-query", node.pointer);
                let reason = format!("{name} is not an option of a list");
                found.add("unknown-field", place, reason, instead(text, &QUERY));
            }
        }
    }
}

/// Every field of the list has an item, and no other has one.
fn of_property(spec: &Spec, pointer: &str, property: &Value, items: &Value, found: &mut Found<'_>) {
    let place = format!("{pointer}/x-items");
    let fields = property.get("x-field").and_then(Value::as_array).into_iter().flatten();
    let fields: Vec<&str> = fields.filter_map(Value::as_str).collect();
    for field in &fields {
        if items.get(*field).is_none() {
            let reason = format!("`{field}` of x-field has no item");
            found.add("missing-member", &place, reason, "add it; specs/README.md describes it");
        }
    }
    let schema = property.get("items").map_or(&Value::Null, |items| target(spec, items));
    for (field, item) in members(Some(items)) {
        let here = format!("{place}/{}", escape(field));
        if !fields.contains(&field) {
            let reason = format!("`{field}` is not in x-field");
            found.add("unknown-field", here, reason, instead(field, &fields));
            continue;
        }
        match Item::deserialize(item) {
            // Only what has no other members is its value itself.
            Ok(item) if item.value.is_empty() && !item.with.is_empty() => {
                let fix = "add it; specs/README.md describes it";
                found.add("missing-member", here, "`value` is missing", fix);
            }
            Ok(item) => of_field(spec, &here, schema, &item, found),
            Err(error) => found.add("bad-member", here, error.to_string(), "specs/README.md describes it"),
        }
    }
}

/// The members of an item exist in its schema, with these values.
fn of_field(spec: &Spec, place: &str, schema: &Value, item: &Item, found: &mut Found<'_>) {
    let mut inner = schema;
    for step in item.value.split('.').filter(|step| !step.is_empty()) {
        match inner.get("properties").and_then(|properties| properties.get(step)) {
            Some(property) => inner = target(spec, property),
            None => return unknown(format!("{place}/value"), step, inner, found),
        }
    }
    for (name, value) in &item.with {
        let here = format!("{place}/with/{}", escape(name));
        let Some(property) = schema.get("properties").and_then(|properties| properties.get(name)) else {
            unknown(here, name, schema, found);
            continue;
        };
        let values = target(spec, property).get("enum").and_then(Value::as_array);
        let values: Vec<&str> = values.into_iter().flatten().filter_map(Value::as_str).collect();
        if !values.is_empty() && !values.contains(&value.as_str()) {
            let reason = format!("`{value}` is not a value of `{name}`");
            found.add("unknown-value", here, reason, instead(value, &values));
        }
    }
}

fn unknown(place: String, name: &str, schema: &Value, found: &mut Found<'_>) {
    let known: Vec<&str> = members(schema.get("properties")).map(|(name, _)| name).collect();
    let reason = format!("an item has no member `{name}`");
    found.add("unknown-member", place, reason, instead(name, &known));
}
