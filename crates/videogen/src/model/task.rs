//! Tasks: the status and result of a request.

use std::fmt;

use bytes::Bytes;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::TaskStatus;
use crate::model::{
    Adjustment, ErrorKind, Expected, Money, Note, Reserved, SecretUrl, TaskCost, TaskId, TaskParameters, Timestamp,
    UnitPrice, UnlistedModel,
};

/// A video task as last reported by the vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VideoTask {
    /// Task id, as returned by the submission or given by the caller. It never changes.
    pub id: TaskId,
    /// The vendor's id in this response, if it differs from `id`: a gateway may return the id of the service behind it.
    /// Requests, the journal and webhooks use `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_id: Option<String>,
    /// Current status.
    pub status: TaskStatus,
    /// The status as the vendor spells it.
    pub vendor_status: String,
    /// Model id, as the vendor returns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Prompt, if the vendor returns it. Some rewrite or cut it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Progress in percent, if the vendor reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<u8>,
    /// Time of creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Time of completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The caller's id for the request, if the vendor returns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// What it was made with, as far as the vendor returns it.
    #[serde(default, skip_serializing_if = "TaskParameters::is_empty")]
    pub parameters: TaskParameters,
    /// Whether the task or its files have expired, if the vendor reports it. See [`is_removed`](Self::is_removed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<bool>,
    /// The finished video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Video>,
    /// Further videos, if the vendor made several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_videos: Vec<Video>,
    /// The last frame as an image, if requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<SecretUrl>,
    /// Tokens and searches used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What it was expected to cost: on the task returned by a submission, and later on tasks that are in the client's journal.
    /// See [`cost`](Self::cost).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Reserved>,
    /// Price of a unit, in place of the estimate, if its cost was unknown only because the number of units was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<UnitPrice>,
    /// What the user entered as its cost, of tasks that are in the client's journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_cost: Option<TaskCost>,
    /// Reason of the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// The vendor's id of the request that returned this, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The requested model, if the vendor's spec does not list it, so that its limits were not checked; on the task returned
    /// by a submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlisted_model: Option<UnlistedModel>,
    /// Values that were sent although the vendor may refuse them, on the task returned by a submission.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Fields that were dropped or rounded, on the task returned by a submission.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// Whether an earlier submission created the task, and this call created none: the idempotency key was used before, or the
    /// vendor answered HTTP 409 with the task that it already has.
    #[serde(default, alias = "repeated", skip_serializing_if = "is_false")]
    pub already_submitted: bool,
    /// Reason why the accepted task could not be recorded in the journal.
    #[serde(default, alias = "unrecorded", skip_serializing_if = "Option::is_none")]
    pub journal_error: Option<String>,
    /// The vendor's response as received, including presigned URLs.
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
            vendor_id: None,
            status: TaskStatus::of(id.vendor(), &vendor_status),
            id,
            vendor_status,
            model: None,
            prompt: None,
            progress: None,
            created_at: None,
            updated_at: None,
            completed_at: None,
            client_reference: None,
            parameters: TaskParameters::default(),
            expired: None,
            video: None,
            more_videos: Vec::new(),
            last_frame: None,
            usage: None,
            estimate: None,
            unit_price: None,
            entered_cost: None,
            error: None,
            request_id: None,
            unlisted_model: None,
            notes: Vec::new(),
            adjustments: Vec::new(),
            already_submitted: false,
            journal_error: None,
            raw: Raw::default(),
        }
    }

    /// Returns the task with what only the task returned by its submission has: the notes on the request, its adjustments, and
    /// how it was recorded, and its estimate.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// let submitted = client.submit(&request).await?;
    /// let task = client.wait(&submitted).await?.submitted_as(&submitted);
    /// println!("{:?}", task.adjustments);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn submitted_as(mut self, submitted: &Self) -> Self {
        self.unlisted_model.clone_from(&submitted.unlisted_model);
        self.notes.clone_from(&submitted.notes);
        self.adjustments.clone_from(&submitted.adjustments);
        self.already_submitted = submitted.already_submitted;
        self.expect(Expected {
            estimate: submitted.estimate.clone(),
            unit_price: submitted.unit_price.clone(),
            entered: submitted.entered_cost.clone(),
        });
        self.journal_error.clone_from(&submitted.journal_error);
        self
    }

    /// Iterates over all its videos. Most tasks have one.
    pub fn videos(&self) -> impl Iterator<Item = &Video> {
        self.video.iter().chain(&self.more_videos)
    }

    /// Sets its videos, the first and further ones.
    #[allow(dead_code, reason = "only some vendors make several")]
    pub(crate) fn set_videos(&mut self, videos: impl IntoIterator<Item = Video>) {
        let mut videos = videos.into_iter();
        self.video = videos.next();
        self.more_videos = videos.collect();
    }

    /// Returns whether the task is completed, and the vendor has removed its files since.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.status.is_completed() && self.expired == Some(true) && self.video.is_none()
    }

    /// Whether the task needs no more polls: it has ended, and has its video if it is completed. A vendor may report
    /// completion before the URL, and lists omit the URL.
    pub(crate) fn is_final(&self) -> bool {
        self.status.is_ended() && (!self.status.is_completed() || self.video.is_some() || self.is_removed())
    }

    /// Returns the task with the id that was requested. A different id in the response becomes `vendor_id`.
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
    /// Expiry of the URL, if the vendor reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// File format, such as `mp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Length in seconds, if the vendor returns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Resolution tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Aspect ratio.
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
    /// Returns the usual extension of the file's name, without its dot: by the format that the vendor reports, or else by the
    /// path of the URL; `None` if neither shows it.
    #[must_use]
    pub fn extension(&self) -> Option<&'static str> {
        let known = |word: &str| match word.to_ascii_lowercase().as_str() {
            "mp4" => Some("mp4"),
            "mov" | "quicktime" => Some("mov"),
            "webm" => Some("webm"),
            _ => None,
        };
        let format = self.format.as_deref().and_then(known);
        format.or_else(|| {
            let path = self.url.expose().split(['?', '#']).next()?;
            known(path.rsplit('/').next()?.rsplit_once('.')?.1)
        })
    }

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

/// Usage of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Usage {
    /// Completion tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<i64>,
    /// Total tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<i64>,
    /// Number of web searches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_searches: Option<i64>,
    /// What the vendor charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What the vendor reported as the cost, where that is not an amount, such as `-1`; at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable_cost: Option<String>,
    /// Seconds for which the model ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub seconds: Option<Decimal>,
    /// Units that were billed, where the vendor prices models by units. It does not name the unit, so they give no cost, unless
    /// they can only be seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub billable_units: Option<Decimal>,
}

/// Reason of a task's failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TaskError {
    /// Kind of failure: `moderated`, or `vendor` for all others.
    pub kind: ErrorKind,
    /// The vendor's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's error message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The parameter at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
}

impl TaskError {
    /// Creates a failure from the vendor's code and message, if there are any.
    pub(crate) fn new(code: Option<String>, message: Option<String>) -> Option<Self> {
        if code.is_none() && message.is_none() {
            return None;
        }
        let kind = if [&code, &message].into_iter().flatten().any(|text| is_moderation(text)) {
            ErrorKind::Moderated
        } else {
            ErrorKind::Vendor
        };
        Some(Self {
            kind,
            code,
            message,
            param: None,
        })
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(param) = &self.param
            && !self.message.as_ref().is_some_and(|message| message.contains(param))
        {
            write!(f, "{param}: ")?;
        }
        match (&self.message, &self.code) {
            (Some(message), Some(code)) if !message.contains(&format!("({code})")) => write!(f, "{message} ({code})"),
            (Some(text), _) | (None, Some(text)) => f.write_str(text),
            (None, None) => f.write_str("the vendor gave no reason"),
        }
    }
}

/// Whether a vendor's code or message is about moderation. The codes of failed tasks are undocumented, so this looks
/// for phrases; single words such as `safety` also occur in parameter names.
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
        "privacyinformation",
        "real person",
    ];
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// JSON as the vendor sent it, parsed on demand. It contains presigned URLs, so `Debug` prints only its size.
#[derive(Clone, Default)]
pub struct Raw(Bytes);

impl Raw {
    /// The value, once parsed.
    pub(crate) fn of(text: Bytes) -> Self {
        Self(text)
    }

    /// Parses the JSON. Returns `null` when there was no response or it was not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0).unwrap_or_default()
    }

    /// The JSON, not parsed.
    pub(crate) fn text(&self) -> &[u8] {
        &self.0
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

/// Compares the JSON values, not their formatting.
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
            _ => f.write_str("Raw(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moderation_is_distinguished_from_an_invalid_parameter() {
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
    fn statuses_are_parsed_in_any_case() {
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
        assert!(!odd.is_ended());
    }
}
