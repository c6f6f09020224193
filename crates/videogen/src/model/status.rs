//! Status of a task.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::model::mask::steers_a_terminal;

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskStatus {
    /// Accepted, not begun.
    Queued,
    /// Being made.
    InProgress,
    /// Done; the video can be fetched.
    Completed,
    /// Ended without a video.
    Failed,
    /// Ended by the caller.
    Cancelled,
    /// Ended because it took too long, or its result is gone.
    Expired,
    /// A word nobody has met yet. The task may still be running.
    Unknown(String),
}

impl TaskStatus {
    /// Reads a vendor's word, whatever its case.
    #[must_use]
    pub fn from_vendor(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "queued" | "submitted" | "pending" | "not_start" => Self::Queued,
            "in_progress" | "processing" | "running" => Self::InProgress,
            "completed" | "succeeded" | "success" => Self::Completed,
            "failed" | "failure" | "error" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            "expired" => Self::Expired,
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// The name, as it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Unknown(word) => word,
        }
    }

    /// Whether the video can be downloaded.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        *self == Self::Completed
    }

    /// Whether the task has ended, with a video or without. An unknown status has not.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.is_terminal()
    }

    /// Whether the task will not change any more: the same as [`is_ended`](Self::is_ended).
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Expired)
    }
}

/// Fit to be shown: a vendor's word is escaped where it would steer a terminal.
impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.as_str().chars() {
            if steers_a_terminal(c) {
                write!(f, "{}", c.escape_debug())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

impl Serialize for TaskStatus {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TaskStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::from_vendor(&word))
    }
}
