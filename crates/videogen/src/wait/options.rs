//! Waiting until a task has ended.

use std::time::Duration;

use chrono::Utc;
use videogen_wire::facts::Poll;

use crate::model::{Error, TimeScale, Timestamp, VideoTask};
use crate::poll::PollPolicy;

/// How to wait.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// How long to wait at most. The task goes on after that, and can be waited for again.
    pub timeout: Duration,
    /// Wait before the first poll. `None`: what the vendor advises, or later, while the task cannot be done yet.
    pub first: Option<Duration>,
    /// Shortest and longest wait between polls. `None`: what the vendor advises, or longer, while the task cannot be done yet.
    pub every: Option<(Duration, Duration)>,
    /// When the task was submitted, by this machine's clock. `None`: what the vendor says, and the beginning of the wait
    /// until it has said something.
    pub submitted: Option<Timestamp>,
}

/// What happens while a task is waited for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum WaitEvent<'a> {
    /// The vendor reported the task.
    Answered(&'a VideoTask),
    /// A poll failed; another follows.
    Retrying(&'a Error),
}

impl Default for WaitOptions {
    /// Half an hour at the vendor's pace.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30 * 60),
            first: None,
            every: None,
            submitted: None,
        }
    }
}

impl WaitOptions {
    /// Sets the time limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the wait before the first poll.
    #[must_use]
    pub fn first(mut self, first: Duration) -> Self {
        self.first = Some(first);
        self
    }

    /// Sets the shortest and the longest wait between polls.
    #[must_use]
    pub fn every(mut self, shortest: Duration, longest: Duration) -> Self {
        self.every = Some((shortest, longest.max(shortest)));
        self
    }

    /// Sets when the task was submitted: a poll that does not find it in the first minute after that is no failure, and
    /// the pauses go by the time that like tasks took. A client knows this by itself of what it submitted last, and of
    /// what its journal holds.
    #[must_use]
    pub fn submitted(mut self, at: Timestamp) -> Self {
        self.submitted = Some(at);
        self
    }

    pub(crate) fn policy(&self, advice: &Poll, scale: TimeScale) -> PollPolicy {
        policy(advice, scale, self.first, self.every)
    }
}

/// The vendor's pace, and what the caller set otherwise.
pub(crate) fn policy(
    advice: &Poll,
    scale: TimeScale,
    first: Option<Duration>,
    every: Option<(Duration, Duration)>,
) -> PollPolicy {
    let advised = PollPolicy::advised(advice).at(scale);
    let policy = match every {
        Some((shortest, longest)) => PollPolicy {
            // What was not set stays as advised.
            first: advised.first,
            scale,
            ..PollPolicy::within(shortest, longest)
        },
        None => advised,
    };
    match first {
        Some(first) => policy.first(first),
        None => policy,
    }
}

/// How long ago that was.
pub(crate) fn age(then: Timestamp) -> Duration {
    (Utc::now() - then).to_std().unwrap_or_default()
}
