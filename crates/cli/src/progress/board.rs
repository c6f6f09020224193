//! Which lines of progress are on the screen: the oldest ones, with the total below them.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState};

use crate::output::style;
use crate::terminal::{LINES, width};

/// Most lines at the same time, without the total.
const ROOM: usize = 8;

struct Board {
    /// Number of lines on the screen.
    shown: usize,
    /// Lines that wait for room, by number.
    later: VecDeque<(usize, ProgressBar)>,
    /// Number of lines so far.
    count: usize,
    total: Option<ProgressBar>,
}

static BOARD: Mutex<Board> = Mutex::new(Board {
    shown: 0,
    later: VecDeque::new(),
    count: 0,
    total: None,
});

fn board() -> MutexGuard<'static, Board> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    /// Shows as many lines as fit.
    fn fill(&mut self) {
        while self.shown < ROOM
            && let Some((_, bar)) = self.later.pop_front()
        {
            let bar = match &self.total {
                Some(total) => LINES.insert_before(total, bar),
                None => LINES.add(bar),
            };
            animate(&bar);
            self.shown += 1;
        }
    }
}

fn animate(bar: &ProgressBar) {
    bar.enable_steady_tick(Duration::from_millis(120));
}

enum Place {
    /// There is no terminal.
    Nowhere,
    /// The line with this number.
    Line(usize),
    Total,
}

/// A line with a spinner. Removed from the screen when dropped.
pub(super) struct Live {
    pub(super) bar: ProgressBar,
    place: Place,
}

impl Live {
    /// With the text that `line` returns for a number of columns.
    pub(super) fn line(
        is_shown: bool,
        line: impl Fn(&ProgressState, usize) -> String + Clone + Send + Sync + 'static,
    ) -> Self {
        let bar = bar(line);
        if !is_shown {
            return Self::hidden(bar);
        }
        let mut board = board();
        board.count += 1;
        let number = board.count;
        board.later.push_back((number, bar.clone()));
        board.fill();
        let place = Place::Line(number);
        Self { bar, place }
    }

    /// The same, below all others.
    pub(super) fn total(
        is_shown: bool,
        line: impl Fn(&ProgressState, usize) -> String + Clone + Send + Sync + 'static,
    ) -> Self {
        let bar = bar(line);
        if !is_shown {
            return Self::hidden(bar);
        }
        let bar = LINES.add(bar);
        board().total = Some(bar.clone());
        animate(&bar);
        let place = Place::Total;
        Self { bar, place }
    }

    pub(super) fn is_hidden(&self) -> bool {
        matches!(self.place, Place::Nowhere)
    }

    fn hidden(bar: ProgressBar) -> Self {
        let place = Place::Nowhere;
        Self { bar, place }
    }
}

fn bar(line: impl Fn(&ProgressState, usize) -> String + Clone + Send + Sync + 'static) -> ProgressBar {
    // Without the spinner and the space after it.
    let shown = move |state: &ProgressState, text: &mut dyn Write| {
        let _ = text.write_str(&line(state, width().saturating_sub(2)));
    };
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    bar.set_style(style("{spinner} {line}").with_key("line", shown));
    bar
}

impl Drop for Live {
    fn drop(&mut self) {
        let mut board = board();
        match self.place {
            Place::Nowhere => return,
            Place::Line(number) => {
                if let Some(place) = board.later.iter().position(|(later, _)| *later == number) {
                    board.later.remove(place);
                    return;
                }
                board.shown = board.shown.saturating_sub(1);
            }
            Place::Total => board.total = None,
        }
        self.bar.finish_and_clear();
        LINES.remove(&self.bar);
        board.fill();
    }
}
