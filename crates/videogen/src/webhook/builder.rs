//! Setting up a receiver.

use std::fmt;
use std::future::Future;

use chrono::Utc;
use secrecy::{ExposeSecret as _, SecretString};
use videogen_wire::facts::Signature;

use super::Event;
use super::receiver::{Clock, Handler, Outcome, Receiver};
use super::signature::Verifier;
use crate::client::Client;
use crate::model::{Error, ErrorKind, Timestamp};

/// Sets up a [`Receiver`].
#[must_use]
pub struct ReceiverBuilder {
    client: Client,
    secrets: Vec<SecretString>,
    handler: Option<Handler>,
    clock: Clock,
}

impl Receiver {
    /// Begins to set up a receiver for the account of `client`.
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
            handler: None,
            clock: Box::new(Utc::now),
        }
    }

    /// A key that the vendor signs with. Give the old and the new one while a key is being replaced; either may match.
    /// With no key, signatures are not looked at and every delivery is a hint.
    pub fn secret(mut self, secret: impl Into<SecretString>) -> Self {
        let secret = secret.into();
        // From a file it comes with the end of its line.
        let line = secret.expose_secret().trim_end_matches(['\r', '\n']);
        self.secrets.push(line.to_owned().into());
        self
    }

    /// What to do with each event, once in the life of the receiver. The vendor is told that it arrived only after this has returned `Ok`; after an
    /// error the event is as good as never come, and is handed over again when the vendor repeats it.
    pub fn on_event<F, R>(mut self, handler: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Outcome> + Send + 'static,
    {
        self.handler = Some(Box::new(move |event| Box::pin(handler(event))));
        self
    }

    /// Another clock than the system's, for tests.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Makes the receiver.
    ///
    /// # Errors
    /// `config` when a secret is empty, or the vendor does not sign what it sends.
    pub fn build(self) -> Result<Receiver, Error> {
        let vendor = self.client.vendor();
        let config = |message: String| Err(Error::new(ErrorKind::Config, message));
        if self
            .secrets
            .iter()
            .any(|secret| secret.expose_secret().trim().is_empty())
        {
            return config("a webhook secret is empty: anybody could sign with it; give the vendor's".to_owned());
        }
        let webhook = vendor.facts().webhook;
        let verifier = match (webhook.signature, vendor.signature()) {
            _ if self.secrets.is_empty() => None,
            (Signature::HmacSha256, Some(headers)) => Some(Verifier {
                headers,
                secrets: self.secrets,
                tolerance: webhook.tolerance.unwrap_or_default(),
            }),
            _ => {
                let name = vendor.name();
                return config(format!(
                    "{name} does not sign webhooks: leave the secret out, and give each task an address of its own"
                ));
            }
        };
        Ok(Receiver::new(self.client, verifier, self.handler, self.clock))
    }
}
