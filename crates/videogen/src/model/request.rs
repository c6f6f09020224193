//! The request for a video.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use videogen_wire::facts;

use crate::model::VideoDuration;
use crate::model::mask;
use crate::model::{Adjust, Input, InvalidSource, Role, SecretUrl, Source, TaskId};

/// A request for a video, independent of the vendor.
///
/// Fields that are not set are not sent. Fields that are set are either sent or refused before any network access; none is
/// dropped silently.
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
    /// Model id at the vendor, such as `seedance-2.0`. Ids that are not in the vendor's table are sent, and
    /// their limits are not checked; see [`Capabilities`](crate::facts::Capabilities).
    pub model: String,
    /// Description of the video.
    pub prompt: String,
    /// First and last frame, and reference media.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// Length of the video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<VideoDuration>,
    /// Length in frames, for models that support it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<u32>,
    /// Resolution tier, such as `720p`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Aspect ratio, such as `16:9`, or `adaptive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Whether to generate audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate_audio: Option<bool>,
    /// Random seed; 0 is a valid seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Whether to add a watermark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<bool>,
    /// Whether to lock the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_fixed: Option<bool>,
    /// Whether to return the last frame as an image, for example as the first frame of the next video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_last_frame: Option<bool>,
    /// Service tier, such as `flex`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// Task timeout at the provider, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<u32>,
    /// A stable identifier of the end user, for the provider's safety systems.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_identifier: Option<String>,
    /// Webhook URL that the vendor calls when the task has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<SecretUrl>,
    /// The caller's id for the request, for lookups. It does not prevent paying twice; idempotency keys do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// Whether to render a low-cost draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<bool>,
    /// The draft task from which to render the final video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft_task: Option<TaskId>,
    /// Tools that the model may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// What to do with a reference video: `edit` it or `extend` it. Not set: the vendor's default, a new video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_operation: Option<String>,
    /// File format of the result, such as `mov`. Not set: the vendor's default, MP4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// Custom keys and values, stored with the task.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Additional members of the vendor's request body, merged in last. Overriding a field of this type is an error.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
    /// Adjustments permitted by field. A field that is not supported and has no permission is a violation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub adjust: BTreeMap<String, Adjust>,
    /// Fields whose unverified rules may be broken. It does not change what is sent, and is not part of the request's
    /// identity for an idempotency key.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub allow_unverified: BTreeSet<String>,
}

/// Masks URLs (hosts only, in all fields) and media.
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
    /// Settings of the tool.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tool({})", mask::debug(self))
    }
}

impl VideoRequest {
    /// Returns the id that the request goes to at a vendor: its model's, or where `model` stands for several endpoints, the
    /// one that the inputs choose.
    ///
    /// ```
    /// use videogen::facts::Capabilities;
    /// use videogen::{Vendor, VideoRequest};
    ///
    /// let request = VideoRequest::new(Vendor::ALL[0].default_model(), "a paper boat");
    /// let rules = Capabilities::of(Vendor::ALL[0], &request.model);
    /// assert_eq!(request.endpoint(rules.model), request.model);
    /// ```
    #[must_use]
    pub fn endpoint(&self, model: &facts::Model) -> &str {
        let Some(endpoints) = model.endpoints else {
            return &self.model;
        };
        let has = |is_frame: bool| {
            let mut roles = self.inputs.iter().map(|input| input.role);
            roles.any(|role| matches!(role, Role::FirstFrame | Role::LastFrame) == is_frame)
        };
        // The rules refuse a request with both, and one with inputs that no endpoint takes.
        let chosen = match (has(true), has(false)) {
            (true, _) => endpoints.frames,
            (false, true) => endpoints.references,
            (false, false) => None,
        };
        chosen.unwrap_or(endpoints.text)
    }

    /// Creates a request with a model and a prompt.
    #[must_use]
    pub fn new(model: impl Into<String>, prompt: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            prompt: prompt.into(),
            ..Self::default()
        }
    }

    /// Adds an input in `role`: a [`Source`], a URL, an `asset://` id, or the path of a local file. An invalid or unreadable
    /// source is reported with the other violations, before anything is sent.
    ///
    /// ```
    /// use videogen::{Role, Vendor, VideoRequest};
    /// use videogen::submit::validate;
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

    /// Permits reading the local files that `file:` paths of a deserialised request name. Without it they are violations: a
    /// service that takes requests from others must not read its own files for them. Those may send content as data URLs.
    ///
    /// ```
    /// use videogen::{Vendor, VideoRequest};
    /// use videogen::submit::validate;
    ///
    /// let json = r#"{"model": "seedance-2.0", "prompt": "x", "inputs": [{"role": "first_frame", "source": "file:/etc/passwd"}]}"#;
    /// let request: VideoRequest = serde_json::from_str(json)?;
    /// assert!(validate(Vendor::ALL[0], &request)[0].rule.contains("without permission"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn allow_file_paths(mut self) -> Self {
        for input in &mut self.inputs {
            if let Source::File(file) = &input.source {
                input.source = Source::File(file.clone().permitted());
            }
        }
        self
    }

    /// Iterates over the inputs with `role`, in order.
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

    /// Permits dropping or rounding a field (or an input role) that the model does not support.
    ///
    /// ```
    /// use videogen::{Adjust, VideoRequest};
    ///
    /// let request = VideoRequest::new("seedance-2.0", "a paper boat")
    ///     .resolution("2K")
    ///     .adjust("resolution", Adjust::Round)
    ///     .seed(7)
    ///     .adjust("seed", Adjust::Drop);
    /// ```
    #[must_use]
    pub fn adjust(mut self, field: impl Into<String>, how: Adjust) -> Self {
        self.adjust.insert(field.into(), how);
        self
    }

    /// Permits breaking unverified rules about a field (an input role, or `inputs` for combinations of inputs): rules that
    /// only clients have shown and no page of the vendor documents ([`Violation::unverified`](crate::Violation)). The field is
    /// sent unchanged, and the vendor decides. Naming a field without such a rule is a violation.
    ///
    /// ```
    /// use videogen::{Vendor, VideoRequest};
    /// use videogen::submit::plan;
    ///
    /// let request = VideoRequest::new("seedance-2.0", "a paper boat").duration(20);
    /// let refused = plan(Vendor::Token360, None, &request).unwrap_err();
    /// assert!(refused.violations()[0].unverified);
    /// let plan = plan(Vendor::Token360, None, &request.allow_unverified("duration"))?;
    /// assert_eq!(plan.body["duration"], 20);
    /// assert_eq!(plan.overridden[0].field, "duration");
    /// # Ok::<(), videogen::Error>(())
    /// ```
    #[must_use]
    pub fn allow_unverified(mut self, field: impl Into<String>) -> Self {
        self.allow_unverified.insert(field.into());
        self
    }

    /// Adds a tool without settings to [`tools`](Self::tools).
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
    from impl Into<String> { resolution, aspect_ratio, service_tier, safety_identifier, client_reference, video_operation, output_format }
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
    /// Sets the first frame of the video; see [`input`](Self::input).
    ///
    /// ```
    /// let request = videogen::VideoRequest::new("seedance-2.0", "it sails on")
    ///     .first_frame("https://media.example/boat.png")
    ///     .duration(std::time::Duration::from_secs(6));
    /// assert_eq!(request.inputs.len(), 1);
    /// ```
    first_frame as FirstFrame;
    /// Sets the last frame of the video; see [`input`](Self::input).
    last_frame as LastFrame;
    /// Adds a reference image; see [`input`](Self::input).
    reference_image as ReferenceImage;
    /// Adds a reference video; see [`input`](Self::input).
    reference_video as ReferenceVideo;
    /// Adds reference audio; see [`input`](Self::input).
    reference_audio as ReferenceAudio;
}
