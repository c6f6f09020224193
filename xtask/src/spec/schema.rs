//! Kinds and references of schemas.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Spec, component, members};

/// Whether a schema is a string with a fixed set of values.
#[must_use]
pub fn is_string_enum(schema: &Value) -> bool {
    schema.get("type") == Some(&json!("string")) && schema.get("enum").is_some()
}

/// The target of `$ref`, also when it is alone in an `allOf`.
#[must_use]
pub fn single_ref(schema: &Value) -> Option<&str> {
    let direct = schema.get("$ref");
    let wrapped = || match schema.get("allOf")?.as_array()?.as_slice() {
        [only] => only.get("$ref"),
        _ => None,
    };
    direct.or_else(wrapped)?.as_str()
}

/// The schema that a reference leads to, or the schema itself.
pub(crate) fn target<'a>(spec: &'a Spec, schema: &'a Value) -> &'a Value {
    let pointer = single_ref(schema).map(|reference| reference.trim_start_matches('#'));
    pointer.and_then(|pointer| spec.doc.pointer(pointer)).unwrap_or(schema)
}

/// The components that a schema refers to.
pub(crate) fn reach(spec: &Spec, schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(reference) = single_ref(schema)
        && let Some(name) = component(reference)
    {
        if found.insert(name.to_owned())
            && let Some(target) = spec.doc.pointer(&reference[1..])
        {
            reach(spec, target, found);
        }
        return;
    }
    for (_, property) in members(schema.get("properties")) {
        reach(spec, property, found);
    }
    if let Some(items) = schema.get("items") {
        reach(spec, items, found);
    }
}
