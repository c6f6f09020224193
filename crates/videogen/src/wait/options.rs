//! Options and events of a wait.

use std::time::Duration;

use chrono::Utc;
use videogen_wire::facts::Poll;

use crate::model::{Error, TimeScale, Timestamp, VideoTask};
use crate::poll::PollPolicy;

/// Options of a wait for one task. The defaults: 30 minutes at the vendor's polling interval.
///
/// ```
/// use std::time::Duration;
/// use videogen::wait::WaitOptions;
///
/// let options = WaitOptions::default()
///     .timeout(Duration::from_secs(600))
///     .every(Duration::from_secs(5), Duration::from_secs(20));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// Timeout of the wait. The task keeps running after it, and waiting can resume.
    pub timeout: Duration,
    /// Pause before the first poll. `None`: the vendor's advice, or longer while the task cannot have finished.
    pub first: Option<Duration>,
    /// Shortest and longest pause between polls. `None`: the vendor's advice, or longer while the task cannot have
    /// finished.
    pub every: Option<(Duration, Duration)>,
    /// Time of submission, by this machine's clock. `None`: the time that the vendor reports, and until then the start
    /// of the wait.
    pub submitted: Option<Timestamp>,
}

/// Event during a wait; see [`Client::wait_observed`](crate::Client::wait_observed).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum WaitEvent<'a> {
    /// The vendor returned the task.
    Answered(&'a VideoTask),
    /// A poll failed and is retried.
    Retrying(&'a Error),
}

impl Default for WaitOptions {
    /// 30 minutes at the vendor's polling interval.
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
    /// Sets the timeout.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the pause before the first poll.
    #[must_use]
    pub fn first(mut self, first: Duration) -> Self {
        self.first = Some(first);
        self
    }

    /// Sets the shortest and the longest pause between polls.
    #[must_use]
    pub fn every(mut self, shortest: Duration, longest: Duration) -> Self {
        self.every = Some((shortest, longest.max(shortest)));
        self
    }

    /// Sets the time of submission. A task that is not found within one minute after it is polled again, and polling is
    /// scheduled from the durations of similar tasks. The client knows the time for tasks that it submitted
    /// recently or that are in its journal.
    #[must_use]
    pub fn submitted(mut self, at: Timestamp) -> Self {
        self.submitted = Some(at);
        self
    }

    pub(crate) fn policy(&self, advice: &Poll, scale: TimeScale) -> PollPolicy {
        policy(advice, scale, self.first, self.every)
    }
}

/// The vendor's polling policy with the caller's overrides.
pub(crate) fn policy(
    advice: &Poll,
    scale: TimeScale,
    first: Option<Duration>,
    every: Option<(Duration, Duration)>,
) -> PollPolicy {
    let advised = PollPolicy::advised(advice).at(scale);
    let policy = match every {
        Some((shortest, longest)) => PollPolicy {
            // Values that were not set stay as advised.
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

/// Time elapsed since `then`.
pub(crate) fn age(then: Timestamp) -> Duration {
    (Utc::now() - then).to_std().unwrap_or_default()
}
