//! When to poll: pure functions of a task's state and the durations of similar tasks.
//!
//! Depends on `model` alone. No clock and no network: times are arguments.

mod durations;
mod policy;
mod refusals;

pub use durations::{DurationBook, Durations};
pub use policy::{LastPoll, PollPolicy, PollState};
pub(crate) use policy::{MAX_RETRY_AFTER, URL_GRACE};
pub(crate) use refusals::{Known, Refusals};
