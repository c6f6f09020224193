//! The same file uploaded by several clients at the same time: one upload, whose result all use.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use videogen::facts::Operation;
use videogen::journal::{
    BoxFuture, Entry, Event, Found, Intent, Journal, JournalError, Query, Started, Subject, UploadKey, UploadLease,
    UploadRecord,
};
use videogen::upload::{UploadEvent, UploadOptions, Uploaded};
use videogen::{Client, Error, ErrorKind, Role, Vendor};
use videogen_journal::SqliteJournal;

use super::server::{Mood, Server};
use super::{file, journal, uploaders};

/// As an asset, where the vendor has them.
async fn upload(client: Client, path: PathBuf) -> Result<Uploaded, Error> {
    match client.vendor().supports(Operation::Asset) {
        true => client.assets().upload(path, UploadOptions::default()).await,
        false => client.upload(path, UploadOptions::default()).await,
    }
}

/// Groups of assets that uploads need.
fn groups(vendor: Vendor) -> usize {
    usize::from(vendor.supports(Operation::Asset))
}

/// What all of them return.
async fn results(uploads: impl Iterator<Item = JoinHandle<Result<Uploaded, Error>>>) -> Vec<Uploaded> {
    let mut results = Vec::new();
    for upload in uploads.collect::<Vec<_>>() {
        results.push(upload.await.unwrap().unwrap());
    }
    results
}

/// A client as another process has it, with its own connection to the journal.
fn process(server: &Server, vendor: Vendor, folder: &Path) -> Client {
    server.client(vendor, Some(&journal(folder)))
}

/// A client that reports when it waits for another.
pub(super) fn waiting(server: &Server, vendor: Vendor, folder: &Path) -> (Client, Arc<Notify>) {
    let waits = Arc::new(Notify::new());
    let reports = Arc::clone(&waits);
    let builder = server.builder(vendor).journal(journal(folder)).on_upload(move |event| {
        if matches!(event, UploadEvent::Waiting { .. }) {
            reports.notify_one();
        }
    });
    (builder.build().unwrap(), waits)
}

fn leases(folder: &Path) -> i64 {
    let database = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
    database
        .query_row("SELECT count(*) FROM upload_leases", [], |row| row.get(0))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_file_is_uploaded_once_into_one_group() {
    for vendor in uploaders() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(Mood {
            polls: 2,
            ..Mood::default()
        })
        .await;
        let path = file(folder.path(), Role::FirstFrame, 1);
        let uploads = (0..6).map(|_| tokio::spawn(upload(process(&server, vendor, folder.path()), path.clone())));
        let all = results(uploads).await;
        assert_eq!(
            (server.uploads().len(), server.groups()),
            (1, groups(vendor)),
            "{vendor}"
        );
        assert!(all.iter().all(|uploaded| uploaded.source == all[0].source), "{vendor}");
        let reused = all.iter().filter(|uploaded| uploaded.reused).count();
        assert_eq!(reused, all.len() - 1, "{vendor}");
        assert_eq!(leases(folder.path()), 0, "{vendor}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn different_files_are_uploaded_into_one_group() {
    for vendor in uploaders() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(Mood::default()).await;
        let uploads = (0..4).map(|salt| {
            let path = file(folder.path(), Role::FirstFrame, salt);
            tokio::spawn(upload(process(&server, vendor, folder.path()), path))
        });
        results(uploads).await;
        assert_eq!(
            (server.uploads().len(), server.groups()),
            (4, groups(vendor)),
            "{vendor}"
        );
    }
}

/// One that vanished at the vendor is uploaded again, by one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_vanished_upload_is_made_again_once() {
    for vendor in uploaders() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(Mood::default()).await;
        let path = file(folder.path(), Role::FirstFrame, 2);
        let first = upload(process(&server, vendor, folder.path()), path.clone()).await;
        let first = first.unwrap();
        server.forget();
        let uploads = (0..4).map(|_| tokio::spawn(upload(process(&server, vendor, folder.path()), path.clone())));
        for uploaded in results(uploads).await {
            assert_ne!(uploaded.source, first.source, "{vendor}");
        }
        assert_eq!(
            (server.uploads().len(), server.groups()),
            (2, groups(vendor)),
            "{vendor}"
        );
    }
}

/// The others do not wait until its lease would end.
#[tokio::test]
async fn after_a_failed_or_dropped_upload_the_next_begins_at_once() {
    for vendor in uploaders() {
        for drops in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let mood = Mood {
                refuses: !drops,
                stalls: drops,
                ..Mood::default()
            };
            let server = Server::new(mood).await;
            let path = file(folder.path(), Role::FirstFrame, 3);
            let first = process(&server, vendor, folder.path());
            if drops {
                tokio::select! {
                    _ = upload(first, path.clone()) => panic!("{vendor}: it was answered"),
                    () = server.uploading.notified() => {}
                }
                // Released in the background.
                while leases(folder.path()) > 0 {
                    tokio::task::yield_now().await;
                }
            } else {
                let error = upload(first, path.clone()).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{vendor}: {error}");
            }
            assert_eq!(leases(folder.path()), 0, "{vendor}");
            server.set(Mood::default());
            let (second, waits) = waiting(&server, vendor, folder.path());
            assert!(!upload(second, path).await.unwrap().reused, "{vendor}");
            tokio::select! {
                biased;
                () = waits.notified() => panic!("{vendor}: it waited"),
                () = std::future::ready(()) => {}
            }
        }
    }
}

/// A journal that cannot store leases.
#[derive(Debug)]
struct Faulty {
    journal: Arc<SqliteJournal>,
    /// Whether leases cannot be taken, or cannot be released.
    takes: AtomicBool,
    failures: AtomicBool,
}

impl Faulty {
    fn failure(&self) -> JournalError {
        self.failures.store(true, SeqCst);
        JournalError::new("the disk is full")
    }
}

impl Journal for Faulty {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        self.journal.begin(intent)
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        self.journal.record(subject, event)
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        self.journal.find(query)
    }

    fn find_upload(&self, key: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
        self.journal.find_upload(key)
    }

    fn record_upload(&self, upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        self.journal.record_upload(upload)
    }

    fn lease_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
        match self.takes.load(SeqCst) {
            true => self.journal.lease_upload(lease),
            false => Box::pin(std::future::ready(Err(self.failure()))),
        }
    }

    fn release_upload(&self, _: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(std::future::ready(Err(self.failure())))
    }
}

/// The upload is made, and recorded: those that come later use it, and wait for no lease.
#[tokio::test]
async fn a_lease_that_cannot_be_stored_or_released_stops_no_upload() {
    for vendor in uploaders() {
        for takes in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let server = Server::new(Mood::default()).await;
            let path = file(folder.path(), Role::FirstFrame, 4);
            let faulty = Arc::new(Faulty {
                journal: journal(folder.path()),
                takes: AtomicBool::new(takes),
                failures: AtomicBool::new(false),
            });
            let first = server.builder(vendor).journal(faulty.clone()).build().unwrap();
            let first = upload(first, path.clone()).await;
            let first = first.unwrap_or_else(|error| panic!("{vendor}: {error}"));
            assert!(faulty.failures.load(SeqCst), "{vendor}: no call failed");
            let second = upload(process(&server, vendor, folder.path()), path).await.unwrap();
            assert_eq!((second.source, second.reused), (first.source, true), "{vendor}");
            assert_eq!(
                (server.uploads().len(), server.groups()),
                (1, groups(vendor)),
                "{vendor}"
            );
        }
    }
}
