//! Webhooks: from the raw request to the same task as from polling.

mod hints;
mod published;
mod router;
mod signed;
mod simulated;
mod untrusted;

use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::task::JoinHandle;
use videogen::webhook::{Callback, Event, Received, Receiver, ReceiverBuilder, Refusal, Rejection};
use videogen::{TaskId, Timestamp, Vendor};

use crate::canned::Canned;

const SECRET: &str = "whsec-one";
/// The current time of tests about time.
const NOW: i64 = 1_795_219_299;
const HEADERS: [&str; 3] = [
    "x-toapis-webhook-id",
    "x-toapis-webhook-timestamp",
    "x-toapis-webhook-signature",
];
/// Vendors that do not sign, with the family of their tasks.
const UNSIGNED: [(Vendor, &str); 3] = [
    (Vendor::Token360, "videos"),
    (Vendor::AllToken, "generations"),
    (Vendor::Ark, "tasks"),
];

fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(second, 0).unwrap()
}

/// The signature as documented by the vendor, computed separately.
fn sign(secret: &str, event: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{event}.{timestamp}.").as_bytes());
    mac.update(body);
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn headers(values: [&[u8]; 3]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in HEADERS.iter().zip(values) {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?);
    }
    Some(headers)
}

/// A correctly signed delivery.
fn signed_at(second: i64, event: &str, body: &Value) -> (HeaderMap, Vec<u8>) {
    let (body, timestamp) = (body.to_string().into_bytes(), second.to_string());
    let signature = format!("v1={}", sign(SECRET, event, &timestamp, &body));
    let headers = headers([event.as_bytes(), timestamp.as_bytes(), signature.as_bytes()]).unwrap();
    (headers, body)
}

fn signed(event: &str, body: &Value) -> (HeaderMap, Vec<u8>) {
    signed_at(NOW, event, body)
}

fn completed(id: &str) -> Value {
    json!({
        "id": "evt-1", "type": "generation.completed", "api_version": "v1", "created_at": NOW,
        "data": {
            "task_id": id, "client_business_id": "order-7", "task_type": "video", "model": "seedance-2",
            "status": "completed", "progress": 100, "submitted_at": NOW - 90, "finished_at": NOW - 1,
            "result": {"type": "video", "data": [{"url": "https://files.example.com/v.mp4?sig=1", "format": "mp4"}]},
        },
    })
}

/// The response of a poll at a vendor that does not sign.
fn polled(id: &str, status: &str) -> Value {
    let url = "https://files.example.com/v.mp4?sig=1";
    json!({"id": id, "status": status, "url": url, "video_url": url, "content": {"video_url": url}})
}

/// A receiver with a secret, and a vendor with fixed responses.
fn receiver_of_signed(vendor: &Canned) -> ReceiverBuilder {
    Receiver::builder(vendor.client(Vendor::ToApis))
        .secret(SECRET.to_owned())
        .clock(|| at(NOW))
}

/// A vendor that must get no request.
async fn silent() -> Canned {
    Canned::json(500, &json!({"error": {"message": "not to be asked"}})).await
}

fn task(vendor: Vendor, family: &str, id: &str) -> TaskId {
    TaskId::new(vendor, family, id).unwrap()
}

fn token(callback: &Callback) -> String {
    let url = callback.url().expose();
    url.rsplit_once('/').unwrap().1.to_owned()
}

fn refused(result: Result<Received, Rejection>) -> Refusal {
    match result {
        Err(Rejection::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn new(result: Result<Received, Rejection>) -> Event {
    match result {
        Ok(Received::New(event)) => *event,
        other => panic!("no event: {other:?}"),
    }
}

/// The events that the application received.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    fn on(&self, builder: ReceiverBuilder) -> ReceiverBuilder {
        let log = self.clone();
        builder.on_event(move |event| {
            log.0.lock().unwrap().push(event);
            async { Ok(()) }
        })
    }

    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

/// A receiver behind its router, on this machine; it stops when dropped.
struct Server {
    base: String,
    server: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Server {
    async fn start(receiver: &Receiver) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/hooks", listener.local_addr().unwrap());
        let router = receiver.router("/hooks");
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, server }
    }
}
