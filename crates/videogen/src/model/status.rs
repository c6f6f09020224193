//! Status of a task.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::model::Vendor;
use crate::model::mask::steers_a_terminal;

/// Status of a task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskStatus {
    /// Accepted, not started.
    Queued,
    /// Running.
    InProgress,
    /// Finished; the video can be downloaded.
    Completed,
    /// Failed; there is no video.
    Failed,
    /// Cancelled.
    Cancelled,
    /// Timed out at the provider.
    Expired,
    /// A status this version does not know, or `unknown`, if the vendor's response shows none. The task may still be running.
    Unknown(String),
}

impl TaskStatus {
    /// Parses a vendor's status, ignoring case.
    ///
    /// ```
    /// use videogen::TaskStatus;
    ///
    /// assert_eq!(TaskStatus::from_vendor("SUCCESS"), TaskStatus::Completed);
    /// assert!(!TaskStatus::from_vendor("simmering").is_ended());
    /// ```
    #[must_use]
    pub fn from_vendor(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "queued" | "submitted" | "pending" | "not_start" => Self::Queued,
            "in_progress" | "processing" | "running" => Self::InProgress,
            "completed" | "succeeded" | "success" => Self::Completed,
            "failed" | "failure" | "error" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            "expired" => Self::Expired,
            "" => Self::Unknown("unknown".to_owned()),
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// Parses a status of `vendor`: its spec has the words that mean something else at this vendor, or that only it uses.
    pub(crate) fn of(vendor: Vendor, word: &str) -> Self {
        Self::among(vendor.facts().tasks.statuses, word)
    }

    fn among(own: &[(&str, &str)], word: &str) -> Self {
        let mut own = own.iter().filter(|(known, _)| known.eq_ignore_ascii_case(word.trim()));
        Self::from_vendor(own.next().map_or(word, |(_, status)| status))
    }

    /// Returns the name used in JSON.
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

    /// Returns whether the task is completed, so that the video can be downloaded.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        *self == Self::Completed
    }

    /// Returns whether the task has ended, with or without a video. `false` for an unknown status.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Expired)
    }
}

/// Escapes terminal control characters in an unknown status.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendors_own_words_come_first() {
        let own = [("aborted", "cancelled"), ("success", "in_progress")];
        for (word, status) in [
            ("Aborted ", TaskStatus::Cancelled),
            ("success", TaskStatus::InProgress),
            ("queued", TaskStatus::Queued),
            ("simmering", TaskStatus::Unknown("simmering".to_owned())),
            ("", TaskStatus::Unknown("unknown".to_owned())),
        ] {
            assert_eq!(TaskStatus::among(&own, word), status, "{word}");
        }
        assert_eq!(TaskStatus::among(&[], "success"), TaskStatus::Completed);
    }
}
