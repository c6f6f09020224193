//! fal's queue.

use std::time::Duration;

use serde_json::{Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::assets;
use crate::dialects::call::Call;
use crate::dialects::dialect::{Dialect, video_url};
use crate::dialects::refusal::Refusal;
use crate::spec::{Operation, Spec};
use crate::state::{Core, Failure, Status, Task};

/// The seed of a task that names none.
const SEED: u32 = 58_944;

pub(super) struct Fal;

impl Dialect for Fal {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        if call.endpoint.operation == Operation::Asset {
            return assets::fal::answer(call);
        }
        let [app, id] = call.path.as_slice() else {
            return Err(Refusal::NoPath);
        };
        let task = call.task(id).filter(|task| app_of(&task.model) == *app);
        let field = || "request_id".to_owned();
        let task = task.ok_or_else(|| Refusal::NoTask { field: field() })?;
        let now = call.core.clock.now();
        let status = task.state(now).status;
        let answer = match call.endpoint.id.as_str() {
            "get_request_status" => {
                let code = if status.is_terminal() { 200 } else { 202 };
                Ok(Answer::json(code, show(call, &task, status)))
            }
            "get_request_result" if !status.is_terminal() => Err(Refusal::NotReady),
            "get_request_result" => Ok(match failure(status) {
                Some((code, kind, body)) => {
                    let of_platform = body["error_type"].is_string();
                    let answer = Answer::json(code, body);
                    if of_platform {
                        answer.header("x-fal-error-type", kind)
                    } else {
                        answer
                    }
                }
                // A second is a unit.
                None => Answer::ok(output(&call.core, call.spec, &task, now))
                    .header("x-fal-billable-units", task.shape.frames / task.shape.fps.max(1)),
            }),
            // Of two concurrent requests, the second is too late.
            "cancel_request" if !status.is_terminal() && task.cancelled.set(now).is_ok() => {
                Ok(Answer::json(202, json!({"status": "CANCELLATION_REQUESTED"})))
            }
            "cancel_request" => Ok(Answer::json(400, json!({"status": "ALREADY_COMPLETED"}))),
            _ => Err(Refusal::NoPath),
        };
        answer.map(|answer| answer.header("x-fal-request-id", &task.id))
    }

    fn created(&self, call: &Call, task: &Task) -> Answer {
        let mut ticket = links(call, task);
        ticket["status"] = json!("IN_QUEUE");
        ticket["queue_position"] = json!(0);
        Answer::ok(ticket).header("x-fal-request-id", &task.id)
    }

    fn refuse(&self, operation: Option<Operation>, refusal: &Refusal, _: &str) -> Answer {
        if let (Some(Operation::Cancel), Refusal::NoTask { .. }) = (operation, refusal) {
            return Answer::json(404, json!({"status": "NOT_FOUND"}));
        }
        let platform = |status, kind: &'static str, text: &str| {
            let body = json!({"detail": text, "error_type": kind});
            Answer::json(status, body).header("x-fal-error-type", kind)
        };
        let plain = |status, text: &str| Answer::json(status, json!({"detail": text}));
        let of_model = |kind: &str, field: Option<&str>, text: &str| {
            let steps = field.unwrap_or_default().split('.').filter(|step| !step.is_empty());
            let place: Vec<&str> = std::iter::once("body").chain(steps).collect();
            Answer::json(422, json!({"detail": [problem(&place, kind, text)]}))
        };
        let message = refusal.message();
        match refusal {
            Refusal::NoKey | Refusal::BadKey => plain(401, "Authentication failed: invalid key credentials"),
            Refusal::NoBalance => plain(403, "User is locked. Reason: Exhausted balance."),
            Refusal::Forbidden => plain(403, "User is locked. Reason: Terms of service."),
            Refusal::RateLimited => platform(429, "concurrent_requests_limit", &message).header("x-fal-needs-retry", 1),
            Refusal::Internal => platform(500, "internal_error", &message),
            Refusal::Unavailable => platform(503, "runner_scheduling_failure", &message),
            Refusal::Content => of_model("content_policy_violation", Some("prompt"), &message),
            Refusal::Invalid { field, .. } if message.ends_with(": required") => {
                of_model("missing", field.as_deref(), &message)
            }
            Refusal::Invalid { .. } | Refusal::ModelRule { .. } | Refusal::GroupNotActive { .. } => {
                of_model("value_error", refusal.field(), &message)
            }
            Refusal::NotReady => plain(400, "Request is still in progress"),
            Refusal::NoTask { .. } | Refusal::NoAsset { .. } | Refusal::NoPath | Refusal::NoModel => {
                plain(404, &message)
            }
            Refusal::TooLate { .. } | Refusal::NoWebhook => platform(400, "bad_request", &message),
            Refusal::NoMethod => plain(405, &message),
            Refusal::TooLarge => plain(413, &message),
        }
    }

    fn id_prefix(&self) -> &'static str {
        "f0a1-"
    }

    fn event(&self, core: &Core, spec: &Spec, task: &Task, _: &str, now: Duration) -> Option<Value> {
        let mut event = json!({"request_id": task.id, "gateway_request_id": task.id});
        match failure(task.state(now).status) {
            Some((code, _, body)) => {
                event["status"] = json!("ERROR");
                event["error"] = json!(format!("Unexpected status code: {code}"));
                event["payload"] = body;
            }
            None => {
                event["status"] = json!("OK");
                event["payload"] = output(core, spec, task, now);
            }
        }
        Some(event)
    }

    fn event_id(&self, payload: &Value) -> Option<String> {
        payload["request_id"].as_str().map(str::to_owned)
    }
}

/// The first segments of an endpoint id, which name its queue.
fn app_of(model: &str) -> String {
    let is_namespaced = ["workflows/", "comfy/"].iter().any(|space| model.starts_with(space));
    let segments: Vec<&str> = model.split('/').take(if is_namespaced { 3 } else { 2 }).collect();
    segments.join("/")
}

fn links(call: &Call, task: &Task) -> Value {
    let base = format!("{}/{}/requests/{}", call.base_url, app_of(&task.model), task.id);
    json!({
        "request_id": task.id,
        "response_url": base,
        "status_url": format!("{base}/status"),
        "cancel_url": format!("{base}/cancel"),
    })
}

fn show(call: &Call, task: &Task, status: Status) -> Value {
    let mut body = links(call, task);
    match status {
        Status::Queued => {
            body["status"] = json!("IN_QUEUE");
            body["queue_position"] = json!(0);
        }
        Status::Running => {
            body["status"] = json!("IN_PROGRESS");
            body["logs"] = Value::Null;
        }
        ended => {
            body["status"] = json!("COMPLETED");
            body["logs"] = Value::Null;
            body["metrics"] = json!({"inference_time": (ended == Status::Completed).then_some(12.5)});
            if let Some((_, kind, result)) = failure(ended) {
                body["error"] = json!(result["detail"].as_str().unwrap_or("Unprocessable Entity"));
                body["error_type"] = json!(kind);
            }
        }
    }
    body
}

fn output(core: &Core, spec: &Spec, task: &Task, now: Duration) -> Value {
    let mut body = json!({"video": {
        "url": video_url(core, spec, task, now),
        "content_type": "video/mp4",
        "file_name": "output.mp4",
        "file_size": null,
    }});
    // Veo shows no seed.
    if !task.model.contains("veo") {
        body["seed"] = task
            .seed
            .as_ref()
            .filter(|seed| **seed != -1)
            .cloned()
            .unwrap_or(json!(SEED));
    }
    body
}

fn problem(place: &[&str], kind: &str, text: &str) -> Value {
    json!({"loc": place, "msg": text, "type": kind, "url": format!("https://errors.example.com/kinds#{kind}")})
}

/// The status code, kind and body of a result that is a failure.
fn failure(status: Status) -> Option<(u16, &'static str, Value)> {
    let of_model = |code, kind, text| Some((code, kind, json!({"detail": [problem(&["body"], kind, text)]})));
    let platform = |code, kind, text: &str| Some((code, kind, json!({"detail": text, "error_type": kind})));
    match status {
        Status::Failed(Failure::Generation) => platform(500, "runner_server_error", "the generation failed"),
        Status::Failed(Failure::Moderated) => {
            of_model(422, "content_policy_violation", "The content was flagged by a checker")
        }
        Status::Expired => platform(504, "request_timeout", "Request timed out before a runner picked it up"),
        Status::Cancelled => platform(499, "client_cancelled", "The request was cancelled"),
        Status::Queued | Status::Running | Status::Completed => None,
    }
}
