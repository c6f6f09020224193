//! What became of a task, in one form for every command and any number of tasks. Depends on `error` only.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use videogen::price::{Decimal, Estimate, TaskCost};
use videogen::submit::{Adjustment, Note};
use videogen::{Downloaded, ErrorKind, TaskId, TaskStatus, Vendor, VideoTask, Violation};

use crate::error::ErrorDocument;

/// The document of `--json`: the results of all tasks of a command.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Results")]
pub(crate) struct Results<'a> {
    /// One result for each task, in the order of the command line.
    pub(crate) results: &'a [TaskResult],
    /// What all jobs of a batch cost together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) totals: Option<BatchTotals>,
}

/// What all jobs of a batch cost, in this and earlier runs.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct BatchTotals {
    /// Number of jobs.
    pub(crate) jobs: usize,
    /// Number of jobs with each outcome, such as `done`. After an interrupt, `unfinished` are those that have a task, which is paid
    /// for, and no complete files; `not_submitted` those that were never submitted.
    pub(crate) outcomes: BTreeMap<&'static str, usize>,
    /// The amounts, by currency.
    pub(crate) costs: Vec<BatchCost>,
    /// Submissions of unknown cost, which are in no amount.
    pub(crate) unknown_cost: u64,
    /// Those that are not billed: failed tasks of a vendor that does not bill them, and what you entered as not billed.
    pub(crate) not_billed: u64,
}

impl BatchTotals {
    /// The amounts in a currency.
    pub(crate) fn in_currency(&mut self, currency: String) -> &mut BatchCost {
        let place = self.costs.iter().position(|cost| cost.currency == currency);
        let place = place.unwrap_or_else(|| {
            self.costs.push(BatchCost {
                currency,
                cost: Decimal::ZERO,
                reserved: Decimal::ZERO,
                uncertain: Decimal::ZERO,
            });
            self.costs.len() - 1
        });
        &mut self.costs[place]
    }
}

/// `9.07 USD, up to 0.8 USD uncertain, 2 of unknown cost`; empty if there is nothing to say.
impl fmt::Display for BatchTotals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        type Kind = (fn(&BatchCost) -> Decimal, &'static str, &'static str);
        let kinds: [Kind; 3] = [
            (|cost| cost.cost, "", ""),
            (|cost| cost.reserved, "up to ", " reserved"),
            (|cost| cost.uncertain, "up to ", " uncertain"),
        ];
        let mut parts: Vec<String> = Vec::new();
        for (amount, before, after) in kinds {
            let costs = self.costs.iter().filter(|cost| !amount(cost).is_zero());
            let amounts: Vec<String> = costs
                .map(|cost| format!("{} {}", amount(cost).normalize(), cost.currency))
                .collect();
            if !amounts.is_empty() {
                parts.push(format!("{before}{}{after}", amounts.join(" and ")));
            }
        }
        if self.unknown_cost > 0 {
            parts.push(format!("{} of unknown cost", self.unknown_cost));
        }
        f.write_str(&parts.join(", "))
    }
}

/// What the jobs cost in one currency.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BatchCost {
    /// Currency code of ISO 4217, such as `USD`.
    pub(crate) currency: String,
    /// What completed tasks cost: entered by you, reported by the vendors, computed from usage, or estimated.
    #[schemars(with = "String")]
    pub(crate) cost: Decimal,
    /// Estimates of running tasks and of submissions of unknown status.
    #[schemars(with = "String")]
    pub(crate) reserved: Decimal,
    /// Estimates of failed tasks of which no page says whether they are billed.
    #[schemars(with = "String")]
    pub(crate) uncertain: Decimal,
}

/// The document of `--json` if the command failed before it had a result for any task. It submitted nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Failure")]
pub(crate) struct Failed<'a> {
    /// Why.
    pub(crate) error: &'a ErrorDocument,
}

/// What became of a task or a submission.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Result")]
pub(crate) struct TaskResult {
    /// Task id: `vendor:family:id`. Absent if no task is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<TaskId>,
    /// The vendor.
    pub(crate) vendor: Vendor,
    /// Id of the job in its batch; if `generate` submits several requests, the number of the submission, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<String>,
    /// How often the job was submitted under a new key, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempt: Option<u32>,
    /// Model that the job requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// Prompt of the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prompt: Option<String>,
    /// Digest of what the job requests, by which a change under the same id is noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_sha256: Option<String>,
    /// The outcome.
    pub(crate) outcome: Outcome,
    /// Whether the built-in simulator made it, at no cost.
    pub(crate) simulated: bool,
    /// The task as last reported by the vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task: Option<VideoTask>,
    /// The files that are complete.
    #[serde(flatten)]
    pub(crate) files: SavedFiles,
    /// Name of the other machine that has the files, which shares the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) machine: Option<String>,
    /// What it cost, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<TaskCost>,
    /// What is known about the request since before its submission.
    #[serde(flatten)]
    pub(crate) request: RequestFacts,
    /// Why other vendors, which were tried before, did not take the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused_by: Vec<ErrorDocument>,
    /// What to do next: the files of the task are not in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    /// Why it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorDocument>,
}

/// Outcome of a task or a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The video is complete, and in its file if the command downloads it.
    Done,
    /// The task ended without a video, or its video is not available any more.
    Failed,
    /// The submission was not accepted; no task exists and nothing is paid.
    Rejected,
    /// The submission may have been accepted and billed; it was not resent.
    Ambiguous,
    /// Nothing was sent. Of a batch: the job begins with the last frame of another one, which has none. Of several submissions of
    /// `generate`: an earlier one was not accepted, or the command was interrupted.
    Skipped,
    /// The task exists, and the command ended before it was done: it runs on, or its files are not complete yet. It can be
    /// resumed.
    Running,
    /// The vendor knows no such task: its id is wrong, or belongs to another account.
    NotFound,
}

/// Facts about a request that were known before its submission.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct RequestFacts {
    /// What it was expected to cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimate: Option<Estimate>,
    /// Values that the configuration supplied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) from_config: Vec<Configured>,
    /// Values that the vendor may refuse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Note>,
    /// Fields that were dropped or rounded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) adjustments: Vec<Adjustment>,
    /// Unverified rules that it breaks with permission.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) overridden: Vec<Violation>,
    /// Whether the vendor's spec lists the model; otherwise its limits were not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model_known: Option<bool>,
    /// The listed model with the nearest name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) did_you_mean: Option<&'static str>,
    /// Fields that it leaves to the vendor, though the price depends on them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) vendor_decides: Vec<&'static str>,
}

/// A value that neither an option nor the request file gave, and the configuration did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Configured {
    /// The field of the request, or `vendor`.
    pub(crate) field: String,
    /// The key in the configuration.
    pub(crate) key: String,
    /// The value.
    pub(crate) value: Value,
}

/// As a note has it.
impl fmt::Display for Configured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match &self.value {
            Value::String(text) => format!("{} {text}", self.field),
            value => format!("{} {value}", self.field),
        })
    }
}

impl Configured {
    /// Whether the value is in the table of a vendor.
    pub(crate) fn is_of(&self, vendor: Vendor) -> bool {
        self.key.strip_prefix("vendor.").and_then(|key| key.split('.').next()) == Some(vendor.as_str())
    }

    pub(crate) fn new(field: &str, key: String, value: Value) -> Self {
        Self {
            field: field.to_owned(),
            key,
            value,
        }
    }
}

/// The files of a task that are complete.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct SavedFiles {
    /// The video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<SavedFile>,
    /// Further videos, if the vendor made several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) further_files: Vec<SavedFile>,
    /// The last frame, if it was requested; null if the vendor returned none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_frame_file: Option<Option<SavedFile>>,
}

/// A complete file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SavedFile {
    /// Its path. What is not Unicode in it is replaced.
    pub(crate) path: String,
    /// Its size.
    pub(crate) bytes: u64,
}

impl From<&Downloaded> for SavedFile {
    fn from(file: &Downloaded) -> Self {
        Self {
            path: file.path.to_string_lossy().to_string(),
            bytes: file.bytes,
        }
    }
}

impl Outcome {
    /// The outcome of a task in this state.
    fn of(task: &VideoTask) -> Self {
        match &task.status {
            TaskStatus::Completed if task.is_removed() => Self::Failed,
            // Its link may come later.
            TaskStatus::Completed if task.video.is_none() => Self::Running,
            TaskStatus::Completed => Self::Done,
            ended if ended.is_ended() => Self::Failed,
            _ => Self::Running,
        }
    }
}

impl TaskResult {
    pub(crate) fn new(vendor: Vendor, outcome: Outcome) -> Self {
        Self {
            id: None,
            vendor,
            item: None,
            attempt: None,
            model: None,
            prompt: None,
            request_sha256: None,
            outcome,
            simulated: false,
            task: None,
            files: SavedFiles::default(),
            machine: None,
            cost: None,
            request: RequestFacts::default(),
            refused_by: Vec::new(),
            next: None,
            error: None,
        }
    }

    /// A task as the vendor reports it.
    pub(crate) fn of(task: &VideoTask) -> Self {
        Self {
            id: Some(task.id.clone()),
            task: Some(task.clone()),
            cost: task.cost(),
            request: RequestFacts {
                adjustments: task.adjustments.clone(),
                ..RequestFacts::default()
            },
            ..Self::new(task.id.vendor(), Outcome::of(task))
        }
    }

    /// A task that the command left before its end.
    pub(crate) fn left(id: &TaskId) -> Self {
        Self {
            id: Some(id.clone()),
            ..Self::new(id.vendor(), Outcome::Running)
        }
    }

    /// Adds why it is not done.
    pub(crate) fn failed(self, error: Option<ErrorDocument>) -> Self {
        let is_unknown = |error: &ErrorDocument| error.kind == ErrorKind::NotFound.into();
        let outcome = match &error {
            Some(error) if self.outcome == Outcome::Running && self.task.is_none() && is_unknown(error) => {
                Outcome::NotFound
            }
            _ => self.outcome,
        };
        Self { outcome, error, ..self }
    }

    /// A task whose files were downloaded.
    pub(crate) fn with_files(task: &VideoTask, files: SavedFiles) -> Self {
        let result = Self::of(task);
        Self {
            files,
            // Without the link too, which the journal does not keep.
            outcome: match task.status.is_completed() {
                true => Outcome::Done,
                false => result.outcome,
            },
            ..result
        }
    }

    /// The paths of its files.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        let SavedFiles {
            file,
            further_files,
            last_frame_file,
        } = &self.files;
        let files = file.iter().chain(further_files).chain(last_frame_file.iter().flatten());
        files.map(|file| file.path.as_str())
    }

    /// The paths of its files, or its id if there are none.
    pub(crate) fn names(&self) -> Vec<String> {
        let paths: Vec<String> = self.paths().map(str::to_owned).collect();
        if paths.is_empty() {
            return self.id.iter().map(ToString::to_string).collect();
        }
        paths
    }
}
