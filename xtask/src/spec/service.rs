//! What a spec says of the service: when to poll, how long links live, webhooks, rate limits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::tasks::Status;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Poll {
    pub(crate) first: u64,
    pub(crate) every: (u64, u64),
    pub(crate) give_up: Option<u64>,
    source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct ResultUrl {
    /// Left out if links do not expire.
    pub(crate) ttl: Option<u64>,
    pub(crate) refreshable: bool,
    /// Which links need the key; none if left out.
    pub(crate) key: Option<KeyedLinks>,
    source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyedLinks {
    OwnOrigin,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Webhook {
    pub(crate) timeout: u64,
    pub(crate) retries: Vec<u64>,
    pub(crate) signature: Signing,
    pub(crate) tolerance: Option<u64>,
    /// Statuses at whose beginning there is a delivery; only at the end if left out. For the simulator.
    events: Option<Vec<Status>>,
    source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

/// `none`, or how deliveries are signed.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Signing {
    // First, so that the errors about a mapping are those of its members.
    Signed(Signature),
    #[allow(dead_code, reason = "only one word is accepted")]
    Unsigned(Unsigned),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unsigned {
    None,
}

impl Signing {
    pub(crate) fn signed(&self) -> Option<&Signature> {
        match self {
            Self::Signed(signature) => Some(signature),
            Self::Unsigned(_) => None,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Signature {
    pub(crate) scheme: Scheme,
    pub(crate) encoding: Encoding,
    /// Of `hmac-sha256`.
    pub(crate) key: Option<KeyForm>,
    /// Of a key in base64.
    pub(crate) key_prefix: Option<String>,
    /// Of `hmac-sha256`: environment variable of the secret.
    pub(crate) secret_env: Option<String>,
    /// Of `ed25519`: URL of the JWKS.
    pub(crate) keys: Option<String>,
    pub(crate) message: String,
    /// Name of a value in templates → header.
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default = "bare")]
    pub(crate) form: String,
    pub(crate) separator: Option<char>,
    /// Whether an account without a secret gets deliveries too, unsigned. For the simulator.
    #[serde(default)]
    pub(crate) optional: bool,
}

fn bare() -> String {
    "{signature}".to_owned()
}

#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    #[serde(rename = "ed25519")]
    Ed25519,
}

#[derive(Deserialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoding {
    Hex,
    Base64,
}

#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyForm {
    Text,
    Base64,
}

/// The names in the braces of a template.
pub(crate) fn placeholders(template: &str) -> Vec<&str> {
    let parts = template.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

/// Omitted if the vendor documents none.
#[derive(Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct RateLimits {
    pub(crate) submit: Vec<RateLimit>,
    pub(crate) query: Vec<RateLimit>,
    source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

#[derive(Deserialize, JsonSchema, Debug, Clone, Copy)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "emitted as `Debug` writes it")]
pub(crate) struct RateLimit {
    pub(crate) limit: u32,
    pub(crate) per: u64,
}
