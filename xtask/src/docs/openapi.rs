//! OpenAPI 3.0 and 3.1 documents: everything in them is exact.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::documented::{self, Offered, stem};
use super::facts::{At, CALLBACK, Facts, Operation, Parameter, Place, Status};
use super::limits::Known;
use super::line::Line;
use crate::spec::{METHODS, members};

/// The layout of facts from a document.
pub const LAYOUT: &str = "OpenAPI";

/// Keywords that are read, or lead to schemas that are.
const READ: [&str; 12] = [
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "items",
    "properties",
    "description",
    "required",
    "examples",
    "example",
    "content",
    "schema",
];

/// Reads a text as a document. `None` for anything else.
///
/// # Errors
/// Why a text that begins as a document is none.
pub(super) fn document(text: &str) -> Option<Result<Value, String>> {
    let json = text.trim_start().starts_with('{');
    let named =
        |line: &str| line.starts_with("openapi:") || line.starts_with("\"openapi\":") || line.starts_with("'openapi':");
    if !json && !text.lines().any(named) {
        return None;
    }
    let parsed = match json {
        true => serde_json::from_str::<Value>(text).map_err(|error| error.to_string()),
        false => serde_saphyr::from_str::<Value>(text).map_err(|error| error.to_string()),
    };
    let document = match parsed {
        Ok(document) => document,
        // JSON that breaks off may have been any.
        Err(error) if json && text.contains("\"openapi\"") => return Some(Err(error)),
        Err(_) if json => return None,
        Err(error) => return Some(Err(error)),
    };
    let version = document.get("openapi").map(plain_version)?;
    if !version.starts_with("3.") {
        return Some(Err(format!("it is OpenAPI {version}; 3.0 and 3.1 can be read")));
    }
    document
        .get("paths")
        .is_some_and(Value::is_object)
        .then_some(Ok(document))
}

fn plain_version(version: &Value) -> String {
    version.as_str().map_or_else(|| version.to_string(), str::to_owned)
}

/// The facts of the operations that concern a spec, and their text.
#[must_use]
pub fn read(document: &Value, known: &Known) -> (Facts, Vec<Line>) {
    let stems = &known.stems;
    let mut reader = Reader {
        document,
        facts: Facts {
            layout: LAYOUT.to_owned(),
            ..Facts::default()
        },
        lines: Vec::new(),
    };
    let server = document
        .pointer("/servers/0/url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (host, prefix) = match server.find("://") {
        Some(scheme) => {
            let end = server[scheme + 3..]
                .find('/')
                .map_or(server.len(), |slash| scheme + 3 + slash);
            (&server[..end], server[end..].trim_end_matches('/'))
        }
        None => ("", server.trim_end_matches('/')),
    };
    if !host.is_empty() {
        reader.facts.hosts.push(host.to_owned());
    }
    reader.whole(document);
    let full = |path: &str| format!("{prefix}{path}");
    let is_known = members(document.get("paths")).any(|(path, _)| stems.contains(&stem(&full(path))));
    // Where all of them moved below another prefix, the first part that is known counts.
    let concerns = |path: &str| match is_known {
        true => stems.contains(&stem(path)),
        false => path.split('/').any(|part| stems.contains(part)),
    };
    let paths = members(document.get("paths"));
    let paths: Vec<_> = paths.map(|(path, item)| (full(path), reader.resolve(item))).collect();
    let moved = documented::moved(&known.documented, &reader.offered(&paths));
    for (full, item) in paths {
        let is_below = |moved: &String| {
            full.strip_prefix(moved.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !(concerns(&full) || moved.iter().any(is_below)) {
            continue;
        }
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                reader.operation(&full, method, item, operation);
            }
        }
    }
    let last = reader.facts.marks().max_by_key(|(_, line)| *line);
    reader.facts.last = last.map(|(mark, _)| mark).unwrap_or_default();
    (reader.facts, reader.lines)
}

struct Reader<'a> {
    document: &'a Value,
    facts: Facts,
    lines: Vec<Line>,
}

/// A schema with what it refers to and what it is composed of.
#[derive(Default)]
struct Flat<'a> {
    keywords: BTreeMap<&'a str, &'a Value>,
    properties: Vec<(&'a str, &'a Value)>,
    required: BTreeSet<&'a str>,
    /// It has several forms.
    open: bool,
    references: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// All operations of the document, with the members of their request bodies.
    fn offered(&self, paths: &[(String, &'a Value)]) -> Vec<Offered> {
        let mut found = Vec::new();
        for (path, item) in paths {
            for (method, operation) in METHODS.iter().filter_map(|method| Some((method, item.get(method)?))) {
                let bodies = members(operation.pointer("/requestBody/content"));
                let schemas = bodies.filter_map(|(_, content)| content.get("schema"));
                let names = schemas.flat_map(|schema| self.flat(schema).properties);
                found.push(Offered {
                    operation: Operation {
                        method: Some(method.to_uppercase()),
                        path: path.clone(),
                        at: At::default(),
                    },
                    id: operation
                        .get("operationId")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned(),
                    members: names.map(|(name, _)| name.to_owned()).collect(),
                });
            }
        }
        found
    }

    fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        // References in a circle have no target.
        for _ in 0..16 {
            match value
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|to| self.document.pointer(to.strip_prefix('#')?))
            {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    fn line(&mut self, text: &str) -> usize {
        for text in text.lines() {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !text.is_empty() {
                let number = self.lines.len() + 1;
                self.lines.push(Line {
                    number,
                    text,
                    heading: false,
                });
            }
        }
        self.lines.len()
    }

    /// What concerns all operations: it is compared as text.
    fn whole(&mut self, document: &'a Value) {
        self.words(document.get("info").unwrap_or(&Value::Null));
        for key in ["servers", "security"] {
            for value in document.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.line(&format!("{key} {value}"));
            }
        }
        for (name, scheme) in members(document.pointer("/components/securitySchemes")) {
            self.line(&format!("security scheme {name} {scheme}"));
        }
        for (name, item) in members(document.get("webhooks")) {
            self.callback(name, self.resolve(item));
        }
    }

    fn operation(&mut self, path: &str, method: &str, item: &'a Value, value: &'a Value) {
        let mut own = value.as_object().cloned().unwrap_or_default();
        ["parameters", "requestBody", "responses", "callbacks", "description"]
            .iter()
            .for_each(|key| {
                own.remove(*key);
            });
        let of = Operation {
            method: Some(method.to_uppercase()),
            path: path.to_owned(),
            at: At::default(),
        };
        let line = self.line(&format!("{of} {}", Value::Object(own)));
        let of = Operation { at: At(line), ..of };
        self.facts.operations.push(of.clone());
        self.words(value);
        for list in [item.get("parameters"), value.get("parameters")] {
            for entry in list.and_then(Value::as_array).into_iter().flatten() {
                self.parameter(&of, self.resolve(entry));
            }
        }
        if let Some(body) = value.get("requestBody").map(|body| self.resolve(body)) {
            self.body(&of, Place::Request, body);
        }
        for (status, response) in members(value.get("responses")) {
            let response = self.resolve(response);
            let line = self.line(&format!("answers {status}"));
            self.words(response);
            for (name, header) in members(response.get("headers")) {
                self.line(&format!("header {name} {}", self.resolve(header)));
            }
            let place = match status.starts_with('2') {
                true => Place::Response,
                false => Place::Error,
            };
            let status = Status {
                code: status.to_owned(),
                at: At(line),
            };
            let is_code = status.code.starts_with(['4', '5']) && status.code.len() == 3 && !status.code.contains('X');
            if is_code && !self.facts.statuses.contains(&status) {
                self.facts.statuses.push(status);
            }
            self.body(&of, place, response);
        }
        for (name, callback) in members(value.get("callbacks")) {
            for (address, item) in members(Some(self.resolve(callback))) {
                self.callback(&format!("{name} {address}"), self.resolve(item));
            }
        }
    }

    /// A request that the vendor sends.
    fn callback(&mut self, name: &str, item: &'a Value) {
        for (method, value) in members(Some(item)).filter(|(key, _)| METHODS.contains(key)) {
            let mut own = value.as_object().cloned().unwrap_or_default();
            ["requestBody", "parameters", "description"].iter().for_each(|key| {
                own.remove(*key);
            });
            self.line(&format!("callback {name} {method} {}", Value::Object(own)));
            self.words(value);
            let of = Operation {
                path: CALLBACK.to_owned(),
                ..Operation::default()
            };
            for list in [item.get("parameters"), value.get("parameters")] {
                for entry in list.and_then(Value::as_array).into_iter().flatten() {
                    self.parameter(&of, self.resolve(entry));
                }
            }
            if let Some(body) = value.get("requestBody").map(|body| self.resolve(body)) {
                self.body(&of, Place::Request, body);
            }
        }
    }

    fn words(&mut self, value: &Value) {
        if let Some(text) = value.get("description").and_then(Value::as_str) {
            self.line(text);
        }
    }

    fn parameter(&mut self, of: &Operation, entry: &'a Value) {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let place = match text("in") {
            "query" => Place::Query,
            "path" => Place::Path,
            "header" => Place::Header,
            other => {
                self.line(&format!("{other} parameter {entry}"));
                return;
            }
        };
        let flat = self.flat(entry.get("schema").unwrap_or(&Value::Null));
        let required = entry.get("required") == Some(&Value::Bool(true));
        self.add(of, place, text("name"), &flat, required);
        self.words(entry);
    }

    fn body(&mut self, of: &Operation, place: Place, body: &'a Value) {
        let contents: Vec<_> = members(body.get("content")).collect();
        let json = contents
            .iter()
            .find(|(kind, _)| kind.contains("json"))
            .or(contents.first());
        let Some((kind, content)) = json else { return };
        let required = body.get("required").unwrap_or(&Value::Null);
        self.line(&format!("{place} body {kind} required {required}"));
        if let Some(schema) = content.get("schema") {
            self.members(of, place, "", schema, &mut Vec::new());
        }
        for key in ["example", "examples"] {
            if let Some(example) = content.get(key) {
                let text = serde_json::to_string_pretty(example).unwrap_or_default();
                self.line(&format!("{place} {key}\n{text}"));
            }
        }
    }

    fn members(&mut self, of: &Operation, place: Place, prefix: &str, schema: &'a Value, inside: &mut Vec<&'a str>) {
        let flat = self.flat(schema);
        if flat.references.iter().any(|reference| inside.contains(reference)) {
            return;
        }
        let depth = inside.len();
        inside.extend(&flat.references);
        if prefix.is_empty() {
            self.line(&format!("{place} {}", rest(&flat)));
            self.described(&flat);
        }
        for (name, property) in &flat.properties {
            let own = self.flat(property);
            let full = format!("{prefix}{name}");
            self.add(of, place, &full, &own, flat.required.contains(name));
            self.described(&own);
            let items = own.keywords.get("items").copied();
            self.members(of, place, &format!("{full}."), items.unwrap_or(property), inside);
        }
        inside.truncate(depth);
    }

    fn described(&mut self, flat: &Flat<'_>) {
        if let Some(text) = flat.keywords.get("description").and_then(|text| text.as_str()) {
            self.line(text);
        }
    }

    fn flat(&self, schema: &'a Value) -> Flat<'a> {
        let mut flat = Flat::default();
        self.merge(schema, &mut flat, 0);
        flat
    }

    fn merge(&self, schema: &'a Value, flat: &mut Flat<'a>, depth: usize) {
        if depth > 16 {
            return;
        }
        // What stands beside a reference comes before what it refers to.
        for (key, value) in members(Some(schema)) {
            flat.keywords.entry(key).or_insert(value);
        }
        for (name, property) in members(schema.get("properties")) {
            if !flat.properties.iter().any(|(known, _)| *known == name) {
                flat.properties.push((name, property));
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        flat.required.extend(required.filter_map(Value::as_str));
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && let Some(target) = reference.strip_prefix('#').and_then(|to| self.document.pointer(to))
        {
            flat.references.push(reference);
            self.merge(target, flat, depth + 1);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.merge(part, flat, depth + 1);
        }
        for key in ["oneOf", "anyOf"] {
            let parts = schema.get(key).and_then(Value::as_array).into_iter().flatten();
            let parts: Vec<&Value> = parts
                .filter(|part| part.get("type") != Some(&Value::String("null".to_owned())))
                .collect();
            if let [part] = parts.as_slice() {
                self.merge(part, flat, depth + 1);
            } else if !parts.is_empty() {
                flat.open = true;
                let parts = parts.into_iter().map(|part| {
                    let mut own = Flat::default();
                    self.merge(part, &mut own, depth + 1);
                    own
                });
                let parts: Vec<Flat<'_>> = parts.collect();
                // What each form requires, all of them do.
                let required = parts.iter().map(|part| part.required.clone());
                let required = required.reduce(|one, other| one.intersection(&other).copied().collect());
                flat.required.extend(required.into_iter().flatten());
                for (name, property) in parts.into_iter().flat_map(|part| part.properties) {
                    if !flat.properties.iter().any(|(known, _)| *known == name) {
                        flat.properties.push((name, property));
                    }
                }
            }
        }
    }

    fn kind(&self, flat: &Flat<'a>) -> Option<String> {
        if flat.open {
            return None;
        }
        let kind = match flat.keywords.get("type")? {
            Value::String(one) => one.as_str(),
            Value::Array(many) => {
                let mut kinds = many.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
                kinds.next().filter(|_| kinds.next().is_none())?
            }
            _ => return None,
        };
        let items = flat.keywords.get("items").map(|items| self.flat(items));
        Some(match (kind, items.and_then(|items| self.kind(&items))) {
            ("array", Some(item)) => format!("array<{}>", item.split('<').next().unwrap_or_default()),
            _ => kind.to_owned(),
        })
    }

    fn add(&mut self, of: &Operation, place: Place, name: &str, flat: &Flat<'a>, required: bool) {
        let line = self.line(&format!("{place} {name} required {required} {}", rest(flat)));
        let mut parameter = Parameter::new(place, name, line);
        parameter.of = Some(of.clone());
        parameter.kind = self.kind(flat);
        parameter.required = required;
        let scalar = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        if let Some(Value::Array(values)) = flat.keywords.get("enum") {
            parameter.values = values.iter().filter_map(scalar).collect();
        } else if let Some(only) = flat.keywords.get("const") {
            parameter.values = scalar(only).into_iter().collect();
        }
        parameter.default = flat
            .keywords
            .get("default")
            .map(|default| (*default).clone())
            .filter(|default| !default.is_null());
        let number = |key: &str| {
            flat.keywords
                .get(key)
                .and_then(|value| value.as_i64().or_else(|| whole(value.as_f64()?)))
        };
        parameter.minimum = number("minimum").or_else(|| number("exclusiveMinimum").map(|bound| bound + 1));
        parameter.maximum = number("maximum").or_else(|| number("exclusiveMaximum").map(|bound| bound - 1));
        parameter.max_length = number("maxLength");
        if !self.facts.parameters.iter().any(|known| known.is(&parameter)) {
            self.facts.parameters.push(parameter);
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "bounds beyond 2^53 are no whole numbers here"
)]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// The keywords of a schema on one line, without those that are read elsewhere.
fn rest(flat: &Flat<'_>) -> String {
    let own = flat.keywords.iter().filter(|(key, _)| !READ.contains(*key));
    let own: Map<String, Value> = own.map(|(key, value)| ((*key).to_owned(), (*value).clone())).collect();
    let example = ["example", "examples"].iter().filter_map(|key| flat.keywords.get(*key));
    let example: String = example.map(|value| format!(" e.g. {value}")).collect();
    format!("{}{example}", Value::Object(own))
}
