//! Creation of a task, for all dialects.

use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;
use url::{Host, Url};

use crate::dialects::{Call, Dialect, Input, Refusal, dialect, used};
use crate::media::{Container, Length, Shape};
use crate::spec::{Body, Fields, Model, Problem, Signature, Vendor};
use crate::state::{Delivery, Failure, Plan, Status, Task};
use crate::submit::billing::Order;
use crate::submit::rules::{check, doubt};
use crate::submit::switches::switched;

/// Length of a video in seconds, if the model decides.
const SECONDS: u32 = 5;
/// Tier if neither the request nor the model's entry has one.
const TIER: &str = "720p";
const RATIO: &str = "16:9";

/// Checks a request, creates the task and counts it.
pub(crate) fn create(call: &Call) -> Result<Arc<Task>, Refusal> {
    let addressed = call.spec.addressed(call.endpoint, &call.outside, &call.body);
    let (model, body) = addressed.ok_or_else(|| Refusal::invalid("model", "model: the spec has no entry for it"))?;
    let fields = Fields::new(&body.carriers, &call.body).with(&call.outside);
    if !model.is_served() {
        return Err(Refusal::NoModel);
    }
    let callback = callback(call, fields)?;
    let mut unverified = Vec::new();
    let mut violated = against_schema(call, body, fields, callback.as_ref());
    // What clients have shown of other models.
    violated.retain(|problem| model.has_limits() || !problem.unverified);
    // Reported with the model's rules.
    let is_doubtful = |place: &str| {
        let mut fields_of = model.doubtful.iter().map(|doubt| doubt.field.as_str());
        fields_of.any(|field| fields.path_of(field) == place && doubt(model, fields, field).is_some())
    };
    violated.retain(|problem| !is_doubtful(&problem.field));
    if let Some(Problem { field, message, .. }) = enforced(violated, call.core.strict, &mut unverified) {
        let field = (!field.is_empty()).then_some(field);
        return Err(Refusal::Invalid { field, message });
    }
    let dialect = dialect(call.vendor);
    let inputs = dialect.inputs(body, &call.body);
    let violated = check(model, call.spec.models.last(), &call.endpoint.id, fields, &inputs);
    if let Some(Problem { field, message, .. }) = enforced(violated, call.core.strict, &mut unverified) {
        return Err(Refusal::ModelRule { field, message });
    }
    dialect.check_references(call)?;
    let assets = used(call, &inputs)?;
    // Only a webhook that is always signed needs setting up.
    let signature = call.spec.webhook.signature();
    let signed = signature.is_some_and(Signature::needs_secret);
    if callback.is_some() && signed && call.core.signers.secret.is_none() {
        return Err(Refusal::NoWebhook);
    }
    let prompt = fields.text("prompt").unwrap_or_default();
    if prompt.contains("sim:no-model") {
        return Err(Refusal::NoModel);
    }
    if prompt.contains("sim:refuse") {
        return Err(Refusal::Content);
    }
    let mut outside = switched(call, body, model, prompt);
    outside.extend(call.outside.iter().cloned());
    let fields = fields.with(&outside);
    let mut task = build(call, dialect, fields, model, &inputs, callback, unverified);
    task.assets = assets;
    let task = Arc::new(task);
    call.core.store.add(task.clone());
    Ok(task)
}

/// The first problem for which a request is refused. Unverified rules are only noted, unless `strict`.
fn enforced(problems: Vec<Problem>, strict: bool, unverified: &mut Vec<Problem>) -> Option<Problem> {
    let (open, verified): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.unverified && !strict);
    unverified.extend(open);
    verified.into_iter().next()
}

fn build(
    call: &Call,
    dialect: &dyn Dialect,
    fields: Fields<'_>,
    model: &Model,
    inputs: &[Input],
    callback: Option<Url>,
    unverified: Vec<Problem>,
) -> Task {
    let now = call.core.clock.now();
    let prompt = fields.text("prompt").unwrap_or_default();
    let tier = tier(fields, model);
    let ratio = fields
        .text("aspect_ratio")
        .or(model.default_aspect_ratio.as_deref())
        .filter(|ratio| *ratio != "adaptive")
        .unwrap_or(RATIO);
    let length = length(fields, model);
    let container = container(fields, model);
    let shape = Shape::new(Some(tier), Some(ratio), length)
        .with_sound(sound(fields, model))
        .within(container);
    let order = Order {
        call,
        model,
        fields,
        inputs,
        tier,
        ratio,
        length,
        shape,
    };
    let (bill, tokens) = order.bill();
    let expires_after = fields
        .integer("expires_after")
        .and_then(|seconds| seconds.try_into().ok());
    Task {
        id: call.core.ids.next(dialect.id_prefix()),
        vendor: call.vendor,
        operation: &call.endpoint.id,
        family: &call.endpoint.family,
        owner: call.owner,
        model: fields.text("model").unwrap_or_default().to_owned(),
        prompt: prompt.to_owned(),
        request: call.body.clone(),
        unknown_members: call.unknown.iter().map(|member| member.path.clone()).collect(),
        unverified_rules: unverified,
        created: now,
        wall: call.core.clock.wall_time(),
        plan: Plan::new(now, call.core.pace, prompt, expires_after).overdue_as(dialect.overdue()),
        cancelled: OnceLock::new(),
        deleted: OnceLock::new(),
        bill,
        free: free(call, dialect),
        tokens,
        shape,
        tier: tier.to_owned(),
        ratio: ratio.to_owned(),
        by_frames: matches!(length, Length::Frames(_)),
        last_frame: fields.is_true("return_last_frame"),
        seed: fields.get("seed").map(|(_, value)| value.clone()),
        reference: fields
            .text("client_reference")
            .or_else(|| dialect.other_reference(&call.body))
            .map(str::to_owned),
        assets: Vec::new(),
        callback,
        delivery: Mutex::new(Delivery::default()),
    }
}

/// The statuses that are not billed, by that with which the vendor shows them.
fn free(call: &Call, dialect: &dyn Dialect) -> Vec<&'static str> {
    let all = [Status::Failed(Failure::Generation), Status::Expired, Status::Cancelled];
    let is_free = |status: &Status| {
        let shown = dialect.ended(*status).word();
        call.spec.prices.free().iter().any(|free| free == shown)
    };
    all.iter()
        .filter(|status| is_free(status))
        .map(|status| status.word())
        .collect()
}

/// The resolution: as requested, or one that the model has.
fn tier<'a>(fields: Fields<'a>, model: &'a Model) -> &'a str {
    let listed = model.resolutions.as_deref().unwrap_or_default();
    let decided = || match listed.first() {
        Some(first) if listed.iter().all(|tier| tier != TIER) => first,
        _ => TIER,
    };
    let sent = fields.text("resolution").or(model.default_resolution.as_deref());
    sent.unwrap_or_else(decided)
}

/// A frame count has priority over a duration; with a duration of zero or less the model decides.
fn length(fields: Fields<'_>, model: &Model) -> Length {
    let positive = |field| {
        let value = fields.integer(field).and_then(|value| u32::try_from(value).ok());
        value.filter(|value| *value > 0)
    };
    match (positive("frames"), positive("duration")) {
        (Some(frames), _) => Length::Frames(frames),
        (None, Some(seconds)) => Length::Seconds(seconds),
        (None, None) => {
            let rule = model.duration.as_ref();
            let decided = rule.map(|rule| rule.default.unwrap_or_else(|| rule.closest(SECONDS)));
            Length::Seconds(decided.unwrap_or(SECONDS))
        }
    }
}

/// Whether the video has sound: as requested, or else by the default of the model or of the property.
fn sound(fields: Fields<'_>, model: &Model) -> bool {
    let is_silent = model.without.iter().any(|field| field == "generate_audio");
    let sent = fields.get("generate_audio").is_some();
    let default = model.default_generate_audio.filter(|_| !sent);
    !is_silent && default.or_else(|| fields.switch("generate_audio")).unwrap_or(false)
}

/// The file format: as requested, if the model follows it.
fn container(fields: Fields<'_>, model: &Model) -> Container {
    let is_ignored = model.without.iter().any(|field| field == "output_format");
    match fields.text("output_format") {
        Some("mov") if !is_ignored => Container::QuickTime,
        _ => Container::Mp4,
    }
}

/// The callback URL, which must be an `http` or `https` one.
fn callback(call: &Call, fields: Fields<'_>) -> Result<Option<Url>, Refusal> {
    // The schema rejects a value that is not a string.
    let Some(text) = fields.text("callback_url") else {
        return Ok(None);
    };
    let field = fields.path_of("callback_url");
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| Refusal::invalid(&field, format!("{field}: must be an http or https URL")))?;
    if call.vendor == Vendor::Token360 && url.scheme() == "http" && !is_loopback(&url) {
        let rule = "must be an https URL (plain http only for loopback hosts)";
        return Err(Refusal::invalid(&field, format!("{field}: {rule}")));
    }
    Ok(Some(url))
}

/// Checks the body against the spec's schema.
///
/// A test's webhook receiver is plain HTTP on this machine, which Token360's own rule (`https` only)
/// would reject. So the checked copy has `https` in a loopback callback; all others
/// must follow the rule.
fn against_schema(call: &Call, body: &Body, fields: Fields<'_>, callback: Option<&Url>) -> Vec<Problem> {
    let local = callback.filter(|url| url.scheme() == "http" && is_loopback(url) && fields.is_in_body("callback_url"));
    match local.and(fields.text("callback_url")) {
        Some(text) => {
            let mut copy = call.body.clone();
            // The text as sent: the schema must not check the URL parser's normal form.
            let secure = match text.get(..4) {
                Some(scheme) if scheme.eq_ignore_ascii_case("http") => format!("https{}", &text[4..]),
                _ => text.to_owned(),
            };
            copy[fields.path_of("callback_url")] = Value::from(secure);
            body.problems(&copy)
        }
        None => body.problems(&call.body),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
