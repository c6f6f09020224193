//! Starting and stopping, counts and bills.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use videogen_sim::{Simulator, Vendor};

use super::support::{Api, VENDORS, request, request_with};

#[tokio::test]
async fn several_simulators_run_in_parallel() {
    let mut running = Vec::new();
    for _ in 0..20 {
        running.push(Simulator::builder().start().await.unwrap());
    }
    let addresses: BTreeSet<_> = running
        .iter()
        .flat_map(|sim| [sim.address(), sim.files_address()])
        .collect();
    assert_eq!(addresses.len(), 40);
}

#[tokio::test]
async fn base_urls_have_the_vendors_own_paths() {
    let sim = Simulator::builder().start().await.unwrap();
    let origin = format!("http://{}", sim.address());
    assert_eq!(
        sim.base_url(videogen_sim::Vendor::Token360),
        format!("{origin}/token360")
    );
    assert_eq!(sim.base_urls()["toapis"], format!("{origin}/toapis"));
    assert_eq!(sim.base_urls()["alltoken"], format!("{origin}/alltoken/v1"));
    assert_ne!(sim.address(), sim.files_address());
}

/// A body that no operation takes, or that comes with a refused key, is read before the answer.
#[tokio::test]
async fn a_connection_stays_open_after_an_answer_that_needs_no_body() {
    let sim = Simulator::builder().start().await.unwrap();
    for (head, status) in [
        ("DELETE /ark/api/v3/contents/generations/tasks/none", "404 Not Found"),
        ("POST /ark/api/v3/contents/generations/none", "404 Not Found"),
        ("PUT /ark/api/v3/contents/generations/tasks", "405 Method Not Allowed"),
    ] {
        let stream = tokio::net::TcpStream::connect(sim.address()).await.unwrap();
        let mut stream = BufReader::new(stream);
        let first = format!(
            "{head} HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer sk-test\r\ncontent-type: application/json\r\n\
             expect: 100-continue\r\ncontent-length: 2\r\n\r\n"
        );
        stream.write_all(first.as_bytes()).await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        // The server requests the body before it responds.
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n", "{head}");
        let second = "GET /_sim/stats HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n";
        stream.write_all(format!("{{}}{second}").as_bytes()).await.unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).await.unwrap();
        assert!(rest.contains(&format!("HTTP/1.1 {status}\r\n")), "{head}: {rest}");
        assert!(rest.contains("HTTP/1.1 200 OK\r\n"), "{head}: {rest}");
    }
}

#[tokio::test]
async fn nothing_listens_after_the_end() {
    let sim = Simulator::builder().start().await.unwrap();
    let (address, files) = (sim.address(), sim.files_address());
    sim.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    assert!(tokio::net::TcpStream::connect(files).await.is_err());

    let sim = Simulator::builder().start().await.unwrap();
    let address = sim.address();
    drop(sim);
    // Dropping stops without waiting.
    let closed = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), closed).await.unwrap();
}

#[tokio::test]
async fn an_address_in_use_is_reported() {
    let sim = Simulator::builder().start().await.unwrap();
    let error = Simulator::builder()
        .listen(sim.address())
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains(&sim.address().to_string()), "{error}");
}

#[tokio::test]
async fn submissions_are_counted_and_billed() {
    let api = Api::start().await;
    for vendor in VENDORS {
        api.submit(vendor, &request_with(vendor, "duration", json!(8))).await;
    }
    api.submit(Vendor::AllToken, &request(Vendor::AllToken, "a fox")).await;
    // Rejected ones are not counted.
    let path = super::support::create(Vendor::Token360).0;
    assert_eq!(api.post(Vendor::Token360, path, &json!({})).await.status, 400);

    let stats = api.sim.stats();
    for vendor in VENDORS {
        let made = if vendor == Vendor::AllToken { 2 } else { 1 };
        assert_eq!(stats.submissions[vendor.slug()], made, "{vendor}");
    }
    assert_eq!(stats.tasks, VENDORS.len() + 1);
    // Of eight seconds at 720p, 172,800 tokens: 7 dollars per million at ModelArk and OpenRouter, 14 at fal; 0.18 by the second at
    // Replicate. The others have no list price: one of eight seconds for each and one of five.
    assert_eq!(serde_json::to_value(&stats.cost).unwrap(), json!({"USD": "6.2784"}));
    assert_eq!(stats.cost_by_own_tariff.to_string(), "1.45");
    assert_eq!(stats.requests["token360"], 2);

    let page = |name: &str| format!("http://{}/_sim/{name}", api.sim.address());
    let reported: serde_json::Value = api.http.get(page("stats")).send().await.unwrap().json().await.unwrap();
    assert_eq!(reported, serde_json::to_value(&stats).unwrap());
    let text = api.http.get(page("tasks")).send().await.unwrap().text().await.unwrap();
    assert!(!text.contains("sk-"), "{text}");
    let reported: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(reported.as_array().unwrap().len(), VENDORS.len() + 1);
    assert_eq!(reported[VENDORS.len()]["vendor"], "alltoken");
    assert_eq!(reported[VENDORS.len()]["status"], "queued");
    assert_eq!(api.sim.tasks()[0].width, 1280);
}

#[tokio::test]
async fn a_fast_clock_runs_alone() {
    let api = Api::with(Simulator::builder().speed(2_000.0)).await;
    let id = api.submit(Vendor::Token360, &request(Vendor::Token360, "a fox")).await;
    let done = async { while api.poll(Vendor::Token360, &id).await["status"] != "completed" {} };
    tokio::time::timeout(Duration::from_secs(10), done).await.unwrap();
}
