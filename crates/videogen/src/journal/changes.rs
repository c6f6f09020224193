//! Notifications of what other processes record.

use std::fmt;
use std::future::pending;
use std::time::Duration;

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::time::timeout;

use crate::model::TaskId;

/// What a subscription is about; see [`Journal::changes`](super::Journal::changes).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// What is recorded of the submission with this id.
    Submission(String),
    /// The end of this task.
    End(TaskId),
    /// The ends of all tasks.
    Ends,
    /// Unfinished work that its owner gives back.
    Released,
}

/// A subscription to changes of a journal.
///
/// Notifications can be missed, for example while a connection is down: a caller also looks for itself from time to time.
pub struct Changes(BoxStream<'static, Option<TaskId>>);

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

impl Changes {
    /// A subscription with these notifications: the task that has ended, or `None` for any other change.
    pub fn new(changes: impl Stream<Item = Option<TaskId>> + Send + 'static) -> Self {
        Self(changes.boxed())
    }

    /// Waits for the next change, and returns the task that has ended, if it is about one. Cancel safe.
    pub async fn next(&mut self) -> Option<TaskId> {
        match self.0.next().await {
            Some(change) => change,
            // There will be no other one, and the caller looks for itself.
            None => pending().await,
        }
    }

    /// Waits for the next task that has ended. Cancel safe.
    pub async fn end(&mut self) -> TaskId {
        loop {
            if let Some(task) = self.next().await {
                return task;
            }
        }
    }

    /// Waits for the next change, at most this long.
    pub async fn within(&mut self, longest: Duration) {
        let _ = timeout(longest, self.next()).await;
    }
}

/// Requests that a process is about to make; see [`Journal::reserve_turns`](super::Journal::reserve_turns).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Turns {
    /// Fingerprint of the vendor and API key.
    pub account: String,
    /// Scheme, host and port of the base URL.
    pub origin: String,
    /// Name of the limit, which several operations may share.
    pub limit: &'static str,
    /// Time between two requests.
    pub interval: Duration,
    /// Number of requests, at least one.
    pub count: u32,
}

impl Turns {
    /// One request to this account.
    pub fn new(account: impl Into<String>, origin: impl Into<String>, limit: &'static str, interval: Duration) -> Self {
        Self {
            account: account.into(),
            origin: origin.into(),
            limit,
            interval,
            count: 1,
        }
    }

    /// Sets the number of requests.
    #[must_use]
    pub fn count(mut self, count: u32) -> Self {
        self.count = count.max(1);
        self
    }
}
