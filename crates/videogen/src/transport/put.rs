//! Sends a file to a storage host, by a URL that the vendor signed. The API key stays here.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use videogen_wire::network_failure;

use super::content::{Content, Progress};
use super::http::Http;
use super::retry::retry_after;
use crate::model::{Error, ErrorKind, SecretUrl, Source, Timestamp};

/// A URL to which a file can be sent once.
pub(crate) struct Presigned {
    /// What a request names it by.
    pub(crate) source: Source,
    pub(crate) url: SecretUrl,
    pub(crate) headers: Vec<(String, String)>,
    /// Maximum size of the file.
    pub(crate) max_bytes: Option<u64>,
    /// When a request can no longer use it.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Sends a file: no key, no redirect, only to a host that files may come from.
///
/// # Errors
/// `transport` if it did not arrive; `vendor` if the host refused the link; `invalid_request` if it refused the file, or the
/// file is too large. Without the URL.
pub(crate) async fn put(
    http: &Http,
    to: &Presigned,
    content: &Arc<Content>,
    sent: Progress,
    limit: Duration,
) -> Result<(), Error> {
    if let Some(most) = to.max_bytes.filter(|most| content.probe.bytes > *most) {
        let (file, bytes) = (&content.file, content.probe.bytes);
        let message = format!("{file} has {bytes} bytes; the vendor takes uploads of at most {most} here");
        return Err(Error::new(ErrorKind::InvalidRequest, message));
    }
    let refused = |reason: String| Error::new(ErrorKind::Vendor, format!("the upload link cannot be used: {reason}"));
    let url = http.guard.parse(to.url.expose()).map_err(refused)?;
    let body = reqwest::Body::wrap_stream(content.stream(sent));
    let mut request = http.file()?.put(url.clone()).timeout(limit);
    for (name, value) in &to.headers {
        let (name, value) = (name.parse::<HeaderName>(), HeaderValue::from_str(value));
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(refused("it demands an invalid header".to_owned()));
        };
        request = request.header(name, value);
    }
    let request = request.header(CONTENT_LENGTH, content.probe.bytes).body(body);
    let answer = request.send().await.map_err(|error| {
        let reason = network_failure(&url, http.proxy_towards(&url).as_deref(), &error);
        Error::new(ErrorKind::Transport, format!("network error: {reason}"))
    })?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    let message = format!("the storage host {host} refused the file with HTTP {}", status.as_u16());
    let kind = match status.as_u16() {
        408 | 429 | 500.. => ErrorKind::Transport,
        // A link that has expired; the next try gets another.
        401 | 403 | 404 | 410 => ErrorKind::Vendor,
        _ => ErrorKind::InvalidRequest,
    };
    let wait = retry_after(answer.headers());
    Err(Error::new(kind, message).with_answer(status.as_u16(), None, None, wait))
}
