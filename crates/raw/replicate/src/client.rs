// @generated from specs/replicate.yaml by `cargo xtask generate replicate`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///Input of any model; its other members are its own.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AnyInput {
        ///Text prompt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Hailuo 2.3 video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateHailuoRequest {
        pub input: HailuoInput,
        ///Model, as `owner/name`.
        pub version: ::std::string::String,
        ///URL that the prediction is posted to. Redirects are not followed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        ///When to deliver; left out, at each output and at the end.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub webhook_events_filter: ::std::vec::Vec<crate::enums::DeliveryEvent>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Kling 3 video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateKlingRequest {
        pub input: KlingInput,
        ///Model, as `owner/name`.
        pub version: ::std::string::String,
        ///URL that the prediction is posted to. Redirects are not followed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        ///When to deliver; left out, at each output and at the end.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub webhook_events_filter: ::std::vec::Vec<crate::enums::DeliveryEvent>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///`CreatePredictionBody`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(untagged)]
    pub enum CreatePredictionBody {
        Seedance2Request(CreateSeedance2Request),
        Seedance15Request(CreateSeedance15Request),
        VeoRequest(CreateVeoRequest),
        KlingRequest(CreateKlingRequest),
        HailuoRequest(CreateHailuoRequest),
        PredictionRequest(CreatePredictionRequest),
    }
    impl ::std::convert::From<CreateSeedance2Request> for CreatePredictionBody {
        fn from(value: CreateSeedance2Request) -> Self {
            Self::Seedance2Request(value)
        }
    }
    impl ::std::convert::From<CreateSeedance15Request> for CreatePredictionBody {
        fn from(value: CreateSeedance15Request) -> Self {
            Self::Seedance15Request(value)
        }
    }
    impl ::std::convert::From<CreateVeoRequest> for CreatePredictionBody {
        fn from(value: CreateVeoRequest) -> Self {
            Self::VeoRequest(value)
        }
    }
    impl ::std::convert::From<CreateKlingRequest> for CreatePredictionBody {
        fn from(value: CreateKlingRequest) -> Self {
            Self::KlingRequest(value)
        }
    }
    impl ::std::convert::From<CreateHailuoRequest> for CreatePredictionBody {
        fn from(value: CreateHailuoRequest) -> Self {
            Self::HailuoRequest(value)
        }
    }
    impl ::std::convert::From<CreatePredictionRequest> for CreatePredictionBody {
        fn from(value: CreatePredictionRequest) -> Self {
            Self::PredictionRequest(value)
        }
    }
    ///Request for any other model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreatePredictionRequest {
        pub input: AnyInput,
        ///Model, as `owner/name`, `owner/name:VERSION`, or the version alone.
        pub version: ::std::string::String,
        ///URL that the prediction is posted to. Redirects are not followed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        ///When to deliver; left out, at each output and at the end.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub webhook_events_filter: ::std::vec::Vec<crate::enums::DeliveryEvent>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 1.5 Pro video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateSeedance15Request {
        pub input: Seedance15Input,
        ///Model, as `owner/name`.
        pub version: ::std::string::String,
        ///URL that the prediction is posted to. Redirects are not followed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        ///When to deliver; left out, at each output and at the end.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub webhook_events_filter: ::std::vec::Vec<crate::enums::DeliveryEvent>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 2.0 video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateSeedance2Request {
        pub input: Seedance2Input,
        ///Model, as `owner/name`.
        pub version: ::std::string::String,
        ///URL that the prediction is posted to. Redirects are not followed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        ///When to deliver; left out, at each output and at the end.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub webhook_events_filter: ::std::vec::Vec<crate::enums::DeliveryEvent>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Veo 3.1 video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateVeoRequest {
        pub input: VeoInput,
        ///Model, as `owner/name`.
        pub version: ::std::string::String,
        ///URL that the prediction is posted to. Redirects are not followed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        ///When to deliver; left out, at each output and at the end.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub webhook_events_filter: ::std::vec::Vec<crate::enums::DeliveryEvent>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Body of an error (RFC 7807). Some have `detail` only.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorBody {
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub detail: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Where it occurred.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub instance: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The members at fault.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub invalid_fields: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<InvalidField>>,
            >,
        >,
        ///HTTP status.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Short name of the problem.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub title: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind of the problem.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A stored file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct File {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub checksums: ::std::option::Option<::videogen_wire::Lenient<FileChecksums>>,
        ///Media type.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub content_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When it was stored.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Mark of its content.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub etag: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///When it is deleted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Id of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///What the request said about the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        ///Name of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Size in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<::videogen_wire::Lenient<FileUrls>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Digests of the file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct FileChecksums {
        ///SHA-256 in lower-case hex.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sha256: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Addresses of the file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct FileUrls {
        ///The file, for the input of a prediction.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub get: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Hailuo 2.3.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct HailuoInput {
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///First frame.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub first_frame_image: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        ///Whether to rewrite the prompt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt_optimizer: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::HailuoResolution>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A member at fault.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct InvalidField {
        ///What is wrong with it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Its place.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub field: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Rule that it breaks.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Kling 3.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct KlingInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::KlingAspectRatio>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Last frame; needs a first one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub end_image: ::std::option::Option<::std::string::String>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub mode: ::std::option::Option<crate::enums::KlingMode>,
        ///Prompts of several shots, as JSON text.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub multi_prompt: ::std::option::Option<::std::string::String>,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        ///First frame.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub start_image: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A prediction.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Prediction {
        ///When it ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub completed_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///When it was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Whether input, output and logs were removed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data_removed: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///When it is cancelled unless it has ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub deadline: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Deployment that the prediction was made with.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub deployment: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Why it failed, often with a code in parentheses at the end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the prediction.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input: ::std::option::Option<::videogen_wire::Lenient<PredictionInput>>,
        ///Log of the run.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logs: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metrics: ::std::option::Option<::videogen_wire::Lenient<PredictionMetrics>>,
        ///Model, as `owner/name`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output: ::std::option::Option<::videogen_wire::Lenient<::serde_json::Value>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::PredictionSource>,
        >,
        ///When it began to run.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub started_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::PredictionStatus>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<::videogen_wire::Lenient<PredictionUrls>>,
        ///Version, or `hidden` for an official model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The input as it was sent; empty once it is removed. The members depend on the model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PredictionInput {
        ///Aspect ratio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Quality of a Kling video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub mode: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::KlingMode>,
        >,
        ///Text prompt.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Resolution tier.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One page of predictions.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PredictionList {
        ///URL of the next page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///URL of the page before.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The predictions of this page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub results: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<Prediction>>,
            >,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Measurements of the run.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PredictionMetrics {
        ///Seconds for which the model ran.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub predict_time: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Seconds from creation to end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total_time: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Length of the video in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_output_duration_seconds: ::std::option::Option<
            ::videogen_wire::Lenient<f64>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Addresses of the prediction.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PredictionUrls {
        ///Cancel it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cancel: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Poll it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub get: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Follow its output.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Look at it in a browser.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub web: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Seedance 1.5 Pro.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance15Input {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::Seedance15AspectRatio>,
        ///Whether to lock the camera.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub camera_fixed: ::std::option::Option<bool>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Frames per second; 24 is the only value.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fps: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image: ::std::option::Option<::std::string::String>,
        ///Last frame; needs a first one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame_image: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Seedance 2.0.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance2Input {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio>,
        ///Length in seconds; `-1` lets the model decide.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image: ::std::option::Option<::std::string::String>,
        ///Last frame; needs a first one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame_image: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        ///Reference audios of up to 15 seconds each; not with frames.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub reference_audios: ::std::vec::Vec<::std::string::String>,
        ///Reference images; not with frames.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub reference_images: ::std::vec::Vec<::std::string::String>,
        ///Reference videos of up to 15 seconds each; not with frames.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub reference_videos: ::std::vec::Vec<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Input of Veo 3.1.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VeoInput {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::VeoAspectRatio>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///First frame.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image: ::std::option::Option<::std::string::String>,
        ///Last frame; needs a first one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame: ::std::option::Option<::std::string::String>,
        ///What the video must not show.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub negative_prompt: ::std::option::Option<::std::string::String>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        ///Reference images; then 16:9 and 8 seconds only. Not for the fast model.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub reference_images: ::std::vec::Vec<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::VeoResolution>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
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
/**Client for Replicate video generation

Asynchronous predictions at Replicate: submit the input of a model, poll the prediction, download the file from a public URL. Input, output and logs of a prediction are removed an hour after its end.

The model is named in the body, as `version`: `owner/name` for an official model, `owner/name:VERSION` or the version alone for any other. So one operation serves all models, and each model has an input of its own.

Left out: creation by a model's or a deployment's path, which does the same; `Prefer: wait`, which holds a submission open and so makes its answer easier to lose; `stream`, which is deprecated; models, collections, search, training and hardware; reading, listing and deletion of uploaded files, which expire; the member `metadata` of an upload's request.

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
    /**Upload a file

Stores a file for the input of predictions. The URL in `urls.get` is what an input names.

Sends a `POST` request to `/files`

*/
    pub async fn create_file<'a>(
        &'a self,
        body: crate::forms::CreateFileForm,
    ) -> Result<ResponseValue<types::File>, Error<()>> {
        let url = format!("{}/files", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .multipart(body.form())
            .build()?;
        let info = OperationInfo {
            operation_id: "create_file",
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
    /**List predictions

Lists one page of up to 100 predictions, newest first. The next page is the URL in `next`, as it is.

Sends a `GET` request to `/predictions`

Arguments:
- `created_after`: Return only predictions created at or after this time.
- `created_before`: Return only predictions created before this time.
- `cursor`: The place of a page; part of the URL in `next`.
- `source`: Return only predictions of the last 14 days that were made in the browser.
*/
    pub async fn list_predictions<'a>(
        &'a self,
        created_after: Option<&'a str>,
        created_before: Option<&'a str>,
        cursor: Option<&'a str>,
        source: Option<&'a crate::enums::PredictionSource>,
    ) -> Result<ResponseValue<types::PredictionList>, Error<()>> {
        let url = format!("{}/predictions", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("created_after", &created_after))
            .query(
                &progenitor_client::QueryParam::new("created_before", &created_before),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("source", &source))
            .build()?;
        let info = OperationInfo {
            operation_id: "list_predictions",
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
    /**Submit a prediction

Creates a prediction. There is no idempotency key and no id of the caller's own, so sending a request twice creates and bills two predictions.

Sends a `POST` request to `/predictions`

*/
    pub async fn create_prediction<'a>(
        &'a self,
        body: &'a types::CreatePredictionBody,
    ) -> Result<ResponseValue<types::Prediction>, Error<()>> {
        let url = format!("{}/predictions", self.baseurl,);
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
            operation_id: "create_prediction",
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
    /**Poll a prediction

Returns the prediction. An hour after its end it has no input, output and logs any more.

Sends a `GET` request to `/predictions/{prediction_id}`

Arguments:
- `prediction_id`: Id of the prediction.
*/
    pub async fn get_prediction<'a>(
        &'a self,
        prediction_id: &'a str,
    ) -> Result<ResponseValue<types::Prediction>, Error<()>> {
        let url = format!(
            "{}/predictions/{}", self.baseurl, encode_path(& prediction_id.to_string()),
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
            operation_id: "get_prediction",
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
    /**Cancel a prediction

Cancels a prediction that has not ended. What it answers for one that has is not documented.

Sends a `POST` request to `/predictions/{prediction_id}/cancel`

Arguments:
- `prediction_id`: Id of the prediction.
*/
    pub async fn cancel_prediction<'a>(
        &'a self,
        prediction_id: &'a str,
    ) -> Result<ResponseValue<types::Prediction>, Error<()>> {
        let url = format!(
            "{}/predictions/{}/cancel", self.baseurl, encode_path(& prediction_id
            .to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "cancel_prediction",
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
