//! The origin that serves the files, on its own port as a storage service would be.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::Vendor;
use crate::clip::{Blob, Make, file};
use crate::core::Core;
use crate::fault::Operation;
use crate::http::query_of;
use crate::links::Denied;
use crate::spoil::spoil;
use crate::task::{Status, Task};

/// The path of a task's video.
pub(crate) fn video_path(task: &Task) -> String {
    format!("/{}/{}.mp4", task.vendor, task.id)
}

/// The path of a task's last frame.
pub(crate) fn last_frame_path(task: &Task) -> String {
    format!("/{}/{}-last.png", task.vendor, task.id)
}

/// The file origin.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    Router::new().fallback(answer).with_state(core.clone())
}

async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let request_id = core.ids.next("file-");
    let (request, _) = request.into_parts();
    let vendor = request.uri.path().split('/').nth(1).and_then(Vendor::from_slug);
    let fault = vendor.and_then(|vendor| core.faults.take(vendor, Operation::File));
    let mut response = spoil(fault, serve(&core, vendor, &request)).await;
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn serve(core: &Core, vendor: Option<Vendor>, request: &Parts) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return xml(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "only GET and HEAD are served",
        );
    }
    let path = request.uri.path();
    let now = core.clock.unix(core.clock.now());
    match core.links.check(path, &query_of(&request.uri), now) {
        Ok(()) => {}
        Err(Denied::Expired) => {
            return xml(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired");
        }
        Err(Denied::BadSignature) => {
            return xml(
                StatusCode::FORBIDDEN,
                "SignatureDoesNotMatch",
                "the signature does not match",
            );
        }
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let (id, make) = match name.strip_suffix("-last.png") {
        Some(id) => (id, Make::LastFrame),
        None => (name.trim_end_matches(".mp4"), Make::Video),
    };
    let task = vendor.and_then(|vendor| core.store.find(vendor, id));
    let done = task.filter(|task| task.state(core.clock.now()).status == Status::Completed);
    let Some(task) = done else {
        return xml(StatusCode::NOT_FOUND, "NoSuchKey", "there is no such file");
    };
    match file(task.shape, make).await {
        Ok(blob) => send(&blob, &request.method, &request.headers),
        Err(error) => xml(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", &error.to_string()),
    }
}

/// What part of a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Range(usize, usize),
    None,
}

/// A file, or the range of it that was asked for.
pub(crate) fn send(blob: &Blob, method: &Method, headers: &HeaderMap) -> Response {
    let digest = Sha256::digest(&blob.bytes);
    let tag: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let length = blob.bytes.len();
    let part = match text(header::RANGE) {
        // A range of another version of the file would be glued to the wrong half.
        Some(_) if text(header::IF_RANGE).is_some_and(|known| known != tag) => Part::Whole,
        Some(range) => part(range, length),
        None => Part::Whole,
    };
    let (status, bytes, range) = match part {
        Part::Whole => (StatusCode::OK, blob.bytes.clone(), None),
        Part::Range(from, to) => {
            let range = format!("bytes {from}-{to}/{length}");
            (StatusCode::PARTIAL_CONTENT, blob.bytes.slice(from..=to), Some(range))
        }
        Part::None => {
            let message = "the range lies outside the file";
            let mut response = xml(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message);
            put(&mut response, header::CONTENT_RANGE, format!("bytes */{length}"));
            return response;
        }
    };
    let size = bytes.len();
    let body = if *method == Method::HEAD {
        Body::empty()
    } else {
        Body::from(bytes)
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    put(&mut response, header::CONTENT_TYPE, blob.content_type.to_owned());
    put(&mut response, header::CONTENT_LENGTH, size.to_string());
    put(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
    put(&mut response, header::ETAG, tag);
    if let Some(range) = range {
        put(&mut response, header::CONTENT_RANGE, range);
    }
    response
}

/// The part that a `Range` header names. Several ranges, and what is no byte range, are ignored, as
/// RFC 9110 allows.
fn part(range: &str, length: usize) -> Part {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|spec| spec.split_once('-')) else {
        return Part::Whole;
    };
    let (from, to) = (from.trim(), to.trim());
    let last = length.saturating_sub(1);
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to.min(last)),
        (Ok(from), Err(_)) if to.is_empty() => (from, last),
        (Err(_), Ok(0)) if from.is_empty() => return Part::None,
        (Err(_), Ok(count)) if from.is_empty() => (length.saturating_sub(count), last),
        _ => return Part::Whole,
    };
    if from >= length {
        Part::None
    } else {
        Part::Range(from, to)
    }
}

fn put(response: &mut Response, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// An error as storage services word it.
fn xml(status: StatusCode, code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    put(&mut response, header::CONTENT_TYPE, "application/xml".to_owned());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(part("bytes=0-9", 100), Part::Range(0, 9));
        assert_eq!(part("bytes=90-", 100), Part::Range(90, 99));
        assert_eq!(part("bytes=90-500", 100), Part::Range(90, 99));
        assert_eq!(part("bytes=-10", 100), Part::Range(90, 99));
        assert_eq!(part("bytes=-500", 100), Part::Range(0, 99));
        assert_eq!(part("bytes=100-", 100), Part::None);
        assert_eq!(part("bytes=-0", 100), Part::None);
        assert_eq!(part("bytes=9-0", 100), Part::Whole);
        assert_eq!(part("bytes=0-1,5-6", 100), Part::Whole);
        assert_eq!(part("lines=0-1", 100), Part::Whole);
    }
}
