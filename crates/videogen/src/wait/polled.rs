//! One poll of a task that is waited for.

use std::time::Duration;

use super::options::age;
use crate::client::Client;
use crate::journal::Query;
use crate::model::{Error, ErrorKind, TaskId, VideoTask};
use crate::poll::PollPolicy;

/// The result of one poll.
pub(super) struct Polled {
    pub(super) result: Result<VideoTask, Error>,
    /// How long ago the task was submitted, from the journal, if needed.
    pub(super) submitted: Option<Duration>,
}

impl Client {
    /// Returns the default policy of waits: the vendor's polling advice, or longer pauses while a task cannot have finished.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// use std::time::Duration;
    /// use videogen::wait::WaitOptions;
    ///
    /// // The task may have ended long ago: the first poll is sent at once, the others as advised.
    /// let options = WaitOptions::default().poll(client.poll_policy().first(Duration::ZERO));
    /// let task = client.wait_with(&id, options, |_| {}).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn poll_policy(&self) -> PollPolicy {
        PollPolicy::advised(&self.0.vendor.facts().poll).at(self.scale())
    }

    /// One request. For a refused id, the journal may have the time of its submission. A task of another key or base URL is
    /// refused for good.
    pub(super) async fn poll(&self, id: &TaskId) -> Polled {
        let result = self.get_once(id).await;
        let is_refusal = |error: &Error| !error.is_retryable() || error.status().is_some_and(|status| status < 429);
        let error = match result {
            Err(error) if is_refusal(&error) => error,
            result => {
                let submitted = None;
                return Polled { result, submitted };
            }
        };
        let by_task = Query::default().task(id.clone()).scope(self.scope()).limit(1);
        // An unreadable journal counts as one without an entry.
        let entry = self.found(by_task).await.unwrap_or_default().entries.pop();
        let is_foreign = entry.as_ref().is_some_and(|entry| !self.owns(entry));
        let hides = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidRequest);
        Polled {
            result: Err(if is_foreign && hides { error.permanent() } else { error }),
            submitted: entry.map(|entry| age(entry.intent.at)),
        }
    }

    /// The caller's policy or the advised one, in the time scale of the client.
    pub(super) fn policy(&self, callers: Option<PollPolicy>) -> PollPolicy {
        PollPolicy {
            scale: self.scale(),
            ..callers.unwrap_or_else(|| self.poll_policy())
        }
    }
}
