//! Waiting for one task.

use super::WaitOptions;
use super::watch::Watching;
use crate::client::Client;
use crate::model::{Error, TaskRef, VideoTask};

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
    /// vendor, too many requests) do not end the wait. All waits and reads of a client and its clones share one pace: what
    /// one of them is told to wait, all wait. Dropping the future loses nothing: the task goes on, and can be waited for
    /// again.
    ///
    /// # Errors
    /// `timeout` when the time is up; `no_video` when the task is completed and still has no URL after a few polls; else
    /// what ended the polling. [`Error::task`] names the task.
    pub async fn wait_with(
        &self,
        task: impl TaskRef,
        options: WaitOptions,
        mut seen: impl FnMut(&VideoTask),
    ) -> Result<VideoTask, Error> {
        let mut watching = Watching::new(self, task.task_id(), options);
        loop {
            let answer = watching.answer().await?;
            seen(&answer.task);
            if answer.is_last {
                return Ok(answer.task);
            }
        }
    }
}
