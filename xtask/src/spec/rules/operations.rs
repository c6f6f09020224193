//! Each operation becomes one method: it has a name, its parameters, one body and one result.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use heck::ToSnakeCase as _;
use regex::Regex;
use serde_json::Value;

use super::named::named;
use super::{Found, forms};
use crate::spec::names::body_name;
use crate::spec::names::{is_identifier, is_of_client};
use crate::spec::{METHODS, Operation, Spec, escape, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for (path, item) in members(spec.doc.get("paths")) {
        let place = format!("/paths/{}", escape(path));
        if !is_path(path) {
            found.add(
                "path-syntax",
                &place,
                "is not a plain path",
                "write segments of URL characters and {parameters}, each after one slash, without query or fragment",
            );
        }
        if item.get("$ref").is_some() {
            found.add(
                "path-item",
                place,
                "is a $ref, which is not supported here",
                "write the path item inline",
            );
        } else if !METHODS.iter().any(|method| item.get(*method).is_some()) {
            found.add("path-item", place, "has no operation", "add one, or delete the path");
        }
    }
    let mut seen = BTreeMap::new();
    for operation in spec.operations() {
        identity(&operation.pointer, operation.value, &mut seen, found);
        if operation.value.get("security").is_some() {
            found.add(
                "operation-security",
                format!("{}/security", operation.pointer),
                "the key is sent with every operation, regardless of `security` on one",
                "delete it, and write `security` at the root of the file",
            );
        }
        if operation.tag().is_none() {
            found.add(
                "missing-tag",
                format!("{}/tags", operation.pointer),
                "the operation has no tag",
                "add one; it names the endpoint family",
            );
        }
        parameters(spec, &operation, found);
        body(spec, &operation.pointer, operation.value, found);
        success(spec, &operation.pointer, operation.value.get("responses"), found);
    }
    for (place, operation) in spec.callbacks() {
        identity(&place, operation, &mut seen, found);
    }
}

/// Segments of URL characters and `{parameters}`, each after one slash.
fn is_path(path: &str) -> bool {
    static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\{[A-Za-z0-9_.-]+\})+)+/?$").ok()
    });
    PATH.as_ref().is_none_or(|pattern| pattern.is_match(path))
}

/// The operationId: present, snake_case and unique.
fn identity(place: &str, operation: &Value, seen: &mut BTreeMap<String, String>, found: &mut Found<'_>) {
    let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
        found.add(
            "missing-operation-id",
            place,
            "the operation has no operationId",
            "add one in snake_case; it becomes the Rust method's name",
        );
        return;
    };
    let here = format!("{place}/operationId");
    if let Some(first) = seen.insert(id.to_owned(), place.to_owned()) {
        found.add(
            "duplicate-operation-id",
            &here,
            format!("`{id}` is also the operationId at {first}"),
            "rename one of them",
        );
    }
    let snake = id.to_snake_case();
    if is_of_client(id) {
        let reason = format!("every generated client has its own `{id}`");
        found.add("operation-id-taken", here, reason, "add the noun, as in `create_video`");
    } else if !is_identifier(&snake) {
        let reason = format!("`{id}` is not a valid name for a Rust method");
        let fix = "use ASCII letters, digits and `_`, and no Rust keyword, as in `create_video`";
        found.add("operation-id-name", here, reason, fix);
    } else if id != snake {
        let fix = format!("write `{snake}`");
        found.add("operation-id-case", here, format!("`{id}` is not snake_case"), fix);
    }
}

/// Placeholders and path parameters match, and names are unique.
fn parameters(spec: &Spec, operation: &Operation<'_>, found: &mut Found<'_>) {
    let place = &operation.pointer;
    let around = place.rsplit_once('/').map_or("", |(item, _)| item);
    let placeholders: Vec<&str> = operation
        .path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect();
    let (mut names, mut in_path) = (BTreeSet::new(), Vec::new());
    for list in [format!("{around}/parameters"), format!("{place}/parameters")] {
        let items = spec.doc.pointer(&list).and_then(Value::as_array);
        for (index, parameter) in items.into_iter().flatten().enumerate() {
            let here = format!("{list}/{index}");
            let parameter = spec.resolve(parameter);
            if parameter.get("$ref").is_some() {
                continue;
            }
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
            let (name, kind) = (text("name"), text("in"));
            match kind {
                "path" => in_path.push((here.clone(), name)),
                "query" => {}
                "header" if parameter.get("required") == Some(&Value::Bool(true)) => found.add(
                    "required-header",
                    &here,
                    format!("the generated client does not send the required header `{name}`"),
                    "if the call works without it, delete `required`; otherwise add it to `Session::sign` in crates/wire first",
                ),
                "header" => {}
                _ => {
                    let reason = format!("parameter `{name}` is in `{kind}`");
                    found.add("parameter-place", &here, reason, "use path, query or header");
                }
            }
            if kind != "header" {
                plain(parameter, &here, found);
            }
            let rust = name.to_snake_case();
            if kind != "header" && !names.insert(rust.clone()) {
                let reason = format!("two parameters become `{rust}` in Rust");
                found.add("parameter-clash", here, reason, "rename or delete one of them");
            }
        }
    }
    for placeholder in &placeholders {
        if !in_path.iter().any(|(_, name)| name == placeholder) {
            found.add(
                "undeclared-path-parameter",
                place,
                format!("the path has `{{{placeholder}}}`, but no such parameter is declared"),
                "declare it, with `in: path`",
            );
        }
    }
    for (here, name) in in_path {
        if !placeholders.contains(&name) {
            let reason = format!("the path has no `{{{name}}}`");
            found.add(
                "unused-path-parameter",
                here,
                reason,
                "put it into the path, or delete it",
            );
        }
    }
}

/// A parameter is one scalar in its default style; other styles are not supported.
fn plain(parameter: &Value, place: &str, found: &mut Found<'_>) {
    const UNREAD: [&str; 5] = ["style", "explode", "allowReserved", "allowEmptyValue", "content"];
    for key in UNREAD.iter().filter(|key| parameter.get(**key).is_some()) {
        found.add(
            "parameter-style",
            format!("{place}/{key}"),
            format!("`{key}` is not supported; the parameter would be sent in another form"),
            "describe a plain parameter with a `schema`, or omit the parameter",
        );
    }
    if let Some("array" | "object") = parameter.pointer("/schema/type").and_then(Value::as_str) {
        found.add(
            "parameter-style",
            format!("{place}/schema/type"),
            "a list or an object in a URL has several encodings, of which none is implemented",
            "describe it as the string that is sent",
        );
    }
}

fn body(spec: &Spec, place: &str, operation: &Value, found: &mut Found<'_>) {
    let Some(body) = operation.get("requestBody") else {
        return;
    };
    let operation_id = operation.get("operationId").and_then(Value::as_str);
    let here = format!("{place}/requestBody");
    if body.get("$ref").is_some() {
        found.add(
            "body-reference",
            here,
            "is a $ref, which is not supported here",
            "write the body inline",
        );
        return;
    }
    let kinds: Vec<_> = members(body.get("content")).map(|(kind, _)| kind).collect();
    if kinds == ["multipart/form-data"] {
        forms::check(spec, &format!("{here}/content/multipart~1form-data/schema"), found);
    } else if kinds != ["application/json"] {
        let reason = format!("the body's types are {kinds:?}");
        found.add(
            "body-type",
            format!("{here}/content"),
            reason,
            "use application/json or multipart/form-data alone",
        );
    } else {
        let place = format!("{here}/content/application~1json/schema");
        let schema = body.pointer("/content/application~1json/schema");
        match schema.and_then(|schema| schema.get("anyOf")?.as_array()) {
            Some(shapes) => {
                for (index, shape) in shapes.iter().enumerate() {
                    named(spec, &format!("{place}/anyOf/{index}"), Some(shape), found);
                }
                union(spec, operation_id, &place, shapes, found);
            }
            None => named(spec, &place, schema, found),
        }
    }
}

/// Several bodies of one operation are different components.
fn union(spec: &Spec, id: Option<&str>, place: &str, shapes: &[Value], found: &mut Found<'_>) {
    let here = format!("{place}/anyOf");
    if let Some(name) = id.map(body_name)
        && spec.schemas().any(|(component, _)| component == name)
    {
        let reason = format!("the union becomes `{name}` in Rust, which is a component");
        found.add("body-name", &here, reason, "rename the component");
    }
    if shapes.len() < 2 {
        found.add(
            "any-of-one",
            &here,
            "has fewer than two alternatives",
            "write a plain $ref",
        );
    }
    for (index, shape) in shapes.iter().enumerate() {
        if shapes[..index].contains(shape) {
            found.add(
                "duplicate-value",
                format!("{here}/{index}"),
                "is listed twice",
                "delete one of the two",
            );
        }
    }
}

/// At most one success response with a JSON body: a client method has one result type.
fn success(spec: &Spec, place: &str, responses: Option<&Value>, found: &mut Found<'_>) {
    let here = format!("{place}/responses");
    let answers: Vec<(&str, &Value)> = members(responses)
        .filter(|(status, _)| status.starts_with('2'))
        .collect();
    if answers.is_empty() {
        found.add(
            "no-success",
            &here,
            "no response has a 2xx status",
            "add the success response",
        );
    }
    let mut first: Option<&Value> = None;
    for (status, response) in answers {
        let here = format!("{here}/{status}");
        if response.get("$ref").is_some() {
            found.add(
                "success-reference",
                here,
                "is a $ref, which is not supported here",
                "write a success response inline",
            );
            continue;
        }
        let Some(schema) = response.pointer("/content/application~1json/schema") else {
            let kinds: Vec<_> = members(response.get("content")).map(|(kind, _)| kind).collect();
            if !kinds.is_empty() {
                let reason = format!("the response's types are {kinds:?}, and only JSON is read");
                let fix = "add application/json with a schema, or omit the content";
                found.add("answer-type", format!("{here}/content"), reason, fix);
            }
            continue;
        };
        named(
            spec,
            &format!("{here}/content/application~1json/schema"),
            Some(schema),
            found,
        );
        if *first.get_or_insert(schema) != schema {
            found.add(
                "success-clash",
                here,
                "two success responses have different JSON bodies",
                "make them one schema; a method has one result type",
            );
        }
    }
}
