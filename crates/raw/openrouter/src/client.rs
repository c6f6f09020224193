// @generated from specs/openrouter.yaml by `cargo xtask generate openrouter`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///Why no provider can run the request. Documented for chat; whether it is sent for videos is not known.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Availability {
        ///Machine-readable reason, such as `model_not_found`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Seconds to wait before that.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub retry_after: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether to try again.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub retryable: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a video. What a member may be depends on the model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateVideoRequest {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio>,
        ///URL that the job is posted to when it has ended. Left out, the workspace's own is called.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///How much is invented; for upscalers only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub creativity: ::std::option::Option<i64>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///First and last frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub frame_images: ::std::vec::Vec<FrameImage>,
        ///Whether to generate audio. The guide says that the default is true where the model has sound, the OpenAPI document that it is the provider's.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Media to refer to. Sound and video are taken by some providers only, and dropped silently by others; all are ignored if there are frames.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub input_references: ::std::vec::Vec<InputReference>,
        ///Model id, such as `google/veo-3.1`.
        pub model: ::std::string::String,
        ///Id of a completed job of the same model, to edit or extend its video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous_job_id: ::std::option::Option<::std::string::String>,
        ///What the video shows. Models that need an image only take a request without it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub provider: ::std::option::Option<ProviderOptions>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution>,
        ///Random seed, for models that take one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        ///Groups requests in the statistics.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub session_id: ::std::option::Option<::std::string::String>,
        ///Width and height in pixels, in place of `resolution` and `aspect_ratio`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trace: ::std::option::Option<Trace>,
        ///How many times larger; for upscalers only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub upscale_factor: ::std::option::Option<f64>,
        ///The caller's own user, in the statistics.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub user: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A job that has ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct EndedJob {
        ///Why the job failed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the generation.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generation_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Job id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::JobStatus>,
        >,
        ///The files, as links through OpenRouter that need the API key.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub unsigned_urls: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usage: ::std::option::Option<::videogen_wire::Lenient<Usage>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Body of every error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorBody {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<ErrorDetail>>,
        ///Id of the account.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub user_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorDetail {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub availability: ::std::option::Option<::videogen_wire::Lenient<Availability>>,
        ///The HTTP status.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<::videogen_wire::Lenient<ErrorMetadata>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///More on the error; of a flagged input its reasons.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorMetadata {
        ///Machine-readable type, such as `invalid_request`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The part that was flagged.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub flagged_input: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model_slug: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The provider's own code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub provider_code: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Provider.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub provider_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Why the input was flagged.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub reasons: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///How many times larger an upscaler can make a video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct FactorRange {
        ///Largest factor.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Smallest factor.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A frame of the video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct FrameImage {
        pub frame_type: crate::enums::FrameType,
        pub image_url: MediaUrl,
        ///Always `image_url`.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A medium to refer to.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct InputReference {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audio_url: ::std::option::Option<MediaUrl>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_url: ::std::option::Option<MediaUrl>,
        #[serde(rename = "type")]
        pub type_: crate::enums::ReferenceType,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<MediaUrl>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A job. It shows neither its model nor any times.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Job {
        ///Why the job failed, as text without a code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When the signed links expire, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Id of the generation, once it was processed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generation_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Job id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Address of the job, absolute or as a path.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub polling_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::JobStatus>,
        >,
        ///The files, as links through OpenRouter that need the API key.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub unsigned_urls: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        ///The files, as signed links that need no key, if OpenRouter stored a copy.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::videogen_wire::SecretUrl>>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usage: ::std::option::Option<::videogen_wire::Lenient<Usage>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Payload of the webhook.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct JobEvent {
        ///When the job ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<EndedJob>>,
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::JobEventType>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A public URL or, for images, a `data:` URL.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct MediaUrl {
        ///URL of the medium.
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The video models.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ModelList {
        ///The models.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<VideoModel>>,
            >,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What is sent to one provider only.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ProviderOptions {
        ///Provider → an object with `parameters`. Only those of the provider that runs the job are sent on; unknown ones are dropped silently.
        #[serde(default, skip_serializing_if = "::serde_json::Map::is_empty")]
        pub options: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Names for the statistics; any others may be added.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Trace {
        ///Name of the generation.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generation_name: ::std::option::Option<::std::string::String>,
        ///Id of the span around it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub parent_span_id: ::std::option::Option<::std::string::String>,
        ///Name of the span.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub span_name: ::std::option::Option<::std::string::String>,
        ///Id of the trace.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trace_id: ::std::option::Option<::std::string::String>,
        ///Name of the trace.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trace_name: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What the job cost.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Usage {
        ///Cost in US dollars.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cost: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Whether a key of the caller's own at the provider was used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_byok: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A model and what it takes. A list that is null is not known, or does not apply.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VideoModel {
        ///Provider options that are sent on.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub allowed_passthrough_parameters: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        ///Model id that does not change.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub canonical_slug: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When it was added, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Levels of creativity, of upscalers.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub creativity: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<i64>>>,
        >,
        ///What the model does.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether it generates audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Id at Hugging Face.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hugging_face_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Model id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Display name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Prices in US dollars by their unit, which differs by provider.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pricing_skus: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        ///Whether it takes a seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Aspect ratios.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_aspect_ratios: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<crate::enums::AspectRatio>>,
            >,
        >,
        ///Lengths in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_durations: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<i64>>>,
        >,
        ///Which frames it takes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_frame_images: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<crate::enums::FrameType>>,
            >,
        >,
        ///Resolution tiers.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_resolutions: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<crate::enums::Resolution>>,
            >,
        >,
        ///Widths and heights in pixels.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_sizes: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub upscale_factor: ::std::option::Option<::videogen_wire::Lenient<FactorRange>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/**Client for OpenRouter video generation

Asynchronous video generation at OpenRouter, which passes requests on to the providers of each model: submit a request, poll the job, download the file through OpenRouter with the API key. There is no list of jobs, and none can be cancelled.

Left out: optional headers that name the calling application, the balance of an account (`/credits`), and the models of all kinds (`/models`).

Version: 2026-11-27*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: videogen_wire::Session,
}
impl Client {
    /// Create a new client.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: videogen_wire::Session) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap(), inner)
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: videogen_wire::Session,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<videogen_wire::Session> for Client {
    fn api_version() -> &'static str {
        "2026-11-27"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &videogen_wire::Session {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<videogen_wire::Session>,
    {}
};
#[allow(clippy::all)]
impl Client {
    /**Submit a video request

Creates an asynchronous job. There is no idempotency key and no id of the caller's own by which a job can be found, so sending a request twice creates and bills two jobs. After a status from 500 on it is not known whether there is a job.

Sends a `POST` request to `/videos`

*/
    pub async fn create_video<'a>(
        &'a self,
        body: &'a types::CreateVideoRequest,
    ) -> Result<ResponseValue<types::Job>, Error<()>> {
        let url = format!("{}/videos", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "create_video",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**List the video models

The video models, with what each takes and its prices.

Sends a `GET` request to `/videos/models`

*/
    pub async fn list_models<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::ModelList>, Error<()>> {
        let url = format!("{}/videos/models", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "list_models",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Get a job

The job with its status and, when it is completed, the links to its files and what it cost.

Sends a `GET` request to `/videos/{job_id}`

Arguments:
- `job_id`: Job id.
*/
    pub async fn get_video<'a>(
        &'a self,
        job_id: &'a str,
    ) -> Result<ResponseValue<types::Job>, Error<()>> {
        let url = format!(
            "{}/videos/{}", self.baseurl, encode_path(& job_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "get_video",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /**Get a file

A file of a completed job, through OpenRouter.

Sends a `GET` request to `/videos/{job_id}/content`

Arguments:
- `job_id`: Job id.
- `index`: Which of the job's files.
*/
    pub async fn get_video_content<'a>(
        &'a self,
        job_id: &'a str,
        index: Option<i64>,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = format!(
            "{}/videos/{}/content", self.baseurl, encode_path(& job_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .query(&progenitor_client::QueryParam::new("index", &index))
            .build()?;
        let info = OperationInfo {
            operation_id: "get_video_content",
        };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200..=299 => Ok(ResponseValue::empty(response)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
