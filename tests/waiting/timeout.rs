//! Time limits of waits: none, and the longest.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;
use videogen::poll::PollPolicy;
use videogen::wait::{WaitOptions, Watched};
use videogen::{Client, Error, ErrorKind, TaskStatus, Vendor};

use crate::canned::Canned;
use crate::cases::task;

#[tokio::test]
async fn the_last_poll_is_made_at_the_timeout() {
    for vendor in Vendor::ALL {
        let canned = Canned::json(200, &json!({"id": "t", "status": "failed"})).await;
        let options = WaitOptions::default().timeout(Duration::ZERO);
        let read = canned
            .client(*vendor)
            .wait_with(&task(*vendor, "t"), options, |_| {})
            .await
            .unwrap();
        assert_eq!(read.status, TaskStatus::Failed);

        let canned = Canned::new(503, "Retry-After: 18446744073709551615\r\n", "").await;
        let error = canned
            .client(*vendor)
            .wait_with(&task(*vendor, "t"), options, |_| {})
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        let forever = WaitOptions::default()
            .timeout(Duration::MAX)
            .poll(PollPolicy::within(Duration::MAX, Duration::MAX).first(Duration::ZERO));
        let canned = Canned::json(200, &json!({"id": "t", "status": "failed"})).await;
        assert!(
            canned
                .client(*vendor)
                .wait_with(&task(*vendor, "t"), forever, |_| {})
                .await
                .is_ok()
        );
    }
}

/// The vendor accepts connections and never responds.
#[tokio::test(start_paused = true)]
async fn a_poll_without_a_response_does_not_outlast_the_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            open.push(socket);
        }
    });
    let timeout = Duration::from_secs(3);
    let is_in_time = |start: Instant, error: Error| {
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(
            error.message().starts_with("timed out after 3 s with unknown status"),
            "{error}"
        );
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    };
    for vendor in Vendor::ALL.iter().copied() {
        let client = Client::builder(vendor).key("sk-test".to_owned()).base_url(&base_url);
        let client = client.build().unwrap();
        let start = Instant::now();
        let options = WaitOptions::default().timeout(timeout);
        let waited = client.wait_with(&task(vendor, "t"), options, |_| {}).await;
        is_in_time(start, waited.unwrap_err());

        let start = Instant::now();
        let watcher = client.watcher();
        watcher.add(Watched::new(task(vendor, "t")).timeout(timeout));
        is_in_time(start, watcher.next().await.unwrap().1.unwrap_err());
    }
}
