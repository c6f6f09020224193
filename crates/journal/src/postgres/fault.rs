//! Failures of the database, and which of them may be repeated.

use std::error::Error as _;
use std::fmt::Write as _;

use deadpool_postgres::{HookError, PoolError};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use videogen::journal::{JournalError, JournalErrorKind, Unreadable};

/// Why a call failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// A rule of the journal does not allow it.
    Rule(JournalError),
    /// The database refuses it, and would again.
    Refused(String),
    /// It met another transaction, and was rolled back as a whole.
    Conflict(String),
    /// There is no connection, or it was lost before the commit: nothing was committed.
    Lost(String),
    /// The connection was lost during the commit: it is unknown whether it was committed.
    Unknown(String),
}

impl Fault {
    /// The fault of a failed commit.
    pub(super) fn of_commit(error: &Error) -> Self {
        match Self::from(error) {
            // It was rolled back.
            conflict @ Self::Conflict(_) => conflict,
            Self::Refused(reason) if is_violation(error) => Self::Refused(reason),
            Self::Rule(error) => Self::Rule(error),
            Self::Refused(reason) | Self::Lost(reason) | Self::Unknown(reason) => Self::Unknown(reason),
        }
    }

    /// The fault of a statement after which the commit was sent without waiting for its answer.
    pub(super) fn before_commit(self) -> Self {
        match self {
            // Its answer was lost, and perhaps only that.
            Self::Lost(reason) => Self::Unknown(reason),
            fault => fault,
        }
    }

    pub(super) fn of_pool(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => Self::from(&error),
            PoolError::Timeout(_) => Self::Lost("no connection is free".to_owned()),
            error => Self::Refused(error.to_string()),
        }
    }

    /// Whether the connection can be used again after a rollback.
    pub(super) fn leaves_connection(&self) -> bool {
        matches!(self, Self::Rule(_) | Self::Refused(_) | Self::Conflict(_))
    }

    /// The error of the journal with this name.
    pub(super) fn error(self, name: &str) -> JournalError {
        match self {
            Self::Rule(error) => error,
            Self::Refused(reason) => JournalError::new(format!("the journal {name} cannot be used: {reason}"))
                .with_kind(JournalErrorKind::Refused),
            Self::Conflict(reason) | Self::Lost(reason) => {
                JournalError::new(format!("the journal {name} cannot be used: {reason}"))
                    .with_kind(JournalErrorKind::Unavailable)
            }
            Self::Unknown(reason) => JournalError::new(format!(
                "the journal {name} did not confirm a change, and it is unknown whether it is stored: {reason}"
            ))
            .with_kind(JournalErrorKind::Unconfirmed),
        }
    }
}

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let reason = text(error);
        let Some(code) = error.code() else {
            // A value that cannot be sent or read fails on every connection.
            let is_of_connection = error.is_closed() || has_io_source(error);
            return if is_of_connection {
                Self::Lost(reason)
            } else {
                Self::Refused(reason)
            };
        };
        match code {
            &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED
            | &SqlState::LOCK_NOT_AVAILABLE
            // The other transaction is seen when this one is repeated.
            | &SqlState::UNIQUE_VIOLATION => Self::Conflict(reason),
            &SqlState::ADMIN_SHUTDOWN
            | &SqlState::CRASH_SHUTDOWN
            | &SqlState::CANNOT_CONNECT_NOW
            | &SqlState::TOO_MANY_CONNECTIONS
            | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            // A primary server that has become a replica.
            | &SqlState::READ_ONLY_SQL_TRANSACTION => Self::Lost(reason),
            code if code.code().starts_with("08") => Self::Lost(reason),
            _ => Self::Refused(reason),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        Self::Rule(error)
    }
}

impl From<Unreadable> for Fault {
    fn from(record: Unreadable) -> Self {
        Self::Rule(record.into())
    }
}

/// Whether a constraint rejected it.
fn is_violation(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("23"))
}

fn has_io_source(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.is::<std::io::Error>() {
            return true;
        }
        source = error.source();
    }
    // The time limit of a connection attempt.
    error.to_string().contains("timeout")
}

/// The message with its causes, without values of records.
fn text(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} (SQLSTATE {})", error.message(), error.code().code());
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
