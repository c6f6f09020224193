//! Waiting until a task has ended.

use std::time::Duration;

use chrono::Utc;
use videogen_wire::facts::Poll;

use crate::watch::{Step, Watching};
use crate::{Client, Error, PollPolicy, TaskId, Timestamp, VideoTask};

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

    pub(crate) fn policy(&self, advice: &Poll) -> PollPolicy {
        policy(advice, self.first, self.every)
    }
}

/// The vendor's pace, and what the caller set otherwise.
pub(crate) fn policy(advice: &Poll, first: Option<Duration>, every: Option<(Duration, Duration)>) -> PollPolicy {
    let advised = PollPolicy::advised(advice);
    let policy = match every {
        Some((shortest, longest)) => PollPolicy {
            // What was not set stays as advised.
            first: advised.first,
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

impl Client {
    /// Polls until the task has ended, at the vendor's pace, for half an hour at most.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    pub async fn wait(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.wait_with(id, WaitOptions::default(), |_| {}).await
    }

    /// Polls until the task has ended. `seen` is called with every answer.
    ///
    /// A task that failed is an `Ok` too: look at [`VideoTask::status`]. Failures that may pass (of the network, of the
    /// vendor, too many requests) do not end the wait; refusals are polled again for a while: an account that is refused
    /// (401, 402, 403) for ten seconds, an id that neither the vendor nor the journal knows for five, a task that this
    /// client or the journal knows as fresh for the first minute of its life. All waits and reads of a client and its
    /// clones share one pace: what one of them is told to wait, all wait. Dropping the future loses nothing: the task goes
    /// on, and can be waited for again.
    ///
    /// # Errors
    /// `timeout` when the time is up; `not_followed` when polls of the task keep being refused; `not_found` for an id of
    /// which nothing shows that it ever existed; `no_video` when the task is completed and still has no URL after a few
    /// polls. [`Error::task`] names the task.
    pub async fn wait_with(
        &self,
        id: &TaskId,
        options: WaitOptions,
        mut seen: impl FnMut(&VideoTask),
    ) -> Result<VideoTask, Error> {
        self.wait_observed(id, options, |event| {
            if let WaitEvent::Answered(task) = event {
                seen(task);
            }
        })
        .await
    }

    /// The same; `seen` is called with polls that failed, too.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    pub async fn wait_observed(
        &self,
        id: &TaskId,
        options: WaitOptions,
        mut seen: impl FnMut(WaitEvent<'_>),
    ) -> Result<VideoTask, Error> {
        let mut watching = Watching::new(self, id, options);
        loop {
            match watching.step().await? {
                Step::Answered { task, is_last } => {
                    seen(WaitEvent::Answered(&task));
                    if is_last {
                        return Ok(task);
                    }
                }
                Step::Failed => {
                    if let Some(error) = watching.trouble() {
                        seen(WaitEvent::Retrying(error));
                    }
                }
            }
        }
    }
}
