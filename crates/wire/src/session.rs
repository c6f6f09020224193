//! The inner type of every generated client.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use progenitor_client::OperationInfo;
use reqwest::ResponseBuilderExt as _;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};

use crate::exchange::{Answer, Exchange, Sent};

/// No answer of these APIs comes near this size; more is somebody else's page.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// One account at one vendor, and the slot that keeps the last [`Exchange`].
///
/// Cloning shares the slot; [`Session::call`] gives a session with a slot of its own, one for each call.
#[derive(Clone)]
pub struct Session {
    authorization: HeaderValue,
    records_only: bool,
    slot: Arc<Mutex<Option<Exchange>>>,
}

/// A key that cannot stand in an HTTP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionError;

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the API key holds characters that an HTTP header cannot carry")
    }
}

impl std::error::Error for SessionError {}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("records_only", &self.records_only)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A session that signs with `key` as a bearer token.
    ///
    /// # Errors
    /// When the key holds characters that a header cannot carry, such as a line break.
    pub fn new(key: &SecretString) -> Result<Self, SessionError> {
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", key.expose_secret())).map_err(|_| SessionError)?;
        authorization.set_sensitive(true);
        Ok(Self {
            authorization,
            records_only: false,
            slot: Arc::default(),
        })
    }

    /// The same account with an empty slot, for one call.
    #[must_use]
    pub fn call(&self) -> Self {
        Self {
            authorization: self.authorization.clone(),
            records_only: self.records_only,
            slot: Arc::default(),
        }
    }

    /// The same account with an empty slot that sends nothing: the request is built and kept, and that is all.
    #[must_use]
    pub fn recorder(&self) -> Self {
        Self {
            records_only: true,
            ..self.call()
        }
    }

    /// What the last call put on the wire and what came back. `None` when the request could not be built.
    #[must_use]
    pub fn exchange(&self) -> Option<Exchange> {
        self.slot().take()
    }

    /// Signs a request. Called by the generated clients' `pre` hook.
    pub fn sign(&self, request: &mut reqwest::Request) {
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("videogen/", env!("CARGO_PKG_VERSION"))),
        );
    }

    /// Sends a request and keeps the exchange. Called by the generated clients' `exec` hook.
    ///
    /// The body is read here, so that a broken one is still at hand as far as it came, and so that an error page or an
    /// unreadable body keeps its status and headers. The headers stand in the exchange alone: the generated client has no
    /// use for them and would copy them.
    ///
    /// # Errors
    /// Those of `reqwest`; the exchange tells how far the request got.
    pub async fn send(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        self.keep(Exchange {
            operation: info.operation_id,
            method: request.method().clone(),
            url: request.url().clone(),
            body: request
                .body()
                .and_then(reqwest::Body::as_bytes)
                .map(Bytes::copy_from_slice),
            sent: if self.records_only {
                Sent::Recorded
            } else {
                Sent::Pending
            },
        });
        if self.records_only {
            return Ok(http::Response::new(Bytes::new()).into());
        }
        let mut response = match client.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                let reason = plain(&error);
                self.set(if error.is_connect() {
                    Sent::NotConnected { reason }
                } else {
                    Sent::Broken { reason }
                });
                return Err(error);
            }
        };
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let url = response.url().clone();
        let mut body = BytesMut::new();
        let (cut, error) = loop {
            match response.chunk().await {
                Ok(None) => break (None, None),
                Ok(Some(chunk)) if body.len() + chunk.len() > BODY_LIMIT => {
                    break (Some(format!("the body is larger than {BODY_LIMIT} bytes")), None);
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(error) => break (Some(plain(&error)), Some(error)),
            }
        };
        let body = body.freeze();
        self.set(Sent::Answered(Answer {
            status,
            headers,
            body: body.clone(),
            cut,
        }));
        match error {
            Some(error) => Err(error),
            None => {
                // Nothing in it can be refused. Without its URL, one would be made up and parsed.
                let mut whole = http::Response::builder().url(url).body(body).unwrap_or_default();
                *whole.status_mut() = status;
                Ok(whole.into())
            }
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Exchange>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, exchange: Exchange) {
        *self.slot() = Some(exchange);
    }

    fn set(&self, sent: Sent) {
        if let Some(exchange) = self.slot().as_mut() {
            exchange.sent = sent;
        }
    }
}

/// The causes of a transport error in one line. URLs are left out: they may be signed.
fn plain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !parts.contains(&text) {
            parts.push(text);
        }
        cause = error.source();
    }
    if parts.is_empty() {
        if error.is_timeout() {
            "timed out".to_owned()
        } else {
            "the request failed".to_owned()
        }
    } else {
        parts.join(": ")
    }
}
