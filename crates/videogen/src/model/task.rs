//! What became of a request.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::TaskStatus;
use crate::model::{Adjustment, ErrorKind, SecretUrl, TaskId, Timestamp};

/// A video task as a vendor last told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VideoTask {
    /// Its name: the id that its submission returned, or that it was requested by. It never changes.
    pub id: TaskId,
    /// The vendor's id for it in this answer, where that is another one: a gateway may show the id of the service behind
    /// it. Only an alias: requests, the journal and webhooks go by `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
    /// Where it stands.
    pub status: TaskStatus,
    /// The vendor's own word for that.
    pub vendor_status: String,
    /// Model, as the vendor names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Progress in percent, where the vendor tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<u8>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// When it was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The caller's own id, where the vendor returns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// The finished video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Video>,
    /// The last frame as an image, when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<SecretUrl>,
    /// What was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// What was not sent as it was asked, on the task that a submission returns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// Whether an earlier submission with the same key made it, and this one sent nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repeated: bool,
    /// Why the journal does not know of it, when it could not be noted after it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrecorded: Option<String>,
    /// The vendor's answer as it came, presigned URLs included.
    #[serde(default, skip_serializing_if = "Raw::is_null")]
    pub raw: Raw,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
fn is_false(value: &bool) -> bool {
    !value
}

impl VideoTask {
    pub(crate) fn new(id: TaskId, vendor_status: String) -> Self {
        Self {
            id,
            vendor_id: None,
            status: TaskStatus::from_vendor(&vendor_status),
            vendor_status,
            model: None,
            progress: None,
            created_at: None,
            updated_at: None,
            completed_at: None,
            client_reference: None,
            video: None,
            last_frame: None,
            usage: None,
            error: None,
            adjustments: Vec::new(),
            repeated: false,
            unrecorded: None,
            raw: Raw::default(),
        }
    }

    /// The same task under the name that it was requested by. Another id in the answer becomes an alias.
    pub(crate) fn called(mut self, name: &TaskId) -> Self {
        if self.id != *name {
            let answered = std::mem::replace(&mut self.id, name.clone());
            self.vendor_id = Some(answered.id().to_owned()).filter(|id| id != name.id());
        }
        self
    }
}

/// A finished video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Video {
    /// Presigned URL of the file.
    pub url: SecretUrl,
    /// When the URL expires, where the vendor tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// File format, such as `mp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Length in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Resolution tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Width to height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Frames per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fps: Option<i64>,
    /// Number of frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<i64>,
    /// A preview image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<SecretUrl>,
}

impl Video {
    pub(crate) fn at(url: SecretUrl) -> Self {
        Self {
            url,
            expires_at: None,
            format: None,
            duration: None,
            resolution: None,
            aspect_ratio: None,
            fps: None,
            frames: None,
            thumbnail: None,
        }
    }
}

/// What a task used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<i64>,
    /// Tokens in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<i64>,
    /// Web searches made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_searches: Option<i64>,
}

/// Why a task failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskError {
    /// What kind of failure it was: `moderated`, or `vendor` for any other.
    pub kind: ErrorKind,
    /// The vendor's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl TaskError {
    /// Reads a failure from the vendor's code and words, if there are any.
    pub(crate) fn new(code: Option<String>, message: Option<String>) -> Option<Self> {
        if code.is_none() && message.is_none() {
            return None;
        }
        let kind = if [&code, &message].into_iter().flatten().any(|text| is_moderation(text)) {
            ErrorKind::Moderated
        } else {
            ErrorKind::Vendor
        };
        Some(Self { kind, code, message })
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, &self.code) {
            (Some(message), Some(code)) => write!(f, "{message} ({code})"),
            (Some(text), None) | (None, Some(text)) => f.write_str(text),
            (None, None) => f.write_str("the vendor gives no reason"),
        }
    }
}

/// Whether a vendor's code or message speaks of moderation. The codes are undocumented for failed tasks, so this goes by
/// phrases; single words such as `safety` also stand in the names of parameters.
pub(crate) fn is_moderation(text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace(['_', '-'], " ");
    let phrases = [
        "moderat",
        "content policy",
        "content violation",
        "policy violation",
        "sensitive content",
        "sensitive information",
        "sensitivecontent",
        "safety system",
        "safety policy",
        "safety check",
        "nsfw",
        "risk control",
    ];
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// JSON as a vendor sent it, read only when somebody asks for it. `Debug` shows only its size: it holds presigned URLs.
#[derive(Clone, Default)]
pub struct Raw(Bytes);

impl Raw {
    /// What was read as JSON before.
    pub(crate) fn of(text: Bytes) -> Self {
        Self(text)
    }

    /// Reads it. `null` when there was no answer, or none in JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0).unwrap_or_default()
    }

    fn is_null(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Value> for Raw {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::default(),
            value => Self(value.to_string().into()),
        }
    }
}

/// The same JSON, however it is written.
impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.json() == other.json()
    }
}

impl Serialize for Raw {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.json() {
            Value::Object(members) => write!(f, "Raw({} members)", members.len()),
            Value::Null => f.write_str("Raw(null)"),
            _ => f.write_str("Raw(…)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moderation_is_told_from_a_bad_parameter() {
        for text in [
            "content_policy_violation",
            "OutputVideoSensitiveContentDetected",
            "blocked by the safety system",
        ] {
            assert!(is_moderation(text), "{text}");
        }
        for text in [
            "safety_identifier must be at most 64 characters",
            "the key is case-sensitive",
            "bad ratio",
        ] {
            assert!(!is_moderation(text), "{text}");
        }
    }

    #[test]
    fn vendors_words_in_any_case() {
        use TaskStatus::{Cancelled, Completed, Expired, Failed, InProgress, Queued};
        for (word, status) in [
            ("submitted", Queued),
            ("QUEUED", Queued),
            ("processing", InProgress),
            ("Running", InProgress),
            ("in_progress", InProgress),
            ("succeeded", Completed),
            ("SUCCESS", Completed),
            ("completed", Completed),
            ("failed", Failed),
            ("canceled", Cancelled),
            ("cancelled", Cancelled),
            ("expired", Expired),
        ] {
            assert_eq!(TaskStatus::from_vendor(word), status, "{word}");
        }
        let odd = TaskStatus::from_vendor("Simmering");
        assert_eq!(odd.as_str(), "Simmering");
        assert!(!odd.is_terminal());
    }
}
