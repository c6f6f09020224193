//! A process that is killed between an upload and its submission.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use videogen::Vendor;

use super::server::{Mood, Server};
use super::together::waiting;
use super::{file, journal, request, uploaders, uploading};

const VARIABLE: &str = "VIDEOGEN_UPLOAD_CHILD";

#[derive(Serialize, Deserialize)]
struct Work {
    vendor: Vendor,
    model: String,
    role: videogen::Role,
    path: std::path::PathBuf,
    folder: std::path::PathBuf,
    base_url: String,
}

/// Not a test: the program of the children.
#[tokio::test]
#[ignore = "only for the tests that start it"]
async fn child() {
    let Ok(work) = std::env::var(VARIABLE) else { return };
    let work: Work = serde_json::from_str(&work).unwrap();
    let client = videogen::Client::builder(work.vendor)
        .key("sk-canary".to_owned())
        .base_url(&work.base_url)
        .journal(journal(&work.folder))
        .time_scale(1000.0)
        .build()
        .unwrap();
    let request = request(work.vendor, &work.model, work.role, &work.path);
    let _ = client.submit_with_key("order-1", &request).await;
}

/// Starts a child.
fn start(work: &Work) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "uploads::killed::child",
            "--ignored",
            "--nocapture",
            "--quiet",
        ])
        .env(VARIABLE, serde_json::to_string(work).unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Killed while the asset is processed or, without assets, while the submission is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_after_the_upload_loses_nothing_and_pays_nothing_twice() {
    for vendor in uploaders() {
        let folder = tempfile::tempdir().unwrap();
        let (model, role) = uploading(vendor);
        let way = &vendor.facts().uploads[0];
        let hangs = way.poll.is_none();
        let server = Server::new(Mood {
            polls: 1_000_000,
            hangs,
            ..Mood::default()
        })
        .await;
        let path = file(folder.path(), role, 1);
        let work = Work {
            vendor,
            model: model.to_owned(),
            role,
            path: path.clone(),
            folder: folder.path().to_owned(),
            base_url: server.base_url.clone(),
        };
        let mut child = start(&work);
        if hangs {
            server.submitted.notified().await;
        } else {
            // The first poll of the asset comes after its upload was recorded.
            while !server
                .seen()
                .iter()
                .any(|seen| seen.method == "GET" && seen.path.contains("/assets/"))
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(server.uploads().len(), 1, "{vendor}");
        let sent = server.submissions().len();
        assert_eq!(sent, usize::from(hangs), "{vendor}");

        server.set(Mood::default());
        let journal = journal(folder.path());
        let client = server.client(vendor, Some(&journal));
        let result = client
            .submit_with_key("order-1", request(vendor, model, role, &path))
            .await;
        if hangs {
            // The submission may have been accepted, so nothing is sent again, neither the file.
            assert_eq!(
                result.unwrap_err().delivery(),
                Some(videogen::Delivery::Ambiguous),
                "{vendor}"
            );
        } else {
            result.unwrap();
        }
        assert_eq!((server.submissions().len(), server.uploads().len()), (1, 1), "{vendor}");
    }
}

/// Killed during the upload: one of those that wait takes it over when the lease has ended, and the others use its result.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_upload_is_taken_over_once() {
    for vendor in uploaders().filter(|vendor| vendor.facts().uploads[0].reusable) {
        let folder = tempfile::tempdir().unwrap();
        let (model, role) = uploading(vendor);
        let server = Server::new(Mood {
            stalls: true,
            ..Mood::default()
        })
        .await;
        let path = file(folder.path(), role, 2);
        let mut child = start(&Work {
            vendor,
            model: model.to_owned(),
            role,
            path: path.clone(),
            folder: folder.path().to_owned(),
            base_url: server.base_url.clone(),
        });
        server.uploading.notified().await;
        let groups = server.groups();
        let mut others = Vec::new();
        for _ in 0..3 {
            let (client, waits) = waiting(&server, vendor, folder.path());
            let request = request(vendor, model, role, &path);
            others.push(tokio::spawn(async move { client.submit(&request).await }));
            waits.notified().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        server.set(Mood::default());
        assert!(others.iter().all(|other| !other.is_finished()), "{vendor}");
        assert_eq!(server.uploads().len(), 1, "{vendor}");
        // Its lease ends.
        let database = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        let sql = "UPDATE upload_leases SET lease = json_set(lease, '$.until', '2026-01-01T00:00:00Z')";
        assert_eq!(database.execute(sql, []), Ok(1), "{vendor}");
        for other in others {
            other.await.unwrap().unwrap_or_else(|error| panic!("{vendor}: {error}"));
        }
        assert_eq!(
            (server.uploads().len(), server.submissions().len(), server.groups()),
            (2, 3, groups),
            "{vendor}"
        );
    }
}
