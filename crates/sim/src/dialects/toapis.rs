//! ToAPIs.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::assets;
use crate::dialects::call::Call;
use crate::dialects::dialect::{Dialect, last_frame_url, task_error, thumbnail_url, video_url};
use crate::dialects::input::{Input, Medium};
use crate::dialects::refusal::Refusal;
use crate::spec::{Body, Operation, RateLimit, Spec, Vendor};
use crate::state::{Core, Failure, Status, Task};

pub(super) struct ToApis;

impl Dialect for ToApis {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        let task = match call.endpoint.operation {
            Operation::Get => find(call)?,
            Operation::Models => return Ok(models(call)),
            Operation::Balance => return Ok(balance(call)),
            Operation::Asset => return assets::toapis::answer(call),
            _ => return Err(Refusal::NoPath),
        };
        let now = call.core.clock.now();
        Ok(Answer::ok(show(&call.core, call.spec, &task, now)))
    }

    fn created(&self, call: &Call, task: &Task) -> Answer {
        Answer::ok(show(&call.core, call.spec, task, task.created))
    }

    fn refuse(&self, operation: Option<Operation>, refusal: &Refusal, _: &str) -> Answer {
        if let (Some(Operation::Asset), Some(answer)) = (operation, assets::toapis::refuse(refusal)) {
            return answer;
        }
        // The code is a number here and a string there, as on the vendor's own pages.
        let (status, code, kind) = match refusal {
            Refusal::NoKey => (401, json!("unauthorized"), "unauthorized"),
            Refusal::BadKey => (401, json!(401), "authentication_error"),
            Refusal::NoBalance => (402, json!("insufficient_quota"), "insufficient_quota"),
            Refusal::Forbidden => (403, json!(403), "authentication_error"),
            Refusal::RateLimited => (429, json!("rate_limit_exceeded"), "rate_limit_exceeded"),
            Refusal::Internal => (500, json!("internal_error"), "internal_error"),
            Refusal::Unavailable => {
                let code = "rate_limit_unavailable";
                (503, json!(code), code)
            }
            Refusal::Content => {
                let code = "content_policy_violation";
                (422, json!(code), code)
            }
            Refusal::NoWebhook => {
                let code = "webhook_not_configured";
                (400, json!(code), code)
            }
            Refusal::NoModel => (404, json!("model_not_found"), "not_found_error"),
            Refusal::NoTask { .. } | Refusal::NoAsset { .. } | Refusal::NoPath => (404, json!(404), "not_found_error"),
            Refusal::GroupNotActive { .. } => (409, json!(409), "invalid_request_error"),
            Refusal::NoMethod => (405, json!(405), "invalid_request_error"),
            Refusal::TooLarge => (413, json!(413), "invalid_request_error"),
            Refusal::Invalid { .. } | Refusal::ModelRule { .. } | Refusal::NotReady | Refusal::TooLate { .. } => {
                (400, json!(400), "invalid_request_error")
            }
        };
        let mut error = json!({"code": code, "message": refusal.message(), "type": kind});
        // The limiter's errors have no type.
        if let (Refusal::RateLimited | Refusal::Unavailable, Some(error)) = (refusal, error.as_object_mut()) {
            error.remove("type");
        }
        let answer = Answer::json(status, json!({"error": error}));
        match (refusal, operation) {
            // The vendor classifies its 503 as a rate limit.
            (Refusal::RateLimited | Refusal::Unavailable, Some(operation)) => limited(answer, operation),
            _ => answer,
        }
    }

    fn inputs(&self, shape: &Body, body: &Value) -> Vec<Input> {
        let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
        let mut inputs = Vec::new();
        for (index, url) in list("image_urls").iter().enumerate() {
            inputs.push(Input {
                field: format!("image_urls[{index}]"),
                medium: Medium::Image,
                word: shape.role_at("image_urls", index).to_owned(),
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

    fn ended(&self, status: Status) -> Status {
        match status {
            Status::Expired | Status::Cancelled => Status::Failed(Failure::Generation),
            other => other,
        }
    }

    fn id_prefix(&self) -> &'static str {
        "tsk_vid_"
    }

    fn other_reference<'a>(&self, body: &'a Value) -> Option<&'a str> {
        body["metadata"]["client_business_id"].as_str()
    }

    fn event(&self, core: &Core, spec: &Spec, task: &Task, event_id: &str, now: Duration) -> Option<Value> {
        let state = task.state(now);
        let ended = task.wall_at(state.since).timestamp();
        let mut shown = show(core, spec, task, now);
        let mut data = json!({
            "task_id": task.id,
            "task_type": "video",
            "model": task.model,
            "status": if state.status == Status::Completed { "SUCCESS" } else { "FAILURE" },
            "progress": "100%",
            "result": null,
            "error": null,
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
            let ttl = i64::from(spec.result_url.lasts());
            let url = video_url(core, spec, task, now);
            body["completed_at"] = json!(ended);
            body["expires_at"] = json!(ended + ttl);
            let thumbnail = thumbnail_url(core, spec, task, now);
            let mut item = json!({"url": url, "format": task.shape.container.name(), "thumbnail": thumbnail});
            if task.last_frame {
                item["last_frame_url"] = json!(last_frame_url(core, spec, task, now));
            }
            body["result"] = json!({"type": "video", "data": [item]});
            if task.asked("tools").is_some() {
                body["usage"] = json!({"tool_usage": {"web_search": 1}});
            }
            // Where older sample code and some clients read them.
            body["url"] = json!(url);
            body["video_url"] = json!(url);
            body["thumbnail"] = json!(thumbnail);
        }
        Status::Failed(Failure::Generation) => {
            body["error"] = task_error("generation_failed", "generation failed");
        }
        Status::Failed(Failure::Moderated) => {
            body["error"] = task_error("content_policy_violation", "the video was withheld for its content");
        }
        Status::Expired => body["error"] = task_error("task_timeout", "the task took too long"),
        Status::Queued | Status::Running | Status::Cancelled => {}
    }
    body
}

/// Finds a task of a family that this endpoint polls, by its id or, where the endpoint takes it, by the caller's own id in
/// any family. That id is not unique: of several tasks with the same one, the newest is found.
fn find(call: &Call) -> Result<Arc<Task>, Refusal> {
    let id = call.id();
    let tasks = call.core.store.owned(call.vendor, call.owner);
    let polled: Vec<_> = call.spec.polled_by(&call.endpoint.id).collect();
    let is_polled = |task: &Task| polled.iter().any(|family| family.name == task.family);
    let by_id = tasks.iter().find(|task| task.id == id && is_polled(task));
    let found = by_id.or_else(|| {
        let by_reference = polled.iter().any(|family| family.by_reference);
        let known = |task: &&Arc<Task>| task.reference.as_deref() == Some(id);
        tasks.iter().rev().filter(|_| by_reference).find(known)
    });
    found.cloned().ok_or_else(|| Refusal::NoTask {
        field: "task_id".to_owned(),
    })
}

/// The balance of an account that began with 5,000 credits and pays one for each second of a clip.
fn balance(call: &Call) -> Answer {
    const CREDITS: u32 = 5_000;
    const PER_DOLLAR: u32 = 200;
    let tasks = call.core.store.owned(call.vendor, call.owner);
    // An empty sum is -0.
    let used: f64 = 0.0 + tasks.iter().map(|task| task.shape.seconds()).sum::<f64>().ceil();
    let remaining = f64::from(CREDITS) - used;
    let dollars = |credits: f64| credits / f64::from(PER_DOLLAR);
    Answer::ok(json!({
        "success": true,
        "remain_balance": dollars(remaining),
        "used_balance": dollars(used),
        "remain_credits": remaining,
        "used_credits": used,
        "credits_per_usd": PER_DOLLAR,
        "unlimited_quota": false,
    }))
}

/// The models of the requested kind; all of these make videos.
fn models(call: &Call) -> Answer {
    let kind = call.query.get("type").map_or("text", String::as_str);
    let exact = call.spec.models.iter().filter(|model| model.is_exact());
    let data: Vec<_> = exact
        .filter(|_| matches!(kind, "video" | "all"))
        .map(|model| {
            json!({
                "id": model.id,
                "object": "model",
                "created": 1_786_492_800,
                "owned_by": "toapis",
                "supported_endpoint_types": ["video"],
            })
        })
        .collect();
    Answer::ok(json!({"success": true, "object": "list", "data": data}))
}

/// Adds the headers of an exhausted rate limit.
fn limited(answer: Answer, operation: Operation) -> Answer {
    let Ok(spec) = Spec::of(Vendor::ToApis) else {
        return answer;
    };
    let (limits, category) = match operation {
        Operation::Submit => (&spec.submit_limits, "async_submit"),
        _ => (&spec.query_limits, "async_query"),
    };
    let answer = match limits.first() {
        Some(RateLimit { limit, per }) => answer
            .header("x-ratelimit-limit", limit)
            .header("x-ratelimit-reset", per),
        None => answer,
    };
    answer
        .header("x-ratelimit-remaining", 0)
        .header("x-ratelimit-category", category)
        .header("retry-after", 1)
}
