//! What would make the generator choke, found first and named by its place in the file.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use openapiv3::OpenAPI;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::relax::{is_string_enum, single_ref};
use crate::spec::{METHODS, Operation, Spec, SpecError, component, escape, members};

/// Checks a spec as it stands in the file.
///
/// # Errors
/// The first thing found that cannot be turned into code.
pub fn check(spec: &Spec) -> Result<(), SpecError> {
    version(spec)?;
    readable(spec)?;
    references(spec, &spec.doc, &mut String::new())?;
    operations(spec)?;
    schemas(spec)
}

/// Only OpenAPI 3.0 is understood.
fn version(spec: &Spec) -> Result<(), SpecError> {
    match spec.doc.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(()),
        other => Err(spec.error("/openapi", format!("must be '3.0.3', is {other:?}"))),
    }
}

/// The whole document must be OpenAPI, and nothing in it may be silently dropped.
fn readable(spec: &Spec) -> Result<(), SpecError> {
    let read: OpenAPI = serde_path_to_error::deserialize(&spec.doc)
        .map_err(|error| spec.error(pointer(error.path()), error.inner().to_string()))?;
    let back = serde_json::to_value(&read).map_err(|error| spec.error("", error.to_string()))?;
    match lost(&spec.doc, &back, &mut String::new()) {
        None => Ok(()),
        Some(pointer) => Err(spec.error(
            pointer,
            "not known to OpenAPI 3.0 here; misspelt, or in the wrong place?",
        )),
    }
}

/// The first member of `original` that did not survive the round trip.
fn lost(original: &Value, back: &Value, place: &mut String) -> Option<String> {
    match (original, back) {
        (Value::Object(original), Value::Object(back)) => original.iter().find_map(|(key, value)| {
            let length = place.len();
            place.push('/');
            place.push_str(&escape(key));
            // Empty values and `false` are the same as absence to the model.
            let found = match back.get(key) {
                Some(back) => lost(value, back, place),
                None if is_empty(value) => None,
                None => Some(place.clone()),
            };
            place.truncate(length);
            found
        }),
        (Value::Array(original), Value::Array(back)) => {
            original
                .iter()
                .zip(back)
                .enumerate()
                .find_map(|(index, (value, back))| {
                    let length = place.len();
                    place.push_str(&format!("/{index}"));
                    let found = lost(value, back, place);
                    place.truncate(length);
                    found
                })
        }
        _ => None,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Every `$ref` must lead somewhere.
fn references(spec: &Spec, value: &Value, place: &mut String) -> Result<(), SpecError> {
    let mut step = |segment: String, value: &Value| {
        let length = place.len();
        place.push('/');
        place.push_str(&escape(&segment));
        let result = references(spec, value, place);
        place.truncate(length);
        result
    };
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                // What stands in an example is data, not schema.
                if key != "example" && key != "examples" {
                    step(key.clone(), value)?;
                }
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                step(index.to_string(), value)?;
            }
        }
        _ => {}
    }
    match value.get("$ref").and_then(Value::as_str) {
        Some(target) if !target.starts_with("#/") || spec.doc.pointer(&target[1..]).is_none() => {
            Err(spec.error(format!("{place}/$ref"), format!("`{target}` is nowhere in this file")))
        }
        _ => Ok(()),
    }
}

fn operations(spec: &Spec) -> Result<(), SpecError> {
    for (path, item) in members(spec.doc.get("paths")) {
        if item.get("$ref").is_some() {
            return Err(spec.error(
                format!("/paths/{}", escape(path)),
                "write the path item out; a $ref is not read",
            ));
        }
        if !METHODS.iter().any(|method| item.get(*method).is_some()) {
            return Err(spec.error(format!("/paths/{}", escape(path)), "has no operation"));
        }
    }
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for operation in spec.operations() {
        let place = &operation.pointer;
        let Some(id) = operation.id() else {
            return Err(spec.error(place, "needs an operationId; it becomes the Rust method's name"));
        };
        if let Some(first) = seen.insert(id, place.clone()) {
            return Err(spec.error(format!("{place}/operationId"), format!("`{id}` is also at {first}")));
        }
        if !id.starts_with(|c: char| c.is_ascii_lowercase())
            || !id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            return Err(spec.error(format!("{place}/operationId"), format!("`{id}` is not snake_case")));
        }
        if operation.tag().is_none() {
            return Err(spec.error(format!("{place}/tags"), "needs a tag; it names the endpoint family"));
        }
        parameters(spec, &operation)?;
        body(spec, place, operation.value.get("requestBody"))?;
        success(spec, place, operation.value.get("responses"))?;
    }
    Ok(())
}

/// Every placeholder of the path has its parameter, and no two share a name.
fn parameters(spec: &Spec, operation: &Operation<'_>) -> Result<(), SpecError> {
    let place = &operation.pointer;
    let item = spec.doc.pointer(place.rsplit_once('/').map_or("", |(item, _)| item));
    let lists = [
        item.and_then(|item| item.get("parameters")),
        operation.value.get("parameters"),
    ];
    let mut names = BTreeSet::new();
    for parameter in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
        let parameter = spec.resolve(parameter);
        let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, kind) = (text("name"), text("in"));
        if !matches!(kind, "path" | "query" | "header") {
            return Err(spec.error(
                place,
                format!("parameter `{name}` is in `{kind}`; use path, query or header"),
            ));
        }
        if kind != "header" && !names.insert(name.to_snake_case()) {
            return Err(spec.error(
                place,
                format!("two parameters become `{}` in Rust", name.to_snake_case()),
            ));
        }
    }
    for placeholder in operation
        .path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
    {
        if !names.contains(&placeholder.to_snake_case()) {
            return Err(spec.error(
                place,
                format!("the path has `{{{placeholder}}}`, but no such parameter is declared"),
            ));
        }
    }
    Ok(())
}

fn body(spec: &Spec, place: &str, body: Option<&Value>) -> Result<(), SpecError> {
    let Some(body) = body else { return Ok(()) };
    let here = format!("{place}/requestBody");
    if body.get("$ref").is_some() {
        return Err(spec.error(here, "write the body out; a $ref is not read"));
    }
    let kinds: Vec<_> = members(body.get("content")).map(|(kind, _)| kind).collect();
    if kinds != ["application/json"] {
        return Err(spec.error(
            format!("{here}/content"),
            format!("must be application/json alone, is {kinds:?}"),
        ));
    }
    named(spec, &here, body.pointer("/content/application~1json/schema"))
}

/// One success answer with a JSON body at most: a client method has one result type.
fn success(spec: &Spec, place: &str, responses: Option<&Value>) -> Result<(), SpecError> {
    let here = format!("{place}/responses");
    let found: Vec<(&str, &Value)> = members(responses)
        .filter(|(status, _)| status.starts_with('2'))
        .collect();
    if found.is_empty() {
        return Err(spec.error(here, "needs an answer with a 2xx status"));
    }
    let mut bodies = Vec::new();
    for (status, response) in found {
        if response.get("$ref").is_some() {
            return Err(spec.error(
                format!("{here}/{status}"),
                "write a success answer out; a $ref is not read",
            ));
        }
        if let Some(schema) = response.pointer("/content/application~1json/schema") {
            named(spec, &format!("{here}/{status}"), Some(schema))?;
            bodies.push((status, schema));
        }
    }
    match bodies.as_slice() {
        [(_, first), rest @ ..] => match rest.iter().find(|(_, schema)| schema != first) {
            Some((status, _)) => Err(spec.error(
                format!("{here}/{status}"),
                "two success answers with different JSON bodies; make them one schema",
            )),
            None => Ok(()),
        },
        [] => Ok(()),
    }
}

/// A body must be a named object, so that its Rust type has a name that a reviewer knows.
fn named(spec: &Spec, place: &str, schema: Option<&Value>) -> Result<(), SpecError> {
    let object = schema
        .and_then(|schema| schema.get("$ref")?.as_str())
        .filter(|reference| component(reference).is_some())
        .and_then(|reference| spec.doc.pointer(&reference[1..]))
        .is_some_and(|target| target.get("type").and_then(Value::as_str) == Some("object"));
    if object {
        Ok(())
    } else {
        Err(spec.error(
            place,
            "the body's schema must be a $ref to a component that is an object",
        ))
    }
}

fn schemas(spec: &Spec) -> Result<(), SpecError> {
    for (name, schema) in spec.schemas() {
        let place = format!("/components/schemas/{name}");
        if heck::AsUpperCamelCase(name).to_string() != name {
            return Err(spec.error(place, "component names are in UpperCamelCase"));
        }
        let kind = schema.get("type").and_then(Value::as_str);
        let is_scalar_union = schema.get("oneOf").and_then(Value::as_array).is_some_and(|options| {
            options.iter().all(|option| {
                matches!(
                    option.get("type").and_then(Value::as_str),
                    Some("string" | "integer" | "number" | "boolean")
                )
            })
        });
        if kind != Some("object") && !is_string_enum(schema) && !is_scalar_union {
            return Err(spec.error(
                place,
                "a component is an object, a string enum, or a oneOf of scalars; write anything else where it is used",
            ));
        }
        for (index, required) in schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            if required
                .as_str()
                .is_none_or(|name| schema.pointer(&format!("/properties/{name}")).is_none())
            {
                return Err(spec.error(
                    format!("{place}/required/{index}"),
                    format!("no property is called {required}"),
                ));
            }
        }
        recursion(spec, name)?;
        let mut names = BTreeSet::from(["extra".to_owned()]);
        for (property, schema) in members(schema.get("properties")) {
            let place = format!("{place}/properties/{property}");
            let rust = property.to_snake_case();
            if rust.is_empty() || !names.insert(rust.clone()) {
                let reason = format!("`{property}` becomes `{rust}` in Rust, which is taken or no name");
                return Err(spec.error(place, reason));
            }
            sound_type(spec, &place, schema)?;
            let inline = |schema: &Value| is_string_enum(schema) || schema.get("properties").is_some();
            if inline(schema) || schema.get("items").is_some_and(inline) {
                return Err(spec.error(place, "make this a named component and refer to it"));
            }
            if schema
                .get("allOf")
                .and_then(Value::as_array)
                .is_some_and(|all| all.len() != 1)
            {
                return Err(spec.error(place, "an allOf may hold only one $ref"));
            }
        }
    }
    Ok(())
}

/// The `type` of a property is one that exists, and an array says of what.
fn sound_type(spec: &Spec, place: &str, schema: &Value) -> Result<(), SpecError> {
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => match schema.get("items") {
            Some(items) => sound_type(spec, &format!("{place}/items"), items),
            None => Err(spec.error(place, "an array needs `items`")),
        },
        Some("string" | "integer" | "number" | "boolean" | "object") => Ok(()),
        None if single_ref(schema).is_some() => Ok(()),
        other => {
            let known = "string, integer, number, boolean, object or array, or refer to a component";
            Err(spec.error(
                place,
                format!("has the type `{}`; use {known}", other.unwrap_or("none")),
            ))
        }
    }
}

/// A component that holds itself, without an array between, has no size in Rust.
fn recursion(spec: &Spec, name: &str) -> Result<(), SpecError> {
    fn holds(spec: &Spec, name: &str, wanted: &str, seen: &mut BTreeSet<String>) -> bool {
        let schema = spec.doc.pointer(&format!("/components/schemas/{name}"));
        members(schema.and_then(|schema| schema.get("properties")))
            .filter_map(|(_, property)| component(single_ref(property)?))
            .any(|held| held == wanted || (seen.insert(held.to_owned()) && holds(spec, held, wanted, seen)))
    }
    if holds(spec, name, name, &mut BTreeSet::new()) {
        return Err(spec.error(
            format!("/components/schemas/{name}"),
            "holds itself; such a type has no size",
        ));
    }
    Ok(())
}

/// A JSON pointer from the path of a deserialisation error.
#[must_use]
pub fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}
