//! The sender of webhooks.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use bytes::Bytes;
use chrono::Utc;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

use crate::dialects::dialect;
use crate::spec::Spec;
use crate::state::{Core, Status, Task};

/// Shortest real time that a receiver has to answer, at any speed of the clock.
const LEAST_TIME: Duration = Duration::from_secs(1);

/// Schedules the task's webhooks, if they were requested.
pub(crate) fn start(core: &Arc<Core>, spec: &'static Spec, task: &Arc<Task>) {
    if let Some(url) = task.callback.clone() {
        let delivery = deliver(core.clone(), spec, task.clone(), url);
        core.background.spawn(delivery);
    }
}

/// When a task's webhooks are due: at the beginning of each status that the vendor reports, or only at the end.
fn moments(spec: &Spec, task: &Task) -> Vec<Duration> {
    let plan = &task.plan;
    let Some(events) = &spec.webhook.events else {
        return vec![plan.end()];
    };
    let all = [
        (Status::Queued, task.created, plan.start()),
        (Status::Running, plan.start(), plan.end()),
        (plan.ending(), plan.end(), Duration::MAX),
    ];
    // A status that takes no time is not seen.
    let seen = all
        .into_iter()
        .filter(|(status, from, to)| from < to && events.iter().any(|event| event == status.word()));
    seen.map(|(_, from, _)| from).collect()
}

async fn deliver(core: Arc<Core>, spec: &'static Spec, task: Arc<Task>, url: Url) {
    for moment in moments(spec, &task) {
        core.clock.sleep_until(moment).await;
        attempts(&core, spec, &task, &url).await;
    }
}

/// Delivers one event, in several attempts if need be.
async fn attempts(core: &Arc<Core>, spec: &'static Spec, task: &Arc<Task>, url: &Url) {
    let clock = &core.clock;
    let event = core.ids.next("evt_");
    let waits = spec
        .webhook
        .retries
        .iter()
        .map(|seconds| Duration::from_secs(u64::from(*seconds)));
    // No wait before the first attempt.
    for wait in std::iter::once(Duration::ZERO).chain(waits) {
        clock.sleep_until(clock.now() + wait).await;
        let now = clock.now();
        let dialect = dialect(task.vendor);
        let Some(payload) = dialect.event(core, spec, task, &event, now) else {
            return;
        };
        let body = payload.to_string();
        let id = dialect.event_id(&payload);
        let headers = headers(core, spec, id.as_ref().unwrap_or(&event), &body);
        let limit = Duration::from_secs(u64::from(spec.webhook.timeout));
        let outcome = tokio::select! {
            // First, so that a response counts even if the time limit passed at the same time.
            biased;
            outcome = post(url, headers, body) => outcome,
            () = too_long(core, now + limit) => Err("timed out".to_owned()),
        };
        let delivered = outcome.is_ok();
        task.note_attempt(outcome);
        if delivered {
            return;
        }
    }
}

async fn too_long(core: &Core, moment: Duration) {
    tokio::join!(core.clock.sleep_until(moment), tokio::time::sleep(LEAST_TIME));
}

fn headers(core: &Core, spec: &Spec, event: &str, body: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(rules) = spec.webhook.signature() {
        // Real time, not simulated: the receiver compares it with its own clock.
        let timestamp = Utc::now().timestamp().to_string();
        for (name, value) in core.signers.headers(rules, event, &timestamp, body) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
    }
    headers
}

/// One attempt. The errors contain neither the URL nor the body: both may contain a secret.
async fn post(url: &Url, headers: HeaderMap, body: String) -> Result<(), String> {
    if url.scheme() != "http" {
        return Err("only http callbacks are delivered: the simulator does not support TLS".to_owned());
    }
    let host = url.host_str().ok_or("the URL has no host")?;
    let port = url.port_or_known_default().ok_or("the URL has no port")?;
    // An IPv6 host has brackets, which a socket address does not have.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((name, port))
        .await
        .map_err(|error| format!("connect: {error}"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| format!("handshake: {error}"))?;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = hyper::Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::HOST, format!("{host}:{port}"))
        .body(Full::<Bytes>::from(body))
        .map_err(|_| "invalid URL".to_owned())?;
    request.headers_mut().extend(headers);
    let exchange = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| format!("request: {error}"))?;
        let status = response.status();
        // Read to the end, so that the receiver does not see a broken connection.
        let _ = response.into_body().collect().await;
        if status.is_success() {
            Ok(())
        } else {
            Err(format!("status {}", status.as_u16()))
        }
    };
    tokio::pin!(exchange, connection);
    // The connection must be polled during the exchange; it may end first.
    tokio::select! {
        outcome = &mut exchange => outcome,
        _ = &mut connection => exchange.await,
    }
}
