//! Submissions with an unknown status.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::mask::is_masked;
use crate::model::{TaskId, Timestamp, Vendor, VideoTask};

/// Everything known about a submission that the vendor may or may not have accepted.
///
/// It contains no secrets, so it can be stored and [reconciled](crate::Client::reconcile) later or in another process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Ambiguity {
    /// Vendor.
    pub vendor: Vendor,
    /// Endpoint family.
    pub family: String,
    /// Requested model.
    pub model: String,
    /// Requested prompt; URLs in it are reduced to their hosts.
    pub prompt: String,
    /// The client reference, if one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Other requested fields that a response may contain.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// Id of the journal entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Time of sending.
    pub sent_at: Timestamp,
    /// Seconds by which the vendor's clock was ahead, if known from the `Date` of a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew: Option<i64>,
    /// How far the request got.
    #[serde(default)]
    pub progress: Progress,
    /// HTTP status, if a response began to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Tasks named by a response that did not confirm the submission.
    #[serde(
        default,
        alias = "possible_task",
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub possible_tasks: Vec<TaskId>,
    /// Beginning of the response, with URLs reduced to their hosts.
    #[serde(default, alias = "answer", skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
}

/// How far a submission with an unknown status got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Progress {
    /// The connection was established; no response arrived.
    Sent,
    /// The response was cut off.
    PartlyAnswered,
    /// The response is complete, but does not show whether the request was accepted.
    Answered,
    /// Unknown: the sending process died, or a newer version recorded another progress.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Ambiguity {
    /// Returns whether the submission's task can be searched for. Otherwise only the vendor's console can show it.
    #[must_use]
    pub fn is_searchable(&self) -> bool {
        let reference = self.client_reference.as_deref();
        // A masked reference differs from the one that was sent.
        let has_reference = reference.is_some_and(|reference| !is_masked(reference));
        !self.possible_tasks.is_empty() || self.vendor.can_search(has_reference)
    }

    /// Whether a task has the parameters of this submission. `None`: it shows none of them.
    pub(crate) fn agrees(&self, task: &VideoTask) -> Option<bool> {
        let raw = task.raw.json();
        let shown = |name: &String| raw.get("parameters").unwrap_or(&raw).get(name);
        self.parameters
            .iter()
            // A response contains the model's choice for parameters left to it.
            .filter(|(_, value)| !matches!(value.as_str(), Some("auto" | "adaptive")))
            .filter(|(_, value)| !value.as_str().is_some_and(is_masked))
            .filter_map(|(name, value)| {
                let shown = shown(name).filter(|shown| !shown.is_null())?;
                Some(match (shown.as_str(), value.as_str()) {
                    // Vendors spell words in another letter case.
                    (Some(shown), Some(value)) => shown.eq_ignore_ascii_case(value),
                    _ => shown == value,
                })
            })
            .reduce(|all, one| all && one)
    }
}

/// Also reads the form of earlier versions: one task.
fn one_or_many<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<TaskId>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Tasks {
        One(TaskId),
        Many(Vec<TaskId>),
    }
    Ok(match Tasks::deserialize(json)? {
        Tasks::One(task) => vec![task],
        Tasks::Many(tasks) => tasks,
    })
}

/// The parameters, other than model and prompt, that a response may repeat.
pub(crate) fn parameters(request: &Value) -> Map<String, Value> {
    const NAMES: [&str; 6] = [
        "duration",
        "resolution",
        "aspect_ratio",
        "generate_audio",
        "seed",
        "watermark",
    ];
    let mut parameters = Map::new();
    for name in NAMES {
        if let Some(value) = request.get(name) {
            parameters.insert(name.to_owned(), value.clone());
        }
    }
    parameters
}
