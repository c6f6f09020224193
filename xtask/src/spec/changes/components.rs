//! Component schemas by name.

use serde_json::Value;

use crate::spec::schema::single_ref;
use crate::spec::{Spec, component};

/// The component schema of that name.
pub(super) fn schema<'a>(spec: &'a Spec, name: &str) -> Option<&'a Value> {
    spec.doc.get("components")?.get("schemas")?.get(name)
}

/// The component that a schema refers to, where there is one.
pub(super) fn named<'a>(spec: &Spec, value: &'a Value) -> Option<&'a str> {
    single_ref(value)
        .and_then(component)
        .filter(|name| schema(spec, name).is_some())
}
