//! A vendor's public keys: fetched from the URL of the spec, and from no other, and kept for a limited time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::TimeDelta;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use url::Url;
use videogen_wire::network_failure;

use super::{Refusal, Rejection};
use crate::client::Client;
use crate::model::{Error, ErrorKind, Timestamp};

/// How long fetched keys are used.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Shortest time between two requests for keys, so that a forged delivery does not cause one each time.
const PAUSE: TimeDelta = TimeDelta::minutes(3);
/// Shorter than a vendor waits for the response to a delivery.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum size of a JWKS, in bytes.
const LIMIT: usize = 64 * 1024;

type Key = [u8; 32];

/// Public keys of a vendor. Cloning shares them.
#[derive(Clone)]
pub(super) struct PublicKeys(Arc<Inner>);

struct Inner {
    client: Client,
    url: Url,
    known: Mutex<Known>,
    /// Held during a request for keys.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct Known {
    keys: Arc<[Key]>,
    fetched: Option<Timestamp>,
    requested: Option<Timestamp>,
    /// Reason for which the last request returned no keys.
    failure: Option<(ErrorKind, String)>,
}

impl PublicKeys {
    /// # Errors
    /// `config` when the URL is invalid.
    pub(super) fn new(client: Client, url: &str) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner {
            url: client.page(url)?,
            client,
            known: Mutex::default(),
            turn: Arc::default(),
        })))
    }

    /// Checks that one of the keys made one of the signatures, at `signed`. The keys are fetched when they are missing or old,
    /// and when none fits, because the vendor may have others now.
    ///
    /// # Errors
    /// `Refusal::Signature` if none did; `Rejection::Unverified` if the current keys are not known.
    pub(super) async fn verify(
        &self,
        message: &[u8],
        signatures: &[Vec<u8>],
        signed: Timestamp,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        // What cannot be a signature causes no request.
        if signatures.iter().all(|signature| signature.len() != 64) {
            return Err(Refusal::Signature.into());
        }
        if self.0.fits(message, signatures, now) {
            return Ok(());
        }
        let turn = Arc::clone(&self.0.turn).lock_owned().await;
        // Another delivery may have fetched them during the wait.
        if self.0.fits(message, signatures, now) {
            return Ok(());
        }
        if self.0.may_request(now) {
            let inner = Arc::clone(&self.0);
            // Completed even if the sender of this delivery hangs up, because the next request has to wait.
            let request = tokio::spawn(async move {
                inner.refresh(now).await;
                drop(turn);
            });
            // An error is a panic, after which there are no new keys.
            let _ = request.await;
            if self.0.fits(message, signatures, now) {
                return Ok(());
            }
        }
        Err(self.0.rejection(signed, now))
    }
}

impl Inner {
    fn fits(&self, message: &[u8], signatures: &[Vec<u8>], now: Timestamp) -> bool {
        let keys = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            match is_within(known.fetched, KEPT, now) {
                true => Arc::clone(&known.keys),
                false => return false,
            }
        };
        keys.iter().any(|key| {
            let key = UnparsedPublicKey::new(&ED25519, key);
            signatures
                .iter()
                .any(|signature| key.verify(message, signature).is_ok())
        })
    }

    /// Whether keys may be requested now; if so, the request counts as made.
    fn may_request(&self, now: Timestamp) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let may = !is_within(known.requested, PAUSE, now);
        if may {
            known.requested = Some(now);
        }
        may
    }

    async fn refresh(&self, now: Timestamp) {
        let fetched = self.fetch().await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok(keys) => {
                known.keys = keys.into();
                known.fetched = Some(now);
                known.failure = None;
            }
            Err(failure) => known.failure = Some(failure),
        }
    }

    /// Why a delivery that no key fits is rejected.
    fn rejection(&self, signed: Timestamp, now: Timestamp) -> Rejection {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (kind, reason) = match &known.failure {
            Some(failure) => failure.clone(),
            // Keys that were fetched after it was signed would have its key.
            None if is_within(known.fetched, KEPT, now) && known.fetched >= Some(signed) => {
                return Refusal::Signature.into();
            }
            None => {
                let reason = format!("the last request was less than {} min ago", PAUSE.num_minutes());
                (ErrorKind::Transport, reason)
            }
        };
        let vendor = self.client.vendor().name();
        let host = self.url.host_str().unwrap_or_default();
        let message = format!("cannot get {vendor}'s current public keys from {host}: {reason}");
        Rejection::Unverified(Error::new(kind, message))
    }

    async fn fetch(&self) -> Result<Vec<Key>, (ErrorKind, String)> {
        let http = &self.client.0.http;
        let network = |error: reqwest::Error| {
            let reason = network_failure(&self.url, http.proxy_towards(&self.url).as_deref(), &error);
            (ErrorKind::Transport, reason)
        };
        // This client has no key and follows no redirect.
        let request = http.read.get(self.url.clone()).timeout(TIMEOUT);
        let mut response = request.send().await.map_err(network)?;
        let status = response.status();
        if status != reqwest::StatusCode::OK {
            return Err((ErrorKind::Vendor, format!("HTTP {}", status.as_u16())));
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(network)? {
            body.extend(part);
            if body.len() > LIMIT {
                return Err((ErrorKind::Decode, format!("the JWKS is larger than {LIMIT} bytes")));
            }
        }
        match parse(&body) {
            keys if keys.is_empty() => Err((ErrorKind::Decode, "the response has no Ed25519 key".to_owned())),
            keys => Ok(keys),
        }
    }
}

/// Whether `then` is less than `span` away. A clock that was set back makes nothing newer.
fn is_within(then: Option<Timestamp>, span: TimeDelta, now: Timestamp) -> bool {
    then.is_some_and(|then| (now - then).abs() < span)
}

/// The Ed25519 keys of a JWKS (RFC 7517 and RFC 8037); others are skipped.
fn parse(jwks: &[u8]) -> Vec<Key> {
    let jwks: Value = serde_json::from_slice(jwks).unwrap_or_default();
    let keys = jwks.get("keys").and_then(Value::as_array).into_iter().flatten();
    keys.filter_map(key).collect()
}

fn key(jwk: &Value) -> Option<Key> {
    let is = |member: &str, value: &str| jwk.get(member).is_none_or(|own| own == value);
    if !(is("kty", "OKP") && is("crv", "Ed25519") && is("use", "sig")) {
        return None;
    }
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&URL_SAFE, config).decode(jwk.get("x")?.as_str()?);
    bytes.ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
