//! A conflict (HTTP 409) that names an existing task returns that task, so that nothing is paid twice.

use std::sync::Arc;

use serde_json::json;
use videogen::facts::Capabilities;
use videogen::journal::{Journal as _, Query, State};
use videogen::{Client, Delivery, ErrorKind, RetryPolicy, TaskStatus, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;

use crate::canned::Canned;
use crate::cases::whole_id;

const CONFLICTS: [&str; 4] = [
    r#"{"error":{"message":"already accepted","task_id":"t-9"}}"#,
    r#"{"id":"t-9","error":{"message":"already accepted"}}"#,
    r#"{"message":"already accepted","data":{"task_id":"t-9"}}"#,
    r#"{"detail":"already accepted","taskId":"t-9"}"#,
];

fn request(vendor: Vendor) -> VideoRequest {
    VideoRequest::new(vendor.default_model(), "a paper boat")
}

fn posts(canned: &Canned) -> usize {
    canned
        .seen()
        .iter()
        .filter(|request| request.starts_with("POST"))
        .count()
}

#[tokio::test]
async fn the_existing_task_is_returned() {
    for vendor in Vendor::ALL.iter().copied() {
        for conflict in CONFLICTS {
            let task = json!({"id": "t-9", "status": "in_progress", "model": vendor.default_model()}).to_string();
            let canned = Canned::submitted_and_read((409, conflict), (200, &task)).await;
            let task = canned.client(vendor).submit(&request(vendor)).await.unwrap();
            assert_eq!(
                (task.id.id(), task.already_submitted),
                (&*whole_id(vendor, vendor.default_model(), "t-9"), true),
                "{vendor} {conflict}"
            );
            assert_eq!(task.status, TaskStatus::InProgress);
            assert_eq!(posts(&canned), 1);
        }
        // Its status cannot be polled now, so a later wait polls it.
        let canned = Canned::submitted_and_read((409, CONFLICTS[0]), (503, "")).await;
        let task = canned.client(vendor).submit(&request(vendor)).await.unwrap();
        let id = whole_id(vendor, vendor.default_model(), "t-9");
        assert_eq!((task.id.id(), task.already_submitted), (&*id, true), "{vendor}");
        assert!(!task.status.is_ended());
    }
}

/// A different task may be named too, such as one that is still running.
#[tokio::test]
async fn a_task_of_another_submission_is_not_returned() {
    for vendor in Vendor::ALL.iter().copied() {
        let other_model = Capabilities::all(vendor).last().unwrap().model.id;
        let own = vendor.default_model();
        for (conflict, status, task) in [
            (CONFLICTS[0], 404, r#"{"error":{"message":"no"}}"#.to_owned()),
            (
                CONFLICTS[0],
                200,
                json!({"id": "t-9", "status": "queued", "model": other_model}).to_string(),
            ),
            (
                CONFLICTS[0],
                200,
                json!({"id": "t-9", "status": "queued", "model": own, "prompt": "a kite"}).to_string(),
            ),
            // Two of them.
            (
                r#"{"message":"busy","task_id":"t-9","video_id":"t-8"}"#,
                200,
                json!({"id": "t-9", "status": "queued"}).to_string(),
            ),
            (
                r#"{"message":"busy"}"#,
                200,
                json!({"id": "t-9", "status": "queued"}).to_string(),
            ),
        ] {
            // The tasks of these show neither model nor prompt, so they contradict nothing.
            let shows_neither = matches!(vendor, Vendor::OpenRouter | Vendor::Fal);
            if shows_neither && status == 200 && conflict == CONFLICTS[0] {
                continue;
            }
            let canned = Canned::submitted_and_read((409, conflict), (status, &task)).await;
            let error = canned.client(vendor).submit(&request(vendor)).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::AmbiguousSubmit, Some(Delivery::Ambiguous)),
                "{vendor} {conflict} {task}"
            );
            assert_eq!(posts(&canned), 1);
        }
    }
}

/// The journal has the task once, for either submission, and no entry stays open.
#[tokio::test]
async fn the_journal_has_it_once() {
    for vendor in Vendor::ALL.iter().copied() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
        let task = json!({"id": "t-9", "status": "queued"}).to_string();
        let canned = Canned::submitted_and_read((409, CONFLICTS[0]), (200, &task)).await;
        let client = Client::builder(vendor)
            .key("sk-test".to_owned())
            .base_url(&canned.base_url)
            .retry(RetryPolicy::never())
            .journal(journal.clone())
            .build()
            .unwrap();
        for submission in 0..2 {
            let task = client.submit(&request(vendor)).await.unwrap();
            assert_eq!(
                (task.id.id(), task.journal_error),
                (&*whole_id(vendor, vendor.default_model(), "t-9"), None),
                "{vendor} {submission}"
            );
        }
        let mut entries = journal.find(Query::default()).await.unwrap().entries;
        entries.sort_by_key(|entry| entry.intent.at);
        let states: Vec<_> = entries
            .iter()
            .map(|entry| (entry.state, entry.task.is_some()))
            .collect();
        assert_eq!(states, [(State::Accepted, true), (State::Rejected, false)], "{vendor}");
        assert_eq!(entries[1].reason.as_ref().unwrap().kind, ErrorKind::Conflict);
    }
}
