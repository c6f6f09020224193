//! Files that clients send: multipart forms, and bodies at the storage. They go to disk piece by piece.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value};

use crate::dialects::Refusal;
use crate::http::response::is_form;
use crate::media::{Receiver, StoredFile};
use crate::spec::{Body as Form, Spec, UnknownMember};

/// Largest file in bytes.
const LARGEST: u64 = 256 << 20;
/// Longest text of a form in bytes.
const LONGEST: usize = 1 << 20;

/// A form that was received.
pub(super) struct Received {
    /// The texts, by the names of their parts.
    pub(super) texts: Value,
    pub(super) file: Option<Arc<StoredFile>>,
    pub(super) unknown: Vec<UnknownMember>,
}

/// Receives a form, and checks it against its schema.
pub(super) async fn receive(spec: &Spec, form: &Form, headers: &HeaderMap, body: Body) -> Result<Received, Refusal> {
    let refused = |message: String| Refusal::Invalid { field: None, message };
    if !is_form(headers) {
        return Err(refused("Content-Type: must be multipart/form-data".to_owned()));
    }
    let mut request = Request::new(body);
    *request.headers_mut() = headers.clone();
    // `LARGEST` is the limit.
    DefaultBodyLimit::disable().apply(&mut request);
    let broken = |error: &dyn std::fmt::Display| refused(format!("the body is not a form: {error}"));
    let multipart = Multipart::from_request(request, &()).await;
    let mut multipart = multipart.map_err(|error| broken(&error.body_text()))?;
    let (mut texts, mut file, mut unknown) = (Map::new(), None, Vec::new());
    let mut all = Map::new();
    while let Some(mut field) = multipart.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let Some(is_integer) = spec.part_is_integer(form, &name) else {
            let path = name.escape_default().take(100).collect();
            unknown.push(UnknownMember { path, nearest: None });
            continue;
        };
        if let Some(file_name) = file_name {
            let mut receiver = Receiver::new().map_err(|_| Refusal::Internal)?;
            while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
                push(&mut receiver, &piece)?;
            }
            all.insert(name, file_name.clone().into());
            file = Some(Arc::new(receiver.finish(file_name)));
            continue;
        }
        let mut text = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
            if text.len() + piece.len() > LONGEST {
                return Err(Refusal::TooLarge);
            }
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let number = text.parse::<i64>().ok().filter(|_| is_integer);
        let value = number.map_or_else(|| Value::from(text), Value::from);
        all.insert(name.clone(), value.clone());
        texts.insert(name, value);
    }
    if let Some(problem) = form.problems(&all.into()).into_iter().next() {
        return Err(Refusal::Invalid {
            field: (!problem.field.is_empty()).then_some(problem.field),
            message: problem.message,
        });
    }
    if file.is_none() {
        return Err(Refusal::invalid("file", "file: must be a file with a file name"));
    }
    Ok(Received {
        texts: texts.into(),
        file,
        unknown,
    })
}

/// Receives a body as a file.
pub(super) async fn receive_whole(mut body: Body, name: String) -> Result<StoredFile, Refusal> {
    let mut receiver = Receiver::new().map_err(|_| Refusal::Internal)?;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::Internal)?;
        if let Ok(piece) = frame.into_data() {
            push(&mut receiver, &piece)?;
        }
    }
    Ok(receiver.finish(name))
}

fn push(receiver: &mut Receiver, piece: &[u8]) -> Result<(), Refusal> {
    if receiver.bytes + piece.len() as u64 > LARGEST {
        return Err(Refusal::TooLarge);
    }
    receiver.push(piece).map_err(|_: io::Error| Refusal::Internal)
}

/// A header as text.
pub(super) fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
