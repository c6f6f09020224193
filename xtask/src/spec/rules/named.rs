//! Bodies are named components.

use serde_json::Value;

use super::Found;
use crate::spec::{Spec, component};

/// A body must be a named object, so that its Rust type has a stable name.
pub(super) fn named(spec: &Spec, place: &str, schema: Option<&Value>, found: &mut Found<'_>) {
    let reference = schema.and_then(|schema| schema.get("$ref")?.as_str());
    let target = reference
        .filter(|reference| component(reference).is_some())
        .and_then(|reference| spec.doc.pointer(&reference[1..]));
    // A broken reference is reported as such.
    let is_nowhere = target.is_none() && reference.is_some_and(|reference| component(reference).is_some());
    let is_object = target.is_some_and(|target| target.get("type").and_then(Value::as_str) == Some("object"));
    if !is_nowhere && !is_object {
        found.add(
            "unnamed-body",
            place,
            "the body's schema is not a $ref to an object component",
            "make it a named component, and refer to it",
        );
    }
}
