//! The file, its versions, and invalid records.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;
use videogen::journal::{Entry, Event, Intent, Journal as _, Query, Started, Subject};
use videogen::{TaskId, TaskStatus, Vendor};

use super::{SqliteJournal, schema};

mod prune;
mod read_only;
mod sums;
mod writes;

fn intent(id: &str, key: &str) -> Intent {
    serde_json::from_value(json!({
        "id": id, "key": key, "account": "a", "vendor": Vendor::ALL[0], "family": "f", "model": "m", "prompt": "p",
        "request": {}, "request_hash": "h", "at": "2026-11-21T12:00:00Z", "until": "2026-11-21T12:00:15Z",
    }))
    .unwrap()
}

fn accepted(id: &str) -> Event {
    Event::Accepted {
        task: TaskId::new(Vendor::ALL[0], Vendor::ALL[0].families().next().unwrap(), id).unwrap(),
        status: TaskStatus::Queued,
    }
}

/// Files of every version are migrated. Their entries have no origin, and match every one.
#[tokio::test]
async fn an_older_file_keeps_its_data() {
    for version in [1, 2] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        {
            let connection = Connection::open(&path).unwrap();
            schema::older_version(&connection, version).unwrap();
            for (id, key) in [("i-1", "k-1"), ("i-2", "k-2")] {
                let entry = serde_json::to_string(&Entry::begin(intent(id, key))).unwrap();
                let sql = "INSERT INTO submissions (intent, key, account, open, unfinished, begun, entry)
                    VALUES (?1, ?2, 'a', 1, 0, 0, ?3)";
                connection.execute(sql, [id, key, &entry]).unwrap();
                if version == 2 {
                    let sql = "INSERT INTO events (intent, at, event) VALUES (?1, 0, '{\"event\": \"begun\"}')";
                    connection.execute(sql, [id]).unwrap();
                }
            }
        }
        // Read-only, then migrated.
        let read_only = SqliteJournal::open_read_only(&path).unwrap();
        let journal = SqliteJournal::open(&path).unwrap();
        for journal in [&read_only, &journal] {
            assert_eq!(ids(journal).await, ["i-2", "i-1"]);
        }
        // And works like a new one.
        journal
            .record(Subject::Intent("i-1".to_owned()), accepted("t"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(journal.events("i-1").await.unwrap().len(), version);
        for origin in [None, Some("https://vendor.example"), Some("http://127.0.0.1:9")] {
            let mut intent = intent("i-3", "k-1");
            intent.origin = origin.map(str::to_owned);
            let begun = journal.begin(intent).await.unwrap();
            assert!(
                matches!(begun, Started::Known(known) if known.task.is_some()),
                "{origin:?}"
            );
        }
    }
}

/// A key creates one task on the public internet, and one at each simulator.
#[tokio::test]
async fn keys_and_tasks_are_unique_within_a_scope() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    let at = |id: &str, origin: &str| {
        let mut intent = intent(id, "k");
        intent.origin = Some(origin.to_owned());
        intent
    };
    for (id, origin, scope) in [
        ("i-1", "http://127.0.0.1:8787/0a1b2c3d", "http://localhost:8787"),
        ("i-2", "http://127.0.0.1:8788", "http://localhost:8788"),
        ("i-3", "https://vendor.example/0a1b2c3d", "public"),
        ("i-4", "https://gateway.internal", "https://gateway.internal"),
    ] {
        assert_eq!(at(id, origin).scope().as_deref(), Some(scope));
        let begun = journal.begin(at(id, origin)).await.unwrap();
        assert!(matches!(begun, Started::New { .. }), "{origin}");
        let note = journal
            .record(Subject::Intent(id.to_owned()), accepted("t"))
            .await
            .unwrap();
        assert!(note.is_some());
        let again = journal.begin(at("i-9", origin)).await.unwrap();
        assert!(
            matches!(again, Started::Known(known) if known.intent.id == id),
            "{origin}"
        );
        let Event::Accepted { task, .. } = accepted("t") else {
            panic!()
        };
        let subject = Subject::Task {
            task,
            scope: scope.to_owned(),
        };
        let entry = journal.record(subject, Event::Started).await.unwrap().unwrap();
        assert_eq!(entry.intent.id, id);
    }
    let other = journal.begin(at("i-9", "https://another.example")).await.unwrap();
    assert!(matches!(other, Started::Known(known) if known.intent.id == "i-3"));
}

/// Version 3 had a scope for each name of this machine. A key that was used through a gateway here is not free.
#[tokio::test]
async fn scopes_of_version_3_are_those_of_this_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let written = [
        ("i-1", "k-1", "http://127.0.0.1:8787"),
        ("i-2", "k-2", "https://127.0.0.2"),
        ("i-3", "k-3", "http://[::1]:99"),
        ("i-4", "k-4", "http://[::1]"),
        ("i-5", "k-5", "http://localhost"),
        ("i-6", "k-6", "https://gateway.internal"),
        ("i-7", "k-7", "public"),
        ("i-8", "k-1", "http://localhost:8787"),
    ];
    {
        let connection = Connection::open(&path).unwrap();
        schema::older_version(&connection, 3).unwrap();
        for (id, key, origin) in written {
            let mut intent = intent(id, key);
            intent.origin = Some(
                if origin == "public" {
                    "https://vendor.example"
                } else {
                    origin
                }
                .to_owned(),
            );
            let entry = serde_json::to_string(&Entry::begin(intent)).unwrap();
            let sql = "INSERT INTO submissions (intent, key, account, scope, open, unfinished, begun, entry)
                VALUES (?1, ?2, 'a', ?3, 1, 0, 0, ?4)";
            connection.execute(sql, [id, key, origin, &entry]).unwrap();
        }
    }
    let journal = SqliteJournal::open(&path).unwrap();
    for entry in journal.find(Query::default()).await.unwrap().entries {
        let mut intent = entry.intent.clone();
        intent.id = "i-9".to_owned();
        let again = journal.begin(intent).await.unwrap();
        assert!(
            matches!(&again, Started::Known(known) if known.intent.key == entry.intent.key),
            "{:?}: {again:?}",
            entry.intent.origin
        );
    }
}

/// Damage of every kind to one record: the others are readable, and its key cannot be submitted.
#[tokio::test]
async fn an_unreadable_record_affects_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    for id in ["i-1", "i-2", "i-3"] {
        journal.begin(intent(id, id)).await.unwrap();
        journal
            .record(Subject::Intent(id.to_owned()), accepted(id))
            .await
            .unwrap();
    }
    let damage = Connection::open(&path).unwrap();
    let whole: String = damage
        .query_row("SELECT entry FROM submissions WHERE intent = 'i-2'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let vendor = Vendor::ALL[0].as_str();
    for (entry, word) in [
        (whole.replace("\"accepted\"", "\"paused\""), "unknown variant `paused`"),
        (
            whole.replace(&format!("\"vendor\":\"{vendor}\""), "\"vendor\":\"acme\""),
            "acme",
        ),
        (whole[..whole.len() / 2].to_owned(), "EOF"),
        (String::new(), "EOF"),
        ("null".to_owned(), "null"),
        (whole.replace("\"attempts\":1", "\"attempts\":\"one\""), "invalid type"),
        (whole.replace("\"attempts\":1", "\"attempts\":null"), "null"),
        (whole.replace("i-2", "i-7"), "contradicts"),
        (whole.replace("\"key\":\"i-2\"", "\"key\":\"other\""), "column key"),
        (whole.replace(":i-2\"", ":i-8\""), "column task"),
    ] {
        assert_ne!(entry, whole, "{word}");
        let sql = "UPDATE submissions SET entry = ?1 WHERE intent = 'i-2'";
        damage.execute(sql, [&entry]).unwrap();
        let found = journal.find(Query::default()).await.unwrap();
        assert_eq!(ids(&journal).await, ["i-3", "i-1"], "{word}");
        let [record] = found.unreadable.as_slice() else {
            panic!("{word}: {found:?}")
        };
        assert_eq!(record.id, "i-2");
        assert!(record.reason.contains(word), "{word}: {record}");
        assert!(record.task.as_ref().unwrap().ends_with(":i-2"));
        let refused = journal.begin(intent("i-9", "i-2")).await.unwrap_err().to_string();
        assert!(
            refused.contains("i-2") && refused.contains("cannot be read"),
            "{refused}"
        );
        let refused = journal.record(Subject::Intent("i-2".to_owned()), Event::Started).await;
        assert!(refused.is_err(), "{word}");
        // Unchanged.
        let kept: String = damage
            .query_row("SELECT entry FROM submissions WHERE intent = 'i-2'", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(kept, entry);
    }
    // Invalid for the table, as on a damaged page.
    damage
        .execute_batch("UPDATE submissions SET entry = CAST(x'ff' AS TEXT) WHERE intent = 'i-2'")
        .unwrap();
    let found = journal.find(Query::default()).await.unwrap();
    assert!(found.unreadable[0].reason.contains("not UTF-8"), "{found:?}");
    // A family of another version is valid.
    let family = Vendor::ALL[0].families().next().unwrap();
    damage
        .execute(
            "UPDATE submissions SET entry = ?1, task = ?2 WHERE intent = 'i-2'",
            [
                whole.replace(&format!(":{family}:i-2"), ":videos-v9:i-2"),
                format!("{vendor}:videos-v9:i-2"),
            ],
        )
        .unwrap();
    let found = journal.find(Query::default()).await.unwrap();
    assert_eq!((found.entries.len(), found.unreadable.len()), (3, 0), "{found:?}");
    // An unreadable event does not hide the others.
    damage
        .execute_batch("UPDATE events SET event = '{\"event\": \"odd\"}' WHERE intent = 'i-1' AND id = 1")
        .unwrap();
    assert_eq!(journal.events("i-1").await.unwrap().len(), 1);
}

/// Paths that SQLite can open but that do not outlive the process.
#[test]
fn a_journal_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let refused = vec![
        String::new(),
        ":memory:".to_owned(),
        ":MEMORY:".to_owned(),
        "file::memory:".to_owned(),
        format!("file:{}?mode=memory", path("a.db")),
        format!("FILE:{}?vfs=memdb", path("a.db")),
        path(""),
    ];
    #[cfg(unix)]
    let refused = {
        let pipe = path("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        std::os::unix::fs::symlink(&pipe, path("link")).unwrap();
        [refused, vec!["/dev/null".to_owned(), pipe, path("link")]].concat()
    };
    for name in refused {
        for opened in [SqliteJournal::open(&name), SqliteJournal::open_read_only(&name)] {
            let error = opened.unwrap_err().to_string();
            assert!(
                error.contains(&format!("`{name}`")) && error.contains("name"),
                "{name}: {error}"
            );
        }
    }
    // Every path is taken literally.
    let odd = path("a?mode=memory&x=%20#1.db");
    drop(SqliteJournal::open(&odd).unwrap());
    assert!(Path::new(&odd).exists());
}

/// Each name would have its own write-ahead log.
#[cfg(unix)]
#[tokio::test]
async fn a_hard_linked_file_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let journal = SqliteJournal::open(&path).unwrap();
    journal.begin(intent("i-1", "k")).await.unwrap();
    std::fs::hard_link(&path, &other).unwrap();
    for name in [&path, &other] {
        for opened in [SqliteJournal::open(name), SqliteJournal::open_read_only(name)] {
            let error = opened.unwrap_err().to_string();
            assert!(error.contains("the file has 2 names (hard links)"), "{error}");
        }
    }
    std::fs::remove_file(&other).unwrap();
    // A symbolic link leads to the same log.
    std::os::unix::fs::symlink(&path, &other).unwrap();
    let linked = SqliteJournal::open(&other).unwrap();
    let begun = linked.begin(intent("i-2", "k")).await.unwrap();
    assert!(matches!(begun, Started::Known(entry) if entry.intent.id == "i-1"));
}

/// Who opens the path next would not see the submission.
#[cfg(unix)]
#[tokio::test]
async fn a_removed_or_replaced_file_takes_no_submission() {
    let folder = tempfile::tempdir().unwrap();
    let (path, moved) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let journal = SqliteJournal::open(&path).unwrap();
    journal.begin(intent("i-1", "k-1")).await.unwrap();
    std::fs::rename(&path, &moved).unwrap();
    for replaced in [false, true] {
        if replaced {
            std::fs::write(&path, "").unwrap();
        }
        let error = journal.begin(intent("i-2", "k-2")).await.unwrap_err().to_string();
        assert!(error.contains("the file was removed or replaced"), "{error}");
        assert_eq!(ids(&journal).await, ["i-1"]);
    }
    std::fs::rename(&moved, &path).unwrap();
    journal.begin(intent("i-2", "k-2")).await.unwrap();
    assert_eq!(ids(&journal).await, ["i-2", "i-1"]);
}

async fn ids(journal: &SqliteJournal) -> Vec<String> {
    let entries = journal.find(Query::default()).await.unwrap().entries;
    entries.into_iter().map(|entry| entry.intent.id).collect()
}

#[tokio::test]
async fn files_that_are_not_journals_are_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    drop(SqliteJournal::open(&newer).unwrap());
    Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE songs (name TEXT)")
        .unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "not a database, but longer than a header".repeat(20)).unwrap();
    for (path, word) in [
        (newer, "newer version"),
        (foreign, "another program"),
        (text.clone(), "not a database"),
    ] {
        let error = SqliteJournal::open(&path).unwrap_err().to_string();
        assert!(
            error.contains(word) && error.contains(path.to_str().unwrap()),
            "{error}"
        );
    }
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"));
    let error = SqliteJournal::open(text.join("below/journal.db"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot be opened"), "{error}");
}

#[tokio::test]
async fn one_task_belongs_to_one_submission() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("deep/er/journal.db")).unwrap();
    for id in ["i-1", "i-2"] {
        assert_eq!(
            journal.begin(intent(id, id)).await.unwrap(),
            Started::New {
                id: id.to_owned(),
                attempt: 1
            }
        );
    }
    journal
        .record(Subject::Intent("i-1".to_owned()), accepted("t"))
        .await
        .unwrap()
        .unwrap();
    let error = journal
        .record(Subject::Intent("i-2".to_owned()), accepted("t"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("another submission"), "{error}");
    // Rolled back as a whole.
    let open = journal.find(Query::default()).await.unwrap().entries;
    assert!(open[0].is_open() && open[0].intent.id == "i-2");
    assert_eq!(
        journal
            .record(Subject::Intent("i-9".to_owned()), accepted("u"))
            .await
            .unwrap(),
        None
    );
}

/// The first runs of several processes create one file.
#[test]
fn many_may_open_a_new_file_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let openers: Vec<_> = (0..8)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || SqliteJournal::open(path).map(drop))
            })
            .collect();
        for opener in openers {
            opener.join().unwrap().unwrap();
        }
    }
}

/// With any path and any umask; see also the tests of the command line.
#[cfg(unix)]
#[tokio::test]
async fn the_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink("two.db", at("one.db")).unwrap();
    symlink(at("new/er/three.db"), at("two.db")).unwrap();
    for (name, target) in [
        ("plain.db", "plain.db"),
        ("deep/er/journal.db", "deep/er/journal.db"),
        ("one.db", "new/er/three.db"),
    ] {
        let journal = SqliteJournal::open(at(name)).unwrap();
        journal.begin(intent("i-1", "k")).await.unwrap();
        for end in ["", "-wal", "-shm"] {
            let path = at(&format!("{target}{end}"));
            assert_eq!(
                path.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{}",
                path.display()
            );
        }
    }
    for name in ["deep", "deep/er", "new", "new/er"] {
        assert_eq!(
            at(name).metadata().unwrap().permissions().mode() & 0o777,
            0o700,
            "{name}"
        );
    }
    symlink("loop.db", at("loop.db")).unwrap();
    assert!(SqliteJournal::open(at("loop.db")).is_err());
}

/// A check that is stopped holds up no other call.
#[tokio::test]
async fn a_check_ends_at_its_time_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    let mut connection = Connection::open(&path).unwrap();
    let transaction = connection.transaction().unwrap();
    for number in 0..1000 {
        let key = format!("k-{number}");
        let entry = serde_json::to_string(&Entry::begin(intent(&key, &key))).unwrap();
        let sql = "INSERT INTO submissions (intent, key, account, open, unfinished, begun, entry)
            VALUES (?1, ?1, 'a', 1, 0, 0, ?2)";
        transaction.execute(sql, [&key, &entry]).unwrap();
    }
    transaction.commit().unwrap();
    assert_eq!(journal.health_within(Duration::ZERO).await.unwrap(), None);
    let health = journal.health_within(Duration::from_secs(600)).await.unwrap().unwrap();
    assert_eq!((health.submissions, health.is_good()), (1000, true), "{health:?}");
    // The limit is that of one check.
    assert_eq!(journal.health().await.unwrap(), health);
}
