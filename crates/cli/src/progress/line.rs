//! The line of a task on a terminal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use videogen::{Client, TaskId, TaskStatus, Vendor, VideoTask};

use super::board::Live;
use crate::output::Output;
use crate::terminal::{fit, time};
use crate::text;

/// What the line of a task shows. The status is all that is always shown.
#[derive(Debug, Default)]
struct Facts {
    /// Empty if there is only one task.
    name: String,
    /// Shown if it could be another one.
    vendor: Option<Vendor>,
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
                (2, self.vendor.map_or("", Vendor::name).to_owned()),
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

/// The line of a task; hidden where there is no terminal. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Line {
    facts: Arc<Mutex<Facts>>,
    live: Arc<Live>,
}

impl Line {
    /// `name`: shown if it is one of several.
    pub(crate) fn new(output: &Output, name: Option<&str>) -> Self {
        let facts = Facts {
            name: name.map(text::visible).unwrap_or_default(),
            ..Facts::default()
        };
        let facts = Arc::new(Mutex::new(facts));
        let shown = Arc::clone(&facts);
        let live = Live::line(output.shows_progress(), move |state, width| {
            lock(&shown).line(state.elapsed(), width)
        });
        let live = Arc::new(live);
        Self { facts, live }
    }

    /// Adds what the journal has on the task.
    pub(crate) async fn look_up(&self, client: &Client, id: &TaskId) {
        if self.live.is_hidden() {
            return;
        }
        let Some(entry) = client.journal_entry(id).await.ok().flatten() else {
            return;
        };
        let age = (chrono::Utc::now() - entry.intent.at).to_std().unwrap_or_default();
        let usual = client.usual_duration(&entry.intent.model).await;
        let mut facts = lock(&self.facts);
        facts.begun = Instant::now().checked_sub(age);
        facts.usual = usual;
        if let Some(status) = entry.status.as_ref().filter(|status| !status.is_ended()) {
            facts.status = word(status);
        }
    }

    /// For a task that is not accepted yet.
    pub(crate) fn submitting(output: &Output, name: &str) -> Self {
        let line = Self::new(output, Some(name));
        "submitting".clone_into(&mut lock(&line.facts).status);
        line
    }

    pub(crate) fn answered(&self, task: &VideoTask) {
        let mut facts = lock(&self.facts);
        facts.status = word(&task.status);
        facts.progress = task.progress;
        facts.trouble = None;
    }

    /// Adds the vendor, where it could be another one.
    pub(crate) fn taken_by(&self, vendor: Vendor) {
        lock(&self.facts).vendor = Some(vendor);
    }

    pub(super) fn retrying(&self, reason: &str) {
        lock(&self.facts).trouble = Some(text::visible(reason));
    }

    pub(super) fn downloading(&self, bytes: u64, total: Option<u64>) {
        let percent = total.and_then(|total| bytes.saturating_mul(100).checked_div(total));
        let mut facts = lock(&self.facts);
        "downloading".clone_into(&mut facts.status);
        facts.progress = percent.and_then(|percent| percent.try_into().ok());
        facts.usual = None;
    }
}

fn lock<T>(facts: &Mutex<T>) -> MutexGuard<'_, T> {
    facts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_narrow_terminals() {
        let facts = Facts {
            name: "video-4f1c".to_owned(),
            vendor: None,
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
        let of_batch = Facts {
            name: "boat".to_owned(),
            vendor: Some(Vendor::Token360),
            ..Facts::default()
        };
        assert_eq!(of_batch.line(Duration::ZERO, 80), "boat  submitted  Token360  0 s");
        assert_eq!(of_batch.line(Duration::ZERO, 16), "boat  submitted");
    }
}
