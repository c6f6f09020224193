//! Waiting for one task.

use super::watch::{Step, Watching};
use super::{WaitEvent, WaitOptions};
use crate::client::Client;
use crate::model::{Error, TaskRef, VideoTask};
use crate::transport::trace::{self, Activity};

impl Client {
    /// Polls until the task has ended, at the vendor's pace, for half an hour at most.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    pub async fn wait(&self, task: impl TaskRef) -> Result<VideoTask, Error> {
        self.wait_with(task, WaitOptions::default(), |_| {}).await
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
        task: impl TaskRef,
        options: WaitOptions,
        mut seen: impl FnMut(&VideoTask),
    ) -> Result<VideoTask, Error> {
        self.wait_observed(task, options, |event| {
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
        task: impl TaskRef,
        options: WaitOptions,
        mut seen: impl FnMut(WaitEvent<'_>),
    ) -> Result<VideoTask, Error> {
        let id = task.task_id();
        let waiting = async {
            let mut watching = Watching::new(self, id, options);
            loop {
                match watching.step().await? {
                    Step::Answered { task, is_last } => {
                        seen(WaitEvent::Answered(&task));
                        if is_last {
                            return Ok(*task);
                        }
                    }
                    Step::Failed => {
                        if let Some(error) = watching.trouble() {
                            seen(WaitEvent::Retrying(error));
                        }
                    }
                }
            }
        };
        let traced = async {
            let result = waiting.await;
            trace::outcome(&result);
            result
        };
        trace::about(Activity::Wait, id, traced).await
    }
}
