//! Signatures of deliveries, as the spec describes them.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use videogen_wire::facts::{Encoding, Signature, SigningKey};

use super::Refusal;
use crate::model::Timestamp;

/// Verifier of signed deliveries.
pub(crate) struct Verifier {
    rules: Signature,
    /// One key; two during rotation.
    keys: Vec<SecretBox<[u8]>>,
    /// Allowed difference of the signed time in seconds, in either direction.
    pub(crate) tolerance: u64,
}

impl Verifier {
    /// # Errors
    /// What is wrong with a secret.
    pub(crate) fn new(rules: Signature, secrets: &[SecretString], tolerance: u64) -> Result<Self, String> {
        Ok(Self {
            rules,
            keys: secrets
                .iter()
                .map(|secret| key(rules.key, secret))
                .collect::<Result<_, _>>()?,
            tolerance,
        })
    }

    /// The event's id, if the signature is valid and recent; `None` if the signature does not cover an id.
    ///
    /// The parts of the message cannot be split elsewhere: the time is all digits, and the body must be valid JSON.
    pub(crate) fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Option<String>, Refusal> {
        let delivery = Delivery {
            rules: self.rules,
            headers,
            signed: only(headers, self.rules.header("signature").ok_or(Refusal::Header)?)?,
        };
        if !self.is_near(delivery.value("timestamp")?, now)? {
            return Err(Refusal::Time);
        }
        let given = delivery.signatures();
        let message = delivery.message(body)?;
        let is_signed = self.keys.iter().any(|key| {
            let expected = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret()), &message);
            given
                .iter()
                .any(|given| verify_slices_are_equal(given, expected.as_ref()).is_ok())
        });
        if !is_signed {
            return Err(Refusal::Signature);
        }
        if self.rules.message.contains("{id}") {
            delivery.value("id").map(|id| Some(id.to_owned()))
        } else {
            Ok(None)
        }
    }

    fn is_near(&self, timestamp: &str, now: Timestamp) -> Result<bool, Refusal> {
        // The parser accepts a sign.
        let seconds = Some(timestamp)
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<i64>().ok())
            .ok_or(Refusal::Header)?;
        let off = Timestamp::from_timestamp(seconds, 0).and_then(|then| (now - then).abs().to_std().ok());
        Ok(off.is_some_and(|off| off <= Duration::from_secs(self.tolerance)))
    }
}

/// The key that a secret gives.
fn key(form: SigningKey, secret: &SecretString) -> Result<SecretBox<[u8]>, String> {
    let text = secret.expose_secret();
    let bytes = match form {
        SigningKey::Text => text.as_bytes().to_vec(),
        SigningKey::Base64 { prefix } => {
            let encoded = text.strip_prefix(prefix).unwrap_or(text);
            // Anyone can sign with an empty key.
            let decoded = STANDARD.decode(encoded).ok().filter(|key| !key.is_empty());
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
    fn signatures(&self) -> Vec<[u8; 32]> {
        let decode = |text: &str| match self.rules.encoding {
            Encoding::Hex => lower_hex(text),
            Encoding::Base64 => STANDARD.decode(text).ok()?.try_into().ok(),
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

/// Parses 32 bytes in lower-case hex, the only documented form.
fn lower_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests;
