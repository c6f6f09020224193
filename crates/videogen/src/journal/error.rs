//! Failures of a journal.

use std::fmt;

use crate::model::{Error, ErrorKind};

/// Error of reading or writing a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalError {
    reason: String,
    is_kept: bool,
}

impl JournalError {
    /// Creates an error from a message, which should name the operation and the reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_kept: false,
        }
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
        Self::new(ErrorKind::Journal, error.to_string())
    }
}
