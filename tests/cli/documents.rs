//! The JSON documents and events of the command. Each one that a test reads is validated against its schema.

use std::collections::HashMap;
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{stderr, stdout};

/// Schemas that the command prints. A test compares them with the committed ones.
static SCHEMAS: LazyLock<HashMap<&str, jsonschema::Validator>> = LazyLock::new(|| {
    ["result", "events", "error", "sidecar", "doctor"]
        .into_iter()
        .map(|of| (of, jsonschema::validator_for(&schema(of)).unwrap()))
        .collect()
});

fn schema(of: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_videogen"))
        .args(["schema", of])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn validate(of: &str, document: &Value) {
    let problems: Vec<String> = SCHEMAS[of]
        .iter_errors(document)
        .map(|error| error.to_string())
        .collect();
    assert!(problems.is_empty(), "{of}: {problems:?} {document}");
}

/// The sidecar of a video.
pub(super) fn sidecar(path: &std::path::Path) -> Value {
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    validate("sidecar", &document);
    document
}

/// The document of `--json`.
pub(super) fn whole(text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    if document.get("results").is_some() {
        validate("result", &document);
    }
    if document.get("usable").is_some() {
        validate("doctor", &document);
    }
    if document.get("error").is_some() {
        validate("error", &document);
    }
    for parts in ["uploads", "downloaded", "unfinished"] {
        let parts = document[parts].as_array().into_iter().flatten();
        for error in parts.filter_map(|part| part.get("error")) {
            validate("error", &json!({"error": error}));
        }
    }
    document
}

/// The same, or the only result or plan in it. Notes on a plan are those of the document.
pub(super) fn only(text: &str) -> Value {
    let document = whole(text);
    match document["results"].as_array().map(Vec::as_slice) {
        Some([result]) => result.clone(),
        _ => only_plan(&document).unwrap_or(document),
    }
}

fn only_plan(document: &Value) -> Option<Value> {
    let [plan] = document["plans"].as_array()?.as_slice() else {
        return None;
    };
    let mut plan = plan.clone();
    plan["total"] = document.get("total")?.clone();
    if let Some(notes) = document.get("notes") {
        plan["notes"] = notes.clone();
    }
    Some(plan)
}

pub(super) fn document(output: &Output) -> Value {
    let out = stdout(output);
    assert!(!out.is_empty(), "{}", stderr(output));
    only(&out)
}

/// The lines of `--events`.
pub(super) fn events(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let events: Vec<Value> = lines.collect();
    events.iter().for_each(|event| validate("events", event));
    events
}

/// Moves the members with a chosen name.
fn take(from: &mut Map<String, Value>, chosen: impl Fn(&str) -> bool) -> Value {
    let names: Vec<String> = from.keys().filter(|name| chosen(name)).cloned().collect();
    let taken: Map<String, Value> = names.iter().filter_map(|name| from.remove_entry(name)).collect();
    taken.into()
}

#[test]
fn schemas_for_reviewers() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/schemas");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let pretty = |schema: &Value| serde_json::to_string_pretty(schema).unwrap();
    let definitions = |schema: &Value| schema["$defs"].as_object().unwrap().clone();
    let mut error = schema("error");
    let (mut result, mut events) = (schema("result"), schema("events"));
    // Each definition is in one file: together they are too long to review.
    let mut parts = definitions(&result);
    parts.retain(|name, part| error["$defs"].get(name) != Some(part));
    let task = take(&mut parts, |name| name == "VideoTask");
    let parameters = take(&mut parts, |name| name == "TaskParameters");
    let costs = take(&mut parts, |name| {
        ["Cost", "Estimate", "Money", "Price"]
            .iter()
            .any(|word| name.contains(word))
    });
    let others = take(&mut parts, |name| !["Outcome", "Result", "SavedFile"].contains(&name));
    let mut own = definitions(&error);
    let error_parts = take(&mut own, |name| {
        !["Error", "Kind", "CommandKind", "Candidate", "JobProblem"].contains(&name)
    });
    error["$defs"] = Value::Object(own);
    let mut shown = definitions(&events);
    shown.retain(|name, part| result["$defs"].get(name) != Some(part));
    result["$defs"] = Value::Object(parts);
    events["$defs"] = Value::Object(shown);
    let mut sidecar = schema("sidecar");
    let mut own = definitions(&sidecar);
    own.retain(|name, part| definitions(&schema("result")).get(name) != Some(part));
    sidecar["$defs"] = Value::Object(own);
    let mut doctor = schema("doctor");
    let mut parts = definitions(&doctor);
    parts.retain(|name, _| name.ends_with("Report") || name == "Finding");
    let vendors = take(&mut parts, |name| name == "VendorReport");
    doctor["$defs"] = Value::Object(parts);
    settings.bind(|| {
        insta::assert_snapshot!("sidecar", pretty(&sidecar));
        insta::assert_snapshot!("error", pretty(&error));
        insta::assert_snapshot!("error_parts", pretty(&error_parts));
        insta::assert_snapshot!("result", pretty(&result));
        insta::assert_snapshot!("result_task", pretty(&task));
        insta::assert_snapshot!("result_parameters", pretty(&parameters));
        insta::assert_snapshot!("result_costs", pretty(&costs));
        insta::assert_snapshot!("result_parts", pretty(&others));
        insta::assert_snapshot!("events", pretty(&events));
        insta::assert_snapshot!("doctor", pretty(&doctor));
        insta::assert_snapshot!("doctor_vendors", pretty(&vendors));
    });
}
