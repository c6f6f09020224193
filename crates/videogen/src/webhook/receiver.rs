//! From a delivery to a task.

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
use crate::model::{Capabilities, Error, ErrorKind, TaskId, TaskStatus, Timestamp, VideoTask};
use crate::vendors::WebhookEvent;

pub(super) type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;
/// What the application does with an event.
pub(super) type Handler = Box<dyn Fn(Event) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;
/// What time it is.
pub(super) type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// Receives the webhooks of one account. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

struct Inner {
    client: Client,
    /// `None`: what arrives proves nothing, and is a hint.
    verifier: Option<Verifier>,
    handler: Option<Handler>,
    clock: Clock,
    bindings: Bindings,
    /// Of event ids where they are signed, else of tasks that were told of as ended.
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
    pub(crate) fn new(client: Client, verifier: Option<Verifier>, handler: Option<Handler>, clock: Clock) -> Self {
        // Signed a tolerance ahead at the most, it is believed until a tolerance after that.
        let kept = verifier.as_ref().map(|verifier| verifier.tolerance.saturating_mul(2));
        let kept = kept.map(|seconds| TimeDelta::from_std(Duration::from_secs(seconds)).unwrap_or(TimeDelta::MAX));
        Self(Arc::new(Inner {
            client,
            verifier,
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

    /// A new address for the webhook of one task: `base` and a token behind it. Send it as `callback_url`, then
    /// [`bind`](Self::bind) it to the task that the submission returned. What arrives before that is kept.
    ///
    /// # Errors
    /// `config` when `base` is not an http(s) URL without user, query and fragment; `io` when the system gives no random
    /// bytes.
    pub fn callback(&self, base: &str) -> Result<Callback, Error> {
        let callback = Callback::new(base)?;
        self.0.bindings.expect(*callback.hash());
        Ok(callback)
    }

    /// Tells which task an address was sent with. If a delivery came before, its event is handled now, and returned.
    ///
    /// # Errors
    /// None for an address to which nothing came yet. Else as [`receive`](Self::receive); the address is bound all the same,
    /// and binding it once more tries once more.
    pub async fn bind(&self, hash: &TokenHash, task: &TaskId) -> Result<Option<Event>, Rejection> {
        if !self.0.bindings.bind(*hash, task) {
            return Ok(None);
        }
        let received = self.hinted(task).await?;
        self.0.bindings.settle(hash);
        Ok(match received {
            Received::New(event) => Some(*event),
            Received::Repeat => None,
        })
    }

    /// Knows an address again after a restart, with the task it is bound to, if the submission returned one.
    pub fn restore(&self, hash: &TokenHash, task: Option<&TaskId>) {
        match task {
            // Nothing can have been waiting for it.
            Some(task) => drop(self.0.bindings.bind(*hash, task)),
            None => self.0.bindings.expect(*hash),
        }
    }

    /// Forgets an address: what still arrives there is refused. Addresses are kept until then.
    pub fn forget(&self, hash: &TokenHash) {
        self.0.bindings.forget(hash);
    }

    /// Takes a delivery: the last segment of the path it came to, its headers and its raw body. `Ok` is to be acknowledged
    /// with a 2xx; for the rest there is [`Rejection::status`].
    ///
    /// The task of a signed event is the bound one with its id, or else the one that the address is bound to, whatever the
    /// event calls it. Of one that is not bound, the endpoint family is that of the model
    /// that the event names, if the vendor's spec knows it; else the vendor is asked in each family.
    ///
    /// Dropping the future leaves no trace: a repeat is handled as if it were the first.
    ///
    /// # Errors
    /// What speaks against the delivery, or what failed on the way.
    pub async fn receive(&self, token: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Received, Rejection> {
        if let Some(verifier) = &self.0.verifier {
            let event = verifier.verify(headers, body, (self.0.clock)())?;
            return self.signed(token, event, body).await;
        }
        let hash = TokenHash::of(token.ok_or(Refusal::Token)?);
        let task = self.0.bindings.hint(&hash).ok_or(Refusal::Token)?;
        // Whatever the body says: the token names the task, and the vendor is asked how it stands.
        self.hinted(&task.ok_or(Rejection::Unbound)?).await
    }

    /// Somebody says that `id` has ended. Only the vendor's own answer counts.
    async fn hinted(&self, id: &TaskId) -> Result<Received, Rejection> {
        let held = match self.0.ledger.claim(id.to_string()) {
            Claim::Mine(held) => held,
            Claim::Busy => return Err(Rejection::Busy),
            Claim::Done => return Ok(Received::Repeat),
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

    /// Handles an event whose signature was verified.
    async fn signed(&self, token: Option<&str>, id: String, body: &[u8]) -> Result<Received, Rejection> {
        let held = match self.0.ledger.claim(id.clone()) {
            Claim::Mine(held) => held,
            Claim::Busy => return Err(Rejection::Busy),
            Claim::Done => return Ok(Received::Repeat),
        };
        let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::Body)?;
        let event = self.0.client.vendor().webhook_event(body.clone());
        let task = if event.without_task {
            None
        } else {
            Some(self.proven(token, &event, body).await?)
        };
        let event = Event {
            id: Some(id),
            kind: event.kind,
            task,
        };
        self.hand_over(held, event).await
    }

    /// The task that a signed event is about: a bound one with this id, or else the one that the address is bound to. The
    /// vendor may call it otherwise than it did at submission.
    async fn proven(&self, token: Option<&str>, event: &WebhookEvent, body: Value) -> Result<VideoTask, Rejection> {
        let vendor = self.0.client.vendor();
        let id = event.task.as_ref().ok_or(Refusal::Body)?;
        let of_address = || self.0.bindings.bound(&TokenHash::of(token?));
        let known = self.0.bindings.task(id).or_else(of_address).or_else(|| {
            let entry = Capabilities::of(vendor, event.model.as_deref()?);
            TaskId::new(vendor, entry.family.name, id.as_str()).filter(|_| entry.is_known())
        });
        let Some(id) = known else {
            return self.search(id, event.ended).await;
        };
        match vendor.webhook_task(&id, body.clone()) {
            Ok(task) if !event.ended || is_ended(&task) => {
                let mut task = task.called(&id);
                self.0.client.judge().finish(&mut task, body.into());
                self.0.client.record_status(&task).await;
                Ok(task)
            }
            // It says that the task has ended, and not how.
            _ => self.fetch_ended(&id).await,
        }
    }

    /// Looks in each family for a task of which only the vendor's id is known.
    async fn search(&self, id: &str, ended: bool) -> Result<VideoTask, Rejection> {
        let vendor = self.0.client.vendor();
        for family in vendor.families() {
            let id = TaskId::new(vendor, family, id).ok_or(Refusal::Body)?;
            match self.0.client.get(&id).await {
                Ok(task) if !ended || is_ended(&task) => return Ok(task),
                Ok(task) => return Err(Rejection::NotEnded(task.id)),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidRequest) => {}
                Err(error) => return Err(Rejection::Fetch(error)),
            }
        }
        Err(Refusal::Task.into())
    }

    async fn fetch_ended(&self, id: &TaskId) -> Result<VideoTask, Rejection> {
        let task = self.0.client.get(id).await.map_err(Rejection::Fetch)?;
        if is_ended(&task) {
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

/// Whether there is nothing left to wait for. A vendor may know the end before it knows the URL.
fn is_ended(task: &VideoTask) -> bool {
    task.status.is_terminal() && (task.status != TaskStatus::Completed || task.video.is_some())
}
