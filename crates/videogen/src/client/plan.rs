//! Dry run: the HTTP request that a submission would send.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use url::Url;
use videogen_wire::Session;

use crate::client::{Client, check_encrypted, parse_base_url};
use crate::model::address::is_loopback;
use crate::model::mask;
use crate::model::{
    Adjustment, Capabilities, Error, ErrorKind, Estimate, LocalFile, Note, PriceBook, Role, SecretUrl, Source, Vendor,
    VideoDuration, VideoRequest, Violation,
};
use crate::rules::adjust::adjust;
use crate::rules::cost::Order;
use crate::rules::media::{Files, Route, route};
use crate::rules::{notes, overridden};
use crate::transport::http::offline;
use crate::vendors::{Call, dispatch};

/// What messages call a base URL that a caller gives.
const BASE_URL: &str = "the base URL";

/// The exact HTTP request that a submission would send; see [`plan`].
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// Vendor.
    pub vendor: Vendor,
    /// Endpoint family.
    pub family: &'static str,
    /// Model id.
    pub model: String,
    /// Whether the vendor's spec lists the model. The limits of an unlisted model are not checked.
    pub model_known: bool,
    /// The listed model that an unlisted one may have been meant to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Headers that carry fields of the request, without those that every request has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// JSON body. Where the reference of an upload will be, it contains `<upload of NAME>`.
    pub body: Value,
    /// Local files that would be uploaded first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<PlannedUpload>,
    /// Local files that the body contains as data URLs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inline: Vec<InlineFile>,
    /// Fields that the request leaves to the vendor though the price depends on them: `duration`, where no default is
    /// documented.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vendor_decides: Vec<&'static str>,
    /// Fields that would be dropped or rounded, as [`VideoRequest::adjust`] permits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// Values that would be sent although the vendor may refuse them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Unverified rules that the request breaks, as [`VideoRequest::allow_unverified`] permits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Violation>,
    /// What it is expected to cost.
    estimate: Estimate,
    #[serde(skip)]
    order: Order,
}

impl Plan {
    /// Returns what the video is expected to cost, by the prices of the client, or else by the vendor's list prices. Both are
    /// before taxes, discounts and fees.
    ///
    /// ```
    /// use videogen::{Vendor, VideoRequest};
    /// use videogen::submit::plan;
    ///
    /// let request = VideoRequest::new("dreamina-seedance-2-0-260128", "a paper boat").duration(5).aspect_ratio("16:9");
    /// let plan = plan(Vendor::Ark, None, &request.resolution("720p"))?;
    /// if let Some(cost) = plan.cost().known() {
    ///     println!("{cost}: {}", cost.basis);
    /// }
    /// # Ok::<(), videogen::Error>(())
    /// ```
    #[must_use]
    pub fn cost(&self) -> &Estimate {
        &self.estimate
    }

    /// Returns where an idempotency key is unique: `public` for a base URL on the public internet, otherwise its scheme, host and
    /// port. The vendors of a [`Router`](crate::Router) share one.
    #[must_use]
    pub fn scope(&self) -> String {
        crate::model::address::scope(&self.url)
    }

    /// Estimates the cost again, by other prices.
    pub fn price_with(&mut self, prices: &PriceBook) {
        self.estimate = self.order.cost(prices);
    }
}

/// A local file that a submission would upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedUpload {
    /// Role of the input.
    pub role: Role,
    /// The file.
    pub file: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
    /// The way it is uploaded: an entry of [`uploads`](crate::facts::Vendor::uploads).
    pub way: &'static str,
    /// The vendor's operation that uploads it.
    pub operation: &'static str,
    /// Kind of reference that the request then has: `url`, `asset` or `upload_id`.
    pub gives: &'static str,
    /// Whether only this request can use the upload, so that the next one uploads the file again.
    pub single_use: bool,
    /// Whether it was uploaded before, so that its reference is used again. Known only to
    /// [`Client::plan_with_journal`](crate::Client::plan_with_journal).
    pub reused: bool,
    #[serde(skip)]
    pub(crate) local: LocalFile,
}

/// A local file that a submission would send in its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InlineFile {
    /// Role of the input.
    pub role: Role,
    /// The file.
    pub file: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Masks URLs (hosts only) and media. Serialization contains everything.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({})", mask::debug(self))
    }
}

/// Whether a server is the vendor's own, or stands for it on this machine.
pub(crate) fn is_own_server(vendor: Vendor, base_url: &Url) -> bool {
    let own = Url::parse(vendor.facts().base_url);
    is_loopback(base_url) || own.is_ok_and(|own| own.host() == base_url.host())
}

/// The fields that a request leaves to the vendor and that the price depends on. Nothing is known of unlisted models.
fn vendor_decides(rules: &Capabilities, request: &VideoRequest) -> Vec<&'static str> {
    let open = matches!(request.duration, None | Some(VideoDuration::Auto));
    let no_default = request.duration.is_some() || rules.model.duration.default.is_none();
    // A draft's task has its length from the draft.
    let is_free = rules.is_known() && request.frames.is_none() && request.draft_task.is_none();
    (open && no_default && is_free)
        .then_some("duration")
        .into_iter()
        .collect()
}

/// Result of planning a request for one model; see [`plan_all`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelPlan {
    /// Vendor.
    pub vendor: Vendor,
    /// Model id.
    pub model: &'static str,
    /// The request that would be sent; `None` when there are violations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// Every rule that the request violates for this model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
}

/// Plans `request` for every known model of every vendor, replacing its `model`. `base_url` returns a vendor's base
/// URL, or
/// `None` for the vendor's own.
///
/// # Errors
/// `config` when no request can be built. Violations are not errors here: they are in [`ModelPlan::violations`].
///
/// ```
/// use videogen::VideoRequest;
/// use videogen::submit::plan_all;
///
/// let request = VideoRequest::new("", "a paper boat").resolution("1080p");
/// for plan in plan_all(&request, |_| None)? {
///     println!("{} {}: {}", plan.vendor, plan.model, plan.violations.is_empty());
/// }
/// # Ok::<(), videogen::Error>(())
/// ```
pub fn plan_all(request: &VideoRequest, base_url: impl Fn(Vendor) -> Option<String>) -> Result<Vec<ModelPlan>, Error> {
    let files = Files::of(request);
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
            let base_url = base_url(entry.vendor);
            let planned = checked(base_url.as_deref())
                .and_then(|()| plan_with(entry.vendor, base_url.as_deref(), &request, &files));
            match planned {
                Ok(plan) => model_plan.plan = Some(plan),
                Err(error) if error.violations().is_empty() => return Err(error),
                Err(error) => model_plan.violations = error.violations().to_vec(),
            }
            Ok(model_plan)
        })
        .collect()
}

/// Checks `request` and returns the HTTP request that would be sent to `vendor`, without an API key or network access.
/// `base_url` defaults to the vendor's own.
///
/// # Errors
/// `invalid_request` with every violation; `config` when `base_url` is invalid or uses plain HTTP, as for a client.
///
/// ```
/// use videogen::{Vendor, VideoRequest};
/// use videogen::submit::plan;
///
/// let request = VideoRequest::new("seedance-2.0", "a paper boat").duration(5);
/// let plan = plan(Vendor::Token360, None, &request)?;
/// assert_eq!(plan.url, "https://api.token360.ai/v1/videos");
/// assert_eq!(plan.body["duration"], 5);
/// # Ok::<(), videogen::Error>(())
/// ```
pub fn plan(vendor: Vendor, base_url: Option<&str>, request: &VideoRequest) -> Result<Plan, Error> {
    checked(base_url)?;
    plan_with(vendor, base_url, request, &Files::of(request))
}

/// Refuses a base URL that a client would refuse.
fn checked(base_url: Option<&str>) -> Result<(), Error> {
    let Some(base_url) = base_url else { return Ok(()) };
    check_encrypted(BASE_URL, &parse_base_url(BASE_URL, base_url)?)
}

/// Replaces the local files of a valid request: those that are sent inline by their content, others by what stands for the
/// reference of their upload.
fn place_files(
    vendor: Vendor,
    request: &mut VideoRequest,
    files: &Files,
) -> Result<(Vec<PlannedUpload>, Vec<InlineFile>), Error> {
    let rules = Capabilities::of(vendor, &request.model);
    let (mut uploads, mut inline) = (Vec::new(), Vec::new());
    for input in &mut request.inputs {
        let Source::File(file) = &input.source else { continue };
        let unreadable = |reason: String| Error::new(ErrorKind::Io, reason);
        let probe = files.probe(file).map_err(unreadable)?;
        let way = match route(&rules, &request.model, input.role, &probe) {
            Ok(Route::Upload(way)) => Some(way),
            Ok(Route::Inline) => None,
            // An unverified rule that the caller overrides.
            Err(refusal) => refusal.way,
        };
        let Some(way) = way else {
            let bytes = file.read().map_err(unreadable)?.to_vec();
            inline.push(InlineFile {
                role: input.role,
                file: file.to_string(),
                media_type: probe.media_type,
                bytes: probe.bytes,
            });
            input.source = Source::Data {
                media_type: probe.media_type.to_owned(),
                bytes,
            };
            continue;
        };
        let stand_in = format!("<upload of {}>", file.name());
        uploads.push(PlannedUpload {
            role: input.role,
            file: file.to_string(),
            media_type: probe.media_type,
            bytes: probe.bytes,
            way: way.name,
            operation: way.operation,
            gives: way.gives,
            single_use: !way.reusable,
            reused: false,
            local: file.clone(),
        });
        input.source = match way.gives {
            "asset" => Source::Asset(stand_in),
            "upload_id" => Source::UploadId(stand_in),
            _ => Source::Url(SecretUrl::new(stand_in)),
        };
    }
    Ok((uploads, inline))
}

fn plan_with(vendor: Vendor, base_url: Option<&str>, request: &VideoRequest, files: &Files) -> Result<Plan, Error> {
    let (mut request, adjustments) = adjust(vendor, request, files).map_err(|left| Error::invalid(vendor, left))?;
    let overridden = overridden(vendor, &request, files);
    let notes = notes(vendor, &request, files);
    let base_url = parse_base_url(BASE_URL, base_url.unwrap_or(vendor.facts().base_url))?;
    let order = Order::new(vendor, &request, files, is_own_server(vendor, &base_url));
    let (uploads, inline) = place_files(vendor, &mut request, files)?;
    let rules = Capabilities::of(vendor, &request.model);
    let session = Session::new(&SecretString::from("plan".to_owned()), &vendor.facts().auth)
        .map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?
        .recorder();
    let call = Call {
        base_url: base_url.as_str().trim_end_matches('/'),
        http: offline()?,
        session: session.clone(),
    };
    let result = now(dispatch::submit(vendor, &call, &request, &rules));
    let Some(exchange) = session.exchange() else {
        let reason = match result {
            Some(Err(reason)) => reason.0,
            _ => "no request was made".to_owned(),
        };
        return Err(Error::new(ErrorKind::Config, reason));
    };
    let did_you_mean = match rules.is_known() {
        true => None,
        false => Capabilities::nearest(vendor, &request.model),
    };
    let body = exchange.body.and_then(|body| serde_json::from_slice(&body).ok());
    let mut headers = BTreeMap::new();
    for (name, value) in &exchange.headers {
        if let Ok(value) = value.to_str() {
            headers.insert(name.to_string(), value.to_owned());
        }
    }
    Ok(Plan {
        vendor,
        family: rules.family.name,
        vendor_decides: vendor_decides(&rules, &request),
        overridden,
        notes,
        uploads,
        inline,
        model: request.model,
        model_known: rules.is_known(),
        did_you_mean,
        method: exchange.method.to_string(),
        url: exchange.url.to_string(),
        headers,
        body: body.unwrap_or_default(),
        adjustments,
        estimate: order.cost(&PriceBook::default()),
        order,
    })
}

/// The result of a future that is ready at once.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

impl Client {
    /// Checks `request` and returns the HTTP request that [`submit`](Self::submit) would send, without sending it.
    ///
    /// # Errors
    /// `invalid_request` with every violation.
    ///
    /// ```no_run
    /// # fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let plan = client.plan(videogen::VideoRequest::new("seedance-2.0", "a paper boat"))?;
    /// println!("{} {}\n{}", plan.method, plan.url, plan.body);
    /// # Ok(())
    /// # }
    /// ```
    pub fn plan(&self, request: impl Borrow<VideoRequest>) -> Result<Plan, Error> {
        // The builder has checked the base URL.
        let request = request.borrow();
        let mut plan = plan_with(self.0.vendor, Some(&self.0.base_url), request, &Files::of(request))?;
        plan.price_with(&self.0.prices);
        Ok(plan)
    }
}
