//! Endpoint families: what task ids carry outlives the operations that made the tasks.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Found, instead};
use crate::spec::Spec;
use crate::spec::facts::shapes;

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let list = |key: &str| spec.doc.get(key).and_then(Value::as_array).into_iter().flatten();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_former = |family: &Value| family.get("former") == Some(&Value::Bool(true));
    let creates: BTreeSet<String> = list("x-models").map(|entry| text(entry, "create")).collect();
    let tags: Vec<(String, String)> = creates
        .into_iter()
        .filter_map(|create| Some((shapes(spec, &create).first()?.family.clone(), create)))
        .collect();
    let mut names: Vec<String> = Vec::new();
    for (index, family) in list("x-families").enumerate() {
        let place = format!("/x-families/{index}");
        let (name, poll) = (text(family, "name"), text(family, "poll"));
        polled(spec, "poll", &poll, &place, found);
        polled(spec, "result", &text(family, "result"), &place, found);
        let used = tags.iter().find(|(tag, _)| *tag == name);
        match used {
            Some((_, create)) if is_former(family) => {
                let reason = format!("`{create}` still creates tasks of this family");
                found.add("former-family", format!("{place}/former"), reason, "delete `former`");
            }
            None if !is_former(family) && !name.is_empty() => {
                let reason = format!("no operation that a model names under `create` has the tag `{name}`");
                let fix = "write `former: true`; ids of its tasks stay readable, and are polled by `poll`";
                found.add("unused-family", &place, reason, fix);
            }
            _ => {}
        }
        if names.contains(&name) {
            found.add(
                "duplicate-value",
                &place,
                format!("`{name}` is listed twice"),
                "delete one of the two",
            );
        }
        names.push(name);
    }
    for (tag, create) in &tags {
        if !names.contains(tag) && spec.doc.get("x-families").is_some() {
            let reason = format!("the tag `{tag}` of `{create}` is not among them");
            let fix = format!("add `{{name: {tag}, poll: …}}` with the operation that polls its tasks");
            found.add("undeclared-family", "/x-families", reason, fix);
        }
    }
}

/// A family is polled by an operation that takes the task's id from its path, and what precedes it there.
fn polled(spec: &Spec, member: &str, poll: &str, place: &str, found: &mut Found<'_>) {
    let gets = spec.operations().filter(|operation| {
        let before = operation
            .parameters(spec)
            .filter(|parameter| parameter["x-segments"] == true);
        operation.method == "get" && operation.path.matches('{').count() == 1 + before.count()
    });
    let known: Vec<&str> = gets.filter_map(|operation| operation.id()).collect();
    // An operation without a usable id is reported as such.
    let has_id_fault = found
        .findings
        .iter()
        .any(|finding| finding.rule.contains("operation-id"));
    if !poll.is_empty() && !known.contains(&poll) && !has_id_fault {
        let reason = format!("no GET operation with one path parameter is called `{poll}`");
        found.add(
            "unknown-operation",
            format!("{place}/{member}"),
            reason,
            instead(poll, &known),
        );
    }
}
