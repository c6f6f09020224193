//! What a task was made with.

use serde::{Deserialize, Serialize};

use crate::model::{TaskId, VideoDuration};

/// Parameters of a task, as the vendor returns them: those of the request, and what the model chose for the rest.
///
/// ```
/// let mut parameters = videogen::task::TaskParameters::default();
/// parameters.seed = Some(7);
/// assert_eq!(serde_json::to_value(&parameters).expect("JSON"), serde_json::json!({"seed": 7}));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TaskParameters {
    /// Kind of input, in the vendor's word, such as `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// Requested length. `auto`: the model decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<VideoDuration>,
    /// Resolution tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Aspect ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Whether audio is generated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate_audio: Option<bool>,
    /// Random seed used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Whether there is a watermark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<bool>,
    /// Whether the last frame is returned as an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_last_frame: Option<bool>,
    /// Service tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Seconds until the vendor abandons the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<i64>,
    /// Safety identifier of the end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// Whether the task is a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// The draft that the task starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_task: Option<TaskId>,
}

impl TaskParameters {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
