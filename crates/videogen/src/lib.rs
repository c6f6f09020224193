//! AI video generation (text-to-video and image-to-video) with Seedance models, through one API for Token360, ToAPIs and
//! AllToken.
//!
//! The three vendors resell the same models behind three different HTTP APIs. This crate gives them one: submit a
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
//! [`Client::wait`] waits for one task, [`Client::watch`] streams its changes, and a [`Watcher`] waits for thousands of
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
//! Webhooks make the result available sooner: pass an unsigned hint to [`Watcher::wake`], and a task from a verified
//! webhook to [`Watcher::offer`]. Each wait ends once, with the poll or the webhook that arrives first.
//!
//! # Guarantees
//!
//! - **Never pay twice.** A request is resent only when the vendor provably did not accept it ([`RetryPolicy`]). If the
//!   response is lost, the submission status is unknown: the call returns [`Delivery::Ambiguous`] with everything known
//!   about the submission ([`Ambiguity`]), and [`Client::reconcile`] searches for its task.
//! - **Never lose a task.** A task id that arrived is returned even when the rest of the response cannot be read, and
//!   every error about a task contains its id.
//! - **Never drop silently.** Fields that a vendor or model does not support are reported as [`Violation`]s, all at once,
//!   before anything is sent.
//!
//! # Where to find things
//!
//! - [`Client`]: the API of one account. [`Clients`]: several accounts behind one interface.
//! - [`plan()`]: the exact HTTP request for a [`VideoRequest`], without sending it.
//! - [`Capabilities`]: the fields, values and limits of a model.
//! - [`Error`]: what failed; [`Error::delivery`] reports whether a failed submission may have been billed.
//! - [`journal`]: the record of submissions that survives a crash.
//!
//! # Features
//!
//! Vendors, all enabled by default: `token360`, `toapis`, `alltoken`. Optional: `webhook` (receiving webhooks; adds HMAC,
//! SHA-256 and the system's random source), `webhook-axum` (a router for them), `schema` (JSON Schemas of requests and
//! tasks).

#[cfg(not(any(feature = "token360", feature = "toapis", feature = "alltoken")))]
compile_error!("videogen needs at least one vendor: enable the feature token360, toapis or alltoken");

mod client;
mod clients;
mod download;
mod generate;
pub mod journal;
mod model;
mod poll;
mod rules;
mod submit;
mod transport;
mod vendors;
mod wait;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use client::{Client, ClientBuilder, ModelPlan, Plan, SubmitEvent, TaskList, plan, plan_all};
pub use clients::Clients;
pub use download::{DownloadOptions, Downloaded, VideoStream};
pub use generate::{Generate, Generated};
#[cfg(feature = "test-util")]
pub use model::VideoTaskBuilder;
pub use model::{
    Adjust, Adjustment, Ambiguity, Candidate, Capabilities, Delivery, Error, ErrorKind, Evidence, Grade, Input,
    InvalidSource, ListQuery, ListedModel, Operation, ParseDurationError, ParseTaskIdError, ParseVendorError, Progress,
    Raw, Reconciled, Role, SecretUrl, Source, TaskError, TaskId, TaskPage, TaskRef, TaskStatus, Timestamp, Tool, Usage,
    Vendor, Video, VideoDuration, VideoRequest, VideoTask, Violation, facts,
};
#[cfg(feature = "schema")]
pub use model::{request_schema, task_schema};
pub use poll::{DurationBook, Durations, LastPoll, PollPolicy, PollState};
pub use rules::validate;
pub use submit::{LostSubmission, ReconcileOptions, Recovered, SubmitOptions};
pub use transport::RetryPolicy;
pub use wait::{EndedTasks, WaitEvent, WaitOptions, Watch, Watched, Watcher, WatcherOptions};
