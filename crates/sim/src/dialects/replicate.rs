//! Replicate.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::assets;
use crate::dialects::call::Call;
use crate::dialects::dialect::{Dialect, video_url};
use crate::dialects::refusal::Refusal;
use crate::spec::{Operation, Spec};
use crate::state::{Core, Failure, Status, Task};

/// Predictions on one page of the list.
const PAGE: usize = 100;
/// After this time from its end, a prediction has no input, output and logs any more.
const KEPT: Duration = Duration::from_secs(3600);

pub(super) struct Replicate;

impl Dialect for Replicate {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        let now = call.core.clock.now();
        let shown = |task: &Task| Answer::ok(show(&call.core, call.spec, task, now));
        match call.endpoint.operation {
            Operation::Get => Ok(shown(&*call.own_task("prediction_id")?)),
            Operation::List => list(call),
            Operation::Cancel => {
                let task = call.own_task("prediction_id")?;
                if !task.state(now).status.is_terminal() {
                    // Of two cancellations at once, the first counts.
                    task.cancelled.get_or_init(|| now);
                }
                Ok(shown(&task))
            }
            Operation::Asset => assets::replicate::upload(call),
            _ => Err(Refusal::NoPath),
        }
    }

    /// Only a prediction that has not begun is aborted.
    fn overdue(&self) -> Status {
        Status::Cancelled
    }

    fn created(&self, call: &Call, task: &Task) -> Answer {
        Answer::json(201, show(&call.core, call.spec, task, call.core.clock.now()))
    }

    fn refuse(&self, _: Option<Operation>, refusal: &Refusal, _: &str) -> Answer {
        let (status, title) = match refusal {
            Refusal::NoKey | Refusal::BadKey => (401, "Unauthenticated"),
            Refusal::NoBalance => (402, "Insufficient credit"),
            Refusal::Forbidden => (403, "Forbidden"),
            Refusal::RateLimited => (429, "Too many requests"),
            Refusal::Internal => (500, "Internal error"),
            Refusal::Unavailable => (503, "Service unavailable"),
            Refusal::NoModel
            | Refusal::NoPath
            | Refusal::NoTask { .. }
            | Refusal::NoAsset { .. }
            | Refusal::NotReady => (404, "Not found"),
            Refusal::NoMethod => (405, "Method not allowed"),
            Refusal::TooLarge => (413, "File too large"),
            Refusal::Content
            | Refusal::Invalid { .. }
            | Refusal::ModelRule { .. }
            | Refusal::GroupNotActive { .. }
            | Refusal::TooLate { .. }
            | Refusal::NoWebhook => (422, "Input validation failed"),
        };
        let detail = match refusal {
            Refusal::RateLimited => "Request was throttled. Your rate limit resets in ~30s.".to_owned(),
            Refusal::NoTask { .. } | Refusal::NoModel => "The requested resource could not be found.".to_owned(),
            Refusal::Content => "The input was flagged as sensitive. (E005)".to_owned(),
            other => other.message(),
        };
        let mut body = json!({"title": title, "detail": detail, "status": status});
        if let (422, Some(field)) = (status, refusal.field()) {
            body["invalid_fields"] = json!([{"type": "invalid", "field": field, "description": detail}]);
        }
        refusal.with_retry_after(Answer::json(status, body))
    }

    fn id_prefix(&self) -> &'static str {
        "simulatedrme"
    }

    /// The prediction as a poll shows it, unless the request leaves this event out.
    fn event(&self, core: &Core, spec: &Spec, task: &Task, _: &str, now: Duration) -> Option<Value> {
        let filter = task.asked("webhook_events_filter").and_then(Value::as_array);
        let is_wanted = filter.is_none_or(|events| events.iter().any(|event| event == "completed"));
        is_wanted.then(|| show(core, spec, task, now))
    }
}

/// The vendor's word for a status.
const fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "starting",
        Status::Running => "processing",
        Status::Completed => "succeeded",
        Status::Failed(_) => "failed",
        Status::Expired => "aborted",
        Status::Cancelled => "canceled",
    }
}

fn time(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The base URL of the vendor's paths.
fn base(core: &Core, task: &Task) -> String {
    format!("{}{}", core.origin, task.vendor.prefix())
}

fn show(core: &Core, spec: &Spec, task: &Task, now: Duration) -> Value {
    let state = task.state(now);
    let word = word(state.status);
    let ended = state.status.is_terminal();
    let is_removed = ended && now.saturating_sub(state.since) >= KEPT;
    let url = format!("{}/predictions/{}", base(core, task), task.id);
    // An official model hides its version; a version alone does not name its model.
    let (model, version) = match task.model.split_once(':') {
        Some(both) => both,
        None if task.model.contains('/') => (task.model.as_str(), "hidden"),
        None => ("simulated/model", task.model.as_str()),
    };
    let mut body = json!({
        "id": task.id,
        "model": model,
        "version": version,
        "input": task.request["input"],
        "logs": "",
        "output": null,
        "data_removed": is_removed,
        "error": null,
        "status": word,
        "source": "api",
        "created_at": time(task.wall),
        "urls": {"get": url, "cancel": format!("{url}/cancel"), "web": core.links.open(&format!("/p/{}", task.id))},
    });
    let started = task.plan.start();
    let has_run = now >= started && (!ended || state.since > started);
    if has_run {
        body["started_at"] = json!(time(task.wall_at(started)));
        body["logs"] = json!("rendering\n");
    }
    if ended {
        body["completed_at"] = json!(time(task.wall_at(state.since)));
    }
    if ended && has_run {
        let seconds = |from: Duration| state.since.saturating_sub(from).as_secs_f64();
        body["metrics"] = json!({"predict_time": seconds(started), "total_time": seconds(task.created)});
    }
    match state.status {
        Status::Completed => {
            body["output"] = json!(video_url(core, spec, task, now));
            body["metrics"]["video_output_duration_seconds"] = json!(task.shape.seconds());
        }
        Status::Failed(Failure::Generation) => body["error"] = json!("The prediction failed. (E1000)"),
        Status::Failed(Failure::Moderated) => {
            body["error"] =
                json!("The output was flagged as sensitive. Please try again with different inputs. (E005)");
        }
        Status::Queued | Status::Running | Status::Expired | Status::Cancelled => {}
    }
    if is_removed {
        body["input"] = json!({});
        body["output"] = Value::Null;
        body["logs"] = json!("");
    }
    body
}

/// A page, the newest first. The cursor is the id of the last prediction of the page before.
fn list(call: &Call) -> Result<Answer, Refusal> {
    let now = call.core.clock.now();
    let query = |name: &str| call.query.get(name).map(String::as_str);
    let bound = |name: &str| {
        let time = query(name).map(DateTime::parse_from_rfc3339).transpose();
        time.map_err(|error| Refusal::invalid(name, format!("{name}: {error}")))
    };
    let (after, before) = (bound("created_after")?, bound("created_before")?);
    let mut tasks = call.tasks();
    tasks.reverse();
    tasks.retain(|task| {
        after.is_none_or(|after| task.wall >= after)
            && before.is_none_or(|before| task.wall < before)
            && query("source") != Some("web")
    });
    let from = match query("cursor") {
        Some(cursor) => {
            let last = tasks.iter().position(|task| task.id == cursor);
            let unknown = || Refusal::invalid("cursor", "cursor: unknown");
            last.ok_or_else(unknown)? + 1
        }
        None => 0,
    };
    let page = tasks.get(from..).unwrap_or_default();
    let is_cut = page.len() > PAGE;
    let page = &page[..page.len().min(PAGE)];
    let next = page.last().filter(|_| is_cut).map(|last| {
        let mut url = format!("{}/predictions?cursor={}", base(&call.core, last), last.id);
        for name in ["created_after", "created_before", "source"] {
            if let Some(value) = query(name) {
                let pair: String = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair(name, value)
                    .finish();
                url.push('&');
                url.push_str(&pair);
            }
        }
        url
    });
    let results: Vec<Value> = page.iter().map(|task| show(&call.core, call.spec, task, now)).collect();
    Ok(Answer::ok(json!({"next": next, "previous": null, "results": results})))
}
