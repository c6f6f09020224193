// @generated from specs/alltoken.yaml by `cargo xtask generate alltoken`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///The inputs.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ContentCapability {
        ///Roles of inputs; null if any.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub allowed_roles: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<crate::enums::ContentRole>>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_count: ::std::option::Option<
            ::videogen_wire::Lenient<CountCapability>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_count: ::std::option::Option<
            ::videogen_wire::Lenient<CountCapability>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One input. The member that `type` names holds its content.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ContentItem {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audio_url: ::std::option::Option<MediaUrl>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub draft_task: ::std::option::Option<DraftTaskRef>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_url: ::std::option::Option<MediaUrl>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub role: ::std::option::Option<crate::enums::ContentRole>,
        ///Text of a `text` item.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub text: ::std::option::Option<::std::string::String>,
        #[serde(rename = "type")]
        pub type_: crate::enums::ContentType,
        ///Id of an uploaded file, in place of `url` in a short form. It can be used once, by the user and key that uploaded it; the file is deleted when the task has ended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub upload_id: ::std::option::Option<::std::string::String>,
        ///URL of the medium in a short form.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<MediaUrl>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///How many inputs.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CountCapability {
        ///Maximum.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Minimum.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateGenerationRequest {
        ///URL that the result is posted to.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///Whether to lock the camera; for 1.0 Pro and 1.5 Pro only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub camera_fixed: ::std::option::Option<bool>,
        ///The frames, the references or the draft to start from.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub content: ::std::vec::Vec<ContentItem>,
        ///Whether to render or use a draft, if the model supports drafts.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub draft: ::std::option::Option<bool>,
        ///Length in seconds. `-1` lets the model decide, if it supports that; `0` is the same as omitting it, and means the provider's default of 5. Other valid values depend on the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Seconds until the task expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub execution_expires_after: ::std::option::Option<i64>,
        ///Length in frames, of the form 25 + 4n, about 24 for a second; takes precedence over `duration`. Only the 1.0 models use it; the others ignore it silently.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub frames: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Whether `content` contains a reference video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input_has_video: ::std::option::Option<bool>,
        ///Video model id; the models operation lists the available ones.
        pub model: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub omni_reference_task_type: ::std::option::Option<
            crate::enums::OmniReferenceTaskType,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output_format: ::std::option::Option<crate::enums::OutputFormat>,
        ///Text prompt.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ratio: ::std::option::Option<crate::enums::AspectRatio>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution>,
        ///Whether to return the last frame as a separate image, to continue from.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<bool>,
        ///A stable identifier for safety purposes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<::std::string::String>,
        ///Random seed, for reproducible results.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub service_tier: ::std::option::Option<crate::enums::ServiceTier>,
        ///Tools that the model may use.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub tools: ::std::vec::Vec<Tool>,
        ///Whether to add a watermark. The pages leave the default to the provider.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub watermark: ::std::option::Option<bool>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Reference to an earlier draft.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct DraftTaskRef {
        ///Id of the draft's task.
        pub id: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The lengths in seconds, as a range or a list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct DurationCapability {
        ///The default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub default: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Maximum.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Minimum.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Distance between two lengths.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub step: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether `-1` is allowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supports_auto: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///`range` or `enum`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The values of a list.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub values: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<i64>>>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Body of every error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorBody {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<ErrorDetail>>,
        ///Id of the request, next to the error in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorDetail {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Error message, in the language of the request's `Accept-Language`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The invalid parameter.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub param: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of an earlier task that the request would repeat. The Node SDK's types have it only for operations with an idempotency key, which video has not.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub task_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Class of error; its values are not documented.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The frame counts.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct FramesCapability {
        ///Count from which the steps start.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub base: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Maximum.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Minimum.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Distance between two counts.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub step: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A video generation task. It does not contain the prompt.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Generation {
        ///When the task was completed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub completed_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///When the task was created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Whether the task is a draft.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub draft: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Id of the draft that the task starts from.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub draft_task_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Length in seconds; `-1` while the model decides.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<TaskError>>,
        ///Seconds until the task expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub execution_expires_after: ::std::option::Option<
            ::videogen_wire::Lenient<i64>,
        >,
        ///Frames per second.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fps: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Length in frames.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub frames: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether audio is generated.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Whether the input contains a reference video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input_has_video: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Kind of input.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input_type: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::InputType>,
        >,
        ///Whether the task or its result has expired; a completed task that has may lack `video_url`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_expired: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///The last frame as an image, if requested.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Aspect ratio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ratio: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the request, where some error bodies have it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Resolution tier.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The safety identifier that was sent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Service tier.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub service_tier: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::GenerationStatus>,
        >,
        ///Tools that the model may use.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tools: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<Tool>>>,
        >,
        ///When the task last changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usage: ::std::option::Option<::videogen_wire::Lenient<Usage>>,
        ///Presigned URL of the finished video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///When `video_url` expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url_expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Seconds that `video_url` is valid.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url_ttl: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One page of tasks.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct GenerationList {
        ///The tasks of this page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub items: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<Generation>>,
            >,
        >,
        ///Total number of tasks.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A public http(s) URL or, if the model supports it, an uploaded asset (`asset://…`). `data:` URLs have been refused since 2026-08-06.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct MediaUrl {
        ///URL of the medium.
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An available model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Model {
        ///Brand.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub brand: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub capabilities: ::std::option::Option<
            ::videogen_wire::Lenient<ModelCapabilities>,
        >,
        ///When the model was created, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Description.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Display name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub display_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Family of models.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub family: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Model id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Input types of the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input_modalities: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        ///Logo of the brand.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logo_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub modality: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::ModelModality>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::ModelObject>,
        >,
        ///Output types of the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output_modalities: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        ///Owner of the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub owned_by: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Series within the family.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub series: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What a form may offer for the model. The vendor keeps it by hand and does not enforce it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ModelCapabilities {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub content: ::std::option::Option<::videogen_wire::Lenient<ContentCapability>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<
            ::videogen_wire::Lenient<DurationCapability>,
        >,
        ///Which options of the request the model supports.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub features: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub frames: ::std::option::Option<::videogen_wire::Lenient<FramesCapability>>,
        ///Kinds of input.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input_types: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<crate::enums::InputType>>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::videogen_wire::Lenient<PromptCapability>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ratios: ::std::option::Option<::videogen_wire::Lenient<ValuesCapability>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolutions: ::std::option::Option<
            ::videogen_wire::Lenient<ValuesCapability>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The available models.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ModelList {
        ///The models.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<Model>>>,
        >,
        ///Always `list`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The answer to an action.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PortraitAnswer {
        #[serde(
            rename = "ResponseMetadata",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub response_metadata: ::std::option::Option<
            ::videogen_wire::Lenient<PortraitMetadata>,
        >,
        #[serde(
            rename = "Result",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub result: ::std::option::Option<::videogen_wire::Lenient<PortraitResult>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Why an action failed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PortraitError {
        ///Machine-readable code, such as `Unauthorized`, `Forbidden`, `MissingParameter.Id`, `InvalidParameter`, `QuotaExceeded`, `RateLimitExceeded`, `TokenExpired`, `InvalidToken`, `ValidatePending`, `NotFound`, `UpstreamUnavailable`; codes of the provider are passed on.
        #[serde(rename = "Code", skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Error message.
        #[serde(
            rename = "Message",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What to list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PortraitFilter {
        ///Groups.
        #[serde(
            rename = "GroupIds",
            default,
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub group_ids: ::std::vec::Vec<::std::string::String>,
        #[serde(rename = "GroupType")]
        pub group_type: crate::enums::PortraitGroupType,
        ///Part of the name.
        #[serde(rename = "Name", skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///Statuses of assets.
        #[serde(
            rename = "Statuses",
            default,
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub statuses: ::std::vec::Vec<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group or an asset in a list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PortraitItem {
        ///Medium of an asset.
        #[serde(
            rename = "AssetType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When it was created.
        #[serde(
            rename = "CreateTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub create_time: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Description of a group.
        #[serde(
            rename = "Description",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub description: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Why the asset failed.
        #[serde(
            rename = "FailedReason",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub failed_reason: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Group of the asset. It may be empty.
        #[serde(
            rename = "GroupId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind of group.
        #[serde(
            rename = "GroupType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the group or the asset.
        #[serde(rename = "Id", skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Name.
        #[serde(rename = "Name", skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Project.
        #[serde(
            rename = "ProjectName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub project_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///`Processing`, `Active` or `Failed`.
        #[serde(
            rename = "Status",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Title of a group.
        #[serde(
            rename = "Title",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub title: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When it last changed.
        #[serde(
            rename = "UpdateTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub update_time: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The provider's status.
        #[serde(
            rename = "UpstreamStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub upstream_status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Signed URL of the file, for 12 hours.
        #[serde(rename = "URL", skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The action that was run, and its error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PortraitMetadata {
        ///The action.
        #[serde(
            rename = "Action",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub action: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(
            rename = "Error",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub error: ::std::option::Option<::videogen_wire::Lenient<PortraitError>>,
        ///Region.
        #[serde(
            rename = "Region",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub region: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the request.
        #[serde(
            rename = "RequestId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of the service.
        #[serde(
            rename = "Service",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub service: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Version of the service.
        #[serde(
            rename = "Version",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub version: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Parameters of an action. Create a group: `GroupType`; create an asset: `GroupId`, `URL`, `AssetType`; get, update or delete: `Id`; list: `Filter` with `GroupType`; start a verification: `CallbackURL`; get its result: `BytedToken`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PortraitRequest {
        #[serde(
            rename = "AssetType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_type: ::std::option::Option<crate::enums::PortraitAssetType>,
        ///Token of a verification.
        #[serde(
            rename = "BytedToken",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub byted_token: ::std::option::Option<::std::string::String>,
        ///Where the person's browser is sent in the end.
        #[serde(
            rename = "CallbackURL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///Description of a group.
        #[serde(
            rename = "Description",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub description: ::std::option::Option<::std::string::String>,
        #[serde(
            rename = "Filter",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub filter: ::std::option::Option<PortraitFilter>,
        ///Group of a new asset.
        #[serde(
            rename = "GroupId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_id: ::std::option::Option<::std::string::String>,
        #[serde(
            rename = "GroupType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_type: ::std::option::Option<crate::enums::PortraitGroupType>,
        ///Id of a group or an asset.
        #[serde(rename = "Id", skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::std::string::String>,
        ///Name.
        #[serde(rename = "Name", skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///Number of the page, from 1.
        #[serde(
            rename = "PageNumber",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub page_number: ::std::option::Option<i64>,
        ///Items on a page.
        #[serde(
            rename = "PageSize",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub page_size: ::std::option::Option<i64>,
        ///Project.
        #[serde(
            rename = "ProjectName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub project_name: ::std::option::Option<::std::string::String>,
        ///Member to sort assets by.
        #[serde(
            rename = "SortBy",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub sort_by: ::std::option::Option<::std::string::String>,
        #[serde(
            rename = "SortOrder",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub sort_order: ::std::option::Option<crate::enums::PortraitSortOrder>,
        ///Title of a group.
        #[serde(
            rename = "Title",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub title: ::std::option::Option<::std::string::String>,
        ///Public URL of the file of a new asset.
        #[serde(rename = "URL", skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group, an asset, a page of either, a session or the result of a verification, depending on the action. New groups and assets have the id only.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PortraitResult {
        ///Medium of an asset.
        #[serde(
            rename = "AssetType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Token of a verification, for two minutes.
        #[serde(
            rename = "BytedToken",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub byted_token: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Where the person's browser is sent in the end.
        #[serde(
            rename = "CallbackURL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub callback_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When it was created.
        #[serde(
            rename = "CreateTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub create_time: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Description of a group.
        #[serde(
            rename = "Description",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub description: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Why the asset failed.
        #[serde(
            rename = "FailedReason",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub failed_reason: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Group of the asset or of the verified person. It may be empty in lists.
        #[serde(
            rename = "GroupId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind of group.
        #[serde(
            rename = "GroupType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Page for the person to open, within two minutes.
        #[serde(
            rename = "H5Link",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub h5_link: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Id of the group or the asset.
        #[serde(rename = "Id", skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///The groups or assets of a page.
        #[serde(
            rename = "Items",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub items: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<PortraitItem>>,
            >,
        >,
        ///Name.
        #[serde(rename = "Name", skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Number of the page, from 1.
        #[serde(
            rename = "PageNumber",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub page_number: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Items on a page.
        #[serde(
            rename = "PageSize",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub page_size: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Project.
        #[serde(
            rename = "ProjectName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub project_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Place of an uploaded file.
        #[serde(
            rename = "R2Key",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub r2_key: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///`Processing`, `Active` or `Failed`; an upload has it in lower case.
        #[serde(
            rename = "Status",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Title of a group.
        #[serde(
            rename = "Title",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub title: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Number of all items.
        #[serde(
            rename = "TotalCount",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub total_count: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///When it last changed.
        #[serde(
            rename = "UpdateTime",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub update_time: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///URL of an uploaded file.
        #[serde(
            rename = "UploadedURL",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub uploaded_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///The provider's status; where it is present, an asset is usable once it is `Active`.
        #[serde(
            rename = "UpstreamStatus",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub upstream_status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Signed URL of the file, for 12 hours.
        #[serde(rename = "URL", skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An address for one file, and the id for a request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PresignAnswer {
        ///Until when a request may name the id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub claim_expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Seconds until the address expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_in: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Maximum size in bytes for this purpose.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_content_length: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Always `PUT`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub method: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Address of the file, for debugging only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub public_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub required_headers: ::std::option::Option<
            ::videogen_wire::Lenient<UploadHeaders>,
        >,
        ///Id for a request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub upload_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Where to send the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub upload_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A file to upload.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PresignRequest {
        ///SHA-256 of the file in lower-case hexadecimal digits.
        pub checksum_sha256: ::std::string::String,
        ///Size in bytes.
        pub content_length: i64,
        ///MD5 of the file in base64.
        pub content_md5: ::std::string::String,
        pub content_type: crate::enums::UploadContentType,
        pub purpose: crate::enums::UploadPurpose,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The prompt.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PromptCapability {
        ///Maximum length in characters.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_length: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Why a task failed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TaskError {
        ///Machine-readable code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The parameter at fault, as in an error body.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub param: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the request, as in an error body.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A tool that the model may use.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Tool {
        #[serde(rename = "type")]
        pub type_: crate::enums::ToolType,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///How often each tool was used.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ToolUsage {
        ///Number of web searches.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub web_search: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The headers to send with the file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct UploadHeaders {
        ///MD5 of the file in base64.
        #[serde(
            rename = "Content-MD5",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub content_md5: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Media type.
        #[serde(
            rename = "Content-Type",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub content_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Usage of the task.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Usage {
        ///Tokens of the result.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub completion_tokens: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tool_usage: ::std::option::Option<::videogen_wire::Lenient<ToolUsage>>,
        ///Total tokens.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total_tokens: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The values of a member.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ValuesCapability {
        ///The default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub default: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The values; null if there is nothing to choose.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub values: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Payload sent to `callback_url`. It is not documented, so any member may be missing.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookEvent {
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::GenerationStatus>,
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
/**Client for AllToken video generation

Asynchronous video generation at AllToken: submit a request, poll the task, download the file from a presigned URL. Tasks can be listed and, until they are completed, cancelled.

Left out: the balance (`/api-account/user/usage-quota`), which refuses API keys.

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
    /**Call the portrait service

Runs one action on groups, assets or the verification of a person. The body depends on the action. Failures have status 200 too, with an `Error` in `ResponseMetadata`.

Sends a `POST` request to `/portrait/`

Arguments:
- `action`: What to do.
- `version`: Version of the service.
- `body`
*/
    pub async fn call_portrait<'a>(
        &'a self,
        action: &'a crate::enums::PortraitAction,
        version: &'a str,
        body: &'a types::PortraitRequest,
    ) -> Result<ResponseValue<types::PortraitAnswer>, Error<()>> {
        let url = format!("{}/portrait/", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .query(&progenitor_client::QueryParam::new("Action", &action))
            .query(&progenitor_client::QueryParam::new("Version", &version))
            .build()?;
        let info = OperationInfo {
            operation_id: "call_portrait",
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
    /**Upload a portrait

Adds an image to a group. It is processed afterwards; poll it with the action `GetAsset` until it is active. It costs nothing.

Sends a `POST` request to `/portrait/upload`

*/
    pub async fn upload_portrait<'a>(
        &'a self,
        body: crate::forms::UploadPortraitForm,
    ) -> Result<ResponseValue<types::PortraitAnswer>, Error<()>> {
        let url = format!("{}/portrait/upload", self.baseurl,);
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
            operation_id: "upload_portrait",
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
    /**Reserve an upload

Returns an address for one file, which is sent there with PUT, exactly the returned headers and without the API key. The answer's status and the codes of its errors are not documented. It costs nothing.

Sends a `POST` request to `/uploads/presign`

*/
    pub async fn presign_upload<'a>(
        &'a self,
        body: &'a types::PresignRequest,
    ) -> Result<ResponseValue<types::PresignAnswer>, Error<()>> {
        let url = format!("{}/uploads/presign", self.baseurl,);
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
            operation_id: "presign_upload",
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
    /**List video generation tasks

Lists one page of the caller's own tasks. There is no cursor; only the filter reaches tasks beyond the page.

Sends a `GET` request to `/videos/generations`

Arguments:
- `limit`: Page size.
- `status`: Return only tasks with this status.
*/
    pub async fn list_generations<'a>(
        &'a self,
        limit: Option<i64>,
        status: Option<&'a crate::enums::GenerationStatus>,
    ) -> Result<ResponseValue<types::GenerationList>, Error<()>> {
        let url = format!("{}/videos/generations", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("status", &status))
            .build()?;
        let info = OperationInfo {
            operation_id: "list_generations",
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
    /**Submit a video request

Creates an asynchronous task and returns at once. `content` decides whether the input is text, frames, references or a draft. No idempotency key is documented for video, so sending a request twice may create two tasks.

Sends a `POST` request to `/videos/generations`

*/
    pub async fn create_generation<'a>(
        &'a self,
        body: &'a types::CreateGenerationRequest,
    ) -> Result<ResponseValue<types::Generation>, Error<()>> {
        let url = format!("{}/videos/generations", self.baseurl,);
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
            operation_id: "create_generation",
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
    /**Poll a video generation task

Returns the task. A completed task has a presigned URL, which polling again renews. The advised interval between polls is two to five seconds.

Sends a `GET` request to `/videos/generations/{id}`

Arguments:
- `id`: The task id returned by the submission.
*/
    pub async fn get_generation<'a>(
        &'a self,
        id: &'a str,
    ) -> Result<ResponseValue<types::Generation>, Error<()>> {
        let url = format!(
            "{}/videos/generations/{}", self.baseurl, encode_path(& id.to_string()),
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
            operation_id: "get_generation",
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
    /**Cancel a video generation task

Cancels a task that is queued or processing. A task that is completed or already cancelled is rejected with 409. The response to a successful cancellation is not documented.

Sends a `POST` request to `/videos/generations/{id}/cancel`

Arguments:
- `id`: The task id returned by the submission.
*/
    pub async fn cancel_generation<'a>(
        &'a self,
        id: &'a str,
    ) -> Result<ResponseValue<types::Generation>, Error<()>> {
        let url = format!(
            "{}/videos/generations/{}/cancel", self.baseurl, encode_path(& id
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
            operation_id: "cancel_generation",
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
    /**List available models

The available video models, in the format of OpenAI's models list.

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
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
