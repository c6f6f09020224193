//! What went over the wire in one call.

use std::fmt;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};

/// One request and its outcome.
///
/// It is kept next to the typed result because only it shows how far a submission got: a connection that breaks before the
/// first byte is harmless; after that, the task may exist and be billed.
#[derive(Clone)]
pub struct Exchange {
    /// The `operationId` of the spec.
    pub operation: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Full URL.
    pub url: Url,
    /// The headers of the operation itself, without those that every request has.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body as sent, or as it would have been sent.
    pub body: Option<Bytes>,
    /// How far it got.
    pub sent: Sent,
}

/// How far a request got.
#[derive(Debug, Clone)]
pub enum Sent {
    /// Not sent, on purpose: the session only records.
    Recorded,
    /// Passed to the HTTP client, no response yet. This remains when the caller drops the call.
    Pending,
    /// The connection could not be established (DNS, refused, TLS): the vendor received nothing.
    NotConnected {
        /// Reason, without URL or key.
        reason: String,
    },
    /// A failure after the connection was established: the vendor may have processed the request.
    Broken {
        /// Reason, without URL or key.
        reason: String,
    },
    /// The vendor, or a proxy in between, responded.
    Answered(Answer),
}

/// A response, complete or in part.
#[derive(Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, as far as it was read.
    pub body: Bytes,
    /// Why the body ends early, if it does.
    pub cut: Option<String>,
}

/// Bodies contain presigned URLs and callback tokens, so only their sizes are shown.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.url.path())
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("sent", &self.sent)
            .finish()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("cut", &self.cut)
            .finish_non_exhaustive()
    }
}
