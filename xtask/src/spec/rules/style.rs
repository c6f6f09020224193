//! Style: descriptions, no titles, one way to mark an object as open,
//! no bound without effect.

use serde_json::Value;

use super::Found;
use super::walk::Kind;
use crate::spec::Spec;
use crate::spec::schema::single_ref;

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for node in &*found.nodes() {
        let (place, value) = (&node.pointer, node.value);
        let mut media = place.rsplit('/').skip(1);
        let wants_description = match node.kind {
            Kind::Component => true,
            // The component of a bare reference has the description.
            Kind::Property => single_ref(value).is_none(),
            // Parameters and headers, but not media types.
            Kind::Other => value.get("schema").is_some() && media.next() != Some("content"),
            _ => false,
        };
        if wants_description {
            described(place, value, found);
        }
        if node.kind.is_schema() {
            if value.get("title").is_some() {
                let reason = "the generator would name a type after it";
                found.add(
                    "title",
                    format!("{place}/title"),
                    reason,
                    "delete it; the component's name is used",
                );
            }
            open(place, value, found);
            keywords(place, value, found);
        }
    }
    let operations = spec.operations().map(|operation| (operation.pointer, operation.value));
    for (place, operation) in operations.chain(spec.callbacks()) {
        described(&place, operation, found);
    }
}

fn described(place: &str, value: &Value, found: &mut Found<'_>) {
    let text = value.get("description").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        found.add(
            "missing-description",
            place,
            "has no description",
            "add one line that describes it",
        );
    }
}

/// An object has named members, or is `additionalProperties: true`.
fn open(place: &str, schema: &Value, found: &mut Found<'_>) {
    match schema.get("additionalProperties") {
        None if schema["type"] == "object" && schema.get("properties").is_none() => found.add(
            "open-members",
            place,
            "is an object without properties",
            "list its properties, or write `additionalProperties: true` if it may have any",
        ),
        None | Some(Value::Bool(true)) => {}
        Some(_) => found.add(
            "additional-properties",
            format!("{place}/additionalProperties"),
            "unknown members are kept anyway",
            "write true if any member is allowed; otherwise delete it",
        ),
    }
}

/// Bounds and formats belong to a type, and have no effect on others.
fn keywords(place: &str, schema: &Value, found: &mut Found<'_>) {
    const OF_TYPES: [(&[&str], &[&str]); 4] = [
        (
            &["integer", "number"],
            &[
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf",
            ],
        ),
        (&["string"], &["minLength", "maxLength", "pattern"]),
        (&["array"], &["items", "minItems", "maxItems", "uniqueItems"]),
        (
            &["object"],
            &[
                "properties",
                "required",
                "additionalProperties",
                "minProperties",
                "maxProperties",
            ],
        ),
    ];
    let Some(kind) = schema.get("type").and_then(Value::as_str) else {
        return;
    };
    for (kinds, keywords) in OF_TYPES {
        for keyword in keywords.iter().filter(|keyword| schema.get(**keyword).is_some()) {
            if !kinds.contains(&kind) {
                let reason = format!(
                    "has no effect: the type is {kind}, and `{keyword}` applies to {}",
                    kinds.join(" and ")
                );
                let here = format!("{place}/{keyword}");
                found.add("keyword-of-other-type", here, reason, "delete it, or correct the type");
            }
        }
    }
}
