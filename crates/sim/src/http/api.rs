//! The API origin: from a request to its operation.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use crate::dialects::{Answer, Call, Content, Refusal, dialect};
use crate::http::auth;
use crate::http::response::{is_form, is_json, json as json_answer, query_of, response};
use crate::http::spoil::spoil;
use crate::http::{admin, upload, webhook};
use crate::spec::{Endpoint, Operation, Problem, Route, Spec, UnknownMember, Vendor, unknown_members, wide_integer};
use crate::state::{Core, Owner, Task};
use crate::submit::create;

/// Images are sent as data URLs, which can be large.
const LARGEST_BODY: usize = 64 << 20;

/// Reports how much faster than real time tasks end, so that clients on this machine can poll faster.
const SPEED: &str = "x-videogen-speed";

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
    let date = core.clock.wall_time().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let speed = core.clock.speed();
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
    if speed > 1.0
        && let Ok(speed) = HeaderValue::try_from(speed.to_string())
    {
        response.headers_mut().insert(SPEED, speed);
    }
    response
}

async fn of_vendor(core: Arc<Core>, vendor: Vendor, path: &str, request: Request, request_id: &str) -> Response {
    let (head, body) = request.into_parts();
    // The public keys of webhooks, which vendors have on another host.
    if Spec::of(vendor).is_ok_and(|spec| spec.webhook.publishes_at(path)) && head.method == Method::GET {
        return json_answer(StatusCode::OK, &core.signers.jwks());
    }
    core.store.count_request(vendor);
    let refuse = |operation, refusal: &Refusal| dialect(vendor).refuse(operation, refusal, request_id);
    // An answer to a request whose body was not read closes the connection, and clients that keep it open send their next
    // request into the void. The files of a form are received one by one.
    let body = if is_form(&head.headers) {
        body
    } else {
        match axum::body::to_bytes(body, LARGEST_BODY).await {
            Ok(bytes) => Body::from(bytes),
            Err(_) => return response(refuse(None, &Refusal::TooLarge), &head.headers).await,
        }
    };
    // The specs were read when the simulator started.
    let route = Spec::of(vendor).map(|spec| (spec, spec.route(head.method.as_str(), path)));
    let (spec, endpoint, values) = match route {
        Ok((spec, Route::Endpoint(endpoint, values))) => (spec, endpoint, values),
        Ok((_, Route::OtherMethod(methods))) => {
            let answer = refuse(None, &Refusal::NoMethod).header("allow", methods.join(", "));
            return response(answer, &head.headers).await;
        }
        Ok((_, Route::Nothing)) => return response(refuse(None, &Refusal::NoPath), &head.headers).await,
        Err(_) => return response(refuse(None, &Refusal::Internal), &head.headers).await,
    };
    let operation = endpoint.operation;
    let fault = core
        .faults
        .take(vendor, operation)
        .or_else(|| auth::fault(&spec.auth, &head.headers));
    spoil(fault, async {
        let refused = |refusal| refuse(Some(operation), &refusal);
        if let Ok(owner) = auth::owner(&spec.auth, &head.headers, operation)
            && let Err(wait) = core.limits.take(vendor, spec, owner, operation, core.clock.now())
        {
            let answer = refused(Refusal::RateLimited).retry_after(wait);
            return response(answer, &head.headers).await;
        }
        let mut answer = match prepare(core.clone(), vendor, spec, endpoint, values, &head, body).await {
            Ok(call) => {
                let answer = answered(&call, request_id).unwrap_or_else(refused);
                report_unknown(&call, answer, request_id)
            }
            Err(refusal) => refused(refusal),
        };
        if let (200..300, Content::Json(body)) = (answer.status, &mut answer.content) {
            core.rewrites.apply(operation, body);
        }
        response(answer, &head.headers).await
    })
    .await
}

/// Names the members of a request that the spec does not know, in a header and in the log.
fn report_unknown(call: &Call, answer: Answer, request_id: &str) -> Answer {
    if call.unknown.is_empty() {
        return answer;
    }
    let hints: Vec<_> = call.unknown.iter().map(UnknownMember::hint).collect();
    let (vendor, operation, status) = (call.vendor, &call.endpoint.id, answer.status);
    let hints = hints.join(", ");
    call.core.log.line(&format!(
        "{vendor} {operation} {request_id}: unknown members: {hints}; answered with {status}"
    ));
    let paths: Vec<_> = call.unknown.iter().map(|member| member.path.as_str()).collect();
    answer.header("x-videogen-unknown-members", paths.join(", "))
}

/// Names the unverified rules that an accepted request violates, in a header and in the log.
fn report_unverified(call: &Call, task: &Task, answer: Answer, request_id: &str) -> Answer {
    if task.unverified_rules.is_empty() {
        return answer;
    }
    let rules: Vec<_> = task.unverified_rules.iter().map(Problem::printable).collect();
    let (vendor, operation, status) = (call.vendor, &call.endpoint.id, answer.status);
    call.core.log.line(&format!(
        "{vendor} {operation} {request_id}: unverified rules: {}; answered with {status}",
        rules.join("; ")
    ));
    let fields: Vec<_> = task.unverified_rules.iter().map(|rule| rule.field.as_str()).collect();
    answer.header("x-videogen-unverified-rules", fields.join(", "))
}

/// Carries out a request.
fn answered(call: &Call, request_id: &str) -> Result<Answer, Refusal> {
    if let (true, Some(first)) = (call.core.strict, call.unknown.first()) {
        let hints: Vec<_> = call.unknown.iter().map(UnknownMember::hint).collect();
        let message = format!("unknown members: {}", hints.join(", "));
        return Err(Refusal::invalid(&first.path, message));
    }
    let dialect = dialect(call.vendor);
    if call.endpoint.operation != Operation::Submit {
        return dialect.answer(call);
    }
    let task = create(call)?;
    webhook::start(&call.core, call.spec, &task);
    Ok(report_unverified(call, &task, dialect.created(call, &task), request_id))
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
    let owner = match auth::owner(&spec.auth, &head.headers, endpoint.operation) {
        Err(Refusal::NoKey | Refusal::BadKey) if dialect(vendor).is_public(endpoint.operation) => Owner::of_key(""),
        owner => owner?,
    };
    let query = query_of(&head.uri);
    for parameter in &endpoint.query {
        let problem = query.get(&parameter.name).and_then(|value| parameter.problem(value));
        if let Some(problem) = problem {
            return Err(Refusal::invalid(problem.field, problem.message));
        }
    }
    let mut outside = endpoint.outside(&path, &query);
    for rule in &endpoint.headers {
        if let Some(value) = head.headers.get(&rule.name) {
            let read = rule.read(&String::from_utf8_lossy(value.as_bytes()));
            outside.push(read.map_err(|problem| Refusal::invalid(problem.field, problem.message))?);
        }
    }
    let mut unknown = Vec::new();
    let mut file = None;
    let body = if let Some(form) = &endpoint.form {
        let received = upload::receive(spec, form, &head.headers, body).await?;
        unknown = received.unknown;
        file = received.file;
        received.texts
    } else if !endpoint.bodies.is_empty() {
        if !is_json(&head.headers) {
            let message = json_only(vendor, &head.headers);
            return Err(Refusal::Invalid { field: None, message });
        }
        let bytes = axum::body::to_bytes(body, LARGEST_BODY)
            .await
            .map_err(|_| Refusal::TooLarge)?;
        let body = serde_json::from_slice(&bytes).map_err(|error| Refusal::Invalid {
            field: None,
            // The position only: the text may contain secrets.
            message: format!(
                "the body is not JSON (line {}, column {})",
                error.line(),
                error.column()
            ),
        })?;
        if let Some(field) = wide_integer(&bytes, &body) {
            let message = format!("{field}: must fit in a 64-bit integer");
            return Err(Refusal::invalid(field, message));
        }
        native(vendor, &head.headers, &body)?;
        match spec.addressed(endpoint, &outside, &body) {
            Some((_, shape)) => shape.normal(body),
            None => body,
        }
    } else {
        Value::Null
    };
    if endpoint.form.is_none() {
        unknown = unknown_members(spec, endpoint, &outside, &body);
    }
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    Ok(Call {
        core,
        base_url: format!("http://{}{}", host.unwrap_or("localhost"), vendor.prefix()),
        vendor,
        spec,
        endpoint,
        owner,
        path,
        query,
        body,
        outside,
        unknown,
        file,
    })
}

/// Refuses a body in the model's own format in words, instead of for the members that it lacks.
fn native(vendor: Vendor, headers: &HeaderMap, body: &Value) -> Result<(), Refusal> {
    let Some(name) = dialect(vendor).native_header() else {
        return Ok(());
    };
    let value = headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !["true", "1", "yes", "on"].contains(&value.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    let message = match body.as_object() {
        Some(members) if !members.is_empty() => format!(
            "{name}: the simulator does not support the model's own format; leave the header out, and send the documented \
             members"
        ),
        // The service's own words.
        _ => format!("JSON object body is required when {name} is enabled"),
    };
    Err(Refusal::Invalid { field: None, message })
}

/// Why a body that is not declared as JSON is refused. Clients of OpenAI's video API send a form.
fn json_only(vendor: Vendor, headers: &HeaderMap) -> String {
    let rule = "Content-Type: must be application/json";
    if is_form(headers) {
        format!(
            "{rule}: {vendor} takes JSON, not multipart/form-data as OpenAI's video API does; \
             send the members as one JSON object, and files as URLs"
        )
    } else {
        rule.to_owned()
    }
}
