// @generated from specs/fal.yaml by `cargo xtask generate fal`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///Input of an endpoint whose schema is not in this file. Only the prompt is common.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AnyInput {
        ///Text prompt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The answer to a cancellation.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Cancellation {
        ///What became of it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::CancellationStatus>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///`CreateRequestBody`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(untagged)]
    pub enum CreateRequestBody {
        Seedance2Input(Seedance2Input),
        Seedance25Input(Seedance25Input),
        Seedance15Input(Seedance15Input),
        KlingInput(KlingInput),
        VeoInput(VeoInput),
        VeoImageInput(VeoImageInput),
        VeoFramesInput(VeoFramesInput),
        VeoReferencesInput(VeoReferencesInput),
        AnyInput(AnyInput),
    }
    impl ::std::convert::From<Seedance2Input> for CreateRequestBody {
        fn from(value: Seedance2Input) -> Self {
            Self::Seedance2Input(value)
        }
    }
    impl ::std::convert::From<Seedance25Input> for CreateRequestBody {
        fn from(value: Seedance25Input) -> Self {
            Self::Seedance25Input(value)
        }
    }
    impl ::std::convert::From<Seedance15Input> for CreateRequestBody {
        fn from(value: Seedance15Input) -> Self {
            Self::Seedance15Input(value)
        }
    }
    impl ::std::convert::From<KlingInput> for CreateRequestBody {
        fn from(value: KlingInput) -> Self {
            Self::KlingInput(value)
        }
    }
    impl ::std::convert::From<VeoInput> for CreateRequestBody {
        fn from(value: VeoInput) -> Self {
            Self::VeoInput(value)
        }
    }
    impl ::std::convert::From<VeoImageInput> for CreateRequestBody {
        fn from(value: VeoImageInput) -> Self {
            Self::VeoImageInput(value)
        }
    }
    impl ::std::convert::From<VeoFramesInput> for CreateRequestBody {
        fn from(value: VeoFramesInput) -> Self {
            Self::VeoFramesInput(value)
        }
    }
    impl ::std::convert::From<VeoReferencesInput> for CreateRequestBody {
        fn from(value: VeoReferencesInput) -> Self {
            Self::VeoReferencesInput(value)
        }
    }
    impl ::std::convert::From<AnyInput> for CreateRequestBody {
        fn from(value: AnyInput) -> Self {
            Self::AnyInput(value)
        }
    }
    ///An error of the platform. Its kind is also in the header `X-Fal-Error-Type`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorBody {
        ///Text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub detail: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A file to upload.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct InitiateUpload {
        ///Media type of the file.
        pub content_type: ::std::string::String,
        ///Name of the file; its URL has it.
        pub file_name: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Kling 3.0, for both endpoints.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct KlingInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::KlingRatio>,
        ///How closely to follow the prompt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cfg_scale: ::std::option::Option<f64>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::KlingDuration>,
        ///Last frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub end_image_url: ::std::option::Option<::std::string::String>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub shot_type: ::std::option::Option<crate::enums::ShotType>,
        ///First frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub start_image_url: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A line of the log.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct LogLine {
        ///Level.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub level: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Who wrote it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub timestamp: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Measurements.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Metrics {
        ///Seconds that the model worked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub inference_time: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The output of a model, or an error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Payload {
        ///The seed that was used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///The video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video: ::std::option::Option<::videogen_wire::Lenient<VideoFile>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A problem of a request or of its output.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Problem {
        ///Values that belong to the text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ctx: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        ///What was sent. Not only text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Where it is in the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub loc: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        ///Text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub msg: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Kind.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Page about the kind.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Why a model made no video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Problems {
        ///The problems.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub detail: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<Problem>>>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The status of a request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct RequestStatus {
        ///Where a cancellation goes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cancel_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Why it failed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind of the error.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The log, once the request runs.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logs: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<LogLine>>>,
        >,
        ///Measurements of a request that has ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metrics: ::std::option::Option<::videogen_wire::Lenient<Metrics>>,
        ///Number of requests before this one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub queue_position: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Id of the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Where the result is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub response_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Status.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::Status>,
        >,
        ///Where the status is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Where to send a file, and its URL.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ReservedUpload {
        ///The URL that the file has then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub file_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Where to send the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub upload_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Seedance 1.5 Pro, for both endpoints.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance15Input {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::Seedance15Ratio>,
        ///Whether to lock the camera.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub camera_fixed: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::Seedance15Duration>,
        ///Whether the output is checked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub enable_safety_checker: ::std::option::Option<bool>,
        ///Last frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub end_image_url: ::std::option::Option<::std::string::String>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_url: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Seedance15Resolution>,
        ///Random seed; `-1` is a random one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Seedance 2.5, for all its endpoints.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance25Input {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::Seedance2Ratio>,
        ///Reference audio, `@Audio1` and so on.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub audio_urls: ::std::vec::Vec<::std::string::String>,
        ///Bitrate of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub bitrate_mode: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::Seedance25Duration>,
        ///Last frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub end_image_url: ::std::option::Option<::std::string::String>,
        ///Id of the end user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub end_user_id: ::std::option::Option<::std::string::String>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_url: ::std::option::Option<::std::string::String>,
        ///Reference images of the endpoint for references; `@Image1` in the prompt is the first.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Seedance2Resolution>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        ///Reference videos, `@Video1` and so on.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub video_urls: ::std::vec::Vec<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Seedance 2.0, for all its endpoints.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance2Input {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::Seedance2Ratio>,
        ///Reference audio, `@Audio1` and so on.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub audio_urls: ::std::vec::Vec<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::Seedance2Duration>,
        ///Last frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub end_image_url: ::std::option::Option<::std::string::String>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame of the endpoint for images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_url: ::std::option::Option<::std::string::String>,
        ///Reference images of the endpoint for references; `@Image1` in the prompt is the first.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Seedance2Resolution>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        ///Reference videos, `@Video1` and so on.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub video_urls: ::std::vec::Vec<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An accepted request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Ticket {
        ///Where a cancellation goes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cancel_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the first attempt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub gateway_request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Number of requests before this one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub queue_position: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Id of the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Where the result is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub response_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Status; only newer pages have it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::Status>,
        >,
        ///Where the status is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Veo 3.1 with both frames.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VeoFramesInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::VeoImageRatio>,
        ///Whether to rewrite a prompt that fails the checks.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto_fix: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::VeoDuration>,
        ///First frame.
        pub first_frame_url: ::std::string::String,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Last frame.
        pub last_frame_url: ::std::string::String,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::VeoResolution>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_tolerance: ::std::option::Option<crate::enums::SafetyTolerance>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Veo 3.1 with a first frame.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VeoImageInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::VeoImageRatio>,
        ///Whether to rewrite a prompt that fails the checks.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto_fix: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::VeoDuration>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame.
        pub image_url: ::std::string::String,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::VeoResolution>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_tolerance: ::std::option::Option<crate::enums::SafetyTolerance>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Veo 3.1 without images.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VeoInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::VeoRatio>,
        ///Whether to rewrite a prompt that fails the checks.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto_fix: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::VeoDuration>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::VeoResolution>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_tolerance: ::std::option::Option<crate::enums::SafetyTolerance>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Veo 3.1 with references.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VeoReferencesInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::VeoImageRatio>,
        ///Whether to rewrite a prompt that fails the checks.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto_fix: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<crate::enums::VeoDuration>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Reference images.
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::VeoResolution>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_tolerance: ::std::option::Option<crate::enums::SafetyTolerance>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A file. Some models add the size of the picture and the length.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VideoFile {
        ///Media type.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub content_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub file_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Size in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub file_size: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Frames per second.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fps: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Height in pixels.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub height: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Number of frames.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub num_frames: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Public address of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Width in pixels.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub width: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The output of a video model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VideoOutput {
        ///The seed that was used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///The video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video: ::std::option::Option<::videogen_wire::Lenient<VideoFile>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The end of a request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookEvent {
        ///Why it failed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the first attempt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub gateway_request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The output, or the body of the error; null if it could not be serialised.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub payload: ::std::option::Option<::videogen_wire::Lenient<Payload>>,
        ///Why there is no payload.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub payload_error: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///How it ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::WebhookStatus>,
        >,
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
/**Client for fal video generation

Asynchronous video generation at fal: submit a request to a model's endpoint, poll its status, then fetch its result. The endpoint id is the path; the queue around all endpoints is the same.

A request is known by its app and its id. The app is the first two segments of the endpoint id, three in the namespaces `workflows` and `comfy`.

Left out: the synchronous host, the stream of status events, the platform's list of models and prices, uploads in parts, and endpoints whose input is described in no source read.

Version: 2026-11-26*/
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
        "2026-11-26"
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
    /**Reserve an upload

Returns an address for one file, which is sent there with PUT, with the announced type and without the API key, and the URL that the file has then. It costs nothing.

Sends a `POST` request to `/storage/upload/initiate`

Arguments:
- `storage_type`: Which storage keeps the file. The vendor's clients always name this one.
- `body`
*/
    pub async fn initiate_upload<'a>(
        &'a self,
        storage_type: Option<&'a str>,
        body: &'a types::InitiateUpload,
    ) -> Result<ResponseValue<types::ReservedUpload>, Error<()>> {
        let url = format!("{}/storage/upload/initiate", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .query(&progenitor_client::QueryParam::new("storage_type", &storage_type))
            .build()?;
        let info = OperationInfo {
            operation_id: "initiate_upload",
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
    /**Fetch the result

Returns the output of a request that has ended. The output of a failed one is its error, with the error's own status code.

Sends a `GET` request to `/{app}/requests/{request_id}`

Arguments:
- `app`: The first segments of the endpoint id.
- `request_id`: The id returned by the submission.
*/
    pub async fn get_request_result<'a>(
        &'a self,
        app: &'a str,
        request_id: &'a str,
    ) -> Result<ResponseValue<types::VideoOutput>, Error<()>> {
        let url = format!(
            "{}/{}/requests/{}", self.baseurl, videogen_wire::encode_segments(& app
            .to_string()), encode_path(& request_id.to_string()),
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
            operation_id: "get_request_result",
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
    /**Cancel a request

Asks for a cancellation. A running request may end all the same. What the status shows of a cancelled request is not documented.

Sends a `PUT` request to `/{app}/requests/{request_id}/cancel`

Arguments:
- `app`: The first segments of the endpoint id.
- `request_id`: The id returned by the submission.
*/
    pub async fn cancel_request<'a>(
        &'a self,
        app: &'a str,
        request_id: &'a str,
    ) -> Result<ResponseValue<types::Cancellation>, Error<()>> {
        let url = format!(
            "{}/{}/requests/{}/cancel", self.baseurl, videogen_wire::encode_segments(&
            app.to_string()), encode_path(& request_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "cancel_request",
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
    /**Poll a request

Returns the status. `COMPLETED` is the end, of a failed request too: only its result shows which. The status code is 202 before.

Sends a `GET` request to `/{app}/requests/{request_id}/status`

Arguments:
- `app`: The first segments of the endpoint id.
- `request_id`: The id returned by the submission.
- `logs`: Whether to return the log; `1` if so.
*/
    pub async fn get_request_status<'a>(
        &'a self,
        app: &'a str,
        request_id: &'a str,
        logs: Option<&'a str>,
    ) -> Result<ResponseValue<types::RequestStatus>, Error<()>> {
        let url = format!(
            "{}/{}/requests/{}/status", self.baseurl, videogen_wire::encode_segments(&
            app.to_string()), encode_path(& request_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("logs", &logs))
            .build()?;
        let info = OperationInfo {
            operation_id: "get_request_status",
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
    /**Submit a request

Puts a request for an endpoint into the queue. There is no idempotency key, no id of the caller's own and no list of requests, so a submission whose answer is lost cannot be looked up. The vendor's own client repeats it up to ten times. The service itself repeats a failed run up to ten times, unless `X-Fal-No-Retry` is `1`.

Sends a `POST` request to `/{model}`

Arguments:
- `model`: The endpoint id, slashes included.
- `fal_max_queue_length`: Refuse the request if more than this number wait before it.
- `fal_webhook`: URL for the webhook about the end of the request.
- `body`
*/
    pub async fn create_request<'a>(
        &'a self,
        model: &'a str,
        fal_max_queue_length: Option<i64>,
        fal_webhook: Option<&'a str>,
        body: &'a types::CreateRequestBody,
    ) -> Result<ResponseValue<types::Ticket>, Error<()>> {
        let url = format!(
            "{}/{}", self.baseurl, videogen_wire::encode_segments(& model.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .query(
                &progenitor_client::QueryParam::new(
                    "fal_max_queue_length",
                    &fal_max_queue_length,
                ),
            )
            .query(&progenitor_client::QueryParam::new("fal_webhook", &fal_webhook))
            .build()?;
        let info = OperationInfo {
            operation_id: "create_request",
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
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
