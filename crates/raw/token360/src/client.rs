// @generated from specs/token360.yaml by `cargo xtask generate token360`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///An asset, which a request names as `asset://…`. Everything but its id and status may be absent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Asset {
        ///Ratio of width to height.
        #[serde(
            rename = "aspectRatio",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub aspect_ratio: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of its group.
        #[serde(
            rename = "assetGroupId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Id of the asset.
        #[serde(
            rename = "assetId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Kind of asset.
        #[serde(
            rename = "assetKind",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_kind: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Type of the asset.
        #[serde(
            rename = "assetType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Type of the file.
        #[serde(
            rename = "fileType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub file_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub filename: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of its group.
        #[serde(
            rename = "groupName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Height in pixels.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub height: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Number of the asset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Medium.
        #[serde(
            rename = "mediaType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub media_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Media type.
        #[serde(
            rename = "mimeType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub mime_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of the asset.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Until when.
        #[serde(
            rename = "shareExpiresAt",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub share_expires_at: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///What others may do.
        #[serde(
            rename = "sharePermission",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub share_permission: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether others may use it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub shared: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Size in bytes.
        #[serde(
            rename = "sizeBytes",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub size_bytes: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Where the file came from.
        #[serde(
            rename = "sourceType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub source_type: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Status, in any letter case. Clients take `active`, `ready`, `success` and `completed` as usable, and `failed`, `error`, `rejected` and `inactive` as the end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Tenant.
        #[serde(
            rename = "tenantId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub tenant_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The same.
        #[serde(
            rename = "token360AssetId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub token360_asset_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///User.
        #[serde(
            rename = "userId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub user_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Name of the user.
        #[serde(
            rename = "userName",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub user_name: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Width in pixels.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub width: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An asset.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AssetAnswer {
        ///0 if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<Asset>>,
        ///Message, `OK` if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub msg: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Why the call failed; null if it did not.
        #[serde(
            rename = "serviceCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub service_code: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group of assets. A list and the answer of a creation have different names for its id.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AssetGroup {
        ///Id of the group.
        #[serde(
            rename = "assetGroupId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub asset_group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Its id, in a list.
        #[serde(
            rename = "groupId",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(
            rename = "groupKind",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub group_kind: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::GroupKind>,
        >,
        ///Page for a real person to open, within two minutes.
        #[serde(
            rename = "h5Link",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub h5_link: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Name of the group.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Status, in any letter case.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AssetGroupAnswer {
        ///0 if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<AssetGroup>>,
        ///Message, `OK` if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub msg: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Why the call failed; null if it did not.
        #[serde(
            rename = "serviceCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub service_code: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The groups of a page, under one of two names.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AssetGroupPage {
        ///The groups, in the page's list of members.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub list: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<AssetGroup>>,
            >,
        >,
        ///Page, size and count, in the list of members.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pagination: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        ///The groups, in the page's example.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub records: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<AssetGroup>>,
            >,
        >,
        ///Number of groups, in the example.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One page of groups.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AssetGroupsAnswer {
        ///0 if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<AssetGroupPage>>,
        ///Message, `OK` if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub msg: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Why the call failed; null if it did not.
        #[serde(
            rename = "serviceCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub service_code: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A model of the catalogue.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CatalogueModel {
        #[serde(
            rename = "modelType",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub model_type: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::ModelType>,
        >,
        ///Model id to send.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Parameters of the model. Clients also read a string with spaces between them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub supported_parameters: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<::std::string::String>>,
            >,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A presigned URL and how long it is valid.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ContentUrl {
        ///Seconds until the URL expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_in: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///The presigned URL.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A group to create.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CreateAssetGroupRequest {
        #[serde(rename = "groupKind")]
        pub group_kind: crate::enums::GroupKind,
        ///Name of the group.
        pub name: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateVideoRequest {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio>,
        ///HTTPS URL that the result is posted to when the task has finished.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///Length in seconds. If omitted, the model decides.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Seconds after which the provider abandons the task.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub execution_expires_after: ::std::option::Option<i64>,
        ///The first and the last frame. Named on the page; the schema is the one that clients send. Most clients also send `input_references` next to it, which the provider's models refuse; what this service does is not known.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub frame_images: ::std::vec::Vec<FrameImage>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Reference media. Named on the page; the schema is the one that clients send.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub input_references: ::std::vec::Vec<InputReference>,
        ///The caller's own keys and values, stored with the task.
        #[serde(default, skip_serializing_if = "::serde_json::Map::is_empty")]
        pub metadata: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        ///Model id.
        pub model: ::std::string::String,
        ///Text prompt.
        pub prompt: ::std::string::String,
        ///The caller's own id, returned in the webhook. A client sends null with every callback.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<::std::string::String>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution>,
        ///Whether to return the last frame as a separate image.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<bool>,
        ///An identifier for the provider's safety and audit systems.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<::std::string::String>,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        ///Whether to add a watermark.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub watermark: ::std::option::Option<bool>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The result of a deletion.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct DeletedAnswer {
        ///0 if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///A message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Message, `OK` if the call succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub msg: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Why the call failed; null if it did not.
        #[serde(
            rename = "serviceCode",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub service_code: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Body of every error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorBody {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<ErrorDetail>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The error.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ErrorDetail {
        ///Machine-readable code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Error message.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The invalid parameter.
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
    ///An image that is a frame of the video.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct FrameImage {
        pub frame_type: crate::enums::FrameType,
        pub image_url: MediaUrl,
        #[serde(rename = "type")]
        pub type_: crate::enums::MediaType,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A reference medium. The member that `type` names holds its content.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct InputReference {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audio_url: ::std::option::Option<MediaUrl>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub image_url: ::std::option::Option<MediaUrl>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub role: ::std::option::Option<crate::enums::ReferenceRole>,
        #[serde(rename = "type")]
        pub type_: crate::enums::MediaType,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<MediaUrl>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An `https` URL, an uploaded asset (`asset://…`, for 2.0 and 2.0 Fast only) or, for frames, a `data:` URL, which clients send and no page mentions.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct MediaUrl {
        ///URL of the medium.
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One page of the catalogue.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ModelCatalogue {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<ModelPage>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The models of a page.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ModelPage {
        ///The models.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub list: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::std::vec::Vec<::videogen_wire::Lenient<CatalogueModel>>,
            >,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The parameters as the service understood them.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Parameters {
        ///Aspect ratio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether audio is generated, where the provider uses this name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Seconds until the provider abandons the task.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub execution_expires_after: ::std::option::Option<
            ::videogen_wire::Lenient<i64>,
        >,
        ///Whether audio is generated.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Resolution tier.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether the last frame is returned.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///The safety identifier that was sent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Random seed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether there is a watermark.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub watermark: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Why a task failed; null if it has not.
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
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///What to change of a group.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct UpdateAssetGroupRequest {
        ///Status to set.
        pub status: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A video task.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Video {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub content: ::std::option::Option<::videogen_wire::Lenient<VideoContent>>,
        ///When the task was created, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Length of the finished video in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<TaskError>>,
        ///File format of the result.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fileformat: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Number of frames of the result.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub frames: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether the result has sound.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The kind of object (`video`).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub parameters: ::std::option::Option<::videogen_wire::Lenient<Parameters>>,
        ///The prompt as submitted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Resolution tier that was used. This and the next four are provider-specific.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The provider's own answer.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub response: ::std::option::Option<
            ::videogen_wire::Lenient<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
            >,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::VideoStatus>,
        >,
        ///When the task last changed, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Presigned URL of the finished video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///The same, for providers that use this name; null until then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Other results of the provider.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VideoContent {
        ///The last frame as an image, if requested and returned by the provider.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///One page of tasks.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct VideoList {
        ///The tasks of this page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<Video>>>,
        >,
        ///Id of the first task of the page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub first_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Whether another page follows.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub has_more: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Id of the last task of the page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Always `list`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Payload sent to `callback_url`. Only the task and `request_id` are documented, not the place of the task: at the top level, or under `data` or `video`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookEvent {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub content: ::std::option::Option<::videogen_wire::Lenient<VideoContent>>,
        ///When the task was created, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data: ::std::option::Option<::videogen_wire::Lenient<Video>>,
        ///Length of the finished video in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<TaskError>>,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The kind of object (`video`).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub object: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub parameters: ::std::option::Option<::videogen_wire::Lenient<Parameters>>,
        ///The prompt as submitted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub prompt: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The caller's own id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::VideoStatus>,
        >,
        ///When the task last changed, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Presigned URL.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video: ::std::option::Option<::videogen_wire::Lenient<Video>>,
        ///The same, where the provider names it so.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
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
/**Client for Token360 video generation

Asynchronous video generation at Token360: submit a request, poll the task or receive a webhook, download the file from a presigned URL. There is no operation to cancel a task, no idempotency key, and no page on balance, usage or prices.

Left out: listing and deleting single assets, for which there is no page; deleting a group deletes its assets. Bodies in a model's own format are described at the header `Token360-Native-Params`.

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

The public catalogue of all models, not only of those that generate videos. It needs no key. No page describes it: three programs read it, and only these members of it.

Sends a `GET` request to `/public/models`

Arguments:
- `current`: Number of the page, from 1.
- `size`: Page size; clients send 200.
*/
    pub async fn list_models<'a>(
        &'a self,
        current: Option<i64>,
        size: Option<i64>,
    ) -> Result<ResponseValue<types::ModelCatalogue>, Error<()>> {
        let url = format!("{}/public/models", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("current", &current))
            .query(&progenitor_client::QueryParam::new("size", &size))
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
    /**List groups of assets

Lists the groups of the account. The page's list of members and its example have different names for the list and the count.

Sends a `GET` request to `/v1/asset-groups`

Arguments:
- `created_by`: Creator of the group.
- `current`: Number of the page, from 1.
- `group_kind`: Kind of group.
- `keyword`: Part of the name.
- `owned_only`: Only the user's own groups.
- `size`: Groups on a page.
- `status`: Status of the group.
*/
    pub async fn list_asset_groups<'a>(
        &'a self,
        created_by: Option<&'a str>,
        current: Option<i64>,
        group_kind: Option<&'a crate::enums::GroupKind>,
        keyword: Option<&'a str>,
        owned_only: Option<bool>,
        size: Option<i64>,
        status: Option<&'a str>,
    ) -> Result<ResponseValue<types::AssetGroupsAnswer>, Error<()>> {
        let url = format!("{}/v1/asset-groups", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("createdBy", &created_by))
            .query(&progenitor_client::QueryParam::new("current", &current))
            .query(&progenitor_client::QueryParam::new("groupKind", &group_kind))
            .query(&progenitor_client::QueryParam::new("keyword", &keyword))
            .query(&progenitor_client::QueryParam::new("ownedOnly", &owned_only))
            .query(&progenitor_client::QueryParam::new("size", &size))
            .query(&progenitor_client::QueryParam::new("status", &status))
            .build()?;
        let info = OperationInfo {
            operation_id: "list_asset_groups",
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
    /**Create a group of assets

Creates a group, for virtual portraits or for a real person. A real person must open the link of the answer within two minutes and pass the check; if the link expires, create another group.

Sends a `POST` request to `/v1/asset-groups`

*/
    pub async fn create_asset_group<'a>(
        &'a self,
        body: &'a types::CreateAssetGroupRequest,
    ) -> Result<ResponseValue<types::AssetGroupAnswer>, Error<()>> {
        let url = format!("{}/v1/asset-groups", self.baseurl,);
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
            operation_id: "create_asset_group",
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
    /**Delete a group

Deletes a group and its assets.

Sends a `DELETE` request to `/v1/asset-groups/{group_id}`

Arguments:
- `group_id`: The id of the group.
*/
    pub async fn delete_asset_group<'a>(
        &'a self,
        group_id: &'a str,
    ) -> Result<ResponseValue<types::DeletedAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/asset-groups/{}", self.baseurl, encode_path(& group_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .build()?;
        let info = OperationInfo {
            operation_id: "delete_asset_group",
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
    /**Change the status of a group

Changes the visible status of a group; clients send it, and see no other effect.

Sends a `PATCH` request to `/v1/asset-groups/{group_id}`

Arguments:
- `group_id`: The id of the group.
- `body`
*/
    pub async fn update_asset_group<'a>(
        &'a self,
        group_id: &'a str,
        body: &'a types::UpdateAssetGroupRequest,
    ) -> Result<ResponseValue<types::AssetGroupAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/asset-groups/{}", self.baseurl, encode_path(& group_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .build()?;
        let info = OperationInfo {
            operation_id: "update_asset_group",
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
    /**Upload an asset

Adds a file to a group. It is processed afterwards; poll it until it is active. It costs nothing.

Sends a `POST` request to `/v1/assets`

*/
    pub async fn upload_asset<'a>(
        &'a self,
        body: crate::forms::UploadAssetForm,
    ) -> Result<ResponseValue<types::AssetAnswer>, Error<()>> {
        let url = format!("{}/v1/assets", self.baseurl,);
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
            operation_id: "upload_asset",
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
    /**Poll an asset

Returns the asset. Only an active one can be used.

Sends a `GET` request to `/v1/assets/{asset_id}`

Arguments:
- `asset_id`: The id of the asset.
*/
    pub async fn get_asset<'a>(
        &'a self,
        asset_id: &'a str,
    ) -> Result<ResponseValue<types::AssetAnswer>, Error<()>> {
        let url = format!(
            "{}/v1/assets/{}", self.baseurl, encode_path(& asset_id.to_string()),
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
            operation_id: "get_asset",
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
    /**List video tasks

Lists the account's tasks by creation time. Cursors are task ids.

Sends a `GET` request to `/v1/videos`

Arguments:
- `after`: Return the tasks that follow this task id in the chosen order.
- `before`: Return the tasks that precede this task id in the chosen order.
- `limit`: Page size.
- `order`: Direction of the sort by `created_at`.
*/
    pub async fn list_videos<'a>(
        &'a self,
        after: Option<&'a str>,
        before: Option<&'a str>,
        limit: Option<i64>,
        order: Option<&'a crate::enums::Order>,
    ) -> Result<ResponseValue<types::VideoList>, Error<()>> {
        let url = format!("{}/v1/videos", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("after", &after))
            .query(&progenitor_client::QueryParam::new("before", &before))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("order", &order))
            .build()?;
        let info = OperationInfo {
            operation_id: "list_videos",
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

Creates an asynchronous task. The input array that is set decides whether the input is text, frames or references.

Sends a `POST` request to `/v1/videos`

*/
    pub async fn create_video<'a>(
        &'a self,
        body: &'a types::CreateVideoRequest,
    ) -> Result<ResponseValue<types::Video>, Error<()>> {
        let url = format!("{}/v1/videos", self.baseurl,);
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
    /**Poll a video task

Returns the task. A completed task has a presigned URL, which polling again renews.

Sends a `GET` request to `/v1/videos/{video_id}`

Arguments:
- `video_id`: The task id returned by the submission.
*/
    pub async fn get_video<'a>(
        &'a self,
        video_id: &'a str,
    ) -> Result<ResponseValue<types::Video>, Error<()>> {
        let url = format!(
            "{}/v1/videos/{}", self.baseurl, encode_path(& video_id.to_string()),
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
    /**Download the file, or get a new link to it

Redirects to a newly signed URL on another host, returns that URL as JSON, or streams the file through the API, depending on `format`.

Sends a `GET` request to `/v1/videos/{video_id}/content`

Arguments:
- `video_id`: The task id returned by the submission.
- `format`: How to deliver the file.
*/
    pub async fn get_video_content<'a>(
        &'a self,
        video_id: &'a str,
        format: Option<&'a crate::enums::ContentFormat>,
    ) -> Result<ResponseValue<types::ContentUrl>, Error<()>> {
        let url = format!(
            "{}/v1/videos/{}/content", self.baseurl, encode_path(& video_id.to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("format", &format))
            .build()?;
        let info = OperationInfo {
            operation_id: "get_video_content",
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
