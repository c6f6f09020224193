//! Endpoint families, whose names are part of every task id: a family that is gone takes ids and journals with it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::judge::Rule;
use super::place::{Found, Place};
use super::rest::rest;
use crate::spec::{Operation, Spec};

/// Compares the families of two specs.
pub(crate) fn diff(old: &Spec, new: &Spec) -> Vec<Found> {
    let mut found = Vec::new();
    let (before, after) = (all(old), all(new));
    let vendor = &new.vendor;
    let mut note = |name: &str, rule: Rule, text: String| {
        let mut change = Found::at(&Place::named(format!("family {name}")), rule, text);
        change.facade = vec!["TaskId::family".to_owned()];
        found.push(change);
    };
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        let text = format!(
            "is gone: task ids `{vendor}:{name}:…`, and the journals that hold them, cannot be used any more; declare it \
             in `x-families` as `former`, with the operation that polls its tasks now"
        );
        note(name, Rule::FamilyLost, text);
    }
    for (name, family) in &after {
        let polled = poll(new, name);
        let Some(was) = before.get(name) else {
            note(
                name,
                Rule::FamilyAdded,
                format!("added: task ids `{vendor}:{name}:…`, polled by {polled}"),
            );
            continue;
        };
        let former = |family: &Value| family["former"] == Value::Bool(true);
        match (former(was), former(family)) {
            (false, true) => {
                let text = format!(
                    "no operation creates its tasks any more; task ids `{vendor}:{name}:…` stay valid, polled by {polled}"
                );
                note(name, Rule::FamilyChanged, text);
            }
            (true, false) => note(name, Rule::FamilyAdded, "tasks are created in it again".to_owned()),
            _ => {}
        }
        let (before, after) = (poll_operation(old, name), poll_operation(new, name));
        // An operation that moved or was renamed is reported as such.
        let lives_on = before.and_then(|id| new.operations().find(|operation| operation.id() == Some(id)));
        if lives_on.is_some() && before != after && former(was) == former(family) {
            let text = format!("its tasks are polled by {polled}, before by {}", poll(old, name));
            note(name, Rule::FamilyChanged, text);
        }
    }
    for (name, family) in &after {
        if let Some(was) = before.get(name).filter(|was| was.is_object() && family.is_object()) {
            rest(
                &Place::named(format!("family {name}")),
                was,
                family,
                &["name", "poll", "former"],
                &mut found,
            );
        }
    }
    found
}

/// The operation that polls tasks of a family, with its method and path.
pub(super) fn poll(spec: &Spec, family: &str) -> String {
    let id = poll_operation(spec, family);
    let found = spec.operations().find(|operation| id.is_some() && operation.id() == id);
    let shown = found.map(|operation| address(&operation));
    shown.unwrap_or_else(|| "no operation of this spec".to_owned())
}

/// The id of that operation: the declared one, or else the family's only `GET` of one thing.
fn poll_operation<'a>(spec: &'a Spec, family: &str) -> Option<&'a str> {
    let mut declared = spec
        .doc
        .get("x-families")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    if let Some(declared) = declared.find(|declared| declared["name"].as_str() == Some(family)) {
        return declared["poll"].as_str();
    }
    let is_poll = |operation: &Operation<'_>| {
        operation.tag() == Some(family) && operation.method == "get" && operation.path.contains('{')
    };
    spec.operations().find(is_poll)?.id()
}

/// An operation with its method and path.
pub(super) fn address(operation: &Operation<'_>) -> String {
    let id = operation.id().unwrap_or_default();
    format!("`{id}` (`{} {}`)", operation.method.to_uppercase(), operation.path)
}

/// The families of a spec by name: those that it declares, or else those of the operations that create tasks.
pub(super) fn all(spec: &Spec) -> BTreeMap<String, Value> {
    let list = |key: &str| spec.doc.get(key).and_then(Value::as_array).into_iter().flatten();
    let declared =
        list("x-families").filter_map(|family| Some((family.get("name")?.as_str()?.to_owned(), family.clone())));
    let creates: Vec<&str> = list("x-models")
        .filter_map(|model| model.get("create")?.as_str())
        .collect();
    let tagged = spec
        .operations()
        .filter(|operation| operation.id().is_some_and(|id| creates.contains(&id)))
        .filter_map(|operation| Some((operation.tag()?.to_owned(), Value::Null)));
    // What is declared comes last, and counts.
    tagged.chain(declared).collect()
}
