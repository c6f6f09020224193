//! Progress of waits and downloads: lines on a terminal, events for programs, notes elsewhere.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, ProgressBar, ProgressState};
use videogen::wait::WaitEvent;
use videogen::{Client, Error, ErrorKind, TaskId, TaskStatus, VideoTask};

use self::line::Line;
use crate::events::What;
use crate::output::{Output, shown};
use crate::terminal::{fit, time};
use crate::text;

mod board;
mod line;

pub(crate) use board::Board;
pub(crate) use line::{Facts, live};

/// Shows a task during a wait.
pub(crate) async fn waiting<'a>(client: &Client, id: &TaskId, output: &'a Output) -> Waiting<'a> {
    let facts = match output.shows_progress() {
        true => Facts::of(client, id).await,
        false => Facts::default(),
    };
    Waiting {
        output,
        line: Line::new(facts, output.shows_progress(), None),
        last: None,
        percent: None,
        trouble: None,
    }
}

/// Shows the download of a file of `task` to `path`.
pub(crate) fn fetching<'a>(output: &'a Output, task: &'a TaskId, path: &'a Path) -> Fetching<'a> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = text::visible(&name.to_string_lossy());
    let bar = live(output.shows_progress(), None, move |state, width| {
        received(&name, state, width)
    });
    Fetching {
        output,
        bar,
        task,
        path,
        last: None,
    }
}

/// The line of a download: bytes, and if the size is known, percent and remaining time.
fn received(name: &str, state: &ProgressState, width: usize) -> String {
    let bytes = BinaryBytes(state.pos());
    let (bytes, percent, left) = match state.len() {
        Some(all) if all > 0 => (
            format!("{bytes} of {}", BinaryBytes(all)),
            format!("{}%", state.pos().saturating_mul(100) / all),
            state.eta(),
        ),
        _ => (bytes.to_string(), String::new(), Duration::ZERO),
    };
    let rate = match state.per_sec() {
        rate if rate >= 1.0 => format!("{}/s", BinaryBytes(rate as u64)),
        _ => String::new(),
    };
    let left = match left.is_zero() {
        true => String::new(),
        false => format!("{} left", time(left)),
    };
    fit(
        &[(4, name.to_owned()), (0, bytes), (1, percent), (3, rate), (2, left)],
        width,
    )
}

/// A wait in progress.
pub(crate) struct Waiting<'a> {
    output: &'a Output,
    line: Line,
    last: Option<TaskStatus>,
    percent: Option<u8>,
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
        self.line.retrying(reason);
        if self.trouble != Some(error.kind()) {
            self.output.event(Some(id), What::Retrying { error: &error.into() });
            if self.notes() {
                self.output.note(&format!("{id}: poll failed, retrying: {reason}"));
            }
            self.trouble = Some(error.kind());
        }
    }

    /// Whether changes are notes.
    fn notes(&self) -> bool {
        self.output.is_text() && !self.output.shows_progress()
    }

    fn seen(&mut self, task: &VideoTask) {
        self.trouble = None;
        self.line.answered(task);
        if self.last.as_ref() != Some(&task.status) {
            let (status, progress) = (&task.status, task.progress);
            self.output.event(Some(&task.id), What::Status { status, progress });
            if self.notes() {
                self.output.note(&format!("{} is {}", task.id, shown(&task.status)));
            }
            self.last = Some(task.status.clone());
        } else if self.percent != task.progress
            && let Some(progress) = task.progress
        {
            self.output.event(Some(&task.id), What::Progress { progress });
        }
        self.percent = task.progress;
    }

    /// The last known status of the task.
    pub(crate) fn status(&self) -> Option<&TaskStatus> {
        self.last.as_ref()
    }
}

/// Least time between two events of a download.
const PAUSE: Duration = Duration::from_secs(1);

/// A download in progress.
pub(crate) struct Fetching<'a> {
    output: &'a Output,
    bar: ProgressBar,
    task: &'a TaskId,
    path: &'a Path,
    last: Option<Instant>,
}

impl Fetching<'_> {
    pub(crate) fn at(&mut self, bytes: u64, total: Option<u64>) {
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(bytes);
        if self.last.is_none() {
            // What an earlier run received does not count for the rate.
            self.bar.reset_eta();
        }
        if self.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            let path = self.path.to_string_lossy();
            self.output
                .event(Some(self.task), What::Downloading { path, bytes, total });
            self.last = Some(Instant::now());
        }
    }
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
