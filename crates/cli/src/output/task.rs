//! Tasks as text.

use videogen::VideoTask;

use super::kept::removed;
use super::{moment, shown};
use crate::text;

/// A task in a few lines of text.
pub(crate) fn task_text(task: &VideoTask) -> String {
    let mut lines = vec![format!("{}  {}", task.id, shown(&task.status))];
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("  {name:<12} {}", text::visible(&value)));
        }
    };
    let word = &task.vendor_status;
    add(
        "raw status",
        (!word.is_empty() && word != task.status.as_str()).then(|| word.clone()),
    );
    add(
        "vendor's id",
        task.vendor_id
            .as_ref()
            .map(|id| format!("{id} (the response names this task, and not the one that was requested)")),
    );
    add("model", task.model.clone());
    add("prompt", task.prompt.clone());
    add("progress", task.progress.map(|percent| format!("{percent}%")));
    add("parameters", parameters_text(task));
    add("created", task.created_at.map(moment));
    add("completed", task.completed_at.map(moment));
    if let Some(video) = &task.video {
        let facts = [
            video.duration.map(|seconds| format!("{seconds} s")),
            video.resolution.clone(),
            video.aspect_ratio.clone(),
            video.expires_at.map(|at| format!("link until {}", moment(at))),
        ];
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        add(
            "video",
            Some(if facts.is_empty() {
                "ready".to_owned()
            } else {
                facts.join(", ")
            }),
        );
    }
    let more = task.more_videos.len();
    add("more videos", (more > 0).then(|| format!("{more} ready")));
    add("cost", cost_text(task));
    let units = task.unnamed_units();
    add(
        "billed",
        units.map(|units| format!("{} units (unit unknown)", units.normalize())),
    );
    add("last frame", task.last_frame.as_ref().map(|_| "ready".to_owned()));
    let expired = task.expired.filter(|expired| *expired);
    add(
        "expired",
        expired.map(|_| match task.is_removed() {
            true => removed(task.id.vendor()),
            false => "yes".to_owned(),
        }),
    );
    add("error", task.error.as_ref().map(ToString::to_string));
    // For the vendor's support.
    add("request", task.request_id.clone().filter(|_| task.error.is_some()));
    lines.join("\n")
}

/// The cost, and what the vendor reported instead of an amount.
fn cost_text(task: &VideoTask) -> Option<String> {
    let unreadable = task.usage.as_ref().and_then(|usage| usage.unreadable_cost.as_ref());
    let reported = unreadable.map(|reported| format!("the vendor reported {reported}, which is not an amount"));
    let known = task.cost().map(|cost| cost.to_string());
    Some([known, reported].into_iter().flatten().collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty())
}

/// What a task was made with; the line of the video shows its length, resolution and aspect ratio.
fn parameters_text(task: &VideoTask) -> Option<String> {
    let parameters = &task.parameters;
    let shown = task.video.as_ref();
    let flag = |value: Option<bool>, on: &str, off: &str| value.map(|is_on| if is_on { on } else { off }.to_owned());
    let facts = [
        parameters.input_type.as_ref().map(|kind| format!("input {kind}")),
        parameters
            .duration
            .filter(|_| shown.is_none_or(|video| video.duration.is_none()))
            .map(|duration| match duration.seconds() {
                Some(seconds) => format!("{seconds} s"),
                None => format!("duration {duration}"),
            }),
        parameters
            .resolution
            .clone()
            .filter(|_| shown.is_none_or(|video| video.resolution.is_none())),
        parameters
            .aspect_ratio
            .clone()
            .filter(|_| shown.is_none_or(|video| video.aspect_ratio.is_none())),
        flag(parameters.generate_audio, "audio", "no audio"),
        flag(parameters.watermark, "watermark", "no watermark"),
        parameters.seed.map(|seed| format!("seed {seed}")),
        parameters.service_tier.as_ref().map(|tier| format!("tier {tier}")),
        parameters.draft.filter(|draft| *draft).map(|_| "draft".to_owned()),
        parameters
            .draft_task
            .as_ref()
            .map(|draft| format!("from draft {draft}")),
    ];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    (!facts.is_empty()).then(|| facts.join(", "))
}
