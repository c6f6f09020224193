//! What to generate.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::VideoDuration;
use crate::model::mask;
use crate::model::{Adjust, Input, InvalidSource, Role, SecretUrl, Source, TaskId};

/// A request for a video, in words that hold for every vendor.
///
/// What is not set is not sent. What is set is sent or refused before any network is touched; nothing is dropped.
///
/// ```
/// use videogen::VideoRequest;
///
/// let request = VideoRequest::new("seedance-2.0", "a paper boat drifting down a rainy street")
///     .duration(8)
///     .resolution("720p")
///     .aspect_ratio("16:9")
///     .seed(0);
/// assert_eq!(request.seed, Some(0));
/// ```
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct VideoRequest {
    /// The vendor's id of the model, such as `seedance-2.0`. Ids that no table knows are allowed.
    pub model: String,
    /// What the video shows.
    pub prompt: String,
    /// Media to start from or to follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// Length of the video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<VideoDuration>,
    /// Length in frames, for the models that honour it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<u32>,
    /// Resolution tier, such as `720p`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Width to height, such as `16:9`, or `adaptive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Whether to make sound along with the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate_audio: Option<bool>,
    /// Random seed; 0 is a seed like any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Whether to put a watermark on the video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<bool>,
    /// Whether the camera stays where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_fixed: Option<bool>,
    /// Whether to return the last frame as an image, to continue from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_last_frame: Option<bool>,
    /// Service tier, such as `flex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Seconds after which the provider gives the task up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<u32>,
    /// A stable identifier of the end user, for the provider's safety systems.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// URL that the vendor calls when the task has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<SecretUrl>,
    /// The caller's own id for the request. It is a key to look up by, not a guard against paying twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Whether to make a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// The draft to finish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft_task: Option<TaskId>,
    /// Tools that the model may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// The caller's own keys and values, stored with the task.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Members of the vendor's own request, merged in last. Overriding a field of this type is an error.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// What may be done to which field when it cannot be sent as it is. Without permission the request is refused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub adjust: BTreeMap<String, Adjust>,
}

/// Shows of URLs, in whatever field, only the hosts, and no media.
impl fmt::Debug for VideoRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VideoRequest({})", mask::debug(self))
    }
}

/// A tool that the model may use.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// Kind of tool, such as `web_search`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its settings.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tool({})", mask::debug(self))
    }
}

impl VideoRequest {
    /// A request with nothing set but model and prompt.
    #[must_use]
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            prompt: prompt.into(),
            ..Self::default()
        }
    }

    /// Adds a medium in `role`: a [`Source`], or what becomes one, such as a URL, an `asset://` id or the path of a local
    /// file. What cannot be read is refused with the other violations, before anything is sent.
    ///
    /// ```
    /// use videogen::{Role, Vendor, VideoRequest, validate};
    ///
    /// let request = VideoRequest::new("seedance-2.0", "it sails on").input(Role::FirstFrame, "no-such-file.png");
    /// assert!(validate(Vendor::ALL[0], &request).iter().any(|violation| violation.field == "first_frame"));
    /// ```
    #[must_use]
    pub fn input<S>(mut self, role: Role, source: S) -> Self
    where
        S: TryInto<Source, Error: Into<InvalidSource>>,
    {
        let source = source
            .try_into()
            .unwrap_or_else(|invalid| Source::Invalid(invalid.into()));
        self.inputs.push(Input { role, source });
        self
    }

    /// The inputs that play `role`, in order.
    pub fn inputs_as(&self, role: Role) -> impl Iterator<Item = &Source> {
        self.inputs
            .iter()
            .filter(move |input| input.role == role)
            .map(|input| &input.source)
    }

    /// Lets the model decide the duration.
    #[must_use]
    pub fn duration_auto(mut self) -> Self {
        self.duration = Some(VideoDuration::Auto);
        self
    }

    /// Allows a field, or an input role, to be dropped or rounded when it cannot be sent as it is.
    #[must_use]
    pub fn adjust(mut self, field: impl Into<String>, how: Adjust) -> Self {
        self.adjust.insert(field.into(), how);
        self
    }

    /// Sets [`tools`](Self::tools) to one more tool without settings.
    #[must_use]
    pub fn tool(mut self, kind: impl Into<String>) -> Self {
        self.tools.push(Tool {
            kind: kind.into(),
            settings: Map::new(),
        });
        self
    }
}

macro_rules! setters {
    ($(from $kind:ty { $($field:ident),* $(,)? })*) => {
        impl VideoRequest {$($(
            #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
            #[must_use]
            pub fn $field(mut self, $field: $kind) -> Self {
                self.$field = Some($field.into());
                self
            }
        )*)*}
    };
}

setters! {
    from impl Into<VideoDuration> { duration }
    from u32 { frames, expires_after }
    from i64 { seed }
    from bool { generate_audio, watermark, camera_fixed, return_last_frame, draft }
    from impl Into<String> { resolution, aspect_ratio, service_tier, safety_identifier, client_reference }
    from impl Into<SecretUrl> { callback_url }
    from TaskId { draft_task }
}

macro_rules! media {
    ($($(#[$doc:meta])* $name:ident as $role:ident;)*) => {
        impl VideoRequest {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name<S>(self, source: S) -> Self
            where
                S: TryInto<Source, Error: Into<InvalidSource>>,
            {
                self.input(Role::$role, source)
            }
        )*}
    };
}

media! {
    /// Sets the image that the video begins with; see [`input`](Self::input).
    ///
    /// ```
    /// let request = videogen::VideoRequest::new("seedance-2.0", "it sails on")
    ///     .first_frame("https://media.example/boat.png")
    ///     .duration(std::time::Duration::from_secs(6));
    /// assert_eq!(request.inputs.len(), 1);
    /// ```
    first_frame as FirstFrame;
    /// Sets the image that the video ends with; see [`input`](Self::input).
    last_frame as LastFrame;
    /// Adds a reference image; see [`input`](Self::input).
    reference_image as ReferenceImage;
    /// Adds a reference video; see [`input`](Self::input).
    reference_video as ReferenceVideo;
    /// Adds a reference audio; see [`input`](Self::input).
    reference_audio as ReferenceAudio;
}
