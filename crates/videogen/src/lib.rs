//! AI video generation (text-to-video and image-to-video) with Seedance models, through one API for Token360, ToAPIs,
//! AllToken, BytePlus ModelArk (or Volcengine Ark, with its base URL), OpenRouter, Replicate and fal.
//!
//! The vendors offer the same models behind different HTTP APIs. This crate gives them one: submit a
//! [`VideoRequest`], wait for its [`VideoTask`], and download the file before its link expires.
//!
//! ```no_run
//! use videogen::{Client, TaskStatus, Vendor, VideoRequest};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), videogen::Error> {
//!     // The key comes from TOKEN360_API_KEY.
//!     let client = Client::from_env(Vendor::Token360)?;
//!
//!     let request = VideoRequest::new("seedance-2.0", "a paper boat drifting down a rainy street")
//!         .duration(6)
//!         .resolution("720p")
//!         .aspect_ratio("16:9");
//!
//!     // One call submits at most once. The id is all that another process needs to resume.
//!     let task = client.submit(&request).await?;
//!     println!("submitted {}", task.id);
//!
//!     let task = client.wait(&task.id).await?;
//!     if task.status == TaskStatus::Completed {
//!         let file = client.download(&task, "boat.mp4").await?;
//!         println!("{} bytes in {}", file.bytes, file.path.display());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Many tasks at once
//!
//! [`Client::wait`] waits for one task, [`Client::watch`] streams its changes, and a [`Watcher`](wait::Watcher) waits for thousands of
//! tasks: it respects the account's rate limit, and polls via the list endpoint where that takes fewer requests.
//!
//! ```no_run
//! # async fn example(client: videogen::Client, ids: Vec<videogen::TaskId>) {
//! let watcher = client.watcher();
//! for id in &ids {
//!     watcher.add(id);
//! }
//! while let Some((id, result)) = watcher.next().await {
//!     match result {
//!         Ok(task) => println!("{id} is {}", task.status),
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! # }
//! ```
//!
//! Webhooks make the result available sooner: pass an unsigned hint to [`Watcher::wake`](wait::Watcher::wake), and a task from a verified
//! webhook to [`Watcher::offer`](wait::Watcher::offer). Each wait ends once, with the poll or the webhook that arrives first.
//!
//! # Guarantees
//!
//! - **Never pay twice.** A request is resent only when the vendor provably did not accept it ([`RetryPolicy`]). If the
//!   response is lost, the submission status is unknown: the call returns [`Delivery::Ambiguous`] with everything known
//!   about the submission ([`lost::Ambiguity`]), and [`Client::reconcile`] searches for its task.
//! - **Never lose a task.** A task id that arrived is returned even when the rest of the response cannot be read, and
//!   every error about a task contains its id.
//! - **Never drop silently.** Fields that a vendor or model does not support are reported as [`Violation`]s, all at once,
//!   before anything is sent.
//!
//! # Modules
//!
//! Everyday items are at the root: [`Client`] is the API of one account, [`Clients`] holds several accounts, [`Error`]
//! reports what failed and, with [`Error::delivery`], whether a failed submission may have been billed. The rest is grouped
//! by activity:
//!
//! | module | use it to |
//! |---|---|
//! | [`facts`] | look up models, fields, values and limits without a network |
//! | [`upload`] | upload local files once for several requests; look after assets |
//! | [`price`] | estimate what a video costs |
//! | [`submit`] | validate a request, show its exact HTTP request, set options of a submission |
//! | [`route`] | submit at the first of several vendors that takes a request, with [`Router`] |
//! | [`lost`] | find the task of a submission whose response was lost |
//! | [`task`] | read a task's details; page through the tasks of an account |
//! | [`wait`] | wait for one task or thousands |
//! | [`poll`] | schedule polls in your own loop |
//! | [`download`] | limit a download; stream a video |
//! | [`journal`] | record submissions so that they survive a crash |
//! | `webhook` (feature `webhook`) | receive webhooks instead of polling alone |
//!
//! # Features
//!
//! Vendors, all enabled by default: one for each, such as `token360`. Optional: `webhook` (receiving webhooks; adds HMAC,
//! SHA-256 and the system's random source), `webhook-axum` (a router for them), `schema` (JSON Schemas of requests and
//! tasks), `tracing` (spans and events), `test-util` (`VideoTask::builder`, for tests of applications).
//!
//! # Tracing
//!
//! With the feature `tracing`, the crate writes spans and events with the target `videogen`. No field contains a key, a
//! prompt or a URL.
//!
//! | span (INFO) | fields | covers |
//! |---|---|---|
//! | `submit` | `vendor`, `model` | one submission with its retries |
//! | `wait` | `task` | one wait: [`Client::wait`] and its variants, [`Client::watch`], or a task from [`add`](wait::Watcher::add) to [`next`](wait::Watcher::next) of a watcher |
//! | `download` | `task`, `kind` (`video` or `last_frame`) | one file, also in memory or as a stream |
//!
//! | event | fields | reports |
//! |---|---|---|
//! | `ended` (INFO) | `task`, `status` | the task of a submission or wait |
//! | `downloaded` (INFO) | `bytes` | the size of a file |
//! | `failed` (WARN) | `task`, `error` (the kind), `reason` | why one of them failed |
//! | `unlisted model` (WARN) | `model`, `did_you_mean` | that the limits of a submitted model were not checked |
//! | `retrying` (WARN) | `error`, `pause_ms` | that a call is repeated after a pause |

#[cfg(not(any(
    feature = "token360",
    feature = "toapis",
    feature = "alltoken",
    feature = "ark",
    feature = "openrouter",
    feature = "replicate",
    feature = "fal"
)))]
compile_error!("videogen needs at least one vendor: enable one, such as token360");

mod client;
mod clients;
pub mod download;
mod generate;
pub mod journal;
mod model;
pub mod poll;
mod router;
mod rules;
pub mod submit;
mod system;
mod transport;
pub mod upload;
mod vendors;
pub mod wait;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use client::{Client, ClientBuilder};
pub use clients::Clients;
pub use download::options::Downloaded;
pub use generate::{Generate, Generated};
pub use model::{
    Adjust, Delivery, Error, ErrorKind, Input, LocalFile, Role, SecretUrl, Source, TaskError, TaskId, TaskStatus,
    Timestamp, Tool, Vendor, Video, VideoDuration, VideoRequest, VideoTask, Violation,
};
pub use router::Router;
pub use transport::RetryPolicy;

/// Vendors and models: supported fields, values, limits and operations, from the specs.
///
/// ```
/// use videogen::Vendor;
/// use videogen::facts::{Capabilities, Operation};
///
/// for vendor in Vendor::ALL {
///     println!("{}: {} requests are documented", vendor.name(), vendor.facts().families.len());
///     if vendor.supports(Operation::Cancel) {
///         println!("  its tasks can be cancelled");
///     }
///     for model in Capabilities::all(*vendor) {
///         println!("  {}: {:?}", model.model.id, model.model.resolutions);
///     }
/// }
/// ```
pub mod facts {
    pub use crate::model::{
        Balance, Capabilities, ListedModel, ModelDifference, Operation, ParseVendorError, compare_models,
    };
    #[doc(inline)]
    pub use videogen_wire::facts::*;
}

/// Submissions whose response was lost: what is known about them, and the search for their tasks.
///
/// ```no_run
/// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
/// use videogen::lost::Reconciled;
///
/// let task = match client.submit(&request).await {
///     Ok(task) => task,
///     Err(error) => {
///         // Without an ambiguity, the submission was certainly not accepted.
///         let Some(ambiguity) = error.ambiguity() else { return Err(error) };
///         match client.reconcile(ambiguity).await? {
///             Reconciled::Found(task) => *task,
///             other => panic!("review before submitting again: {other:?}"),
///         }
///     }
/// };
/// # Ok(())
/// # }
/// ```
pub mod lost {
    pub use crate::model::{Ambiguity, Candidate, Evidence, Grade, Progress, Reconciled};
    pub use crate::submit::reconcile::ReconcileOptions;
    pub use crate::submit::recover::{LostSubmission, Recovered};
}

/// What videos cost: amounts of money, estimates of requests, and prices other than the vendors' list prices.
///
/// ```
/// use videogen::submit::plan_all;
/// use videogen::VideoRequest;
///
/// let request = VideoRequest::new("", "a paper boat").duration(5).resolution("720p").aspect_ratio("16:9");
/// for plan in plan_all(&request, |_| None)?.into_iter().filter_map(|plan| plan.plan) {
///     println!("{} {}: {}", plan.vendor, plan.model, plan.cost());
/// }
/// # Ok::<(), videogen::Error>(())
/// ```
pub mod price {
    /// Exact decimal number.
    #[doc(no_inline)]
    pub use rust_decimal::Decimal;

    pub use crate::model::{
        CostEstimate, CostLimit, CostLimitKind, Estimate, FieldRule, InvalidPriceError, Money, Obtained,
        ParseMoneyError, PossibleCost, PriceBook, PriceEntry, PriceOrigin, PriceProblem, Reserved, TaskCost,
        TokenPrice, UnitPrice,
    };
}

/// Several vendors for one request: which [`Router`] tries first, and what it returns.
///
/// ```
/// use videogen::route::{Route, RouteOrder};
/// use videogen::{Client, Clients, Router, Vendor, VideoRequest};
///
/// let client = |vendor| Client::builder(vendor).key("sk-test").build();
/// let clients = Clients::new([client(Vendor::Token360)?, client(Vendor::Ark)?]);
/// let routes = [Route::new(Vendor::Token360), Route::new(Vendor::Ark).model("dreamina-seedance-2-0-260128")];
/// let router = Router::new(&clients, routes)?.order(RouteOrder::Price);
///
/// // ModelArk's price is known, so it is tried first.
/// let request = VideoRequest::new("seedance-2.0", "a paper boat").duration(5).resolution("720p");
/// let vendors: Vec<Vendor> = router.plan(&request)?.iter().map(|plan| plan.vendor).collect();
/// assert_eq!(vendors, [Vendor::Ark, Vendor::Token360]);
/// # Ok::<(), videogen::Error>(())
/// ```
pub mod route {
    pub use crate::router::{Route, RouteOrder, Routed};
}

/// Details of a task, and lists of tasks.
///
/// ```no_run
/// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
/// use videogen::TaskStatus;
/// use videogen::task::ListQuery;
///
/// let mut completed = client.list_all(ListQuery::default().status(TaskStatus::Completed));
/// while let Some(task) = completed.next().await {
///     println!("{}", task?.id);
/// }
/// # Ok(())
/// # }
/// ```
pub mod task {
    pub use crate::client::TaskList;
    #[cfg(feature = "test-util")]
    pub use crate::model::VideoTaskBuilder;
    #[cfg(feature = "schema")]
    pub use crate::model::task_schema;
    pub use crate::model::{ListQuery, ParseTaskIdError, Raw, TaskPage, TaskParameters, TaskRef, UnlistedModel, Usage};
}
