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
    ///Request for a Seedance 1.5 Pro or 1.0 video. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateSeedance1Request {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub aspect_ratio: ::std::option::Option<crate::enums::AspectRatio1>,
        ///Called when the task has finished. Only an error message names it: the account needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook and accepted for polling. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds. The bounds depend on the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Images with roles by position. One image is the first frame; two are the first and the last frame; of three or more, those after the first two are references.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles. At most one first and one last frame; up to four references with 1.5 Pro, one with a 1.0 model.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<Seedance1Metadata>,
        ///Video model id.
        pub model: ::std::string::String,
        ///Text prompt; describe scene, action and style in detail.
        pub prompt: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a Seedance 2 video. Only one of the two image arrays may be sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateSeedance2Request {
        ///Reference audio.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub audio_with_roles: ::std::vec::Vec<AudioWithRole>,
        ///Called when the task has finished. Only an error message names it: the account needs a configured webhook.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///The caller's own id, returned in the webhook. It does not make the request idempotent: the same value sent twice may be billed twice.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_business_id: ::std::option::Option<::std::string::String>,
        ///Length in seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///The first frame: only the first image of the array is used. JPEG, JPG, PNG or WEBP of at most 10 MB.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_urls: ::std::vec::Vec<::std::string::String>,
        ///Images with roles. At most one first and one last frame.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub image_with_roles: ::std::vec::Vec<ImageWithRole2>,
        ///Video model id, `seedance-2` or `seedance-2-fast`.
        pub model: ::std::string::String,
        ///Text prompt; describe subject, action, camera and style.
        pub prompt: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ratio: ::std::option::Option<crate::enums::AspectRatio2>,
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
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::ErrorType>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An image and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImageWithRole {
        pub role: crate::enums::ImageRole,
        ///A URL, or an active uploaded asset (`asset://…`).
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///An image of a Seedance 2 video and its role.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImageWithRole2 {
        pub role: crate::enums::ImageRole2,
        ///An `https` URL, or an uploaded asset (`asset://…`).
        pub url: ::std::string::String,
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
    ///Further parameters of a Seedance 1 request. The page names some only in examples.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Seedance1Metadata {
        ///Whether to generate audio; 1.5 Pro only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audio: ::std::option::Option<bool>,
        ///Whether to lock the camera. The name is the one that clients send.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub camera_fixed: ::std::option::Option<bool>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution>,
        ///Random seed. The range is documented; the name is the one that clients send.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A video task. The vendor's pages disagree on where a finished task has its URL: in `result` or at the top level.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Task {
        ///The caller's own id.
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
        ///Length of the finished video in seconds, where the page's sample code reads it.
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
        ///URL of a preview image, where the page's sample code reads it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub thumbnail: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///Presigned URL of the finished video, where the page's sample code reads it.
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
    ///How often each tool was used.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ToolUsage {
        ///Number of web searches.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub web_search: ::std::option::Option<::videogen_wire::Lenient<i64>>,
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
        pub error: ::std::option::Option<::videogen_wire::Lenient<TaskError>>,
        ///When the task finished; assumed to be in unix seconds, as in a task.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub finished_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        ///Model used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
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
        ///When the task was submitted; assumed to be in unix seconds, as in a task.
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
    ///Payload of the webhook.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct WebhookEvent {
        ///Version of the payload.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub api_version: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///When the event happened; assumed to be in unix seconds, as in a task.
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

Asynchronous video generation at ToAPIs: submit a request, poll the task or receive a signed webhook, download the file before its URL expires. Two endpoint families, one for Seedance 2 and one for earlier Seedance models, differ in paths and in some member names.

Version: 2026-11-20*/
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
        "2026-11-20"
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
    /**Submit a Seedance 2 request

Creates an asynchronous task from text, frames or references. An active uploaded asset (`asset://…`: an avatar, or any image, video or audio) can be used wherever a URL can; an asset that is still being processed, or whose processing failed, may fail the request.

Sends a `POST` request to `/v1/video/generations`

*/
    pub async fn create_seedance_2<'a>(
        &'a self,
        body: &'a types::CreateSeedance2Request,
    ) -> Result<ResponseValue<types::Task>, Error<()>> {
        let url = format!("{}/v1/video/generations", self.baseurl,);
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
            operation_id: "create_seedance_2",
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
    /**Poll a Seedance 2 task

Returns the task. Most tasks take one to five minutes; poll first after five seconds, then every five to ten seconds with some jitter.

Sends a `GET` request to `/v1/video/generations/{task_id}`

Arguments:
- `task_id`: The task id returned by the submission. Whether the caller's `client_business_id` is accepted too, as in the other family, is unverified.
*/
    pub async fn get_seedance_2<'a>(
        &'a self,
        task_id: &'a str,
    ) -> Result<ResponseValue<types::Task>, Error<()>> {
        let url = format!(
            "{}/v1/video/generations/{}", self.baseurl, encode_path(& task_id
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
            operation_id: "get_seedance_2",
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
    /**Submit a Seedance 1.5 Pro or 1.0 request

Creates an asynchronous task from text or images. Resolution, audio, seed and camera are members of `metadata`. The webhook is described at `create_seedance_2`.

Sends a `POST` request to `/v1/videos/generations`

*/
    pub async fn create_seedance_1<'a>(
        &'a self,
        body: &'a types::CreateSeedance1Request,
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
            operation_id: "create_seedance_1",
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
    /**Poll a Seedance 1.5 Pro or 1.0 task

Returns the task with this id or with the caller's own id. Interval and response are those of `get_seedance_2`.

Sends a `GET` request to `/v1/videos/generations/{task_id}`

Arguments:
- `task_id`: The task id returned by the submission, or the `client_business_id` sent with it.
*/
    pub async fn get_seedance_1<'a>(
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
            operation_id: "get_seedance_1",
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
