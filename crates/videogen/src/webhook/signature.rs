//! HMAC-SHA256 over the event's id, the time and the raw body.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};

use super::Refusal;
use crate::model::Timestamp;
use crate::vendors::SignatureHeaders;

/// Verifier of signed deliveries.
pub(crate) struct Verifier {
    pub(crate) headers: SignatureHeaders,
    /// One secret; two during rotation.
    pub(crate) secrets: Vec<SecretString>,
    /// Allowed difference of the signed time in seconds, in either direction.
    pub(crate) tolerance: u64,
}

impl Verifier {
    /// The event's id, if the signature is valid and recent.
    ///
    /// The three parts are joined by dots, but cannot be split elsewhere: the time is all digits, and the rest
    /// must be valid JSON.
    pub(crate) fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<String, Refusal> {
        let event = only(headers, self.headers.event)?;
        let timestamp = only(headers, self.headers.timestamp)?;
        if !self.is_near(timestamp, now)? {
            return Err(Refusal::Time);
        }
        let given = signatures(headers, self.headers.signature)?;
        let parts = [event.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        let is_signed = self.secrets.iter().any(|secret| {
            let expected = sign(secret, &parts);
            given
                .iter()
                .any(|given| verify_slices_are_equal(given, expected.as_ref()).is_ok())
        });
        if is_signed {
            Ok(event.to_owned())
        } else {
            Err(Refusal::Signature)
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

fn sign(secret: &SecretString, parts: &[&[u8]]) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let mut context = hmac::Context::with_key(&key);
    for part in parts {
        context.update(part);
    }
    context.sign()
}

/// The value of a header that occurs exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if !value.is_empty() => Ok(value),
        _ => Err(Refusal::Header),
    }
}

/// Every signature in the header; other versions and forms are ignored.
fn signatures(headers: &HeaderMap, name: &str) -> Result<Vec<[u8; 32]>, Refusal> {
    let text = only(headers, name)?;
    Ok(text
        .split(',')
        .filter_map(|entry| entry.trim_matches(' ').strip_prefix("v1="))
        .filter_map(lower_hex)
        .collect())
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
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn the_hmac_is_the_one_of_the_rfc() {
        let expected = lower_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843").unwrap();
        let made = sign(&"Jefe".to_owned().into(), &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(made.as_ref(), expected);
    }

    #[test]
    fn only_complete_lower_case_hex_is_a_signature() {
        let good = "0f".repeat(32);
        assert_eq!(lower_hex(&good), Some([15; 32]));
        for bad in [
            "0F".repeat(32),
            "0f".repeat(31),
            "0f".repeat(33),
            "0g".repeat(32),
            format!("{}f", &good[1..].replace('0', "é")),
            good[1..].to_owned(),
        ] {
            assert_eq!(lower_hex(&bad), None, "{bad}");
        }
    }
}
