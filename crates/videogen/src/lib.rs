//! Buy generated video from Token360, ToAPIs and AllToken through one API.
//!
//! The three sell the same thing, asynchronous video generation on Seedance models, through three dialects of "submit,
//! poll, download before the link expires". Here they are one: a [`VideoRequest`] goes in, a [`VideoTask`] comes out, and
//! the finished file lands on disk.
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
//!     // One call is one submission at most. The id is all that is needed to go on elsewhere.
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
//! [`Client::wait`] is for a task, [`Client::watch`] for its changes, and a [`Watcher`] for thousands of tasks: it keeps
//! within what the account may ask, and asks by page where that takes fewer requests.
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
//! A webhook makes it sooner: [`Watcher::wake`] for a hint, [`Watcher::offer`] for a task that is proven to come from the
//! vendor. Whichever comes first, poll or webhook, ends the wait, once.
//!
//! # What it promises
//!
//! - **Never pay twice.** A submission is sent again only when it provably was not accepted ([`RetryPolicy`]). When its
//!   answer is lost, the error says that nobody knows ([`Delivery::Ambiguous`]) and carries all that is known
//!   ([`Ambiguity`]), to look for the task with [`Client::reconcile`]; it is not sent again.
//! - **Never lose a task.** An id that arrived is returned even when the rest of the answer cannot be read, and every
//!   error about a task names it.
//! - **Never drop silently.** What a vendor or model cannot express is a [`Violation`], all of them at once, before
//!   anything is sent.
//!
//! # Where things are
//!
//! [`Client`] talks to one account; [`plan`] shows what would be sent; [`Capabilities`] tells what a model takes;
//! [`Error`] says what went wrong and [`Error::delivery`] whether it can have cost money.
//!
//! # Features
//!
//! `token360`, `toapis`, `alltoken`: the vendors, all on by default. Off by default: `webhook`, receiving webhooks (it
//! brings HMAC, SHA-256 and the system's random source); `webhook-axum`, a ready-made router for them; `schema`, JSON
//! Schemas of requests and tasks.

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
