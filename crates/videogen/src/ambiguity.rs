//! What is known of a submission whose fate is not, and how to look for it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{TaskId, Vendor, VideoTask};

/// Clocks differ, and a service may store a task only after its provider has answered.
const EARLY: Duration = Duration::from_secs(2 * 60);
const LATE: Duration = Duration::from_secs(10 * 60);

/// Everything that is known of a submission that may or may not have been accepted. It holds no secret, and can be kept to
/// [reconcile](crate::Client::reconcile) later or elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ambiguity {
    /// Vendor.
    pub vendor: Vendor,
    /// Endpoint family.
    pub family: String,
    /// Model asked for.
    pub model: String,
    /// Prompt asked for.
    pub prompt: String,
    /// The caller's own id, where one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// HTTP status, when an answer began to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// A task id that stood in an answer which was no acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible_task: Option<TaskId>,
    /// How the answer began, without what URLs hide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// What became of an ambiguous submission, as far as the vendor can tell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reconciled {
    /// The vendor knows it by the caller's own id: this is the task.
    Found(Box<VideoTask>),
    /// Tasks that it may be. Any other writer on the account could have made them too, so none is taken for it.
    Candidates(Vec<VideoTask>),
    /// Nothing fits. Right after a broken connection that proves nothing: ask again over some minutes.
    NotFound,
}

impl Ambiguity {
    /// Whether a listed task may be this submission: same model, made around the same time and, where the vendor shows
    /// prompts, with the same one.
    pub(crate) fn may_be(&self, task: &VideoTask) -> bool {
        let same = |shown: Option<&str>, asked: &str| shown.is_none_or(|shown| shown == asked);
        let prompt = task.raw.0.get("prompt").and_then(|prompt| prompt.as_str());
        same(task.model.as_deref(), &self.model) && same(prompt, &self.prompt) && self.is_about(task)
    }

    /// Whether a task was made around the time of this submission. One that tells no time may have been.
    pub(crate) fn is_about(&self, task: &VideoTask) -> bool {
        let within = |at: Timestamp| {
            let (earliest, latest) = (self.sent_at.checked_sub(EARLY), self.sent_at.checked_add(LATE));
            earliest.is_ok_and(|earliest| earliest <= at) && latest.is_ok_and(|latest| at <= latest)
        };
        task.created_at.is_none_or(within)
    }
}
