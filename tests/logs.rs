//! Plants a canary in every secret, and captures everything that any library logs: the canary is not in it.
//!
//! Logging is process-wide, so this runs in a separate process.

use std::process::Command;

use serde_json::json;
use videogen::{Client, RetryPolicy, TaskId, Vendor, VideoRequest};

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
            "result": {"data": [{"url": url}]},
        });
        let refused = json!({"error": {"message": format!("see {url}"), "code": "x", "type": "y"}});
        for (status, body) in [(200, done), (401, refused.clone()), (500, refused)] {
            let api = Canned::json(status, &body).await;
            let client = Client::builder(vendor)
                .key(format!("sk-{CANARY}"))
                .base_url(&api.base_url)
                .retry(RetryPolicy::never())
                .build()
                .unwrap();
            let request = VideoRequest::new(vendor.default_model(), format!("after {url}"))
                .callback_url(format!("https://hooks.example.com/{CANARY}"));
            // The result does not matter, only the logs.
            let _ = client.submit(&request).await;
            let id = TaskId::new(vendor, vendor.families().next().unwrap(), "t").unwrap();
            if let Ok(task) = client.get(&id).await {
                let path = folder.path().join(format!("{vendor}.mp4"));
                client.download(&task, path).await.unwrap();
            }
            let _ = client.cancel(&id).await;
            let _ = client
                .wait_with(
                    &id,
                    videogen::wait::WaitOptions::default().timeout(std::time::Duration::ZERO),
                    |_| {},
                )
                .await;
        }
    }
}
