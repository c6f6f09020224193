//! Faults, applied to responses.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Frame;

use crate::state::FaultKind;

/// Marks a response that is not sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub(crate) struct HangUp;

/// The connection is closed, on purpose.
#[derive(Debug)]
pub(crate) struct HungUp;

impl fmt::Display for HungUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for HungUp {}

/// Answers a request, with a fault if there is one.
pub(crate) async fn spoil(fault: Option<FaultKind>, work: impl Future<Output = Response>) -> Response {
    match fault {
        None => work.await,
        Some(FaultKind::Status { code, body, headers }) => status(code, body, &headers),
        Some(FaultKind::Html(code)) => {
            let mut response = Response::new(Body::from(html_page(code)));
            *response.status_mut() = status_code(code);
            let html = HeaderValue::from_static("text/html");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
            response
        }
        Some(FaultKind::EmptyBody) => {
            let (mut parts, _) = work.await.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::empty())
        }
        Some(FaultKind::Truncated) => half(work.await, End::Break).await,
        Some(FaultKind::Stall) => half(work.await, End::Silence).await,
        Some(FaultKind::DropBefore) => hang_up(),
        Some(FaultKind::DropAfter) => {
            work.await;
            hang_up()
        }
        Some(FaultKind::Hang) => {
            work.await;
            std::future::pending().await
        }
    }
}

/// The page of a proxy, instead of a response.
fn html_page(status: u16) -> Bytes {
    Bytes::from(format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>proxy</body></html>"
    ))
}

fn status(code: u16, body: String, headers: &[(String, String)]) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status_code(code);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An invalid status becomes 500.
fn status_code(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn hang_up() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(HangUp);
    response
}

/// The same response, but only the first half of its body.
async fn half(response: Response, end: End) -> Response {
    let (mut parts, body) = response.into_parts();
    // The simulator's bodies are in memory: reading one cannot fail.
    let whole = body
        .collect()
        .await
        .map_or_else(|_| Bytes::new(), |whole| whole.to_bytes());
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    Response::from_parts(parts, Body::new(Half { half: Some(half), end }))
}

/// What follows the first half of a body.
#[derive(Clone, Copy)]
enum End {
    /// A broken connection, once the half is sent.
    Break,
    /// A broken connection.
    Broken,
    /// Nothing: the connection stays open.
    Silence,
}

/// One chunk, and then an end.
struct Half {
    half: Option<Bytes>,
    end: End,
}

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = HungUp;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HungUp>>> {
        match (self.half.take(), self.end) {
            (Some(half), _) => Poll::Ready(Some(Ok(Frame::data(half)))),
            (None, End::Broken) => Poll::Ready(Some(Err(HungUp))),
            (None, End::Break) => {
                // Yields once, so that the first half is sent before the break.
                self.end = End::Broken;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            // The connection ends when the client closes it.
            (None, End::Silence) => Poll::Pending,
        }
    }
}

/// Turns a marked response into an error, for which hyper closes the connection.
pub(crate) fn delivered(answer: Result<Response, Infallible>) -> Result<Response, HungUp> {
    match answer {
        Ok(response) if response.extensions().get::<HangUp>().is_some() => Err(HungUp),
        Ok(response) => Ok(response),
        Err(never) => match never {},
    }
}
