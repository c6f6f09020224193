//! The steps of each submission: sending it, the wait, the download and the result.

use std::time::Duration;

use tokio::sync::Semaphore;
use videogen::lost::ReconcileOptions;
use videogen::submit::SubmitOptions;
use videogen::wait::WaitOptions;
use videogen::{TaskId, TaskStatus, VideoTask};

use super::job::Job;
use super::senders::Senders;
use super::submit::{submit, with_known_task};
use crate::account::explained;
use crate::again;
use crate::events::What;
use crate::exit::{Failure, NO_VIDEO};
use crate::files::{Files, Target};
use crate::follow;
use crate::interrupt;
use crate::invocation::Invocation;
use crate::options;
use crate::output::task::task_text;
use crate::output::{Output, file as shown};
use crate::result::{RequestFacts, TaskResult};
use crate::sidecar::Origin;
use crate::submission::Submission;
use crate::webhook::Listener;

/// Downloads at the same time.
const DOWNLOADS: usize = 4;

/// What all submissions of the command share.
pub(super) struct Run {
    pub(super) senders: Senders,
    pub(super) wait: WaitOptions,
    /// Whether the command waits for tasks, and downloads their files.
    pub(super) waits: bool,
    pub(super) simulate: bool,
    /// For hints.
    pub(super) base_url: Option<String>,
    /// How long to wait, as given; for hints.
    pub(super) timeout: Option<u64>,
    /// Without key and target.
    pub(super) submission: SubmitOptions,
    /// Only a journal keeps the target of a task.
    pub(super) is_journalled: bool,
    pub(super) search: ReconcileOptions,
    pub(super) under_way: Submission,
    pub(super) output: Output,
    pub(super) downloads: Semaphore,
}

impl Run {
    /// The permits of [`downloads`](Self::downloads).
    pub(super) fn downloads() -> Semaphore {
        Semaphore::new(DOWNLOADS)
    }

    /// Submits a job.
    pub(super) async fn submit(&self, job: &mut Job) -> Result<VideoTask, Failure> {
        let mut options = self.submission.clone();
        options.idempotency_key.clone_from(&job.key);
        options.target = job
            .target
            .as_ref()
            .and_then(Target::destination)
            .cloned()
            .filter(|_| self.is_journalled);
        let submitted = submit(
            &self.senders,
            &job.request,
            options,
            self.search,
            &self.under_way,
            &self.output,
        )
        .await;
        let submitted = match (submitted, &job.key) {
            (Err(failure), Some(key)) if failure.task().is_none() => {
                Err(with_known_task(&self.senders, key, failure).await)
            }
            (submitted, _) => submitted,
        };
        let (submitted, refused) = match submitted {
            Ok(accepted) => accepted,
            Err(failure) => {
                let vendor = failure.error.vendor().unwrap_or(self.senders.first.vendor());
                job.taken_by(vendor, None);
                return Err(self.about(job, self.resume(job, failure).of_submission(vendor)));
            }
        };
        let id = &submitted.id;
        if self.senders.router.is_some() {
            // The journal has the model that was requested.
            let entry = self.senders.of(id.vendor())?.journal_entry(id).await.ok().flatten();
            let model = entry
                .map(|entry| entry.intent.model)
                .or_else(|| submitted.model.clone());
            job.taken_by(id.vendor(), model.as_deref());
            let request = self.senders.request_at(&job.request, id.vendor(), model.as_deref());
            let origin = || Origin::of_request(&request, self.simulate).refused_by(&refused);
            job.target = job.target.take().map(|target| target.described_by(origin));
        }
        job.refused_by = refused.iter().map(Into::into).collect();
        if self.under_way.task().is_none() {
            self.output.event(Some(id), What::Submitted);
        }
        if submitted.already_submitted {
            self.output
                .note(&format!("{id} was submitted before; no new task was created."));
        }
        if let Some(reason) = &submitted.journal_error {
            let by_hand = self.under_way.recorded().map(|submission| {
                let recover = Invocation::new("recover").arg(submission);
                recover.option("--task", Some(&id.to_string()))
            });
            let next = by_hand.map(|command| format!("\nIf the journal does not have it later: {command}"));
            self.output.warn(&format!(
                "Not recorded in the journal: {reason}{}",
                next.unwrap_or_default()
            ));
        }
        for adjustment in &submitted.adjustments {
            self.output
                .note(&format!("Adjusted: {}", options::adjustment(adjustment)));
        }
        job.facts.adjustments.clone_from(&submitted.adjustments);
        Ok(submitted)
    }

    /// A result of a request with these facts.
    pub(super) fn describe(&self, facts: &RequestFacts, result: TaskResult) -> TaskResult {
        TaskResult {
            simulated: self.simulate,
            request: facts.clone(),
            ..result
        }
    }

    /// A failure of a job.
    pub(super) fn about(&self, job: &Job, failure: Failure) -> Failure {
        let mut failure = explained(failure, &job.facts.from_config);
        let result = failure.result.take();
        failure.result = result.map(|result| Box::new(self.describe(&job.facts, *result)));
        failure
    }

    /// Adds how to continue with a task that was left.
    pub(super) fn resume(&self, job: &Job, failure: Failure) -> Failure {
        let failure = again::hint(failure, |id| self.rest(job, id));
        let Some(id) = failure.task() else { return failure };
        if !failure.is_left() {
            return failure;
        }
        if self.simulate {
            return failure.of_simulation();
        }
        follow::resume_with(failure, &id, &self.rest(job, &id))
    }

    /// The command that waits for the task of a job and downloads its files.
    fn rest(&self, job: &Job, id: &TaskId) -> Invocation {
        let wait = job.wait_for(id, self.base_url.as_deref());
        // With 0, it would wait for nothing again.
        let timeout = self.timeout.filter(|seconds| *seconds > 0);
        wait.option("--timeout", timeout.map(|seconds| seconds.to_string()))
    }

    /// A failure after the task was accepted: it is paid for, whatever fails.
    pub(super) fn paid(&self, job: &Job, id: &TaskId, failure: Failure) -> Failure {
        let failure = self.about(job, failure.accepted(id).about(id).of_task(id, None));
        if failure.code == NO_VIDEO || failure.has_hint() {
            return failure;
        }
        if self.simulate || failure.is_left() {
            return self.resume(job, failure);
        }
        failure.hint(&format!("Resume with: {}", self.rest(job, id)))
    }

    /// Waits for the task of a job and downloads its files, unless the command does not wait.
    pub(super) async fn finish(
        &self,
        job: &Job,
        submitted: VideoTask,
        mut listener: Option<Listener>,
    ) -> Result<(VideoTask, Option<Files>), Failure> {
        let Some(target) = &job.target else {
            return Ok((submitted, None));
        };
        let (id, output) = (&submitted.id, &self.output);
        let client = self.senders.of(id.vendor())?;
        if !self.waits {
            if let Some(destination) = target.destination() {
                if submitted.already_submitted {
                    client.record_target(id, destination.clone()).await?;
                }
                output.note(&format!(
                    "A worker downloads its video, to {} unless it has an --output of its own; or use: {}",
                    shown(&destination.video_of(id)),
                    Invocation::new("recover").flag("--wait", true)
                ));
            }
            return Ok((submitted, None));
        }
        let mut options = self.wait;
        if submitted.already_submitted {
            // The first submission may have had other output files. Only used by `recover`, so a failure is ignored.
            if let Some(destination) = target.destination() {
                let _ = client.record_target(id, destination.clone()).await;
            }
            if submitted.status == TaskStatus::Completed
                && let Some(files) = target.already_there(client, id).await
            {
                output.note("Its files exist already.");
                target.describe(client, &submitted, &files).await?;
                return Ok((submitted, Some(files)));
            }
            // It may have ended long ago.
            options = options.poll(client.poll_policy().first(Duration::ZERO));
        }
        let webhook = async {
            match &mut listener {
                Some(listener) => {
                    listener.bind(id, output).await;
                    listener.ended(id).await
                }
                None => std::future::pending().await,
            }
        };
        let waited = follow::wait_for(client, id, options, webhook, output).await;
        let finished = waited?.submitted_as(&submitted);
        self.ended(&finished)?;
        // Closed by nothing.
        let _slot = self.downloads.acquire().await.ok();
        if let Some(interrupt) = interrupt::last() {
            return Err(follow::left(interrupt, id, Some(&finished.status)).of_task(id, Some(&finished)));
        }
        let fetched = target.fetch(client, &finished, output).await;
        let files = fetched.map_err(|failure| failure.of_task(id, Some(&finished)))?;
        Ok((finished, Some(files)))
    }

    /// Fails if an ended task has no video.
    fn ended(&self, task: &VideoTask) -> Result<(), Failure> {
        match self.simulate {
            true => follow::without_video(task),
            false => follow::ended(task),
        }
    }

    /// The result of a task, and its text.
    pub(super) fn result(&self, job: &Job, task: &VideoTask, files: Option<&Files>) -> (TaskResult, String) {
        let failure = self.ended(task).err().filter(|_| task.status.is_ended());
        let mut result = self
            .describe(&job.facts, TaskResult::of(task))
            .failed(failure.as_ref().and_then(Failure::document));
        result.files = files.map(Files::saved).unwrap_or_default();
        result.refused_by.clone_from(&job.refused_by);
        let remark = if self.simulate { " (simulated)" } else { "" };
        let text = match files {
            Some(files) => files.text(remark),
            None if self.simulate => format!("{}\nThe simulated task ends with this command.", task_text(task)),
            None => task_text(task),
        };
        (result, text)
    }
}

/// The exit code of a command that does not wait for a task; otherwise the wait reports the failure.
pub(super) fn code_of(task: &VideoTask) -> u8 {
    match task.status.is_ended() && !task.status.is_completed() {
        true => NO_VIDEO,
        false => 0,
    }
}
