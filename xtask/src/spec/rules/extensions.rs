//! Every `x-` key is known and in its place. The OpenAPI model accepts any, anywhere.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::{Kind, Node};
use super::{Found, instead};
use crate::spec::facts::NUMBERS;
use crate::spec::lists::NEXT_URL;
use crate::spec::schema::reach;
use crate::spec::tasks::signed_events;
use crate::spec::{Spec, escape, members};

/// All keys of `specs/README.md`; the first seventeen are at the root.
const KEYS: [&str; 34] = [
    "x-pages",
    "x-vendor",
    "x-poll",
    "x-result-url",
    "x-webhook",
    "x-rate-limits",
    "x-tasks",
    "x-errors",
    "x-listed-models",
    "x-families",
    "x-models",
    "x-uploads",
    "x-media",
    "x-prices",
    "x-sizes",
    "x-billing",
    "x-prompt-flags",
    "x-source",
    "x-unverified",
    "x-secret",
    "x-field",
    "x-positions",
    "x-items",
    "x-words",
    "x-number",
    "x-extra",
    "x-replaces",
    "x-null",
    "x-query",
    "x-task-field",
    "x-scheme",
    "x-key-prefixes",
    "x-segments",
    "x-unit",
];
const AT_ROOT: &[&str] = KEYS.split_at(17).0;

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let models = spec.doc.get("x-models").and_then(Value::as_array).into_iter().flatten();
    let creates: BTreeSet<&str> = models.filter_map(|model| model.get("create")?.as_str()).collect();
    let (mut requests, mut create_requests, mut tasks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for operation in spec.operations() {
        for schema in operation.request_schemas() {
            reach(spec, schema, &mut requests);
            if operation.id().is_some_and(|id| creates.contains(id)) {
                reach(spec, schema, &mut create_requests);
            }
        }
    }
    let families = spec
        .doc
        .get("x-families")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let polls: BTreeSet<&str> = families
        .flat_map(|family| [family.get("poll"), family.get("result")])
        .filter_map(|operation| operation?.as_str())
        .collect();
    for operation in spec.operations() {
        if operation
            .id()
            .is_some_and(|id| creates.contains(id) || polls.contains(id))
        {
            for schema in operation.success_schemas() {
                reach(spec, schema, &mut tasks);
            }
        }
    }
    for schema in signed_events(spec) {
        reach(spec, schema, &mut tasks);
    }
    let within = |node: &Node<'_>, names: &BTreeSet<String>| {
        let name = node.pointer.strip_prefix("/components/schemas/");
        name.and_then(|name| name.split('/').next())
            .is_some_and(|name| names.contains(name))
    };
    let is_of_create = |node: &Node<'_>| {
        let mut operations = spec
            .operations()
            .filter(|operation| operation.id().is_some_and(|id| creates.contains(id)));
        let around = node
            .pointer
            .rsplit_once("/parameters/")
            .map_or("", |(around, _)| around);
        operations.any(|operation| operation.pointer == around)
    };
    for node in &*found.nodes() {
        for (key, value) in members(Some(node.value)).filter(|(key, _)| key.starts_with("x-")) {
            let here = format!("{}/{}", node.pointer, escape(key));
            if !KEYS.contains(&key) {
                found.add(
                    "unknown-extension",
                    here,
                    format!("unknown extension `{key}`"),
                    instead(key, &KEYS),
                );
                continue;
            }
            let is_string = node.value.get("type").and_then(Value::as_str) == Some("string");
            let misplaced = match key {
                "x-secret" if !(node.kind.is_schema() && is_string && !within(node, &requests)) => {
                    Some("it marks strings in responses, and has no effect elsewhere")
                }
                "x-field" if is_parameter(node.value) && !is_of_create(node) => {
                    Some("it marks parameters in the path or the query of a create operation")
                }
                "x-field" if is_parameter(node.value) => None,
                "x-segments" if node.value.get("in").and_then(Value::as_str) != Some("path") => {
                    Some("it marks path parameters that may have several segments")
                }
                "x-unit" if !is_text_of_number(node.value) => {
                    Some("it is the unit behind a number in a property with the type string, such as a duration")
                }
                "x-scheme" | "x-key-prefixes" if !node.pointer.starts_with("/components/securitySchemes/") => {
                    Some("it describes keys in a security scheme")
                }
                "x-scheme" if node.value.get("type").and_then(Value::as_str) != Some("apiKey") => {
                    Some("it is the word before the key in a scheme of the type apiKey")
                }
                "x-field"
                    if (node.kind != Kind::Property || !within(node, &create_requests))
                        && !is_create_header(spec, node, &creates) =>
                {
                    Some("it marks properties and headers of a create request, and has no effect elsewhere")
                }
                "x-words"
                    if ["x-field", "x-task-field"]
                        .iter()
                        .all(|key| node.value.get(*key).is_none()) =>
                {
                    Some("it gives the vendor's spelling of values of a property with x-field or x-task-field")
                }
                "x-number" if node.value.get("x-field").is_none() || node.kind == Kind::Property => {
                    Some("it says how a header with x-field writes its number")
                }
                "x-extra" if node.kind != Kind::Component || !within(node, &create_requests) => {
                    Some("it marks the component of a create request")
                }
                "x-replaces"
                    if node.kind != Kind::Property
                        || !within(node, &create_requests)
                        || node.value.get("x-field").is_some() =>
                {
                    Some("it names the fields that a property of a create request without x-field replaces")
                }
                "x-positions" if !node.value.get("x-field").is_some_and(Value::is_array) => {
                    Some("it gives the roles, by place, of the items of a property with a list as x-field")
                }
                "x-items" if !node.value.get("x-field").is_some_and(Value::is_array) => {
                    Some("it describes the items of a property with a list as x-field")
                }
                "x-null" if node.kind != Kind::Component || !within(node, &create_requests) => {
                    Some("it marks the component of a create request")
                }
                "x-query"
                    if node.value.get("in").and_then(Value::as_str) != Some("query")
                        && (value != NEXT_URL || node.kind != Kind::Property || within(node, &requests)) =>
                {
                    Some("it marks query parameters of a list of tasks, and in its answer the URL of the next page")
                }
                "x-task-field" if node.kind != Kind::Property || !within(node, &tasks) => Some(
                    "it marks properties of the task that a create or poll operation returns or a signed event has, and has no effect elsewhere",
                ),
                _ if AT_ROOT.contains(&key) && !node.pointer.is_empty() => Some("it belongs at the root of the file"),
                _ => None,
            };
            if let Some(reason) = misplaced {
                found.add(
                    "misplaced-extension",
                    &here,
                    format!("`{key}` is misplaced: {reason}"),
                    "move or delete it",
                );
            } else if matches!(key, "x-secret" | "x-unverified" | "x-segments") && value != &Value::Bool(true) {
                found.add(
                    "bad-member",
                    here,
                    format!("`{key}` is {value}"),
                    "write true, or delete it",
                );
            } else if key == "x-null" && value != "absent" {
                let reason = format!("`{key}` is {value}");
                found.add("bad-member", here, reason, "write absent, or delete it");
            }
        }
    }
}

fn is_parameter(value: &Value) -> bool {
    matches!(value.get("in").and_then(Value::as_str), Some("path" | "query"))
}

/// Whether a property carries a number as text.
fn is_text_of_number(property: &Value) -> bool {
    let field = property.get("x-field").and_then(Value::as_str);
    let kind = property.get("type").and_then(Value::as_str);
    field.is_some_and(|field| NUMBERS.contains(&field)) && kind != Some("integer")
}

/// Whether a node is a header parameter of a create operation.
fn is_create_header(spec: &Spec, node: &Node<'_>, creates: &BTreeSet<&str>) -> bool {
    if node.value.get("in").and_then(Value::as_str) != Some("header") {
        return false;
    }
    let mut operations = spec
        .operations()
        .filter(|operation| operation.id().is_some_and(|id| creates.contains(id)));
    operations.any(|operation| {
        let parameters = operation
            .value
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        parameters
            .map(|parameter| spec.resolve(parameter))
            .any(|parameter| parameter == node.value)
    })
}
