//! Kinds of failure.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The key is missing, wrong, frozen, or may not use this.
    Auth,
    /// The account's balance does not cover the request.
    Balance,
    /// Too many requests.
    RateLimited,
    /// The request breaks a rule; nothing was sent, or the vendor refused it.
    InvalidRequest,
    /// The prompt, an input or the result was refused for its content.
    Moderated,
    /// No such task or model.
    NotFound,
    /// The task's state does not allow it.
    Conflict,
    /// The vendor, or the provider behind it, failed.
    Vendor,
    /// The network failed.
    Transport,
    /// The vendor's answer could not be read.
    Decode,
    /// It is not known whether a submission was accepted.
    AmbiguousSubmit,
    /// The task exists and may be billed, but its polls keep being refused. It can be waited for again.
    NotFollowed,
    /// A time limit of the caller's own passed.
    Timeout,
    /// A file could not be read or written.
    Io,
    /// The vendor has no such operation.
    Unsupported,
    /// The client is not set up: no key, or an unusable base URL.
    Config,
    /// The task ended without a video to fetch.
    NoVideo,
    /// The task has not ended yet.
    NotReady,
    /// The journal could not be read or written.
    Journal,
}

impl ErrorKind {
    /// The name, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Balance => "balance",
            Self::RateLimited => "rate_limited",
            Self::InvalidRequest => "invalid_request",
            Self::Moderated => "moderated",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Vendor => "vendor",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::AmbiguousSubmit => "ambiguous_submit",
            Self::NotFollowed => "not_followed",
            Self::Timeout => "timeout",
            Self::Io => "io",
            Self::Unsupported => "unsupported",
            Self::Config => "config",
            Self::NoVideo => "no_video",
            Self::NotReady => "not_ready",
            Self::Journal => "journal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
