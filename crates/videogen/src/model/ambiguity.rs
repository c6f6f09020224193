//! What is known of a submission whose fate is not, and how to look for it.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::mask::is_masked;
use crate::model::{TaskId, Timestamp, Vendor, VideoTask};

/// Clocks differ, and a service may store a task only after its provider has answered.
const EARLY: TimeDelta = TimeDelta::minutes(2);
const LATE: TimeDelta = TimeDelta::minutes(10);

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
    /// Whether a listed task may be this submission: same model, made around the same time and, where the vendor shows
    /// prompts, with the same one.
    pub(crate) fn may_be(&self, task: &VideoTask, hide: impl Fn(&str) -> String) -> bool {
        let raw = task.raw.json();
        let prompt = raw.get("prompt").and_then(|prompt| prompt.as_str());
        task.model.as_ref().is_none_or(|model| hide(model) == self.model)
            // Prompts are kept without what URLs hide, so they are compared without it.
            && prompt.is_none_or(|prompt| hide(prompt) == self.prompt)
            && self.is_about(task)
    }

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

    /// Whether a task is too old to be this submission.
    pub(crate) fn is_after(&self, task: &VideoTask) -> bool {
        task.created_at.is_some_and(|at| self.sent_at - at > EARLY)
    }

    /// Whether a task was made around the time of this submission. One that tells no time may have been.
    pub(crate) fn is_about(&self, task: &VideoTask) -> bool {
        !self.is_after(task) && task.created_at.is_none_or(|at| at - self.sent_at <= LATE)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that is a minute ahead, and a service that stores late, hide nothing; an hour is another submission.
    #[test]
    fn clocks_differ() {
        let sent_at: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a timestamp");
        let vendor = Vendor::ALL[0];
        let ambiguity = Ambiguity {
            vendor,
            family: "f".to_owned(),
            model: "m".to_owned(),
            prompt: "p".to_owned(),
            client_reference: None,
            parameters: Map::new(),
            intent: None,
            progress: Progress::Sent,
            sent_at,
            status: None,
            request_id: None,
            possible_tasks: Vec::new(),
            answer: None,
        };
        for (at, may_be, too_old) in [
            (Some("2026-11-21T11:59:00Z"), true, false),
            (Some("2026-11-21T12:09:00Z"), true, false),
            (Some("2026-11-21T11:57:59Z"), false, true),
            (Some("2026-11-21T13:00:00Z"), false, false),
            (None, true, false),
        ] {
            let mut task = VideoTask::new(TaskId::new(vendor, "f", "t").expect("an id"), String::new());
            task.created_at = at.map(|at| at.parse().expect("a timestamp"));
            assert_eq!(
                (ambiguity.may_be(&task, str::to_owned), ambiguity.is_after(&task)),
                (may_be, too_old),
                "{at:?}"
            );
        }
    }
}
