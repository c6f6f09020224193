//! Reasons for not acknowledging a delivery.

use std::fmt;

use crate::model::{Error, TaskId};

/// Reason for not acknowledging a delivery, so that the vendor may repeat it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The delivery is not authenticated, or not for this receiver. Answer all of these with the same 404, so that attempts
    /// reveal nothing.
    Refused(Refusal),
    /// The signature cannot be checked now: the vendor's public keys could not be fetched.
    Unverified(Error),
    /// The token is not bound to a task yet. The delivery is remembered, and handled by
    /// [`Receiver::bind`](super::Receiver::bind).
    Unbound,
    /// The same event is being handled concurrently.
    Busy,
    /// Polling the task failed.
    Fetch(Error),
    /// The task has not ended according to a poll, or its video has no URL yet.
    NotEnded(TaskId),
    /// The event handler failed.
    Handler(Box<dyn std::error::Error + Send + Sync>),
}

/// Reason for refusing a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The token is missing or unknown.
    Token,
    /// A signature header is missing, duplicated or invalid.
    Header,
    /// The signature timestamp is too old, or too far in the future.
    Time,
    /// No signature matches any secret, or any public key of the vendor.
    Signature,
    /// The body is signed, but is not a valid event.
    Body,
    /// The vendor does not know the task.
    Task,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "the callback token is missing or unknown",
            Self::Header => "a signature header is missing, duplicated or invalid",
            Self::Time => "the signature timestamp is too far from the current time; check the clock",
            Self::Signature => "the signature matches no key; check the webhook secret if the vendor signs with one",
            Self::Body => "the body is signed, but is not a valid event",
            Self::Task => "the vendor does not know its task",
        })
    }
}

impl Rejection {
    /// Returns the HTTP status of the response: 404, or 503 when the vendor should retry.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused(_) => 404,
            _ => 503,
        }
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "webhook refused: {refusal}"),
            Self::Unverified(error) => write!(f, "the webhook's signature cannot be checked now: {error}"),
            Self::Unbound => f.write_str("the webhook arrived before its task was bound; it will be handled then"),
            Self::Busy => f.write_str("the same webhook is being handled concurrently"),
            Self::Fetch(error) => write!(f, "cannot poll the task of the webhook: {error}"),
            Self::NotEnded(id) => write!(f, "the webhook arrived before {id} had ended"),
            Self::Handler(error) => write!(f, "the event handler failed: {error}"),
        }
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unverified(error) | Self::Fetch(error) => Some(error),
            Self::Handler(error) => Some(&**error),
            _ => None,
        }
    }
}
