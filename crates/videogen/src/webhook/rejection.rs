//! Why a delivery is not acknowledged.

use std::fmt;

use crate::model::{Error, TaskId};

/// Why a delivery is not acknowledged, and so comes again where the vendor repeats it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// It proves nothing, or nothing that concerns this receiver. All of these are to be answered alike, with 404, so that
    /// nobody learns anything by trying.
    Refused(Refusal),
    /// The token's submission has not been bound to a task yet. The hint is kept, and taken up by
    /// [`Receiver::bind`](super::Receiver::bind).
    Unbound,
    /// The same event is being handled at this moment.
    Busy,
    /// The task could not be asked for.
    Fetch(Error),
    /// The vendor calls, but says of the task itself that it has not ended, or gives no URL for its video.
    NotEnded(TaskId),
    /// The application could not take the event.
    Handler(Box<dyn std::error::Error + Send + Sync>),
}

/// What is wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no token, or one that was never given out.
    Token,
    /// A header of the signature is missing, there twice, or cannot be read.
    Header,
    /// It was signed too long ago, or too far ahead.
    Time,
    /// No signature fits any secret.
    Signature,
    /// It is signed, but cannot be read as an event.
    Body,
    /// It is about a task that the vendor does not know.
    Task,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "the callback token is missing or unknown",
            Self::Header => "a header of the signature is missing or unreadable",
            Self::Time => "it was signed at another time than now",
            Self::Signature => "the signature is wrong",
            Self::Body => "it is signed, but is no event that can be read",
            Self::Task => "it is about a task that does not exist",
        })
    }
}

impl Rejection {
    /// The HTTP status to answer with: 404, or 503 where the vendor should try again.
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
            Self::Refused(refusal) => write!(f, "the webhook is refused: {refusal}"),
            Self::Unbound => f.write_str("the webhook came before its task was bound; it is kept for that"),
            Self::Busy => f.write_str("the same webhook is being handled"),
            Self::Fetch(error) => write!(f, "the webhook's task could not be asked for: {error}"),
            Self::NotEnded(id) => write!(f, "the webhook came before {id} had ended"),
            Self::Handler(error) => write!(f, "the event could not be taken: {error}"),
        }
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Fetch(error) => Some(error),
            Self::Handler(error) => Some(&**error),
            _ => None,
        }
    }
}
