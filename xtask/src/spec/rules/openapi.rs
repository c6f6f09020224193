//! The document is OpenAPI 3.0, and the OpenAPI model reads all of it.
//!
//! The document is read piece by piece, so that one unreadable piece does not hide the others and each has its place.
//! Each piece is written again: members that are missing then were dropped.

use std::borrow::Cow;

use openapiv3::{
    Components, Example, Header, Info, MediaType, OpenAPI, Operation, Parameter, PathItem, RequestBody, Response,
    Schema, SecurityScheme, Server, Tag,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::{Path, Segment};

use super::walk::Kind;
use super::{Found, near};
use crate::spec::{METHODS, Spec, escape, members};

/// Keys to suggest for a misspelt one.
const KEYS: [&str; 60] = [
    "additionalProperties",
    "allOf",
    "allowEmptyValue",
    "anyOf",
    "bearerFormat",
    "callbacks",
    "components",
    "contact",
    "content",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "email",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "explode",
    "externalDocs",
    "format",
    "headers",
    "in",
    "info",
    "items",
    "license",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "name",
    "nullable",
    "oneOf",
    "operationId",
    "parameters",
    "paths",
    "pattern",
    "properties",
    "readOnly",
    "requestBody",
    "required",
    "responses",
    "schema",
    "scheme",
    "schemas",
    "security",
    "servers",
    "summary",
    "tags",
    "title",
    "type",
    "uniqueItems",
    "url",
    "writeOnly",
];

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let doc = &spec.doc;
    match doc.get("openapi") {
        Some(Value::String(version)) if version.starts_with("3.0.") => {}
        other => {
            let other = other.map_or_else(|| "missing".to_owned(), Value::to_string);
            found.add(
                "openapi-version",
                "/openapi",
                format!("is {other}"),
                "write 3.0.3; only OpenAPI 3.0 is understood",
            );
        }
    }
    let mut rest = without(doc, &["components"], &["servers", "tags"]);
    rest.insert("openapi".into(), json!("3.0.3"));
    if let Some(info) = doc.get("info") {
        piece::<Info>("/info", info, found);
        rest.insert("info".into(), json!({"title": "", "version": ""}));
    }
    if let Some(paths @ Value::Object(_)) = doc.get("paths") {
        for (path, item) in members(Some(paths)) {
            path_item(&format!("/paths/{}", escape(path)), item, found);
        }
        rest.insert("paths".into(), json!({}));
    }
    piece::<OpenAPI>("", &rest.into(), found);
    each::<Server>(doc, "", "servers", found);
    each::<Tag>(doc, "", "tags", found);
    if let Some(all) = doc.get("components") {
        components(all, found);
    }
    for node in &*found.nodes() {
        if node.kind.is_schema() || node.kind == Kind::Excluded {
            part::<Schema>(&node.pointer, &hollow(node.value), found);
        }
    }
}

fn components(all: &Value, found: &mut Found<'_>) {
    const SECTIONS: [&str; 6] = [
        "schemas",
        "responses",
        "parameters",
        "headers",
        "requestBodies",
        "securitySchemes",
    ];
    for section in SECTIONS {
        for (name, value) in members(all.get(section)) {
            let place = format!("/components/{section}/{}", escape(name));
            match section {
                "responses" => response(&place, value, found),
                "parameters" => part::<Parameter>(&place, &flat(value), found),
                "headers" => part::<Header>(&place, &flat(value), found),
                "requestBodies" => body(&place, value, found),
                "securitySchemes" => part::<SecurityScheme>(&place, value, found),
                // These are among the nodes.
                _ => {}
            }
        }
    }
    let rest = without(all, &SECTIONS, &[]);
    piece::<Components>("/components", &rest.into(), found);
}

fn path_item(place: &str, item: &Value, found: &mut Found<'_>) {
    let rest = without(item, &METHODS, &["parameters"]);
    part::<PathItem>(place, &rest.into(), found);
    each::<Parameter>(item, place, "parameters", found);
    for method in METHODS {
        if let Some(value) = item.get(method) {
            operation(&format!("{place}/{method}"), value, found);
        }
    }
}

fn operation(place: &str, operation: &Value, found: &mut Found<'_>) {
    let mut rest = without(operation, &["requestBody", "callbacks"], &["parameters"]);
    // A missing success response is reported with the responses.
    rest.insert("responses".into(), json!({}));
    piece::<Operation>(place, &rest.into(), found);
    each::<Parameter>(operation, place, "parameters", found);
    if let Some(value) = operation.get("requestBody") {
        body(&format!("{place}/requestBody"), value, found);
    }
    for (status, value) in members(operation.get("responses")) {
        if !status.starts_with("x-") {
            response(&format!("{place}/responses/{}", escape(status)), value, found);
        }
    }
    for (name, callback) in members(operation.get("callbacks")) {
        for (expression, item) in members(Some(callback)) {
            path_item(
                &format!("{place}/callbacks/{}/{}", escape(name), escape(expression)),
                item,
                found,
            );
        }
    }
}

fn body(place: &str, body: &Value, found: &mut Found<'_>) {
    part::<RequestBody>(place, &without(body, &["content"], &[]).into(), found);
    media(place, body, found);
}

fn response(place: &str, response: &Value, found: &mut Found<'_>) {
    part::<Response>(place, &without(response, &["content", "headers"], &[]).into(), found);
    for (name, header) in members(response.get("headers")) {
        part::<Header>(&format!("{place}/headers/{}", escape(name)), &flat(header), found);
    }
    media(place, response, found);
}

fn media(place: &str, holder: &Value, found: &mut Found<'_>) {
    for (kind, media) in members(holder.get("content")) {
        let place = format!("{place}/content/{}", escape(kind));
        piece::<MediaType>(&place, &flat(&without(media, &["examples"], &[]).into()), found);
        for (name, example) in members(media.get("examples")) {
            part::<Example>(&format!("{place}/examples/{}", escape(name)), example, found);
        }
    }
}

/// Each item of a list.
fn each<T: DeserializeOwned + Serialize>(holder: &Value, place: &str, list: &str, found: &mut Found<'_>) {
    let items = holder.get(list).and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        part::<T>(&format!("{place}/{list}/{index}"), &flat(item), found);
    }
}

/// A piece that may be a reference instead.
fn part<T: DeserializeOwned + Serialize>(place: &str, value: &Value, found: &mut Found<'_>) {
    if value.get("$ref").is_none() {
        return piece::<T>(place, value, found);
    }
    for (key, _) in members(Some(value)).filter(|(key, _)| *key != "$ref") {
        found.add(
            "beside-ref",
            format!("{place}/{}", escape(key)),
            format!("`{key}` next to a $ref is ignored"),
            "delete it, or for a property write `allOf: [{$ref: …}]`",
        );
    }
}

/// Reads, writes and compares a piece.
fn piece<T: DeserializeOwned + Serialize>(place: &str, value: &Value, found: &mut Found<'_>) {
    let value = if holds_false(value) {
        Cow::Owned(comparable(value))
    } else {
        Cow::Borrowed(value)
    };
    match serde_path_to_error::deserialize::<_, T>(&*value) {
        Err(error) => {
            let reason = error.inner().to_string();
            found.add(
                "not-openapi",
                format!("{place}{}", pointer(error.path())),
                reason,
                "write what OpenAPI 3.0 requires here",
            );
        }
        Ok(read) => {
            if let Ok(back) = serde_json::to_value(&read) {
                lost(&value, &back, place, found);
            }
        }
    }
}

/// Every member of `original` that did not survive the round trip.
fn lost(original: &Value, back: &Value, place: &str, found: &mut Found<'_>) {
    match (original, back) {
        (Value::Object(original), Value::Object(back)) => {
            for (key, value) in original {
                let place = format!("{place}/{}", escape(key));
                match back.get(key) {
                    Some(back) => lost(value, back, &place, found),
                    // An example or a default may be null.
                    None if value.is_null() && matches!(key.as_str(), "example" | "default" | "value") => {}
                    None if is_empty(value) => found.add(
                        "empty-value",
                        place,
                        "is empty, or not known to OpenAPI 3.0 here",
                        "give it a value, or delete it",
                    ),
                    None => {
                        let reason = "not known to OpenAPI 3.0 here, so it would be dropped";
                        let fix = near(key, &KEYS).filter(|near| near != key).map_or_else(
                            || "delete it, or move it to its place in OpenAPI".to_owned(),
                            |near| format!("did you mean `{near}`?"),
                        );
                        found.add("unknown-key", place, reason, fix);
                    }
                }
            }
        }
        (Value::Array(original), Value::Array(back)) => {
            for (index, (value, back)) in original.iter().zip(back).enumerate() {
                lost(value, back, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn holds_false(value: &Value) -> bool {
    match value {
        Value::Bool(is) => !is,
        Value::Array(items) => items.iter().any(holds_false),
        Value::Object(object) => object.values().any(holds_false),
        _ => false,
    }
}

/// A copy in which every `false` is `true`: the model omits `false`, which would look like a loss.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Bool(_) => Value::Bool(true),
        Value::Array(items) => items.iter().map(comparable).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), comparable(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// An object without the members that are read piece by piece. Members of the wrong type are kept.
fn without(value: &Value, objects: &[&str], lists: &[&str]) -> Map<String, Value> {
    members(Some(value))
        .filter(|(key, value)| !(value.is_object() && objects.contains(key) || value.is_array() && lists.contains(key)))
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect()
}

/// A piece with an empty schema in place of its schema.
fn flat(holder: &Value) -> Value {
    let Some(object) = holder.as_object() else {
        return holder.clone();
    };
    let shown = object.iter().map(|(key, value)| match (key.as_str(), value) {
        ("schema", Value::Object(_)) => (key.clone(), json!({})),
        _ => (key.clone(), value.clone()),
    });
    shown.collect::<Map<_, _>>().into()
}

/// A schema with empty schemas in place of nested ones.
fn hollow(schema: &Value) -> Value {
    let hollow = members(Some(schema)).map(|(key, value)| {
        let value = match (key, value) {
            ("properties", Value::Object(properties)) => {
                let names = properties.keys().map(|name| (name.clone(), json!({})));
                names.collect::<Map<_, _>>().into()
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => parts.iter().map(|_| json!({})).collect(),
            ("items" | "additionalProperties" | "not", Value::Object(_)) => json!({}),
            _ => value.clone(),
        };
        (key.to_owned(), value)
    });
    hollow.collect::<Map<_, _>>().into()
}

/// A JSON pointer from the path of a deserialisation error.
#[must_use]
pub(super) fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}
