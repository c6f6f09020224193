//! Options and events of a wait.

use std::time::Duration;

use chrono::Utc;

use crate::model::{Error, Timestamp, VideoTask};
use crate::poll::PollPolicy;

/// Options of a wait for one task. The defaults: 30 minutes at the vendor's polling interval.
///
/// ```
/// use std::time::Duration;
/// use videogen::poll::PollPolicy;
/// use videogen::wait::WaitOptions;
///
/// let options = WaitOptions::default()
///     .timeout(Duration::from_secs(600))
///     .poll(PollPolicy::within(Duration::from_secs(5), Duration::from_secs(20)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// Timeout of the wait. The task keeps running after it, and waiting can resume.
    pub timeout: Duration,
    /// When to poll. `None`: [`Client::poll_policy`](crate::Client::poll_policy).
    pub poll: Option<PollPolicy>,
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
            poll: None,
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

    /// Sets when to poll.
    #[must_use]
    pub fn poll(mut self, policy: PollPolicy) -> Self {
        self.poll = Some(policy);
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
}

/// Time elapsed since `then`.
pub(crate) fn age(then: Timestamp) -> Duration {
    (Utc::now() - then).to_std().unwrap_or_default()
}
