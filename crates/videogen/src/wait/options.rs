//! Options and events of waits.

use std::time::Duration;

use chrono::Utc;
use videogen_wire::facts::RateLimit;

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
    /// Timeout of the wait. The task keeps running after it, and waiting can resume. A poll that has no response yet may take
    /// 5 seconds longer.
    pub timeout: Duration,
    /// When to poll. `None`: [`Client::poll_policy`](crate::Client::poll_policy).
    pub poll: Option<PollPolicy>,
    /// Time of submission, by this machine's clock. `None`: the time that the vendor reports, and until then the start
    /// of the wait.
    pub submitted: Option<Timestamp>,
}

/// Event during a wait; see [`Client::wait_observed`](crate::Client::wait_observed) and
/// [`Watcher::observe`](crate::wait::Watcher::observe).
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

/// Options of a [`Watcher`](crate::wait::Watcher).
///
/// ```no_run
/// # fn example(client: videogen::Client) {
/// use videogen::wait::{Watcher, WatcherOptions};
///
/// let options = WatcherOptions::default().limit(60, 60).in_flight(8);
/// let watcher = Watcher::new(&client, options);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WatcherOptions {
    /// When to poll a task. `None`: [`Client::poll_policy`](crate::Client::poll_policy).
    pub poll: Option<PollPolicy>,
    /// Rate limits of the account. All apply at once, to all requests of this client and its clones. Empty: the limits
    /// that the vendor documents, or 100 requests in 10 seconds.
    pub limits: Vec<RateLimit>,
    /// Maximum number of concurrent requests, at least 1.
    pub in_flight: usize,
    /// Whether to poll via the vendor's list endpoint, where that takes fewer requests.
    pub lists: bool,
}

impl Default for WatcherOptions {
    /// The vendor's polling interval and limits, 32 concurrent requests, lists where they help.
    fn default() -> Self {
        Self {
            poll: None,
            limits: Vec::new(),
            in_flight: 32,
            lists: true,
        }
    }
}

impl WatcherOptions {
    /// Sets when to poll a task.
    #[must_use]
    pub fn poll(mut self, policy: PollPolicy) -> Self {
        self.poll = Some(policy);
        self
    }

    /// Adds a rate limit: at most `limit` requests in any `per` seconds. The first one replaces the documented limits.
    #[must_use]
    pub fn limit(mut self, limit: u32, per: u64) -> Self {
        self.limits.push(RateLimit { limit, per });
        self
    }

    /// Sets the maximum number of concurrent requests.
    #[must_use]
    pub fn in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Sets whether to poll via the list endpoint.
    #[must_use]
    pub fn lists(mut self, lists: bool) -> Self {
        self.lists = lists;
        self
    }
}

/// Time elapsed since `then`.
pub(crate) fn age(then: Timestamp) -> Duration {
    (Utc::now() - then).to_std().unwrap_or_default()
}
