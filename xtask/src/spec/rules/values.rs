//! Examples and defaults match their schemas, and every body has an example.

use std::collections::HashMap;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use super::walk::Kind;
use super::{Found, bodies, strangers};
use crate::spec::{Spec, escape, members};

/// The name by which schemas refer to the document.
const DOCUMENT: &str = "urn:videogen:spec";

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let nodes = found.nodes();
    for node in &*nodes {
        if let Some(pattern) = node.value.get("pattern").filter(|_| node.kind.is_schema())
            && !is_pattern(pattern)
        {
            let fix = "write a regular expression of ECMA-262";
            found.add(
                "bad-pattern",
                format!("{}/pattern", node.pointer),
                "is not a regular expression",
                fix,
            );
        }
    }
    let components: Map<String, Value> = spec
        .schemas()
        .map(|(name, schema)| (name.to_owned(), translate(spec, schema)))
        .collect();
    let document = json!({"components": {"schemas": components}});
    let registry = Registry::new()
        .add(DOCUMENT, Draft::Draft4.create_resource(document))
        .and_then(|new| new.prepare());
    let registry = match registry {
        Ok(registry) => registry,
        Err(error) => {
            return found.add(
                "bad-schema",
                "/components/schemas",
                error.to_string(),
                "write valid schemas",
            );
        }
    };
    let mut judge = Judge {
        spec,
        registry: &registry,
        known: HashMap::new(),
    };
    for node in &*nodes {
        let (place, value) = (node.pointer.as_str(), node.value);
        if node.kind.is_schema() {
            for (member, rule) in [("default", "bad-default"), ("example", "bad-example")] {
                if let Some(stated) = value.get(member) {
                    judge.check(rule, value, &format!("{place}/{member}"), stated, found);
                }
            }
        } else if let (Kind::Other, Some(schema)) = (node.kind, value.get("schema")) {
            let examples = examples(spec, place, value);
            let is_binary = place.contains("/content/")
                && !place.ends_with("/content/application~1json")
                && !place.ends_with("/content/multipart~1form-data");
            if examples.is_empty() && !is_binary {
                let reason = "has no example";
                found.add(
                    "missing-example",
                    place,
                    reason,
                    "write one (not copied from the page) that matches the schema",
                );
            }
            let mut shown: Vec<&Value> = Vec::new();
            for (place, example) in &examples {
                let own = bodies::of_example(spec, schema, example);
                shown.extend(own);
                judge.check("bad-example", own.unwrap_or(schema), place, example, found);
                strangers::check(spec, own.unwrap_or(schema), place, example, found);
            }
            for (index, name) in bodies::sent(spec, schema) {
                if !examples.is_empty() && !shown.contains(&&schema["anyOf"][index]) {
                    found.add(
                        "missing-example",
                        format!("{place}/schema/anyOf/{index}"),
                        format!("no example is of a model with the body `{name}`"),
                        "write one (not copied from the page) for a model whose `request` it is",
                    );
                }
            }
        }
    }
}

/// The examples of a media type, header or parameter, and their places.
fn examples<'a>(spec: &'a Spec, place: &str, holder: &'a Value) -> Vec<(String, &'a Value)> {
    let named = members(holder.get("examples")).filter_map(|(name, example)| {
        let value = spec.resolve(example).get("value")?;
        Some((format!("{place}/examples/{}/value", escape(name)), value))
    });
    let single = holder
        .get("example")
        .map(|example| (format!("{place}/example"), example));
    named.chain(single).collect()
}

/// Validates values against schemas; each schema is compiled once.
struct Judge<'a> {
    spec: &'a Spec,
    registry: &'a Registry<'a>,
    known: HashMap<String, Option<Validator>>,
}

impl Judge<'_> {
    fn check(&mut self, rule: &'static str, schema: &Value, place: &str, value: &Value, found: &mut Found<'_>) {
        let schema = translate(self.spec, schema);
        let validator = self.known.entry(schema.to_string()).or_insert_with(|| {
            let options = jsonschema::options()
                .with_draft(Draft::Draft4)
                .with_registry(self.registry);
            match options.build(&schema) {
                Ok(validator) => Some(validator),
                Err(error) => {
                    // A schema that is not valid OpenAPI was reported before.
                    if found.findings.iter().all(|finding| finding.rule != "not-openapi") {
                        let reason = format!("no value can match this schema: {error}");
                        found.add("bad-schema", place, reason, "correct the schema");
                    }
                    None
                }
            }
        });
        for error in validator.iter().flat_map(|validator| validator.iter_errors(value)) {
            let mut reason = error.to_string();
            if let Some((cut, _)) = reason.char_indices().nth(200) {
                reason.truncate(cut);
                reason.push('…');
            }
            let here = format!("{place}{}", error.instance_path());
            found.add(
                rule,
                here,
                reason,
                "write a value that matches its schema, or correct the schema",
            );
        }
        if rule == "bad-example" {
            hosts(place, value, found);
        }
    }
}

/// Links in examples use reserved hosts.
fn hosts(place: &str, value: &Value, found: &mut Found<'_>) {
    match value {
        Value::String(text) => {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let Some(host) = rest.and_then(|rest| rest.split(['/', '?', '#', ':']).next()) else {
                return;
            };
            if host != "example.com" && !host.ends_with(".example.com") {
                found.add(
                    "example-host",
                    place,
                    format!("the host `{host}` may be real"),
                    "use a host under example.com",
                );
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                hosts(&format!("{place}/{index}"), item, found);
            }
        }
        Value::Object(object) => {
            for (key, member) in object {
                hosts(&format!("{place}/{}", escape(key)), member, found);
            }
        }
        _ => {}
    }
}

/// Converts a schema of OpenAPI 3.0 to JSON Schema draft 4: they differ in `nullable` and the dialect's own keys.
/// Omits errors that other rules find, so that they are reported once.
fn translate(spec: &Spec, schema: &Value) -> Value {
    const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "object", "array"];
    let Some(object) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(target) = object.get("$ref") {
        let target = target
            .as_str()
            .filter(|target| spec.doc.pointer(target.trim_start_matches('#')).is_some());
        return target.map_or_else(|| json!({}), |target| json!({"$ref": format!("{DOCUMENT}{target}")}));
    }
    let mut result = Map::new();
    for (key, value) in object {
        let translated = match key.as_str() {
            "properties" => members(Some(value))
                .map(|(name, schema)| (name.to_owned(), translate(spec, schema)))
                .collect::<Map<_, _>>()
                .into(),
            "items" | "not" | "additionalProperties" => translate(spec, value),
            "allOf" | "oneOf" | "anyOf" => {
                let parts = value.as_array().into_iter().flatten();
                parts.map(|part| translate(spec, part)).collect()
            }
            "type" if !value.as_str().is_some_and(|kind| TYPES.contains(&kind)) => continue,
            "type" if schema["nullable"] == true => json!([value, "null"]),
            "enum" if value.is_array() => unique(value),
            "pattern" if !is_pattern(value) => continue,
            "required" if value.as_array().is_none_or(Vec::is_empty) => continue,
            "required" => unique(value),
            "nullable" | "example" | "default" | "description" | "title" => continue,
            key if key.starts_with("x-") => continue,
            _ => value.clone(),
        };
        result.insert(key.clone(), translated);
    }
    result.into()
}

fn unique(values: &Value) -> Value {
    let mut seen: Vec<Value> = Vec::new();
    for value in values.as_array().into_iter().flatten() {
        if !seen.contains(value) {
            seen.push(value.clone());
        }
    }
    seen.into()
}

fn is_pattern(pattern: &Value) -> bool {
    let schema = json!({"pattern": pattern});
    jsonschema::options().with_draft(Draft::Draft4).build(&schema).is_ok()
}
