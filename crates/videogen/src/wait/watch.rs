//! Changes of one task: when to poll it, and what each response means.

use futures_util::future::BoxFuture;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::stream;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::client::Client;
use crate::journal::{Changes, Topic};
use crate::model::{Error, ErrorKind, TaskId, TaskRef, TaskStatus, TimeScale, VideoTask};
use crate::poll::{DurationBook, LastPoll, PollPolicy, PollState};
use crate::poll::{Known, Refusals, URL_GRACE};
use crate::transport::trace::WaitSpan;
use crate::wait::WaitOptions;
use crate::wait::options::age;
use crate::wait::polled::Polled;

/// How long the last poll may wait for its turn after the timeout.
pub(crate) const LAST_TURN: Duration = Duration::from_secs(1);
/// How long a poll may take at least, also after the timeout.
const LAST_RESPONSE: Duration = Duration::from_secs(5);
/// A shorter pause needs no notification.
const NOTIFIED: Duration = Duration::from_secs(1);
/// A task must be watched from this age on for its duration to be recorded.
const FROM_THE_START: Duration = Duration::from_secs(10);

impl Client {
    /// Returns a stream of a task's changes (status, progress, video) until it has ended, starting with the first
    /// response. The last item is what [`wait`](Self::wait) returns.
    ///
    /// The stream ends after an error; errors are the same as of [`wait_with`](Self::wait_with). Dropping the stream is
    /// safe: the task keeps running.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let mut changes = client.watch(&id, videogen::wait::WaitOptions::default());
    /// while let Some(task) = changes.next().await {
    ///     let task = task?;
    ///     println!("{} {:?}", task.status, task.progress);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch(&self, task: impl TaskRef, options: WaitOptions) -> Watch {
        let watching = Watching::new(self, task.task_id(), options);
        let span = WaitSpan::new(task.task_id());
        let changes = stream::unfold(Some((watching, span, None)), |state| async {
            let (mut watching, span, mut shown) = state?;
            loop {
                let last = match span.within(watching.step()).await {
                    Err(error) => Err(error),
                    Ok(Step::Failed) => continue,
                    Ok(Step::Answered { task, is_last: true }) => Ok(*task),
                    Ok(Step::Answered { task, .. }) => {
                        let now = Some((task.status.clone(), task.progress, task.video.is_some()));
                        if now != shown {
                            shown = now;
                            return Some((Ok(*task), Some((watching, span, shown))));
                        }
                        continue;
                    }
                };
                span.outcome(&last);
                return Some((last, None));
            }
        });
        Watch(Box::pin(changes))
    }
}

/// Stream of a task's changes; returned by [`Client::watch`].
#[must_use = "a watch does nothing until it is polled"]
pub struct Watch(Pin<Box<dyn Stream<Item = Result<VideoTask, Error>> + Send>>);

impl Watch {
    /// Returns the next change, or `None` after the task has ended or an error was returned. Cancel safe.
    pub async fn next(&mut self) -> Option<Result<VideoTask, Error>> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl Stream for Watch {
    type Item = Result<VideoTask, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

/// Result of one poll of a watched task.
pub(crate) enum Step {
    /// A response.
    Answered { task: Box<VideoTask>, is_last: bool },
    /// A failure; another poll follows.
    Failed,
}

/// One watched task.
pub(crate) struct Watching {
    client: Client,
    id: TaskId,
    policy: PollPolicy,
    timeout: Duration,
    start: Instant,
    deadline: Option<Instant>,
    age: TaskAge,
    model: Option<String>,
    polls: u32,
    last: LastPoll,
    without_url: u8,
    found: bool,
    refusals: Refusals,
    /// Why the last poll failed.
    failure: Option<Error>,
    /// The status of the last response.
    status: Option<TaskStatus>,
    /// The end of the task, as another process records it.
    end: Option<Changes>,
    over: bool,
}

impl Watching {
    pub(crate) fn new(client: &Client, id: &TaskId, options: WaitOptions) -> Self {
        let start = Instant::now();
        Self {
            client: client.clone(),
            id: id.clone(),
            policy: client.policy(options.poll),
            timeout: options.timeout,
            start,
            deadline: later(start, options.timeout),
            age: TaskAge::new(options.submitted.map(age).or_else(|| client.0.account.accepted(id))),
            model: None,
            polls: 0,
            last: LastPoll::Running,
            without_url: 0,
            found: false,
            refusals: Refusals::default(),
            failure: None,
            status: None,
            end: None,
            over: false,
        }
    }

    fn elapsed(&self) -> Duration {
        self.age.after(self.start.elapsed())
    }

    fn pause(&self) -> Duration {
        let state = PollState {
            elapsed: self.elapsed(),
            polls: self.polls,
            last: self.last,
            jitter: fastrand::f64(),
        };
        let durations = self.client.0.account.durations();
        self.policy.pause(durations.of(self.model.as_deref()), &state)
    }

    /// Why the last poll failed.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Makes the next poll when it is due.
    pub(crate) fn step(&mut self) -> BoxFuture<'_, Result<Step, Error>> {
        Box::pin(async move {
            self.client.check_owner(&self.id)?;
            if !self.over {
                let due = later(Instant::now(), self.pause());
                // The last poll is made at the timeout, so that a task that ended meanwhile is found.
                self.over = self
                    .deadline
                    .is_some_and(|deadline| due.is_none_or(|due| due >= deadline));
                match (due, self.deadline) {
                    (_, Some(deadline)) if self.over => self.over = !self.notified_until(Some(deadline)).await,
                    (due, _) => drop(self.notified_until(due).await),
                }
                let account = &self.client.0.account;
                let permit = match self.deadline {
                    Some(deadline) => timeout_at(deadline + LAST_TURN, account.permit()).await.ok(),
                    None => Some(account.permit().await),
                };
                // The vendor is down, or throttles the account.
                let Some(permit) = permit else {
                    return Err(self.timed_out());
                };
                self.over |= self.deadline.is_some_and(|deadline| deadline <= Instant::now());
                let poll = self.client.poll(&self.id);
                let polled = match self.deadline {
                    Some(deadline) => timeout_at(last_response(deadline), poll).await.ok(),
                    None => Some(poll.await),
                };
                let Some(Polled { result, submitted }) = polled else {
                    self.failure = Some(no_response());
                    return Err(self.timed_out());
                };
                permit.settle(&result);
                self.polls = self.polls.saturating_add(1);
                let waited = self.start.elapsed();
                self.age.submitted(submitted, waited);
                let error = match result {
                    Ok(task) => return self.judge(Box::new(task)),
                    Err(error) => error,
                };
                let known = self.age.known(self.found, waited);
                match self.refusals.again(&error, known, waited) {
                    Some(_) if self.over && error.kind() == ErrorKind::NotFound && !self.found => {
                        return Err(known.ending(&self.id, error));
                    }
                    Some(again) => self.last = again.into(),
                    None => return Err(known.ending(&self.id, error)),
                }
                self.failure = Some(error);
                if !self.over {
                    return Ok(Step::Failed);
                }
            }
            Err(self.timed_out())
        })
    }

    /// Waits until then, or until another process has recorded the end of the task, and returns whether it has.
    async fn notified_until(&mut self, until: Option<Instant>) -> bool {
        let passed = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let is_long = until.is_none_or(|until| until > Instant::now() + NOTIFIED);
        // Of a task that has ended, only the file is missing.
        let is_ended = self.status.as_ref().is_some_and(TaskStatus::is_ended);
        if is_long
            && self.end.is_none()
            && let Some(journal) = &self.client.0.journal
        {
            self.end = journal.changes(Topic::End(self.id.clone()));
        }
        let Some(end) = self.end.as_mut().filter(|_| is_long && !is_ended) else {
            passed.await;
            return false;
        };
        tokio::select! {
            () = passed => false,
            _ = end.end() => true,
        }
    }

    fn timed_out(&self) -> Error {
        timed_out(
            &self.id,
            self.timeout,
            self.failure.as_ref().map(Error::message),
            self.status.as_ref(),
        )
    }

    fn judge(&mut self, task: Box<VideoTask>) -> Result<Step, Error> {
        self.failure = None;
        self.refusals.clear();
        self.found = true;
        self.last = LastPoll::Running;
        self.status = Some(task.status.clone());
        self.age.date(&task, self.start.elapsed());
        if task.model.is_some() {
            self.model.clone_from(&task.model);
        }
        if task.status.is_ended() && !task.is_final() {
            self.last = LastPoll::NoUrl;
            self.without_url += 1;
            if self.without_url >= URL_GRACE {
                return Err(no_url(&task));
            }
            return Ok(Step::Answered { task, is_last: false });
        }
        let is_last = task.status.is_ended();
        if is_last {
            let mut durations = self.client.0.account.durations();
            self.age
                .observe(&mut durations, &task, self.start.elapsed(), self.policy.scale);
            self.over = true;
        } else {
            self.age.not_done = self.elapsed();
        }
        Ok(Step::Answered { task, is_last })
    }
}

/// Age of a task, as far as known, relative to the start of the wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskAge {
    /// By the caller's clock.
    submitted: Option<Duration>,
    /// By the vendor's clock, which may differ.
    created: Option<Duration>,
    /// Its age when it was last seen unfinished.
    pub(crate) not_done: Duration,
}

impl TaskAge {
    pub(crate) fn new(submitted: Option<Duration>) -> Self {
        Self {
            submitted,
            created: None,
            not_done: Duration::ZERO,
        }
    }

    /// The known age, `waited` after the start of the wait.
    pub(crate) fn after(&self, waited: Duration) -> Duration {
        self.submitted.or(self.created).unwrap_or_default() + waited
    }

    /// Sets the age from the journal, unless already known.
    pub(crate) fn submitted(&mut self, age: Option<Duration>, waited: Duration) {
        self.submitted = self.submitted.or(age.map(|age| age.saturating_sub(waited)));
    }

    /// The age for the handling of refusals, by our own clock only: a vendor's clock that is behind must not make a new
    /// task look old.
    pub(crate) fn known(&self, found: bool, waited: Duration) -> Known {
        match self.submitted {
            _ if found => Known::Found,
            Some(age) => Known::Submitted(age + waited),
            None => Known::Nothing,
        }
    }

    /// Sets the age from the vendor's times.
    pub(crate) fn date(&mut self, task: &VideoTask, waited: Duration) {
        if self.created.is_none() {
            self.created = task.created_at.map(|created| age(created).saturating_sub(waited));
        }
    }

    /// Records a task's duration: by the vendor's times, or as observed if it was watched from the start.
    pub(crate) fn observe(&self, book: &mut DurationBook, task: &VideoTask, waited: Duration, scale: TimeScale) {
        if task.status != TaskStatus::Completed {
            return;
        }
        let told = task.created_at.zip(task.completed_at);
        let told = told.and_then(|(created, completed)| (completed - created).to_std().ok());
        if let Some(taken) = told {
            book.observe(task.model.as_deref(), taken, taken);
            return;
        }
        let age = self.after(waited);
        let is_known = self.submitted.or(self.created).is_some();
        if is_known && self.after(Duration::ZERO) <= FROM_THE_START.max(age / 10) {
            book.observe(task.model.as_deref(), scale.vendors(self.not_done), scale.vendors(age));
        }
    }
}

/// The instant after that duration, with room for a last turn; `None` beyond the clock's range.
pub(crate) fn later(start: Instant, pause: Duration) -> Option<Instant> {
    start
        .checked_add(pause)
        .filter(|instant| instant.checked_add(LAST_TURN).is_some())
}

/// Until when a poll that begins now may take, in a wait with this deadline.
pub(crate) fn last_response(deadline: Instant) -> Instant {
    deadline.max(Instant::now() + LAST_RESPONSE)
}

/// The failure of a poll that took longer.
pub(crate) fn no_response() -> Error {
    Error::new(ErrorKind::Transport, "the vendor has not responded")
}

/// The error of a completed task without a link to its video: the vendor's reason, or that a paid video is there, and cannot be
/// found.
pub(crate) fn no_url(task: &VideoTask) -> Error {
    let message = "the task is completed, but its response has no link to the video where this version looks for it; the raw \
                   response may contain it, and a later poll may";
    match task.error {
        Some(_) => Error::without_file(task, message),
        None => Error::no_link(&task.id, message),
    }
}

/// The error of a wait that ends at its timeout, after a `failure` or a response with this `status`.
pub(crate) fn timed_out(id: &TaskId, timeout: Duration, failure: Option<&str>, status: Option<&TaskStatus>) -> Error {
    let seconds = timeout.as_secs();
    let message = match failure {
        Some(failure) => {
            format!(
                "timed out after {seconds} s with unknown status; waiting can resume. The last poll failed: {failure}"
            )
        }
        None => match status {
            Some(TaskStatus::Unknown(word)) if word == "unknown" => {
                format!("timed out after {seconds} s; the vendor's responses show no status, and waiting can resume")
            }
            Some(status @ TaskStatus::Unknown(_)) => format!(
                "timed out after {seconds} s; the vendor reports the status `{status}`, which this version does not know, \
                 and waiting can resume"
            ),
            _ => format!("timed out after {seconds} s; the task is still running, and waiting can resume"),
        },
    };
    Error::new(ErrorKind::Timeout, message).with_task(id)
}
