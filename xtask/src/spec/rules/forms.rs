//! Multipart bodies: one component each, whose properties are files and scalars.

use serde_json::Value;

use super::Found;
use super::named::named;
use crate::spec::schema::{is_string_enum, single_ref, target};
use crate::spec::{Spec, escape, members};

pub(super) fn check(spec: &Spec, place: &str, found: &mut Found<'_>) {
    let Some(schema) = spec.doc.pointer(place) else {
        return named(spec, place, None, found);
    };
    named(spec, place, Some(schema), found);
    let Some(reference) = single_ref(schema) else { return };
    if found
        .nodes()
        .iter()
        .any(|node| node.pointer != place && node.value.get("$ref").and_then(Value::as_str) == Some(reference))
    {
        let fix = "give each its own component";
        found.add("shared-form", place, "the form is also used elsewhere", fix);
    }
    let component = reference.trim_start_matches('#');
    for (part, schema) in members(spec.doc.pointer(&format!("{component}/properties"))) {
        let here = format!("{component}/properties/{}", escape(part));
        let schema = target(spec, schema);
        let kind = schema.get("type").and_then(Value::as_str);
        if !is_string_enum(schema) && !matches!(kind, Some("string" | "integer" | "boolean")) {
            let reason = "a part is a file or a scalar";
            let fix = "write a string (`format: binary` for a file), an integer or a boolean";
            found.add("part-type", here, reason, fix);
        }
    }
}
