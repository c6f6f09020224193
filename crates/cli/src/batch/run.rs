//! One job from its claim to its outcome.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use videogen::journal::{Group, State};
use videogen::lost::ReconcileOptions;
use videogen::route::{RouteOrder, Routed};
use videogen::submit::SubmitOptions;
use videogen::wait::WaitOptions;
use videogen::{Client, Delivery, Error, ErrorKind, TaskId, Vendor, VideoTask};

use super::attempt::{has_failed, is_final, key, without_last_frame};
use super::claim::Claims;
use super::clients::Vendors;
use super::describe::{Described, Sidecars};
use super::item::Job;
use super::results::ResultFile;
use crate::again;
use crate::events::What;
use crate::exit::Failure;
use crate::follow::{ended, without_video};
use crate::output::Output;
use crate::progress::{Line, Waiting};
use crate::result::{Outcome, SavedFiles, TaskResult};

/// How often a submission that provably created nothing is repeated.
const RETRIES: u32 = 6;
/// The first pause before that, which doubles.
const PAUSE: Duration = Duration::from_secs(2);

/// What all jobs of a batch share.
pub(crate) struct Batch {
    pub(crate) name: String,
    pub(crate) jobs: Vec<Job>,
    pub(crate) vendors: Vendors,
    pub(crate) claims: Claims,
    pub(crate) results: Mutex<ResultFile>,
    pub(crate) group: Group,
    pub(crate) settings: Settings,
    pub(crate) sidecars: Sidecars,
    pub(crate) simulated: bool,
    /// For events and lines of progress; nothing else is printed here.
    pub(crate) output: Output,
    /// Refusals that were printed.
    pub(crate) told: Arc<Mutex<HashSet<String>>>,
    /// Reports what happens to a job.
    pub(crate) news: mpsc::UnboundedSender<(usize, News)>,
    /// Whether to leave every wait.
    pub(crate) stop: watch::Sender<bool>,
}

/// Options of the command line.
pub(crate) struct Settings {
    pub(crate) retry_failed: bool,
    pub(crate) overwrite: bool,
    /// Whether to download what another machine has.
    pub(crate) fetch: bool,
    /// The order in which the vendors of a job are tried.
    pub(crate) order: RouteOrder,
    pub(crate) allow_unknown_cost: bool,
    /// How long to wait for a task.
    pub(crate) timeout: Duration,
    /// How to search for the task of a lost submission.
    pub(crate) search: ReconcileOptions,
}

/// What happens to a job.
pub(crate) enum News {
    /// It has a task at this vendor.
    Accepted(Vendor),
}

/// What became of a job.
pub(crate) enum Step {
    /// It has its final outcome.
    Over(Box<TaskResult>),
    /// Another process works on it.
    Elsewhere,
    /// Its submission was provably not accepted for this reason, and may be repeated after a pause.
    Again(Duration, String),
    /// A limit of cost does not allow it now: other jobs may cost less than what is reserved for them.
    OverLimit(Box<TaskResult>),
    /// It was left before its end, and the next run resumes it.
    Left(Box<TaskResult>),
}

/// A job that a vendor accepted, in this or an earlier run.
struct Accepted {
    attempt: u32,
    task: VideoTask,
    /// Why the vendors before did not take it.
    refused: Vec<Error>,
}

fn with_refusals(mut result: Box<TaskResult>, refused: &[Error]) -> Box<TaskResult> {
    result.refused_by = refused.iter().map(Into::into).collect();
    result
}

impl Batch {
    /// Works on a job, which `line` shows. `tries`: how often that ended with [`Step::Again`].
    pub(crate) async fn work(&self, index: usize, frame: Option<PathBuf>, tries: u32, line: Line) -> Step {
        let job = &self.jobs[index];
        let claim = match self.claims.claim(&job.id).await {
            Ok(Some(claim)) => claim,
            Ok(None) => return Step::Elsewhere,
            Err(error) => {
                let message = format!("cannot claim the job {}: {error}", job.id);
                return self.left(job, None, Failure::new(crate::exit::IO, ErrorKind::Io, message));
            }
        };
        let step = self.work_on(index, frame, tries, line).await;
        let is_left = match &step {
            Step::Left(_) => true,
            // Its status may still be unknown. Another process that waits for it would wait as long as this one runs.
            Step::Over(result) => result.outcome != Outcome::Done,
            Step::Elsewhere | Step::Again(..) | Step::OverLimit(_) => false,
        };
        if is_left && let Ok(Some((_, entry))) = self.last_attempt(job).await {
            self.claims.release(&entry).await;
        }
        self.claims.give_back(claim).await;
        step
    }

    /// Works on a job that this process has claimed.
    async fn work_on(&self, index: usize, frame: Option<PathBuf>, tries: u32, line: Line) -> Step {
        let job = &self.jobs[index];
        let Accepted { attempt, task, refused } = match self.submit(index, frame.clone(), tries).await {
            Ok(accepted) => accepted,
            Err(step) => return step,
        };
        if let Some(reason) = &task.journal_error {
            self.output.note(&format!(
                "{}: {} is not recorded in the journal: {reason}",
                job.id, task.id
            ));
        }
        line.answered(&task);
        if self.vendors.iter().nth(1).is_some() {
            line.taken_by(task.id.vendor());
        }
        let _ = self.news.send((index, News::Accepted(task.id.vendor())));
        self.output.of_job(&task.id, &job.id);
        self.output.event(Some(&task.id), What::Submitted);
        let described = Described {
            frame,
            refused: &refused,
        };
        let step = match self.finish(job, task, line, &described).await {
            Step::Over(result) => Step::Over(with_refusals(result, &refused)),
            Step::Left(result) => Step::Left(with_refusals(result, &refused)),
            step => step,
        };
        self.numbered(job, attempt, step)
    }

    /// Adds what identifies the job to its result.
    pub(super) fn numbered(&self, job: &Job, attempt: u32, step: Step) -> Step {
        let named = |mut result: Box<TaskResult>| {
            result.item = Some(job.id.clone());
            result.attempt = Some(attempt);
            result.model = job.model_at(result.vendor);
            result.prompt = Some(job.request.prompt.clone());
            result.request_sha256 = Some(job.sha256.clone());
            result.simulated = self.simulated;
            result
        };
        match step {
            Step::Over(result) => Step::Over(named(result)),
            Step::OverLimit(result) => Step::OverLimit(named(result)),
            Step::Left(result) => Step::Left(named(result)),
            step => step,
        }
    }

    pub(super) fn left(&self, job: &Job, id: Option<&TaskId>, failure: Failure) -> Step {
        let known = self.recorded(job);
        let result = match id.or(known.as_ref().and_then(|known| known.id.as_ref())) {
            Some(id) => TaskResult::left(id),
            None => match known.map(|known| known.outcome) {
                Some(Outcome::Ambiguous) => TaskResult::new(job.routes[0].vendor, Outcome::Ambiguous),
                _ => TaskResult::new(job.routes[0].vendor, Outcome::Rejected),
            },
        };
        let step = Step::Left(Box::new(result.failed(Some((*failure.error).clone()))));
        self.numbered(job, 1, step)
    }

    /// The task of a job, which is submitted unless the journal has it.
    async fn submit(&self, index: usize, frame: Option<PathBuf>, tries: u32) -> Result<Accepted, Step> {
        let job = &self.jobs[index];
        let fault = |failure: Failure| self.left(job, None, failure);
        let known = self.last_attempt(job).await.map_err(fault)?;
        let mut attempt = known.as_ref().map_or(1, |(attempt, _)| *attempt);
        let recorded = self.recorded(job);
        let entry = known.map(|(_, entry)| entry);
        if let Some(entry) = &entry {
            match self.claims.take(entry).await {
                Ok(true) => {}
                Ok(false) if self.was_searched(entry) => {
                    return Err(self.numbered(job, attempt, Self::unknown_elsewhere(entry)));
                }
                Ok(false) => return Err(Step::Elsewhere),
                Err(error) => return Err(fault(Failure::new(crate::exit::IO, ErrorKind::Journal, error))),
            }
            if let Some(done) = self.done_elsewhere(index, entry) {
                return Err(self.numbered(job, attempt, Step::Over(Box::new(done))));
            }
        }
        let lacks_frame = job.after.is_some() && frame.is_none();
        if lacks_frame && let Some(entry) = &entry {
            let refused = Vec::new();
            let task = self.without_frame(job, entry).await;
            return match task {
                Ok(task) => Ok(Accepted { attempt, task, refused }),
                Err(step) => Err(self.numbered(job, attempt, step)),
            };
        }
        // Only in the first try of this run is an earlier attempt a former one.
        if self.settings.retry_failed && tries == 0 {
            attempt += u32::from(entry.as_ref().is_some_and(has_failed));
        } else if tries == 0 {
            let kind = entry
                .as_ref()
                .filter(|entry| entry.state == State::Rejected)
                .and_then(|entry| entry.reason.as_ref());
            let is_refused = kind.is_some_and(|reason| is_final(reason.kind.as_str()));
            let was_refused = entry.is_none()
                && recorded.as_ref().is_some_and(|known| {
                    known.outcome == Outcome::Rejected
                        && known.error.as_ref().is_some_and(|error| is_final(&error.kind))
                });
            if is_refused || was_refused {
                let message = kind.map_or_else(
                    || "it was refused in an earlier run".to_owned(),
                    |reason| format!("it was refused in an earlier run: {}", reason.message),
                );
                let failure = Failure::new(
                    crate::exit::INVALID,
                    kind.map_or(ErrorKind::InvalidRequest, |r| r.kind),
                    message,
                )
                .hint("To submit it again, add: --retry-failed");
                let vendor = entry.as_ref().map_or(job.routes[0].vendor, |entry| entry.intent.vendor);
                let result = TaskResult::new(vendor, Outcome::Rejected).failed(Some((*failure.error).clone()));
                return Err(self.numbered(job, attempt, Step::Over(Box::new(result))));
            }
        }
        if entry.is_none()
            && !self.simulated
            && let Some(known) = &recorded
        {
            match known.outcome {
                Outcome::Failed if self.settings.retry_failed => {}
                Outcome::Done | Outcome::Failed | Outcome::Ambiguous => {
                    let (attempt, refused) = (known.attempt, Vec::new());
                    return self
                        .without_entry(job, known)
                        .await
                        .map(|task| Accepted { attempt, task, refused });
                }
                _ => {}
            }
        }
        if lacks_frame {
            return Err(self.left(job, None, without_last_frame()));
        }
        let is_new = entry.as_ref().is_none_or(|entry| entry.task.is_none());
        if let Err(failure) = self.sidecars.check_free(job)
            && is_new
        {
            let result =
                TaskResult::new(job.routes[0].vendor, Outcome::Rejected).failed(Some((*failure.error).clone()));
            return Err(self.numbered(job, attempt, Step::Over(Box::new(result))));
        }
        let router = self.vendors.router(&job.routes, self.settings.order).map_err(fault)?;
        let (output, item, told) = (self.output, job.id.clone(), Arc::clone(&self.told));
        let router = router.on_refusal(move |error, next| {
            // It is repeated with each try.
            let is_new = told
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(format!("{item}: {error:#}"));
            if is_new {
                output.refused(Some(&item), error, next);
            }
        });
        let request = job.request(frame);
        if *self.stop.borrow() {
            // Nothing was sent; the next run submits it.
            return Err(Step::Again(Duration::ZERO, String::new()));
        }
        let mut options = SubmitOptions::default()
            .idempotency_key(key(&self.name, &job.id, attempt))
            .target(self.target(job))
            .group(self.group.clone())
            .within_rate_limits(is_new);
        options.allow_unknown_cost = self.settings.allow_unknown_cost;
        options.call = again::of_batch(&self.name).call;
        let error = match router.submit_with(&request, options).await {
            Ok(Routed { task, refused, .. }) => return Ok(Accepted { attempt, task, refused }),
            Err(error) => error,
        };
        let step = match self.refused(job, error, tries).await {
            Ok(task) => {
                let refused = Vec::new();
                return Ok(Accepted { attempt, task, refused });
            }
            Err(step) => step,
        };
        Err(self.numbered(job, attempt, step))
    }

    /// What follows from a failed submission: a task that was found, or a step.
    async fn refused(&self, job: &Job, error: Error, tries: u32) -> Result<VideoTask, Step> {
        let vendor = error.vendor().unwrap_or(job.routes[0].vendor);
        let (is_retryable, retry_after) = (error.is_retryable(), error.retry_after().unwrap_or_default());
        let is_conflict = error.kind() == ErrorKind::Conflict && error.delivery() == Some(Delivery::NotSent);
        // It waited for the vendor's rate limit.
        let was_stopped = *self.stop.borrow()
            && error.kind() == ErrorKind::RateLimited
            && error.delivery() == Some(Delivery::NotSent);
        let is_over_limit = error.kind() == ErrorKind::Budget;
        let ambiguity = error.ambiguity().cloned();
        let mut failure = Failure::from(error);
        if let Some(ambiguity) = &ambiguity {
            return self.search(vendor, ambiguity, failure).await;
        }
        // After an interrupt, the next run repeats it.
        if was_stopped || (is_retryable && (tries < RETRIES || *self.stop.borrow())) {
            let pause = PAUSE.saturating_mul(1 << tries.min(8)).max(retry_after);
            let speed = self.vendors.of(vendor).map_or(1.0, Client::speed);
            return Err(Step::Again(pause.div_f64(speed.max(1.0)), failure.message));
        }
        if is_conflict {
            if let Some(result) = self.elsewhere(job).await {
                return Err(Step::Left(Box::new(result.failed(Some((*failure.error).clone())))));
            }
            failure = failure.hint(&format!(
                "The job {} of the batch {} was submitted before, and may be paid. Only for another request, give it another id, or \
                 this batch another --name: that is a new paid submission.",
                job.id, self.name
            ));
        }
        let result = TaskResult::new(vendor, Outcome::Rejected).failed(Some((*failure.error).clone()));
        match is_over_limit {
            true => Err(Step::OverLimit(Box::new(result))),
            false => Err(Step::Over(Box::new(result))),
        }
    }

    /// Waits for a task, and downloads its files.
    async fn finish(&self, job: &Job, submitted: VideoTask, line: Line, described: &Described<'_>) -> Step {
        let id = submitted.id.clone();
        let client = match self.vendors.of(id.vendor()) {
            Ok(client) => client,
            Err(failure) => return self.left(job, Some(&id), failure),
        };
        if submitted.already_submitted {
            // An earlier run may have had other output files. Only used by `recover`, so a failure is ignored.
            let _ = client.record_target(&id, self.target(job)).await;
        }
        if submitted.already_submitted
            && submitted.status.is_completed()
            && let Some(files) = self.already_there(client, job, &id).await
        {
            return self.complete(job, &submitted, files, described).await;
        }
        let mut stop = self.stop.subscribe();
        let completed = OnceLock::new();
        let finished = async {
            let mut options = WaitOptions::default().timeout(self.settings.timeout);
            if submitted.already_submitted {
                // It may have ended long ago.
                options = options.poll(client.poll_policy().first(Duration::ZERO));
            }
            line.look_up(client, &id).await;
            let mut waiting = Waiting::new(&self.output, line.clone()).without_notes();
            let finished = client
                .wait_observed(&id, options, |event| waiting.event(&id, event))
                .await?;
            let finished = finished.submitted_as(&submitted);
            if !finished.status.is_completed() {
                return Ok((finished, None));
            }
            let _ = completed.set(finished.clone());
            let files = self.download(client, job, &finished, &line).await?;
            Ok((finished, Some(files)))
        };
        let done: Result<(VideoTask, Option<SavedFiles>), Error> = tokio::select! {
            done = finished => done,
            _ = stop.wait_for(|stop| *stop) => return Step::Left(Box::new(TaskResult::left(&id))),
        };
        match done {
            Ok((task, Some(files))) => self.complete(job, &task, files, described).await,
            Ok((task, None)) => {
                let failure = match self.simulated {
                    true => without_video(&task).err(),
                    false => ended(&task).err(),
                };
                Step::Over(Box::new(
                    TaskResult::of(&task).failed(failure.map(|failure| *failure.error)),
                ))
            }
            Err(error) => {
                let intact = self.intact(client, job, &id).await;
                let is_gone = matches!(error.kind(), ErrorKind::NoVideo | ErrorKind::Moderated) && intact.is_none();
                let known = Some(&submitted).filter(|task| task.status.is_completed());
                match completed.get().or(known) {
                    _ if is_gone => {
                        let mut result = TaskResult::left(&id).failed(Some(*Failure::from(error).accepted(&id).error));
                        result.outcome = Outcome::Failed;
                        Step::Over(Box::new(result))
                    }
                    Some(task) => Step::Left(Box::new(self.not_fetched(job, task, error, intact))),
                    None => self.left(job, Some(&id), Failure::from(error).accepted(&id)),
                }
            }
        }
    }

    /// The outcome of a job whose files are complete: done, unless a sidecar cannot be written.
    async fn complete(&self, job: &Job, task: &VideoTask, files: SavedFiles, described: &Described<'_>) -> Step {
        let videos = files.file.iter().chain(&files.further_files);
        let videos: Vec<PathBuf> = videos.map(|file| PathBuf::from(&file.path)).collect();
        let written = self.sidecars.write(&self.vendors, job, task, &videos, described).await;
        let result = TaskResult::with_files(task, files);
        match written {
            Ok(()) => Step::Over(Box::new(result)),
            Err(failure) => {
                let outcome = Outcome::Running;
                let result = TaskResult { outcome, ..result };
                Step::Left(Box::new(result.failed(Some(*failure.error))))
            }
        }
    }
}
