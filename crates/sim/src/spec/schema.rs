//! From OpenAPI 3.0 schemas to JSON Schema 2020-12.
//!
//! Converts the relevant differences: `nullable`, `exclusiveMinimum`/`exclusiveMaximum` as booleans,
//! `format: binary`, and the targets of references.

use std::collections::BTreeSet;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};

use crate::spec::problem::Problem;

const COMPONENTS: &str = "#/components/schemas/";

/// Translates a schema, and everything in it.
pub(crate) fn translate(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => translate_object(members),
        Value::Array(items) => items.iter().map(translate).collect(),
        other => other.clone(),
    }
}

fn translate_object(members: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            // Annotations may contain anything, including `nullable` and `$ref`.
            "example" | "default" | "description" | "nullable" => {}
            "enum" => {
                out.insert(key.clone(), value.clone());
            }
            "format" if value == "binary" => {}
            "$ref" => {
                let target = value.as_str().unwrap_or_default();
                out.insert(key.clone(), json!(target.replace(COMPONENTS, "#/$defs/")));
            }
            "properties" => {
                // The keys in here are names, not keywords.
                let properties = value.as_object().into_iter().flatten();
                let translated: Map<_, _> = properties
                    .map(|(name, schema)| (name.clone(), translate(schema)))
                    .collect();
                out.insert(key.clone(), Value::Object(translated));
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => {
                let bound = if key == "exclusiveMinimum" {
                    "minimum"
                } else {
                    "maximum"
                };
                if value == &Value::Bool(true)
                    && let Some(limit) = members.get(bound)
                {
                    out.insert(key.clone(), limit.clone());
                }
            }
            "minimum" if members.get("exclusiveMinimum") == Some(&Value::Bool(true)) => {}
            "maximum" if members.get("exclusiveMaximum") == Some(&Value::Bool(true)) => {}
            key if key.starts_with("x-") => {}
            _ => {
                out.insert(key.clone(), translate(value));
            }
        }
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        json!({"anyOf": [out, {"type": "null"}]})
    } else {
        Value::Object(out)
    }
}

/// Compiles a translated schema that may refer to `definitions`.
pub(crate) fn compile(schema: &Value, definitions: &Value) -> Result<Validator, String> {
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "allOf": [schema],
    });
    jsonschema::options()
        .should_validate_formats(true)
        .build(&root)
        .map_err(|error| error.to_string())
}

/// Checks a value and returns the problems; limits of the members `unverified` are unverified. The messages name fields and rules, and never repeat the value, which
/// may be a whole image or a secret.
pub(crate) fn problems(validator: &Validator, value: &Value, unverified: &BTreeSet<String>) -> Vec<Problem> {
    validator
        .iter_errors(value)
        .map(|error| {
            let mut field = dotted(error.instance_path().as_str());
            if let ValidationErrorKind::Required { property } = error.kind() {
                let name = property.as_str().unwrap_or_default();
                field = if field.is_empty() {
                    name.to_owned()
                } else {
                    format!("{field}.{name}")
                };
                return Problem::new(field, "required");
            }
            let rule = error.masked().to_string();
            let unverified = unverified.contains(&field) && is_limit(error.kind());
            let message = if field.is_empty() {
                rule
            } else {
                format!("{field}: {rule}")
            };
            Problem {
                field,
                message,
                unverified,
            }
        })
        .collect()
}

/// Whether the rule limits the values of a type.
fn is_limit(kind: &ValidationErrorKind) -> bool {
    use ValidationErrorKind as Kind;
    matches!(
        kind,
        Kind::Minimum { .. }
            | Kind::Maximum { .. }
            | Kind::MinItems { .. }
            | Kind::MaxItems { .. }
            | Kind::MinLength { .. }
            | Kind::MaxLength { .. }
    )
}

/// A JSON pointer in the usual notation of paths: `/content/0/role` is `content[0].role`.
fn dotted(pointer: &str) -> String {
    let mut path = String::new();
    for step in pointer.split('/').skip(1) {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str(&format!("[{step}]"));
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&step.replace("~1", "/").replace("~0", "~"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn check(schema: Value, value: Value) -> Vec<String> {
        let definitions = json!({"Word": {"type": "string", "enum": ["a", "b"]}});
        let validator = compile(&translate(&schema), &definitions).unwrap();
        problems(&validator, &value, &BTreeSet::new())
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn nullable_allows_null() {
        assert!(check(json!({"type": "string", "nullable": true}), Value::Null).is_empty());
        assert!(
            check(
                json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/Word"}]}),
                Value::Null
            )
            .is_empty()
        );
        assert!(!check(json!({"type": "string"}), Value::Null).is_empty());
    }

    #[test]
    fn exclusive_bounds_exclude() {
        let schema = json!({"type": "integer", "minimum": 3, "exclusiveMinimum": true});
        assert!(!check(schema.clone(), json!(3)).is_empty());
        assert!(check(schema, json!(4)).is_empty());
        let schema = json!({"type": "integer", "maximum": 3, "exclusiveMaximum": false});
        assert!(check(schema, json!(3)).is_empty());
    }

    #[test]
    fn a_property_may_be_called_like_a_keyword() {
        let schema = json!({"type": "object", "properties": {"format": {"type": "string"},
            "nullable": {"type": "boolean"}}});
        assert_eq!(check(schema, json!({"format": 3, "nullable": 1})).len(), 2);
    }

    #[test]
    fn messages_contain_the_field_and_not_the_value() {
        let schema = json!({"type": "object", "required": ["model"], "properties": {
            "content": {"type": "array", "items": {"type": "object", "properties": {
                "role": {"$ref": "#/components/schemas/Word"}}}}}});
        let found = check(schema, json!({"content": [{"role": "hunter2"}]}));
        assert_eq!(found.len(), 2);
        assert!(found.contains(&"model: required".to_owned()), "{found:?}");
        let role = found
            .iter()
            .find(|message| message.starts_with("content[0].role: "))
            .unwrap();
        assert!(!role.contains("hunter2"), "{role}");
    }
}
