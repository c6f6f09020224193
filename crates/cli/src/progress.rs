//! Progress of a wait and of a download: bars on a terminal, events for programs, notes elsewhere.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use videogen::wait::WaitEvent;
use videogen::{Downloaded, Error, ErrorKind, TaskId, TaskStatus, VideoTask};

use crate::events::What;
use crate::output::{Output, label, shown, style};

/// Shows a task during a wait.
pub(crate) fn waiting(output: &Output) -> Waiting {
    let bar = if output.shows_progress() {
        let bar = ProgressBar::new_spinner();
        bar.set_style(style("{spinner} {elapsed} {msg}"));
        bar.enable_steady_tick(Duration::from_millis(120));
        label(&bar, "submitted");
        bar
    } else {
        ProgressBar::hidden()
    };
    Waiting {
        output: *output,
        bar,
        notes: output.is_text() && !output.shows_progress(),
        last: None,
        percent: None,
        trouble: None,
    }
}

/// Reports the events of a task during a wait, and shows nothing.
pub(crate) fn waiting_silently(output: &Output) -> Waiting {
    Waiting {
        output: *output,
        bar: ProgressBar::hidden(),
        notes: false,
        last: None,
        percent: None,
        trouble: None,
    }
}

/// Shows the download of a file of `task` to `path`.
pub(crate) fn fetching<'a>(output: &'a Output, task: &'a TaskId, path: &'a Path) -> Fetching<'a> {
    let bar = if output.shows_progress() {
        let bar = ProgressBar::no_length();
        bar.set_style(style("{spinner} {bytes}/{total_bytes} {wide_bar} {bytes_per_sec}"));
        bar
    } else {
        ProgressBar::hidden()
    };
    Fetching {
        output,
        bar,
        task,
        path,
        last: None,
    }
}

/// Reports the events of the download of a file of `task` to `path`, and shows nothing.
pub(crate) fn fetching_silently<'a>(output: &'a Output, task: &'a TaskId, path: &'a Path) -> Fetching<'a> {
    Fetching {
        output,
        bar: ProgressBar::hidden(),
        task,
        path,
        last: None,
    }
}

/// A wait in progress.
pub(crate) struct Waiting {
    output: Output,
    bar: ProgressBar,
    /// Whether changes are notes.
    notes: bool,
    last: Option<TaskStatus>,
    percent: Option<u8>,
    trouble: Option<ErrorKind>,
}

impl Waiting {
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
        label(&self.bar, &format!("retrying: {reason}"));
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
        let percent = task.progress.map(|percent| format!(" {percent}%")).unwrap_or_default();
        label(&self.bar, &format!("{}{percent}", task.status.as_str()));
        if self.last.as_ref() != Some(&task.status) {
            let (status, progress) = (&task.status, task.progress);
            self.output.event(Some(&task.id), What::Status { status, progress });
            if self.notes {
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

    pub(crate) fn done(self) {
        self.bar.finish_and_clear();
    }
}

/// Reports a complete file.
pub(crate) fn fetched(output: &Output, task: &TaskId, file: &Downloaded) {
    let (path, bytes) = (file.path.to_string_lossy(), file.bytes);
    output.event(Some(task), What::Downloaded { path, bytes });
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
        if self.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            let path = self.path.to_string_lossy();
            self.output
                .event(Some(self.task), What::Downloading { path, bytes, total });
            self.last = Some(Instant::now());
        }
    }

    pub(crate) fn done(self) {
        self.bar.finish_and_clear();
    }
}
