//! HMAC-SHA256 over the event's id, the time and the raw body.

use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::Refusal;
use crate::adapters::SignatureHeaders;

/// What a signed delivery is checked by.
pub(crate) struct Verifier {
    pub(crate) headers: SignatureHeaders,
    /// One; two while a key is being replaced.
    pub(crate) secrets: Vec<SecretString>,
    /// By how many seconds the signed time may be off, either way.
    pub(crate) tolerance: u64,
}

impl Verifier {
    /// The id of the event, if the vendor signed it, and not too long ago.
    ///
    /// The three parts are joined by dots, but cannot be cut apart elsewhere: the time is all digits, and what follows it
    /// has to be JSON from end to end.
    pub(crate) fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<String, Refusal> {
        let event = only(headers, self.headers.event)?;
        let timestamp = only(headers, self.headers.timestamp)?;
        if !self.is_near(timestamp, now)? {
            return Err(Refusal::Time);
        }
        let given = signatures(headers, self.headers.signature)?;
        let parts = [event.as_bytes(), b".", timestamp.as_bytes(), b".", body];
        let is_signed = self.secrets.iter().any(|secret| {
            let expected = hmac(secret, &parts);
            // In constant time.
            given.contains(&expected)
        });
        if is_signed {
            Ok(event.to_owned())
        } else {
            Err(Refusal::Signature)
        }
    }

    fn is_near(&self, timestamp: &str, now: Timestamp) -> Result<bool, Refusal> {
        // The parser takes a sign.
        let seconds = Some(timestamp)
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<i64>().ok())
            .ok_or(Refusal::Header)?;
        const NANOS: i128 = 1_000_000_000;
        let off = now.as_nanosecond().abs_diff(i128::from(seconds) * NANOS);
        Ok(off <= u128::from(self.tolerance) * NANOS.unsigned_abs())
    }
}

fn hmac(secret: &SecretString, parts: &[&[u8]]) -> CtOutput<Hmac<Sha256>> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize()
}

/// The value of a header that is there exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (Some(Ok(value)), None) if !value.is_empty() => Ok(value),
        _ => Err(Refusal::Header),
    }
}

/// Every signature that is given; what has another version or form is none.
fn signatures(headers: &HeaderMap, name: &str) -> Result<Vec<CtOutput<Hmac<Sha256>>>, Refusal> {
    let text = only(headers, name)?;
    Ok(text
        .split(',')
        .filter_map(|entry| entry.trim_matches(' ').strip_prefix("v1="))
        .filter_map(lower_hex)
        .map(|bytes| CtOutput::new(bytes.into()))
        .collect())
}

/// 32 bytes in lower-case hex, the only form that is documented.
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
        let made = hmac(&"Jefe".to_owned().into(), &[b"what do ya want ", b"for nothing?"]);
        assert!(made == CtOutput::new(expected.into()));
    }

    #[test]
    fn only_whole_lower_case_hex_is_a_signature() {
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
