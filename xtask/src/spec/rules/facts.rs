//! The extensions are as described in `specs/README.md`, and name pages and fields that exist.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::walk::Kind;
use super::{Found, instead, near};
use crate::spec::facts::{Extensions, FIELDS, ROLES};
use crate::spec::tasks::TASK_FIELDS;
use crate::spec::{Spec, escape, members, sources};

/// JSON Schema of the types that read the extensions, which reports every mismatch, not only the first. Draft 7,
/// because compiling the meta-schema of a later draft takes longer than all the rest of this file.
static SHAPE: LazyLock<Value> = LazyLock::new(|| {
    let generator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<Extensions>().to_value()
});
static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| jsonschema::validator_for(&SHAPE).ok());

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    if let Some(validator) = &*VALIDATOR {
        for error in validator.iter_errors(&spec.doc) {
            misfit(&error, found);
        }
    }
    pages(spec, found);
    fields(found);
    prompt_flags(spec, found);
}

/// The fields that words in a prompt set.
fn prompt_flags(spec: &Spec, found: &mut Found<'_>) {
    let flags = spec.doc.get("x-prompt-flags").and_then(|entry| entry.get("flags"));
    for (flag, field) in members(flags) {
        let text = field.as_str().unwrap_or_default();
        if !FIELDS.contains(&text) {
            let place = format!("/x-prompt-flags/flags/{}", escape(flag));
            let reason = format!("{field} is not a normalised field");
            found.add("unknown-field", place, reason, instead(text, &FIELDS));
        }
    }
}

fn misfit(error: &ValidationError<'_>, found: &mut Found<'_>) {
    let place = error.instance_path().to_string();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known: Vec<&str> = members(SHAPE.get("definitions"))
                .flat_map(|(_, shape)| members(shape.get("properties")))
                .map(|(name, _)| name)
                .collect();
            for name in unexpected {
                let fix = match near(name, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "delete it; specs/README.md lists the members".to_owned(),
                };
                let here = format!("{place}/{}", escape(name));
                found.add("unknown-member", here, format!("unknown member `{name}`"), fix);
            }
        }
        ValidationErrorKind::Required { property } => {
            let reason = format!("`{}` is missing", property.as_str().unwrap_or_default());
            found.add("missing-member", place, reason, "add it; specs/README.md describes it");
        }
        // An optional member: report the error of the value.
        ValidationErrorKind::AnyOf { context } if context.first().is_some_and(|errors| !errors.is_empty()) => {
            context[0].iter().for_each(|error| misfit(error, found));
        }
        _ => found.add("bad-member", place, error.to_string(), "specs/README.md describes it"),
    }
}

/// Every fact names a page, and every named page exists.
fn pages(spec: &Spec, found: &mut Found<'_>) {
    let nodes = found.nodes();
    let known: Vec<&str> = members(spec.doc.get("x-pages")).map(|(name, _)| name).collect();
    for (name, page) in members(spec.doc.get("x-pages")) {
        let text = |key: &str| page.get(key).and_then(Value::as_str);
        let reason = match (text("kind").unwrap_or("page"), text("fetch"), text("path")) {
            ("repository", fetch, _) if fetch != Some("git") => "a repository is fetched with `git`",
            ("types", Some(_), _) => "no command reads types, so they are not fetched",
            ("page", Some("git"), _) => {
                "a page is fetched with `get` or `md`; `git` fetches a repository, or a document in one"
            }
            ("openapi", Some("md"), _) => "a document is fetched with `get` or `git`; `md` is the source of a page",
            ("openapi", Some("git"), None) => "`path` must name the document in the repository",
            (_, fetch, Some(_)) if fetch != Some("git") => "`path` is a place in what `git` fetches",
            _ => continue,
        };
        found.add(
            "bad-page",
            format!("/x-pages/{name}"),
            reason.to_owned(),
            "give `kind`, `fetch` and `path` as specs/README.md has them",
        );
    }
    let mut named = |place: String, page: &Value| {
        if !page.as_str().is_some_and(|page| known.contains(&page)) {
            let reason = format!("{page} is not among x-pages");
            found.add(
                "unknown-page",
                place,
                reason,
                instead(page.as_str().unwrap_or_default(), &known),
            );
        }
    };
    for node in &*nodes {
        let place = format!("{}/x-source", node.pointer);
        match node.value.get("x-source") {
            Some(Value::Array(many)) => {
                for (index, page) in many.iter().enumerate() {
                    named(format!("{place}/{index}"), page);
                }
            }
            Some(page) => named(place, page),
            None => {}
        }
    }
    const FACTS: [&str; 9] = [
        "x-poll",
        "x-result-url",
        "x-webhook",
        "x-rate-limits",
        "x-tasks",
        "x-errors",
        "x-listed-models",
        "x-billing",
        "x-prompt-flags",
    ];
    let facts = || {
        let single = FACTS
            .iter()
            .filter_map(|key| Some((format!("/{key}"), spec.doc.get(*key)?)));
        let lists = ["x-uploads", "x-media", "x-prices", "x-sizes"]
            .into_iter()
            .flat_map(|key| {
                let list = spec.doc.get(key).and_then(Value::as_array).into_iter().flatten();
                list.enumerate()
                    .map(move |(index, entry)| (format!("/{key}/{index}"), entry))
            });
        single.chain(lists)
    };
    let models = spec.doc.get("x-models").and_then(Value::as_array).into_iter().flatten();
    let models = models
        .enumerate()
        .map(|(index, model)| (format!("/x-models/{index}"), model));
    for (place, fact) in facts().chain(models) {
        if let Some(page) = fact.get("source") {
            named(format!("{place}/source"), page);
        }
    }
    for (place, fact) in facts() {
        if fact.get("source").is_none() && fact.get("unverified") != Some(&Value::Bool(true)) {
            let fix = "add `source` with a page of x-pages, or `unverified: true`";
            found.add("missing-source", place, "has no source", fix);
        }
    }
    let components = nodes.iter().filter(|node| node.kind == Kind::Component);
    let components = components.map(|node| (node.pointer.clone(), node.value));
    let operations = spec.operations().map(|operation| (operation.pointer, operation.value));
    for (place, value) in components.chain(operations).chain(spec.callbacks()) {
        if sources(value).is_empty() {
            let fix = "add `x-source` with a page of x-pages";
            found.add("missing-source", place, "has no source", fix);
        }
    }
}

/// Every field that a property carries exists in the facade.
fn fields(found: &mut Found<'_>) {
    for node in &*found.nodes() {
        let Some(name) = node.value.get("x-task-field") else {
            continue;
        };
        let text = name.as_str().unwrap_or_default();
        if !TASK_FIELDS.contains(&text) {
            let place = format!("{}/x-task-field", node.pointer);
            let reason = format!("{name} is not a field of a task that is read by its place");
            found.add("unknown-field", place, reason, instead(text, &TASK_FIELDS));
        }
    }
    for (node, key, known) in found.nodes().iter().flat_map(|node| {
        let fields = FIELDS.as_slice();
        [
            (node, "x-field", fields),
            (node, "x-replaces", fields),
            (node, "x-positions", ROLES),
        ]
    }) {
        let Some(field) = node.value.get(key) else {
            continue;
        };
        let here = format!("{}/{key}", node.pointer);
        let names: Vec<(String, &Value)> = match field {
            Value::Array(many) => {
                let many = many.iter().enumerate();
                many.map(|(index, name)| (format!("{here}/{index}"), name)).collect()
            }
            one => vec![(here, one)],
        };
        for (place, name) in names {
            let text = name.as_str().unwrap_or_default();
            if !known.contains(&text) {
                let what = if key != "x-positions" {
                    "a normalised field"
                } else {
                    "an input role"
                };
                let reason = format!("{name} is not {what}");
                found.add("unknown-field", place, reason, instead(text, known));
            }
        }
    }
}
