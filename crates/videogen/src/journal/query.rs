//! Selection of entries: the subject of an event, and queries.

use serde::{Deserialize, Serialize};

use crate::model::TaskId;

/// Subject of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The entry with this id.
    Intent(String),
    /// One attempt of the entry with this id.
    Attempt {
        /// Id of the entry.
        id: String,
        /// Number of the attempt, from 1.
        attempt: u32,
    },
    /// The entry that created this task.
    Task {
        /// The task.
        task: TaskId,
        /// The [scope](crate::journal::Intent::scope) of the base URL of the task.
        scope: String,
    },
}

/// Filter of journal entries. Fields that are not set match everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Query {
    /// Entries of this account; see [`Client::account`](crate::Client::account).
    pub account: Option<String>,
    /// Entries with this [origin](crate::journal::Intent::origin), or without one.
    pub origin: Option<String>,
    /// Entries in this [scope](crate::journal::Intent::scope), or without one.
    pub scope: Option<String>,
    /// The entry with this id.
    pub intent: Option<String>,
    /// Entries with this idempotency key.
    pub key: Option<String>,
    /// The entry that created this task.
    pub task: Option<TaskId>,
    /// Whose task has this [other id](crate::journal::Entry::vendor_id) in the vendor's answers.
    pub vendor_id: Option<String>,
    /// Entries with this client reference.
    pub client_reference: Option<String>,
    /// Only entries whose submission status is unknown.
    pub open: bool,
    /// Only entries whose task had not ended when last checked, or whose output files are missing.
    pub unfinished: bool,
    /// Maximum number of entries.
    pub limit: Option<u32>,
}
