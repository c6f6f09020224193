//! AllToken.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::assets;
use crate::dialects::call::Call;
use crate::dialects::dialect::{Dialect, last_frame_url, task_error, video_url};
use crate::dialects::input::{Input, Medium, url_in};
use crate::dialects::refusal::Refusal;
use crate::spec::{Body, Model, Operation, Spec};
use crate::state::{Core, Failure, Status, Task, after};

/// Default page size of the list.
const PAGE: usize = 20;

/// Members of the request that the task returns unchanged.
const ECHOED: [&str; 8] = [
    "input_has_video",
    "seed",
    "generate_audio",
    "draft",
    "service_tier",
    "execution_expires_after",
    "safety_identifier",
    "tools",
];

/// The switches of a form, and the normalised field of each.
const FEATURES: [(&str, &str); 8] = [
    ("generate_audio", "generate_audio"),
    ("return_last_frame", "return_last_frame"),
    ("camera_fixed", "camera_fixed"),
    ("watermark", "watermark"),
    ("seed", "seed"),
    ("draft", "draft"),
    ("service_tier_flex", "service_tier"),
    ("tools_web_search", "tools"),
];

pub(super) struct AllToken;

impl Dialect for AllToken {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        let now = call.core.clock.now();
        let shown = |task: &Task| Answer::ok(show(&call.core, call.spec, task, now));
        match call.endpoint.operation {
            Operation::Get => Ok(shown(&*call.own_task("id")?)),
            Operation::List => Ok(list(call)),
            Operation::Cancel => {
                let task = call.own_task("id")?;
                cancel(call, &task)?;
                Ok(shown(&task))
            }
            Operation::Models => Ok(models(call.spec)),
            Operation::Asset => assets::alltoken::answer(call),
            _ => Err(Refusal::NoPath),
        }
    }

    fn created(&self, call: &Call, task: &Task) -> Answer {
        Answer::json(202, show(&call.core, call.spec, task, task.created))
    }

    fn refuse(&self, _: Option<Operation>, refusal: &Refusal, request_id: &str) -> Answer {
        let (status, kind, code) = match refusal {
            // The page shows a number here, and nowhere else.
            Refusal::NoKey | Refusal::BadKey => (401, "authentication_error", Some(json!(401))),
            Refusal::NoBalance => (402, "insufficient_balance", None),
            Refusal::Forbidden => (403, "permission_error", None),
            Refusal::RateLimited => (429, "rate_limit_error", None),
            Refusal::Internal => (500, "api_error", None),
            Refusal::Unavailable => (503, "api_error", Some(json!("upstream_error"))),
            Refusal::Content => {
                let code = json!("upstream_content_violation");
                (400, "invalid_request_error", Some(code))
            }
            Refusal::NoModel => (404, "not_found_error", Some(json!("upstream_model_not_found"))),
            Refusal::NoTask { .. } | Refusal::NoAsset { .. } | Refusal::NoPath => (404, "not_found_error", None),
            Refusal::GroupNotActive { .. } => (409, "conflict_error", None),
            Refusal::TooLate { .. } => (409, "conflict_error", None),
            Refusal::NoMethod => (405, "invalid_request_error", None),
            Refusal::TooLarge => (413, "invalid_request_error", None),
            Refusal::ModelRule { .. } | Refusal::Invalid { .. } | Refusal::NotReady | Refusal::NoWebhook => {
                (400, "invalid_request_error", Some(json!("invalid_request")))
            }
        };
        let mut error = json!({
            "message": refusal.message(),
            "param": refusal.field(),
            "type": kind,
            "request_id": request_id,
        });
        if let Some(code) = code {
            error["code"] = code;
        }
        refusal.with_retry_after(Answer::json(status, json!({"error": error})))
    }

    fn inputs(&self, _: &Body, body: &Value) -> Vec<Input> {
        inputs(body)
    }

    fn id_prefix(&self) -> &'static str {
        "vgen_"
    }

    /// The vendor only documents a webhook "when the task completes": the task itself is
    /// sent, and a cancelled task is not reported.
    fn event(&self, core: &Core, spec: &Spec, task: &Task, _: &str, now: Duration) -> Option<Value> {
        (task.state(now).status != Status::Cancelled).then(|| show(core, spec, task, now))
    }

    fn check_references(&self, call: &Call) -> Result<(), Refusal> {
        check_draft(call)?;
        check_uploads(call)
    }
}

fn inputs(body: &Value) -> Vec<Input> {
    let content = body["content"].as_array().into_iter().flatten().enumerate();
    content
        .filter_map(|(index, item)| {
            let kind = item["type"].as_str()?;
            // An item without a role has the usual role of its kind.
            let (medium, usual) = match kind {
                "image_url" | "image" => (Medium::Image, "first_frame"),
                "video_url" | "video" => (Medium::Video, "reference_video"),
                "audio_url" | "audio" => (Medium::Audio, "reference_audio"),
                _ => return None,
            };
            let url = match kind {
                "image" | "video" | "audio" => item["url"].as_str().map(str::to_owned),
                member => url_in(item, member),
            };
            let upload = || item["upload_id"].as_str().map(|id| format!("upload:{id}"));
            let url = url.or_else(upload);
            let word = item["role"].as_str().unwrap_or(usual).to_owned();
            Some(Input {
                field: format!("content[{index}]"),
                medium,
                word,
                url,
            })
        })
        .collect()
}

/// The id of the draft that a request starts from, and its place in `content`.
fn draft_of(body: &Value) -> Option<(usize, Option<&str>)> {
    let mut items = body["content"].as_array()?.iter().enumerate();
    let (index, item) = items.find(|(_, item)| item["type"] == "draft_task")?;
    Some((index, item["draft_task"]["id"].as_str()))
}

fn check_draft(call: &Call) -> Result<(), Refusal> {
    let Some((index, id)) = draft_of(&call.body) else {
        return Ok(());
    };
    let field = format!("content[{index}].draft_task.id");
    let Some(id) = id else {
        return Err(Refusal::invalid(&field, format!("{field}: required")));
    };
    match call.task(id) {
        None => Err(Refusal::NoTask { field }),
        Some(task) if task.asked("draft") == Some(&Value::Bool(true)) => Ok(()),
        Some(_) => Err(Refusal::invalid(&field, format!("{field}: this task is not a draft"))),
    }
}

/// An uploaded file is the medium of a short form, and of one task.
fn check_uploads(call: &Call) -> Result<(), Refusal> {
    let taken = uploads(&call.body);
    for (index, item, id) in &taken {
        let field = format!("content[{index}].upload_id");
        let refused = |rule: &str| Err(Refusal::invalid(&field, format!("{field}: {rule}")));
        if !matches!(item["type"].as_str(), Some("image" | "video" | "audio")) {
            return refused("only items of the types image, video and audio take an upload");
        }
        if ["url", "image_url", "video_url", "audio_url"]
            .iter()
            .any(|member| !item[member].is_null())
        {
            return refused("not together with a URL in the same item");
        }
        let twice = taken.iter().filter(|(_, _, other)| other == id).count() > 1;
        let tasks = call.core.store.owned(call.vendor, call.owner);
        if twice
            || tasks
                .iter()
                .any(|task| uploads(&task.request).iter().any(|(_, _, used)| used == id))
        {
            return refused("an upload can be used once");
        }
    }
    Ok(())
}

/// The items of `content` with an uploaded file: their places, themselves, and the ids of the files.
fn uploads(body: &Value) -> Vec<(usize, &Value, &str)> {
    let content = body["content"].as_array().into_iter().flatten().enumerate();
    let uploaded = content.filter_map(|(index, item)| Some((index, item, item["upload_id"].as_str()?)));
    uploaded.collect()
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "queued",
        Status::Running => "processing",
        Status::Completed => "completed",
        Status::Failed(_) => "failed",
        Status::Expired => "expired",
        Status::Cancelled => "cancelled",
    }
}

/// The kind of the task's inputs, as the vendor names it.
fn input_type(body: &Value) -> &'static str {
    if draft_of(body).is_some() {
        return "draft_task";
    }
    let inputs = inputs(body);
    let all = |words: &[&str]| inputs.iter().all(|input| words.contains(&input.word.as_str()));
    if inputs.is_empty() {
        "text"
    } else if all(&["first_frame"]) {
        "image_first_frame"
    } else if all(&["first_frame", "last_frame"]) {
        "image_first_last_frame"
    } else if all(&["reference_image"]) {
        "image_reference"
    } else if all(&["reference_video"]) {
        "video_reference"
    } else {
        "multimodal"
    }
}

fn show(core: &Core, spec: &Spec, task: &Task, now: Duration) -> Value {
    let state = task.state(now);
    let mut body = json!({
        "id": task.id,
        "status": word(state.status),
        "model": task.model,
        "input_type": input_type(&task.request),
        "is_expired": state.status == Status::Expired,
        "resolution": task.tier,
        "ratio": task.asked("ratio").cloned().unwrap_or_else(|| json!(task.ratio)),
        "created_at": rfc3339(task.wall),
        "updated_at": rfc3339(task.wall_at(state.since)),
    });
    for name in ECHOED {
        if let Some(value) = task.asked(name) {
            body[name] = value.clone();
        }
    }
    if let Some((_, Some(id))) = draft_of(&task.request) {
        body["draft_task_id"] = json!(id);
    }
    // Either a frame count or a duration: a count of 25 + 4n frames is never a whole second.
    if task.by_frames {
        body["frames"] = json!(task.shape.frames);
    } else if let Some(duration) = task.asked("duration") {
        body["duration"] = duration.clone();
    }
    match state.status {
        Status::Completed => finish(&mut body, core, spec, task, now),
        Status::Failed(Failure::Generation) => {
            body["error"] = task_error("upstream_error", "generation failed");
        }
        Status::Failed(Failure::Moderated) => {
            let message = "the video was withheld for its content";
            body["error"] = task_error("upstream_content_violation", message);
        }
        Status::Queued | Status::Running | Status::Expired | Status::Cancelled => {}
    }
    body
}

/// Adds the members of a completed task; they describe the actual file.
fn finish(body: &mut Value, core: &Core, spec: &Spec, task: &Task, now: Duration) {
    let ttl = spec.result_url.lasts();
    let shape = &task.shape;
    let holds = Duration::from_secs(u64::from(ttl));
    body["video_url"] = json!(video_url(core, spec, task, now));
    body["video_url_ttl"] = json!(ttl);
    body["video_url_expires_at"] = json!(rfc3339(after(task.wall_at(now), holds)));
    body["completed_at"] = json!(rfc3339(task.wall_at(task.plan.end())));
    body["ratio"] = json!(task.ratio);
    body["fps"] = json!(shape.fps);
    body["generate_audio"] = json!(shape.sound);
    body["frames"] = json!(shape.frames);
    if let Some(seconds) = shape.whole_seconds() {
        body["duration"] = json!(seconds);
    }
    if task.last_frame {
        body["last_frame_url"] = json!(last_frame_url(core, spec, task, now));
    }
    body["usage"] = json!({"completion_tokens": task.tokens, "total_tokens": task.tokens});
}

/// A time in whole seconds, as the vendor's page shows them.
fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn cancel(call: &Call, task: &Task) -> Result<(), Refusal> {
    let now = call.core.clock.now();
    let status = task.state(now).status;
    // Of two concurrent cancellations, the second fails.
    if status.is_terminal() || task.cancelled.set(now).is_err() {
        let status = word(task.state(now).status);
        return Err(Refusal::TooLate { status });
    }
    Ok(())
}

fn list(call: &Call) -> Answer {
    let now = call.core.clock.now();
    let wanted = call.query.get("status");
    let mut tasks = call.core.store.owned(call.vendor, call.owner);
    tasks.retain(|task| wanted.is_none_or(|wanted| wanted == word(task.state(now).status)));
    let limit = call
        .query
        .get("limit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(PAGE);
    let newest = tasks.iter().rev().take(limit);
    let items: Vec<_> = newest.map(|task| show(&call.core, call.spec, task, now)).collect();
    Answer::ok(json!({"items": items, "total": tasks.len()}))
}

fn models(spec: &Spec) -> Answer {
    let exact = spec.models.iter().filter(|model| model.is_exact());
    let data: Vec<_> = exact.map(model).collect();
    Answer::ok(json!({"object": "list", "data": data}))
}

fn model(model: &Model) -> Value {
    let takes = |kind: &str| model.inputs.keys().any(|role| role.ends_with(kind));
    let kinds = [
        ("text", true),
        ("image", takes("_frame") || takes("_image")),
        ("video", takes("_video")),
        ("audio", takes("_audio")),
    ];
    let taken: Vec<_> = kinds.iter().filter(|(_, taken)| *taken).map(|(kind, _)| kind).collect();
    json!({
        "id": model.id,
        "object": "video",
        "owned_by": "chat",
        "modality": "video",
        "input_modalities": taken,
        "output_modalities": ["video"],
        "capabilities": capabilities(model),
    })
}

/// What a form may offer for a model.
fn capabilities(model: &Model) -> Value {
    let has = |field: &str| model.without.iter().all(|without| without != field);
    let features = FEATURES.map(|(feature, field)| (feature.to_owned(), Value::from(has(field))));
    let most = |kind: &str| -> usize {
        let roles = model.inputs.iter().filter(|(role, _)| role.ends_with(kind));
        roles.filter_map(|(_, rule)| rule.max).sum()
    };
    let (frames, images) = (most("_frame"), most("_image"));
    json!({
        "ratios": {"values": model.aspect_ratios, "default": model.default_aspect_ratio},
        "resolutions": {"values": model.resolutions, "default": model.default_resolution},
        "duration": model.duration.as_ref().map(|rule| json!({
            "type": "range",
            "min": rule.min(),
            "max": rule.max(),
            "step": 1,
            "default": rule.default,
            "supports_auto": rule.auto.is_some(),
        })),
        "frames": model.frames.as_ref().map(|rule| json!({
            "min": rule.min,
            "max": rule.max,
            "step": rule.step,
            "base": rule.min - rule.step,
        })),
        "features": features.into_iter().collect::<Map<_, _>>(),
        "content": {
            "image_count": {"min": 0, "max": frames.max(images)},
            "video_count": {"min": 0, "max": most("_video")},
            "allowed_roles": model.inputs.keys().collect::<Vec<_>>(),
        },
    })
}
