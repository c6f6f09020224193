//! Output as text, JSON or events. Everything on standard output and standard error is written here, through
//! [`text`].

mod jobs;
pub(crate) mod kept;
mod table;
pub(crate) mod task;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};
use std::path::Path;
use std::time::Duration;

use chrono::SecondsFormat;
use clap::{Args, ColorChoice};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use videogen::{ErrorKind, TaskId, TaskStatus, Timestamp};

pub(crate) use table::{fitted, table};

use crate::events::{About, EventLog, Shown, What};
use crate::exit::{Failure, INVALID, IO};
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
    /// Print only paths and ids: the video's path, else the task's id; of lists the ids.
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
    /// Whether standard output has a video, and everything else goes to standard error.
    streams: bool,
    /// Whether lines of progress need names, because several tasks have one.
    several: bool,
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
            streams: false,
            several: false,
        }
    }

    /// The same next to a video on standard output.
    ///
    /// # Errors
    /// When standard output is a terminal, or is to have a document or events.
    pub(crate) fn beside_a_stream(self) -> Result<Self, Failure> {
        let message = match self.format {
            Format::Json => {
                "-o - and --json both write to standard output; name a file with -o PATH, or leave out --json"
            }
            Format::Events(_) => {
                "-o - and --events both write to standard output; name a file with -o PATH, or leave out --events"
            }
            _ if std::io::stdout().is_terminal() => {
                "-o - writes the video to standard output, which is a terminal; redirect it to a program, or name a file \
                 with -o PATH"
            }
            _ => return Ok(Self { streams: true, ..self }),
        };
        Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message))
    }

    /// As if standard error were a terminal.
    #[cfg(test)]
    pub(crate) fn on_terminal() -> Self {
        Self {
            format: Format::Text,
            progress: true,
            streams: false,
            several: false,
        }
    }

    /// With a name in the line of progress of each task.
    pub(crate) fn of_several(self) -> Self {
        Self { several: true, ..self }
    }

    /// Whether lines of progress need names.
    pub(crate) fn is_of_several(&self) -> bool {
        self.several
    }

    /// Prints the result of a command that has no results of tasks: a JSON document, text, or with --quiet the ids or paths
    /// in it, one per line.
    ///
    /// # Errors
    /// When it cannot be written, because it may be the only record of a task.
    pub(crate) fn result(
        &self,
        document: &impl Serialize,
        names: impl FnOnce() -> Vec<String>,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Quiet => print_lines(&names()),
            _ => self.product(document, text),
        }
    }

    /// Prints what a command is called for, such as a schema or a script: also with --quiet.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn product(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Text | Format::Quiet => print_text(&text::lines(&text())),
            Format::Json | Format::Events(_) => print(&text::json(document)),
        }
    }

    /// Prints the failure of a part of a command, which its JSON document has too.
    pub(crate) fn problem(&self, text: &str) {
        if matches!(self.format, Format::Text | Format::Quiet) {
            say_error(text);
        }
    }

    /// Whether only ids and paths are printed.
    pub(crate) fn is_quiet(&self) -> bool {
        matches!(self.format, Format::Quiet)
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
            Format::Events(log) => {
                let about = About {
                    vendor: Some(result.vendor),
                    id: result.id.as_ref(),
                    item: result.item.as_deref(),
                };
                let result = Shown::New(result);
                log.write(&about, What::Result { result }, print)
            }
            _ => Ok(()),
        }
    }

    /// Prints the results of all tasks of a command. With `--events`, [`ended`](Self::ended) has printed them.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn results(&self, results: &[TaskResult], text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Text if self.streams => {
                self.announce(&text());
                Ok(())
            }
            Format::Text => print_files(&text::lines(&text()), results),
            Format::Json => print(&text::json(&Results { results, totals: None })),
            Format::Events(_) => Ok(()),
            Format::Quiet => {
                let errors = results.iter().filter_map(|result| error_of(result, results.len() > 1));
                errors.for_each(|error| say_error(&error));
                if self.streams { Ok(()) } else { names(results) }
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
                    (Format::Quiet, Some(result)) if !self.streams => names(std::slice::from_ref(result)),
                    _ => Ok(()),
                }
            }
            (Format::Json, Some(result)) => print(&text::json(&Results {
                results: std::slice::from_ref(result),
                totals: None,
            })),
            (Format::Json, None) => print(&text::json(&Failed { error })),
            (Format::Events(_), Some(result)) => self.ended(result),
            (Format::Events(log), None) => {
                let about = About {
                    id: error.task.as_ref(),
                    ..About::default()
                };
                log.write(&about, What::Error { error }, print)
            }
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

    /// Prints a note about money or a task that is not recorded, also with --quiet. With --json, the result must have it.
    pub(crate) fn warn(&self, text: &str) {
        match self.format {
            Format::Quiet => self.announce(text),
            _ => self.note(text),
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
        if let Some(note) = kept::removal_note(task.vendor()) {
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
            let about = About {
                vendor: task.map(TaskId::vendor),
                id: task,
                item: None,
            };
            let _ = log.write(&about, what, print);
        }
    }

    /// Prints the events that wait for the first one of a task: there may be none.
    pub(crate) fn release(&self) {
        if let Format::Events(log) = self.format {
            let _ = log.release(print);
        }
    }

    /// Whether notes are for people.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.format, Format::Text)
    }

    /// Whether events are printed, of which each is one line.
    pub(crate) fn has_events(&self) -> bool {
        matches!(self.format, Format::Events(_))
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

/// Each id once: several vendors sell the same model.
pub(crate) fn without_repeats<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut known = BTreeSet::new();
    ids.into_iter()
        .filter(|id| known.insert(*id))
        .map(str::to_owned)
        .collect()
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

/// A time in RFC 3339, to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
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

/// Prints the paths of the files of each task, or its id. Of several tasks, each has a line.
fn names(results: &[TaskResult]) -> Result<(), Failure> {
    let is_named = |result: &&TaskResult| result.outcome != Outcome::NotFound || results.len() > 1;
    let named = results.iter().filter(is_named);
    print_lines(&named.flat_map(TaskResult::names).collect::<Vec<_>>())
}

/// The error of a result with its hint. `several`: it begins with the task, or the number of the submission.
fn error_of(result: &TaskResult, several: bool) -> Option<String> {
    let error = result.error.as_ref()?;
    let hint = error.hint.as_ref().map(|hint| format!("\n{hint}")).unwrap_or_default();
    let id = result.id.as_ref().map(ToString::to_string);
    let name = id.or_else(|| result.item.as_ref().map(|number| format!("submission {number}")));
    let name = name.filter(|name| several && !error.message.contains(name.as_str()));
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    Some(format!("{name}{}{hint}", error.message))
}

/// Prints lines, if there are any.
fn print_lines(lines: &[String]) -> Result<(), Failure> {
    match lines.is_empty() {
        true => Ok(()),
        false => print(&text::lines(&lines.join("\n"))),
    }
}

/// Failures to write to standard error are ignored.
fn say(text: &str) {
    // Written at once, so that nothing comes between.
    let line = format!("{text}\n");
    let _ = terminal::above(|| anstream::stderr().write_all(line.as_bytes()));
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
