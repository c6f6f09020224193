//! Helpers for requests and responses.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::dialects::{Answer, Content};
use crate::http::blob::send;
use crate::media::{FileKind, file};

/// Returns the query parameters of a request; of repeated ones the last.
pub(crate) fn query_of(uri: &Uri) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Whether a request's body is declared to be JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    is_type(headers, "application/json")
}

/// Whether a request's body is declared to be a form with files.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    is_type(headers, "multipart/form-data")
}

fn is_type(headers: &HeaderMap, wanted: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(wanted))
}

/// The HTTP response for a response; the request's headers may name a range of a file.
pub(crate) async fn response(answer: Answer, request: &HeaderMap) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match answer.content {
        Content::Json(body) => json(status, &body),
        Content::Empty => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            response
        }
        Content::Clip(shape) => match file(shape, FileKind::Video).await {
            Ok(blob) => send(&blob, &Method::GET, request),
            Err(error) => {
                let body = json!({"error": {"message": error.to_string()}});
                json(StatusCode::INTERNAL_SERVER_ERROR, &body)
            }
        },
    };
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
