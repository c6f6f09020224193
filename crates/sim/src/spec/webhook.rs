//! `x-webhook`: when deliveries are made, and how they are signed.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `x-webhook`.
#[derive(Debug, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) timeout: u32,
    pub(crate) retries: Vec<u32>,
    signature: Signing,
    /// The statuses at whose beginning there is a delivery; only at the end if left out.
    pub(crate) events: Option<Vec<String>>,
}

impl Webhook {
    /// How deliveries are signed, if they are.
    pub(crate) fn signature(&self) -> Option<&Signature> {
        match &self.signature {
            Signing::Signed(signature) => Some(signature),
            Signing::Unsigned(_) => None,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Signing {
    Signed(Signature),
    #[allow(dead_code, reason = "only one word is accepted")]
    Unsigned(Unsigned),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unsigned {
    None,
}

/// The form of a signature.
#[derive(Debug, Deserialize)]
pub(crate) struct Signature {
    #[allow(dead_code, reason = "only one is accepted")]
    scheme: Scheme,
    pub(crate) encoding: TextForm,
    pub(crate) key: TextForm,
    /// Of a key in base64.
    #[serde(default)]
    pub(crate) key_prefix: String,
    /// Template of what is signed.
    pub(crate) message: String,
    /// Name of a value → header.
    pub(crate) headers: BTreeMap<String, String>,
    /// Template of the header `signature`.
    pub(crate) form: Option<String>,
    /// Whether an account without a secret gets deliveries too, unsigned.
    #[serde(default)]
    pub(crate) optional: bool,
}

#[derive(Debug, Deserialize)]
enum Scheme {
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TextForm {
    Text,
    Hex,
    Base64,
}
