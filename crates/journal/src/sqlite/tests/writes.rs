//! Writes of another version, writes without a caller, and reads among many writes.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::super::SqliteJournal;
use super::*;

/// Adds a write whose caller is gone at once.
async fn abandon<T>(write: impl Future<Output = T>) {
    tokio::select! { biased; _ = write => panic!("it waits"), () = ready(()) => {} }
}

/// A task that the vendor accepted is still recorded; a submission that its caller cannot send leaves the key free.
#[test]
fn what_waits_when_the_runtime_ends_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.max_blocking_threads(1).build().unwrap()
    };
    let (ending, other) = (runtime(), runtime());
    other.block_on(journal.begin(intent("i-1", "k-1"))).unwrap();
    // No write begins before the runtime ends.
    let (release, held) = channel::<()>();
    ending.spawn_blocking(move || held.recv());
    ending.block_on(async {
        abandon(journal.begin(intent("i-2", "k-2"))).await;
        abandon(journal.record(Subject::Intent("i-1".to_owned()), accepted("t"))).await;
    });
    ending.shutdown_background();
    drop(release);
    // Behind the others, whichever runtime commits them.
    let third = other.block_on(journal.begin(intent("i-3", "k-3"))).unwrap();
    assert!(matches!(third, Started::New { .. }));
    let entries = other.block_on(journal.find(Query::default())).unwrap().entries;
    let ids: Vec<_> = entries.iter().map(|entry| entry.intent.id.as_str()).collect();
    assert_eq!(ids, ["i-3", "i-1"]);
    assert!(entries[1].task.is_some());
    let again = other.block_on(journal.begin(intent("i-2", "k-2"))).unwrap();
    assert!(matches!(again, Started::New { attempt: 1, .. }));
}

/// An event also stores the columns that another version left out or wrote otherwise.
#[tokio::test]
async fn an_event_completes_a_record_of_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    let mut first = intent("i-1", "i-1");
    first.client_reference = Some("r".to_owned());
    journal.begin(first).await.unwrap();
    let other = Connection::open(&path).unwrap();
    let columns = || -> (Option<String>, Option<String>, Option<String>, i64) {
        let sql = "SELECT request_hash, client_reference, model, begun FROM submissions";
        let row = other.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        row.unwrap()
    };
    let complete = columns();
    assert!(complete.0.is_some() && complete.1.is_some() && complete.2.is_some());
    let events = [
        accepted("t"),
        Event::Target {
            target: serde_json::from_value(json!({"video": "a.mp4", "folder": ""})).unwrap(),
        },
        serde_json::from_value(json!({"event": "status", "status": "running"})).unwrap(),
    ];
    for (column, event) in ["request_hash", "client_reference", "model"].into_iter().zip(events) {
        let sql = format!("UPDATE submissions SET {column} = NULL, begun = 1");
        assert_eq!(other.execute(&sql, []), Ok(1));
        let subject = Subject::Intent("i-1".to_owned());
        journal.record(subject, event).await.unwrap().unwrap();
        assert_eq!(columns(), complete, "{column}");
    }
    // So that a repeated request is found.
    let mut repeated = intent("i-2", "i-2");
    repeated.refuse_repeated_within = Some(Duration::from_secs(60));
    let found = journal.begin(repeated).await.unwrap();
    assert!(matches!(found, Started::Repeated(_)), "{found:?}");
}

/// Those who write without a pause do not keep a read of the same process waiting for long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_take_turns_with_writes() {
    const READS: usize = 20;
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..64 {
        let (journal, written) = (journal.clone(), Arc::clone(&written));
        writers.spawn(async move {
            for number in 0.. {
                let id = format!("{writer}-{number}");
                journal.begin(intent(&id, &id)).await.unwrap();
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    for _ in 0..READS {
        journal.find(Query::default().limit(1)).await.unwrap();
    }
    let written = written.load(Ordering::Relaxed);
    writers.shutdown().await;
    assert!(written < READS * 250, "{written} writes during {READS} reads");
}
