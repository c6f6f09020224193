//! Progress of waits and downloads: lines on a terminal, events for programs, notes elsewhere.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, ProgressState};
use videogen::wait::WaitEvent;
use videogen::{Client, Downloaded, Error, ErrorKind, TaskId, TaskStatus, VideoTask};

use self::board::Live;
use crate::events::What;
use crate::output::{Output, shown};
use crate::terminal::{fit, time};
use crate::text;

mod board;
mod line;
mod several;

pub(crate) use line::Line;
pub(crate) use several::{Several, Tally, Total};

/// Shows a task during a wait.
pub(crate) async fn waiting(client: &Client, id: &TaskId, output: &Output) -> Waiting {
    let line = Line::new(output, output.is_of_several().then(|| id.id()));
    line.look_up(client, id).await;
    Waiting::new(output, line)
}

/// Shows the download of a file of `task` to `path`.
pub(crate) fn fetching<'a>(output: &'a Output, task: &'a TaskId, path: &'a Path) -> Fetching<'a> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = text::visible(&name.to_string_lossy());
    let live = Live::line(output.shows_progress(), move |state, width| {
        received(&name, state, width)
    });
    Fetching {
        output,
        place: Place::Own(live),
        task,
        path,
        last: None,
    }
}

/// Shows it in the line of the task.
pub(crate) fn fetching_in<'a>(line: &Line, output: &'a Output, task: &'a TaskId, path: &'a Path) -> Fetching<'a> {
    Fetching {
        output,
        place: Place::Of(line.clone()),
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
pub(crate) struct Waiting {
    output: Output,
    line: Line,
    /// Whether changes are notes.
    notes: bool,
    /// Whether the end is one, too.
    notes_end: bool,
    last: Option<TaskStatus>,
    percent: Option<u8>,
    trouble: Option<ErrorKind>,
}

impl Waiting {
    pub(crate) fn new(output: &Output, line: Line) -> Self {
        Self {
            output: *output,
            line,
            notes: output.is_text() && !output.shows_progress(),
            notes_end: true,
            last: None,
            percent: None,
            trouble: None,
        }
    }

    /// Reports events only, besides its line.
    pub(crate) fn without_notes(self) -> Self {
        Self { notes: false, ..self }
    }

    fn without_end(self) -> Self {
        Self {
            notes_end: false,
            ..self
        }
    }

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
            if self.notes {
                self.output.note(&format!("{id}: poll failed, retrying: {reason}"));
            }
            self.trouble = Some(error.kind());
        }
    }

    fn seen(&mut self, task: &VideoTask) {
        self.trouble = None;
        self.line.answered(task);
        if self.last.as_ref() != Some(&task.status) {
            let (status, progress) = (&task.status, task.progress);
            self.output.event(Some(&task.id), What::Status { status, progress });
            if self.notes && (self.notes_end || !task.status.is_ended()) {
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

/// Reports a complete file.
pub(crate) fn fetched(output: &Output, task: &TaskId, file: &Downloaded) {
    let (path, bytes) = (file.path.to_string_lossy(), file.bytes);
    output.event(Some(task), What::Downloaded { path, bytes });
}

/// Least time between two events of a download.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a download is shown.
enum Place {
    /// In its own line.
    Own(Live),
    /// In the line of its task.
    Of(Line),
}

/// A download in progress.
pub(crate) struct Fetching<'a> {
    output: &'a Output,
    place: Place,
    task: &'a TaskId,
    path: &'a Path,
    last: Option<Instant>,
}

impl Fetching<'_> {
    pub(crate) fn at(&mut self, bytes: u64, total: Option<u64>) {
        match &self.place {
            Place::Own(Live { bar, .. }) => {
                if let Some(total) = total {
                    bar.set_length(total);
                }
                bar.set_position(bytes);
                if self.last.is_none() {
                    // What an earlier run received does not count for the rate.
                    bar.reset_eta();
                }
            }
            Place::Of(line) => line.downloading(bytes, total),
        }
        if self.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            let path = self.path.to_string_lossy();
            self.output
                .event(Some(self.task), What::Downloading { path, bytes, total });
            self.last = Some(Instant::now());
        }
    }
}
