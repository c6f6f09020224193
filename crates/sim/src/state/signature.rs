//! Signatures of links and webhooks.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::spec::{Scheme, Signature, TextForm};
use crate::state::ids::random;

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

/// What webhooks are signed with.
pub(crate) struct Signers {
    /// Of the account; `None` if it has none.
    pub(crate) secret: Option<String>,
    /// Of the vendors that publish their keys.
    pair: SigningKey,
}

impl Signers {
    pub(crate) fn new(secret: Option<String>) -> Self {
        let mut seed = [0; 32];
        for part in seed.chunks_exact_mut(8) {
            part.copy_from_slice(&random().to_le_bytes());
        }
        Self {
            secret,
            pair: SigningKey::from_bytes(&seed),
        }
    }

    /// The public key as a JWKS (RFC 8037).
    pub(crate) fn jwks(&self) -> Value {
        let public = URL_SAFE_NO_PAD.encode(self.pair.verifying_key().as_bytes());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "simulator", "x": public}]})
    }

    /// `None`: nothing to sign with.
    fn sign(&self, rules: &Signature, message: &[u8]) -> Option<Vec<u8>> {
        match &rules.scheme {
            Scheme::Secret {
                key: form, key_prefix, ..
            } => Some(hmac(&key(*form, key_prefix, self.secret.as_deref()?), message)),
            Scheme::Pair { .. } => Some(self.pair.sign(message).to_bytes().to_vec()),
        }
    }

    /// The headers that sign a delivery; none if there is nothing to sign with.
    pub(crate) fn headers(&self, rules: &Signature, event: &str, timestamp: &str, body: &str) -> Vec<(String, String)> {
        let digest = hex(&Sha256::digest(body));
        let fill = |template: &str, signature: &str| -> String {
            let mut values = vec![
                ("id", event),
                ("timestamp", timestamp),
                ("signature", signature),
                ("body_sha256", &digest),
            ];
            // Of other values only the names are known.
            values.extend(rules.headers.keys().map(|name| (name.as_str(), "simulated")));
            let fill = |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
            let filled = values.iter().fold(template.to_owned(), fill);
            // Last, because a body may contain anything.
            filled.replacen("{body}", body, 1)
        };
        let Some(signed) = self.sign(rules, fill(&rules.message, "").as_bytes()) else {
            return Vec::new();
        };
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
}

/// The key of a secret: what it contains in the vendor's form, or else its own bytes.
fn key(form: TextForm, prefix: &str, secret: &str) -> Vec<u8> {
    let encoded = match form {
        TextForm::Base64 => secret.strip_prefix(prefix),
        TextForm::Text | TextForm::Hex => None,
    };
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    decoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_hmac_is_the_one_of_rfc_4231() {
        let hex = hmac_hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    fn headers(rules: serde_json::Value, secret: &str, body: &str) -> Vec<(String, String)> {
        let rules: Signature = serde_json::from_value(rules).unwrap();
        Signers::new(Some(secret.to_owned())).headers(&rules, "msg_1", "1795684262", body)
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

    /// RFC 8032, section 7.1, test 1; the key as RFC 8037 writes it.
    #[test]
    fn a_key_pair_signs_and_publishes_its_key() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let bytes: Vec<u8> = (0..32)
            .map(|at| u8::from_str_radix(&seed[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let mut signers = Signers::new(None);
        let random = signers.jwks();
        assert_ne!(random, Signers::new(None).jwks());
        signers.pair = SigningKey::from_bytes(&bytes.try_into().unwrap());
        assert_eq!(
            signers.jwks()["keys"][0]["x"],
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        );
        let rules = |message: &str| -> Signature {
            serde_json::from_value(json!({
                "scheme": "ed25519", "encoding": "hex", "keys": "https://api.example.com/keys.json", "message": message,
                "headers": {"id": "x-id", "user": "x-user", "timestamp": "x-time", "signature": "x-signature"},
            }))
            .unwrap()
        };
        let signature = |message: &str, body: &str| {
            let headers = signers.headers(&rules(message), "1", "2", body);
            let given = |name: &str| headers.iter().find(|(own, _)| own == name).unwrap().1.clone();
            assert_eq!(
                [given("x-id"), given("x-user"), given("x-time")],
                ["1", "simulated", "2"]
            );
            given("x-signature")
        };
        let expected = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        assert_eq!(signature("", ""), expected);
        let digest = "{id}\n{user}\n{timestamp}\n{body_sha256}";
        // The digest of `{user}`.
        let filled = "1\nsimulated\n2\n8a78baa332541f290a418c41db49479a9a31e9f33594ec17b2b127167c94ddcf";
        assert_eq!(signature(digest, "{user}"), signature(filled, "other"));
    }
}
