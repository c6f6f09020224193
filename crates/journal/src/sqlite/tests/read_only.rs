//! Journals that are read and not changed.

use rusqlite::Connection;
use videogen::journal::{Entry, Journal as _, Subject};

use super::{SqliteJournal, schema};
use super::{accepted, ids, intent};

#[tokio::test]
async fn writes_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    journal.begin(intent("i-1", "k")).await.unwrap();
    let read_only = SqliteJournal::open_read_only(&path).unwrap();
    assert!(read_only.is_read_only() && !journal.is_read_only());
    assert_eq!(ids(&read_only).await, ["i-1"]);
    for error in [
        read_only.begin(intent("i-2", "k-2")).await.unwrap_err(),
        read_only
            .record(Subject::Intent("i-1".to_owned()), accepted("t"))
            .await
            .unwrap_err(),
    ] {
        assert!(error.to_string().contains("read-only"), "{error}");
    }
    // It is no copy.
    journal.begin(intent("i-2", "k-2")).await.unwrap();
    assert_eq!(ids(&read_only).await, ["i-2", "i-1"]);
}

/// No lock file can be created next to the journal: it is read without locks, until a process writes.
#[cfg(unix)]
#[tokio::test]
async fn a_folder_need_not_be_writable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b?%23.db");
    let journal = SqliteJournal::open(&path).unwrap();
    journal.begin(intent("i-1", "k")).await.unwrap();
    drop(journal);
    // SQLite follows no link to its lock file; permissions would not stop a test that runs as root.
    let lock = folder.path().join("a b?%23.db-shm");
    std::os::unix::fs::symlink("elsewhere", &lock).unwrap();
    let read_only = SqliteJournal::open_read_only(&path).unwrap();
    assert_eq!(ids(&read_only).await, ["i-1"]);
    std::fs::remove_file(&lock).unwrap();
    let journal = SqliteJournal::open(&path).unwrap();
    journal.begin(intent("i-2", "k-2")).await.unwrap();
    assert_eq!(ids(&read_only).await, ["i-2", "i-1"]);
}

/// Above the size that is copied to memory, too.
#[tokio::test]
async fn a_file_of_an_older_version_is_not_changed() {
    for filled in [0, 20 << 20] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        let connection = Connection::open(&path).unwrap();
        schema::older_version(&connection, 2).unwrap();
        let entry = serde_json::to_string(&Entry::begin(intent("i-1", "k-1"))).unwrap();
        let sql = "INSERT INTO submissions (intent, key, account, open, unfinished, begun, entry)
            VALUES ('i-1', 'k-1', 'a', 1, 0, 0, ?1)";
        connection.execute(sql, [entry]).unwrap();
        let sql = "INSERT INTO events (intent, at, event) VALUES ('i-1', 0, hex(zeroblob(?1)))";
        connection.execute(sql, [filled / 2]).unwrap();
        drop(connection);
        let before = std::fs::read(&path).unwrap();
        let read_only = SqliteJournal::open_read_only(&path).unwrap();
        assert_eq!(ids(&read_only).await, ["i-1"]);
        assert!(std::fs::read(&path).unwrap() == before);
    }
}
