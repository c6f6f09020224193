//! What would be sent, without sending it.

use std::borrow::Borrow;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use videogen_wire::Session;

use crate::client::{Client, parse_base_url};
use crate::model::mask;
use crate::model::{Adjustment, Capabilities, Error, ErrorKind, Vendor, VideoRequest, Violation};
use crate::rules::adjust::adjust;
use crate::vendors::Call;

/// The exact request that a submission would make.
#[derive(Clone, PartialEq, Serialize)]
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
    /// What would not be sent as it is asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
}

/// Shows of URLs only the hosts, and no media. Serialisation gives all of it.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({})", mask::debug(self))
    }
}

/// How a request would fare with one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelPlan {
    /// Vendor.
    pub vendor: Vendor,
    /// Model id.
    pub model: &'static str,
    /// The request that would be sent, if it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// Every rule that it breaks otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
}

/// Plans `request` for every model that a vendor's spec names; its own `model` is replaced. `base_url` tells where a vendor
/// is reached, if not at its own address.
///
/// # Errors
/// None for a request that breaks rules: those are in the model_plan. `config` when no request can be built at all.
pub fn plan_all(request: &VideoRequest, base_url: impl Fn(Vendor) -> Option<String>) -> Result<Vec<ModelPlan>, Error> {
    let models = Vendor::ALL.iter().flat_map(|vendor| Capabilities::all(*vendor));
    models
        .map(|entry| {
            let mut model_plan = ModelPlan {
                vendor: entry.vendor,
                model: entry.model.id,
                plan: None,
                violations: Vec::new(),
            };
            let mut request = request.clone();
            request.model = entry.model.id.to_owned();
            match plan(entry.vendor, base_url(entry.vendor).as_deref(), &request) {
                Ok(plan) => model_plan.plan = Some(plan),
                Err(error) if error.violations().is_empty() => return Err(error),
                Err(error) => model_plan.violations = error.violations().to_vec(),
            }
            Ok(model_plan)
        })
        .collect()
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

    let (request, adjustments) = adjust(vendor, request).map_err(|left| Error::invalid(vendor, left))?;
    let rules = Capabilities::of(vendor, &request.model);
    let session = Session::new(&SecretString::from("plan".to_owned()))
        .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?
        .recorder();
    let base_url = parse_base_url("the base URL", base_url.unwrap_or(vendor.facts().base_url))?;
    let call = Call {
        base_url: base_url.as_str().trim_end_matches('/'),
        http: &BUILDER,
        session: session.clone(),
    };
    let result = now(vendor.submit(&call, &request, &rules));
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
        model: request.model,
        model_known: rules.is_known(),
        method: exchange.method.to_string(),
        url: exchange.url.to_string(),
        body: body.unwrap_or_default(),
        adjustments,
    })
}

/// The result of a future that never has to wait.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

impl Client {
    /// Checks `request` and builds what [`submit`](Self::submit) would send, without sending it.
    ///
    /// # Errors
    /// `invalid_request` with every violation.
    pub fn plan(&self, request: impl Borrow<VideoRequest>) -> Result<Plan, Error> {
        plan(self.0.vendor, Some(&self.0.base_url), request.borrow())
    }
}
