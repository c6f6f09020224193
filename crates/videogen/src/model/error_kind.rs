//! Kinds of failure.

use std::fmt;

use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::{Deserialize, Serialize};

/// Kind of an [`Error`](crate::Error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The API key is missing, invalid, suspended, or lacks permission.
    Auth,
    /// The account's balance does not cover the request.
    Balance,
    /// A cap of the caller does not allow what the submission may cost: a budget, or the maximum cost.
    Budget,
    /// The same request was submitted a short time ago, and the caller refuses to repeat it.
    Repeated,
    /// Too many requests (HTTP 429).
    RateLimited,
    /// The request is invalid: it was not sent, or the vendor refused it.
    InvalidRequest,
    /// The prompt, an input or the result was refused by moderation.
    Moderated,
    /// No such task or model.
    NotFound,
    /// The state of the task or journal entry does not allow the operation.
    Conflict,
    /// The network failed.
    Transport,
    /// The vendor's response could not be parsed.
    Decode,
    /// The status of a submission is unknown: the vendor may have accepted it.
    AmbiguousSubmit,
    /// The task exists and may be billed, but its polls keep being refused, or show a completed task without a link to its video.
    /// Waiting can resume later.
    #[serde(alias = "not_followed")]
    PollRefused,
    /// A timeout set by the caller elapsed.
    Timeout,
    /// A file could not be read or written.
    Io,
    /// The vendor does not support the operation.
    Unsupported,
    /// The configuration is invalid: no API key, or an invalid base URL.
    Config,
    /// The task ended without a downloadable video.
    NoVideo,
    /// The file is larger than the limit set by the caller.
    TooLarge,
    /// The task has not ended yet.
    NotReady,
    /// The journal could not be read or written.
    Journal,
    /// The vendor, or the provider behind it, failed. Also a recorded kind that this version does not know.
    #[serde(other)]
    Vendor,
}

impl ErrorKind {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Balance => "balance",
            Self::Budget => "budget",
            Self::Repeated => "repeated",
            Self::RateLimited => "rate_limited",
            Self::InvalidRequest => "invalid_request",
            Self::Moderated => "moderated",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Vendor => "vendor",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::AmbiguousSubmit => "ambiguous_submit",
            Self::PollRefused => "poll_refused",
            Self::Timeout => "timeout",
            Self::Io => "io",
            Self::Unsupported => "unsupported",
            Self::Config => "config",
            Self::NoVideo => "no_video",
            Self::TooLarge => "too_large",
            Self::NotReady => "not_ready",
            Self::Journal => "journal",
        }
    }

    /// Returns whether a failure of this kind is often temporary, so that the unchanged call may succeed later. For a
    /// submission, use [`Error::is_retryable`](crate::Error::is_retryable), which also considers whether it was sent.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Vendor | Self::Transport | Self::Decode)
    }
}

impl ErrorKind {
    /// The kind with this name in JSON.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, ValueError> = name.into_deserializer();
        Self::deserialize(name).ok()
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
