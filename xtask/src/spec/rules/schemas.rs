//! Each component becomes a Rust type, and each property a field: finds those without a name, a type or a size.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::Found;
use super::walk::{Kind, Node};
use crate::spec::names::variant;
use crate::spec::names::{is_identifier, is_in_prelude};
use crate::spec::schema::{is_string_enum, single_ref};
use crate::spec::{Spec, component, escape, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for node in &*found.nodes() {
        if node.kind.is_schema() {
            enumeration(node, found);
        }
        match node.kind {
            Kind::Component => component_of(spec, node, found),
            Kind::Property => {
                sound_type(node, found);
                inline(node, found);
            }
            Kind::Inline => {
                // An array's items are checked with the array.
                if node.pointer.ends_with("/schema") {
                    sound_type(node, found);
                }
                inline(node, found);
            }
            _ => {}
        }
    }
}

fn component_of(spec: &Spec, node: &Node<'_>, found: &mut Found<'_>) {
    let (place, schema) = (&node.pointer, node.value);
    let name = place.rsplit('/').next().unwrap_or_default();
    let camel = heck::AsUpperCamelCase(name).to_string();
    if !is_identifier(&camel) || is_in_prelude(&camel) {
        found.add(
            "component-name",
            place,
            format!("`{name}` is not a valid name for a Rust type, or is one of Rust's own"),
            "use ASCII letters and digits, a letter first, as in `VideoOption`",
        );
    } else if camel != name {
        found.add(
            "component-name",
            place,
            "is not in UpperCamelCase",
            format!("write `{camel}`"),
        );
    }
    let kind = schema.get("type").and_then(Value::as_str);
    let is_union = schema.get("oneOf").and_then(Value::as_array).is_some_and(|options| {
        options.iter().all(|option| {
            matches!(
                option.get("type").and_then(Value::as_str),
                Some("string" | "integer" | "number" | "boolean" | "array")
            )
        })
    });
    if kind != Some("object") && !is_string_enum(schema) && !is_union {
        found.add(
            "component-kind",
            place,
            "is not an object, string enum or oneOf of scalars and lists",
            "write other schemas inline where they are used",
        );
    }
    required(place, schema, found);
    if holds(spec, name, name, &mut BTreeSet::new()) {
        found.add(
            "recursion",
            place,
            "contains itself without an array between; such a type has infinite size",
            "put an array between, or leave the member's type open",
        );
    }
    let mut names = BTreeSet::from(["extra".to_owned()]);
    for (property, _) in members(schema.get("properties")) {
        let rust = property.to_snake_case();
        // A keyword gets an underscore.
        if rust.is_empty() || !rust.is_ascii() || !names.insert(rust.clone()) {
            found.add(
                "property-clash",
                format!("{place}/properties/{}", escape(property)),
                format!("becomes `{rust}` in Rust, which is taken or not a valid name"),
                "omit one of the two; unknown members are kept in `extra`",
            );
        }
    }
    if is_string_enum(schema) {
        variants(place, schema, found);
    }
}

/// Required properties exist.
fn required(place: &str, schema: &Value, found: &mut Found<'_>) {
    let mut seen = BTreeSet::new();
    let names = schema.get("required").and_then(Value::as_array);
    for (index, name) in names.into_iter().flatten().enumerate() {
        let here = format!("{place}/required/{index}");
        if !members(schema.get("properties")).any(|(property, _)| Some(property) == name.as_str()) {
            let known: Vec<&str> = members(schema.get("properties"))
                .map(|(property, _)| property)
                .collect();
            let fix = super::instead(name.as_str().unwrap_or_default(), &known);
            found.add("required-nowhere", here, format!("there is no property {name}"), fix);
        } else if !seen.insert(name.as_str()) {
            found.add(
                "duplicate-value",
                here,
                format!("{name} is required twice"),
                "delete one of the two",
            );
        }
    }
}

/// Enum values are unique, and strings.
fn enumeration(node: &Node<'_>, found: &mut Found<'_>) {
    let Some(values) = node.value.get("enum").and_then(Value::as_array) else {
        return;
    };
    let place = format!("{}/enum", node.pointer);
    for (index, value) in values.iter().enumerate() {
        if values[..index].contains(value) {
            let reason = format!("{value} is listed twice");
            found.add(
                "duplicate-value",
                format!("{place}/{index}"),
                reason,
                "delete one of the two",
            );
        }
    }
    if !is_string_enum(node.value) {
        let reason = "is an enum of non-strings, which the generator drops";
        found.add("enum-type", place, reason, "write bounds instead, or `type: string`");
    }
}

/// The values of a string enum are strings, and give distinct variants.
fn variants(place: &str, schema: &Value, found: &mut Found<'_>) {
    let mut seen = BTreeSet::from(["Unknown".to_owned()]);
    let values = schema.get("enum").and_then(Value::as_array);
    for (index, value) in values.into_iter().flatten().enumerate() {
        let here = format!("{place}/enum/{index}");
        let Some(text) = value.as_str() else {
            found.add(
                "enum-type",
                here,
                format!("{value} is not a string"),
                "put it in quotes",
            );
            continue;
        };
        // A duplicate value is reported as such.
        if !is_identifier(&variant(text)) {
            found.add(
                "enum-name",
                here,
                format!("{value} gives no Rust name: it needs ASCII letters or digits, and must not be `self`"),
                "omit it; unknown values are kept",
            );
            continue;
        }
        let mut before = values.into_iter().flatten().take(index);
        if !before.any(|before| before == value) && !seen.insert(variant(text)) {
            let reason = format!("{value} gives a second variant `{}`", variant(text));
            found.add(
                "enum-clash",
                here,
                reason,
                "omit one of the two; unknown values are kept",
            );
        }
    }
}

/// The `type` of a property or parameter exists, and an array has `items`.
fn sound_type(node: &Node<'_>, found: &mut Found<'_>) {
    const KNOWN: &str = "use string, integer, number, boolean, object or array, or refer to a component";
    let mut place = node.pointer.clone();
    let mut schema = node.value;
    loop {
        match schema.get("type").and_then(Value::as_str) {
            Some("array") => match schema.get("items") {
                Some(items) => {
                    place.push_str("/items");
                    schema = items;
                    continue;
                }
                None => found.add(
                    "array-of-what",
                    place,
                    "is an array without `items`",
                    "add the schema of its items",
                ),
            },
            Some("string" | "integer" | "number" | "boolean" | "object") => {}
            // Of a body with alternatives, which are checked with the operation.
            None if schema.get("anyOf").is_some()
                && place.ends_with("/requestBody/content/application~1json/schema") => {}
            None if schema.get("allOf").is_some() || single_ref(schema).is_some() => {}
            other => found.add(
                "unknown-type",
                place,
                format!("has the type `{}`", other.unwrap_or("none")),
                KNOWN,
            ),
        }
        break;
    }
    let parts = node.value.get("allOf").and_then(Value::as_array);
    if parts.is_some() && single_ref(node.value).is_none() {
        found.add(
            "all-of",
            &node.pointer,
            "has something other than one $ref in its allOf",
            "keep one $ref; move the rest into the component",
        );
    }
}

/// Objects and enums have names.
fn inline(node: &Node<'_>, found: &mut Found<'_>) {
    let (rule, what) = if is_string_enum(node.value) {
        ("inline-enum", "is a string enum without a name")
    } else if node.value.get("properties").is_some() {
        ("inline-object", "is an object without a name")
    } else {
        return;
    };
    found.add(rule, &node.pointer, what, "make it a named component, and refer to it");
}

/// Whether a component contains itself, without an array between.
fn holds(spec: &Spec, name: &str, wanted: &str, seen: &mut BTreeSet<String>) -> bool {
    let schema = spec.doc.pointer(&format!("/components/schemas/{name}"));
    members(schema.and_then(|schema| schema.get("properties")))
        .filter_map(|(_, property)| component(single_ref(property)?))
        .any(|held| held == wanted || (seen.insert(held.to_owned()) && holds(spec, held, wanted, seen)))
}
