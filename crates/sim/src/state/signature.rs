//! HMAC-SHA256, which signs links and webhooks.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::spec::{Signature, TextForm};

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// The HMAC-SHA256 of the concatenated parts, in lower-case hex.
pub(crate) fn hmac_hex(key: &[u8], parts: &[&[u8]]) -> String {
    hex(&hmac(key, &parts.concat()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The headers of a signed delivery.
pub(crate) fn signed_headers(
    rules: &Signature,
    secret: &str,
    event: &str,
    timestamp: &str,
    body: &str,
) -> Vec<(String, String)> {
    let fill = |template: &str, signature: &str| -> String {
        let values = [("{id}", event), ("{timestamp}", timestamp), ("{signature}", signature)];
        let filled = values
            .iter()
            .fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
        // Last, because a body may contain anything.
        filled.replacen("{body}", body, 1)
    };
    let signed = hmac(&key(rules, secret), fill(&rules.message, "").as_bytes());
    let signature = match rules.encoding {
        TextForm::Base64 => STANDARD.encode(signed),
        TextForm::Hex | TextForm::Text => hex(&signed),
    };
    let header = |(name, header): (&String, &String)| {
        let template = match (name.as_str(), &rules.form) {
            ("signature", Some(form)) => form.clone(),
            (name, _) => format!("{{{name}}}"),
        };
        (header.clone(), fill(&template, &signature))
    };
    rules.headers.iter().map(header).collect()
}

/// The key of a secret: what it contains in the vendor's form, or else its own bytes.
fn key(rules: &Signature, secret: &str) -> Vec<u8> {
    let encoded = match rules.key {
        TextForm::Base64 => secret.strip_prefix(&rules.key_prefix),
        TextForm::Text | TextForm::Hex => None,
    };
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    decoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn the_hmac_is_the_one_of_rfc_4231() {
        let hex = hmac_hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    fn headers(rules: serde_json::Value, secret: &str, body: &str) -> Vec<(String, String)> {
        let rules: Signature = serde_json::from_value(rules).unwrap();
        signed_headers(&rules, secret, "msg_1", "1795684262", body)
    }

    #[test]
    fn the_documented_vectors() {
        let in_one = json!({
            "scheme": "hmac-sha256", "encoding": "hex", "key": "text", "message": "{timestamp},{body}",
            "headers": {"id": "x-event", "signature": "x-signature"}, "form": "t={timestamp},v1={signature}",
        });
        let expected = "t=1795684262,v1=551bd1b0787de6cf004b463383171809903cd22fe0c6759c52a4c5571ae67a2b";
        let given = headers(in_one, "whsec-demo", "{}");
        assert_eq!(
            given,
            [
                ("x-event".into(), "msg_1".into()),
                ("x-signature".into(), expected.into())
            ]
        );

        let standard = json!({
            "scheme": "hmac-sha256", "encoding": "base64", "key": "base64", "key_prefix": "whsec_",
            "message": "{id}.{timestamp}.{body}", "headers": {"signature": "webhook-signature"}, "form": "v1,{signature}",
        });
        let secret = "whsec_c2ltdWxhdGVkLXNpZ25pbmcta2V5LTI0";
        let expected = "v1,gcHzLgqo3vVxOe2K+b0WYR+lI69tWFyh8t636AaG57k=";
        let given = headers(standard, secret, r#"{"id":"x"}"#);
        assert_eq!(given, [("webhook-signature".into(), expected.into())]);
    }
}
