//! Results of journal queries: entries, and records that cannot be read.

use std::fmt;

use serde::Serialize;

use super::{Entry, JournalError, Position};
use crate::model::mask::hide_urls;

/// Result of [`Journal::find`](crate::journal::Journal::find).
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// Records that match and cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// The position to continue [after](super::Query::after), if the limit left out entries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Position>,
}

impl Found {
    /// Creates a result.
    #[must_use]
    pub fn new(entries: Vec<Entry>, unreadable: Vec<Unreadable>) -> Self {
        Self {
            entries,
            unreadable,
            next: None,
        }
    }

    /// Sets the position of the next page.
    #[must_use]
    pub fn next(mut self, next: Option<Position>) -> Self {
        self.next = next;
        self
    }
}

/// A record that this version cannot read: damaged, or written by another version. Its key cannot be submitted, because its
/// task may exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unreadable {
    /// Id of the submission.
    pub id: String,
    /// Its task, if readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Why it cannot be read.
    pub reason: String,
}

impl Unreadable {
    /// Creates a record from its id and the reason why it cannot be read. URLs in both are reduced to their hosts.
    pub fn new(id: impl AsRef<str>, reason: impl AsRef<str>) -> Self {
        Self {
            id: hide_urls(id.as_ref()),
            task: None,
            reason: hide_urls(reason.as_ref()),
        }
    }

    /// Sets its task.
    #[must_use]
    pub fn task(mut self, task: Option<String>) -> Self {
        self.task = task.map(|task| hide_urls(&task));
        self
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the record of the submission {}", self.id)?;
        if let Some(task) = &self.task {
            write!(f, " (task {task})")?;
        }
        write!(f, " cannot be read: {}", self.reason)
    }
}

impl From<Unreadable> for JournalError {
    fn from(record: Unreadable) -> Self {
        Self::new(format!(
            "{record}; it was not changed. If another version wrote it, use that one"
        ))
    }
}
