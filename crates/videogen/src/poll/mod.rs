//! When to poll, for applications with their own loop: pure functions of what is known about a task and of how long similar
//! tasks take. Waits use the same policy.
//!
//! ```
//! use std::time::Duration;
//! use videogen::Vendor;
//! use videogen::poll::{Durations, PollPolicy, PollState};
//!
//! let policy = PollPolicy::advised(&Vendor::ALL[0].facts().poll);
//! let state = PollState { elapsed: Duration::from_secs(90), polls: 2, ..PollState::default() };
//! println!("next poll in {:?}", policy.pause(&Durations::default(), &state));
//! ```
// Floor 1: depends on `model` alone. No clock, no network: time comes in as values.

mod durations;
mod policy;
mod refusals;

pub use durations::{DurationBook, Durations};
pub use policy::{LastPoll, PollPolicy, PollState};
pub(crate) use policy::{MAX_RETRY_AFTER, URL_GRACE};
pub(crate) use refusals::{Known, Refusals};
