//! Token360.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{last_frame_url, ok, url_in, video_url};
use crate::Vendor;
use crate::api::Call;
use crate::clip::{Make, file};
use crate::core::Core;
use crate::files;
use crate::refusal::Refusal;
use crate::rules::{Input, Medium};
use crate::spec::Spec;
use crate::submit::submit;
use crate::task::{Failure, Status, Task};

/// Tasks on a page of the list, if the request does not say.
const PAGE: usize = 20;

pub(super) async fn answer(call: &Call) -> Result<Response, Refusal> {
    match call.operation.id.as_str() {
        "create_video" => {
            let task = submit(call)?;
            Ok(ok(&created(call.spec, &task)))
        }
        "get_video" => {
            let task = find(call)?;
            Ok(ok(&video(&call.core, call.spec, &task, call.core.clock.now())))
        }
        "list_videos" => list(call),
        "get_video_content" => content(call).await,
        _ => Err(Refusal::NoPath),
    }
}

pub(super) fn refuse(refusal: &Refusal) -> (StatusCode, Value) {
    let (status, kind, code) = match refusal {
        Refusal::NoKey | Refusal::BadKey => (StatusCode::UNAUTHORIZED, "invalid_api_key", Some("401")),
        Refusal::NoBalance => (StatusCode::PAYMENT_REQUIRED, "insufficient_balance", None),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, "api_key_frozen", None),
        Refusal::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limit_error", None),
        Refusal::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "api_error", None),
        Refusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "api_error", None),
        Refusal::Content => (
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            Some("content_policy_violation"),
        ),
        Refusal::NoTask { .. } | Refusal::NoPath => (StatusCode::NOT_FOUND, "not_found_error", None),
        Refusal::NoMethod => (StatusCode::METHOD_NOT_ALLOWED, "invalid_request_error", None),
        Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request_error", None),
        Refusal::Invalid { .. }
        | Refusal::ModelRule { .. }
        | Refusal::NotReady
        | Refusal::TooLate { .. }
        | Refusal::NoWebhook => (StatusCode::BAD_REQUEST, "invalid_request_error", None),
    };
    let (message, param) = (refusal.message(), refusal.field());
    (
        status,
        json!({"error": {"message": message, "type": kind, "param": param, "code": code}}),
    )
}

pub(super) fn inputs(body: &Value) -> Vec<Input> {
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

pub(super) fn event(core: &Core, task: &Task, now: Duration) -> Option<Value> {
    let spec = Spec::of(Vendor::Token360).ok()?;
    let mut body = video(core, spec, task, now);
    if let Some(reference) = &task.reference {
        body["request_id"] = json!(reference);
    }
    Some(body)
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "queued",
        Status::Running => "in_progress",
        Status::Completed => "completed",
        // There is no other word for an end that is no success, and nothing can cancel a task.
        Status::Failed(_) | Status::Expired | Status::Cancelled => "failed",
    }
}

/// What a list shows of a task.
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

/// What the submission answers.
fn created(spec: &Spec, task: &Task) -> Value {
    let mut body = summary(task, Status::Queued);
    body.insert("parameters".to_owned(), parameters(spec, task));
    body.into()
}

/// The members of the request that the spec counts among the parameters.
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
    match state.status {
        Status::Completed => {
            body["url"] = json!(video_url(core, spec, task, now));
            body["duration"] = json!(task.shape.whole_seconds());
            body["resolution"] = json!(task.tier);
            body["fileformat"] = json!("mp4");
            body["frames"] = json!(task.shape.frames);
            if task.last_frame {
                body["content"] = json!({"last_frame_url": last_frame_url(core, spec, task, now)});
            }
        }
        Status::Failed(Failure::Generation) => {
            body["error"] = error("generation_failed", "the model gave up");
        }
        Status::Failed(Failure::Moderated) => {
            // The provider's own code for it, which the service passes on.
            let code = "OutputVideoSensitiveContentDetected";
            body["error"] = error(code, "the video was withheld for its content");
        }
        Status::Expired => body["error"] = error("task_expired", "the task took too long"),
        Status::Queued | Status::Running | Status::Cancelled => {}
    }
    body
}

fn error(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}

fn find(call: &Call) -> Result<Arc<Task>, Refusal> {
    let task = call
        .core
        .store
        .find(call.vendor, call.id())
        .filter(|task| task.owner == call.owner);
    task.ok_or_else(|| Refusal::NoTask {
        field: "video_id".to_owned(),
    })
}

fn list(call: &Call) -> Result<Response, Refusal> {
    let mut tasks = call.core.store.owned(call.vendor, call.owner);
    let query = |name: &str| call.query.get(name).map(String::as_str);
    if query("order") != Some("asc") {
        tasks.reverse();
    }
    let place = |cursor: &str, field: &str| {
        let found = tasks.iter().position(|task| task.id == cursor);
        found.ok_or_else(|| Refusal::invalid(field, format!("{field}: there is no such task")))
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
    // Going back from a cursor, the tasks next to it are wanted.
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
    Ok(ok(&json!({
        "object": "list",
        "data": data,
        "has_more": page.len() < window.len(),
        "first_id": page.first().map(|task| &task.id),
        "last_id": page.last().map(|task| &task.id),
    })))
}

async fn content(call: &Call) -> Result<Response, Refusal> {
    let task = find(call)?;
    let core = &call.core;
    if task.state(core.clock.now()).status != Status::Completed {
        return Err(Refusal::NotReady);
    }
    let url = || video_url(core, call.spec, &task, core.clock.now());
    match call.query.get("format").map(String::as_str) {
        Some("url") => {
            let ttl = call.spec.result_url.ttl;
            Ok(ok(&json!({"url": url(), "video_id": task.id, "expires_in": ttl})))
        }
        Some("binary") => {
            let blob = file(task.shape, Make::Video).await.map_err(|_| Refusal::Internal)?;
            Ok(files::send(&blob, &Method::GET, &call.headers))
        }
        _ => {
            let location = HeaderValue::try_from(url());
            let location = location.map_err(|_| Refusal::Internal)?;
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::FOUND;
            response.headers_mut().insert(header::LOCATION, location);
            Ok(response)
        }
    }
}
