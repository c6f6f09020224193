//! Files, served like a storage service: with ranges, and with errors in XML.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::media::Blob;

/// The part of a file to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Range(usize, usize),
    None,
}

/// Sends a file, or the requested range of it.
pub(crate) fn send(blob: &Blob, method: &Method, headers: &HeaderMap) -> Response {
    let digest = Sha256::digest(&blob.bytes);
    let tag: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let length = blob.bytes.len();
    let part = match text(header::RANGE) {
        // A range of another version of the file would be joined with the wrong part.
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
            let message = "the range is outside the file";
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

/// Parses a `Range` header. Several ranges, and units other than bytes, are ignored, as
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

/// An error in the format of storage services.
pub(crate) fn xml(status: StatusCode, code: &str, message: &str) -> Response {
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
