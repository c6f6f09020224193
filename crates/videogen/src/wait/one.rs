//! Wait for one task.

use super::watch::{Step, Watching};
use super::{WaitEvent, WaitOptions};
use crate::client::Client;
use crate::model::{Error, TaskRef, VideoTask};
use crate::transport::trace::WaitSpan;

impl Client {
    /// Polls until the task has ended, at the vendor's polling interval, for at most 30 minutes, and returns it.
    ///
    /// # Errors
    /// The same as [`wait_with`](Self::wait_with).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let task = client.wait(&id).await?;
    /// match &task.error {
    ///     Some(error) => println!("{}: {error}", task.status),
    ///     None => println!("{}", task.status),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait(&self, task: impl TaskRef) -> Result<VideoTask, Error> {
        self.wait_with(task, WaitOptions::default(), |_| {}).await
    }

    /// Polls until the task has ended, and returns it. `seen` is called with every response.
    ///
    /// A failed task is returned as `Ok`: check [`VideoTask::status`]. Temporary failures (network errors, vendor
    /// errors, rate limits) do not end the wait. A refused key or balance (401, 402) ends the wait at once, a
    /// 403 when it is repeated. Other refusals are retried for a limited time: an id that neither the vendor nor the journal knows for 5 seconds, and a recently submitted
    /// task until it is 1 minute old. All waits and reads of a client and its clones share one rate limit and honor
    /// each other's `Retry-After`. Dropping the future is safe: the task keeps running, and waiting can resume.
    ///
    /// # Errors
    /// `invalid_request` for a task of another vendor, before anything is sent; `timeout` after [`WaitOptions::timeout`];
    /// `poll_refused` when polls of the task keep being refused; `not_found` for an unknown id; `poll_refused` also
    /// when the task is completed but still has no URL after several polls; `no_video` or `moderated` if the vendor says why.
    /// [`Error::task`] contains the task id.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let options = videogen::wait::WaitOptions::default().timeout(std::time::Duration::from_secs(600));
    /// let task = client.wait_with(&id, options, |task| println!("{}", task.status)).await?;
    /// # Ok(())
    /// # }
    /// ```
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

    /// Polls until the task has ended, like [`wait_with`](Self::wait_with); `seen` is also called when a poll fails.
    ///
    /// # Errors
    /// The same as [`wait_with`](Self::wait_with).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// use videogen::wait::{WaitEvent, WaitOptions};
    ///
    /// let seen = |event: WaitEvent<'_>| match event {
    ///     WaitEvent::Answered(task) => println!("{}", task.status),
    ///     WaitEvent::Retrying(error) => eprintln!("{error}"),
    ///     _ => {}
    /// };
    /// let task = client.wait_observed(&id, WaitOptions::default(), seen).await?;
    /// # Ok(())
    /// # }
    /// ```
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
                        if let Some(error) = watching.failure() {
                            seen(WaitEvent::Retrying(error));
                        }
                    }
                }
            }
        };
        let span = WaitSpan::new(id);
        let result = span.within(waiting).await;
        span.outcome(&result);
        result
    }
}
