//! ToAPIs.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{ok, video_url};
use crate::Vendor;
use crate::api::Call;
use crate::core::Core;
use crate::fault::Operation as Kind;
use crate::refusal::Refusal;
use crate::rules::{Input, Medium};
use crate::spec::Spec;
use crate::submit::submit;
use crate::task::{Failure, Status, Task};

pub(super) fn answer(call: &Call) -> Result<Response, Refusal> {
    let shown = |task: &Task, now| ok(&show(&call.core, call.spec, task, now));
    match call.operation.id.as_str() {
        "create_seedance_2" | "create_seedance_1" => {
            let task = submit(call)?;
            Ok(shown(&task, task.created))
        }
        "get_seedance_2" => Ok(shown(&*find(call, "create_seedance_2", false)?, call.core.clock.now())),
        "get_seedance_1" => Ok(shown(&*find(call, "create_seedance_1", true)?, call.core.clock.now())),
        _ => Err(Refusal::NoPath),
    }
}

pub(super) fn refuse(refusal: &Refusal) -> (StatusCode, Value) {
    // The code is a number here and a string there, as on the vendor's own pages.
    let (status, code, kind) = match refusal {
        Refusal::NoKey => (StatusCode::UNAUTHORIZED, json!("unauthorized"), "unauthorized"),
        Refusal::BadKey => (StatusCode::UNAUTHORIZED, json!(401), "authentication_error"),
        Refusal::NoBalance => (
            StatusCode::PAYMENT_REQUIRED,
            json!("insufficient_quota"),
            "insufficient_quota",
        ),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, json!(403), "authentication_error"),
        Refusal::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            json!("rate_limit_exceeded"),
            "rate_limit_exceeded",
        ),
        Refusal::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            json!("internal_error"),
            "internal_error",
        ),
        Refusal::Unavailable => {
            let code = "rate_limit_unavailable";
            (StatusCode::SERVICE_UNAVAILABLE, json!(code), code)
        }
        Refusal::Content => {
            let code = "content_policy_violation";
            (StatusCode::UNPROCESSABLE_ENTITY, json!(code), code)
        }
        Refusal::NoWebhook => {
            let code = "webhook_not_configured";
            (StatusCode::BAD_REQUEST, json!(code), code)
        }
        Refusal::NoTask { .. } => (StatusCode::NOT_FOUND, json!("task_not_found"), "task_not_found"),
        Refusal::NoPath => (StatusCode::NOT_FOUND, json!(404), "not_found_error"),
        Refusal::NoMethod => (StatusCode::METHOD_NOT_ALLOWED, json!(405), "invalid_request"),
        Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, json!(413), "invalid_request"),
        Refusal::Invalid { .. } | Refusal::ModelRule { .. } | Refusal::NotReady | Refusal::TooLate { .. } => {
            (StatusCode::BAD_REQUEST, json!("invalid_request"), "invalid_request")
        }
    };
    let message = refusal.message();
    (
        status,
        json!({"error": {"code": code, "message": message, "type": kind}}),
    )
}

/// The headers that tell of the limits, as if the window were used up.
pub(super) fn limit_headers(kind: Kind) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Ok(spec) = Spec::of(Vendor::ToApis) else {
        return headers;
    };
    let (limit, category) = match kind {
        Kind::Submit => (spec.submit_limit, "async_submit"),
        _ => (spec.query_limit, "async_query"),
    };
    if let Some(limit) = limit {
        headers.insert("x-ratelimit-limit", HeaderValue::from(limit.limit));
        headers.insert("x-ratelimit-reset", HeaderValue::from(limit.per));
    }
    headers.insert("x-ratelimit-remaining", HeaderValue::from(0));
    headers.insert("x-ratelimit-category", HeaderValue::from_static(category));
    headers
}

pub(super) fn inputs(operation: &str, body: &Value) -> Vec<Input> {
    let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let mut inputs = Vec::new();
    for (index, url) in list("image_urls").iter().enumerate() {
        // Places tell the parts: first frame, last frame, references. Seedance 2 takes a first frame here and
        // ignores the others; to count them all as first frames is to refuse them.
        let word = match index {
            _ if operation == "create_seedance_2" => "first_frame",
            0 => "first_frame",
            1 => "last_frame",
            _ => "reference_image",
        };
        inputs.push(Input {
            field: format!("image_urls[{index}]"),
            medium: Medium::Image,
            word: word.to_owned(),
            url: url.as_str().map(str::to_owned),
        });
    }
    let lists = [
        ("image_with_roles", Medium::Image),
        ("video_with_roles", Medium::Video),
        ("audio_with_roles", Medium::Audio),
    ];
    for (name, medium) in lists {
        for (index, item) in list(name).iter().enumerate() {
            inputs.push(Input {
                field: format!("{name}[{index}]"),
                medium,
                word: item["role"].as_str().unwrap_or_default().to_owned(),
                url: item["url"].as_str().map(str::to_owned),
            });
        }
    }
    inputs
}

pub(super) fn event(core: &Core, task: &Task, event_id: &str, now: Duration) -> Option<Value> {
    let spec = Spec::of(Vendor::ToApis).ok()?;
    let state = task.state(now);
    let ended = task.wall_at(state.since).timestamp();
    let mut shown = show(core, spec, task, now);
    let mut data = json!({
        "task_id": task.id,
        "task_type": "video",
        "model": task.model,
        "status": word(state.status),
        "progress": state.progress,
        "submitted_at": task.wall.timestamp(),
        "finished_at": ended,
    });
    for name in ["client_business_id", "result", "error"] {
        if let Some(value) = shown.get_mut(name) {
            data[name] = value.take();
        }
    }
    let kind = match state.status {
        Status::Completed => "generation.completed",
        _ => "generation.failed",
    };
    Some(json!({"id": event_id, "type": kind, "api_version": "v1", "created_at": ended, "data": data}))
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

fn show(core: &Core, spec: &Spec, task: &Task, now: Duration) -> Value {
    let state = task.state(now);
    let mut body = json!({
        "id": task.id,
        "object": "generation.task",
        "model": task.model,
        "status": word(state.status),
        "progress": state.progress,
        "created_at": task.wall.timestamp(),
        "metadata": task.asked("metadata").cloned().unwrap_or_else(|| json!({})),
    });
    if let Some(reference) = &task.reference {
        body["client_business_id"] = json!(reference);
    }
    let ended = task.wall_at(state.since).timestamp();
    match state.status {
        Status::Completed => {
            let ttl = i64::from(spec.result_url.ttl);
            let url = video_url(core, spec, task, now);
            body["completed_at"] = json!(ended);
            body["expires_at"] = json!(ended + ttl);
            body["result"] = json!({"type": "video", "data": [{"url": url, "format": "mp4"}]});
        }
        Status::Failed(Failure::Generation) => {
            body["error"] = error("generation_failed", "the model gave up");
        }
        Status::Failed(Failure::Moderated) => {
            body["error"] = error("content_policy_violation", "the video was withheld for its content");
        }
        Status::Expired => body["error"] = error("task_timeout", "the task took too long"),
        Status::Queued | Status::Running | Status::Cancelled => {}
    }
    body
}

fn error(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}

/// A task by its id in its own family or, where the path takes it, by the caller's own id in either
/// family. That id is no key: of several tasks with the same one, the newest is found.
fn find(call: &Call, operation: &str, by_reference: bool) -> Result<Arc<Task>, Refusal> {
    let id = call.id();
    let tasks = call.core.store.owned(call.vendor, call.owner);
    let by_id = tasks.iter().find(|task| task.operation == operation && task.id == id);
    let found = by_id.or_else(|| {
        let known = |task: &&Arc<Task>| task.reference.as_deref() == Some(id);
        tasks.iter().rev().filter(|_| by_reference).find(known)
    });
    found.cloned().ok_or_else(|| Refusal::NoTask {
        field: "task_id".to_owned(),
    })
}
