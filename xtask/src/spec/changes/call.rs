//! The operations and webhooks of a spec, in one list.

use serde_json::Value;

use super::names;
use super::place::Place;
use crate::spec::{METHODS, Spec, members};

/// An operation of the API, or a call that the vendor makes.
pub(crate) struct Call<'a> {
    pub(crate) id: String,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) value: &'a Value,
    /// Parameters that hold for the whole path.
    pub(crate) shared: Option<&'a Value>,
    /// A webhook: the vendor sends, the client receives.
    pub(crate) is_callback: bool,
}

/// All calls of a spec.
pub(super) fn calls(spec: &Spec) -> Vec<Call<'_>> {
    let mut found = Vec::new();
    for (path, item) in members(spec.doc.get("paths")) {
        collect(path, item, false, &mut found);
    }
    found
}

fn collect<'a>(path: &str, item: &'a Value, is_callback: bool, found: &mut Vec<Call<'a>>) {
    for method in METHODS {
        let Some(value) = item.get(method) else { continue };
        let id = value.get("operationId").and_then(Value::as_str);
        found.push(Call {
            id: id.map_or_else(|| format!("{method} {path}"), str::to_owned),
            method,
            path: path.to_owned(),
            value,
            shared: item.get("parameters"),
            is_callback,
        });
        for (_, callback) in members(value.get("callbacks")) {
            for (expression, item) in members(Some(callback)) {
                collect(expression, item, true, found);
            }
        }
    }
}

impl Call<'_> {
    pub(super) fn address(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub(super) fn place(&self) -> Place {
        let mut place = Place::named(&self.id);
        place.operation = Some(self.id.clone());
        if !self.is_callback {
            place.rust = Some(names::method(&self.id));
        }
        place
    }
}
