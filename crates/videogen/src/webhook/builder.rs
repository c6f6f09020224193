//! Configuration of a receiver.

use std::fmt;
use std::future::Future;

use chrono::Utc;
use secrecy::{ExposeSecret as _, SecretString};

use super::Event;
use super::receiver::{Clock, Handler, Outcome, Receiver};
use super::signature::Verifier;
use crate::client::Client;
use crate::model::{Error, ErrorKind, Timestamp};

/// Builder of a [`Receiver`]. The vendor calls the URL in the request's `callback_url`: set it to
/// [`Receiver::callback`], as in the example of the [module](crate::webhook).
///
/// ```
/// # fn main() -> Result<(), videogen::Error> {
/// use videogen::webhook::Receiver;
/// use videogen::{Client, Vendor};
///
/// let client = |vendor| Client::builder(vendor).key("sk-test").build();
/// // During rotation, both secrets are accepted.
/// let receiver = Receiver::builder(client(Vendor::ToApis)?)
///     .secret("whsec-new")
///     .secret("whsec-old")
///     .on_event(|event| async move {
///         println!("{:?}", event.task);
///         Ok(())
///     })
///     .build()?;
/// // This vendor does not sign webhooks.
/// assert!(Receiver::builder(client(Vendor::Token360)?).secret("whsec").build().is_err());
/// # Ok(()) }
/// ```
#[must_use]
pub struct ReceiverBuilder {
    client: Client,
    secrets: Vec<SecretString>,
    polls_unverified: bool,
    handler: Option<Handler>,
    clock: Clock,
}

impl Receiver {
    /// Returns a builder for a receiver of the account of `client`; see [`ReceiverBuilder`].
    pub fn builder(client: Client) -> ReceiverBuilder {
        ReceiverBuilder::new(client)
    }
}

impl fmt::Debug for ReceiverBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverBuilder")
            .field("client", &self.client)
            .field("secrets", &self.secrets.len())
            .finish_non_exhaustive()
    }
}

impl ReceiverBuilder {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            secrets: Vec::new(),
            polls_unverified: false,
            handler: None,
            clock: Box::new(Utc::now),
        }
    }

    /// Adds a signing secret. During rotation, add the old and the new secret. Without a secret, signatures are not
    /// checked and deliveries only trigger polls. A vendor that signs with a key pair has no secret: its public keys are
    /// fetched, and signatures are always checked.
    pub fn secret(mut self, secret: impl Into<SecretString>) -> Self {
        let secret = secret.into();
        // A secret from a file ends with a newline.
        let line = secret.expose_secret().trim_end_matches(['\r', '\n']);
        self.secrets.push(line.to_owned().into());
        self
    }

    /// Sets whether a delivery to a [callback URL](Receiver::callback) triggers a poll if its signature is not valid, for
    /// example because of a wrong secret. Its event has no [`id`](Event::id). By default it is refused.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// # let client = videogen::Client::builder(videogen::Vendor::ToApis).key("sk-test").build()?;
    /// let receiver = videogen::webhook::Receiver::builder(client).secret("whsec").poll_unverified(true).build()?;
    /// # Ok(()) }
    /// ```
    pub fn poll_unverified(mut self, polls: bool) -> Self {
        self.polls_unverified = polls;
        self
    }

    /// Sets the event handler, called once per event in the lifetime of the receiver. The delivery is acknowledged only
    /// after it returns `Ok`; after an error, it is called again when the vendor repeats the delivery.
    pub fn on_event<F, R>(mut self, handler: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Outcome> + Send + 'static,
    {
        self.handler = Some(Box::new(move |event| Box::pin(handler(event))));
        self
    }

    /// Sets a clock other than the system's, for tests.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = videogen::Client::builder(videogen::Vendor::ToApis).key("sk-test").build()?;
    /// let now: videogen::Timestamp = "2026-11-27T08:00:00Z".parse()?;
    /// let receiver = videogen::webhook::Receiver::builder(client).secret("whsec").clock(move || now).build()?;
    /// # Ok(()) }
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Builds the receiver.
    ///
    /// # Errors
    /// `config` when a secret is empty or has not the form of the vendor's secrets, or when a secret is set and the
    /// vendor does not sign webhooks, or signs them with a key pair.
    pub fn build(self) -> Result<Receiver, Error> {
        if self
            .secrets
            .iter()
            .any(|secret| secret.expose_secret().trim().is_empty())
        {
            let message = "the webhook secret is empty; set the signing secret from the vendor's console";
            return Err(Error::new(ErrorKind::Config, message));
        }
        let verifier = Verifier::new(&self.client, &self.secrets)?;
        Ok(Receiver::new(
            self.client,
            verifier,
            self.polls_unverified,
            self.handler,
            self.clock,
        ))
    }
}
