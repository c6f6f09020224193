//! Component schemas by name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rename;
use crate::spec::schema::single_ref;
use crate::spec::{Spec, component, members};

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

/// Whether a component is one of the other spec under another name.
pub(super) fn is_renamed(old: &Spec, new: &Spec, from: &str, to: &str) -> bool {
    let (Some(a), Some(b)) = (schema(old, from), schema(new, to)) else {
        return false;
    };
    if schema(new, from).is_some() || schema(old, to).is_some() || a.get("type") != b.get("type") {
        return false;
    }
    let parts = |value: &Value| -> BTreeSet<String> {
        let values = value.get("enum").and_then(Value::as_array).into_iter().flatten();
        let values = values.map(Value::to_string);
        values
            .chain(members(value.get("properties")).map(|(name, _)| name.to_owned()))
            .collect()
    };
    let (a, b) = (parts(a), parts(b));
    let common = a.intersection(&b).count();
    common * 2 >= a.len().max(b.len()) || rename::names(from, to) >= 0.8
}
