//! Submission: one call creates at most one task.

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use tokio::time::sleep;
use videogen_wire::Sent;

use super::options::SubmitOptions;
use crate::client::{Client, PULSE, SubmitEvent, SubmitPermit, alive, lease_end};
use crate::journal::{BoxFuture, Entry, Event, Intent, Journal, JournalError, Started, Subject};
use crate::model::ambiguity::parameters;
use crate::model::{
    Ambiguity, Capabilities, Delivery, Error, ErrorKind, Expected, Operation, Progress, Timestamp, UnlistedModel,
    VideoRequest, VideoTask,
};
use crate::rules::adjust::adjust;
use crate::rules::notes;
use crate::transport::trace;
use crate::upload::Contents;
use crate::vendors::{Origin, dispatch};

/// Retries of recording an accepted task in the journal.
const RETRIES: u32 = 3;

impl Client {
    /// Submits `request` and returns its task. One call creates at most one task: the request is resent only when the
    /// vendor provably did not accept it.
    ///
    /// A request in flight completes in a background task: when the future is dropped, the response is still recorded
    /// in the [journal](crate::ClientBuilder::journal), if there is one, and nothing is resent.
    ///
    /// # Errors
    /// `invalid_request` with every violation, before anything is sent; `journal` when the submission cannot be
    /// recorded, so nothing is sent. Otherwise [`Error::delivery`] reports whether the vendor refused the request,
    /// nothing was sent, or the status is unknown (`ambiguous_submit`): then the task may exist and be billed, and
    /// [`Error::ambiguity`] contains everything known about it.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let request = videogen::VideoRequest::new("seedance-2.0", "a paper boat").duration(6);
    /// let task = client.submit(&request).await?;
    /// println!("submitted {}", task.id);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn submit(&self, request: impl Borrow<VideoRequest>) -> Result<VideoTask, Error> {
        self.submit_with(request, SubmitOptions::default()).await
    }

    /// Submits `request` at most once for each `key`, across all processes that share the journal.
    ///
    /// Calls with the same key wait while the first is in flight; later calls return its task ([`VideoTask::already_submitted`])
    /// and send nothing. A key can be reused when its submission was refused, or provably not sent.
    ///
    /// # Errors
    /// `config` without a journal; `conflict` when the key was used for a different request, account or vendor; otherwise the
    /// same as [`submit`](Self::submit), or the error of the first submission with this key.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// let task = client.submit_with_key("order-4711", &request).await?;
    /// if task.already_submitted {
    ///     println!("already submitted as {}", task.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn submit_with_key(&self, key: &str, request: impl Borrow<VideoRequest>) -> Result<VideoTask, Error> {
        self.submit_with(request, SubmitOptions::default().idempotency_key(key))
            .await
    }

    /// Submits `request` with options, like [`submit`](Self::submit), or with a key like [`submit_with_key`](Self::submit_with_key).
    ///
    /// # Errors
    /// The same as those methods.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// use videogen::journal::Destination;
    /// use videogen::submit::SubmitOptions;
    ///
    /// let options = SubmitOptions::default().target(Destination::file("boat.mp4"));
    /// let task = client.submit_with(&request, options).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn submit_with(
        &self,
        request: impl Borrow<VideoRequest>,
        options: SubmitOptions,
    ) -> Result<VideoTask, Error> {
        options
            .check(self.0.journal.is_some())
            .map_err(|error| error.with_delivery(Delivery::NotSent))?;
        let request = request.borrow();
        let submission = async {
            let result = self.submit_as(&options, request).await;
            trace::outcome(&result);
            result
        };
        trace::submit(self.0.vendor.as_str(), &self.judge().hide(&request.model), submission).await
    }

    /// Waits until no submission of this client and its clones is in flight, including those of dropped futures. For a
    /// graceful shutdown, together with [`stop_retrying`](Self::stop_retrying).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) {
    /// client.stop_retrying();
    /// client.drain().await;
    /// # }
    /// ```
    pub async fn drain(&self) {
        let mut in_flight = self.0.in_flight.subscribe();
        // The sender lives as long as this client.
        let _ = in_flight.wait_for(|count| *count == 0).await;
    }

    fn submit_as<'a>(
        &'a self,
        options: &'a SubmitOptions,
        given: &'a VideoRequest,
    ) -> BoxFuture<'a, Result<VideoTask, Error>> {
        // Futures that few submissions need are boxed: this one is moved before it runs.
        Box::pin(async move {
            let vendor = self.0.vendor;
            let files = self.probed(given).await?;
            let (mut request, adjustments) =
                adjust(vendor, given, &files).map_err(|left| Error::invalid(vendor, self.judge().violations(left)))?;
            let unlisted = UnlistedModel::of(vendor, &self.judge().hide(&request.model));
            if let Some(model) = &unlisted {
                trace::unlisted(model);
            }
            let mut notes = notes(vendor, &request, &files);
            for note in &mut notes {
                note.value = self.judge().hide(&note.value);
                trace::note(note);
            }
            let not_sent = |error: Error| error.with_delivery(Delivery::NotSent);
            let estimate = self.estimate(&request, &files);
            let within_cap = self.within_cap(options, &estimate);
            let expected = Expected::from(&estimate);
            let contents = Contents::of(given, &files).await.map_err(not_sent)?;
            let (mut intent, mut fingerprints) = (None, Vec::new());
            if self.0.journal.is_some() {
                fingerprints = Box::pin(self.fingerprints(given, &request, &contents))
                    .await
                    .map_err(not_sent)?;
                let recorded = fingerprints.first().cloned().unwrap_or_default();
                intent = Some(self.intent(options, &request, &contents, recorded, expected.clone()));
            }
            if let (None, Some(intent)) = (&request.client_reference, &intent) {
                request.client_reference.clone_from(&intent.client_reference);
            }
            // A key that has a task uploads nothing, costs nothing, and waits for nothing.
            let needs = !contents.is_empty() || within_cap.is_err() || options.within_rate_limits;
            let known = match &intent {
                Some(intent) if needs => Box::pin(self.taken(intent)).await?,
                _ => None,
            };
            if let Some(known) = known {
                match Box::pin(self.follow(known, &fingerprints, options)).await {
                    Ok(mut task) => {
                        (task.unlisted_model, task.notes, task.adjustments) = (unlisted, notes, adjustments);
                        task.expect(expected);
                        return Ok(task);
                    }
                    Err(error) if error.is_retryable() => {}
                    Err(error) => return Err(error),
                }
            }
            within_cap?;
            if !contents.is_empty() {
                if let Some(intent) = &intent {
                    Box::pin(self.not_repeated(intent)).await?;
                    Box::pin(self.within_budgets(intent)).await?;
                }
                self.notify(|| SubmitEvent::FilesNeeded);
            }
            if !contents.is_empty() {
                request = Box::pin(self.place_files(request, &contents)).await?;
                self.notify(|| SubmitEvent::FilesReady);
            }
            let request = Arc::new(request);
            let mut retries = self.retries();
            let mut task = loop {
                let permit = match options.within_rate_limits {
                    true => Some(self.permit().await?),
                    false => None,
                };
                let (client, guard) = (self.clone(), InFlight::new(self));
                let (noted, sent) = (intent.clone().map(Box::new), Arc::clone(&request));
                let attempt = async move {
                    let _until_the_end = guard;
                    client.attempt(noted, sent, permit).await
                };
                // Spawned, so that dropping the caller's future does not abort a request in flight.
                let outcome = match tokio::spawn(attempt).await {
                    Ok(outcome) => outcome,
                    Err(error) => match error.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        // The runtime is shutting down, and so is the caller.
                        Err(_) => return Err(self.given_up(given)),
                    },
                };
                match outcome {
                    Ok(Attempt::Made(task)) => {
                        retries.succeeded();
                        break *task;
                    }
                    Ok(Attempt::Known(entry)) => {
                        match Box::pin(self.follow(*entry, &fingerprints, options)).await {
                            Ok(task) => break task,
                            // The other sender was refused and may retry; so does this one.
                            Err(error) => retries.pause(error).await?,
                        }
                    }
                    Err(error) => retries.pause(error).await?,
                }
            };
            (task.unlisted_model, task.notes, task.adjustments) = (unlisted, notes, adjustments);
            task.expect(expected);
            Ok(task)
        })
    }

    /// Waits until a submission is within the vendor's limits, or retries are stopped.
    async fn permit(&self) -> Result<SubmitPermit, Error> {
        self.notify(|| SubmitEvent::Waiting);
        let permit = self.unless_stopped(self.0.submit_limiter.permit(self.scale())).await?;
        self.notify(|| SubmitEvent::Permitted);
        Ok(permit)
    }

    async fn unless_stopped<T>(&self, permitted: impl Future<Output = T>) -> Result<T, Error> {
        tokio::select! {
            biased;
            permitted = permitted => Ok(permitted),
            () = self.0.budget.closed() => {
                let message = "stopped while it waited for the vendor's rate limit, so nothing was sent";
                let error = Error::new(ErrorKind::RateLimited, message).with_delivery(Delivery::NotSent);
                Err(error.during(self.0.vendor, Operation::Submit))
            }
        }
    }

    /// One request, recorded in the journal if there is one. Large parts are boxed: this future is moved before it runs.
    async fn attempt(
        self,
        intent: Option<Box<Intent>>,
        request: Arc<VideoRequest>,
        permit: Option<SubmitPermit>,
    ) -> Result<Attempt, Error> {
        // Before the journal, which may be locked for minutes, so that the id is known as soon as it has arrived.
        let call = Box::pin(async {
            let result = self.submit_once(&request).await;
            if let Ok(task) = &result {
                self.notify(|| SubmitEvent::Accepted(task.id.clone()));
            }
            result
        });
        match (self.0.journal.clone(), intent) {
            (Some(journal), Some(intent)) => Box::pin(self.between(journal, *intent, permit, call)).await,
            _ => {
                if let Some(permit) = permit {
                    permit.send();
                }
                Ok(Attempt::Made(Box::new(call.await?)))
            }
        }
    }

    /// Makes the call, with a journal event before and after it.
    async fn between(
        &self,
        journal: Arc<dyn Journal>,
        mut intent: Intent,
        permit: Option<SubmitPermit>,
        call: impl Future<Output = Result<VideoTask, Error>>,
    ) -> Result<Attempt, Error> {
        intent.at = Utc::now();
        let until = lease_end();
        intent.until = until;
        let expected = intent.expected();
        let begun = journal.begin(intent).await.map_err(|error| {
            let message = format!("cannot write the journal, so nothing was sent: {error}");
            Error::from(JournalError::new(message).with_kind(error.kind())).with_delivery(Delivery::NotSent)
        })?;
        let (id, attempt) = match begun {
            Started::New { id, attempt } => (id, attempt),
            Started::Known(entry) => return Ok(Attempt::Known(entry)),
            Started::OverBudget(over) => return Err(self.over_budget(&over)),
            Started::Repeated(first) => return Err(self.repeated(&first)),
        };
        self.notify(|| SubmitEvent::Recorded(id.clone()));
        let subject = Subject::Attempt {
            id: id.clone(),
            attempt,
        };
        if Utc::now() + PULSE > until {
            // Writing the journal may take long; the time limit starts now.
            let _ = journal
                .record(subject.clone(), Event::Alive { until: lease_end() })
                .await;
        }
        let permitted = async {
            if let Some(mut permit) = permit {
                // Writing the journal may take longer than the turn.
                self.unless_stopped(permit.renew(self.scale())).await?;
                permit.send();
            }
            call.await
        };
        let result = alive(
            |until| journal.record(subject.clone(), Event::Alive { until }),
            permitted,
        )
        .await;
        let result = result.map_err(|error| error.with_intent(id.clone()));
        let event = self.outcome(&id, &result).await;
        let noted = match &event {
            Some(event) => record_with_retries(&journal, &subject, event).await,
            None => Ok(()),
        };
        // If this fails, the entry stays open and can be recovered; the task is returned anyway.
        let mut task = result?;
        task.journal_error = noted.err();
        task.expect(expected);
        if task.journal_error.is_none() {
            self.record_cost(&task, None).await;
        }
        Ok(Attempt::Made(Box::new(task)))
    }

    pub(super) fn notify(&self, event: impl FnOnce() -> SubmitEvent) {
        if let Some(observer) = &self.0.observer {
            observer.notify(&event());
        }
    }

    /// One request.
    async fn submit_once(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let from = Origin {
            family: rules.family.name,
            model: &request.model,
        };
        let sent_at = Utc::now();
        let call = self.call(&self.0.http.submit);
        let result = self.timed(dispatch::submit(vendor, &call, request, &rules)).await;
        let exchange = self.exchange(&call);
        let judge = self.judge();
        let submitted = judge.submission(from, result, exchange.as_ref());
        if let Ok(task) = &submitted {
            self.0.account.accept(&task.id);
        }
        let error = match submitted {
            Err(error) if error.delivery() == Some(Delivery::Ambiguous) => error,
            result => return result,
        };
        let ambiguity = Ambiguity {
            progress: match exchange.as_ref().map(|exchange| &exchange.sent) {
                Some(Sent::Answered(answer)) if answer.cut.is_some() => Progress::PartlyAnswered,
                Some(Sent::Answered(_)) => Progress::Answered,
                _ => Progress::Sent,
            },
            status: error.status(),
            request_id: error.request_id().map(str::to_owned),
            possible_tasks: judge.possible_tasks(from, exchange.as_ref()),
            response: judge.beginning(exchange.as_ref()),
            ..self.lost(request, sent_at)
        };
        self.existing(error.with_ambiguity(ambiguity)).await
    }

    /// What is known about a submission without a response.
    fn lost(&self, request: &VideoRequest, sent_at: Timestamp) -> Ambiguity {
        let vendor = self.0.vendor;
        Ambiguity {
            vendor,
            family: Capabilities::of(vendor, &request.model).family.name.to_owned(),
            model: self.judge().hide(&request.model),
            prompt: self.judge().hide(&request.prompt),
            client_reference: request
                .client_reference
                .as_deref()
                .map(|reference| self.judge().hide(reference)),
            parameters: parameters(&self.redact(json!(request))),
            intent: None,
            progress: Progress::Unknown,
            sent_at,
            status: None,
            request_id: None,
            clock_skew: self.clock_skew().map(|skew| skew.num_seconds()),
            possible_tasks: Vec::new(),
            response: None,
        }
    }

    fn given_up(&self, request: &VideoRequest) -> Error {
        let message = "submission status unknown: the program is shutting down";
        Error::new(ErrorKind::AmbiguousSubmit, message)
            .during(self.0.vendor, Operation::Submit)
            .with_delivery(Delivery::Ambiguous)
            .with_ambiguity(self.lost(request, Utc::now()))
    }
}

/// Counts a request until its response is recorded, even if its caller was dropped.
struct InFlight(Client);

impl InFlight {
    fn new(client: &Client) -> Self {
        // Waiters only need to see the count reach zero.
        client.0.in_flight.send_if_modified(|count| {
            *count += 1;
            false
        });
        Self(client.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let in_flight = &self.0.0.in_flight;
        in_flight.send_if_modified(|count| {
            *count -= 1;
            *count == 0 && in_flight.receiver_count() > 0
        });
    }
}

/// Result of one attempt.
enum Attempt {
    /// A task.
    Made(Box<VideoTask>),
    /// Nothing was sent: another submission has the key.
    Known(Box<Entry>),
}

/// Records an event, with retries. Returns the reason when it cannot be recorded.
async fn record_with_retries(journal: &Arc<dyn Journal>, subject: &Subject, event: &Event) -> Result<(), String> {
    let mut tries = 0;
    loop {
        match journal.record(subject.clone(), event.clone()).await {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => return Err("the journal entry no longer exists".to_owned()),
            Err(error) if tries == RETRIES || error.is_kept() => return Err(error.to_string()),
            Err(_) => tries += 1,
        }
        sleep(Duration::from_millis(100) * tries).await;
    }
}
