//! Removal of many entries while another process writes.

use std::time::Instant;

use super::*;
use crate::prune::{BATCH, Prune};

/// Entries of the file: several batches.
const COUNT: u32 = 20 * BATCH;

/// A journal of failed tasks.
async fn long(path: &Path) -> SqliteJournal {
    let journal = SqliteJournal::open(path).unwrap();
    let mut first = intent("i-1", "i-1");
    first.at = "2024-11-21T12:00:00Z".parse().unwrap();
    journal.begin(first).await.unwrap();
    let failed = serde_json::from_value(json!({"event": "status", "status": "failed"})).unwrap();
    for event in [accepted("t"), failed] {
        let subject = Subject::Intent("i-1".to_owned());
        journal.record(subject, event).await.unwrap();
    }
    let copied = Connection::open(path).unwrap().execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
        INSERT INTO submissions (intent, key, account, task, open, unfinished, begun, vendor, status, entry)
        SELECT 'i-' || n, 'i-' || n, account, task || n, open, unfinished, begun, vendor, status,
            json_set(entry, '$.intent.id', 'i-' || n, '$.intent.key', 'i-' || n, '$.task', task || n)
        FROM numbers, submissions",
        [COUNT],
    );
    assert_eq!(copied.unwrap(), COUNT as usize - 1);
    journal
}

/// Another process tries again after up to 100 ms: the file is free often enough that it does not wait for the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_write_while_entries_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = long(&path).await;
    let other = SqliteJournal::open(&path).unwrap();
    let start = Instant::now();
    let pruning = tokio::spawn(async move {
        let prune = Prune::before("2025-01-01T00:00:00Z".parse().unwrap());
        (journal.prune(prune).await.unwrap(), start.elapsed())
    });
    let (mut writes, mut longest) = (0, Duration::ZERO);
    while !pruning.is_finished() {
        let id = format!("o-{writes}");
        let mut intent = intent(&id, &id);
        // No task of an account is removed while one of its submissions is open.
        "b".clone_into(&mut intent.account);
        let start = Instant::now();
        other.begin(intent).await.unwrap();
        longest = longest.max(start.elapsed());
        writes += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (pruned, taken) = pruning.await.unwrap();
    assert_eq!(pruned.removed, u64::from(COUNT), "{pruned:?}");
    assert!(longest < taken / 2, "{longest:?} of {taken:?}, {writes} writes");
}

/// A dry run only reads, so it does not wait for a process that writes.
#[tokio::test]
async fn a_dry_run_locks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = long(&path).await;
    let writing = Connection::open(&path).unwrap();
    writing.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut prune = Prune::before("2025-01-01T00:00:00Z".parse().unwrap());
    prune.dry_run = true;
    let pruned = journal.prune(prune).await.unwrap();
    assert_eq!(pruned.removed, u64::from(COUNT), "{pruned:?}");
}
