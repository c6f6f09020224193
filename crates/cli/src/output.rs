//! Output as text or JSON. Everything on standard output and standard error is written here, through
//! [`text`].

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;

use chrono::SecondsFormat;
use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use videogen::wait::WaitEvent;
use videogen::{Error, ErrorKind, TaskId, TaskStatus, Timestamp, Vendor, VideoTask};

use crate::exit::{Failure, IO};
use crate::text;

/// Results go to standard output, progress and failures to standard error.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    progress: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            progress: !json && std::io::stderr().is_terminal(),
        }
    }

    /// As if standard error were a terminal.
    #[cfg(test)]
    pub(crate) fn on_terminal() -> Self {
        Self {
            json: false,
            progress: true,
        }
    }

    /// Prints the result of a command: a JSON document, or text.
    ///
    /// # Errors
    /// When it cannot be written, because it may be the only record of a task.
    pub(crate) fn result(&self, document: &Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json {
            text::json(document)
        } else {
            text::lines(&text())
        };
        match writeln!(std::io::stdout(), "{text}") {
            // A closed pipe is not an error.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                say(&text);
                Err(Failure::new(IO, "io", format!("cannot write the result: {error}")))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        if !self.json {
            say(&text::lines(&format!("error: {}", failure.message)));
        } else {
            let document = text::json(&json!({"error": failure.json}));
            if writeln!(std::io::stdout(), "{document}").is_err() {
                say(&document);
            }
        }
    }

    /// Prints a note, unless --json is set.
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            self.announce(text);
        }
    }

    /// Prints a note on standard error, even with --json: for news that must not wait for the document.
    pub(crate) fn announce(&self, text: &str) {
        say(&text::lines(text));
    }

    /// Asks the user for confirmation; `false` without a terminal.
    pub(crate) fn confirm(&self, question: &str) -> bool {
        if self.json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return false;
        }
        say(&text::lines(&format!("{question} [y/N]")));
        let mut answer = String::new();
        let is_read = std::io::stdin().read_line(&mut answer).is_ok();
        is_read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    /// Shows a task during a wait.
    pub(crate) fn waiting(&self) -> Waiting<'_> {
        let bar = if self.progress {
            let bar = ProgressBar::new_spinner();
            bar.set_style(style("{spinner} {elapsed} {msg}"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar.set_message("submitted");
            bar
        } else {
            ProgressBar::hidden()
        };
        Waiting {
            output: self,
            bar,
            last: None,
            trouble: None,
        }
    }

    /// Whether progress is shown.
    pub(crate) fn shows_progress(&self) -> bool {
        self.progress
    }

    /// Shows the progress of an upload.
    pub(crate) fn sending(&self) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::no_length();
        bar.set_style(style(
            "{spinner} {msg} {bytes}/{total_bytes} {wide_bar} {bytes_per_sec}",
        ));
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Shows the progress of a download.
    pub(crate) fn fetching(&self) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::no_length();
        bar.set_style(style("{spinner} {bytes}/{total_bytes} {wide_bar} {bytes_per_sec}"));
        bar
    }
}

pub(crate) struct Waiting<'a> {
    output: &'a Output,
    bar: ProgressBar,
    last: Option<TaskStatus>,
    trouble: Option<ErrorKind>,
}

impl Waiting<'_> {
    pub(crate) fn event(&mut self, id: &TaskId, event: WaitEvent<'_>) {
        match event {
            WaitEvent::Answered(task) => self.seen(task),
            WaitEvent::Retrying(error) => self.retrying(id, error),
            _ => {}
        }
    }

    /// Shows why polls fail, once for each kind of failure.
    fn retrying(&mut self, id: &TaskId, error: &Error) {
        let reason = match error.kind() {
            ErrorKind::NotFound => "not found; the vendor may not show it yet",
            _ => error.message(),
        };
        self.bar.set_message(format!("retrying: {}", text::visible(reason)));
        if self.trouble != Some(error.kind()) {
            if !self.output.progress {
                self.output.note(&format!("{id}: poll failed, retrying: {reason}"));
            }
            self.trouble = Some(error.kind());
        }
    }

    fn seen(&mut self, task: &VideoTask) {
        self.trouble = None;
        let percent = task.progress.map(|percent| format!(" {percent}%")).unwrap_or_default();
        self.bar
            .set_message(format!("{}{percent}", text::visible(task.status.as_str())));
        if self.last.as_ref() != Some(&task.status) {
            if !self.output.progress {
                self.output.note(&format!("{} is {}", task.id, shown(&task.status)));
            }
            self.last = Some(task.status.clone());
        }
    }

    /// The last known status of the task.
    pub(crate) fn status(&self) -> Option<&TaskStatus> {
        self.last.as_ref()
    }

    pub(crate) fn done(self) {
        self.bar.finish_and_clear();
    }
}

/// Sets the text of a progress bar.
pub(crate) fn label(bar: &ProgressBar, label: &str) {
    bar.set_message(text::visible(label));
}

/// A table without lines, with headings.
pub(crate) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heads.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| text::visible(cell)));
    }
    table
        .to_string()
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A status, which may be one that this version does not know.
pub(crate) fn shown(status: &TaskStatus) -> String {
    text::visible(status.as_str())
}

/// A file's path, for display.
pub(crate) fn file(path: &Path) -> String {
    text::visible(&path.to_string_lossy())
}

/// A duration as text.
pub(crate) fn elapsed(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

/// The remark on a new task whose files do not stay for a day.
pub(crate) fn removal_note(vendor: Vendor) -> Option<String> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let kept = vendor.keeps_files_for().filter(|kept| *kept < DAY)?;
    Some(format!(
        "{} removes its files {} after the end.",
        vendor.name(),
        hours(kept)
    ))
}

/// A documented duration as text.
fn hours(duration: Duration) -> String {
    match duration.as_secs() {
        3600 => "an hour".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{} hours", seconds / 3600),
        seconds => format!("{seconds} s"),
    }
}

/// What happened to the files of a task that expired.
pub(crate) fn removed(vendor: Vendor) -> String {
    let kept = vendor
        .keeps_files_for()
        .map(|kept| format!(", {} after the end", hours(kept)));
    format!("{} has removed its files{}", vendor.name(), kept.unwrap_or_default())
}

/// A time in RFC 3339, to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A task, and its cost if it is known.
pub(crate) fn task_json(task: &VideoTask) -> Value {
    let mut document = json!({"task": task});
    if let Some(cost) = task.cost() {
        document["cost"] = json!(cost);
    }
    document
}

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
    add("cost", task.cost().map(|cost| cost.to_string()));
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

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// Failures to write to standard error are ignored.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_to_the_second() {
        let at = Timestamp::from_timestamp_millis(1_795_219_200_567).expect("a time");
        assert_eq!(moment(at), "2026-11-21T00:00:00Z");
    }
}
