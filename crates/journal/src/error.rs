//! The error of a journal that cannot be read or written.

use std::fmt;

use videogen::journal::JournalError;

pub(crate) fn broken(error: impl fmt::Display) -> JournalError {
    JournalError::new(format!("the journal cannot be used: {error}"))
}
