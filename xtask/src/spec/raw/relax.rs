//! Relaxes a spec so that the generated client is tolerant.
//!
//! The generator follows a spec strictly: a closed enum, a bound or a required member in a response fails the whole
//! body for one unexpected value, and a default is sent although the caller did not set it. So a copy of the spec is
//! relaxed first:
//!
//! - requests: no bounds, patterns or defaults (the facade validates, and sends only what was set);
//! - responses: nothing is required, and every member and every item is a `videogen_wire::Lenient`;
//! - every object keeps unknown members;
//! - only one success response is kept, as `2XX`, and no error: those are classified in one place, by status and body;
//! - `x-secret` strings are read as a `videogen_wire::SecretUrl`, which `Debug` does not show;
//! - a multipart body becomes one of raw bytes, and a form again in the generated code (`super::forms`);
//! - callbacks, headers and examples are dropped.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::forms::{self, Forms};
use crate::spec::names::body_name;
use crate::spec::schema::{is_string_enum, reach, single_ref};
use crate::spec::{METHODS, Spec, component, members};

/// A spec ready for the generator.
pub struct Relaxed {
    /// The document.
    pub doc: Value,
    /// Named string enums, which are emitted as open enums instead.
    pub enums: Vec<String>,
    /// Object components, in order of name.
    pub objects: Vec<String>,
    /// Those of them that can have a `Default`.
    pub defaults: Vec<String>,
    /// Request bodies that are one of several components: the name of the union, and theirs.
    pub bodies: Vec<(String, Vec<String>)>,
    /// Multipart bodies.
    pub(super) forms: Forms,
}

/// Relaxes a copy of `spec`.
#[must_use]
pub fn relax(spec: &Spec) -> Relaxed {
    let forms = forms::all(spec);
    let kinds = Kinds::of(spec, &forms);
    let mut paths = Map::new();
    for (path, item) in members(spec.doc.get("paths")) {
        let mut relaxed = Map::new();
        if let Some(parameters) = item.get("parameters") {
            relaxed.insert("parameters".into(), kinds.parameters(spec, parameters));
        }
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                relaxed.insert(method.into(), kinds.operation(spec, operation));
            }
        }
        paths.insert(path.into(), relaxed.into());
    }
    let (mut schemas, mut defaults) = (Map::new(), Vec::new());
    for (name, schema) in spec.schemas() {
        if kinds.enums.contains(name) {
            // Replaced by the open enum; the generator only needs to see a named string.
            schemas.insert(name.into(), json!({"type": "string"}));
        } else if kinds.objects.contains(name) {
            let relaxed = if kinds.requests.contains(name) {
                kinds.request(schema)
            } else {
                kinds.response_object(schema)
            };
            if can_default(&relaxed) {
                defaults.push(name.to_owned());
            }
            schemas.insert(name.into(), relaxed);
        }
    }
    let mut bodies = Vec::new();
    for operation in spec.operations() {
        let shapes = operation.request_schemas();
        if let (Some(id), [_, _, ..]) = (operation.id(), shapes.as_slice()) {
            let name = body_name(id);
            let names = shapes.iter().filter_map(|shape| component(single_ref(shape)?));
            let names: Vec<String> = names.map(str::to_owned).collect();
            schemas.insert(name.clone(), json!({"oneOf": shapes}));
            bodies.push((name, names));
        }
    }
    let doc = json!({
        "openapi": spec.doc.get("openapi"),
        "info": {
            "title": spec.doc.pointer("/info/title"),
            "version": spec.doc.pointer("/info/version"),
            "description": spec.doc.pointer("/info/description"),
        },
        "paths": paths,
        "components": {"schemas": schemas, "parameters": kinds.component_parameters(spec)},
    });
    Relaxed {
        doc,
        enums: kinds.enums.into_iter().collect(),
        objects: kinds.objects.into_iter().collect(),
        defaults,
        bodies,
        forms,
    }
}

/// The kinds of the component schemas.
struct Kinds {
    enums: BTreeSet<String>,
    objects: BTreeSet<String>,
    /// Components that a response may have as a list or an object as well as a scalar.
    open: BTreeSet<String>,
    /// Components that a request can reach; they stay strict.
    requests: BTreeSet<String>,
}

impl Kinds {
    fn of(spec: &Spec, forms: &Forms) -> Self {
        let named = |keep: fn(&Value) -> bool| -> BTreeSet<String> {
            spec.schemas()
                .filter(|(_, schema)| keep(schema))
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        let mut requests = BTreeSet::new();
        for operation in spec.operations() {
            for schema in operation.request_schemas() {
                reach(spec, schema, &mut requests);
            }
        }
        Self {
            enums: named(is_string_enum),
            objects: named(|schema| schema.get("type") == Some(&json!("object")))
                .into_iter()
                .filter(|name| forms.values().all(|form| form != name))
                .collect(),
            open: named(|schema| {
                let alternatives = schema.get("oneOf").and_then(Value::as_array);
                let mut kinds = alternatives
                    .into_iter()
                    .flatten()
                    .filter_map(|one| one.get("type")?.as_str());
                kinds.any(|kind| matches!(kind, "array" | "object"))
            }),
            requests,
        }
    }

    fn operation(&self, spec: &Spec, operation: &Value) -> Value {
        let mut relaxed = pick(operation, &["operationId", "tags", "summary", "description"]);
        if let Some(parameters) = operation.get("parameters") {
            relaxed.insert("parameters".into(), self.parameters(spec, parameters));
        }
        if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
            let schema = match (
                schema.get("anyOf"),
                operation.get("operationId").and_then(Value::as_str),
            ) {
                (Some(_), Some(id)) => json!({"$ref": format!("#/components/schemas/{}", body_name(id))}),
                _ => self.request(schema),
            };
            let body = json!({"required": true, "content": {"application/json": {"schema": schema}}});
            relaxed.insert("requestBody".into(), body);
        }
        if operation.pointer("/requestBody/content/multipart~1form-data").is_some() {
            let bytes = json!({"schema": {"type": "string", "format": "binary"}});
            let body = json!({"required": true, "content": {"application/octet-stream": bytes}});
            relaxed.insert("requestBody".into(), body);
        }
        let success = members(operation.get("responses"))
            .filter(|(status, _)| status.starts_with('2'))
            .find_map(|(_, response)| response.pointer("/content/application~1json/schema"));
        let answer = match success {
            Some(schema) => json!({
                "description": "success",
                "content": {"application/json": {"schema": self.request(schema)}},
            }),
            None => json!({"description": "success"}),
        };
        relaxed.insert("responses".into(), json!({"2XX": answer}));
        relaxed.into()
    }

    /// Header parameters are omitted: the session writes all headers.
    fn parameters(&self, spec: &Spec, parameters: &Value) -> Value {
        parameters
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| spec.resolve(parameter).get("in") != Some(&json!("header")))
            .map(|parameter| self.parameter(parameter))
            .collect()
    }

    fn component_parameters(&self, spec: &Spec) -> Value {
        members(spec.doc.pointer("/components/parameters"))
            .filter(|(_, parameter)| parameter.get("in") != Some(&json!("header")))
            .map(|(name, parameter)| (name.to_owned(), self.parameter(parameter)))
            .collect::<Map<_, _>>()
            .into()
    }

    fn parameter(&self, parameter: &Value) -> Value {
        if parameter.get("$ref").is_some() {
            return parameter.clone();
        }
        let mut relaxed = pick(parameter, &["name", "in", "required", "description"]);
        if let Some(schema) = parameter.get("schema") {
            relaxed.insert("schema".into(), self.request(schema));
        }
        relaxed.into()
    }

    /// A schema of requests: same shape, no bounds, no defaults.
    fn request(&self, schema: &Value) -> Value {
        if let Some(reference) = single_ref(schema) {
            return if self.is_known(reference) {
                // A description next to the reference needs `allOf`, which the generator reads as a new type; drop it.
                json!({"$ref": reference})
            } else {
                json!({"type": "string"})
            };
        }
        let mut relaxed = pick(schema, &["type", "description", "required"]);
        match schema.get("type").and_then(Value::as_str) {
            Some("object") => {
                let properties: Map<String, Value> = members(schema.get("properties"))
                    .map(|(name, schema)| (name.to_owned(), self.request(schema)))
                    .collect();
                relaxed.insert("properties".into(), properties.into());
                relaxed.insert("additionalProperties".into(), json!({}));
            }
            Some("array") => {
                let items = schema
                    .get("items")
                    .map_or_else(|| json!({}), |items| self.request(items));
                relaxed.insert("items".into(), items);
            }
            Some("integer") => {
                relaxed.insert("format".into(), json!("int64"));
            }
            _ => {}
        }
        relaxed.into()
    }

    /// An object of responses: nothing is required, every member is lenient.
    fn response_object(&self, schema: &Value) -> Value {
        let properties: Map<String, Value> = members(schema.get("properties"))
            .map(|(name, schema)| {
                let mut lenient = lenient(self.response(schema));
                if let Some(description) = schema.get("description") {
                    lenient["description"] = description.clone();
                }
                (name.to_owned(), lenient)
            })
            .collect();
        json!({
            "type": "object",
            "description": schema.get("description"),
            "properties": properties,
            "additionalProperties": {},
        })
    }

    /// The Rust type that a member of a response is read as.
    fn response(&self, schema: &Value) -> Value {
        if let Some(reference) = single_ref(schema) {
            return if self.is_known(reference) {
                json!({"$ref": reference})
            } else if component(reference).is_some_and(|name| self.open.contains(name)) {
                json!({})
            } else {
                json!({"type": "string"})
            };
        }
        match (
            schema.get("type").and_then(Value::as_str),
            schema.get("format").and_then(Value::as_str),
        ) {
            _ if schema.get("x-secret") == Some(&json!(true)) => json!({
                "x-rust-type": {"crate": "videogen-wire", "version": "*", "path": "videogen_wire::SecretUrl"},
            }),
            (Some("integer"), Some("unix-time")) | (Some("string"), Some("date-time")) => json!({
                "x-rust-type": {"crate": "videogen-wire", "version": "*", "path": "videogen_wire::Timestamp"},
            }),
            (Some("integer"), _) => json!({"type": "integer", "format": "int64"}),
            (Some("number"), _) => json!({"type": "number", "format": "double"}),
            (Some("boolean"), _) => json!({"type": "boolean"}),
            (Some("array"), _) => json!({
                "type": "array",
                // Each item separately, so that an odd one does not affect the others.
                "items": lenient(schema.get("items").map_or_else(|| json!({}), |items| self.response(items))),
            }),
            (Some("object"), _) => json!({"type": "object", "additionalProperties": {}}),
            // Strings, and unions of scalars: any scalar reads as text.
            _ => json!({"type": "string"}),
        }
    }

    fn is_known(&self, reference: &str) -> bool {
        component(reference).is_some_and(|name| self.enums.contains(name) || self.objects.contains(name))
    }
}

/// A type that reads matching values, and treats others as absent.
fn lenient(schema: Value) -> Value {
    json!({
        "x-rust-type": {
            "crate": "videogen-wire",
            "version": "*",
            "path": "videogen_wire::Lenient",
            "parameters": [schema],
        },
    })
}

/// `Default` needs every required member to have one; a reference (to an enum, say) has none.
fn can_default(schema: &Value) -> bool {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    required
        .filter_map(Value::as_str)
        .all(|name| schema.pointer(&format!("/properties/{name}/$ref")).is_none())
}

fn pick(value: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter()
        .filter_map(|key| Some(((*key).to_owned(), value.get(*key)?.clone())))
        .collect()
}
