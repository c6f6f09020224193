//! One submission, and at most one task.

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};
use videogen_wire::Sent;

use crate::client::{Client, SubmitEvent};
use crate::journal::LEASE;
use crate::journal::{BoxFuture, Destination, Entry, Event, Intent, Journal, Query, Started, State, Subject};
use crate::model::ambiguity::parameters;
use crate::model::{
    Ambiguity, Capabilities, Delivery, Error, ErrorKind, Progress, Reconciled, Timestamp, VideoRequest, VideoTask,
};
use crate::rules::adjust::adjust;
use crate::transport::trace;

/// How often it says so.
const PULSE: Duration = Duration::from_secs(5);
/// How often an accepted task is offered to a journal that cannot be written.
const RETRIES: u32 = 3;

/// How to submit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubmitOptions {
    /// One key makes one task at most; see [`Client::submit_with_key`].
    pub idempotency_key: Option<String>,
    /// Where the files of the task are to be written. The journal commits it before anything is sent, so that
    /// [`Client::recover`] returns the task as unfinished until they are there. Nothing is downloaded by that alone.
    pub target: Option<Destination>,
}

impl SubmitOptions {
    /// Sets the idempotency key.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Sets where the files of the task are to be written.
    #[must_use]
    pub fn target(mut self, target: Destination) -> Self {
        self.target = Some(target);
        self
    }
}

impl Client {
    /// Submits `request`. One call makes one task at most: it is sent again only when it provably was not accepted.
    ///
    /// What is on its way runs to its end in a task of its own: when the future is dropped, the answer still reaches the
    /// [journal](crate::ClientBuilder::journal), if there is one. No further try is made then.
    ///
    /// # Errors
    /// `invalid_request` with every violation, before anything is sent; `journal` when it cannot be noted first, so nothing
    /// is sent. Else [`Error::delivery`] tells whether the vendor refused, nothing was sent, or (`ambiguous_submit`) nobody
    /// knows: then the task may exist and be billed, and [`Error::ambiguity`] carries all that is known.
    pub async fn submit(&self, request: impl Borrow<VideoRequest>) -> Result<VideoTask, Error> {
        self.submit_with(request, SubmitOptions::default()).await
    }

    /// Submits `request` once for all calls with the same `key`, from whatever process that shares the journal.
    ///
    /// While the first is under way the others wait for it; later ones get its task ([`VideoTask::repeated`]) and send
    /// nothing. A key whose submission was refused, or provably not sent, may be used again.
    ///
    /// # Errors
    /// `config` without a journal; `conflict` when the key was used for another request or account; else as
    /// [`submit`](Self::submit), and as the first submission with this key failed.
    pub async fn submit_with_key(&self, key: &str, request: impl Borrow<VideoRequest>) -> Result<VideoTask, Error> {
        self.submit_with(request, SubmitOptions::default().idempotency_key(key))
            .await
    }

    /// Submits `request` as [`submit`](Self::submit) does, or with a key as [`submit_with_key`](Self::submit_with_key).
    ///
    /// # Errors
    /// As they return.
    pub async fn submit_with(
        &self,
        request: impl Borrow<VideoRequest>,
        options: SubmitOptions,
    ) -> Result<VideoTask, Error> {
        if options.idempotency_key.is_some() && self.0.journal.is_none() {
            let message = "an idempotency key needs a journal: without one nobody remembers what was sent";
            return Err(Error::new(ErrorKind::Config, message).with_delivery(Delivery::NotSent));
        }
        if options
            .idempotency_key
            .as_ref()
            .is_some_and(|key| key.trim().is_empty())
        {
            let message = "the idempotency key is empty: use one that names this request, such as an order number";
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_delivery(Delivery::NotSent));
        }
        let request = request.borrow();
        let submission = async {
            let result = self.submit_as(&options, request).await;
            trace::outcome(&result);
            result
        };
        trace::submit(self.0.vendor.as_str(), &request.model, submission).await
    }

    /// Waits until no submission of this client and its clones is on its way any more, those of dropped calls included: for
    /// a program that ends, together with [`stop_retrying`](Self::stop_retrying).
    pub async fn drain(&self) {
        let mut on_their_way = self.0.on_their_way.subscribe();
        // The sender lives as long as this client.
        let _ = on_their_way.wait_for(|count| *count == 0).await;
    }

    fn submit_as<'a>(
        &'a self,
        options: &'a SubmitOptions,
        asked: &'a VideoRequest,
    ) -> BoxFuture<'a, Result<VideoTask, Error>> {
        Box::pin(async move {
            let vendor = self.0.vendor;
            let (mut request, adjustments) =
                adjust(vendor, asked).map_err(|left| Error::invalid(vendor, self.judge().violations(left)))?;
            let intent = self.0.journal.as_ref().map(|_| self.intent(options, asked, &request));
            if let (None, Some(intent)) = (&request.client_reference, &intent) {
                request.client_reference.clone_from(&intent.client_reference);
            }
            let request = Arc::new(request);
            let mut retries = self.retries();
            let mut task = loop {
                let (client, on_its_way) = (self.clone(), OnItsWay::new(self));
                let (noted, sent) = (intent.clone().map(Box::new), Arc::clone(&request));
                let attempt = async move {
                    let _until_the_end = on_its_way;
                    client.attempt(noted, sent).await
                };
                // Apart from the caller's future, whose end must not be the end of what is on its way.
                let outcome = match tokio::spawn(attempt).await {
                    Ok(outcome) => outcome,
                    Err(error) => match error.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        // The runtime is being shut down, and so is whoever waits here.
                        Err(_) => return Err(self.given_up(asked)),
                    },
                };
                match outcome {
                    Ok(Attempt::Made(task)) => {
                        retries.succeeded();
                        break *task;
                    }
                    Ok(Attempt::Known(entry)) => {
                        let hash = intent.as_ref().map(|intent| intent.request_hash.as_str());
                        match self.follow(*entry, hash.unwrap_or_default()).await {
                            Ok(task) => break task,
                            // It was refused for now; its sender may be trying again, and so does this one.
                            Err(error) => retries.pause(error).await?,
                        }
                    }
                    Err(error) => retries.pause(error).await?,
                }
            };
            task.adjustments = adjustments;
            Ok(task)
        })
    }

    /// One request, noted in the journal if there is one. What is large is boxed: the future of this is moved about before
    /// it runs.
    async fn attempt(self, intent: Option<Box<Intent>>, request: Arc<VideoRequest>) -> Result<Attempt, Error> {
        // Apart from the journal, which may be locked for minutes: an id is known as soon as it has arrived.
        let call = Box::pin(async {
            let result = self.submit_once(&request).await;
            if let Ok(task) = &result {
                self.notify(|| SubmitEvent::Accepted(task.id.clone()));
            }
            result
        });
        match (self.0.journal.clone(), intent) {
            (Some(journal), Some(intent)) => Box::pin(self.between(journal, *intent, call)).await,
            _ => Ok(Attempt::Made(Box::new(call.await?))),
        }
    }

    /// Makes the call between two entries in the journal.
    async fn between(
        &self,
        journal: Arc<dyn Journal>,
        mut intent: Intent,
        call: impl Future<Output = Result<VideoTask, Error>>,
    ) -> Result<Attempt, Error> {
        intent.at = Utc::now();
        let until = lease();
        intent.until = until;
        let begun = journal.begin(intent).await.map_err(|error| {
            let message = format!("the journal cannot be written, so nothing was sent: {error}");
            Error::new(ErrorKind::Journal, message).with_delivery(Delivery::NotSent)
        })?;
        let (id, attempt) = match begun {
            Started::New { id, attempt } => (id, attempt),
            Started::Known(entry) => return Ok(Attempt::Known(entry)),
        };
        self.notify(|| SubmitEvent::Recorded(id.clone()));
        let subject = Subject::Attempt {
            id: id.clone(),
            attempt,
        };
        if Utc::now() + PULSE > until {
            // The journal took long; as if it had begun only now.
            let _ = journal.record(subject.clone(), Event::Alive { until: lease() }).await;
        }
        let result = alive(&journal, &subject, call).await;
        let result = result.map_err(|error| error.with_intent(id));
        let event = match &result {
            Ok(task) => Some(Event::Accepted {
                task: task.id.clone(),
                status: task.status.clone(),
            }),
            Err(error) => Event::failed(error),
        };
        let noted = match &event {
            Some(event) => record_with_retries(&journal, &subject, event).await,
            None => Ok(()),
        };
        // The entry stays open when this fails, so it can be recovered; a task is told of all the same.
        let mut task = result?;
        task.unrecorded = noted.err();
        Ok(Attempt::Made(Box::new(task)))
    }

    fn notify(&self, event: impl FnOnce() -> SubmitEvent) {
        if let Some(observer) = &self.0.observer {
            observer.notify(&event());
        }
    }

    /// One request.
    async fn submit_once(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let family = rules.family.name;
        let sent_at = Utc::now();
        let call = self.call(&self.0.http.submit);
        let result = vendor.submit(&call, request, &rules).await;
        let exchange = self.exchange(&call);
        let judge = self.judge();
        let submitted = judge.submission(family, result, exchange.as_ref());
        if let Ok(task) = &submitted {
            self.0.account.accept(&task.id);
        }
        submitted.map_err(|error| {
            if error.delivery() != Some(Delivery::Ambiguous) {
                return error;
            }
            let ambiguity = Ambiguity {
                progress: match exchange.as_ref().map(|exchange| &exchange.sent) {
                    Some(Sent::Answered(answer)) if answer.cut.is_some() => Progress::PartlyAnswered,
                    Some(Sent::Answered(_)) => Progress::Answered,
                    _ => Progress::Sent,
                },
                status: error.status(),
                request_id: error.request_id().map(str::to_owned),
                possible_tasks: judge.possible_tasks(family, exchange.as_ref()),
                answer: judge.beginning(exchange.as_ref()),
                ..self.lost(request, sent_at)
            };
            error.with_ambiguity(ambiguity)
        })
    }

    /// What is known of a submission of which nothing was heard.
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
            answer: None,
        }
    }

    /// What an earlier submission with the same key came to.
    async fn follow(&self, mut entry: Entry, hash: &str) -> Result<VideoTask, Error> {
        let key = entry.intent.key.clone();
        // The clock of its lease may be set back; this one is not.
        let begun = Instant::now();
        let mut pause = Duration::from_millis(20);
        loop {
            self.is_the_same(&entry, hash)?;
            match entry.state {
                State::Accepted => {
                    return entry.to_task().ok_or_else(|| {
                        Error::new(
                            ErrorKind::Journal,
                            format!("the journal lost the task of the key {key}"),
                        )
                    });
                }
                State::Rejected => return Err(entry.failure(Delivery::Rejected)),
                State::NotSent => return Err(entry.failure(Delivery::NotSent)),
                State::Dismissed => {
                    let message = format!("the submission with the key {key} was dismissed meanwhile; submit it again");
                    return Err(Error::new(ErrorKind::Conflict, message).with_delivery(Delivery::NotSent));
                }
                State::Sending if entry.is_under_way(Utc::now()) && begun.elapsed() < self.0.patience => {}
                State::Sending | State::Ambiguous => {
                    return match self.reconcile(&entry.ambiguity()).await {
                        Ok(Reconciled::Found(mut task)) => {
                            task.repeated = true;
                            Ok(*task)
                        }
                        // Whatever kept it from being found: it is still not known.
                        _ => Err(entry.failure(Delivery::Ambiguous).with_ambiguity(entry.ambiguity())),
                    };
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(500));
            let found = self.known(Query {
                intent: Some(entry.intent.id.clone()),
                ..Query::default()
            });
            match found.await?.pop() {
                Some(found) => entry = found,
                None => {
                    return Err(Error::new(
                        ErrorKind::Journal,
                        format!("the journal lost the key {key}"),
                    ));
                }
            }
        }
    }

    fn is_the_same(&self, entry: &Entry, hash: &str) -> Result<(), Error> {
        let first = &entry.intent;
        let what = if first.account != self.account() {
            "with another account"
        } else if !self.owns(entry) {
            "at another base URL"
        } else if first.request_hash != hash {
            "for another request"
        } else {
            return Ok(());
        };
        let message = format!(
            "the key {} was used {what} at {}; use another key, or repeat that request as it was",
            first.key,
            first.at.to_rfc3339_opts(SecondsFormat::Secs, true)
        );
        let error = Error::new(ErrorKind::Conflict, message).with_delivery(Delivery::NotSent);
        Err(match &entry.task {
            Some(task) => error.with_task(task),
            None => error,
        })
    }

    fn given_up(&self, request: &VideoRequest) -> Error {
        let message = "submission status unknown: the program is ending";
        Error::new(ErrorKind::AmbiguousSubmit, message)
            .during(self.0.vendor, crate::model::Operation::Submit)
            .with_delivery(Delivery::Ambiguous)
            .with_ambiguity(self.lost(request, Utc::now()))
    }
}

/// Counts a request until its answer is noted, whoever still waits for it.
struct OnItsWay(Client);

impl OnItsWay {
    fn new(client: &Client) -> Self {
        // Nobody waits for more of them, so nobody is told.
        client.0.on_their_way.send_if_modified(|count| {
            *count += 1;
            false
        });
        Self(client.clone())
    }
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        let on_their_way = &self.0.0.on_their_way;
        // Whoever comes to wait after this finds none.
        on_their_way.send_if_modified(|count| {
            *count -= 1;
            *count == 0 && on_their_way.receiver_count() > 0
        });
    }
}

/// What one attempt came to.
enum Attempt {
    /// A task.
    Made(Box<VideoTask>),
    /// Nothing was sent: another submission has the key.
    Known(Box<Entry>),
}

fn lease() -> Timestamp {
    Utc::now() + LEASE
}

/// Makes the call, and lets those who wait for the same key know that its sender lives.
async fn alive<T>(journal: &Arc<dyn Journal>, subject: &Subject, call: impl Future<Output = T>) -> T {
    let mut call = std::pin::pin!(call);
    loop {
        match timeout(PULSE, &mut call).await {
            Ok(result) => return result,
            Err(_) => {
                // A pulse that is missed makes others look for the task, and nothing worse. The call goes on meanwhile.
                tokio::select! {
                    biased;
                    result = &mut call => return result,
                    _ = journal.record(subject.clone(), Event::Alive { until: lease() }) => {}
                }
            }
        }
    }
}

/// Notes what may not be lost, if need be more than once. Tells why it cannot.
async fn record_with_retries(journal: &Arc<dyn Journal>, subject: &Subject, event: &Event) -> Result<(), String> {
    let mut tries = 0;
    loop {
        match journal.record(subject.clone(), event.clone()).await {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => return Err("its entry is gone".to_owned()),
            Err(error) if tries == RETRIES => return Err(error.to_string()),
            Err(_) => tries += 1,
        }
        sleep(Duration::from_millis(100) * tries).await;
    }
}
