//! Failures of a journal.

use std::fmt;

use crate::model::{Error, ErrorKind};

/// Error of reading or writing a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalError {
    kind: JournalErrorKind,
    reason: String,
    is_kept: bool,
}

/// Kind of a [`JournalError`]: what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// The name of the journal is neither a path nor a URL that it can be opened by: correct it.
    InvalidName,
    /// There is no journal with this name.
    Missing,
    /// Its database cannot be reached, or is too busy: nothing was changed, and the same call may succeed later.
    Unavailable,
    /// Its database refuses it: the user, a right, a setting, or another program's tables.
    Refused,
    /// Its database did not confirm a change, and it is unknown whether it is stored.
    Unconfirmed,
    /// Another reason, which the message has.
    #[default]
    Other,
}

impl JournalError {
    /// Creates an error from a message, which should name the operation and the reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            kind: JournalErrorKind::Other,
            reason: reason.into(),
            is_kept: false,
        }
    }

    /// Sets the kind, which is [`Other`](JournalErrorKind::Other) otherwise.
    #[must_use]
    pub fn with_kind(mut self, kind: JournalErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> JournalErrorKind {
        self.kind
    }

    /// Marks the error of an event that the journal has kept elsewhere, and records when it can: recording it again now is of no
    /// use.
    #[must_use]
    pub fn kept(mut self) -> Self {
        self.is_kept = true;
        self
    }

    /// Returns whether the event was [kept](Self::kept).
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for JournalError {}

impl From<JournalError> for Error {
    fn from(error: JournalError) -> Self {
        let failed = Self::new(ErrorKind::Journal, error.to_string());
        match error.kind {
            JournalErrorKind::Unavailable => failed.temporary(),
            _ => failed,
        }
    }
}
