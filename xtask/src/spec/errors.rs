//! What a spec says of the vendor's error codes (`x-errors`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Codes whose meaning the status of a response does not show.
#[derive(Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Errors {
    #[serde(default)]
    pub(crate) codes: BTreeMap<String, ErrorCode>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct ErrorCode {
    pub(crate) kind: Kind,
    /// Begins in lower case, because other words precede it.
    #[schemars(regex(pattern = r"^[^A-Z\s].*[^.\s]$"))]
    pub(crate) message: Option<String>,
}

/// A kind of error of the facade.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Auth,
    Balance,
    RateLimited,
    InvalidRequest,
    Moderated,
    NotFound,
    Conflict,
    Vendor,
}

impl Kind {
    /// The name in `x-errors`, and in the facade's JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Balance => "balance",
            Self::RateLimited => "rate_limited",
            Self::InvalidRequest => "invalid_request",
            Self::Moderated => "moderated",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Vendor => "vendor",
        }
    }
}
