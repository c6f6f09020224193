//! What a journal is told.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Destination, FileKind, SavedFile};
use crate::model::{Ambiguity, Delivery, Error, ErrorKind, TaskError, TaskId, TaskStatus, Timestamp, Vendor};

/// What is about to be sent. It holds no key, and of a URL no more than its host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intent {
    /// Its own id, unlike any other's.
    pub id: String,
    /// The caller's key, or else the id: one key makes one task at most.
    pub key: String,
    /// Fingerprint of vendor and API key.
    pub account: String,
    /// Where it is sent: scheme, host and port of the base URL, and a digest of its path. Entries of older versions have
    /// none, and count for every origin.
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
    /// The id that the vendor is given for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// The request, as far as it may be kept.
    pub request: Value,
    /// SHA-256 of the whole request but its callback URL: the same key for another request is a mistake.
    pub request_hash: String,
    /// When it began.
    pub at: Timestamp,
    /// Until when its sender is thought to be alive, unless it says so again.
    pub until: Timestamp,
    /// Where its files are to be written. [`Entry::begin`](super::Entry::begin) moves it to the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Destination>,
}

impl Intent {
    /// Where its key and its task are unique: `public` for all base URLs on the public internet; for one on this machine or a
    /// private network, such as the simulator's, scheme, host and port. `None` where the origin is not recorded.
    ///
    /// So nothing that was made at a simulator answers for a submission to a vendor, and one key makes one task at most at
    /// all vendors together.
    #[must_use]
    pub fn scope(&self) -> Option<String> {
        self.origin.as_deref().map(crate::model::address::scope)
    }
}

/// What became known of a submission or its task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The intent was committed.
    #[serde(rename = "begun")]
    Started,
    /// The sender is still alive.
    Alive {
        /// Until when, unless it says so again.
        until: Timestamp,
    },
    /// The vendor accepted it.
    Accepted {
        /// The task.
        task: TaskId,
        /// How it stands.
        status: TaskStatus,
    },
    /// The vendor said no.
    Rejected {
        /// Why.
        reason: Reason,
    },
    /// Provably nothing was sent.
    NotSent {
        /// Why.
        reason: Reason,
    },
    /// Nobody knows.
    Ambiguous {
        /// Why.
        reason: Reason,
        /// All that is known.
        ambiguity: Box<Ambiguity>,
    },
    /// Its task was found.
    Found {
        /// The task.
        task: TaskId,
        /// How it stands.
        status: TaskStatus,
    },
    /// It was looked for in vain.
    NotFound {
        /// For how many seconds after it was sent.
        after: u64,
    },
    /// Somebody decided that there is no task.
    Dismissed,
    /// The task changed.
    Status {
        /// How it stands.
        status: TaskStatus,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<TaskError>,
        /// What the vendor calls it in its answers, where that is another id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vendor_id: Option<String>,
    },
    /// Where its files are to be written.
    Target {
        /// The files.
        #[serde(flatten)]
        target: Destination,
    },
    /// A file is complete, and about to be moved to its place.
    Placing {
        /// Which one.
        #[serde(default)]
        kind: FileKind,
        /// The file.
        #[serde(flatten)]
        file: SavedFile,
    },
    /// A file is in its place.
    Downloaded {
        /// Which one.
        #[serde(default)]
        kind: FileKind,
        /// The file.
        #[serde(flatten)]
        file: SavedFile,
    },
    /// A file could not be downloaded.
    DownloadFailed {
        /// Which one.
        #[serde(default)]
        kind: FileKind,
        /// Why.
        reason: Reason,
    },
}

/// Why something failed, as an [`Error`] told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reason {
    /// Kind of failure.
    pub kind: ErrorKind,
    /// In words.
    pub message: String,
    /// HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// For how many seconds the vendor wants to be left alone.
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
    /// What a submission that failed means for its entry. `None`: nothing, so it stays open.
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
