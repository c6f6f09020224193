//! The storage of uploads, on the file origin: it receives reserved uploads, serves public ones, and has the page on which a
//! person is verified.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use crate::http::blob::{send, xml};
use crate::http::response::query_of;
use crate::http::upload::{receive_whole, text};
use crate::media::Blob;
use crate::spec::Vendor;
use crate::state::{Core, Denied, Upload, VERIFICATION};

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// The answer for a path of the storage; `None` if the path is another.
pub(super) async fn answer(core: &Core, request: Request) -> Result<Response, Request> {
    let path = request.uri().path().to_owned();
    let mut steps = path.split('/').skip(1);
    let (Some(vendor), Some(kind), Some(id), None) = (
        steps.next().and_then(Vendor::from_slug),
        steps.next(),
        steps.next(),
        steps.next(),
    ) else {
        return Err(request);
    };
    let id = id.split_once('.').map_or(id, |(id, _)| id);
    match kind {
        "verify" => Ok(verify(core, vendor, id)),
        "uploads" => Ok(match core.assets.upload(vendor, id) {
            None => xml(StatusCode::NOT_FOUND, "NoSuchKey", "no such file"),
            Some(upload) if request.method() == Method::PUT => receive(core, &upload, request).await,
            Some(upload) => serve(&upload, &request),
        }),
        _ => Err(request),
    }
}

/// Receives a reserved upload, with exactly the announced headers, and without the API key: this is another host.
async fn receive(core: &Core, upload: &Upload, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if head.headers.contains_key(header::AUTHORIZATION) {
        core.assets.count_leak();
        core.log
            .line(&format!("{}: the API key was sent to the storage", upload.vendor));
        let message = "an API key was sent to the storage, which is another host";
        return xml(StatusCode::BAD_REQUEST, "InvalidArgument", message);
    }
    let now = core.clock.unix(core.clock.now());
    match core.links.check(head.uri.path(), &query_of(&head.uri), now) {
        Ok(()) => {}
        Err(Denied::Expired) => return xml(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired"),
        Err(Denied::BadSignature) => {
            let message = "the signature does not match";
            return xml(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message);
        }
    }
    let Some(announced) = &upload.announced else {
        return xml(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "not reserved");
    };
    let agrees = text(&head.headers, header::CONTENT_TYPE) == announced.media_type
        && announced
            .md5
            .as_ref()
            .is_none_or(|md5| text(&head.headers, CONTENT_MD5) == md5);
    if !agrees {
        let message = "Content-Type and Content-MD5 are not those that were announced";
        return xml(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message);
    }
    let Ok(file) = receive_whole(body, String::new()).await else {
        return xml(
            StatusCode::BAD_REQUEST,
            "IncompleteBody",
            "the body is incomplete or too large",
        );
    };
    if announced.most.is_some_and(|most| file.bytes > most) {
        return xml(StatusCode::BAD_REQUEST, "EntityTooLarge", "the file is too large");
    }
    let is_announced = announced.md5.as_ref().is_none_or(|md5| *md5 == file.md5)
        && announced.bytes.is_none_or(|bytes| bytes == file.bytes);
    if !is_announced {
        let message = "the file is not the one that was announced";
        return xml(StatusCode::BAD_REQUEST, "BadDigest", message);
    }
    // Sent again, it is the same.
    let _ = upload.file.set(Arc::new(file));
    Response::new(Body::empty())
}

/// Serves a public upload.
fn serve(upload: &Upload, request: &Request) -> Response {
    let file = upload.file.get().filter(|_| upload.url.is_some());
    let content = file.and_then(|file| Some((file.content().ok()?, file.media_type?)));
    match content {
        Some((bytes, content_type)) => {
            let bytes = Bytes::from(bytes);
            send(&Blob { bytes, content_type }, request.method(), request.headers())
        }
        None => xml(StatusCode::NOT_FOUND, "NoSuchKey", "no such file"),
    }
}

/// The page of a verification: a person who opens it in time has passed.
fn verify(core: &Core, vendor: Vendor, id: &str) -> Response {
    let Some(session) = core.assets.session(vendor, id) else {
        return xml(StatusCode::NOT_FOUND, "NoSuchKey", "no such verification");
    };
    if core.clock.now() >= session.created + VERIFICATION {
        return xml(StatusCode::FORBIDDEN, "AccessDenied", "the link has expired");
    }
    let _ = session.passed.set(());
    let mut response = Response::new(Body::from("verified"));
    let back = session
        .callback
        .as_ref()
        .and_then(|callback| url::Url::parse(callback).ok());
    if let Some(mut back) = back {
        back.query_pairs_mut()
            .append_pair("resultCode", "10000")
            .append_pair("bytedToken", &session.token);
        if let Ok(location) = HeaderValue::try_from(back.as_str()) {
            response.headers_mut().insert(header::LOCATION, location);
            *response.status_mut() = StatusCode::FOUND;
        }
    }
    response
}
