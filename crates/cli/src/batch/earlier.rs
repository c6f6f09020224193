//! What earlier runs have made of a job, by the journal and the results file.

use std::sync::PoisonError;

use chrono::Utc;
use videogen::journal::{Entry, State};
use videogen::lost::{Ambiguity, Reconciled};
use videogen::{ErrorKind, Vendor, VideoTask};

use super::attempt::{has_failed, key, without_last_frame};
use super::item::Job;
use super::results::Recorded;
use super::run::{Batch, Step};
use crate::exit::{AMBIGUOUS, Failure, INVALID};
use crate::invocation::Invocation;
use crate::lost;
use crate::result::{Outcome, TaskResult};

impl Batch {
    /// The attempts of a job that the journal has, and their numbers.
    pub(super) async fn attempts(&self, job: &Job) -> Result<Vec<(u32, Entry)>, Failure> {
        let mut attempts = Vec::new();
        for attempt in 1.. {
            match self.vendors.entry(&key(&self.name, &job.id, attempt)).await? {
                Some(entry) => attempts.push((attempt, entry)),
                None => break,
            }
        }
        Ok(attempts)
    }

    /// The last of them. `None`: it has none.
    pub(super) async fn last_attempt(&self, job: &Job) -> Result<Option<(u32, Entry)>, Failure> {
        Ok(self.attempts(job).await?.pop())
    }

    /// What the results file has of a job.
    pub(super) fn recorded(&self, job: &Job) -> Option<Recorded> {
        let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.of(&job.id).cloned()
    }

    /// Whether a job has or may have a task that this run continues. It needs nothing of the job that it follows any more.
    pub(super) async fn was_submitted(&self, job: &Job) -> Result<bool, Failure> {
        let entry = self.last_attempt(job).await?.map(|(_, entry)| entry);
        Ok(match &entry {
            Some(entry) if has_failed(entry) => entry.state == State::Accepted && !self.settings.retry_failed,
            Some(entry) => entry.state == State::Accepted || entry.is_open(),
            None if self.simulated => false,
            None => self.recorded(job).is_some_and(|known| match known.outcome {
                Outcome::Failed => !self.settings.retry_failed,
                outcome => matches!(outcome, Outcome::Done | Outcome::Ambiguous),
            }),
        })
    }

    /// The task of a job that the results file has, and the journal does not: its record was pruned, or it is in another
    /// journal. The job is not submitted again.
    pub(super) async fn without_entry(&self, job: &Job, known: &Recorded) -> Result<VideoTask, Step> {
        let Some(id) = &known.id else {
            let message = "it may have been submitted in an earlier run, which this journal does not have";
            let failure = Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, message)
                .hint("Name the journal of that run with --journal.");
            let result = TaskResult::new(job.routes[0].vendor, Outcome::Ambiguous);
            let result = result.failed(Some((*failure.error).clone()));
            return Err(self.numbered(job, known.attempt, Step::Over(Box::new(result))));
        };
        let client = self.vendors.of(id.vendor());
        let client = client.map_err(|failure| self.left(job, Some(id), failure))?;
        let task = client.get(id).await;
        let mut task = task.map_err(|error| self.left(job, Some(id), Failure::from(error).accepted(id)))?;
        task.already_submitted = true;
        Ok(task)
    }

    /// The task of a job that was submitted, and whose first frame is not there any more.
    pub(super) async fn without_frame(&self, job: &Job, entry: &Entry) -> Result<VideoTask, Step> {
        let vendor = entry.intent.vendor;
        let client = match self.vendors.of(vendor) {
            Ok(client) if client.owns(entry) => client,
            _ => {
                let failure = elsewhere(entry);
                let result = known_elsewhere(entry).map(|result| result.failed(Some((*failure.error).clone())));
                return Err(match result {
                    Some(result) => Step::Left(Box::new(result)),
                    None => self.left(job, None, failure),
                });
            }
        };
        match &entry.task {
            Some(id) => {
                let task = client.get(id).await;
                let mut task = task.map_err(|error| self.left(job, Some(id), Failure::from(error).accepted(id)))?;
                task.already_submitted = true;
                Ok(task)
            }
            None if entry.is_in_flight(Utc::now()) => Err(Step::Elsewhere),
            None if entry.is_open() => {
                let reason = entry.reason.as_ref().map(|reason| reason.message.clone());
                let message =
                    reason.unwrap_or_else(|| "submission status unknown: the sending process died".to_owned());
                let failure = Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, message);
                self.search(vendor, &entry.ambiguity(), failure).await
            }
            None => Err(self.left(job, None, without_last_frame())),
        }
    }

    /// The task of a submission of unknown status, if a search finds it. `failure`: why its status is unknown.
    pub(super) async fn search(
        &self,
        vendor: Vendor,
        ambiguity: &Ambiguity,
        mut failure: Failure,
    ) -> Result<VideoTask, Step> {
        if let Ok(client) = self.vendors.of(vendor) {
            let mut stop = self.stop.subscribe();
            let found = tokio::select! {
                found = client.reconcile_with(ambiguity, self.settings.search) => found.ok(),
                _ = stop.wait_for(|stop| *stop) => None,
            };
            match found {
                Some(Reconciled::Found(task)) => return Ok(*task),
                Some(Reconciled::Candidates(tasks)) => {
                    failure.error.candidates = tasks.iter().map(Into::into).collect();
                    failure = failure.hint(&format!("Possible task: {}.", lost::listed(&tasks)));
                }
                _ => {}
            }
        }
        Err(unknown(vendor, failure))
    }

    /// Whether another process, such as a worker, searches for the task of a submission that this one would have given up. It
    /// may search for ever.
    pub(super) fn was_searched(&self, entry: &Entry) -> bool {
        let now = Utc::now();
        let age = now.signed_duration_since(entry.intent.at).to_std().unwrap_or_default();
        entry.is_open() && !entry.is_in_flight(now) && age > self.settings.search.within
    }

    /// What is known of it.
    pub(super) fn unknown_elsewhere(entry: &Entry) -> Step {
        let message = format!(
            "submission status unknown: another process searches for the task of {}, and has not found it yet",
            entry.intent.id
        );
        let failure = Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, message);
        unknown(entry.intent.vendor, failure)
    }

    /// What is known of a job that was submitted at another vendor, with another API key or another base URL. Its outcome there is
    /// not changed by a conflict here. `None`: this run could work on it, so its request differs.
    pub(super) async fn elsewhere(&self, job: &Job) -> Option<TaskResult> {
        let (_, entry) = self.last_attempt(job).await.ok()??;
        let is_own = self
            .vendors
            .of(entry.intent.vendor)
            .is_ok_and(|client| client.owns(&entry));
        known_elsewhere(&entry).filter(|_| !is_own)
    }
}

/// The end of a job whose submission has an unknown status.
fn unknown(vendor: Vendor, failure: Failure) -> Step {
    let failure = failure.hint(&format!("Resolve it with: {}", Invocation::new("recover")));
    let failure = failure.of_submission(vendor);
    let result = failure
        .result()
        .unwrap_or_else(|| TaskResult::new(vendor, Outcome::Ambiguous));
    Step::Over(Box::new(result))
}

/// The failure of a job that was submitted with other clients than those of this run.
fn elsewhere(entry: &Entry) -> Failure {
    let (vendor, at) = (entry.intent.vendor, entry.intent.at.format("%Y-%m-%dT%H:%M:%SZ"));
    let (name, variable) = (vendor.name(), vendor.facts().key_env);
    let message =
        format!("it was submitted at {name} ({at}), with an API key or a base URL that this run does not have");
    Failure::new(INVALID, ErrorKind::Conflict, message).hint(&format!(
        "To get its video, name {name} in the job, and set {variable} and the base URL to the values that were used then."
    ))
}

/// What the journal knows of it.
fn known_elsewhere(entry: &Entry) -> Option<TaskResult> {
    match &entry.task {
        Some(id) if has_failed(entry) => Some(TaskResult {
            outcome: Outcome::Failed,
            ..TaskResult::left(id)
        }),
        Some(id) => Some(TaskResult::left(id)),
        None => entry
            .is_open()
            .then(|| TaskResult::new(entry.intent.vendor, Outcome::Ambiguous)),
    }
}
