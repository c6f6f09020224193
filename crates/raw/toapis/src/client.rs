// @generated from specs/toapis.yaml by `cargo xtask generate toapis`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///An audio file and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AudioWithRole {
        pub role: crate::enums::AudioRole,
        ///A URL, or an active uploaded asset (`asset://…`).
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An asset, which a request names as `asset://…`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AvatarAsset {
        ///Id of the asset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub asset_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub asset_type: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::AssetType>,
        >,
        ///The id in the form that requests take.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub asset_url: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of its group.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of the asset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///URL that the file came from.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::AssetStatus>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An asset.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AvatarAssetAnswer {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<AvatarAsset>>,
        ///Why it failed, if it did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group of avatars.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AvatarGroup {
        ///Description of the group.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the group.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of the group.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group of avatars.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AvatarGroupAnswer {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<AvatarGroup>>,
        ///Why it failed, if it did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Balance of the account. Where the quota is unlimited, what remains is -1.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Balance {
        ///Credits for a US dollar.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub credits_per_usd: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Why it failed, if it did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///What remains, in the currency that the site is set to.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub remain_balance: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///What remains in credits.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub remain_credits: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Whether the quota is unlimited.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub unlimited_quota: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///What was used, in that currency.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub used_balance: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///What was used in credits.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub used_credits: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for any other model: the members that most of their pages share.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CommonRequest {
        ///Output aspect ratio; the values depend on the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<::std::string::String>,
        ///Called when the task has finished, in place of the key's default URL, from which only path and query may differ. The key needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds; the values depend on the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Images; for most models the first frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles, which some models take instead of `image_urls`.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole2>,
        ///Parameters of the model's own.
        #[serde(default, skip_serializing_if = "::serde_json::Map::is_empty")]
        pub metadata: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ///Video model id.
        pub model: ::std::string::String,
        ///Text prompt; describe subject, action, camera and style.
        pub prompt: ::std::string::String,
        ///Resolution tier; the values depend on the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An asset to create.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateAvatarAssetRequest {
        pub asset_type: crate::enums::AssetType,
        ///Description of the asset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///Id of the group.
        pub group_id: ::std::string::String,
        ///Name of the asset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        ///Public URL of the file.
        pub source_url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group of avatars to create.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateAvatarGroupRequest {
        ///Description of the group.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        ///Name of the group.
        pub name: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///`CreateGenerationBody`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(untagged)]
    pub enum CreateGenerationBody {
        Seedance2Request(Seedance2Request),
        Seedance25Request(Seedance25Request),
        Seedance15Request(Seedance15Request),
        Seedance10Request(Seedance10Request),
        Doubao20Request(Doubao20Request),
        CommonRequest(CommonRequest),
    }
    impl ::std::convert::From<Seedance2Request> for CreateGenerationBody {
        fn from(value: Seedance2Request) -> Self {
            Self::Seedance2Request(value)
        }
    }
    impl ::std::convert::From<Seedance25Request> for CreateGenerationBody {
        fn from(value: Seedance25Request) -> Self {
            Self::Seedance25Request(value)
        }
    }
    impl ::std::convert::From<Seedance15Request> for CreateGenerationBody {
        fn from(value: Seedance15Request) -> Self {
            Self::Seedance15Request(value)
        }
    }
    impl ::std::convert::From<Seedance10Request> for CreateGenerationBody {
        fn from(value: Seedance10Request) -> Self {
            Self::Seedance10Request(value)
        }
    }
    impl ::std::convert::From<Doubao20Request> for CreateGenerationBody {
        fn from(value: Doubao20Request) -> Self {
            Self::Doubao20Request(value)
        }
    }
    impl ::std::convert::From<CommonRequest> for CreateGenerationBody {
        fn from(value: CommonRequest) -> Self {
            Self::CommonRequest(value)
        }
    }
    ///A verification to start.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateVerificationRequest {
        ///The caller's own id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub biz_id: ::std::option::Option<::std::string::String>,
        ///Where the person's browser is sent in the end.
        pub callback_url: ::std::string::String,
        ///Language of the page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub locale: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Further parameters of such a request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Doubao20Metadata {
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution25>,
        ///Whether to return the last frame as an image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<bool>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        ///Tools that the model may use; for requests without media only.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub tools: ::std::vec::Vec<Tool>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request under the ids that Seedance 2 had before, as a page said that is gone. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Doubao20Request {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio2>,
        ///Reference audio.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub audio_with_roles: ::std::vec::Vec<AudioWithRole>,
        ///Called when the task has finished, in place of the key's default URL, from which only path and query may differ. The key needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds, from 4. With `-1` the model decides.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///The first image is the first frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole2>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<Doubao20Metadata>,
        ///Video model id.
        pub model: ::std::string::String,
        ///Text prompt; describe subject, action, camera and style.
        pub prompt: ::std::string::String,
        ///Reference videos.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub video_with_roles: ::std::vec::Vec<VideoWithRole>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Body of every error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorBody {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<ErrorDetail>>,
        ///The message of an error without details; clients have seen it for an unknown task.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
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
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The invalid parameter, in an error of the provider; empty in those that clients have seen.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub param: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::ErrorType>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Body of the errors of uploads and assets.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct FailureBody {
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Always false.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An image and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct FrameWithRole {
        pub role: crate::enums::FrameRole,
        ///A URL, or an active uploaded asset (`asset://…`).
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An image and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImageWithRole1 {
        pub role: crate::enums::ImageRole1,
        ///A URL, or an active uploaded asset (`asset://…`).
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An image of a Seedance 2 video and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImageWithRole2 {
        pub role: crate::enums::ImageRole2,
        ///An `https` URL, a `data:` URL with base64, or an uploaded asset (`asset://…`). The page of image uploads says that no operation takes base64 any more; the pages of these models still do, and are followed.
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An available model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Model {
        ///When the model was added, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Model id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Always `model`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Owner of the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub owned_by: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Endpoints that take the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_endpoint_types: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
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
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ResultItem {
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        ///File format.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub format: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The last frame as an image, if requested.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///URL of a preview image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub thumbnail: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Presigned URL of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Further parameters of a Seedance 1.0 request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance10Metadata {
        ///Random seed; `-1` is a random one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 1.0 video, without audio. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance10Request {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio1>,
        ///Called when the task has finished, in place of the key's default URL, from which only path and query may differ. The key needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///The first frame, as a URL.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole1>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<Seedance10Metadata>,
        ///Video model id.
        pub model: ::std::string::String,
        ///Text prompt; describe subject, action, camera and style.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution1>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Further parameters of a Seedance 1.5 Pro request.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance15Metadata {
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audio: ::std::option::Option<bool>,
        ///Whether to lock the camera. The name is one word.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub camerafixed: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution1>,
        ///Random seed; `-1` is a random one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 1.5 Pro video. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance15Request {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio1>,
        ///Called when the task has finished, in place of the key's default URL, from which only path and query may differ. The key needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///One image is the first frame; two are the first and the last frame; more are dropped.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///First and last frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<FrameWithRole>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<Seedance15Metadata>,
        ///Video model id.
        pub model: ::std::string::String,
        ///Text prompt; describe subject, action, camera and style.
        pub prompt: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 2.5 video. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance25Request {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio2>,
        ///Reference audio.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub audio_with_roles: ::std::vec::Vec<AudioWithRole>,
        ///Called when the task has finished, in place of the key's default URL, from which only path and query may differ. The key needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds, from 4; of an extension, the whole length. With `-1` the model decides.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Kept for compatibility; the first image is the first frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole2>,
        ///Video model id.
        pub model: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output_format: ::std::option::Option<crate::enums::OutputFormat>,
        ///Text prompt; describe subject, action, camera and style.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution25>,
        ///Whether to return the last frame as an image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<bool>,
        ///Sent next to `aspect_ratio` in the vendor's own samples, and tolerated. It is the aspect ratio, not the resolution; send `aspect_ratio`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<::std::string::String>,
        ///Tools that the model may use; for requests without media only.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub tools: ::std::vec::Vec<Tool>,
        ///The caller's id for tracking.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trace_id: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_operation: ::std::option::Option<crate::enums::VideoOperation>,
        ///Reference videos.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub video_with_roles: ::std::vec::Vec<VideoWithRole>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Another place for the caller's id.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance2Metadata {
        ///The same as `client_business_id` of the request, which is recommended.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 2 video. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance2Request {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio2>,
        ///Reference audio.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub audio_with_roles: ::std::vec::Vec<AudioWithRole>,
        ///Called when the task has finished, in place of the key's default URL, from which only path and query may differ. The key needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds, from 4. With `0` and `-1` the model decides, and so it does if this is left out: then length and bill are open. 2 and 2 Fast only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Kept for compatibility; the first image is the first frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole2>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<Seedance2Metadata>,
        ///Video model id.
        pub model: ::std::string::String,
        ///Text prompt; describe subject, action, camera and style.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution2>,
        ///Whether to return the last frame as an image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<bool>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        ///Sent next to `aspect_ratio` in the vendor's own samples, and tolerated. It is the aspect ratio, not the resolution; send `aspect_ratio`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<::std::string::String>,
        ///Tools that the model may use; for requests without media only.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub tools: ::std::vec::Vec<Tool>,
        ///The caller's id for tracking.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub trace_id: ::std::option::Option<::std::string::String>,
        ///Reference videos.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub video_with_roles: ::std::vec::Vec<VideoWithRole>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A video task. The URL of a finished one is in `result`; older pages and clients read it in other places.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Task {
        ///The caller's own id, if it was sent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When the task was completed, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub completed_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///When the task was created, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Length of the finished video in seconds, where an older page read it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<TaskError>>,
        ///When the URL of the video expires, in unix seconds; a day after completion.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Metadata stored with the task.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Always `generation.task`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Progress in percent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub progress: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub result: ::std::option::Option<::videogen_wire::Lenient<TaskResult>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::TaskStatus>,
        >,
        ///URL of a preview image, where an older page read it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub thumbnail: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Presigned URL of the finished video, where an older page read it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usage: ::std::option::Option<::videogen_wire::Lenient<TaskUsage>>,
        ///Presigned URL of the finished video, where some clients read it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
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
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Result of a completed task.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TaskResult {
        ///The files.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<ResultItem>>,
            >,
        >,
        ///Always `video`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What the task used.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TaskUsage {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tool_usage: ::std::option::Option<::videogen_wire::Lenient<ToolUsage>>,
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
    ///An uploaded file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct UploadAnswer {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<UploadedFile>>,
        ///Why it failed, if it did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A file that is stored.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct UploadedFile {
        ///Id of the upload.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Media type.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub mime_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Size in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Public URL of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The verification of a person.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Verification {
        ///Token of the session.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub byted_token: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///When the session was created, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///When the link expires, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Page for the person to open, within two minutes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub h5_link: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///`completed` once the link exists.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the verification.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub task_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When the session last changed, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A verification.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VerificationAnswer {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<Verification>>,
        ///Why it failed, if it did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Whether a person is verified.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VerificationResult {
        ///Id of the person's group, once verified.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///`verified`, if the person has passed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub verify_status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The result of a verification.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VerificationResultAnswer {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<VerificationResult>>,
        ///Why it failed, if it did.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub success: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A video and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct VideoWithRole {
        pub role: crate::enums::VideoRole,
        ///A URL, or an active uploaded asset (`asset://…`).
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The task that the event is about.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookData {
        ///The caller's own id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<WebhookError>>,
        ///When the task finished, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub finished_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Progress, such as `100%`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub progress: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub result: ::std::option::Option<::videogen_wire::Lenient<WebhookResult>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::WebhookStatus>,
        >,
        ///When the task was submitted, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub submitted_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub task_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind of task.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub task_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Why the task failed; null if it did not.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookError {
        ///Machine-readable code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Payload of the webhook.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookEvent {
        ///Version of the payload.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub api_version: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When the event happened, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<WebhookData>>,
        ///Event id; a repeated delivery has the same.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::WebhookEventType>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Result of a completed task, as in a poll; null if it failed. A test event has `message` only.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookResult {
        ///The files.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<ResultItem>>,
            >,
        >,
        ///Text of a test event.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Always `video`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
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
/**Client for ToAPIs video generation

Asynchronous video generation at ToAPIs: submit a request, poll the task or receive a signed webhook, download the file before its URL expires. All models share one operation; the request has another body for each generation of models.

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
    /**List available models

The models that the key may use.

Sends a `GET` request to `/v1/models`

Arguments:
- `type_`: Kind of model.
*/
    pub async fn list_models<'a>(
        &'a self,
        type_: Option<&'a crate::enums::ModelType>,
    ) -> Result<ResponseValue<types::ModelList>, Error<()>> {
        let url = format!("{}/v1/models", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("type", &type_))
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
    /**Upload an image

Stores an image and returns a public URL that requests take. It costs nothing.

Sends a `POST` request to `/v1/uploads/images`

*/
    pub async fn upload_image<'a>(
        &'a self,
        body: crate::forms::UploadImageForm,
    ) -> Result<ResponseValue<types::UploadAnswer>, Error<()>> {
        let url = format!("{}/v1/uploads/images", self.baseurl,);
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
            operation_id: "upload_image",
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
    /**Upload a video

Stores a video and returns a public URL that requests take. It costs nothing.

Sends a `POST` request to `/v1/uploads/videos`

*/
    pub async fn upload_video<'a>(
        &'a self,
        body: crate::forms::UploadVideoForm,
    ) -> Result<ResponseValue<types::UploadAnswer>, Error<()>> {
        let url = format!("{}/v1/uploads/videos", self.baseurl,);
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
            operation_id: "upload_video",
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
    /**Query the balance

The balance of the account, whichever of its keys asks. It costs nothing, so it also shows whether a key works. A failure has status 200 too, with `success` false and a message.

Sends a `GET` request to `/v1/user/balance`

*/
    pub async fn get_balance<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::Balance>, Error<()>> {
        let url = format!("{}/v1/user/balance", self.baseurl,);
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
            operation_id: "get_balance",
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
    /**Create an avatar

Adds the file at a public URL to a group. It is processed afterwards; poll it until it is active.

Sends a `POST` request to `/v1/videos/doubao-seedance-2-0/private-avatar/assets`

*/
    pub async fn create_avatar_asset<'a>(
        &'a self,
        body: &'a types::CreateAvatarAssetRequest,
    ) -> Result<ResponseValue<types::AvatarAssetAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/private-avatar/assets", self.baseurl,
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
            .build()?;
        let info = OperationInfo {
            operation_id: "create_avatar_asset",
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
    /**Poll an avatar

Returns the asset. Only an active one can be used.

Sends a `GET` request to `/v1/videos/doubao-seedance-2-0/private-avatar/assets/{asset_id}`

Arguments:
- `asset_id`: The id of the asset.
*/
    pub async fn get_avatar_asset<'a>(
        &'a self,
        asset_id: &'a str,
    ) -> Result<ResponseValue<types::AvatarAssetAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/private-avatar/assets/{}", self.baseurl,
            encode_path(& asset_id.to_string()),
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
            operation_id: "get_avatar_asset",
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
    /**Create a group of avatars

Creates a group of virtual avatars; one for each character is advised.

Sends a `POST` request to `/v1/videos/doubao-seedance-2-0/private-avatar/groups`

*/
    pub async fn create_avatar_group<'a>(
        &'a self,
        body: &'a types::CreateAvatarGroupRequest,
    ) -> Result<ResponseValue<types::AvatarGroupAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/private-avatar/groups", self.baseurl,
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
            .build()?;
        let info = OperationInfo {
            operation_id: "create_avatar_group",
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
    /**Create an asset of a verified person

Adds the file at a public URL to the group of a verified person of the same user.

Sends a `POST` request to `/v1/videos/doubao-seedance-2-0/real-avatar/assets`

*/
    pub async fn create_person_asset<'a>(
        &'a self,
        body: &'a types::CreateAvatarAssetRequest,
    ) -> Result<ResponseValue<types::AvatarAssetAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/real-avatar/assets", self.baseurl,
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
            .build()?;
        let info = OperationInfo {
            operation_id: "create_person_asset",
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
    /**Poll an asset of a verified person

Returns the asset. Only an active one can be used.

Sends a `GET` request to `/v1/videos/doubao-seedance-2-0/real-avatar/assets/{asset_id}`

Arguments:
- `asset_id`: The id of the asset.
*/
    pub async fn get_person_asset<'a>(
        &'a self,
        asset_id: &'a str,
    ) -> Result<ResponseValue<types::AvatarAssetAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/real-avatar/assets/{}", self.baseurl,
            encode_path(& asset_id.to_string()),
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
            operation_id: "get_person_asset",
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
    /**Get the result of a verification

Returns the group of the person, once verified.

Sends a `GET` request to `/v1/videos/doubao-seedance-2-0/real-avatar/verify-results`

Arguments:
- `byted_token`: The token that the browser was sent back with.
- `result_code`: The code that the browser was sent back with.
- `task_id`: The id of the verification.
*/
    pub async fn get_verification_result<'a>(
        &'a self,
        byted_token: Option<&'a str>,
        result_code: Option<&'a str>,
        task_id: Option<&'a str>,
    ) -> Result<ResponseValue<types::VerificationResultAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/real-avatar/verify-results", self.baseurl,
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("byted_token", &byted_token))
            .query(&progenitor_client::QueryParam::new("result_code", &result_code))
            .query(&progenitor_client::QueryParam::new("task_id", &task_id))
            .build()?;
        let info = OperationInfo {
            operation_id: "get_verification_result",
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
    /**Start the verification of a person

Creates a session in which a real person proves to be the one in the pictures, on a page in a browser. Its callback is no task webhook: the browser is sent there with `resultCode` and `bytedToken`.

Sends a `POST` request to `/v1/videos/doubao-seedance-2-0/real-avatar/verify-tasks`

*/
    pub async fn create_verification<'a>(
        &'a self,
        body: &'a types::CreateVerificationRequest,
    ) -> Result<ResponseValue<types::VerificationAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/real-avatar/verify-tasks", self.baseurl,
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
            .build()?;
        let info = OperationInfo {
            operation_id: "create_verification",
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
    /**Get the link of a verification

Returns the session. Completed means that the link exists, not that the person has passed. The link expires after two minutes.

Sends a `GET` request to `/v1/videos/doubao-seedance-2-0/real-avatar/verify-tasks/{task_id}`

Arguments:
- `task_id`: The id of the verification.
*/
    pub async fn get_verification<'a>(
        &'a self,
        task_id: &'a str,
    ) -> Result<ResponseValue<types::VerificationAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/videos/doubao-seedance-2-0/real-avatar/verify-tasks/{}", self.baseurl,
            encode_path(& task_id.to_string()),
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
            operation_id: "get_verification",
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

Creates an asynchronous task from text, frames or references. An active uploaded asset (`asset://…`: an avatar, or any image, video or audio) can be used wherever a URL can; an asset that is still being processed, or whose processing failed, may fail the request.

Sends a `POST` request to `/v1/videos/generations`

*/
    pub async fn create_generation<'a>(
        &'a self,
        body: &'a types::CreateGenerationBody,
    ) -> Result<ResponseValue<types::Task>, Error<()>> {
        let url = format!("{}/v1/videos/generations", self.baseurl,);
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
    /**Poll a video task

Returns the task with this id or with the caller's own id. Poll first after five seconds, then every ten seconds with up to a second of jitter; after a 429, wait as `Retry-After` says, then double up to 120 seconds.

Sends a `GET` request to `/v1/videos/generations/{task_id}`

Arguments:
- `task_id`: The task id returned by the submission, or the `client_business_id` sent with it.
*/
    pub async fn get_generation<'a>(
        &'a self,
        task_id: &'a str,
    ) -> Result<ResponseValue<types::Task>, Error<()>> {
        let url = format!(
            "{}/v1/videos/generations/{}", self.baseurl, encode_path(& task_id
            .to_string()),
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
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
