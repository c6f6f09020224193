//! What a spec says of tasks: `x-tasks`, and where answers carry their members (`x-task-field`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::spec::lists::words;
use crate::spec::schema::{single_ref, target};
use crate::spec::{Spec, escape, members, request_schemas};

/// The members of a task that the facade reads wherever a spec has them (`x-task-field`).
pub const TASK_FIELDS: [&str; 19] = [
    "prompt",
    "input_type",
    "duration",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "watermark",
    "return_last_frame",
    "service_tier",
    "expires_after",
    "safety_identifier",
    "draft",
    "draft_task",
    "expired",
    "error_param",
    "request_id",
    "cost_usd",
    "run_seconds",
];

/// What holds of the tasks of a vendor. Omitted if nothing differs from the usual.
#[derive(Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Tasks {
    #[serde(default)]
    pub(crate) statuses: BTreeMap<String, Status>,
    pub(crate) id: Option<String>,
    pub(crate) created: Option<Status>,
    #[serde(default)]
    pub(crate) cancel_when: Vec<Status>,
    pub(crate) kept: Option<u64>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

/// A normalised status.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Queued,
    InProgress,
    Completed,
    Failed,
    Cancelled,
    Expired,
}

impl Status {
    /// The name in `x-tasks`, and in the facade's JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// A member of a task, and the JSON pointers of the properties that carry it.
pub(crate) struct TaskField {
    pub(crate) name: &'static str,
    pub(crate) places: Vec<String>,
    /// The places whose values are spelt otherwise (`x-words`): normalised values and the vendor's.
    pub(crate) words: Vec<(String, Vec<(String, String)>)>,
}

/// The members of the tasks that the create and poll operations return, the outermost places first.
pub(crate) fn task_fields(spec: &Spec, operations: &[&str]) -> Vec<TaskField> {
    let mut found: Vec<Found> = Vec::new();
    for operation in spec.operations() {
        if operation.id().is_some_and(|id| operations.contains(&id)) {
            for schema in operation.success_schemas() {
                places(spec, schema, "", &mut Vec::new(), &mut found);
            }
        }
    }
    for schema in signed_events(spec) {
        places(spec, schema, "", &mut Vec::new(), &mut found);
    }
    found.sort_by_key(|found| found.place.matches('/').count());
    let fields = TASK_FIELDS.iter().map(|name| {
        let (mut places, mut words) = (Vec::new(), Vec::new());
        for found in found.iter().filter(|found| found.field == *name) {
            if !places.contains(&found.place) {
                places.push(found.place.clone());
                words.push((found.place.clone(), found.words.clone()));
            }
        }
        words.retain(|(_, words): &(_, Vec<_>)| !words.is_empty());
        TaskField { name, places, words }
    });
    fields.filter(|field| !field.places.is_empty()).collect()
}

/// The schemas of events that are read as tasks: signed ones.
pub(crate) fn signed_events(spec: &Spec) -> Vec<&Value> {
    let is_signed = spec.doc.pointer("/x-webhook/signature").is_some_and(Value::is_object);
    let callbacks = spec.callbacks().into_iter().filter(|_| is_signed);
    callbacks.flat_map(|(_, callback)| request_schemas(callback)).collect()
}

/// A property that carries a member.
struct Found {
    field: String,
    place: String,
    words: Vec<(String, String)>,
}

fn places<'a>(spec: &'a Spec, schema: &'a Value, prefix: &str, within: &mut Vec<&'a str>, found: &mut Vec<Found>) {
    let reference = single_ref(schema);
    if reference.is_some_and(|reference| within.contains(&reference)) {
        return;
    }
    within.extend(reference);
    let inner = target(spec, schema);
    if let Some(items) = inner.get("items") {
        places(spec, items, &format!("{prefix}/0"), within, found);
    }
    for (name, property) in members(inner.get("properties")) {
        let place = format!("{prefix}/{}", escape(name));
        if let Some(field) = property.get("x-task-field").and_then(Value::as_str) {
            found.push(Found {
                field: field.to_owned(),
                place: place.clone(),
                words: words(property),
            });
        }
        places(spec, property, &place, within, found);
    }
    if reference.is_some() {
        within.pop();
    }
}
