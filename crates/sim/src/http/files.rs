//! The file origin, on its own port like a storage service.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use crate::http::blob::{send, xml};
use crate::http::response::query_of;
use crate::http::spoil::spoil;
use crate::http::storage;
use crate::media::file;
use crate::spec::Operation;
use crate::state::{Core, Denied, Status, parse_path};

/// The file origin.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    Router::new().fallback(answer).with_state(core.clone())
}

async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let request_id = core.ids.next("file-");
    let (vendor, ..) = parse_path(request.uri().path());
    let fault = vendor.and_then(|vendor| core.faults.take(vendor, Operation::File));
    let mut response = spoil(fault, async {
        match storage::answer(&core, request).await {
            Ok(response) => response,
            Err(request) => serve(&core, &request.into_parts().0).await,
        }
    })
    .await;
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn serve(core: &Core, request: &Parts) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let (status, words) = (StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served");
        let mut response = xml(status, "MethodNotAllowed", words);
        let methods = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, methods);
        return response;
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
    let (vendor, id, kind) = parse_path(path);
    let task = vendor.and_then(|vendor| core.store.find(vendor, id));
    let done = task.filter(|task| task.state(core.clock.now()).status == Status::Completed);
    let Some(task) = done else {
        return xml(StatusCode::NOT_FOUND, "NoSuchKey", "no such file");
    };
    match file(task.shape, kind).await {
        Ok(blob) => send(&blob, &request.method, &request.headers),
        Err(error) => xml(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", &error.to_string()),
    }
}
