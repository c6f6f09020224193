//! One poll of a task that is waited for.

use std::time::Duration;

use super::options::age;
use crate::client::Client;
use crate::journal::Query;
use crate::model::{Error, TaskId, VideoTask};

/// The answer to one poll.
pub(super) struct Polled {
    pub(super) result: Result<VideoTask, Error>,
    /// How long ago the task was submitted, where the journal says so and it matters.
    pub(super) submitted: Option<Duration>,
}

impl Client {
    /// One request. Of an id that is refused, the journal may know since when it exists.
    pub(super) async fn poll(&self, id: &TaskId) -> Polled {
        let result = self.get_once(id).await;
        let mut submitted = None;
        if result
            .as_ref()
            .is_err_and(|error| !error.is_retryable() || error.status().is_some_and(|status| status < 429))
        {
            let by_task = Query::default().task(id.clone()).limit(1);
            // A journal that cannot be read knows of nothing.
            let found = self.found(by_task).await.unwrap_or_default();
            submitted = found.entries.first().map(|entry| age(entry.intent.at));
        }
        Polled { result, submitted }
    }
}
