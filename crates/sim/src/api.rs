//! The origin that speaks the vendors' dialects: from a request to the operation that it is for.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use crate::auth::{Owner, owner};
use crate::core::Core;
use crate::fault::Operation as Kind;
use crate::refusal::Refusal;
use crate::spec::{Operation, Route, Spec};
use crate::spoil::spoil;
use crate::{Vendor, admin, dialects, http};

/// Pictures come as data URLs, which can be large.
const LARGEST_BODY: usize = 64 << 20;

/// A request that reached an operation, with a key that works.
pub(crate) struct Call {
    pub(crate) core: Arc<Core>,
    pub(crate) vendor: Vendor,
    pub(crate) spec: &'static Spec,
    pub(crate) operation: &'static Operation,
    pub(crate) owner: Owner,
    /// The values of the path parameters.
    pub(crate) path: Vec<String>,
    /// The query, checked against the spec.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    /// The body of a create request; null otherwise.
    pub(crate) body: Value,
}

impl Call {
    /// The value of the only path parameter.
    pub(crate) fn id(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }
}

/// The API origin, with the simulator's own pages beside the vendors.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    Router::new()
        .route("/_sim/stats", get(admin::stats))
        .route("/_sim/tasks", get(admin::tasks))
        .fallback(answer)
        .with_state(core.clone())
}

async fn answer(State(core): State<Arc<Core>>, request: Request) -> Response {
    let request_id = core.ids.next("req_");
    let path = request.uri().path().to_owned();
    let mut response = match Vendor::of_path(&path) {
        Some((vendor, rest)) => of_vendor(core, vendor, rest, request, &request_id).await,
        None => {
            let prefixes = Vendor::ALL.map(Vendor::prefix).join(", ");
            let message = format!("there is nothing here: the vendors are at {prefixes}");
            http::json(StatusCode::NOT_FOUND, &json!({"error": {"message": message}}))
        }
    };
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

async fn of_vendor(core: Arc<Core>, vendor: Vendor, path: &str, request: Request, request_id: &str) -> Response {
    core.store.count_request(vendor);
    let refuse = |kind, refusal: &Refusal| dialects::refuse(vendor, kind, refusal, request_id);
    // The specs were read when the simulator started.
    let Ok(spec) = Spec::of(vendor) else {
        return refuse(None, &Refusal::Internal);
    };
    let (operation, values) = match spec.route(request.method(), path) {
        Route::Operation(operation, values) => (operation, values),
        Route::OtherMethod => return refuse(None, &Refusal::NoMethod),
        Route::Nothing => return refuse(None, &Refusal::NoPath),
    };
    let Some(kind) = Kind::of(&operation.id) else {
        return refuse(None, &Refusal::NoPath);
    };
    let fault = core.faults.take(vendor, kind);
    spoil(fault, async {
        let call = match prepare(core, vendor, spec, operation, kind, values, request).await {
            Ok(call) => call,
            Err(refusal) => return refuse(Some(kind), &refusal),
        };
        match dialects::answer(&call).await {
            Ok(response) => response,
            Err(refusal) => refuse(Some(kind), &refusal),
        }
    })
    .await
}

/// Checks what is the same for all operations: key, query, and that a body is JSON.
async fn prepare(
    core: Arc<Core>,
    vendor: Vendor,
    spec: &'static Spec,
    operation: &'static Operation,
    kind: Kind,
    path: Vec<String>,
    request: Request,
) -> Result<Call, Refusal> {
    let owner = owner(request.headers(), kind)?;
    let query = http::query_of(request.uri());
    for parameter in &operation.query {
        let problem = query.get(&parameter.name).and_then(|value| parameter.problem(value));
        if let Some(problem) = problem {
            return Err(Refusal::invalid(problem.field, problem.message));
        }
    }
    let (parts, body) = request.into_parts();
    let body = if operation.request.is_some() && parts.method == Method::POST {
        if !http::says_json(&parts.headers) {
            let message = "Content-Type: it must be application/json".to_owned();
            return Err(Refusal::Invalid { field: None, message });
        }
        let bytes = axum::body::to_bytes(body, LARGEST_BODY)
            .await
            .map_err(|_| Refusal::TooLarge)?;
        serde_json::from_slice(&bytes).map_err(|error| Refusal::Invalid {
            field: None,
            // Where, but not what: the text may hold anything.
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
        operation,
        owner,
        path,
        query,
        headers: parts.headers,
        body,
    })
}
