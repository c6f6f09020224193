//! Waiting for tasks: one, or thousands.
//!
//! Floor 5: depends on `client` and the floors below. It may not use the other activities.

mod job;
mod one;
mod options;
mod polled;
mod schedule;
mod sweep;
mod watch;
mod watcher;

pub use options::{WaitEvent, WaitOptions};
pub use watch::Watch;
pub use watcher::{EndedTasks, Watched, Watcher, WatcherOptions};
