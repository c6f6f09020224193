//! Journal entries, and the rules by which events change them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::Utc;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Destination, Event, FileKind, Intent, JournalError, Reason, SavedFile, Settlement, Subject};
use crate::model::Progress;
use crate::model::{
    Ambiguity, Delivery, Error, ErrorKind, Expected, Obtained, Operation, TaskCost, TaskError, TaskId, TaskStatus,
    Timestamp, VideoTask,
};

/// Lease of a recorded submission: how long its sender is assumed to be running without extending it.
pub(crate) const LEASE: Duration = Duration::from_secs(15);
/// State of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// In flight, or the sending process died.
    Sending,
    /// Accepted by the vendor: there is a task.
    Accepted,
    /// Refused by the vendor.
    Rejected,
    /// Provably not sent.
    NotSent,
    /// Unknown whether the vendor accepted it.
    Ambiguous,
    /// Dismissed by the user: there is no task.
    Dismissed,
}

impl State {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Ambiguous => "ambiguous",
            Self::Dismissed => "dismissed",
        }
    }

    /// Returns whether an unknown task may exist.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Sending | Self::Ambiguous)
    }
}

/// A submission in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The submission as it was (about to be) sent.
    pub intent: Intent,
    /// Current state.
    pub state: State,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Number of attempts.
    pub attempts: u32,
    /// Its task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The vendor's other id of the task, under which its lists may show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
    /// Last known status of the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<TaskStatus>,
    /// The vendor's word for it, of a task that ended without a video. Earlier versions did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_status: Option<String>,
    /// What the task cost, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<TaskCost>,
    /// What it was billed, as the user entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settlement>,
    /// Units that were billed, if the vendor does not name their unit, and they give no cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unnamed_units: Option<Decimal>,
    /// Reason of the task's failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// Reason of the failure of the submission or download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Everything known about a submission with an unknown status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambiguity: Option<Ambiguity>,
    /// Seconds after submission of the last search that found no task.
    #[serde(rename = "sought", default, skip_serializing_if = "Option::is_none")]
    pub not_found_after: Option<u64>,
    /// Output files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Destination>,
    /// The video file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<SavedFile>,
    /// Number of the task's videos, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub videos: Option<u16>,
    /// The files of further videos, by their numbers from 2.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub further_files: BTreeMap<u16, SavedFile>,
    /// The file of the last frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_frame_file: Option<SavedFile>,
    /// Whether the last frame is missing or can no longer be downloaded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_last_frame: bool,
}

impl Entry {
    /// Creates the entry of a new intent.
    #[must_use]
    pub fn begin(mut intent: Intent) -> Self {
        intent.refuse_repeated_within = None;
        Self {
            state: State::Sending,
            updated_at: intent.at,
            attempts: 1,
            task: None,
            vendor_id: None,
            status: None,
            vendor_status: None,
            cost: None,
            settled: None,
            unnamed_units: None,
            error: None,
            reason: None,
            ambiguity: None,
            not_found_after: None,
            target: intent.target.take(),
            file: None,
            videos: None,
            further_files: BTreeMap::new(),
            last_frame_file: None,
            without_last_frame: false,
            intent,
        }
    }

    /// Returns the entry for another intent with the same key, or `None` when this entry remains and nothing may be
    /// sent.
    ///
    /// A submission may be repeated only when it provably created no task, or when the user dismissed it.
    #[must_use]
    pub fn begin_again(&self, intent: Intent) -> Option<Self> {
        match self.state {
            State::Rejected | State::NotSent | State::Dismissed => Some(Self {
                attempts: self.attempts.saturating_add(1),
                // The id is kept, because events refer to it.
                ..Self::begin(Intent {
                    id: self.intent.id.clone(),
                    ..intent
                })
            }),
            State::Sending | State::Accepted | State::Ambiguous => None,
        }
    }

    /// Applies an event of `subject`, which is this entry, at `at`. Returns whether it changed the entry.
    ///
    /// A known task is never removed or replaced. The failure of an earlier attempt does not affect a later one.
    ///
    /// # Errors
    /// When the event names a different task, or dismisses a submission in flight.
    pub fn apply(&mut self, subject: &Subject, event: Event, at: Timestamp) -> Result<bool, JournalError> {
        let is_over = matches!(subject, Subject::Attempt { attempt, .. } if *attempt != self.attempts);
        if is_over && !matches!(event, Event::Accepted { .. }) {
            return Ok(false);
        }
        if event == Event::Dismissed && self.is_in_flight(at) {
            let id = &self.intent.id;
            return Err(JournalError::new(format!(
                "submission {id} is in flight; retry in a few seconds"
            )));
        }
        let before = self.clone();
        match event {
            Event::Started => {}
            Event::Alive { until } => {
                if self.state == State::Sending {
                    self.intent.until = self.intent.until.max(until);
                }
            }
            Event::Accepted { task, status } | Event::Found { task, status } => match &self.task {
                Some(known) if *known != task => {
                    let id = &self.intent.id;
                    return Err(JournalError::new(format!(
                        "submission {id} already has the task {known}; it cannot have {task} as well"
                    )));
                }
                Some(_) => {}
                None => {
                    self.state = State::Accepted;
                    self.vendor_id = Some(task.own().to_owned()).filter(|own| own != task.id());
                    self.task = Some(task);
                    self.status = Some(status);
                    (self.reason, self.not_found_after) = (None, None);
                    // It was settled as one without a task.
                    self.settled = None;
                }
            },
            // A known task overrides any failure.
            Event::Rejected { .. }
            | Event::NotSent { .. }
            | Event::Ambiguous { .. }
            | Event::NotFound { .. }
            | Event::Dismissed
                if self.task.is_some() => {}
            Event::Rejected { reason } => (self.state, self.reason) = (State::Rejected, Some(reason)),
            Event::NotSent { reason } => (self.state, self.reason) = (State::NotSent, Some(reason)),
            Event::Ambiguous { reason, ambiguity } => {
                (self.state, self.reason, self.ambiguity) = (State::Ambiguous, Some(reason), Some(*ambiguity));
            }
            Event::NotFound { after } => self.not_found_after = self.not_found_after.max(Some(after)),
            Event::Dismissed => {
                if self.state.is_open() {
                    self.state = State::Dismissed;
                }
            }
            Event::Status {
                status,
                error,
                vendor_id,
                videos,
                word,
                units,
            } => {
                let estimate = self.intent.estimate.as_ref();
                let is_named = |units| estimate.is_some_and(|estimate| estimate.cost_of_units(units).is_some());
                self.unnamed_units = units.filter(|units| !is_named(*units)).or(self.unnamed_units.take());
                self.vendor_id = vendor_id.or(self.vendor_id.take());
                self.videos = self.videos.max(videos);
                // A late response does not change an ended task.
                if !self.status.as_ref().is_some_and(TaskStatus::is_ended) || status.is_ended() {
                    (self.status, self.vendor_status, self.error) = (Some(status), word, error);
                }
            }
            Event::Cost { cost } => {
                // A less reliable source does not replace a better one.
                if self.task.is_some() && self.cost.as_ref().is_none_or(|known| cost.obtained <= known.obtained) {
                    self.cost = Some(cost);
                }
            }
            Event::Settled { settlement } => {
                if let Some(settlement) = &settlement {
                    let checked = self.may_settle(settlement, at);
                    checked.map_err(|error| JournalError::new(error.message()))?;
                }
                self.settled = settlement;
            }
            Event::Target { target } => self.target = Some(target),
            // A file that is about to be placed does not replace one that is in place.
            Event::Placing { kind, .. } if self.is_in_place(kind) => {}
            Event::Placing { kind, file } => self.set_file(kind, SavedFile { placed: false, ..file }),
            Event::Downloaded { kind, file } => {
                // Nor does a copy at another path replace the output file.
                let is_copy = self.output_path(kind).is_some_and(|path| path != file.path);
                if !(is_copy && self.is_in_place(kind)) {
                    self.set_file(kind, SavedFile { placed: true, ..file });
                }
                self.reason = None;
            }
            Event::DownloadFailed {
                kind: FileKind::LastFrame,
                reason,
            } if is_without_file(&reason) => self.without_last_frame = true,
            Event::DownloadFailed { reason, .. } => self.reason = Some(reason),
        }
        let changed = *self != before;
        if changed {
            self.updated_at = at;
        }
        Ok(changed)
    }

    /// Checks that a settlement can be recorded at `at`; see [`settle`](super::settle).
    pub(super) fn may_settle(&self, settlement: &Settlement, at: Timestamp) -> Result<(), Error> {
        let id = &self.intent.id;
        let message = match self.state {
            State::Rejected | State::NotSent | State::Dismissed => {
                let state = self.state.as_str();
                format!("submission {id} is {state}: it created no task, so it costs nothing")
            }
            _ if self.is_in_flight(at) => format!("submission {id} is in flight; retry in a few seconds"),
            State::Sending | State::Ambiguous if settlement.money.is_some() => format!(
                "the status of submission {id} is unknown; before its cost, record its task, or that it created none"
            ),
            State::Sending | State::Ambiguous | State::Accepted => return settlement.check(&self.currencies()),
        };
        Err(Error::new(ErrorKind::Conflict, message))
    }

    /// The currencies of what is known of its cost.
    fn currencies(&self) -> Vec<&str> {
        let Intent {
            estimate, unit_price, ..
        } = &self.intent;
        let estimate = estimate.as_ref().map(|estimate| estimate.currency.as_str());
        let unit = unit_price.as_ref().map(|price| price.currency.as_str());
        let cost = self.cost.as_ref().map(|cost| cost.money.currency.as_str());
        let mut known: Vec<&str> = [estimate, unit, cost].into_iter().flatten().collect();
        known.dedup();
        known
    }

    /// Returns what it was billed, as the user entered it.
    #[must_use]
    pub fn entered(&self) -> Option<TaskCost> {
        let money = self.settled.as_ref()?.money.clone();
        let currency = || self.currencies().first().map(|known| (*known).to_owned());
        Some(TaskCost::entered(money, currency))
    }

    /// Returns the status of the task, or the state of a submission without a task.
    #[must_use]
    pub fn status_name(&self) -> &str {
        self.status.as_ref().map_or(self.state.as_str(), TaskStatus::as_str)
    }

    /// Returns whether the submission status is unknown.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state.is_open()
    }

    /// Returns one of its files, at the path where it is or was about to be placed.
    #[must_use]
    pub fn saved_file(&self, kind: FileKind) -> Option<&SavedFile> {
        match kind {
            FileKind::Video => self.file.as_ref(),
            FileKind::LastFrame => self.last_frame_file.as_ref(),
            FileKind::Further(number) => self.further_files.get(&number),
        }
    }

    fn set_file(&mut self, kind: FileKind, file: SavedFile) {
        match kind {
            FileKind::Video => self.file = Some(file),
            FileKind::LastFrame => self.last_frame_file = Some(file),
            FileKind::Further(number) => drop(self.further_files.insert(number, file)),
        }
    }

    /// The path of an output file, if one is named.
    fn output_path(&self, kind: FileKind) -> Option<PathBuf> {
        let target = self.target.as_ref()?;
        let video = target.video_of(self.task.as_ref()?);
        match kind {
            FileKind::Video => Some(video),
            FileKind::LastFrame => target.last_frame_of(&video),
            FileKind::Further(number) => Some(target.further_of(self.task.as_ref()?, number)),
        }
    }

    /// Whether a file is at its output path; anywhere, if no path is named.
    fn is_in_place(&self, kind: FileKind) -> bool {
        let path = self.output_path(kind);
        self.saved_file(kind)
            .is_some_and(|file| file.placed && path.is_none_or(|path| path == file.path))
    }

    /// Returns whether its task had not ended when last checked, or output files are missing. A download to another path
    /// does not count.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        let is_gone = self.reason.as_ref().is_some_and(is_without_file);
        let is_missing = |kind| !self.is_in_place(kind);
        let is_incomplete = self.target.as_ref().is_some_and(|target| {
            let wants_image = target.with_last_frame && !self.without_last_frame;
            let mut videos = (1..=self.videos.unwrap_or(1)).map(FileKind::of_video);
            videos.any(is_missing) || (wants_image && is_missing(FileKind::LastFrame))
        });
        self.task.is_some()
            && match &self.status {
                Some(TaskStatus::Completed) => is_incomplete && !is_gone,
                status => !status.as_ref().is_some_and(TaskStatus::is_ended),
            }
    }

    /// Returns whether its task is completed and its video was not saved, and can no longer be: the vendor has removed it, or
    /// withholds it.
    #[must_use]
    pub fn is_without_video(&self) -> bool {
        let is_completed = self.status == Some(TaskStatus::Completed);
        let is_gone = self.reason.as_ref().is_some_and(is_without_file);
        is_completed && is_gone && self.saved_file(FileKind::Video).is_none()
    }

    /// Returns whether the submission may still be in flight.
    #[must_use]
    pub fn is_in_flight(&self, now: Timestamp) -> bool {
        self.state == State::Sending && self.intent.until > now
    }

    /// Returns what is known about the submission, to search for its task. If its sender died, only the request is
    /// known.
    #[must_use]
    pub fn ambiguity(&self) -> Ambiguity {
        self.ambiguity.clone().unwrap_or_else(|| {
            let Intent {
                id,
                vendor,
                family,
                model,
                prompt,
                client_reference,
                at,
                ..
            } = self.intent.clone();
            Ambiguity {
                vendor,
                family,
                model,
                prompt,
                client_reference,
                parameters: crate::model::ambiguity::parameters(&self.intent.request),
                intent: Some(id),
                sent_at: at,
                progress: Progress::Unknown,
                status: None,
                request_id: None,
                clock_skew: None,
                possible_tasks: Vec::new(),
                response: None,
            }
        })
    }

    /// What is known of its cost without the vendor.
    pub(crate) fn expected(&self) -> Expected {
        Expected {
            entered: self.entered(),
            ..self.intent.expected()
        }
    }

    /// The task, from the journal's data.
    pub(crate) fn to_task(&self) -> Option<VideoTask> {
        let mut task = VideoTask::new(self.task.clone()?, String::new());
        if let Some(status) = &self.status {
            task.vendor_status = status.as_str().to_owned();
            task.status = status.clone();
        }
        task.model = Some(self.intent.model.clone());
        task.expect(self.expected());
        if let Some(cost) = self.cost.as_ref().filter(|cost| cost.obtained == Obtained::Reported) {
            task.usage.get_or_insert_default().cost = Some(cost.money.clone());
        }
        task.error = self.error.clone();
        task.client_reference = self.intent.client_reference.clone();
        task.already_submitted = true;
        Some(task)
    }

    /// The error of the submission, for other callers with the same key.
    pub(crate) fn failure(&self, delivery: Delivery) -> Error {
        let error = match self.reason.clone() {
            Some(reason) => Error::new(reason.kind, reason.message).after(reason.retry_after.map(Duration::from_secs)),
            None => {
                let why = match self.is_in_flight(Utc::now()) {
                    true => "it is in flight, or the sending process has just died",
                    false => "the sending process died",
                };
                Error::new(ErrorKind::AmbiguousSubmit, format!("submission status unknown: {why}"))
            }
        };
        error
            .during(self.intent.vendor, Operation::Submit)
            .with_delivery(delivery)
    }
}

/// Whether a download failed for good: the task ended without the file.
pub(super) fn is_without_file(reason: &Reason) -> bool {
    matches!(reason.kind, ErrorKind::NoVideo | ErrorKind::Moderated)
}
