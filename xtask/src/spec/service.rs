//! What a spec says of the service: when to poll, how long links live, webhooks, rate limits.

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
    unverified: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct ResultUrl {
    pub(crate) ttl: u64,
    pub(crate) refreshable: bool,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Webhook {
    pub(crate) timeout: u64,
    pub(crate) retries: Vec<u64>,
    pub(crate) signature: Signature,
    pub(crate) tolerance: Option<u64>,
    /// Statuses at whose beginning there is a delivery; only at the end if left out. For the simulator.
    events: Option<Vec<Status>>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Signature {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
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
    unverified: bool,
}

#[derive(Deserialize, JsonSchema, Debug, Clone, Copy)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "emitted as `Debug` writes it")]
pub(crate) struct RateLimit {
    pub(crate) limit: u32,
    pub(crate) per: u64,
}
