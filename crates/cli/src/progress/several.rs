//! Several tasks that are waited for at once, and their total.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::ProgressState;
use videogen::wait::WaitEvent;
use videogen::{TaskId, TaskStatus};

use super::Waiting;
use super::board::Live;
use super::line::Line;
use crate::output::Output;
use crate::terminal::{fit, time};

/// The last line of progress.
pub(crate) struct Total {
    _live: Live,
}

impl Total {
    /// With the text that `line` returns for a number of columns.
    pub(crate) fn new(
        output: &Output,
        line: impl Fn(&ProgressState, usize) -> String + Clone + Send + Sync + 'static,
    ) -> Self {
        let live = Live::total(output.shows_progress(), line);
        Self { _live: live }
    }
}

/// The total of several tasks.
pub(crate) struct Tally {
    counts: Arc<Mutex<Counts>>,
    _total: Total,
}

#[derive(Clone, Copy)]
struct Counts {
    all: usize,
    ended: usize,
    failed: usize,
}

impl Tally {
    pub(crate) fn new(output: &Output, all: usize) -> Self {
        let (ended, failed) = (0, 0);
        let counts = Arc::new(Mutex::new(Counts { all, ended, failed }));
        let shown = Arc::clone(&counts);
        let total = Total::new(output, move |state, width| {
            let Counts { all, ended, failed } = *lock(&shown);
            let failed = match failed {
                0 => String::new(),
                failed => format!("{failed} failed"),
            };
            let ended = format!("{ended} of {all} ended");
            fit(&[(0, ended), (1, failed), (2, time(state.elapsed()))], width)
        });
        Self { counts, _total: total }
    }

    /// One of the tasks has ended.
    pub(crate) fn ended(&self, is_success: bool) {
        let mut counts = lock(&self.counts);
        counts.ended += 1;
        counts.failed += usize::from(!is_success);
    }
}

/// The tasks. Elsewhere than on a terminal, each change of a status is a note.
pub(crate) struct Several {
    waits: Arc<Mutex<HashMap<TaskId, Waiting>>>,
    tally: Tally,
}

impl Several {
    pub(crate) fn new(output: &Output, tasks: Vec<(TaskId, Line)>) -> Self {
        let tally = Tally::new(output, tasks.len());
        let waits = tasks.into_iter().map(|(id, line)| {
            // The end of a task is noted with its result.
            let waiting = Waiting::new(output, line).without_end();
            (id, waiting)
        });
        let waits = Arc::new(Mutex::new(waits.collect()));
        Self { waits, tally }
    }

    /// A function that takes the events of the tasks.
    pub(crate) fn observer(&self) -> impl Fn(&TaskId, WaitEvent<'_>) + Send + Sync + 'static {
        let waits = Arc::clone(&self.waits);
        move |id, event| {
            if let Some(waiting) = lock(&waits).get_mut(id) {
                waiting.event(id, event);
            }
        }
    }

    /// The wait for a task is over, and the task has its files if requested.
    pub(crate) fn ended(&self, id: &TaskId, is_success: bool) {
        lock(&self.waits).remove(id);
        self.tally.ended(is_success);
    }

    /// Ends the display. Returns the last known statuses of the tasks that have not ended.
    pub(crate) fn into_statuses(self) -> HashMap<TaskId, TaskStatus> {
        let waits = std::mem::take(&mut *lock(&self.waits));
        let known = |(id, waiting): (TaskId, Waiting)| Some((id, waiting.last?));
        waits.into_iter().filter_map(known).collect()
    }
}

impl Drop for Several {
    fn drop(&mut self) {
        // Observers may live longer.
        lock(&self.waits).clear();
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
