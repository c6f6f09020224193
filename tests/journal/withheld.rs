//! A completed task whose video moderation withheld: every call reports the vendor's reason, and nothing awaits the file.

use std::time::Duration;

use serde_json::json;
use videogen::journal::Destination;
use videogen::poll::PollPolicy;
use videogen::wait::{WaitOptions, Watcher, WatcherOptions};
use videogen::{ErrorKind, TaskStatus, Vendor, VideoRequest};

use super::{journal, with_base_url};
use crate::canned::Canned;

#[tokio::test]
async fn a_withheld_video_is_moderated() {
    let now = PollPolicy::within(Duration::ZERO, Duration::ZERO);
    // A completed request of fal that has an error has failed.
    for vendor in Vendor::ALL.iter().copied().filter(|vendor| *vendor != Vendor::Fal) {
        let submitted = json!({"id": "t-1", "status": "queued"}).to_string();
        let code = "content_policy_violation";
        let error = json!({"code": code, "message": "The video was withheld."});
        let read = json!({"id": "t-1", "status": "completed", "error": error}).to_string();
        let canned = Canned::submitted_and_read((200, &submitted), (200, &read)).await;
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = with_base_url(vendor, &canned.base_url, &journal);
        let path = folder.path().join("never.mp4");
        let request = VideoRequest::new(vendor.default_model(), "a kite");

        let generating = client.generate(&request, &path).wait(WaitOptions::default().poll(now));
        let generated = generating.await.unwrap_err();
        let id = generated.task().unwrap().clone();
        client.record_target(&id, Destination::file(&path)).await.unwrap();
        let unfinished = async || client.recover(Duration::ZERO).await.unwrap().unfinished.len();
        assert_eq!(unfinished().await, 1, "{vendor}");
        let task = client.get(&id).await.unwrap();
        assert_eq!(task.status, TaskStatus::Completed);
        let watcher = Watcher::new(&client, WatcherOptions::default().poll(now).lists(false));
        watcher.add(&id);
        let errors = [
            generated,
            client
                .wait_with(&id, WaitOptions::default().poll(now), |_| {})
                .await
                .unwrap_err(),
            watcher.next().await.unwrap().1.unwrap_err(),
            client.download(&task, &path).await.unwrap_err(),
            client.download(&id, &path).await.unwrap_err(),
            client.download_bytes(&task, 1_000).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(
                (error.kind(), error.task()),
                (ErrorKind::Moderated, Some(&id)),
                "{vendor}: {error}"
            );
            assert_eq!(error.code(), Some(code), "{vendor}: {error}");
            assert!(error.message().ends_with("The video was withheld."), "{error}");
            assert!(!error.is_retryable(), "{error}");
        }
        assert_eq!(unfinished().await, 0, "{vendor}: the video will not come later");
    }
}
