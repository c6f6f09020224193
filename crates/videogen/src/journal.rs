//! A durable record of submissions: what was about to be sent, and what became of it.
//!
//! A client that is [given a journal](crate::ClientBuilder::journal) commits each submission to it before the first byte
//! leaves, and the task before [`submit`](crate::Client::submit) returns. So a program that dies at any instant leaves
//! either a task or an open entry, and [`Client::recover`](crate::Client::recover) goes on from there. The crate
//! `videogen-journal` keeps it in an SQLite file; anything else that can commit can be a [`Journal`] too. The rules are
//! here, in [`Entry::begin`] and [`Entry::apply`]: a journal stores what they give.

use std::fmt;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::TaskId;

mod entry;
mod event;
mod files;
mod keeping;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use entry::{Entry, State};
pub use event::{Event, Intent, Reason};
pub(crate) use files::digest_of;
pub use files::{Destination, FileKind, SavedFile};

/// What a [`Journal`] returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Keeps entries where a crash cannot reach them. Several processes may use the same one at once.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Commits an intent. Where the key is known already, [`Entry::begin_again`] decides, in one transaction with what
    /// follows from it.
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Begun, JournalError>>;

    /// Commits what became known of an entry, by [`Entry::apply`]. What is said of an unknown entry is dropped, for tasks
    /// are made elsewhere too; `None` then.
    fn note(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>>;

    /// The entries that match, newest first.
    fn find(&self, query: Query) -> BoxFuture<'_, Result<Vec<Entry>, JournalError>>;
}

/// What became of an intent.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// It is committed, and may be sent.
    New {
        /// The entry: the intent's own, or that of an earlier one with the same key.
        id: String,
        /// Which attempt of the entry it is, from 1.
        attempt: u32,
    },
    /// Its key is known, and that submission is under way, was accepted, or may have been: nothing may be sent.
    Known(Box<Entry>),
}

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
    Task(TaskId),
}

/// Which entries. What is not set does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Query {
    /// Of one account; see [`Client::account`](crate::Client::account).
    pub account: Option<String>,
    /// With this id.
    pub intent: Option<String>,
    /// With this key.
    pub key: Option<String>,
    /// That made this task.
    pub task: Option<TaskId>,
    /// With this reference.
    pub client_reference: Option<String>,
    /// Only those whose fate is not known.
    pub open: bool,
    /// Only those whose task has not ended yet, as far as is known, or whose files are not in place.
    pub unfinished: bool,
    /// How many at most.
    pub limit: Option<u32>,
}

/// Why a journal could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalError(String);

impl JournalError {
    /// An error in words: what was tried, and what stood in the way.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for JournalError {}
