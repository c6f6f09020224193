//! The receiver: from a delivery to a task.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::bindings::Bindings;
use super::ledger::{Claim, Held, Ledger};
use super::signature::Verifier;
use super::{Callback, Event, Received, Refusal, Rejection, TokenHash};
use crate::client::Client;
use crate::model::{Capabilities, Error, ErrorKind, TaskId, Timestamp, VideoTask};
use crate::vendors::{WebhookEvent, dispatch};

pub(super) type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;
/// The application's event handler.
pub(super) type Handler = Box<dyn Fn(Event) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;
/// The clock.
pub(super) type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// Receives the webhooks of one account. Cloning is cheap and shares everything.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use reqwest::header::HeaderMap;
/// use videogen::webhook::{Receiver, Refusal, Rejection};
/// use videogen::{Client, TaskId, Vendor};
///
/// let client = Client::builder(Vendor::Token360).key("sk-test").build()?;
/// let receiver = Receiver::builder(client).build()?;
///
/// // Send its URL with a request, and bind it to the task that the submission returns.
/// let callback = receiver.callback("https://videos.example.com/hooks")?;
/// let task: TaskId = "token360:videos:task-1".parse()?;
/// let event = receiver.bind(callback.hash(), &task).await?;
/// assert!(event.is_none(), "no delivery has arrived yet");
///
/// // After a restart, restore what was stored: the hash, and the task.
/// receiver.restore(callback.hash(), Some(&task));
///
/// // Once the task has ended, forget the URL: its deliveries are refused.
/// receiver.forget(callback.hash());
/// let token = callback.url().expose().rsplit('/').next();
/// let refused = receiver.receive(token, &HeaderMap::new(), b"{}").await.unwrap_err();
/// assert!(matches!(refused, Rejection::Refused(Refusal::Token)));
/// assert_eq!(refused.status(), 404);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

struct Inner {
    client: Client,
    /// `None`: deliveries are not authenticated and only trigger polls.
    verifier: Option<Verifier>,
    /// Whether deliveries without a valid signature trigger polls too.
    polls_unverified: bool,
    handler: Option<Handler>,
    clock: Clock,
    bindings: Bindings,
    /// Handled deliveries, by event id if signed, otherwise by task id.
    ledger: Ledger,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("client", &self.0.client)
            .field("is_signed", &self.0.verifier.is_some())
            .field("callbacks", &self.0.bindings.len())
            .finish_non_exhaustive()
    }
}

impl Receiver {
    pub(crate) fn new(
        client: Client,
        verifier: Option<Verifier>,
        polls_unverified: bool,
        handler: Option<Handler>,
        clock: Clock,
    ) -> Self {
        // Signed at most one tolerance ahead, it is accepted until one tolerance after that time.
        let kept = verifier.as_ref().map(|verifier| verifier.tolerance.saturating_mul(2));
        let kept = kept.map(|seconds| TimeDelta::from_std(Duration::from_secs(seconds)).unwrap_or(TimeDelta::MAX));
        Self(Arc::new(Inner {
            client,
            verifier,
            polls_unverified,
            handler,
            clock,
            bindings: Bindings::default(),
            ledger: Ledger::new(kept),
        }))
    }

    #[cfg(feature = "webhook-axum")]
    pub(crate) fn vendor(&self) -> crate::model::Vendor {
        self.0.client.vendor()
    }

    /// Creates a callback URL for one task: `base` with a random token. Send it as `callback_url`, then
    /// [`bind`](Self::bind) it to the task that the submission returned. Deliveries before that are remembered.
    ///
    /// # Errors
    /// `config` when `base` is not an http(s) URL without user, query and fragment; `io` when the system returns no
    /// random bytes.
    pub fn callback(&self, base: &str) -> Result<Callback, Error> {
        let callback = Callback::new(base)?;
        self.0.bindings.expect(*callback.hash());
        Ok(callback)
    }

    /// Binds a callback URL to its task. If a delivery arrived before and the task has ended, its event is handled now and
    /// returned.
    ///
    /// # Errors
    /// The same as [`receive`](Self::receive), if a delivery arrived before. The URL is bound nevertheless; call this
    /// again to retry.
    pub async fn bind(&self, hash: &TokenHash, task: &TaskId) -> Result<Option<Event>, Rejection> {
        if !self.0.bindings.bind(*hash, task) {
            return Ok(None);
        }
        let received = match self.hinted(task).await {
            // Some vendors deliver at each status; there is another delivery when the task has ended.
            Err(Rejection::NotEnded(_)) => return Ok(None),
            received => received?,
        };
        self.0.bindings.settle(hash);
        Ok(match received {
            Received::New(event) => Some(*event),
            Received::Duplicate => None,
        })
    }

    /// Restores a callback URL after a restart, with the task to which it is bound, if any.
    pub fn restore(&self, hash: &TokenHash, task: Option<&TaskId>) {
        match task {
            // No delivery can have been waiting for it.
            Some(task) => drop(self.0.bindings.bind(*hash, task)),
            None => self.0.bindings.expect(*hash),
        }
    }

    /// Removes a callback URL; further deliveries to it are refused. Callback URLs are kept until removed.
    pub fn forget(&self, hash: &TokenHash) {
        self.0.bindings.forget(hash);
    }

    /// Handles a delivery: the last segment of its path (the token), its headers and its raw body. Respond with a 2xx
    /// status after `Ok`, and with [`Rejection::status`] after an error.
    ///
    /// The task of a signed event is the bound task with its id, otherwise the task to which the URL is bound. For
    /// unbound tasks, the endpoint family is the vendor's only one, or that of the event's model if it is known. If event and
    /// family are not enough for a task id, the task is looked up in the client's journal, then in each family.
    ///
    /// Cancel safe: a repeated delivery is handled like the first.
    ///
    /// # Errors
    /// The reason for refusing the delivery, or the failure of handling it.
    pub async fn receive(&self, token: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Received, Rejection> {
        if let Some(verifier) = &self.0.verifier {
            match verifier.verify(headers, body, (self.0.clock)()).await {
                Ok(id) => return self.signed(token, id, body).await,
                Err(Rejection::Refused(refusal)) if self.0.polls_unverified => {
                    return self.unverified(token, refusal).await;
                }
                Err(rejection) => return Err(rejection),
            }
        }
        self.unverified(token, Refusal::Token).await
    }

    /// Handles a delivery that only its token authenticates. `refusal`: the reason if the token is missing or unknown.
    async fn unverified(&self, token: Option<&str>, refusal: Refusal) -> Result<Received, Rejection> {
        let hash = TokenHash::of(token.ok_or(refusal)?);
        let task = self.0.bindings.hint(&hash).ok_or(refusal)?;
        // The body is ignored: the token identifies the task, which is polled.
        self.hinted(&task.ok_or(Rejection::Unbound)?).await
    }

    /// Handles an unauthenticated hint that `id` finished, by polling it.
    async fn hinted(&self, id: &TaskId) -> Result<Received, Rejection> {
        let held = match self.0.ledger.claim(id.to_string()) {
            Claim::Mine(held) => held,
            Claim::Busy => return Err(Rejection::Busy),
            Claim::Done => return Ok(Received::Duplicate),
        };
        let task = self.fetch_ended(id).await?;
        self.hand_over(
            held,
            Event {
                id: None,
                kind: None,
                task: Some(task),
            },
        )
        .await
    }

    /// Handles an event whose signature was verified. `id`: the event's, if the signature covers it; otherwise the body
    /// names the event.
    async fn signed(&self, token: Option<&str>, id: Option<String>, body: &[u8]) -> Result<Received, Rejection> {
        let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::Body)?;
        let event = dispatch::webhook_event(self.0.client.vendor(), body.clone());
        let id = id.or_else(|| event.id.clone()).ok_or(Refusal::Body)?;
        let held = match self.0.ledger.claim(id.clone()) {
            Claim::Mine(held) => held,
            Claim::Busy => return Err(Rejection::Busy),
            Claim::Done => return Ok(Received::Duplicate),
        };
        let task = if event.without_task {
            None
        } else {
            Some(self.signed_task(token, &event, body).await?)
        };
        let event = Event {
            id: Some(id),
            kind: event.kind,
            task,
        };
        self.hand_over(held, event).await
    }

    /// Returns the task of a signed event: the bound task with its id, or else the task to which the URL is bound. The
    /// vendor may use a different id than at submission.
    async fn signed_task(
        &self,
        token: Option<&str>,
        event: &WebhookEvent,
        body: Value,
    ) -> Result<VideoTask, Rejection> {
        let vendor = self.0.client.vendor();
        let id = event.task.as_ref().ok_or(Refusal::Body)?;
        let of_address = || self.0.bindings.bound(&TokenHash::of(token?));
        let known = self.0.bindings.task(id).or_else(of_address).or_else(|| {
            let mut families = vendor.families();
            let only = families.next().filter(|_| families.next().is_none());
            let of_model = || {
                let entry = Capabilities::of(vendor, event.model.as_deref()?);
                entry.is_known().then_some(entry.family.name)
            };
            let whole = dispatch::task_id(vendor, event.model.as_deref().unwrap_or_default(), id.clone())?;
            TaskId::new(vendor, only.or_else(of_model)?, whole)
        });
        let known = match known {
            None => self.recorded(id).await?,
            known => known,
        };
        let Some(id) = known else {
            return match token.map(TokenHash::of) {
                _ if !self.0.verifier.as_ref().is_some_and(Verifier::is_for_all) => self.search(id, event.ended).await,
                // Its task may be bound soon, and is polled then.
                Some(hash) if self.0.bindings.hint(&hash).is_some() => Err(Rejection::Unbound),
                // Anyone with an account can have the vendor sign events and send them here.
                _ => Err(Refusal::Task.into()),
            };
        };
        match dispatch::webhook_task(vendor, &id, body.clone()) {
            Ok(task) if !event.ended || task.is_final() => {
                let mut task = task.called(&id);
                self.0.client.judge().finish(&mut task, body.into());
                self.0.client.record_status(&mut task).await;
                Ok(task)
            }
            // The event reports that the task has ended, but not how.
            _ => self.fetch_ended(&id).await,
        }
    }

    /// The task in the journal that the vendor calls `id`.
    async fn recorded(&self, id: &str) -> Result<Option<TaskId>, Rejection> {
        let client = &self.0.client;
        let found = client.found(client.journal_query().vendor_id(id)).await;
        let entries = found.map_err(Rejection::Fetch)?.entries;
        Ok(entries.into_iter().find_map(|entry| entry.task))
    }

    /// Looks up a task by the vendor's id, with each operation that polls tasks.
    async fn search(&self, id: &str, ended: bool) -> Result<VideoTask, Rejection> {
        let vendor = self.0.client.vendor();
        for family in vendor.polled_families() {
            let id = TaskId::new(vendor, family, id).ok_or(Refusal::Body)?;
            match self.0.client.get(&id).await {
                Ok(task) if !ended || task.is_final() => return Ok(task),
                Ok(task) => return Err(Rejection::NotEnded(task.id)),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidRequest) => {}
                Err(error) => return Err(Rejection::Fetch(error)),
            }
        }
        Err(Refusal::Task.into())
    }

    async fn fetch_ended(&self, id: &TaskId) -> Result<VideoTask, Rejection> {
        let task = self.0.client.get(id).await.map_err(Rejection::Fetch)?;
        if task.is_final() {
            Ok(task)
        } else {
            Err(Rejection::NotEnded(id.clone()))
        }
    }

    async fn hand_over(&self, held: Held<'_>, event: Event) -> Result<Received, Rejection> {
        if let Some(handler) = &self.0.handler {
            handler(event.clone()).await.map_err(Rejection::Handler)?;
        }
        held.done((self.0.clock)());
        Ok(Received::New(Box::new(event)))
    }
}
