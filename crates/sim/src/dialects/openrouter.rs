//! OpenRouter.

use std::time::Duration;

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::dialect::Dialect;
use crate::dialects::input::{Input, Medium, url_in};
use crate::dialects::refusal::Refusal;
use crate::spec::{Body, Operation, Spec, Unit, Wanted};
use crate::state::{Core, Failure, Status, Task};

pub(super) struct OpenRouter;

impl Dialect for OpenRouter {
    fn answer(&self, call: &Call) -> Result<Answer, Refusal> {
        match call.endpoint.operation {
            Operation::Get => {
                let task = call.own_task("jobId")?;
                Ok(Answer::ok(show(&call.core, &task, call.core.clock.now())))
            }
            Operation::Content => {
                let task = call.own_task("jobId")?;
                let is_first = call.query.get("index").is_none_or(|index| index == "0");
                match task.state(call.core.clock.now()).status {
                    Status::Completed if is_first => Ok(Answer::clip(task.shape)),
                    Status::Completed => Err(Refusal::NoTask {
                        field: "index".to_owned(),
                    }),
                    _ => Err(Refusal::NotReady),
                }
            }
            Operation::Models => Ok(catalogue(call.spec)),
            _ => Err(Refusal::NoPath),
        }
    }

    fn created(&self, call: &Call, task: &Task) -> Answer {
        Answer::json(202, show(&call.core, task, task.created))
    }

    fn refuse(&self, _: Option<Operation>, refusal: &Refusal, _: &str) -> Answer {
        let (status, kind) = match refusal {
            Refusal::NoKey | Refusal::BadKey => (401, "authentication"),
            Refusal::NoBalance => (402, "payment_required"),
            Refusal::Forbidden => (403, "permission_denied"),
            Refusal::RateLimited => (429, "rate_limit_exceeded"),
            Refusal::Internal => (500, "server"),
            Refusal::Unavailable => (503, "provider_overloaded"),
            Refusal::Content => (400, "content_policy_violation"),
            Refusal::NoModel | Refusal::NoTask { .. } | Refusal::NoAsset { .. } | Refusal::NoPath => (404, "not_found"),
            Refusal::NoMethod => (405, "invalid_request"),
            Refusal::NotReady => (409, "precondition_failed"),
            Refusal::TooLarge => (413, "payload_too_large"),
            Refusal::Invalid { .. }
            | Refusal::ModelRule { .. }
            | Refusal::TooLate { .. }
            | Refusal::GroupNotActive { .. }
            | Refusal::NoWebhook => (400, "invalid_request"),
        };
        let error = json!({"code": status, "message": refusal.message(), "metadata": {"error_type": kind}});
        refusal.with_retry_after(Answer::json(status, json!({"error": error})))
    }

    fn inputs(&self, _: &Body, body: &Value) -> Vec<Input> {
        let items = |name: &'static str| {
            let items = body[name].as_array().into_iter().flatten().enumerate();
            items.filter_map(move |(index, item)| {
                let kind = item["type"].as_str()?;
                let (medium, role) = match kind {
                    "image_url" => (Medium::Image, "reference_image"),
                    "video_url" => (Medium::Video, "reference_video"),
                    "audio_url" => (Medium::Audio, "reference_audio"),
                    _ => return None,
                };
                let word = item["frame_type"].as_str().filter(|_| name == "frame_images");
                Some(Input {
                    field: format!("{name}[{index}]"),
                    medium,
                    word: word.unwrap_or(role).to_owned(),
                    url: url_in(item, kind),
                })
            })
        };
        items("frame_images").chain(items("input_references")).collect()
    }

    fn id_prefix(&self) -> &'static str {
        "gen-vid-"
    }

    fn event(&self, core: &Core, _: &Spec, task: &Task, _: &str, now: Duration) -> Option<Value> {
        let job = show(core, task, now);
        let state = task.state(now);
        let mut data = json!({"id": task.id, "status": job["status"], "generation_id": null, "model": task.model});
        for name in ["unsigned_urls", "usage", "error"] {
            if let Some(value) = job.get(name) {
                data[name] = value.clone();
            }
        }
        Some(json!({
            "type": format!("video.generation.{}", word(state.status)),
            "created_at": task.wall_at(state.since).to_rfc3339_opts(SecondsFormat::Millis, true),
            "data": data,
        }))
    }

    fn event_id(&self, payload: &Value) -> Option<String> {
        let (id, status) = (payload["data"]["id"].as_str()?, payload["data"]["status"].as_str()?);
        Some(format!("{id}-{status}"))
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "pending",
        Status::Running => "in_progress",
        Status::Completed => "completed",
        Status::Failed(_) => "failed",
        Status::Expired => "expired",
        Status::Cancelled => "cancelled",
    }
}

fn show(core: &Core, task: &Task, now: Duration) -> Value {
    let address = format!("{}{}/videos/{}", core.origin, task.vendor.prefix(), task.id);
    let state = task.state(now);
    let mut body = json!({"id": task.id, "polling_url": address, "status": word(state.status)});
    match state.status {
        Status::Completed => {
            body["generation_id"] = json!(format!("gen-{}", task.id));
            body["unsigned_urls"] = json!([format!("{address}/content?index=0")]);
            body["usage"] = json!({"cost": number(task.bill.amount), "is_byok": false});
        }
        Status::Failed(Failure::Generation) => body["error"] = json!("The generation failed"),
        Status::Failed(Failure::Moderated) => {
            body["error"] = json!("The video was flagged for sensitive content: content_policy_violation");
        }
        Status::Expired => body["error"] = json!("The job outlived its time"),
        Status::Queued | Status::Running | Status::Cancelled => {}
    }
    body
}

/// The models of the spec, with what the real list says of each.
fn catalogue(spec: &Spec) -> Answer {
    let exact = spec.models.iter().filter(|model| model.is_exact());
    let models = exact.map(|model| {
        let durations = model.duration.as_ref().map(|rule| match rule.values.is_empty() {
            false => rule.values.clone(),
            true => (rule.min()..=rule.max().unwrap_or(rule.min())).collect(),
        });
        let frames = ["first_frame", "last_frame"];
        let frames: Vec<_> = frames
            .into_iter()
            .filter(|role| model.inputs.contains_key(*role))
            .collect();
        let takes = |field: &str| model.without.iter().all(|without| without != field);
        json!({
            "id": model.id,
            "canonical_slug": model.id,
            "name": model.id,
            "description": "A simulated model",
            "created": 1_760_486_400,
            "hugging_face_id": null,
            "supported_resolutions": spec.spelt("resolution", model.resolutions.as_deref().unwrap_or_default()),
            "supported_aspect_ratios": model.aspect_ratios,
            "supported_sizes": null,
            "supported_durations": durations,
            "supported_frame_images": frames,
            "generate_audio": takes("generate_audio"),
            "seed": takes("seed"),
            "upscale_factor": null,
            "creativity": null,
            "pricing_skus": skus(spec, &model.id),
            "allowed_passthrough_parameters": [],
        })
    });
    Answer::ok(json!({"data": models.collect::<Vec<_>>()}))
}

/// The list prices of a model, each under a name that has its unit and its conditions. Null if the spec has none.
fn skus(spec: &Spec, model: &str) -> Value {
    let Some(price) = spec.prices.of(model) else {
        return Value::Null;
    };
    let unit = match price.unit {
        Unit::Token => "video_tokens",
        Unit::Second => "duration_seconds",
        // No name is known for it.
        Unit::Clip => return Value::Null,
    };
    let mut skus = Map::new();
    for rate in &price.rates {
        let values = |field: &str| match rate.when.get(field) {
            Some(Wanted::Values(values)) => Some(values.as_slice()),
            _ => None,
        };
        let audio = match values("generate_audio") {
            Some(values) if values.iter().any(|value| value == "true") => "_with_audio",
            Some(_) => "_without_audio",
            None => "",
        };
        let amount = (rate.price / Decimal::from(price.per)).normalize().to_string();
        let tiers = values("resolution").map(|tiers| tiers.iter().map(|tier| format!("_{tier}")).collect());
        for tier in tiers.unwrap_or_else(|| vec![String::new()]) {
            skus.entry(format!("{unit}{audio}{tier}"))
                .or_insert_with(|| json!(amount));
        }
    }
    skus.into()
}

/// An amount as a JSON number.
fn number(amount: Decimal) -> Value {
    // What is read back is the same number: amounts have far fewer than 15 digits.
    amount.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
