//! Portable task ids.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::model::Vendor;

/// Characters that would end the token on a command line or in a list.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'\'').add(b'%').add(b',').add(b';');

/// Id of a task: vendor, endpoint family and the vendor's id. It is all that is needed to find the task, and not a
/// secret.
///
/// It is formatted as one token and parses back from it:
///
/// ```
/// # fn main() -> Result<(), videogen::task::ParseTaskIdError> {
/// let id: videogen::TaskId = "token360:videos:video-4f1c".parse()?;
/// assert_eq!((id.family(), id.id()), ("videos", "video-4f1c"));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId {
    vendor: Vendor,
    family: String,
    id: String,
}

impl TaskId {
    /// Creates the id of a task that `vendor` calls `id`, created through the endpoint family `family`. Returns `None`
    /// when a part is empty, or the family contains other characters than letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn new(vendor: Vendor, family: impl Into<String>, id: impl Into<String>) -> Option<Self> {
        let (family, id) = (family.into(), id.into());
        (is_family(&family) && !id.is_empty()).then_some(Self { vendor, family, id })
    }

    /// Returns the vendor.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Returns the endpoint family that created the task.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Returns the vendor's id of the task.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The vendor's id without what polling needs before it: the last segment.
    pub(crate) fn own(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the id can be used in a URL path without changing its target. A slash is sent encoded, and a gateway may
    /// decode it, so no segment may be empty, `.` or `..`.
    pub(crate) fn is_path_safe(&self) -> bool {
        !self.id.contains('\\') && self.id.split('/').all(|part| !matches!(part, "" | "." | ".."))
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}",
            self.vendor,
            self.family,
            utf8_percent_encode(&self.id, UNSAFE)
        )
    }
}

/// Whether a word can be the family of a task id, so that the id parses again.
fn is_family(word: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !word.is_empty() && word.chars().all(is_allowed)
}

/// Error of parsing a [`TaskId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTaskIdError(String);

impl fmt::Display for ParseTaskIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseTaskIdError {}

impl FromStr for TaskId {
    type Err = ParseTaskIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |reason: &str| ParseTaskIdError(format!("invalid task id: {reason}; the format is vendor:family:id"));
        let mut parts = text.splitn(3, ':');
        let (Some(vendor), Some(family), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("a part is missing"));
        };
        // Another version may support more families; an unknown one is rejected when the task is used.
        if !is_family(family) {
            return Err(bad("the family may contain only letters, digits, `-`, `_` and `.`"));
        }
        let vendor: Vendor = vendor.parse().map_err(|_| {
            let known: Vec<_> = Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect();
            ParseTaskIdError(format!(
                "unknown vendor `{vendor}` in the task id `{text}`; this version supports {}. Use the version that created the task",
                known.join(", ")
            ))
        })?;
        let id = percent_decode_str(id)
            .decode_utf8()
            .map_err(|_| bad("the id is not UTF-8"))?;
        Self::new(vendor, family, id).ok_or_else(|| bad("the id is empty"))
    }
}

impl Serialize for TaskId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
