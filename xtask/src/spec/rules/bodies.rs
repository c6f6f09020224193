//! Several request bodies of one operation: each model says which is its own.

use serde_json::{Value, json};

use super::models::matches;
use super::{Found, instead};
use crate::spec::schema::single_ref;
use crate::spec::{Spec, component, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let entries = spec.doc.get("x-models").and_then(Value::as_array);
    let entries: Vec<&Value> = entries.into_iter().flatten().collect();
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    for operation in spec.operations() {
        let bodies = operation.request_schemas();
        let names: Vec<&str> = bodies.iter().filter_map(|body| component(single_ref(body)?)).collect();
        let own = entries.iter().enumerate();
        let own: Vec<_> = own
            .filter(|(_, entry)| operation.id().is_some() && text(entry, "create").as_deref() == operation.id())
            .collect();
        for (index, name) in own
            .iter()
            .filter_map(|(index, entry)| Some((index, text(entry, "request")?)))
        {
            if !names.contains(&name.as_str()) {
                let reason = format!("`{}` has no request body `{name}`", operation.id().unwrap_or_default());
                found.add(
                    "unknown-request",
                    format!("/x-models/{index}/request"),
                    reason,
                    instead(&name, &names),
                );
            }
        }
        if bodies.len() < 2 {
            continue;
        }
        let place = format!("{}/requestBody/content/application~1json/schema", operation.pointer);
        let silent: Vec<String> = own
            .iter()
            .filter(|(_, entry)| entry.get("request").is_none())
            .filter_map(|(_, entry)| text(entry, "id"))
            .collect();
        if !silent.is_empty() {
            let reason = format!(
                "has {} bodies, and these entries of x-models do not say which is theirs: {}",
                bodies.len(),
                silent.join(", ")
            );
            let fix = format!("add `request` to each, with one of {}", names.join(", "));
            found.add("body-of-which-model", place, reason, fix);
            continue;
        }
        for (index, name) in names.iter().enumerate() {
            if !own
                .iter()
                .any(|(_, entry)| text(entry, "request").as_deref() == Some(name))
                && !names[..index].contains(name)
            {
                let fix = "name it as `request` of an entry of x-models, or delete it";
                found.add(
                    "unused-request",
                    format!("{place}/anyOf/{index}"),
                    format!("no model sends `{name}`"),
                    fix,
                );
            }
        }
    }
}

/// The alternatives of `schema` that a model has as its `request`, with their places.
pub(super) fn sent<'a>(spec: &'a Spec, schema: &'a Value) -> Vec<(usize, &'a str)> {
    let entries = spec.doc.get("x-models").and_then(Value::as_array);
    let is_sent = |name: &str| {
        let mut requests = entries
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get("request")?.as_str());
        requests.any(|request| request == name)
    };
    let bodies = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let names = bodies
        .enumerate()
        .filter_map(|(index, body)| Some((index, component(single_ref(body)?)?)));
    names.filter(|(_, name)| is_sent(name)).collect()
}

/// The body, among the alternatives of `schema`, that the model of an example has.
pub(super) fn of_example<'a>(spec: &Spec, schema: &'a Value, example: &Value) -> Option<&'a Value> {
    let entries = spec.doc.get("x-models").and_then(Value::as_array)?;
    schema.get("anyOf")?.as_array()?.iter().find(|body| {
        let properties = spec.resolve(body).get("properties");
        let mut named = members(properties).filter(|(_, property)| property.get("x-field") == Some(&json!("model")));
        let id = named.find_map(|(name, _)| example.get(name)?.as_str());
        let entry = entries.iter().find(|entry| {
            let pattern = entry.get("id").and_then(Value::as_str);
            id.zip(pattern).is_some_and(|(id, pattern)| matches(pattern, id))
        });
        let name = single_ref(body).and_then(component);
        name.is_some() && entry.and_then(|entry| entry.get("request")?.as_str()) == name
    })
}
