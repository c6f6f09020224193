//! Token360.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::assets;
use crate::dialects::call::Call;
use crate::dialects::dialect::{Dialect, last_frame_url, task_error, video_url};
use crate::dialects::input::{Input, Medium, url_in};
use crate::dialects::refusal::Refusal;
use crate::spec::{Body, Operation, Spec};
use crate::state::{Core, Failure, Status, Task};

/// Default page size of the list.
const PAGE: usize = 20;

pub(super) struct Token360;

impl Dialect for Token360 {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        match call.endpoint.operation {
            Operation::Get => {
                let task = call.own_task("video_id")?;
                let now = call.core.clock.now();
                Ok(Answer::ok(video(&call.core, call.spec, &task, now)))
            }
            Operation::List => list(call),
            Operation::Content => content(call),
            Operation::Models => Ok(catalogue(call)),
            Operation::Asset => assets::token360::answer(call),
            _ => Err(Refusal::NoPath),
        }
    }

    fn created(&self, call: &Call, task: &Task) -> Answer {
        let mut body = summary(task, Status::Queued);
        body.insert("parameters".to_owned(), parameters(call.spec, task));
        Answer::ok(body.into())
    }

    fn refuse(&self, _: Option<Operation>, refusal: &Refusal, _: &str) -> Answer {
        let (status, kind, code) = match refusal {
            Refusal::NoKey | Refusal::BadKey => (401, "invalid_api_key", Some("401")),
            Refusal::NoBalance => (402, "insufficient_balance", None),
            Refusal::Forbidden => (403, "api_key_frozen", None),
            Refusal::RateLimited => (429, "rate_limit_error", None),
            Refusal::Internal => (500, "api_error", None),
            Refusal::Unavailable => (503, "api_error", None),
            Refusal::Content => (400, "invalid_request_error", Some("content_policy_violation")),
            Refusal::NoModel => (404, "model_not_found", None),
            Refusal::NoTask { .. } | Refusal::NoAsset { .. } | Refusal::NoPath => (404, "not_found_error", None),
            Refusal::GroupNotActive { .. } => (409, "invalid_request_error", None),
            Refusal::NoMethod => (405, "invalid_request_error", None),
            Refusal::TooLarge => (413, "invalid_request_error", None),
            Refusal::Invalid { .. }
            | Refusal::ModelRule { .. }
            | Refusal::NotReady
            | Refusal::TooLate { .. }
            | Refusal::NoWebhook => (400, "invalid_request_error", None),
        };

        let (message, param) = (refusal.message(), refusal.field());
        let body = json!({"error": {"message": message, "type": kind, "param": param, "code": code}});
        refusal.with_retry_after(Answer::json(status, body))
    }

    fn inputs(&self, _: &Body, body: &Value) -> Vec<Input> {
        let items = |name: &'static str| {
            body[name]
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .filter_map(move |(index, item)| {
                    let kind = item["type"].as_str()?;
                    let (medium, role) = match kind {
                        "image_url" => (Medium::Image, "reference_image"),
                        "video_url" => (Medium::Video, "reference_video"),
                        "audio_url" => (Medium::Audio, "reference_audio"),
                        _ => return None,
                    };
                    let word = item["frame_type"].as_str().unwrap_or(role).to_owned();
                    let field = format!("{name}[{index}]");
                    Some(Input {
                        field,
                        medium,
                        word,
                        url: url_in(item, kind),
                    })
                })
        };
        items("frame_images").chain(items("input_references")).collect()
    }

    fn native_header(&self) -> Option<&'static str> {
        Some("Token360-Native-Params")
    }

    fn is_public(&self, operation: Operation) -> bool {
        operation == Operation::Models
    }

    fn ended(&self, status: Status) -> Status {
        match status {
            Status::Expired | Status::Cancelled => Status::Failed(Failure::Generation),
            other => other,
        }
    }

    fn id_prefix(&self) -> &'static str {
        "video-"
    }

    fn event(&self, core: &Core, spec: &Spec, task: &Task, _: &str, now: Duration) -> Option<Value> {
        let mut body = video(core, spec, task, now);
        if let Some(reference) = &task.reference {
            body["request_id"] = json!(reference);
        }
        Some(body)
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "queued",
        Status::Running => "in_progress",
        Status::Completed => "completed",
        // There is no other status for an unsuccessful end, and no operation cancels a task.
        Status::Failed(_) | Status::Expired | Status::Cancelled => "failed",
    }
}

/// A task, as a list shows it.
fn summary(task: &Task, status: Status) -> Map<String, Value> {
    let body = json!({
        "id": task.id,
        "object": "video",
        "status": word(status),
        "model": task.model,
        "prompt": task.prompt,
        "created_at": task.wall.timestamp(),
    });
    match body {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The members of the request that the spec lists as parameters.
fn parameters(spec: &Spec, task: &Task) -> Value {
    let known = &spec.document()["components"]["schemas"]["Parameters"]["properties"];
    let known = known.as_object().into_iter().flatten();
    known
        .filter_map(|(name, _)| Some((name.clone(), task.asked(name)?.clone())))
        .collect()
}

/// A task as a poll shows it.
fn video(core: &Core, spec: &Spec, task: &Task, now: Duration) -> Value {
    let state = task.state(now);
    let mut body = summary(task, state.status);
    body.insert("parameters".to_owned(), parameters(spec, task));
    body.insert("updated_at".to_owned(), json!(task.wall_at(state.since).timestamp()));
    let mut body = Value::from(body);
    body["error"] = Value::Null;
    body["video_url"] = Value::Null;
    match state.status {
        Status::Completed => {
            body["url"] = json!(video_url(core, spec, task, now));
            body["video_url"] = body["url"].clone();
            body["duration"] = json!(task.shape.whole_seconds());
            // As it was asked for, in the vendor's spelling.
            let tier = task.asked("resolution").cloned();
            body["resolution"] = tier.unwrap_or_else(|| json!(task.tier));
            body["fileformat"] = json!(task.shape.container.name());
            body["generate_audio"] = json!(task.shape.sound);
            body["frames"] = json!(task.shape.frames);
            if task.last_frame {
                body["content"] = json!({"last_frame_url": last_frame_url(core, spec, task, now)});
            }
        }
        Status::Failed(Failure::Generation) => {
            body["error"] = task_error("generation_failed", "generation failed");
        }
        Status::Failed(Failure::Moderated) => {
            // The provider's own code, which the service passes on.
            let code = "OutputVideoSensitiveContentDetected";
            body["error"] = task_error(code, "the video was withheld for its content");
        }
        Status::Expired => body["error"] = task_error("task_expired", "the task took too long"),
        Status::Queued | Status::Running | Status::Cancelled => {}
    }
    body
}

fn list(call: &Call) -> Result<Answer, Refusal> {
    let mut tasks = call.core.store.owned(call.vendor, call.owner);
    let query = |name: &str| call.query.get(name).map(String::as_str);
    if query("order") != Some("asc") {
        tasks.reverse();
    }
    let place = |cursor: &str, field: &str| {
        let found = tasks.iter().position(|task| task.id == cursor);
        found.ok_or_else(|| Refusal::invalid(field, format!("{field}: task not found")))
    };
    let from = query("after")
        .map(|id| place(id, "after"))
        .transpose()?
        .map_or(0, |at| at + 1);
    let to = query("before")
        .map(|id| place(id, "before"))
        .transpose()?
        .unwrap_or(tasks.len());
    let window = tasks.get(from..to).unwrap_or_default();
    let limit = query("limit").and_then(|text| text.parse().ok()).unwrap_or(PAGE);
    // Going back from a cursor returns the tasks next to it.
    let backwards = query("before").is_some() && query("after").is_none();
    let page = match window.len().checked_sub(limit) {
        Some(rest) if backwards => &window[rest..],
        Some(_) => &window[..limit],
        None => window,
    };
    let now = call.core.clock.now();
    let data: Vec<_> = page
        .iter()
        .map(|task| Value::from(summary(task, task.state(now).status)))
        .collect();
    Ok(Answer::ok(json!({
        "object": "list",
        "data": data,
        "has_more": page.len() < window.len(),
        "first_id": page.first().map(|task| &task.id),
        "last_id": page.last().map(|task| &task.id),
    })))
}

/// The models of all kinds, of which one generates no videos.
fn catalogue(call: &Call) -> Answer {
    let number = |name: &str| call.query.get(name).and_then(|text| text.parse::<usize>().ok());
    let (size, current) = (number("size").unwrap_or(PAGE), number("current").unwrap_or(1));
    let exact = call.spec.models.iter().filter(|model| model.is_exact());
    let videos = exact.map(|model| json!({"name": model.id, "modelType": "VIDEO_GENERATION"}));
    let other = json!({"name": "simulated-image-model", "modelType": "IMAGE_GENERATION"});
    let all = videos.chain([other]);
    let page: Vec<_> = all
        .skip(current.saturating_sub(1).saturating_mul(size))
        .take(size)
        .collect();
    Answer::ok(json!({"data": {"list": page}}))
}

fn content(call: &Call) -> Result<Answer, Refusal> {
    let task = call.own_task("video_id")?;
    let now = call.core.clock.now();
    if task.state(now).status != Status::Completed {
        return Err(Refusal::NotReady);
    }
    let url = || video_url(&call.core, call.spec, &task, now);
    match call.query.get("format").map(String::as_str) {
        Some("url") => {
            let ttl = call.spec.result_url.lasts();
            Ok(Answer::ok(
                json!({"url": url(), "video_id": task.id, "expires_in": ttl}),
            ))
        }
        Some("binary") => Ok(Answer::clip(task.shape)),
        _ => Ok(Answer::found(url())),
    }
}
