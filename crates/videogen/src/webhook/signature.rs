//! Signatures of deliveries, as the spec describes them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use ring::digest::{SHA256, digest};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use videogen_wire::facts::{Encoding, Scheme, Signature, SigningKey};

use super::keys::PublicKeys;
use super::{Refusal, Rejection};
use crate::client::Client;
use crate::model::mask::hex;
use crate::model::{Error, ErrorKind, Timestamp};

/// Shortest key of a secret in base64, in bytes: <https://github.com/standard-webhooks/standard-webhooks>.
const KEY: usize = 24;

/// Verifier of signed deliveries.
pub(crate) struct Verifier {
    rules: Signature,
    keys: Keys,
    /// Allowed difference of the signed time in seconds, in either direction.
    pub(crate) tolerance: u64,
}

enum Keys {
    /// One key of a secret; two during rotation.
    Secret(Vec<SecretBox<[u8]>>),
    Public(PublicKeys),
}

impl Verifier {
    /// The verifier of a vendor's deliveries. `None`: they are not signed, or there is no secret that could verify it.
    ///
    /// # Errors
    /// `config` for a secret that is no key, and where the vendor has none.
    pub(crate) fn new(client: &Client, secrets: &[SecretString]) -> Result<Option<Self>, Error> {
        let (name, webhook) = (client.vendor().name(), client.vendor().facts().webhook);
        let config = |message: String| Err(Error::new(ErrorKind::Config, message));
        let Some(rules) = webhook.signature else {
            return match secrets {
                [] => Ok(None),
                _ => config(format!(
                    "{name} does not sign webhooks; remove the secret, and use a separate callback URL for each task"
                )),
            };
        };
        let keys = match rules.scheme {
            Scheme::HmacSha256 { .. } if secrets.is_empty() => return Ok(None),
            Scheme::HmacSha256 { key, .. } => match keys(key, secrets) {
                Ok(keys) => Keys::Secret(keys),
                Err(message) => return config(message),
            },
            Scheme::Ed25519 { .. } if !secrets.is_empty() => {
                return config(format!(
                    "{name} has no webhook secret: webhooks are verified with its public keys; remove the secret"
                ));
            }
            Scheme::Ed25519 { keys } => Keys::Public(PublicKeys::new(client.clone(), keys)?),
        };
        Ok(Some(Self {
            rules,
            keys,
            tolerance: webhook.tolerance.unwrap_or_default(),
        }))
    }

    /// Whether the vendor signs for all accounts alike, so that a valid event may be about the task of another account.
    pub(crate) fn is_for_all(&self) -> bool {
        matches!(self.keys, Keys::Public(_))
    }

    /// The event's id, if the signature is valid and recent; `None` if the signature does not cover an id.
    ///
    /// The parts of the message cannot be split elsewhere: the time is all digits, and the body must be valid JSON.
    pub(crate) async fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<String>, Rejection> {
        let delivery = Delivery {
            rules: self.rules,
            headers,
            signed: only(headers, self.rules.header("signature").ok_or(Refusal::Header)?)?,
        };
        let time = seconds(delivery.value("timestamp")?)?;
        if (now - time).abs().to_std().ok() > Some(Duration::from_secs(self.tolerance)) {
            return Err(Refusal::Time.into());
        }
        let (given, message) = (delivery.signatures(), delivery.message(body)?);
        match &self.keys {
            Keys::Secret(keys) => {
                let is_signed = keys.iter().any(|key| {
                    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret());
                    // In constant time.
                    given.iter().any(|given| hmac::verify(&key, &message, given).is_ok())
                });
                if !is_signed {
                    return Err(Refusal::Signature.into());
                }
            }
            Keys::Public(keys) => keys.verify(&message, &given, time, now).await?,
        }
        match self.rules.message.contains("{id}") {
            true => Ok(Some(delivery.value("id")?.to_owned())),
            false => Ok(None),
        }
    }
}

/// The time of a number of unix seconds.
fn seconds(text: &str) -> Result<Timestamp, Refusal> {
    // The parser accepts a sign.
    Some(text)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse::<i64>().ok())
        .and_then(|seconds| Timestamp::from_timestamp(seconds, 0))
        .ok_or(Refusal::Header)
}

/// The keys that secrets give.
fn keys(form: SigningKey, secrets: &[SecretString]) -> Result<Vec<SecretBox<[u8]>>, String> {
    secrets.iter().map(|secret| key(form, secret)).collect()
}

/// The key that a secret gives.
fn key(form: SigningKey, secret: &SecretString) -> Result<SecretBox<[u8]>, String> {
    let text = secret.expose_secret();
    let bytes = match form {
        SigningKey::Text => text.as_bytes().to_vec(),
        SigningKey::Base64 { prefix } => {
            // Anyone can sign with an empty key. Some consoles show the secret without its prefix: any word may be base64, but
            // only a secret is this long.
            let (encoded, least) = text.strip_prefix(prefix).map_or((text, KEY), |encoded| (encoded, 1));
            let decoded = STANDARD.decode(encoded).ok().filter(|key| key.len() >= least);
            decoded.ok_or_else(|| {
                format!(
                    "the webhook secret has no base64 after {prefix:?}; copy the whole signing secret from the vendor's console"
                )
            })?
        }
    };
    Ok(SecretBox::new(bytes.into_boxed_slice()))
}

/// The headers of a delivery.
struct Delivery<'a> {
    rules: Signature,
    headers: &'a HeaderMap,
    /// The header with the signature.
    signed: &'a str,
}

impl<'a> Delivery<'a> {
    /// The value of a name, which occurs exactly once.
    fn value(&self, name: &str) -> Result<&'a str, Refusal> {
        if let Some(header) = self.rules.header(name) {
            return only(self.headers, header);
        }
        let mut values = self.parts(name);
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Ok(value),
            _ => Err(Refusal::Header),
        }
    }

    /// The values of a name in the header with the signature.
    fn parts(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let placeholder = format!("{{{name}}}");
        let form = entries(self.rules.form, self.rules.separator);
        let around = form.into_iter().find_map(|entry| entry.split_once(&placeholder));
        let given = entries(self.signed, self.rules.separator).into_iter();
        given.filter_map(move |entry| {
            let (before, after) = around?;
            entry.trim_matches(' ').strip_prefix(before)?.strip_suffix(after)
        })
    }

    /// Every signature in the header; other versions and forms are ignored.
    fn signatures(&self) -> Vec<Vec<u8>> {
        let decode = |text: &str| match self.rules.encoding {
            Encoding::Hex => from_hex(text),
            Encoding::Base64 => STANDARD.decode(text).ok(),
        };
        self.parts("signature").filter_map(decode).collect()
    }

    fn message(&self, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut message = Vec::with_capacity(body.len() + 64);
        let mut rest = self.rules.message;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(Refusal::Header)?;
            message.extend(text.as_bytes());
            match name {
                "body" => message.extend(body),
                "body_sha256" => message.extend(hex(digest(&SHA256, body).as_ref()).as_bytes()),
                name => message.extend(self.value(name)?.as_bytes()),
            }
            rest = after;
        }
        message.extend(rest.as_bytes());
        Ok(message)
    }
}

fn entries(text: &str, separator: Option<char>) -> Vec<&str> {
    match separator {
        Some(separator) => text.split(separator).collect(),
        None => vec![text],
    }
}

/// The value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if !value.is_empty() => Ok(value),
        _ => Err(Refusal::Header),
    }
}

/// Parses lower-case hex, the only documented form.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

#[cfg(test)]
mod tests;
