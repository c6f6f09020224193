//! The steps after a submission: the wait, the download and the result.

use std::time::Duration;

use videogen::wait::WaitOptions;
use videogen::{Client, TaskStatus, VideoTask};

use crate::account::explained;
use crate::exit::Failure;
use crate::files::{Files, Target};
use crate::follow;
use crate::output::{Output, task_text};
use crate::result::{RequestFacts, TaskResult};
use crate::webhook::Listener;

/// The steps after the submission.
pub(super) struct Run<'a> {
    pub(super) client: &'a Client,
    pub(super) options: WaitOptions,
    pub(super) simulate: bool,
    pub(super) facts: RequestFacts,
    pub(super) output: &'a Output,
}

impl Run<'_> {
    /// Adds what was adjusted.
    pub(super) fn adjusted(mut self, submitted: &VideoTask) -> Self {
        self.facts.adjustments.clone_from(&submitted.adjustments);
        self
    }

    /// A result of this request.
    fn describe(&self, result: TaskResult) -> TaskResult {
        TaskResult {
            simulated: self.simulate,
            request: self.facts.clone(),
            ..result
        }
    }

    /// A failure of this request.
    pub(super) fn about(&self, failure: Failure) -> Failure {
        let mut failure = explained(failure, &self.facts.from_config);
        failure.result = failure.result.map(|result| Box::new(self.describe(*result)));
        failure
    }

    /// Waits for the task and downloads its files.
    pub(super) async fn finish(
        &self,
        submitted: VideoTask,
        target: &Target,
        mut listener: Option<Listener>,
    ) -> Result<(), Failure> {
        let id = &submitted.id;
        let mut options = self.options;
        if submitted.already_submitted {
            if submitted.status == TaskStatus::Completed
                && let Some(files) = target.already_there(self.client, id).await
            {
                self.output.note("Its files exist already.");
                return self.show(&submitted, Some(&files));
            }
            // The first submission may have had other output files. Only used by `recover`, so a failure is ignored.
            let _ = self.client.record_target(id, target.destination().clone()).await;
            // It may have ended long ago.
            options = options.poll(self.client.poll_policy().first(Duration::ZERO));
        }
        let webhook = async {
            match &mut listener {
                Some(listener) => {
                    listener.bind(id, self.output).await;
                    listener.ended(id).await
                }
                None => std::future::pending().await,
            }
        };
        let waited = follow::wait_for(self.client, id, options, webhook, self.output).await;
        let finished = waited?.submitted_as(&submitted);
        follow::ended(&finished)?;
        let fetched = target.fetch(self.client, &finished, self.output).await;
        let files = fetched.map_err(|failure| failure.of_task(id, Some(&finished)))?;
        self.show(&finished, Some(&files))
    }

    pub(super) fn show(&self, task: &VideoTask, files: Option<&Files>) -> Result<(), Failure> {
        let failure = follow::ended(task).err().filter(|_| task.status.is_ended());
        let mut result = self
            .describe(TaskResult::of(task))
            .failed(failure.as_ref().and_then(Failure::document));
        result.files = files.map(Files::saved).unwrap_or_default();
        let remark = if self.simulate { " (simulated)" } else { "" };
        self.output.task(result, || match files {
            Some(files) => files.text(remark),
            None if self.simulate => format!("{}\nThe simulated task ends with this command.", task_text(task)),
            None => task_text(task),
        })
    }
}
