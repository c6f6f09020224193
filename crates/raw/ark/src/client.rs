// @generated from specs/ark.yaml by `cargo xtask generate ark`. Do not edit: change the spec.

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
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
        ///The prompt; up to 1000 words are advised. It names references as `image 1`, `video 1`, `audio 1`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub text: ::std::option::Option<::std::string::String>,
        #[serde(rename = "type")]
        pub type_: crate::enums::ContentType,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<MediaUrl>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Request for a video. The vendor's SDKs send null for what the caller leaves out.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CreateTaskRequest {
        ///URL that the task is posted to at each change of its status.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        ///Whether to lock the camera; not with reference images.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub camera_fixed: ::std::option::Option<bool>,
        ///The text, the frames, the references or the draft to start from.
        pub content: ::std::vec::Vec<ContentItem>,
        ///Whether to render a draft in 480p, from which a task can start.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub draft: ::std::option::Option<bool>,
        ///Length in seconds; valid values depend on the model. `-1` lets the model decide, if it supports that.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<i64>,
        ///Seconds after its creation at which an unfinished task expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub execution_expires_after: ::std::option::Option<i64>,
        ///Length in frames, of the form 25 + 4n, 24 for a second; takes precedence over `duration`. For the 1.0 models only.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub frames: ::std::option::Option<i64>,
        ///Whether to generate audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<bool>,
        ///Model id, or the id of an endpoint (`ep-…`).
        pub model: ::std::string::String,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub omni_reference_task_type: ::std::option::Option<
            crate::enums::OmniReferenceTaskType,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output_format: ::std::option::Option<crate::enums::OutputFormat>,
        ///Priority within the queue of an endpoint, for the 2.0 models; not with `flex`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub priority: ::std::option::Option<i64>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ratio: ::std::option::Option<crate::enums::AspectRatio>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<crate::enums::Resolution>,
        ///Whether to return the last frame as an image, of the size of the video and without a watermark.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub return_last_frame: ::std::option::Option<bool>,
        ///Identifier of the caller's own user, in ASCII; hashed by the caller.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<::std::string::String>,
        ///Random seed; `-1` is a random one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<i64>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub service_tier: ::std::option::Option<crate::enums::ServiceTier>,
        ///Tools that the model may use, at Volcengine.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub tools: ::std::vec::Vec<Tool>,
        ///Whether to add a watermark.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub watermark: ::std::option::Option<bool>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///Reference to an earlier draft, which decides model, text, frame, audio, seed, ratio, length and camera.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct DraftTaskRef {
        ///Id of the draft's task.
        pub id: ::std::string::String,
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
        ///Machine-readable code. What follows a full stop specifies it: the parameter, or the rule.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Error message; it may end with the id of the request.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub message: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The parameter at fault, if any.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub param: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The class of the status, such as `BadRequest`.
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A public URL, an uploaded asset (`asset://…`) or, for images and audio, a `data:` URL with the format in lower case.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct MediaUrl {
        ///URL of the medium.
        pub url: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///A task. It does not contain the prompt.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Task {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub content: ::std::option::Option<::videogen_wire::Lenient<TaskContent>>,
        ///When the task was created, in unix seconds.
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
        ///Length in seconds, unless there is a frame count.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub duration: ::std::option::Option<::videogen_wire::Lenient<f64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::videogen_wire::Lenient<TaskError>>,
        ///Seconds after its creation at which the unfinished task expires.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub execution_expires_after: ::std::option::Option<
            ::videogen_wire::Lenient<i64>,
        >,
        ///Length in frames, if it was requested so.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub frames: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Frames per second.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub framespersecond: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Whether the video has audio.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generate_audio: ::std::option::Option<::videogen_wire::Lenient<bool>>,
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///Model used, with its date, also where the request named an endpoint.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///File format of the video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output_format: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Priority within the queue of an endpoint.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub priority: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Aspect ratio of the video, never `adaptive`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ratio: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Resolution tier of the video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub resolution: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///The safety identifier that was sent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        ///Random seed used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub seed: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        ///Service tier.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub service_tier: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub status: ::std::option::Option<
            ::videogen_wire::Lenient<crate::enums::TaskStatus>,
        >,
        ///Tools that the model may use.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tools: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<Tool>>>,
        >,
        ///When the task last changed, in unix seconds.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_at: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::Timestamp>,
        >,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub usage: ::std::option::Option<::videogen_wire::Lenient<Usage>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The files of a completed task, as presigned URLs that are valid for 24 hours.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TaskContent {
        ///The last frame as a PNG image, if requested.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_frame_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        ///The video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub video_url: ::std::option::Option<
            ::videogen_wire::Lenient<::videogen_wire::SecretUrl>,
        >,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    ///The answer to a submission.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TaskCreated {
        ///Task id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::videogen_wire::Lenient<::std::string::String>>,
        ///The safety identifier that was sent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub safety_identifier: ::std::option::Option<
            ::videogen_wire::Lenient<::std::string::String>,
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
    ///One page of tasks.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TaskList {
        ///The tasks of this page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub items: ::std::option::Option<
            ::videogen_wire::Lenient<::std::vec::Vec<::videogen_wire::Lenient<Task>>>,
        >,
        ///Total number of tasks.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total: ::std::option::Option<::videogen_wire::Lenient<i64>>,
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
    ///What the task is billed by. Only completed tasks are billed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Usage {
        ///Tokens of the video.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub completion_tokens: ::std::option::Option<::videogen_wire::Lenient<i64>>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tool_usage: ::std::option::Option<::videogen_wire::Lenient<ToolUsage>>,
        ///Total tokens; the same number.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total_tokens: ::std::option::Option<::videogen_wire::Lenient<i64>>,
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
/**Client for BytePlus ModelArk video generation

Asynchronous video generation at BytePlus ModelArk: submit a request, poll the task, download the file from a presigned URL. Tasks of the last seven days can be listed, and cancelled while they are queued.

Volcengine Ark is the same API for mainland China, at the base URL https://ark.cn-beijing.volces.com/api/v3. Its model ids begin with `doubao-`. A key, a task and an endpoint id (`ep-…`) belong to one of the two.

Left out: the flags of the old style at the end of the text (`--rs 720p --dur 5`), which the service still reads, so a prompt that ends with some changes the request; the list filter `filter.task_ids`, which is a repeated key; the result `file_url` of models that make no video; assets and their groups, which belong to the control plane with keys of its own (an asset is taken as an `asset://` source).

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
    /**List tasks

Lists one page of the tasks of the last seven days. A task shows no prompt.

Sends a `GET` request to `/contents/generations/tasks`

Arguments:
- `filter_model`: Return only tasks of this endpoint id.
- `filter_service_tier`: Return only tasks of this service tier.
- `filter_status`: Return only tasks with this status.
- `page_num`: Number of the page.
- `page_size`: Page size.
*/
    pub async fn list_tasks<'a>(
        &'a self,
        filter_model: Option<&'a str>,
        filter_service_tier: Option<&'a crate::enums::ServiceTier>,
        filter_status: Option<&'a crate::enums::ListStatus>,
        page_num: Option<i64>,
        page_size: Option<i64>,
    ) -> Result<ResponseValue<types::TaskList>, Error<()>> {
        let url = format!("{}/contents/generations/tasks", self.baseurl,);
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("filter.model", &filter_model))
            .query(
                &progenitor_client::QueryParam::new(
                    "filter.service_tier",
                    &filter_service_tier,
                ),
            )
            .query(&progenitor_client::QueryParam::new("filter.status", &filter_status))
            .query(&progenitor_client::QueryParam::new("page_num", &page_num))
            .query(&progenitor_client::QueryParam::new("page_size", &page_size))
            .build()?;
        let info = OperationInfo {
            operation_id: "list_tasks",
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

Creates an asynchronous task and returns its id, without status or model. There is no idempotency key and no id of the caller's own, so sending a request twice creates and bills two tasks.

Sends a `POST` request to `/contents/generations/tasks`

*/
    pub async fn create_task<'a>(
        &'a self,
        body: &'a types::CreateTaskRequest,
    ) -> Result<ResponseValue<types::TaskCreated>, Error<()>> {
        let url = format!("{}/contents/generations/tasks", self.baseurl,);
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
            operation_id: "create_task",
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
    /**Poll a task

Returns the task. Only tasks of the last seven days are known. A completed task has a presigned URL, valid for 24 hours.

Sends a `GET` request to `/contents/generations/tasks/{id}`

Arguments:
- `id`: The task id returned by the submission.
*/
    pub async fn get_task<'a>(
        &'a self,
        id: &'a str,
    ) -> Result<ResponseValue<types::Task>, Error<()>> {
        let url = format!(
            "{}/contents/generations/tasks/{}", self.baseurl, encode_path(& id
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
            operation_id: "get_task",
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
    /**Cancel a queued task, or delete the record of a finished one

Cancels a task that is queued. Of a task that has succeeded, failed or expired it deletes the record, so that its video cannot be found any more. A running or cancelled task is refused.

Sends a `DELETE` request to `/contents/generations/tasks/{id}`

Arguments:
- `id`: The task id returned by the submission.
*/
    pub async fn cancel_task<'a>(
        &'a self,
        id: &'a str,
    ) -> Result<ResponseValue<()>, Error<()>> {
        let url = format!(
            "{}/contents/generations/tasks/{}", self.baseurl, encode_path(& id
            .to_string()),
        );
        #[allow(unused_mut)]
        let mut request = self.client.delete(url).build()?;
        let info = OperationInfo {
            operation_id: "cancel_task",
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
