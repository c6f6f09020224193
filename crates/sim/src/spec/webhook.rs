//! `x-webhook`: when deliveries are made, and how they are signed.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

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
    /// Whether the public keys are published at a path.
    pub(crate) fn publishes_at(&self, path: &str) -> bool {
        let Some(Scheme::Pair { keys }) = self.signature().map(|signature| &signature.scheme) else {
            return false;
        };
        Url::parse(keys).is_ok_and(|keys| keys.path() == path)
    }

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
    #[serde(flatten)]
    pub(crate) scheme: Scheme,
    pub(crate) encoding: TextForm,
    /// Template of what is signed.
    pub(crate) message: String,
    /// Name of a value → header.
    pub(crate) headers: BTreeMap<String, String>,
    /// Template of the header `signature`.
    pub(crate) form: Option<String>,
}

/// How the key is agreed on.
#[derive(Debug, Deserialize)]
#[serde(tag = "scheme")]
pub(crate) enum Scheme {
    #[serde(rename = "hmac-sha256")]
    Secret {
        key: TextForm,
        /// Of a key in base64.
        #[serde(default)]
        key_prefix: String,
        /// Whether an account without a secret gets deliveries too, unsigned.
        #[serde(default)]
        optional: bool,
    },
    #[serde(rename = "ed25519")]
    Pair {
        /// Where the public key is published.
        keys: String,
    },
}

impl Signature {
    /// Whether only an account with a secret gets deliveries.
    pub(crate) fn needs_secret(&self) -> bool {
        matches!(self.scheme, Scheme::Secret { optional: false, .. })
    }
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TextForm {
    Text,
    Hex,
    Base64,
}
