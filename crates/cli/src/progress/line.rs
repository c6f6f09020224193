//! The line of a task on a terminal.

use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState};
use videogen::{Client, TaskId, TaskStatus, VideoTask};

use crate::output::style;
use crate::terminal::{LINES, fit, time, width};
use crate::text;

/// What the line of a task shows. The status is all that is always shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Where several tasks are shown, the vendor's id.
    name: String,
    status: String,
    /// In percent, where the vendor reports it.
    progress: Option<u8>,
    /// When it was submitted, or else when the wait began.
    begun: Option<Instant>,
    /// How long such tasks usually take.
    usual: Option<Duration>,
    /// Why the last poll failed.
    trouble: Option<String>,
}

impl Facts {
    /// What the journal has on a task.
    pub(crate) async fn of(client: &Client, id: &TaskId) -> Self {
        let entry = client.journal_entry(id).await.ok().flatten();
        let Some(entry) = entry else { return Self::default() };
        let age = (chrono::Utc::now() - entry.intent.at).to_std().unwrap_or_default();
        Self {
            status: entry.status.as_ref().map(word).unwrap_or_default(),
            begun: Instant::now().checked_sub(age),
            usual: client.usual_duration(&entry.intent.model).await,
            ..Self::default()
        }
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self {
            name: text::visible(name),
            ..self
        }
    }

    /// The line, in at most `width` columns.
    fn line(&self, waited: Duration, width: usize) -> String {
        let elapsed = self.begun.map_or(waited, |begun| begun.elapsed());
        let status = match self.status.as_str() {
            "" => "submitted",
            status => status,
        };
        let progress = self.progress.map(|percent| format!(" {percent}%"));
        fit(
            &[
                (1, self.name.clone()),
                (0, status.to_owned() + &progress.unwrap_or_default()),
                (2, time(elapsed)),
                (
                    3,
                    self.usual
                        .map(|usual| format!("usually {}", time(usual)))
                        .unwrap_or_default(),
                ),
                (
                    4,
                    self.trouble
                        .as_ref()
                        .map(|why| format!("retrying: {why}"))
                        .unwrap_or_default(),
                ),
            ],
            width,
        )
    }
}

fn word(status: &TaskStatus) -> String {
    text::visible(status.as_str())
}

/// A line on the terminal; hidden where there is none. Removed when dropped.
pub(crate) struct Line {
    facts: Arc<Mutex<Facts>>,
    bar: ProgressBar,
}

impl Line {
    /// `before`: the line that it is above of.
    pub(crate) fn new(facts: Facts, is_shown: bool, before: Option<&ProgressBar>) -> Self {
        let facts = Arc::new(Mutex::new(facts));
        let shown = Arc::clone(&facts);
        let bar = live(is_shown, before, move |state, width| {
            lock(&shown).line(state.elapsed(), width)
        });
        Self { facts, bar }
    }

    pub(crate) fn answered(&self, task: &VideoTask) {
        let mut facts = lock(&self.facts);
        facts.status = word(&task.status);
        facts.progress = task.progress;
        facts.trouble = None;
    }

    pub(crate) fn retrying(&self, reason: &str) {
        lock(&self.facts).trouble = Some(text::visible(reason));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn lock<T>(facts: &Mutex<T>) -> MutexGuard<'_, T> {
    facts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A line with a spinner and the text that `line` returns for a number of columns.
pub(crate) fn live(
    is_shown: bool,
    before: Option<&ProgressBar>,
    line: impl Fn(&ProgressState, usize) -> String + Clone + Send + Sync + 'static,
) -> ProgressBar {
    if !is_shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    let bar = match before {
        Some(before) => LINES.insert_before(before, bar),
        None => LINES.add(bar),
    };
    // Without the spinner and the space after it.
    let shown = move |state: &ProgressState, text: &mut dyn Write| {
        let _ = text.write_str(&line(state, width().saturating_sub(2)));
    };
    bar.set_style(style("{spinner} {line}").with_key("line", shown));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_narrow_terminals() {
        let facts = Facts {
            name: "video-4f1c".to_owned(),
            status: "in_progress".to_owned(),
            progress: Some(40),
            begun: None,
            usual: Some(Duration::from_secs(80)),
            trouble: Some("connection refused".to_owned()),
        };
        let line = |width| facts.line(Duration::from_secs(12), width);
        let all = "video-4f1c  in_progress 40%  12 s  usually 1 min 20 s  retrying: connection refused";
        assert_eq!(line(200), all);
        assert_eq!(line(78), "video-4f1c  in_progress 40%  12 s  usually 1 min 20 s");
        assert_eq!(line(38), "video-4f1c  in_progress 40%  12 s");
        assert_eq!(line(20), "in_progress 40%");
        assert_eq!(Facts::default().line(Duration::ZERO, 80), "submitted  0 s");
    }
}
