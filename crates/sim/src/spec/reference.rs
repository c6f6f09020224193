//! References within a spec.

use serde_json::Value;

/// Follows a `$ref`, if the value is one.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.strip_prefix('#')?))
        .unwrap_or(value)
}
