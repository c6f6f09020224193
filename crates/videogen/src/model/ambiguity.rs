//! What is known of a submission whose fate is not, and how to look for it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::mask::is_masked;
use crate::model::{TaskId, Timestamp, Vendor, VideoTask};

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
    /// Prompt asked for; of a URL in it only the host.
    pub prompt: String,
    /// The caller's own id, where one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Other fields that were asked for and that an answer may repeat.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// Its entry in the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// By how many seconds the vendor's clock was ahead then, where an answer of it had shown that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_skew: Option<i64>,
    /// How far it got.
    #[serde(default)]
    pub progress: Progress,
    /// HTTP status, when an answer began to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The vendor's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Tasks that an answer named which was no acceptance.
    #[serde(
        default,
        alias = "possible_task",
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub possible_tasks: Vec<TaskId>,
    /// How the answer began, without what URLs hide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// How far a submission got whose fate is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Progress {
    /// Nobody lived to tell.
    #[default]
    Unknown,
    /// The connection stood; no answer came.
    Sent,
    /// An answer began and broke off.
    PartlyAnswered,
    /// The answer is whole, and does not tell.
    Answered,
}

impl Ambiguity {
    /// Whether a task was made with the parameters of this submission. `None`: it shows none of them.
    pub(crate) fn agrees(&self, task: &VideoTask) -> Option<bool> {
        let raw = task.raw.json();
        let shown = |name: &String| raw.get("parameters").unwrap_or(&raw).get(name);
        self.parameters
            .iter()
            // What was left to the model is answered with what it chose.
            .filter(|(_, asked)| !matches!(asked.as_str(), Some("auto" | "adaptive")))
            .filter(|(_, asked)| !asked.as_str().is_some_and(is_masked))
            .filter_map(|(name, asked)| Some(shown(name).filter(|shown| !shown.is_null())? == asked))
            .reduce(|all, one| all && one)
    }
}

/// Reads what earlier versions wrote too: one task.
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

/// What a request asks for beside model and prompt that an answer may repeat.
pub(crate) fn parameters(request: &Value) -> Map<String, Value> {
    const NAMES: [&str; 6] = [
        "duration",
        "resolution",
        "aspect_ratio",
        "generate_audio",
        "seed",
        "watermark",
    ];
    NAMES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), request.get(name)?.clone())))
        .collect()
}
