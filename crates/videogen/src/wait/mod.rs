//! Waiting for tasks: one, or thousands.
//!
//! [`Client::wait`](crate::Client::wait) waits for one task, [`Client::watch`](crate::Client::watch) streams its changes, and
//! a [`Watcher`] waits for many.
//!
//! ```no_run
//! # async fn example(client: videogen::Client, task: videogen::VideoTask) -> Result<(), videogen::Error> {
//! use std::time::Duration;
//! use videogen::wait::WaitOptions;
//!
//! let options = WaitOptions::default().timeout(Duration::from_secs(600));
//! let task = client.wait_with(&task, options, |event| println!("{event:?}")).await?;
//! # Ok(())
//! # }
//! ```
// Floor 6: depends on `client` and the floors below. It may not use the other activities.

mod job;
mod one;
mod options;
mod polled;
mod schedule;
mod sweep;
mod usual;
mod watch;
mod watched;
mod watcher;

pub use options::{WaitEvent, WaitOptions, WatcherOptions};
pub use watch::Watch;
pub use watched::Watched;
pub use watcher::{EndedTasks, Watcher};
