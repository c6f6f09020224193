//! The API origin: from a request to its operation.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use crate::dialects::{Answer, Call, Content, Refusal, dialect};
use crate::http::auth::owner;
use crate::http::response::{is_json, json as json_answer, query_of, response};
use crate::http::spoil::spoil;
use crate::http::{admin, webhook};
use crate::spec::{Endpoint, Operation, Route, Spec, Vendor};
use crate::state::Core;
use crate::submit::create;

/// Images are sent as data URLs, which can be large.
const LARGEST_BODY: usize = 64 << 20;

/// The API origin: the vendors, and the simulator's own pages.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    Router::new()
        .route("/_sim/stats", get(admin::stats))
        .route("/_sim/tasks", get(admin::tasks))
        .fallback(answer)
        .with_state(core.clone())
}

async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let request_id = core.ids.next("req_");
    // By the simulator's clock, which may be set off.
    let date = core.clock.wall().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let path = request.uri().path().to_owned();
    let mut response = match Vendor::of_path(&path) {
        Some((vendor, rest)) => of_vendor(core, vendor, rest, request, &request_id).await,
        None => {
            let prefixes = Vendor::ALL.map(Vendor::prefix).join(", ");
            let message = format!("unknown path; the vendors' paths begin with {prefixes}");
            json_answer(StatusCode::NOT_FOUND, &json!({"error": {"message": message}}))
        }
    };
    if let Ok(date) = HeaderValue::try_from(date) {
        response.headers_mut().insert(header::DATE, date);
    }
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn of_vendor(core: Arc<Core>, vendor: Vendor, path: &str, request: Request, request_id: &str) -> Response {
    let (head, body) = request.into_parts();
    core.store.count_request(vendor);
    let refuse = |operation, refusal: &Refusal| dialect(vendor).refuse(operation, refusal, request_id);
    // The specs were read when the simulator started.
    let route = Spec::of(vendor).map(|spec| (spec, spec.route(head.method.as_str(), path)));
    let (spec, endpoint, values) = match route {
        Ok((spec, Route::Endpoint(endpoint, values))) => (spec, endpoint, values),
        Ok((_, Route::OtherMethod)) => return response(refuse(None, &Refusal::NoMethod), &head.headers).await,
        Ok((_, Route::Nothing)) => return response(refuse(None, &Refusal::NoPath), &head.headers).await,
        Err(_) => return response(refuse(None, &Refusal::Internal), &head.headers).await,
    };
    let operation = endpoint.operation;
    let fault = core.faults.take(vendor, operation);
    spoil(fault, async {
        let answer = match prepare(core.clone(), vendor, spec, endpoint, values, &head, body).await {
            Ok(call) => answered(&call),
            Err(refusal) => Err(refusal),
        };
        let mut answer = answer.unwrap_or_else(|refusal| refuse(Some(operation), &refusal));
        if let (200..300, Content::Json(body)) = (answer.status, &mut answer.content) {
            core.rewrites.apply(operation, body);
        }
        response(answer, &head.headers).await
    })
    .await
}

/// Carries out a request.
fn answered(call: &Call) -> Result<Answer, Refusal> {
    let dialect = dialect(call.vendor);
    if call.endpoint.operation != Operation::Submit {
        return dialect.answer(call);
    }
    let task = create(call)?;
    webhook::start(&call.core, call.spec, &task);
    Ok(dialect.created(call, &task))
}

/// Checks that all operations share: key, query, and that a body is JSON.
async fn prepare(
    core: Arc<Core>,
    vendor: Vendor,
    spec: &'static Spec,
    endpoint: &'static Endpoint,
    path: Vec<String>,
    head: &Parts,
    body: Body,
) -> Result<Call, Refusal> {
    let owner = owner(&head.headers, endpoint.operation)?;
    let query = query_of(&head.uri);
    for parameter in &endpoint.query {
        let problem = query.get(&parameter.name).and_then(|value| parameter.problem(value));
        if let Some(problem) = problem {
            return Err(Refusal::invalid(problem.field, problem.message));
        }
    }
    let body = if endpoint.request.is_some() {
        if !is_json(&head.headers) {
            let message = "Content-Type: must be application/json".to_owned();
            return Err(Refusal::Invalid { field: None, message });
        }
        let bytes = axum::body::to_bytes(body, LARGEST_BODY)
            .await
            .map_err(|_| Refusal::TooLarge)?;
        serde_json::from_slice(&bytes).map_err(|error| Refusal::Invalid {
            field: None,
            // The position only: the text may contain secrets.
            message: format!(
                "the body is not JSON (line {}, column {})",
                error.line(),
                error.column()
            ),
        })?
    } else {
        Value::Null
    };
    Ok(Call {
        core,
        vendor,
        spec,
        endpoint,
        owner,
        path,
        query,
        body,
    })
}
