//! One poll of a task that is waited for.

use std::time::Duration;

use super::options::age;
use crate::client::Client;
use crate::journal::Query;
use crate::model::{Error, TaskId, VideoTask};

/// The result of one poll.
pub(super) struct Polled {
    pub(super) result: Result<VideoTask, Error>,
    /// How long ago the task was submitted, from the journal, if needed.
    pub(super) submitted: Option<Duration>,
}

impl Client {
    /// One request. For a refused id, the journal may have the time of its submission.
    pub(super) async fn poll(&self, id: &TaskId) -> Polled {
        let result = self.get_once(id).await;
        let mut submitted = None;
        if result
            .as_ref()
            .is_err_and(|error| !error.is_retryable() || error.status().is_some_and(|status| status < 429))
        {
            let by_task = Query::default().task(id.clone()).limit(1);
            // An unreadable journal counts as one without an entry.
            let found = self.found(by_task).await.unwrap_or_default();
            submitted = found.entries.first().map(|entry| age(entry.intent.at));
        }
        Polled { result, submitted }
    }
}
