//! BytePlus ModelArk and Volcengine Ark.

use std::time::Duration;

use serde_json::{Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::dialect::{Dialect, last_frame_url, task_error, video_url};
use crate::dialects::input::{Input, Medium, url_in};
use crate::dialects::refusal::Refusal;
use crate::spec::{Body, Operation, Spec};
use crate::state::{Core, Failure, Status, Task};

/// Default page size of the list, which is not documented.
const PAGE: usize = 10;

/// Members of the request that the task shows from the beginning, and what it shows if they were not sent.
const ECHOED: [(&str, Option<Value>); 8] = [
    ("service_tier", None),
    ("execution_expires_after", None),
    ("generate_audio", None),
    ("draft", Some(Value::Bool(false))),
    ("priority", None),
    ("safety_identifier", None),
    ("tools", None),
    ("output_format", None),
];

pub(super) struct Ark;

impl Dialect for Ark {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        match call.endpoint.operation {
            Operation::Get => {
                let task = call.own_task("id")?;
                Ok(Answer::ok(show(&call.core, call.spec, &task, call.core.clock.now())))
            }
            Operation::List => Ok(list(call)),
            Operation::Cancel => {
                let task = call.own_task("id")?;
                cancel_or_delete(call, &task)
            }
            _ => Err(Refusal::NoPath),
        }
    }

    fn created(&self, _: &Call, task: &Task) -> Answer {
        let mut body = json!({"id": task.id});
        if let Some(identifier) = task.asked("safety_identifier") {
            body["safety_identifier"] = identifier.clone();
        }
        Answer::ok(body)
    }

    fn refuse(&self, _: Option<Operation>, refusal: &Refusal, _: &str) -> Answer {
        let (status, class, code) = match refusal {
            Refusal::NoKey | Refusal::BadKey => (401, "Unauthorized", "AuthenticationError"),
            Refusal::NoBalance => (403, "Forbidden", "AccountOverdueError"),
            Refusal::Forbidden => (403, "Forbidden", "AccessDenied"),
            Refusal::RateLimited => (429, "TooManyRequests", "ModelAccountRpmRateLimitExceeded"),
            Refusal::Unavailable => (429, "TooManyRequests", "ServerOverloaded"),
            Refusal::Internal => (500, "InternalServerError", "InternalServiceError"),
            Refusal::Content => (400, "BadRequest", "InputTextSensitiveContentDetected"),
            Refusal::NoModel => (404, "NotFound", "InvalidEndpointOrModel.NotFound"),
            Refusal::NoTask { .. } => (404, "NotFound", "NotFound.Task"),
            Refusal::NoAsset { .. } => (404, "NotFound", "NotFound.Asset"),
            Refusal::NoPath => (404, "NotFound", "NotFound"),
            Refusal::NoMethod => (405, "MethodNotAllowed", "InvalidParameter"),
            Refusal::TooLarge => (413, "RequestEntityTooLarge", "InvalidParameter"),
            Refusal::Invalid { message, .. } if message.ends_with(": required") => {
                (400, "BadRequest", "MissingParameter")
            }
            Refusal::ModelRule { .. }
            | Refusal::Invalid { .. }
            | Refusal::TooLate { .. }
            | Refusal::NotReady
            | Refusal::GroupNotActive { .. }
            | Refusal::NoWebhook => (400, "BadRequest", "InvalidParameter"),
        };
        let message = match refusal {
            Refusal::TooLate { status } => format!("a task that is {status} cannot be cancelled or deleted"),
            other => other.message(),
        };
        let error = json!({
            "code": code,
            "message": message,
            "param": refusal.field().unwrap_or_default(),
            "type": class,
        });
        Answer::json(status, json!({"error": error}))
    }

    fn inputs(&self, _: &Body, body: &Value) -> Vec<Input> {
        let content = body["content"].as_array().into_iter().flatten().enumerate();
        content
            .filter_map(|(index, item)| {
                let kind = item["type"].as_str()?;
                // Only an image may lack its role: it is the first frame.
                let (medium, usual) = match kind {
                    "image_url" => (Medium::Image, "first_frame"),
                    "video_url" => (Medium::Video, "a video without a role"),
                    "audio_url" => (Medium::Audio, "an audio without a role"),
                    _ => return None,
                };
                Some(Input {
                    field: format!("content[{index}]"),
                    medium,
                    word: item["role"].as_str().unwrap_or(usual).to_owned(),
                    url: url_in(item, kind),
                })
            })
            .collect()
    }

    fn id_prefix(&self) -> &'static str {
        "cgt-"
    }

    /// The task as a poll shows it. A cancellation is not reported.
    fn event(&self, core: &Core, spec: &Spec, task: &Task, _: &str, now: Duration) -> Option<Value> {
        let is_gone = task.deleted.get().is_some() || task.state(now).status == Status::Cancelled;
        (!is_gone).then(|| show(core, spec, task, now))
    }

    fn check_references(&self, call: &Call) -> Result<(), Refusal> {
        let content = call.body["content"].as_array().into_iter().flatten().enumerate();
        for (index, item) in content.filter(|(_, item)| item["type"] == "draft_task") {
            let field = format!("content[{index}].draft_task.id");
            let refused = |rule: &str| Err(Refusal::invalid(&field, format!("{field}: {rule}")));
            let Some(id) = item["draft_task"]["id"].as_str() else {
                return refused("required");
            };
            let Some(draft) = call.task(id) else {
                return Err(Refusal::NoTask { field });
            };
            if draft.asked("draft") != Some(&Value::Bool(true)) {
                return refused("this task is not a draft");
            }
        }
        Ok(())
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "queued",
        Status::Running => "running",
        Status::Completed => "succeeded",
        Status::Failed(_) => "failed",
        Status::Expired => "expired",
        Status::Cancelled => "cancelled",
    }
}

fn show(core: &Core, spec: &Spec, task: &Task, now: Duration) -> Value {
    let state = task.state(now);
    let mut body = json!({
        "id": task.id,
        "model": task.model,
        "status": word(state.status),
        "created_at": task.wall.timestamp(),
        "updated_at": task.wall_at(state.since).timestamp(),
    });
    for (name, usual) in ECHOED {
        if let Some(value) = task.asked(name).cloned().or(usual) {
            body[name] = value;
        }
    }
    let mut content = task.request["content"].as_array().into_iter().flatten();
    if let Some(draft) = content.find_map(|item| item["draft_task"]["id"].as_str()) {
        body["draft_task_id"] = json!(draft);
    }
    match state.status {
        Status::Completed => finish(&mut body, core, spec, task, now),
        Status::Failed(Failure::Generation) => {
            body["error"] = task_error("InternalServiceError", "the generation failed");
        }
        Status::Failed(Failure::Moderated) => {
            let message = "The output video may contain sensitive content.";
            body["error"] = task_error("OutputVideoSensitiveContentDetected", message);
        }
        Status::Queued | Status::Running | Status::Expired | Status::Cancelled => {}
    }
    body
}

/// Adds the members of a completed task; they describe the actual file.
fn finish(body: &mut Value, core: &Core, spec: &Spec, task: &Task, now: Duration) {
    let shape = &task.shape;
    body["content"] = json!({"video_url": video_url(core, spec, task, now)});
    if task.last_frame {
        body["content"]["last_frame_url"] = json!(last_frame_url(core, spec, task, now));
    }
    let seed = task.seed.as_ref().filter(|seed| **seed != -1);
    body["seed"] = seed.cloned().unwrap_or(json!(58_944));
    body["resolution"] = json!(task.tier);
    body["ratio"] = json!(task.ratio);
    body["framespersecond"] = json!(shape.fps);
    body["generate_audio"] = json!(shape.sound);
    // Either a frame count or a duration.
    match shape.whole_seconds() {
        Some(seconds) if !task.by_frames => body["duration"] = json!(seconds),
        _ => body["frames"] = json!(shape.frames),
    }
    body["usage"] = json!({"completion_tokens": task.tokens, "total_tokens": task.tokens});
}

/// Cancels a task in one of the spec's statuses, and deletes the record of a finished one.
fn cancel_or_delete(call: &Call, task: &Task) -> Result<Answer, Refusal> {
    let now = call.core.clock.now();
    let status = task.state(now).status;
    let is_cancellable = call.spec.tasks.cancel_when.iter().any(|known| known == status.word());
    // Of two concurrent requests, the second fails.
    let is_done = match status {
        _ if is_cancellable => task.cancelled.set(now).is_ok(),
        Status::Completed | Status::Failed(_) | Status::Expired => task.deleted.set(now).is_ok(),
        Status::Queued | Status::Running | Status::Cancelled => false,
    };
    if is_done {
        // Clients differ in which empty answer they take; all take this one.
        Ok(Answer::ok(json!({})))
    } else {
        let status = word(task.state(now).status);
        Err(Refusal::TooLate { status })
    }
}

/// A page, the newest first.
fn list(call: &Call) -> Answer {
    let now = call.core.clock.now();
    let query = |name: &str| call.query.get(name).map(String::as_str);
    let number = |name: &str| query(name).and_then(|text| text.parse::<usize>().ok());
    let mut tasks = call.tasks();
    tasks.retain(|task| {
        let tier = task.asked("service_tier").and_then(Value::as_str).unwrap_or("default");
        query("filter.status").is_none_or(|wanted| wanted == word(task.state(now).status))
            && query("filter.model").is_none_or(|wanted| wanted == task.model)
            && query("filter.service_tier").is_none_or(|wanted| wanted == tier)
    });
    let size = number("page_size").unwrap_or(PAGE);
    let before = number("page_num").unwrap_or(1).saturating_sub(1).saturating_mul(size);
    let page = tasks.iter().rev().skip(before).take(size);
    let items: Vec<_> = page.map(|task| show(&call.core, call.spec, task, now)).collect();
    Answer::ok(json!({"items": items, "total": tasks.len()}))
}
