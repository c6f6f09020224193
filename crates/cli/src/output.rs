//! Output as text, JSON or events. Everything on standard output and standard error is written here, through
//! [`text`].

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};
use std::path::Path;
use std::time::Duration;

use chrono::SecondsFormat;
use clap::{Args, ColorChoice};
use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use videogen::{ErrorKind, TaskId, TaskStatus, Timestamp, Vendor, VideoTask};

use crate::events::{EventLog, What};
use crate::exit::{Failure, IO};
use crate::result::{Failed, Outcome, Results, TaskResult};
use crate::terminal;
use crate::text;

/// How a command reports what it does.
#[derive(Args, Default)]
pub(crate) struct OutputArgs {
    /// Print one JSON document on standard output, and no progress.
    #[arg(long, global = true, conflicts_with_all = ["events", "quiet"])]
    json: bool,
    /// Print each event of a task as a line of JSON, as it happens.
    #[arg(long, global = true, conflicts_with = "quiet")]
    pub(crate) events: bool,
    /// Print only the path of the video, or the task id if there is no file.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// When to use colours and links; NO_COLOR and CLICOLOR_FORCE apply to auto.
    #[arg(long, global = true, value_name = "WHEN", default_value_t)]
    pub(crate) color: ColorChoice,
}

impl OutputArgs {
    /// From a command line that is invalid as a whole.
    pub(crate) fn of_words(mut words: impl Iterator<Item = OsString>) -> Self {
        let found = words.find(|word| word == "--json" || word == "--events");
        Self {
            json: found.as_ref().is_some_and(|word| word == "--json"),
            events: found.is_some_and(|word| word == "--events"),
            ..Self::default()
        }
    }
}

/// Results go to standard output, progress and failures to standard error.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    progress: bool,
}

#[derive(Clone, Copy)]
enum Format {
    Text,
    /// Only paths and ids.
    Quiet,
    Json,
    /// One log for the whole run of the command.
    Events(&'static EventLog),
}

impl Output {
    pub(crate) fn new(args: &OutputArgs) -> Self {
        let format = match args {
            OutputArgs { events: true, .. } => Format::Events(Box::leak(Box::default())),
            OutputArgs { json: true, .. } => Format::Json,
            OutputArgs { quiet: true, .. } => Format::Quiet,
            _ => Format::Text,
        };
        Self {
            format,
            progress: matches!(format, Format::Text) && terminal::shows_progress(),
        }
    }

    /// As if standard error were a terminal.
    #[cfg(test)]
    pub(crate) fn on_terminal() -> Self {
        Self {
            format: Format::Text,
            progress: true,
        }
    }

    /// Without progress bars: several tasks would overwrite each other's.
    pub(crate) fn without_bars(self) -> Self {
        Self {
            progress: false,
            ..self
        }
    }

    /// Prints the result of a command that has no results of tasks: a JSON document, or text.
    ///
    /// # Errors
    /// When it cannot be written, because it may be the only record of a task.
    pub(crate) fn result(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Text | Format::Quiet => print_text(&text::lines(&text())),
            Format::Json | Format::Events(_) => print(&text::json(document)),
        }
    }

    /// Prints a part of a result that is too long to be held in memory.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn part(&self, json: impl FnOnce() -> String, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Text | Format::Quiet => print_text(&text::lines(&text())),
            Format::Json | Format::Events(_) => print(&json()),
        }
    }

    /// Prints the result of the only task of a command.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn task(&self, result: TaskResult, text: impl FnOnce() -> String) -> Result<(), Failure> {
        self.ended(&result)?;
        self.results(&[result], text)
    }

    /// Reports the result of one of several tasks, as soon as it is known. Only `--events` prints it.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn ended(&self, result: &TaskResult) -> Result<(), Failure> {
        match self.format {
            Format::Events(log) => log.write(Some(result.vendor), result.id.as_ref(), What::Result { result }, print),
            _ => Ok(()),
        }
    }

    /// Prints the results of all tasks of a command. With `--events`, [`ended`](Self::ended) has printed them.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn results(&self, results: &[TaskResult], text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Text => print_files(&text::lines(&text()), results),
            Format::Json => print(&text::json(&Results { results })),
            Format::Events(_) => Ok(()),
            Format::Quiet => {
                let failed = results.iter().filter_map(|result| result.error.as_ref());
                failed.for_each(|error| say_error(&error.message));
                names(results)
            }
        }
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        let result = failure.result();
        let error = &*failure.error;
        let printed = match (self.format, &result) {
            (Format::Text | Format::Quiet, _) => {
                say_error(&failure.message);
                match (self.format, &result) {
                    (Format::Quiet, Some(result)) => names(std::slice::from_ref(result)),
                    _ => Ok(()),
                }
            }
            (Format::Json, Some(result)) => print(&text::json(&Results {
                results: std::slice::from_ref(result),
            })),
            (Format::Json, None) => print(&text::json(&Failed { error })),
            (Format::Events(_), Some(result)) => self.ended(result),
            (Format::Events(log), None) => log.write(None, error.task.as_ref(), What::Error { error }, print),
        };
        // The document is on standard error then.
        drop(printed);
    }

    /// Prints a note, unless --json or --quiet is set.
    pub(crate) fn note(&self, text: &str) {
        match self.format {
            Format::Text => self.announce(text),
            Format::Events(_) => self.event(None, What::Note { text }),
            Format::Quiet | Format::Json => {}
        }
    }

    /// Prints a note on standard error, in every format: for news that must not wait for the document.
    pub(crate) fn announce(&self, text: &str) {
        say(&terminal::with_prefix(&text::lines(text)));
    }

    /// Reports the id of a task as soon as it is known. `journalled`: the journal will have it too. `quietly`: only where
    /// notes are printed.
    pub(crate) fn submitted(&self, task: &TaskId, journalled: bool, quietly: bool) {
        let mut text = format!("Submitted {task} to {}.", task.vendor().name());
        if let Some(note) = removal_note(task.vendor()) {
            text = format!("{text} {note}");
        }
        match self.format {
            Format::Events(_) => self.event(Some(task), What::Submitted),
            Format::Quiet if journalled => {}
            _ if quietly => self.note(&text),
            _ => self.announce(&text),
        }
    }

    /// Reports an event of a task, with `--events`. It is not lost where it cannot be written: standard error has it then.
    pub(crate) fn event(&self, task: Option<&TaskId>, what: What<'_>) {
        if let Format::Events(log) = self.format {
            let _ = log.write(task.map(TaskId::vendor), task, what, print);
        }
    }

    /// Whether notes are for people.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.format, Format::Text)
    }

    /// Asks the user for confirmation; `false` without a terminal.
    pub(crate) fn confirm(&self, question: &str) -> bool {
        if !matches!(self.format, Format::Text | Format::Quiet)
            || !std::io::stdin().is_terminal()
            || !std::io::stderr().is_terminal()
        {
            return false;
        }
        say(&text::lines(&format!("{question} [y/N]")));
        let mut answer = String::new();
        let is_read = std::io::stdin().read_line(&mut answer).is_ok();
        is_read && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
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

pub(crate) fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// Prints clean text, with colours.
fn print_text(text: &str) -> Result<(), Failure> {
    write_out(anstream::stdout().lock(), &terminal::with_statuses(text))
}

/// Prints clean text, with colours and with links to the files of `results`.
fn print_files(text: &str, results: &[TaskResult]) -> Result<(), Failure> {
    let files = results.iter().flat_map(TaskResult::paths);
    let text = terminal::with_links(terminal::with_statuses(text), files);
    write_out(anstream::stdout().lock(), &text)
}

/// Prints on standard output; what cannot be written there goes to standard error. A closed pipe is not an error.
fn print(text: &str) -> Result<(), Failure> {
    write_out(std::io::stdout().lock(), text)
}

fn write_out(mut out: impl Write, text: &str) -> Result<(), Failure> {
    match terminal::above(|| writeln!(out, "{text}").and_then(|()| out.flush())) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            say(text);
            let message = format!("cannot write the result: {error}");
            Err(Failure::new(IO, ErrorKind::Io, message))
        }
        _ => Ok(()),
    }
}

/// Prints the paths of the files of each task, or its id.
fn names(results: &[TaskResult]) -> Result<(), Failure> {
    let known = results.iter().filter(|result| result.outcome != Outcome::NotFound);
    let lines: Vec<String> = known.flat_map(TaskResult::names).collect();
    match lines.is_empty() {
        true => Ok(()),
        false => print(&text::lines(&lines.join("\n"))),
    }
}

/// Failures to write to standard error are ignored.
fn say(text: &str) {
    let _ = terminal::above(|| writeln!(anstream::stderr(), "{text}"));
}

/// Reports a failure; see [`say`].
fn say_error(message: &str) {
    say(&format!("{} {}", terminal::error_prefix(), text::lines(message)));
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
