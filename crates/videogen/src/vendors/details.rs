//! The members of a task with the same meaning but different places at each vendor, which the spec names
//! (`x-task-field`). Independent of the vendor.

use rust_decimal::Decimal;
use serde_json::Value;
use videogen_wire::FromValue;

use crate::model::amount::amount;
use crate::model::{Money, TaskId, TaskParameters, Vendor, VideoDuration, VideoTask};
use crate::vendors::members::Member;

/// Characters that are kept of a cost that is not an amount.
const MOST: usize = 40;

/// Sets the task's members from `body`.
pub(super) fn read(task: &mut VideoTask, body: &Member<'_>) {
    let details = Details {
        vendor: task.id.vendor(),
        body,
    };
    let draft = details.get::<String>("draft_task");
    task.parameters = TaskParameters {
        input_type: details.get("input_type"),
        duration: details.get("duration").and_then(duration),
        resolution: details.get("resolution"),
        aspect_ratio: details.get("aspect_ratio"),
        generate_audio: details.get("generate_audio"),
        seed: details.get("seed"),
        watermark: details.get("watermark"),
        return_last_frame: details.get("return_last_frame"),
        service_tier: details.get("service_tier"),
        expires_after: details.get("expires_after"),
        safety_identifier: details.get("safety_identifier"),
        draft: details.get("draft"),
        draft_task: draft.and_then(|id| TaskId::new(task.id.vendor(), task.id.family(), id)),
    };
    task.prompt = details.get("prompt");
    task.expired = details.get("expired");
    task.request_id = details.get("request_id");
    if let Some(cost) = details.get::<Value>("cost_usd").filter(|cost| !cost.is_null()) {
        let usage = task.usage.get_or_insert_default();
        match exact(&cost) {
            Some(amount) => usage.cost = Some(Money::usd(amount)),
            None => usage.unreadable_cost = Some(cost.to_string().chars().take(MOST).collect()),
        }
    }
    if let Some(seconds) = details.get::<Value>("run_seconds").and_then(|seconds| exact(&seconds)) {
        task.usage.get_or_insert_default().seconds = Some(seconds);
    }
    // Links that cannot be renewed expire a documented time after the end.
    let links = &details.vendor.facts().result_url;
    // Where a completed task has no time of its end, it has not changed since.
    let end = task
        .completed_at
        .or_else(|| task.updated_at.filter(|_| task.status.is_completed()));
    if let (Some(end), Some(ttl), false) = (end, links.ttl, links.refreshable) {
        for video in task.video.iter_mut().chain(&mut task.more_videos) {
            video.expires_at = video.expires_at.or(Some(end + std::time::Duration::from_secs(ttl)));
        }
    }
    if let Some(error) = &mut task.error {
        error.param = details.get("error_param");
    }
}

/// Minus one means "auto"; zero and other negative numbers mean undecided.
fn duration(seconds: i64) -> Option<VideoDuration> {
    match seconds {
        -1 => Some(VideoDuration::Auto),
        1.. => u32::try_from(seconds).ok().map(VideoDuration::Seconds),
        _ => None,
    }
}

/// An exact amount.
fn exact(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => amount(&number.to_string()),
        Value::String(text) => amount(text),
        _ => None,
    }
}

struct Details<'a, 'b> {
    vendor: Vendor,
    body: &'a Member<'b>,
}

impl Details<'_, '_> {
    /// The first readable value of a field.
    fn get<T: FromValue>(&self, field: &str) -> Option<T> {
        let known = self
            .vendor
            .facts()
            .task_fields
            .iter()
            .find(|known| known.name == field)?;
        known.places.iter().find_map(|place| {
            let value = self.body.at(place)?.value();
            let words = known
                .words
                .iter()
                .find(|(at, _)| at == place)
                .map_or(&[][..], |(_, words)| words);
            let word = words.iter().find(|word| value == word.wire);
            T::from_value(word.map_or(value, |word| word.value.into()))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (value, expected) in [
            (json!(3.2), "3.2"),
            (json!("0.10"), "0.10"),
            (json!(0), "0"),
            (json!(0.000_000_1), "0.0000001"),
            (json!(2.5e-7), "0.00000025"),
        ] {
            assert_eq!(exact(&value).unwrap().to_string(), expected);
        }
        for none in [
            json!(null),
            json!("free"),
            json!({}),
            json!(true),
            json!(-1),
            json!("-0.5"),
        ] {
            assert_eq!(exact(&none), None, "{none}");
        }
    }
}
