//! Which entry an event is about, and which entries to find.

use serde::{Deserialize, Serialize};

use crate::model::TaskId;

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The entry with this id.
    Intent(String),
    /// One attempt of the entry with this id.
    Attempt {
        /// The entry.
        id: String,
        /// Which attempt.
        attempt: u32,
    },
    /// The entry that made this task.
    Task {
        /// The task.
        task: TaskId,
        /// The [scope](crate::journal::Intent::scope) of the base URL at which the task is.
        scope: String,
    },
}

/// Which entries. What is not set does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Query {
    /// Of one account; see [`Client::account`](crate::Client::account).
    pub account: Option<String>,
    /// Sent to this [origin](crate::journal::Intent::origin), or without one.
    pub origin: Option<String>,
    /// In this [scope](crate::journal::Intent::scope), or without one.
    pub scope: Option<String>,
    /// With this id.
    pub intent: Option<String>,
    /// With this key.
    pub key: Option<String>,
    /// That made this task.
    pub task: Option<TaskId>,
    /// Whose task has this [other id](crate::journal::Entry::vendor_id) in the vendor's answers.
    pub vendor_id: Option<String>,
    /// With this reference.
    pub client_reference: Option<String>,
    /// Only those whose fate is not known.
    pub open: bool,
    /// Only those whose task has not ended yet, as far as is known, or whose files are not in place.
    pub unfinished: bool,
    /// How many at most.
    pub limit: Option<u32>,
}
