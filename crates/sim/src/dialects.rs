//! The vendors' dialects. Each module has the same shape; this one chooses among them.

mod alltoken;
mod toapis;
mod token360;

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use crate::api::Call;
use crate::core::Core;
use crate::fault::Operation as Kind;
use crate::refusal::Refusal;
use crate::rules::Input;
use crate::spec::Spec;
use crate::task::Task;
use crate::{Vendor, files, http};

/// Answers a request that has come as far as its operation.
pub(crate) async fn answer(call: &Call) -> Result<Response, Refusal> {
    match call.vendor {
        Vendor::Token360 => token360::answer(call).await,
        Vendor::ToApis => toapis::answer(call),
        Vendor::AllToken => alltoken::answer(call),
    }
}

/// The vendor's error response for a refusal.
pub(crate) fn refuse(vendor: Vendor, kind: Option<Kind>, refusal: &Refusal, request_id: &str) -> Response {
    let (status, body) = match vendor {
        Vendor::Token360 => token360::refuse(refusal),
        Vendor::ToApis => toapis::refuse(refusal),
        Vendor::AllToken => alltoken::refuse(refusal, request_id),
    };
    let mut response = http::json(status, &body);
    let headers = response.headers_mut();
    // ToAPIs counts its 503 among the rate limits.
    let toapis = vendor == Vendor::ToApis;
    if *refusal == Refusal::RateLimited || (toapis && *refusal == Refusal::Unavailable) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        if let Some(kind) = kind.filter(|_| toapis) {
            headers.extend(toapis::limit_headers(kind));
        }
    }
    response
}

/// The inputs of a create request.
pub(crate) fn inputs(vendor: Vendor, operation: &str, body: &Value) -> Vec<Input> {
    match vendor {
        Vendor::Token360 => token360::inputs(body),
        Vendor::ToApis => toapis::inputs(operation, body),
        Vendor::AllToken => alltoken::inputs(body),
    }
}

/// Checks that what a create request refers to within the service is there.
pub(crate) fn check_references(call: &Call) -> Result<(), Refusal> {
    match call.vendor {
        Vendor::Token360 | Vendor::ToApis => Ok(()),
        Vendor::AllToken => alltoken::check_references(call),
    }
}

/// Whether a duration of zero says the same as none.
pub(crate) fn zero_duration_is_absent(vendor: Vendor) -> bool {
    vendor == Vendor::AllToken
}

/// What the task ids of an operation begin with.
pub(crate) fn id_prefix(vendor: Vendor, operation: &str) -> &'static str {
    match (vendor, operation) {
        (Vendor::Token360, _) => "video-",
        (Vendor::ToApis, "create_seedance_2") => "tsk_vid_",
        (Vendor::ToApis, _) => "task_vid_",
        (Vendor::AllToken, _) => "vgen_",
    }
}

/// What a task's webhook carries; nothing if the vendor does not call for this end.
pub(crate) fn event(core: &Core, task: &Task, event_id: &str, now: Duration) -> Option<Value> {
    match task.vendor {
        Vendor::Token360 => token360::event(core, task, now),
        Vendor::ToApis => toapis::event(core, task, event_id, now),
        Vendor::AllToken => alltoken::event(core, task, now),
    }
}

/// A URL for one of a task's files, as a poll at this moment signs it. Where polling does not renew
/// it, it is the same every time, and its life counts from the end of the task.
fn signed_url(core: &Core, spec: &Spec, task: &Task, path: &str, now: Duration) -> String {
    let rule = &spec.result_url;
    let start = if rule.refreshable { now } else { task.plan.end() };
    core.links.sign(path, core.clock.unix(start) + i64::from(rule.ttl))
}

/// The signed URL of a task's video.
fn video_url(core: &Core, spec: &Spec, task: &Task, now: Duration) -> String {
    signed_url(core, spec, task, &files::video_path(task), now)
}

/// The signed URL of a task's last frame.
fn last_frame_url(core: &Core, spec: &Spec, task: &Task, now: Duration) -> String {
    signed_url(core, spec, task, &files::last_frame_path(task), now)
}

/// The member of an object that is an object with a `url`.
fn url_in(item: &Value, member: &str) -> Option<String> {
    item[member]["url"].as_str().map(str::to_owned)
}

/// An answer with status 200.
fn ok(body: &Value) -> Response {
    http::json(StatusCode::OK, body)
}
