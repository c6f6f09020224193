//! The part of a spec that a page describes, as YAML to paste and review: a page's entry, its models and its request body.
//!
//! Members that the spec has already, in this body or in one like it, keep their descriptions and fields; types, values,
//! bounds, defaults and limits are the page's. What only people can write is marked `TO DO`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::facts::{Facts, Operation, Place};
use crate::spec::schema::single_ref;
use crate::spec::{Operation as SpecOperation, Spec, component};

mod body;
mod rows;
mod yaml;

/// The YAML for the body `name` of the page `page`.
///
/// # Errors
/// When the page lists no request.
pub(super) fn skeleton(spec: &Spec, facts: &Facts, page: &str, name: &str, today: &str) -> Result<String, String> {
    let model = facts
        .parameters
        .iter()
        .find(|known| known.place == Place::Request && known.name == "model");
    let of = model
        .map(|model| &model.of)
        .ok_or("the page lists no `model` of a request")?;
    let is_own = |operation: &Option<Operation>| Operation::fits(operation.as_ref(), of.as_ref());
    let parameters = facts
        .parameters
        .iter()
        .filter(|known| known.place == Place::Request && is_own(&known.of));
    let writer = body::Writer::new(spec, page, name, parameters.collect());
    let components = writer.write(name);
    let create = spec.operations().find(|operation| {
        let path = Operation {
            method: Some(operation.method.to_uppercase()),
            path: operation.path.to_owned(),
            ..Operation::default()
        };
        of.as_ref().is_some_and(|of| {
            of.path.ends_with(&path.path)
                && of
                    .method
                    .as_ref()
                    .is_none_or(|method| path.method.as_ref() == Some(method))
        })
    });
    let bodies = create.as_ref().map(|operation| listing(operation, name));
    let create = create.and_then(|operation| operation.id()).unwrap_or("TO DO");
    let mut out = String::new();
    if spec.doc.pointer(&format!("/x-pages/{page}")).is_none() {
        out += "x-pages:\n";
        yaml::member(&mut out, 2, page, &json!({"url": "https://TO DO", "read": today}));
    }
    out += "x-models:\n";
    for row in rows::rows(spec, facts, page, &components, create) {
        let mut lead = "  - ";
        for (key, value) in yaml::ordered(&row) {
            let mut text = String::new();
            yaml::member(&mut text, 4, key, value);
            let _ = write!(out, "{lead}{}", text.trim_start());
            lead = "    ";
        }
    }
    for limit in &facts.limits {
        let _ = writeln!(
            out,
            "  # line {}: {}: {} {}",
            limit.at.0, limit.model, limit.what, limit.says
        );
    }
    out += &bodies.unwrap_or_default();
    out += "components:\n  schemas:\n";
    for component in components {
        let _ = writeln!(out, "    {}:", component.name);
        for (key, value) in yaml::ordered(&component.head) {
            yaml::member(&mut out, 6, key, value);
        }
        for gone in &component.gone {
            let _ = writeln!(out, "      # The page no longer shows `{gone}`.");
        }
        if component.properties.is_empty() {
            continue;
        }
        out += "      properties:\n";
        for (name, property) in &component.properties {
            match property.get("$ref") {
                Some(_) => yaml::member(&mut out, 8, name, property),
                None => {
                    let _ = writeln!(out, "        {name}:");
                    for (key, value) in yaml::ordered(property) {
                        yaml::member(&mut out, 10, key, value);
                    }
                }
            }
        }
    }
    debug_assert!(serde_saphyr::from_str::<Value>(&out).is_ok(), "{out}");
    Ok(out)
}

/// The lines to add to the bodies of an operation, where this one is not among them.
fn listing(operation: &SpecOperation<'_>, name: &str) -> String {
    let known: Vec<&str> = operation.request_schemas().into_iter().filter_map(single_ref).collect();
    if known.iter().any(|body| component(body) == Some(name)) {
        return String::new();
    }
    let mut out = format!(
        "# In `paths`, below `schema` of the request of {}, and an example in `examples`:\n",
        operation.id().unwrap_or("TO DO")
    );
    out += "#   anyOf:\n";
    // An only body is one of several now.
    for body in known.iter().filter(|_| known.len() == 1) {
        let _ = writeln!(out, "#     - $ref: '{body}'");
    }
    let _ = writeln!(out, "#     - $ref: '#/components/schemas/{name}'");
    out
}
