//! The lines of several tasks, and their total.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::ProgressBar;
use videogen::{TaskId, TaskStatus, VideoTask};

use super::line::{Facts, Line, live};
use crate::output::{Output, shown};
use crate::terminal::{fit, time};

/// Most tasks that have a line at the same time.
const LINES: usize = 10;

#[derive(Clone, Copy)]
struct Counts {
    all: usize,
    ended: usize,
    failed: usize,
}

/// Several tasks that are waited for. Elsewhere than on a terminal, each change of a status is a note.
pub(crate) struct Board {
    output: Output,
    total: ProgressBar,
    counts: Arc<Mutex<Counts>>,
    lines: HashMap<TaskId, Line>,
    /// Tasks that have no line yet.
    later: VecDeque<(TaskId, Facts)>,
    statuses: HashMap<TaskId, TaskStatus>,
}

impl Board {
    pub(crate) fn new(output: &Output, tasks: Vec<(TaskId, Facts)>) -> Self {
        let counts = Counts {
            all: tasks.len(),
            ended: 0,
            failed: 0,
        };
        let counts = Arc::new(Mutex::new(counts));
        let of_line = Arc::clone(&counts);
        let total = live(output.shows_progress(), None, move |state, width| {
            let Counts { all, ended, failed } = *of_line.lock().unwrap_or_else(PoisonError::into_inner);
            let failed = match failed {
                0 => String::new(),
                failed => format!("{failed} failed"),
            };
            let ended = format!("{ended} of {all} ended");
            fit(&[(0, ended), (1, failed), (2, time(state.elapsed()))], width)
        });
        let named = |(id, facts): (TaskId, Facts)| {
            let name = id.id().to_owned();
            (id, facts.named(&name))
        };
        let mut board = Self {
            output: *output,
            total,
            counts,
            lines: HashMap::new(),
            later: tasks.into_iter().map(named).collect(),
            statuses: HashMap::new(),
        };
        board.fill();
        board
    }

    fn fill(&mut self) {
        while self.lines.len() < LINES
            && let Some((id, facts)) = self.later.pop_front()
        {
            let line = Line::new(facts, self.output.shows_progress(), Some(&self.total));
            self.lines.insert(id, line);
        }
    }

    /// A response about one of the tasks. The end of a task is reported with its result.
    pub(crate) fn answered(&mut self, task: &VideoTask) {
        if let Some(line) = self.lines.get(&task.id) {
            line.answered(task);
        }
        if task.status.is_ended() || self.statuses.get(&task.id) == Some(&task.status) {
            return;
        }
        self.statuses.insert(task.id.clone(), task.status.clone());
        if self.output.is_text() && !self.output.shows_progress() {
            self.output.note(&format!("{} is {}", task.id, shown(&task.status)));
        }
    }

    /// The wait for a task is over.
    pub(crate) fn ended(&mut self, id: &TaskId, is_success: bool) {
        self.lines.remove(id);
        self.later.retain(|(later, _)| later != id);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.ended += 1;
        counts.failed += usize::from(!is_success);
        drop(counts);
        self.fill();
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.lines.clear();
        self.total.finish_and_clear();
    }
}
