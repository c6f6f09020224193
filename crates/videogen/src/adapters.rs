//! The only place, with the files below it, that knows vendors by name.
//!
//! Each adapter has the same shape: it turns a request into the vendor's own and an answer into a [`VideoTask`], and says
//! what an error means. What the vendor takes is not its business: that is in the tables made from the spec.

use std::fmt;
use std::str::FromStr;

use progenitor_client::{Error as RawError, ResponseValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use videogen_wire::{Session, facts};

use crate::journal::BoxFuture;
use crate::{Capabilities, ErrorKind, ListQuery, Operation, SecretUrl, TaskId, VideoRequest, VideoTask};

#[cfg(feature = "alltoken")]
mod alltoken;
#[cfg(feature = "toapis")]
mod toapis;
#[cfg(feature = "token360")]
mod token360;

/// What an adapter needs to make one call.
pub(crate) struct Call<'a> {
    pub(crate) base_url: &'a str,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) session: Session,
}

/// Why a call gave no value: in words, without anything from the body.
pub(crate) struct NoValue(pub(crate) String);

impl From<RawError<()>> for NoValue {
    fn from(error: RawError<()>) -> Self {
        Self(match error {
            // Only the place: the words of this error quote the body.
            RawError::InvalidResponsePayload(_, error) => {
                format!(
                    "not the expected JSON, at line {} column {}",
                    error.line(),
                    error.column()
                )
            }
            RawError::InvalidRequest(reason) | RawError::Custom(reason) => reason,
            RawError::CommunicationError(error) if error.is_builder() => "the base URL cannot be used".to_owned(),
            _ => "no usable answer".to_owned(),
        })
    }
}

/// One page of tasks, before the raw JSON is put beside them.
#[derive(Default)]
pub(crate) struct RawPage {
    /// In the vendor's order; `None` where an entry names no task.
    pub(crate) tasks: Vec<Option<VideoTask>>,
    pub(crate) next: Option<String>,
    pub(crate) total: Option<u64>,
}

/// What a vendor's error body says.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) kind: Option<ErrorKind>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    /// The vendor documents that nothing was accepted, whatever the status.
    pub(crate) refused: bool,
}

/// Under which headers a signed webhook carries what.
#[cfg(feature = "webhook")]
pub(crate) struct SignatureHeaders {
    /// The event's id.
    pub(crate) event: &'static str,
    /// When it was signed, in unix seconds.
    pub(crate) timestamp: &'static str,
    /// One or several signatures.
    pub(crate) signature: &'static str,
}

/// What the body of a signed webhook says.
#[cfg(feature = "webhook")]
#[derive(Default)]
pub(crate) struct Notice {
    /// The vendor's word for what happened.
    pub(crate) kind: Option<String>,
    /// The vendor's id of the task, if it names one.
    pub(crate) task: Option<String>,
    /// The model that the task used.
    pub(crate) model: Option<String>,
    /// It is about the account or the endpoint, not about a task.
    pub(crate) without_task: bool,
    /// It says that the task has ended.
    pub(crate) ended: bool,
}

/// A model as a vendor lists it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ListedModel {
    /// Model id.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Kinds of media it takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_modalities: Vec<String>,
    /// Kinds of media it makes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_modalities: Vec<String>,
}

/// What every adapter offers. Operations that a vendor lacks keep their default and are missing from `OPERATIONS`.
pub(crate) trait Adapter {
    /// The spec's facts.
    const FACTS: &'static facts::Vendor;
    /// What the vendor can be asked.
    const OPERATIONS: &'static [Operation];
    /// The member that holds the tasks of a list.
    const LIST_MEMBER: &'static str = "";
    /// Which members of [`ListQuery`] the vendor has.
    const LIST_QUERY: &'static [&'static str] = &[];

    /// The family whose `get` finds a task by the caller's own id too.
    const FINDS_BY_REFERENCE: Option<&'static str> = None;

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, NoValue>;

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, NoValue>;

    async fn cancel(_call: &Call<'_>, _id: &TaskId) -> Result<VideoTask, NoValue> {
        Err(NoValue(String::new()))
    }

    async fn list(_call: &Call<'_>, _query: &ListQuery) -> Result<RawPage, NoValue> {
        Err(NoValue(String::new()))
    }

    async fn models(_call: &Call<'_>) -> Result<Vec<ListedModel>, NoValue> {
        Err(NoValue(String::new()))
    }

    /// A fresh link to the video, for a vendor that gives one otherwise than by `get`.
    async fn fresh_link(_call: &Call<'_>, _id: &TaskId) -> Result<Option<SecretUrl>, NoValue> {
        Ok(None)
    }

    fn error(status: u16, body: Value) -> Said;

    /// Where a webhook's signature stands, for the vendors that sign.
    #[cfg(feature = "webhook")]
    const SIGNATURE: Option<SignatureHeaders> = None;

    /// What the body of a signed webhook says, whatever its shape.
    #[cfg(feature = "webhook")]
    fn notice(_body: Value) -> Notice {
        Notice::default()
    }

    /// The task `id` as a signed webhook tells of it.
    #[cfg(feature = "webhook")]
    fn told(_id: &TaskId, _body: Value) -> Result<VideoTask, NoValue> {
        Err(NoValue("nothing that is not signed is believed".to_owned()))
    }
}

/// Runs the same call on the adapter of a vendor.
macro_rules! on_adapter {
    ($vendor:expr, $adapter:ident => $call:expr) => {
        match $vendor {
            #[cfg(feature = "token360")]
            Vendor::Token360 => {
                type $adapter = token360::Token360;
                $call
            }
            #[cfg(feature = "toapis")]
            Vendor::ToApis => {
                type $adapter = toapis::ToApis;
                $call
            }
            #[cfg(feature = "alltoken")]
            Vendor::AllToken => {
                type $adapter = alltoken::AllToken;
                $call
            }
        }
    };
}

/// A vendor of generated video. One Cargo feature each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Vendor {
    /// <https://www.token360.ai>
    #[cfg(feature = "token360")]
    Token360,
    /// <https://toapis.com>
    #[cfg(feature = "toapis")]
    ToApis,
    /// <https://alltoken.ai>
    #[cfg(feature = "alltoken")]
    AllToken,
}

impl Vendor {
    /// Every vendor that is compiled in.
    pub const ALL: &'static [Self] = &[
        #[cfg(feature = "token360")]
        Self::Token360,
        #[cfg(feature = "toapis")]
        Self::ToApis,
        #[cfg(feature = "alltoken")]
        Self::AllToken,
    ];

    /// The short name used in task ids, features and file names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            #[cfg(feature = "token360")]
            Self::Token360 => "token360",
            #[cfg(feature = "toapis")]
            Self::ToApis => "toapis",
            #[cfg(feature = "alltoken")]
            Self::AllToken => "alltoken",
        }
    }

    /// What the vendor's spec says beyond its schemas.
    #[must_use]
    pub fn facts(self) -> &'static facts::Vendor {
        on_adapter!(self, A => A::FACTS)
    }

    /// What the vendor can be asked.
    #[must_use]
    pub fn operations(self) -> &'static [Operation] {
        on_adapter!(self, A => A::OPERATIONS)
    }

    pub(crate) fn list_member(self) -> &'static str {
        on_adapter!(self, A => A::LIST_MEMBER)
    }

    pub(crate) fn finds_by_reference(self) -> Option<&'static str> {
        on_adapter!(self, A => A::FINDS_BY_REFERENCE)
    }

    pub(crate) fn list_query(self) -> &'static [&'static str] {
        on_adapter!(self, A => A::LIST_QUERY)
    }

    pub(crate) fn submit<'a>(
        self,
        call: &'a Call<'_>,
        request: &'a VideoRequest,
        rules: &'a Capabilities,
    ) -> BoxFuture<'a, Result<VideoTask, NoValue>> {
        on_adapter!(self, A => Box::pin(A::submit(call, request, rules)))
    }

    pub(crate) fn get<'a>(self, call: &'a Call<'_>, id: &'a TaskId) -> BoxFuture<'a, Result<VideoTask, NoValue>> {
        on_adapter!(self, A => Box::pin(A::get(call, id)))
    }

    pub(crate) fn cancel<'a>(self, call: &'a Call<'_>, id: &'a TaskId) -> BoxFuture<'a, Result<VideoTask, NoValue>> {
        on_adapter!(self, A => Box::pin(A::cancel(call, id)))
    }

    pub(crate) fn list<'a>(self, call: &'a Call<'_>, query: &'a ListQuery) -> BoxFuture<'a, Result<RawPage, NoValue>> {
        on_adapter!(self, A => Box::pin(A::list(call, query)))
    }

    pub(crate) fn models<'a>(self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Vec<ListedModel>, NoValue>> {
        on_adapter!(self, A => Box::pin(A::models(call)))
    }

    pub(crate) fn fresh_link<'a>(
        self,
        call: &'a Call<'_>,
        id: &'a TaskId,
    ) -> BoxFuture<'a, Result<Option<SecretUrl>, NoValue>> {
        on_adapter!(self, A => Box::pin(A::fresh_link(call, id)))
    }

    pub(crate) fn error(self, status: u16, body: Value) -> Said {
        on_adapter!(self, A => A::error(status, body))
    }

    #[cfg(feature = "webhook")]
    pub(crate) fn signature(self) -> Option<SignatureHeaders> {
        on_adapter!(self, A => A::SIGNATURE)
    }

    #[cfg(feature = "webhook")]
    pub(crate) fn notice(self, body: Value) -> Notice {
        on_adapter!(self, A => A::notice(body))
    }

    #[cfg(feature = "webhook")]
    pub(crate) fn told(self, id: &TaskId, body: Value) -> Result<VideoTask, NoValue> {
        on_adapter!(self, A => A::told(id, body))
    }

    /// The vendor's name as it writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The endpoint families, as they stand in task ids.
    pub fn families(self) -> impl Iterator<Item = &'static str> {
        self.facts().families.iter().map(|family| family.name)
    }

    /// The model to use when the caller names none.
    #[must_use]
    pub fn default_model(self) -> &'static str {
        self.facts().models[0].id
    }

    /// Whether the vendor has an operation.
    #[must_use]
    pub fn supports(self, operation: Operation) -> bool {
        self.operations().contains(&operation)
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a [`Vendor`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseVendorError(String);

impl fmt::Display for ParseVendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect();
        write!(f, "`{}` is not a vendor; those are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for ParseVendorError {}

impl FromStr for Vendor {
    type Err = ParseVendorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|vendor| vendor.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| ParseVendorError(text.to_owned()))
    }
}

/// The value of an answer that the generated client could read.
fn value<T>(result: Result<ResponseValue<T>, RawError<()>>) -> Result<T, NoValue> {
    Ok(result?.into_inner())
}

/// The entries of a list, `None` for each that cannot be read. For the vendors that have lists.
#[cfg(any(feature = "token360", feature = "alltoken"))]
fn read_all<T, R>(
    list: Option<videogen_wire::Lenient<Vec<videogen_wire::Lenient<T>>>>,
    read: impl Fn(T) -> Result<R, NoValue>,
) -> Result<Vec<Option<R>>, NoValue> {
    use videogen_wire::Read as _;

    let list = list
        .read()
        .ok_or_else(|| NoValue("the answer holds no list".to_owned()))?;
    Ok(list.into_iter().map(|item| read(item.0?).ok()).collect())
}

/// The id of a task: its own, or else the one that was asked for, provided the answer says anything of the task at all.
fn named(id: Option<TaskId>, asked: Option<&TaskId>, status: &str) -> Result<TaskId, NoValue> {
    let asked = asked.filter(|_| !status.is_empty()).cloned();
    id.or(asked)
        .ok_or_else(|| NoValue("the answer names no task".to_owned()))
}
