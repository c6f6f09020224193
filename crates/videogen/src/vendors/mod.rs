//! The vendors' adapters: the only folder that contains vendor-specific code.
//!
//! Each adapter converts a request to the vendor's format and a response to a [`VideoTask`], and classifies errors. It
//! does not validate requests: supported fields and limits are in the tables generated from the spec.
//!
//! Floor 3: depends on `transport` and the floors below. It may not use journals or clients.

use std::sync::Arc;

use progenitor_client::{Error as RawError, ResponseValue};
use serde_json::Value;
use videogen_wire::facts::Upload;
use videogen_wire::{FilePart, Session};

use crate::model::{
    Asset, AssetGroup, AssetPage, AssetQuery, Balance, Capabilities, ErrorKind, ListQuery, ListedModel, SecretUrl,
    TaskId, Timestamp, Verification, VideoRequest, VideoTask,
};
use crate::transport::content::{Content, Progress};
use crate::transport::put::Presigned;

#[cfg(feature = "alltoken")]
mod alltoken;
#[cfg(feature = "ark")]
mod ark;
mod body;
mod details;
pub(crate) mod dispatch;
mod display;
#[cfg(feature = "fal")]
mod fal;
mod ids;
#[cfg(any(feature = "replicate", feature = "fal"))]
mod links;
pub(crate) mod listed;
mod members;
#[cfg(feature = "openrouter")]
mod openrouter;
mod outcome;
#[cfg(feature = "replicate")]
mod replicate;
#[cfg(feature = "toapis")]
mod toapis;
#[cfg(feature = "token360")]
mod token360;
mod unreadable;
mod words;

pub(crate) use ids::Origin;
pub(crate) use outcome::Judge;

/// What an adapter needs to make one call.
pub(crate) struct Call<'a> {
    pub(crate) base_url: &'a str,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) session: Session,
}

/// Reason why a call returned no value. It contains nothing from the body.
pub(crate) struct CallError(pub(crate) String);

impl From<RawError<()>> for CallError {
    fn from(error: RawError<()>) -> Self {
        Self(match error {
            // Only the position: this error's message quotes the body.
            RawError::InvalidResponsePayload(_, error) => {
                let (line, column) = (error.line(), error.column());
                format!("{}, at line {line} column {column}", unreadable::NOT_EXPECTED)
            }
            RawError::InvalidRequest(reason) | RawError::Custom(reason) => reason,
            RawError::CommunicationError(error) if error.is_builder() => "invalid base URL".to_owned(),
            _ => "no usable response".to_owned(),
        })
    }
}

/// One page of tasks, without their raw JSON.
#[derive(Default)]
pub(crate) struct RawPage {
    /// In the vendor's order; `None` where an entry names no task.
    pub(crate) tasks: Vec<Option<VideoTask>>,
    pub(crate) next: Option<String>,
    pub(crate) total: Option<u64>,
    /// Why there is no `next`, although the vendor names a next page.
    pub(crate) incomplete: Option<String>,
}

/// A file to upload.
#[allow(dead_code, reason = "not every vendor needs everything")]
pub(crate) struct Outgoing<'a> {
    pub(crate) way: &'static Upload,
    pub(crate) content: &'a Arc<Content>,
    pub(crate) sent: Progress,
    /// Id of the group of assets.
    pub(crate) group: Option<&'a str>,
    /// Whether the group is that of a verified person.
    pub(crate) person: bool,
    /// URL of the file, for a way that takes one.
    pub(crate) via: Option<&'a SecretUrl>,
}

#[allow(dead_code, reason = "not every vendor needs everything")]
impl Outgoing<'_> {
    /// Its name, as a vendor may show it.
    pub(crate) fn name(&self) -> String {
        self.content.file.name()
    }

    /// The file as a part of a multipart body, which is streamed.
    pub(crate) fn part(&self) -> FilePart {
        let probe = &self.content.probe;
        let body = reqwest::Body::wrap_stream(self.content.stream(Arc::clone(&self.sent)));
        FilePart::new(self.name(), probe.media_type, probe.bytes, body)
    }
}

/// What an upload gave.
#[allow(dead_code, reason = "not every vendor gives everything")]
pub(crate) enum Stored {
    /// A URL that requests can name, and when it expires, if the answer states it.
    Url(SecretUrl, Option<Timestamp>),
    /// An asset, which may not be active yet.
    Asset(Asset),
    /// Nothing yet: the file goes to this URL.
    Presigned(Presigned),
}

/// The meaning of an error by the vendor's own codes. Messages are interpreted in the same way for all vendors.
#[derive(Default)]
pub(crate) struct ErrorDetail {
    pub(crate) kind: Option<ErrorKind>,
    pub(crate) code: Option<String>,
    /// The vendor documents that nothing was accepted, whatever the status.
    pub(crate) refused: bool,
}

/// Contents of a signed webhook's body.
#[cfg(feature = "webhook")]
#[derive(Default)]
pub(crate) struct WebhookEvent {
    /// The event's id, the same in each repeat, where the signature covers no header with it.
    pub(crate) id: Option<String>,
    /// The vendor's event type.
    pub(crate) kind: Option<String>,
    /// The vendor's id of the task, if it names one.
    pub(crate) task: Option<String>,
    /// The model that the task used.
    pub(crate) model: Option<String>,
    /// Whether the event concerns the account or the endpoint instead of a task.
    pub(crate) without_task: bool,
    /// Whether it reports that the task has ended.
    pub(crate) ended: bool,
}

/// What every adapter offers. Operations that a vendor lacks keep their default and are missing from `OPERATIONS`.
pub(crate) trait Adapter {
    /// The member that holds the tasks of a list.
    const LIST_MEMBER: &'static str = "";

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError>;

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError>;

    /// The id under which a task can be polled that the vendor calls `id`, created for `model`. `None`: without a model, `id` is
    /// not enough.
    fn task_id(_model: &str, id: String) -> Option<String> {
        Some(id)
    }

    /// `None`: the answer shows no task.
    async fn cancel(_call: &Call<'_>, _id: &TaskId) -> Result<Option<VideoTask>, CallError> {
        Err(CallError(String::new()))
    }

    async fn list(_call: &Call<'_>, _query: &ListQuery) -> Result<RawPage, CallError> {
        Err(CallError(String::new()))
    }

    /// `None`: the vendor refused with a status of success.
    async fn balance(_call: &Call<'_>) -> Result<Option<Balance>, CallError> {
        Err(CallError(String::new()))
    }

    /// `None`: the vendor refused with a status of success.
    async fn models(_call: &Call<'_>) -> Result<Option<Vec<ListedModel>>, CallError> {
        Err(CallError(String::new()))
    }

    /// A new link to the video, for vendors with a separate operation for it.
    async fn fresh_link(_call: &Call<'_>, _id: &TaskId) -> Result<Option<SecretUrl>, CallError> {
        Ok(None)
    }

    /// Uploads a file in one of the ways of the spec.
    async fn upload(_call: &Call<'_>, _file: &Outgoing<'_>) -> Result<Stored, CallError> {
        Err(CallError(String::new()))
    }

    async fn asset(_call: &Call<'_>, _id: &str) -> Result<Asset, CallError> {
        Err(CallError(String::new()))
    }

    async fn assets(_call: &Call<'_>, _query: &AssetQuery) -> Result<AssetPage, CallError> {
        Err(CallError(String::new()))
    }

    async fn delete_asset(_call: &Call<'_>, _id: &str) -> Result<(), CallError> {
        Err(CallError(String::new()))
    }

    async fn groups(_call: &Call<'_>, _query: &AssetQuery) -> Result<AssetPage<AssetGroup>, CallError> {
        Err(CallError(String::new()))
    }

    async fn create_group(_call: &Call<'_>, _name: &str) -> Result<AssetGroup, CallError> {
        Err(CallError(String::new()))
    }

    /// Begins the verification of a real person.
    async fn verify(
        _call: &Call<'_>,
        _name: &str,
        _callback_url: Option<&SecretUrl>,
    ) -> Result<Verification, CallError> {
        Err(CallError(String::new()))
    }

    /// A session of a verification.
    async fn verification(_call: &Call<'_>, _id: &str) -> Result<Verification, CallError> {
        Err(CallError(String::new()))
    }

    /// The group of a verified person.
    async fn verified(_call: &Call<'_>, _verification: &Verification) -> Result<Option<String>, CallError> {
        Err(CallError(String::new()))
    }

    fn error(status: u16, body: Value) -> ErrorDetail;

    /// Parses the body of a signed webhook of any shape.
    #[cfg(feature = "webhook")]
    fn webhook_event(_body: Value) -> WebhookEvent {
        WebhookEvent::default()
    }

    /// Parses the task `id` from a signed webhook.
    #[cfg(feature = "webhook")]
    fn webhook_task(_id: &TaskId, _body: Value) -> Result<VideoTask, CallError> {
        Err(CallError("this vendor does not sign webhooks".to_owned()))
    }
}

/// Error for a verification that ends in a browser.
#[allow(dead_code, reason = "only some vendors need one")]
fn no_callback() -> CallError {
    CallError("this vendor needs a callback URL, to which the person's browser returns".to_owned())
}

/// The value of a response that the generated client could parse.
fn value<T>(result: Result<ResponseValue<T>, RawError<()>>) -> Result<T, CallError> {
    Ok(result?.into_inner())
}

/// The entries of a list, `None` for each that cannot be read.
#[allow(dead_code, reason = "only some vendors have lists")]
fn read_all<T, R>(
    list: Option<videogen_wire::Lenient<Vec<videogen_wire::Lenient<T>>>>,
    read: impl Fn(T) -> Result<R, CallError>,
) -> Result<Vec<Option<R>>, CallError> {
    use videogen_wire::Read as _;

    let list = list
        .read()
        .ok_or_else(|| CallError("the response contains no list".to_owned()))?;
    Ok(list.into_iter().map(|item| read(item.0?).ok()).collect())
}

/// The id of a task: its own, or else the requested one, if the response contains any data of the task.
fn named(id: Option<TaskId>, requested: Option<&TaskId>, status: &str) -> Result<TaskId, CallError> {
    let requested = requested.filter(|_| !status.is_empty()).cloned();
    id.or(requested)
        .ok_or_else(|| CallError("the response contains no task id".to_owned()))
}
