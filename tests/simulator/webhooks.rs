//! Webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use videogen_sim::{Spec, TaskReport, Vendor};

use super::support::{Api, KEY, VENDORS, WHOLE, create, id_in, keyed, request, request_with};

/// A delivery.
#[derive(Clone)]
struct Delivery {
    head: String,
    body: String,
}

impl Delivery {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next()
            .unwrap()
    }
}

/// A receiver of webhooks that answers with the given statuses, the last one repeatedly; 0 means
/// no response.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<Delivery>>>,
    server: JoinHandle<()>,
}

impl Receiver {
    async fn start(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?token=secret", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let (kept, statuses) = (got.clone(), statuses.to_vec());
        let server = tokio::spawn(async move {
            let mut silent = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = Vec::new();
                let delivery = loop {
                    stream.read_buf(&mut bytes).await.unwrap();
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let delivery = Delivery {
                        head: head.to_owned(),
                        body: body.to_owned(),
                    };
                    if body.len() == delivery.header("content-length").parse::<usize>().unwrap() {
                        break delivery;
                    }
                };
                let status = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(delivery);
                    statuses[(kept.len() - 1).min(statuses.len() - 1)]
                };
                if status == 0 {
                    silent.push(stream);
                } else {
                    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        Self { url, got, server }
    }

    fn got(&self) -> Vec<Delivery> {
        self.got.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Waits for the given number of attempts of the only task's webhook.
async fn until(api: &Api, done: impl Fn(&TaskReport) -> bool) {
    let wait = async {
        while !done(&api.sim.tasks()[0]) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
}

/// Lets pending work run: the simulator answers a few requests over the same loopback and runtime that a
/// delivery would use.
async fn settle(api: &Api) {
    let url = format!("http://{}/_sim/stats", api.sim.address());
    for _ in 0..20 {
        assert!(api.http.get(&url).send().await.unwrap().status().is_success());
    }
}

async fn attempts(api: &Api, count: u32) {
    until(api, |task| task.webhook.as_ref().unwrap().attempts == count).await;
}

#[tokio::test]
async fn each_vendor_calls_back_once_when_the_task_is_done() {
    // ModelArk calls at each status: `tests/webhooks/`.
    for vendor in VENDORS.into_iter().filter(|vendor| *vendor != Vendor::Ark) {
        let api = Api::start().await;
        let receiver = Receiver::start(&[204]).await;
        let id = match vendor {
            // The URL goes into the query.
            Vendor::Fal => {
                let (path, operation, status) = create(vendor);
                let mut url = reqwest::Url::parse(&api.url(vendor, path)).unwrap();
                url.query_pairs_mut().append_pair("fal_webhook", &receiver.url);
                let post = keyed(api.http.post(url), vendor, KEY).json(&request(vendor, "a fox"));
                let ticket = api.send(post).await.fits(vendor, operation, status);
                id_in(vendor, &ticket.body).to_owned()
            }
            _ => {
                let body = request_with(vendor, "callback_url", json!(receiver.url));
                api.submit(vendor, &body).await
            }
        };
        api.sim.advance(WHOLE - Duration::from_secs(1));
        settle(&api).await;
        assert!(receiver.got().is_empty());
        api.sim.advance(Duration::from_secs(1));
        attempts(&api, 1).await;
        assert!(api.sim.tasks()[0].webhook.as_ref().unwrap().delivered);
        let got = receiver.got();
        assert_eq!(got.len(), 1);
        assert!(
            got[0].head.starts_with("POST /hook?token=secret HTTP/1.1"),
            "{}",
            got[0].head
        );
        let body = got[0].json();
        let (component, id_sent) = match vendor {
            Vendor::ToApis => ("WebhookEvent", &body["data"]["task_id"]),
            Vendor::Replicate => ("Prediction", &body["id"]),
            Vendor::OpenRouter => ("JobEvent", &body["data"]["id"]),
            Vendor::Fal => ("WebhookEvent", &body["request_id"]),
            _ => ("WebhookEvent", &body["id"]),
        };
        let problems = Spec::of(vendor).unwrap().component_problems(component, &body);
        assert!(problems.is_empty(), "{vendor}: {problems:?}");
        assert_eq!(id_sent, &json!(id));
        let tasks = serde_json::to_string(&api.sim.tasks()).unwrap();
        assert!(!tasks.contains("token=secret"));
    }
}

#[tokio::test]
async fn token360_carries_the_callers_id_back() {
    let api = Api::start().await;
    let receiver = Receiver::start(&[200]).await;
    let mut body = request_with(Vendor::Token360, "callback_url", json!(receiver.url));
    body["request_id"] = json!("order-7");
    body["prompt"] = json!("sim:fail");
    api.submit(Vendor::Token360, &body).await;
    api.sim.advance(WHOLE);
    attempts(&api, 1).await;
    let body = receiver.got()[0].json();
    assert_eq!(
        (&body["request_id"], &body["status"]),
        (&json!("order-7"), &json!("failed"))
    );
    assert_eq!(body["error"]["code"], "generation_failed");
}

#[tokio::test]
async fn toapis_signs_its_deliveries() {
    let api = Api::start().await;
    let receiver = Receiver::start(&[500, 200]).await;
    let mut body = request_with(Vendor::ToApis, "callback_url", json!(receiver.url));
    body["client_business_id"] = json!("order-7");
    api.submit(Vendor::ToApis, &body).await;
    api.sim.advance(WHOLE);
    attempts(&api, 1).await;
    api.sim.advance(Duration::from_secs(10));
    attempts(&api, 2).await;
    let got = receiver.got();
    for delivery in &got {
        let event = delivery.json();
        assert_eq!(event["type"], "generation.completed");
        assert_eq!(event["data"]["client_business_id"], "order-7");
        assert_eq!(event["data"]["progress"], "100%");
        assert_eq!(event["data"]["status"], "SUCCESS");
        let id = delivery.header("x-toapis-webhook-id");
        assert_eq!(event["id"], id);
        let timestamp = delivery.header("x-toapis-webhook-timestamp");
        let signed = format!("{id}.{timestamp}.{}", delivery.body);
        let expected = openssl_hmac(videogen_sim::WEBHOOK_SECRET, &signed);
        if let Some(expected) = expected {
            assert_eq!(delivery.header("x-toapis-webhook-signature"), format!("v1={expected}"));
        }
    }
    assert_eq!(
        got[0].json()["id"],
        got[1].json()["id"],
        "a repeat has the same event id"
    );
}

/// The HMAC by an independent program; `None`, with a note, without it.
fn openssl_hmac(key: &str, text: &str) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    let run = std::process::Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", key, "-r"])
        .arg(file.path())
        .output();
    match run {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            Some(text.split_whitespace().next().unwrap().to_owned())
        }
        _ => {
            println!("SKIPPED: openssl is not there, so the webhook's signature was not checked");
            None
        }
    }
}

#[tokio::test]
async fn token360_gives_up_after_three_attempts() {
    let api = Api::start().await;
    let receiver = Receiver::start(&[500]).await;
    let body = request_with(Vendor::Token360, "callback_url", json!(receiver.url));
    api.submit(Vendor::Token360, &body).await;
    api.sim.advance(WHOLE);
    attempts(&api, 1).await;
    api.sim.advance(Duration::from_secs(1));
    attempts(&api, 2).await;
    api.sim.advance(Duration::from_secs(2));
    settle(&api).await;
    assert_eq!(
        receiver.got().len(),
        2,
        "the third comes three seconds after the second"
    );
    api.sim.advance(Duration::from_secs(1));
    attempts(&api, 3).await;
    api.sim.advance(Duration::from_secs(86_400));
    settle(&api).await;
    let report = api.sim.tasks()[0].webhook.clone().unwrap();
    assert_eq!((report.attempts, report.delivered), (3, false));
    assert_eq!(report.last_error.as_deref(), Some("status 500"));
    assert_eq!(receiver.got().len(), 3);
}

#[tokio::test]
async fn a_silent_receiver_is_retried() {
    let api = Api::start().await;
    let receiver = Receiver::start(&[0, 200]).await;
    let body = request_with(Vendor::ToApis, "callback_url", json!(receiver.url));
    api.submit(Vendor::ToApis, &body).await;
    api.sim.advance(WHOLE);
    let arrived = async {
        while receiver.got().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), arrived).await.unwrap();
    api.sim.advance(Duration::from_secs(10));
    attempts(&api, 1).await;
    let report = api.sim.tasks()[0].webhook.clone().unwrap();
    assert_eq!(report.last_error.as_deref(), Some("timed out"));
    api.sim.advance(Duration::from_secs(10));
    until(&api, |task| task.webhook.as_ref().unwrap().delivered).await;
}

#[tokio::test]
async fn ark_calls_back_at_each_status() {
    let api = Api::start().await;
    let vendor = Vendor::Ark;
    let receiver = Receiver::start(&[500, 200]).await;
    let body = request_with(vendor, "callback_url", json!(receiver.url));
    let id = api.submit(vendor, &body).await;
    attempts(&api, 1).await;
    api.sim.advance(Duration::from_secs(5));
    // The repeat, which shows the task as it is then, and the next event.
    attempts(&api, 3).await;
    api.sim.advance(WHOLE);
    attempts(&api, 4).await;
    settle(&api).await;
    let got: Vec<Value> = receiver.got().iter().map(Delivery::json).collect();
    let statuses: Vec<&str> = got.iter().map(|task| task["status"].as_str().unwrap()).collect();
    assert_eq!(statuses[0], "queued");
    assert_eq!((statuses.len(), statuses.last()), (4, Some(&"succeeded")));
    for task in &got {
        assert_eq!(task["id"], json!(id));
        let problems = Spec::of(vendor).unwrap().component_problems("Task", task);
        assert!(problems.is_empty(), "{problems:?}");
    }
    // A cancellation is not reported.
    let id = api.submit(vendor, &body).await;
    let url = api.url(vendor, &format!("{}/{id}", create(vendor).0));
    assert_eq!(api.with_key(KEY, Method::DELETE, &url).await.status, 200);
    let before = receiver.got().len();
    api.sim.advance(WHOLE);
    settle(&api).await;
    assert!(receiver.got().len() <= before + 1, "{before}");
}

#[tokio::test]
async fn a_cancelled_task_is_not_reported_back() {
    let api = Api::start().await;
    let vendor = Vendor::AllToken;
    let receiver = Receiver::start(&[200]).await;
    let id = api
        .submit(vendor, &request_with(vendor, "callback_url", json!(receiver.url)))
        .await;
    let path = format!("{}/{id}/cancel", create(vendor).0);
    assert_eq!(api.post(vendor, &path, &json!({})).await.status, 200);
    api.sim.advance(WHOLE);
    settle(&api).await;
    assert!(receiver.got().is_empty());
}
