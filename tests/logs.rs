//! Plants a canary in every secret, and captures everything that any library logs: the canary is not in it.
//!
//! Logging is process-wide, so this runs in a separate process.

use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tracing_subscriber::fmt::format::FmtSpan;
use videogen::download::DownloadOptions;
use videogen::wait::{WaitOptions, Watcher, WatcherOptions};
use videogen::{Client, RetryPolicy, Vendor, VideoRequest};

use crate::canned::Canned;

const CANARY: &str = "canary-90be";
const VARIABLE: &str = "VIDEOGEN_TEST_LOGS";

#[test]
fn no_secret_in_the_logs() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "logs::everything_is_logged",
            "--ignored",
            "--nocapture",
            "--quiet",
        ])
        .env(VARIABLE, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    for library in ["TRACE hyper", "DEBUG reqwest"] {
        assert!(text.contains(library), "{library} logged nothing: {text}");
    }
    // Names and fields as documented; the planted words of model, prompt and URLs are masked.
    for line in [
        "INFO submit{vendor=\"alltoken\" model=\"seedance-1.5-pro\"}: videogen: ended task=alltoken:generations:t \
         status=\"completed\"",
        "WARN submit{vendor=\"alltoken\" model=\"at https://h.example/[masked] for <key>\"}: videogen: failed error=\"auth\" \
         reason=\"see http://127.0.0.1/[masked]\"",
        "WARN submit{vendor=\"alltoken\" model=\"seedance-1.5-pro\"}: videogen: retrying error=\"rate_limited\" pause_ms=",
        "WARN submit{vendor=\"alltoken\" model=\"at https://h.example/[masked] for <key>\"}: videogen: unlisted model \
         model=\"at https://h.example/[masked] for <key>\"",
        "WARN submit{vendor=\"alltoken\" model=\"at https://h.example/[masked] for <key>\"}: videogen: the vendor may refuse a \
         value field=\"model\" value=",
        "WARN wait{task=alltoken:generations:t}: videogen: failed task=alltoken:generations:t error=\"timeout\" reason=\"",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let downloaded = "INFO download{task=alltoken:generations:t kind=\"video\"}: videogen: downloaded bytes=24";
    assert_eq!(text.matches(downloaded).count(), 3, "{text}");
    // `wait`, `watch` and a watcher: one span each, in which the outcome is reported once.
    let ended =
        "INFO wait{task=alltoken:generations:t}: videogen: ended task=alltoken:generations:t status=\"completed\"";
    assert_eq!(text.matches(ended).count(), 3, "{text}");
    for (span, opened) in [
        ("submit{vendor=\"alltoken\"", 4),
        ("wait{task=alltoken:", 7),
        ("download{task=alltoken:", 3),
    ] {
        for change in ["new", "close"] {
            let lines = text.lines().filter(|line| {
                let (spans, message) = line.split_once("}: videogen: ").unwrap_or_default();
                spans.contains(&format!("INFO {span}")) && message.starts_with(change)
            });
            assert_eq!(lines.count(), opened, "{span} {change}: {text}");
        }
    }
    for (number, line) in text.lines().enumerate() {
        assert!(!line.contains(CANARY), "line {number}: {line}");
    }
}

/// Not a test: the program of the test above.
#[tokio::test]
#[ignore = "only for the test that starts it"]
async fn everything_is_logged() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .init();
    let folder = tempfile::tempdir().unwrap();
    let files = Canned::new(
        200,
        "Content-Type: video/mp4\r\n",
        b"\0\0\0\x08ftyp\0\0\0\x08moov\0\0\0\x08mdat",
    )
    .await;
    for vendor in Vendor::ALL.iter().copied() {
        let url = format!("{}/{CANARY}.mp4?sig={CANARY}", files.base_url);
        let done = json!({
            "id": "t", "status": "completed", "url": url, "video_url": url, "last_frame_url": url,
            "content": {"video_url": url},
            "result": {"data": [{"url": url}]}, "unsigned_urls": [url], "output": url, "video": {"url": url},
        });
        let refused = json!({"error": {"message": format!("see {url}"), "code": "x", "type": "y"}});
        for (status, body) in [
            (200, done),
            (401, refused.clone()),
            (429, refused.clone()),
            (500, refused),
        ] {
            let api = Canned::json(status, &body).await;
            let client = Client::builder(vendor)
                .key(format!("sk-{CANARY}"))
                .base_url(&api.base_url)
                .retry(match status {
                    429 => RetryPolicy::default().retries(1),
                    _ => RetryPolicy::never(),
                })
                .build()
                .unwrap();
            let model = match status {
                401 => format!("at https://h.example/{CANARY} for sk-{CANARY}"),
                _ => vendor.default_model().to_owned(),
            };
            let request = VideoRequest::new(model, format!("after {url}"))
                .callback_url(format!("https://hooks.example.com/{CANARY}"));
            // The result does not matter, only the logs.
            let _ = client.submit(&request).await;
            let id = crate::cases::task(vendor, "t");
            if let Ok(task) = client.get(&id).await {
                let path = folder.path().join(format!("{vendor}.mp4"));
                client.download(&task, path).await.unwrap();
                client.download_bytes(&task, 1_000).await.unwrap();
                let mut stream = client.download_stream(&task, DownloadOptions::default());
                while let Some(chunk) = stream.next().await {
                    chunk.unwrap();
                }
                let now = client.poll_policy().first(Duration::ZERO);
                let watcher = Watcher::new(&client, WatcherOptions::default().poll(now));
                watcher.add(&task);
                watcher.next().await.unwrap().1.unwrap();
                // Given up: its span is closed without an outcome.
                watcher.add(&task);
                watcher.remove(&task.id);
                let mut changes = client.watch(&task, WaitOptions::default().poll(now));
                while let Some(change) = changes.next().await {
                    change.unwrap();
                }
            }
            let _ = client.cancel(&id).await;
            let _ = client
                .wait_with(&id, WaitOptions::default().timeout(Duration::ZERO), |_| {})
                .await;
        }
    }
}
