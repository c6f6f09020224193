//! When to poll: pure functions of what is known of a task and of how long similar tasks take.
//!
//! Depends on `model` alone. No clock, no network: time comes in as values.

mod durations;
mod policy;
mod refusals;

pub use durations::{DurationBook, Durations};
pub(crate) use policy::{BELIEVED, URL_GRACE};
pub use policy::{LastPoll, PollPolicy, PollState};
pub(crate) use refusals::{Known, Refusals};
