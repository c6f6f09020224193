//! Events of a submission, and the intent that precedes it.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Destination, FileKind, SavedFile, Settlement};
use crate::model::{
    Ambiguity, Delivery, Error, ErrorKind, Expected, Money, Reserved, TaskCost, TaskError, TaskId, TaskStatus,
    Timestamp, UnitPrice, Vendor,
};

/// A submission that is about to be sent. It contains no API key, and URLs only as hosts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intent {
    /// Unique id.
    pub id: String,
    /// Idempotency key, or else the id: at most one task per key.
    pub key: String,
    /// Fingerprint of the vendor and API key.
    pub account: String,
    /// Scheme, host and port of the base URL, and a digest of its path. Entries of older versions have none, and match
    /// every origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Vendor.
    pub vendor: Vendor,
    /// Endpoint family.
    pub family: String,
    /// Model.
    pub model: String,
    /// Prompt.
    pub prompt: String,
    /// Client reference sent to the vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// The request, with URLs and media masked.
    pub request: Value,
    /// SHA-256 of the whole request except its callback URL, to detect a key that is reused for a different request.
    pub request_hash: String,
    /// Time of the submission.
    pub at: Timestamp,
    /// End of the sender's lease; a running sender extends it.
    pub until: Timestamp,
    /// Output files. [`Entry::begin`](super::Entry::begin) moves them to the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Destination>,
    /// What it is expected to cost, and counts against [budgets](super::Budget). `None` if its cost is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Reserved>,
    /// Price of a unit, if its cost is unknown only because the number of units is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<UnitPrice>,
    /// The group that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// Whether budgets allow it although its cost is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_unknown_cost: bool,
    /// Id of the call that it belongs to, if that makes several submissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Do not submit it if it [repeats](super::Entry::is_repeated_by) a submission within this time. Not stored.
    #[serde(skip)]
    pub refuse_repeated_within: Option<Duration>,
}

/// A group of submissions that have a maximum cost together, such as a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// Unique name in the journal.
    pub name: String,
    /// The most that all submissions of the group may cost together. Each one is checked against its own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_cost: Option<Money>,
}

impl Group {
    /// A group without a limit.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self { name, max_cost: None }
    }

    /// Sets the most that all submissions of the group may cost together.
    #[must_use]
    pub fn max_cost(mut self, most: Money) -> Self {
        self.max_cost = Some(most);
        self
    }
}

impl Intent {
    /// What is known of its cost.
    pub(crate) fn expected(&self) -> Expected {
        Expected {
            estimate: self.estimate.clone(),
            unit_price: self.unit_price.clone(),
            entered: None,
        }
    }

    /// Returns the scope in which its key and task are unique: `public` for base URLs on the public internet; scheme,
    /// host and port for base URLs on this machine or a private network, such as a simulator. `None` if the origin is
    /// not recorded.
    ///
    /// Simulated submissions therefore never answer for real ones, and a key creates at most one task across all
    /// vendors.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        self.origin.as_deref().map(crate::model::address::scope)
    }
}

/// Event of a submission or its task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The intent was committed.
    #[serde(rename = "begun")]
    Started,
    /// The sender is still running.
    Alive {
        /// New end of its lease.
        until: Timestamp,
    },
    /// The vendor accepted the submission.
    Accepted {
        /// The task.
        task: TaskId,
        /// Its status.
        status: TaskStatus,
    },
    /// The vendor refused the submission.
    Rejected {
        /// Reason.
        reason: Reason,
    },
    /// Provably nothing was sent.
    NotSent {
        /// Reason.
        reason: Reason,
    },
    /// The submission status is unknown.
    Ambiguous {
        /// Reason.
        reason: Reason,
        /// Everything known about it.
        ambiguity: Box<Ambiguity>,
    },
    /// The task was found.
    Found {
        /// The task.
        task: TaskId,
        /// Its status.
        status: TaskStatus,
    },
    /// Searched for, not found.
    NotFound {
        /// Seconds between the submission and the search.
        after: u64,
    },
    /// Dismissed by the user: there is no task.
    Dismissed,
    /// The status of the task changed.
    Status {
        /// Its status.
        status: TaskStatus,
        /// Reason of the failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<TaskError>,
        /// The id in the vendor's responses, if it differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vendor_id: Option<String>,
        /// Number of its videos, if there are several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        videos: Option<u16>,
        /// The vendor's word for the status, of a task that ended without a video.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        word: Option<String>,
        /// Units that were billed. The vendor does not name their unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<Decimal>,
    },
    /// What the task cost became known.
    Cost {
        /// The cost.
        #[serde(flatten)]
        cost: TaskCost,
    },
    /// The user recorded what it was billed, or removed that record.
    Settled {
        /// What it was billed; `None`: what is known without the user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settlement: Option<Settlement>,
    },
    /// The output files were set.
    Target {
        /// The files.
        #[serde(flatten)]
        target: Destination,
    },
    /// A file is complete and about to be moved to its path.
    Placing {
        /// Kind of file.
        #[serde(default)]
        kind: FileKind,
        /// The file.
        #[serde(flatten)]
        file: SavedFile,
    },
    /// A file was downloaded.
    Downloaded {
        /// Kind of file.
        #[serde(default)]
        kind: FileKind,
        /// The file.
        #[serde(flatten)]
        file: SavedFile,
    },
    /// A file could not be downloaded.
    DownloadFailed {
        /// Kind of file.
        #[serde(default)]
        kind: FileKind,
        /// Reason.
        reason: Reason,
    },
}

/// Reason of a failure, taken from an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reason {
    /// Kind of failure.
    pub kind: ErrorKind,
    /// Message.
    pub message: String,
    /// HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// `Retry-After`, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            message: error.message().to_owned(),
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            retry_after: error.retry_after().map(|wait| wait.as_secs()),
        }
    }
}

impl Event {
    /// Returns the event of a failed submission, or `None` when the entry stays open.
    pub(crate) fn failed(error: &Error) -> Option<Self> {
        let reason = Reason::from(error);
        match (error.delivery()?, error.ambiguity()) {
            (Delivery::Rejected, _) => Some(Self::Rejected { reason }),
            (Delivery::NotSent, _) => Some(Self::NotSent { reason }),
            (Delivery::Ambiguous, ambiguity) => Some(Self::Ambiguous {
                reason,
                ambiguity: Box::new(ambiguity?.clone()),
            }),
        }
    }
}
