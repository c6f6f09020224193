//! What would be sent, without sending it.

use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use videogen_wire::Session;

use crate::adapters::Call;
use crate::validate::validate;
use crate::{Capabilities, Error, ErrorKind, Vendor, VideoRequest};

/// The exact request that a submission would make.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// Vendor.
    pub vendor: Vendor,
    /// Endpoint family.
    pub family: &'static str,
    /// Model id.
    pub model: String,
    /// Whether the vendor's spec names the model; otherwise only general rules were checked.
    pub model_known: bool,
    /// HTTP method.
    pub method: String,
    /// URL.
    pub url: String,
    /// JSON body.
    pub body: Value,
}

/// Plans `request` for `vendor`: checks it and builds the wire request, without a key and without a network.
///
/// # Errors
/// `invalid_request` with every violation, or `config` when `base_url` cannot be used.
///
/// ```
/// use videogen::{Vendor, VideoRequest, plan};
///
/// let request = VideoRequest::new("seedance-2.0", "a paper boat").duration(5);
/// let plan = plan(Vendor::Token360, None, &request)?;
/// assert_eq!(plan.url, "https://api.token360.ai/v1/videos");
/// assert_eq!(plan.body["duration"], 5);
/// # Ok::<(), videogen::Error>(())
/// ```
pub fn plan(vendor: Vendor, base_url: Option<&str>, request: &VideoRequest) -> Result<Plan, Error> {
    /// Never connects; it only builds requests.
    static BUILDER: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

    let violations = validate(vendor, request);
    if !violations.is_empty() {
        return Err(Error::invalid(vendor, violations));
    }
    let rules = Capabilities::of(vendor, &request.model);
    let session = Session::new(&SecretString::from("plan".to_owned()))
        .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?
        .recorder();
    let call = Call {
        base_url: base_url.unwrap_or(vendor.facts().base_url).trim_end_matches('/'),
        http: &BUILDER,
        session: session.clone(),
    };
    let result = now(vendor.submit(&call, request, &rules));
    let Some(exchange) = session.exchange() else {
        let reason = match result {
            Some(Err(reason)) => reason.0,
            _ => "no request was made".to_owned(),
        };
        return Err(Error::new(ErrorKind::Config, reason));
    };
    let body = exchange.body.and_then(|body| serde_json::from_slice(&body).ok());
    Ok(Plan {
        vendor,
        family: rules.family.name,
        model: request.model.clone(),
        model_known: rules.is_known(),
        method: exchange.method.to_string(),
        url: exchange.url.to_string(),
        body: body.unwrap_or_default(),
    })
}

/// The result of a future that never has to wait.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
