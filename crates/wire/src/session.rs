//! The inner type of every generated client.

use std::fmt;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use progenitor_client::OperationInfo;
use reqwest::ResponseBuilderExt as _;
use reqwest::Url;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};

use crate::exchange::{Answer, Exchange, Sent};
use crate::facts::Auth;

/// Maximum size of a body; responses of these APIs are much smaller.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// One account at one vendor, and the slot with the last [`Exchange`].
///
/// Cloning shares the slot; [`Session::call`] returns a session with a separate slot, for one call.
#[derive(Clone)]
pub struct Session {
    /// The header with the key.
    authorization: Arc<(HeaderName, HeaderValue)>,
    records_only: bool,
    /// The proxy on the way, for errors: a connection that fails may be the one to it.
    proxy: Option<Arc<str>>,
    /// Instead of the HTTP client's timeout.
    timeout: Option<Duration>,
    /// What the request of this call has in addition to what every request has; shared, so that a client stays small.
    own: Option<Arc<Own>>,
    slot: Arc<Mutex<Option<Exchange>>>,
}

/// What the request of one call has in addition to what every request has.
#[derive(Clone, Default)]
struct Own {
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Instead of the query that the generated client writes.
    query: Option<String>,
}

/// Error for an API key that is not a valid HTTP header value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionError;

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the API key contains characters that are not allowed in an HTTP header; check it for line breaks")
    }
}

impl std::error::Error for SessionError {}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("records_only", &self.records_only)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Creates a session that sends `key` as `auth` has it.
    ///
    /// # Errors
    /// When the key contains characters that are not allowed in a header, such as a line break.
    pub fn new(key: &SecretString, auth: &Auth) -> Result<Self, SessionError> {
        let value = format!("{}{}", auth.prefix, key.expose_secret());
        let header = HeaderName::from_bytes(auth.header.as_bytes()).map_err(|_| SessionError)?;
        let mut authorization = HeaderValue::from_str(&value).map_err(|_| SessionError)?;
        authorization.set_sensitive(true);
        Ok(Self {
            authorization: Arc::new((header, authorization)),
            records_only: false,
            proxy: None,
            timeout: None,
            own: None,
            slot: Arc::default(),
        })
    }

    /// Names the proxy that requests go through, in errors. It holds no credentials.
    #[must_use]
    pub fn through(mut self, proxy: Option<&str>) -> Self {
        self.proxy = proxy.map(Into::into);
        self
    }

    /// Returns a session for the same account with an empty slot, for one call.
    #[must_use]
    pub fn call(&self) -> Self {
        Self {
            authorization: Arc::clone(&self.authorization),
            records_only: self.records_only,
            proxy: self.proxy.clone(),
            timeout: self.timeout,
            own: None,
            slot: Arc::default(),
        }
    }

    /// Adds a header to the request of this call. What is no valid header is not sent, so both come from a spec and numbers.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            Arc::make_mut(self.own.get_or_insert_default())
                .headers
                .push((name, value));
        }
        self
    }

    /// Replaces the query of the request of this call, and nothing else of its URL.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        Arc::make_mut(self.own.get_or_insert_default()).query = Some(query.to_owned());
        self
    }

    /// Sets the timeout of a request, instead of the HTTP client's.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    /// Returns a session for the same account that sends nothing: requests are only built and recorded.
    #[must_use]
    pub fn recorder(&self) -> Self {
        Self {
            records_only: true,
            ..self.call()
        }
    }

    /// Returns the response to the last call, and leaves the exchange where it is.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        match &self.slot().as_ref()?.sent {
            Sent::Answered(answer) => Some(answer.clone()),
            _ => None,
        }
    }

    /// Returns the exchange of the last call, or `None` when the request could not be built.
    #[must_use]
    pub fn exchange(&self) -> Option<Exchange> {
        self.slot().take()
    }

    /// Adds the key to a request.
    pub fn authorize(&self, request: &mut reqwest::Request) {
        let (header, authorization) = &*self.authorization;
        request.headers_mut().insert(header.clone(), authorization.clone());
    }

    /// Signs a request. Called by the generated clients' `pre` hook.
    pub fn sign(&self, request: &mut reqwest::Request) {
        self.authorize(request);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("videogen/", env!("CARGO_PKG_VERSION"))),
        );
        let Some(own) = &self.own else { return };
        for (name, value) in &own.headers {
            headers.insert(name.clone(), value.clone());
        }
        if own.query.is_some() {
            request.url_mut().set_query(own.query.as_deref());
        }
    }

    /// Sends a request and keeps the exchange. Called by the generated clients' `exec` hook.
    ///
    /// The body is read here: a partial body is preserved, and an error page or unreadable body keeps its status and
    /// headers. A byte order mark, and compression that was not requested, are removed. The headers are moved to the
    /// exchange, because the generated client would only copy them.
    ///
    /// # Errors
    /// Those of `reqwest`; the exchange shows how far the request got.
    pub async fn send(
        &self,
        client: &reqwest::Client,
        mut request: reqwest::Request,
        info: &OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {
        self.keep(Exchange {
            operation: info.operation_id,
            method: request.method().clone(),
            url: request.url().clone(),
            headers: self.own.as_ref().map_or_else(Vec::new, |own| own.headers.clone()),
            body: request
                .body()
                .and_then(reqwest::Body::as_bytes)
                .map(Bytes::copy_from_slice),
            sent: if self.records_only {
                Sent::Recorded
            } else {
                Sent::Pending
            },
        });
        if self.records_only {
            return Ok(http::Response::new(Bytes::new()).into());
        }
        if self.timeout.is_some() {
            *request.timeout_mut() = self.timeout;
        }
        let url = request.url().clone();
        let mut response = match client.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                let reason = self.reason(&url, &error);
                self.set(if error.is_connect() {
                    Sent::NotConnected { reason }
                } else {
                    Sent::Broken { reason }
                });
                return Err(error);
            }
        };
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let url = response.url().clone();
        let mut body = BytesMut::new();
        let (cut, error) = loop {
            match response.chunk().await {
                Ok(None) => break (None, None),
                Ok(Some(chunk)) if body.len() + chunk.len() > BODY_LIMIT => {
                    break (Some(format!("the body is larger than {BODY_LIMIT} bytes")), None);
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(error) => break (Some(self.reason(&url, &error)), Some(error)),
            }
        };
        let (body, broken) = decoded(&headers, body.freeze());
        let cut = cut.or(broken);
        self.set(Sent::Answered(Answer {
            status,
            headers,
            body: body.clone(),
            cut,
        }));
        match error {
            Some(error) => Err(error),
            None => {
                // This cannot fail. Without a URL, reqwest would parse a placeholder.
                let mut whole = http::Response::builder().url(url).body(body).unwrap_or_default();
                *whole.status_mut() = status;
                Ok(whole.into())
            }
        }
    }

    fn reason(&self, url: &Url, error: &reqwest::Error) -> String {
        network_failure(url, self.proxy.as_deref(), error)
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Exchange>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, exchange: Exchange) {
        *self.slot() = Some(exchange);
    }

    fn set(&self, sent: Sent) {
        if let Some(exchange) = self.slot().as_mut() {
            exchange.sent = sent;
        }
    }
}

/// The message for a failed request to `url`, with its host and the proxy's, without the rest of the URL.
#[must_use]
pub fn network_failure(url: &Url, proxy: Option<&str>, error: &reqwest::Error) -> String {
    let through = proxy.map(|proxy| format!(" through the proxy {proxy}"));
    let through = through.unwrap_or_default();
    let what = if error.is_timeout() && !error.is_connect() {
        "no response from"
    } else if error.is_connect() {
        "cannot connect to"
    } else {
        "lost the connection to"
    };
    format!("{what} {}{through}: {}", place(url), causes(error))
}

/// Host and port, which an error may name; the rest of a URL may be signed.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Common messages for errors, by a part of the libraries' messages.
const CAUSES: [(&str, &str); 9] = [
    ("dns error", "DNS lookup failed"),
    ("invalid peer certificate", "TLS certificate not trusted"),
    ("tls", "TLS failed"),
    ("InvalidContentType", "TLS failed"),
    ("tunnel", "the proxy refused the connection"),
    ("proxy", "the proxy refused the connection"),
    ("socks", "the proxy refused the connection"),
    ("refused", "connection refused"),
    ("unreachable", "network unreachable"),
];

/// The causes of a transport error in one line. URLs are omitted, because they may be signed.
fn causes(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        // The HTTP library's own messages add no information, and some errors repeat their cause.
        if !text.starts_with("client error") && !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = error.source();
    }
    let all = parts.join(": ");
    let word = if error.is_timeout() {
        Some("timed out")
    } else {
        let known = |(part, _): &&(&str, &str)| all.to_ascii_lowercase().contains(&part.to_ascii_lowercase());
        CAUSES.iter().find(known).map(|(_, word)| *word)
    };
    match (word, all.is_empty()) {
        (Some(word), true) => word.to_owned(),
        (Some(word), false) => format!("{word} ({all})"),
        (None, true) => "the request failed".to_owned(),
        (None, false) => all,
    }
}

/// Decompresses a body and removes its byte order mark, as far as it can be read; returns the error that stopped it.
fn decoded(headers: &HeaderMap, body: Bytes) -> (Bytes, Option<String>) {
    let coding = headers.get(CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
    let coding = coding.map_or_else(String::new, |coding| coding.trim().to_ascii_lowercase());
    // Neither JSON nor HTML begins with these bytes, so no header is needed.
    let (body, cut) = if body.starts_with(&[0x1f, 0x8b]) {
        inflated(MultiGzDecoder::new(&*body))
    } else if coding == "deflate" && !body.starts_with(b"{") {
        inflated(ZlibDecoder::new(&*body))
    } else {
        let cut = match coding.as_str() {
            "" | "identity" | "gzip" | "x-gzip" | "deflate" => None,
            other => Some(format!(
                "the body is encoded as {}, which was not requested",
                other.escape_debug()
            )),
        };
        (body, cut)
    };
    match body.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (body.slice_ref(rest), cut),
        None => (body, cut),
    }
}

fn inflated(reader: impl std::io::Read) -> (Bytes, Option<String>) {
    let mut body = Vec::new();
    let limit = BODY_LIMIT as u64 + 1;
    let cut = match reader.take(limit).read_to_end(&mut body) {
        Err(error) => Some(format!("the compressed body is incomplete or invalid: {error}")),
        Ok(_) if body.len() > BODY_LIMIT => Some(format!("the body is larger than {BODY_LIMIT} bytes")),
        Ok(_) => None,
    };
    (body.into(), cut)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).expect("a buffer");
        encoder.finish().expect("a buffer")
    }

    #[test]
    fn a_call_has_its_own_headers_and_query() {
        let key = SecretString::from("k".to_owned());
        let session = Session::new(
            &key,
            &Auth {
                header: "authorization",
                prefix: "Bearer ",
            },
        )
        .expect("a valid key");
        let own = session.clone().header("Cancel-After", "90s").query("cursor=cD0y");
        let url: Url = "https://api.example.com/v1/list?page=2".parse().expect("a URL");
        let signed = |session: &Session| {
            let mut request = reqwest::Request::new(reqwest::Method::GET, url.clone());
            session.sign(&mut request);
            let header = request.headers().get("cancel-after").cloned();
            (
                request.url().to_string(),
                header,
                request.headers().contains_key("authorization"),
            )
        };
        assert_eq!(signed(&session), (url.to_string(), None, true));
        let moved = "https://api.example.com/v1/list?cursor=cD0y".to_owned();
        assert_eq!(signed(&own), (moved, Some(HeaderValue::from_static("90s")), true));
        // The next call of the same account has neither.
        assert_eq!(signed(&own.call()), (url.to_string(), None, true));
    }

    #[test]
    fn bodies_are_decoded() {
        let json: &[u8] = br#"{"id": "t"}"#;
        let marked = [b"\xef\xbb\xbf", json].concat();
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(json).expect("a buffer");
        let deflated = deflated.finish().expect("a buffer");
        for (coding, body) in [
            ("", json.to_vec()),
            ("", marked.clone()),
            ("gzip", gzip(json)),
            ("gzip", gzip(&marked)),
            ("", gzip(json)),
            ("gzip", json.to_vec()),
            ("deflate", deflated),
            ("deflate", json.to_vec()),
        ] {
            let mut headers = HeaderMap::new();
            if !coding.is_empty() {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            assert_eq!(
                decoded(&headers, body.into()),
                (Bytes::from_static(json), None),
                "{coding}"
            );
        }
        // A truncated body is read as far as it arrived, and a decompression bomb is limited.
        let long: Vec<u8> = (0..10_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let whole = gzip(&long);
        let (body, cut) = decoded(&HeaderMap::new(), whole[..whole.len() - 20].to_vec().into());
        assert!(cut.is_some() && long.starts_with(&body));
        let bomb = gzip(&vec![b' '; 2 * BODY_LIMIT]);
        let (body, cut) = decoded(&HeaderMap::new(), bomb.into());
        assert!(body.len() == BODY_LIMIT + 1 && cut.is_some());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        let (_, cut) = decoded(&headers, Bytes::from_static(b"\x0b\x05\x80"));
        assert_eq!(
            cut.as_deref(),
            Some("the body is encoded as br, which was not requested")
        );
    }
}
