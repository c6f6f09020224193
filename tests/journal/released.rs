//! Journals and task ids of every earlier version: what users hold outlives the specs.
//!
//! `released/*.sql` are journals that the command of that time wrote against a server at [`HOST`] with the key [`KEY`]:
//! SQLite's dump and the file's `user_version`. Only the folder of the output files was replaced. `released/ids.txt` has an id
//! of each endpoint family of each vendor. Neither is ever changed: a new schema gets a file, a new family a line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use rusqlite::Connection;
use serde_json::{Value, json};
use videogen::facts::Capabilities;
use videogen::journal::{Entry, GroupBy, Journal as _, Ledger, Query, State, UploadRecord};
use videogen::lost::Evidence;
use videogen::submit::SubmitOptions;
use videogen::{Client, Delivery, ErrorKind, RetryPolicy, TaskId, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::Simulator;

use crate::cases::simulated;
use crate::specs::root;

const HOST: &str = "127.0.0.1:8787";
const KEY: &str = "sk-released";

fn folder() -> std::path::PathBuf {
    root().join("tests/journal/released")
}

/// The dumps by file name.
fn dumps() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let dumps = files.filter(|path| path.extension().is_some_and(|ending| ending == "sql"));
    dumps
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// One record, as the columns have it.
struct Row {
    intent: String,
    key: String,
    task: Option<TaskId>,
    open: bool,
    unfinished: bool,
    entry: Value,
    events: usize,
}

/// Writes the file of a dump. Returns its schema and records.
fn write(dump: &str, path: &Path) -> (i64, Vec<Row>) {
    let database = Connection::open(path).unwrap();
    // A dump has the tables in the order of their names.
    database.pragma_update(None, "foreign_keys", false).unwrap();
    database.execute_batch(dump).unwrap();
    let number = |sql: &str, intent: &str| database.query_row(sql, [intent], |row| row.get::<_, i64>(0));
    let version = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let sql = "SELECT intent, key, task, open, unfinished, entry FROM submissions ORDER BY begun";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        let intent: String = row.get(0)?;
        let events = number("SELECT count(*) FROM events WHERE intent = ?1", &intent).unwrap_or_default();
        Ok(Row {
            key: row.get(1)?,
            task: row.get::<_, Option<String>>(2)?.map(|task| task.parse().unwrap()),
            open: row.get(3)?,
            unfinished: row.get(4)?,
            entry: serde_json::from_str(&row.get::<_, String>(5)?).unwrap(),
            events: usize::try_from(events).unwrap(),
            intent,
        })
    });
    (version, rows.unwrap().map(Result::unwrap).collect())
}

/// A journal whose tasks are known to a simulator.
struct Restored {
    journal: Arc<SqliteJournal>,
    rows: Vec<Row>,
    _folder: tempfile::TempDir,
}

/// The client of a vendor, with the key that the journals were written with.
fn client(vendor: Vendor, simulator: &Simulator, journal: Option<&Arc<SqliteJournal>>) -> Client {
    let mut builder = Client::builder(vendor)
        .key(KEY.to_owned())
        .base_url(simulator.base_url(simulated(vendor)))
        .retry(RetryPolicy::never());
    if let Some(journal) = journal {
        builder = builder.journal(journal.clone());
    }
    builder.build().unwrap()
}

fn vendor(entry: &Value) -> Vendor {
    entry["intent"]["vendor"].as_str().unwrap().parse().unwrap()
}

/// Restores a dump at the simulator's address. The vendor's ids become those of tasks that the simulator has.
async fn restore(dump: &str, simulator: &Simulator) -> Restored {
    let folder = tempfile::tempdir().unwrap();
    let (_, rows) = write(dump, &folder.path().join("as-written.db"));
    let port = simulator.address().port();
    let mut text = dump.replace(HOST, &format!("127.0.0.1:{port}"));
    // As scopes have it.
    text = text.replace("localhost:8787", &format!("localhost:{port}"));
    for row in rows {
        // The vendor has the task of this lost submission.
        let is_kept = row.key == "kept-toapis";
        if row.task.is_none() && !is_kept {
            continue;
        }
        let mut request: VideoRequest = serde_json::from_value(row.entry["intent"]["request"].clone()).unwrap();
        request.inputs.clear();
        request.callback_url = None;
        request.client_reference = row.entry["intent"]["client_reference"].as_str().map(str::to_owned);
        let client = client(vendor(&row.entry), simulator, None);
        let task = client.submit(&request).await.unwrap();
        if let Some(before) = row.task {
            text = text.replace(before.id(), task.id.id());
        }
    }
    let path = folder.path().join("journal.db");
    let (_, rows) = write(&text, &path);
    Restored {
        journal: Arc::new(SqliteJournal::open(&path).unwrap()),
        rows,
        _folder: folder,
    }
}

async fn only(journal: &SqliteJournal, query: Query) -> Entry {
    let found = journal.find(query).await.unwrap();
    assert_eq!((found.entries.len(), found.unreadable.len()), (1, 0), "{found:?}");
    found.entries.into_iter().next().unwrap()
}

#[tokio::test]
async fn every_journal_is_read_as_it_was_written() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let mut versions = BTreeSet::new();
    for (name, dump) in dumps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let (version, rows) = write(&dump, &path);
        versions.insert(version);
        assert!(rows.len() >= 20, "{name}");
        // As a copy, then migrated.
        let read_only = SqliteJournal::open_read_only(&path).unwrap();
        for journal in [read_only, SqliteJournal::open(&path).unwrap()] {
            let all = journal.find(Query::default()).await.unwrap();
            assert_eq!((all.entries.len(), all.unreadable), (rows.len(), vec![]), "{name}");
            for by in [None, Some(GroupBy::Day), Some(GroupBy::Model)] {
                let spent = journal.spend(None, by).await.unwrap();
                assert_eq!(spent.ledger, Ledger::of(&all.entries, by), "{name} {by:?}");
            }
            for row in &rows {
                let place = format!("{name} {}", row.key);
                let entry = only(&journal, Query::default().key(&row.key)).await;
                assert_eq!(entry.intent.id, row.intent, "{place}");
                assert_eq!(entry.state.as_str(), row.entry["state"], "{place}");
                assert_eq!(
                    (entry.is_open(), entry.is_unfinished()),
                    (row.open, row.unfinished),
                    "{place}"
                );
                assert_eq!(entry.task, row.task, "{place}");
                assert_eq!(json!(entry.status), row.entry["status"], "{place}");
                let account = client(entry.intent.vendor, &simulator, None).account();
                assert_eq!(entry.intent.account, account, "{place}");
                if let Some(task) = &row.task {
                    let same = only(&journal, Query::default().task(task.clone()).account(account)).await;
                    assert_eq!(same, entry, "{place}");
                }
                let events = journal.events(&row.intent).await.unwrap();
                assert_eq!(events.len(), row.events, "{place}: {events:?}");
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    drop(SqliteJournal::open(&path).unwrap());
    let (newest, _) = write("", &path);
    let all: BTreeSet<i64> = (1..=newest).collect();
    assert_eq!(versions, all, "each schema needs a journal in tests/journal/released");
}

/// Uploads of earlier versions are found by their keys.
#[tokio::test]
async fn uploads_of_earlier_versions_are_found() {
    let mut found = 0;
    for (name, dump) in dumps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let (version, _) = write(&dump, &path);
        if version < 6 {
            continue;
        }
        let database = Connection::open(&path).unwrap();
        let mut rows = database.prepare("SELECT upload FROM uploads").unwrap();
        let rows = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let written: Vec<String> = rows.map(Result::unwrap).collect();
        let journal = SqliteJournal::open(&path).unwrap();
        for upload in written {
            let upload: UploadRecord = serde_json::from_str(&upload).unwrap();
            let stored = journal.find_upload(upload.key.clone()).await.unwrap();
            assert_eq!(stored, Some(upload.clone()), "{name}");
            let client = Client::builder(upload.key.vendor).key(KEY.to_owned()).build().unwrap();
            assert_eq!(upload.key.account, client.account(), "{name}");
            journal.forget_upload(upload.clone()).await.unwrap();
            assert_eq!(journal.find_upload(upload.key).await.unwrap(), None, "{name}");
            found += 1;
        }
    }
    assert!(found > 0);
}

/// A request that an earlier version submitted is known by its key, whatever was added to requests since.
#[tokio::test]
async fn keys_of_earlier_versions_still_prevent_a_second_submission() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (name, dump) in dumps() {
        let restored = restore(&dump, &simulator).await;
        for row in &restored.rows {
            let place = format!("{name} {}", row.key);
            let entry = only(&restored.journal, Query::default().key(&row.key)).await;
            if entry.is_in_flight(Utc::now()) {
                continue;
            }
            let client = client(entry.intent.vendor, &simulator, Some(&restored.journal));
            let mut request: VideoRequest = serde_json::from_value(entry.intent.request.clone()).unwrap();
            if row.key == "rich-token360" {
                // Recorded without what may be secret.
                request.inputs[0].source = "https://images.example.com/kite.png?token=secret".parse().unwrap();
                request = request.callback_url("https://hooks.example.com/a");
            }
            let before = simulator.stats().tasks;
            // Some journals have a budget in a currency that not every model is priced in.
            let options = SubmitOptions::default()
                .idempotency_key(&row.key)
                .allow_unknown_cost(true);
            let result = client.submit_with(&request, options).await;
            match entry.state {
                State::Accepted => {
                    let task = result.unwrap_or_else(|error| panic!("{place}: {error}"));
                    assert_eq!(
                        (Some(&task.id), task.already_submitted),
                        (entry.task.as_ref(), true),
                        "{place}"
                    );
                    let other = VideoRequest::new(&request.model, "another kite");
                    let error = client.submit_with_key(&row.key, &other).await.unwrap_err();
                    assert_eq!(
                        (error.kind(), error.delivery()),
                        (ErrorKind::Conflict, Some(Delivery::NotSent))
                    );
                    assert_eq!(error.task(), entry.task.as_ref(), "{place}");
                }
                State::Sending | State::Ambiguous => {
                    let error = result.unwrap_err();
                    assert_eq!(error.delivery(), Some(Delivery::Ambiguous), "{place}: {error}");
                }
                // Refused again, for its content.
                _ if request.prompt.contains("sim:refuse") => {
                    assert_eq!(result.unwrap_err().delivery(), Some(Delivery::Rejected), "{place}");
                }
                _ => {
                    result.unwrap_or_else(|error| panic!("{place}: {error}"));
                    assert_eq!(simulator.stats().tasks, before + 1, "{place}");
                    continue;
                }
            }
            assert_eq!(simulator.stats().tasks, before, "{place}");
        }
    }
}

#[tokio::test]
async fn tasks_of_earlier_versions_are_recovered_and_polled() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (name, dump) in dumps() {
        let restored = restore(&dump, &simulator).await;
        for vendor in Vendor::ALL.iter().copied() {
            let client = client(vendor, &simulator, Some(&restored.journal));
            let is_own = |row: &&Row| self::vendor(&row.entry) == vendor;
            let recovered = client.recover(Duration::ZERO).await.unwrap();
            assert_eq!(recovered.unreadable, [], "{name} {vendor}");
            let ids = |entries: &[Entry]| -> BTreeSet<String> {
                entries.iter().map(|entry| entry.intent.key.clone()).collect()
            };
            let keys = |is: fn(&Row) -> bool| -> BTreeSet<String> {
                let rows = restored.rows.iter().filter(is_own).filter(|row| is(row));
                rows.map(|row| row.key.clone()).collect()
            };
            let open: Vec<Entry> = recovered.open.iter().map(|lost| lost.entry.clone()).collect();
            let left = &ids(&open) | &ids(&recovered.in_flight);
            assert_eq!(left, keys(|row| row.open), "{name} {vendor}");
            assert_eq!(
                ids(&recovered.unfinished),
                keys(|row| row.unfinished),
                "{name} {vendor}"
            );
            // The vendor is searched; what has the reference was created at another time, so it is not adopted.
            let kept = recovered
                .open
                .iter()
                .filter(|lost| lost.entry.intent.key == "kept-toapis");
            for lost in kept {
                let reasons: Vec<_> = lost.candidates.iter().map(|candidate| &candidate.reasons).collect();
                assert_eq!(reasons.len(), 1, "{name}: {lost:?}");
                assert!(reasons[0].contains(&Evidence::SameReference), "{name}: {lost:?}");
            }
            for row in restored.rows.iter().filter(is_own) {
                let Some(id) = &row.task else { continue };
                let task = client
                    .get(id)
                    .await
                    .unwrap_or_else(|error| panic!("{name} {id}: {error}"));
                assert_eq!(task.id, *id, "{name}");
                assert!(client.journal_entry(id).await.unwrap().is_some(), "{name} {id}");
            }
        }
    }
}

/// A family that was ever part of a task id stays in the spec, as a former one if need be.
#[tokio::test]
async fn every_released_family_is_known_and_polled() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let text = std::fs::read_to_string(folder().join("ids.txt")).unwrap();
    let ids: Vec<TaskId> = text.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(ids.iter().map(|id| format!("{id}\n")).collect::<String>(), text);
    for vendor in Vendor::ALL.iter().copied() {
        let released: BTreeSet<&str> = ids
            .iter()
            .filter(|id| id.vendor() == vendor)
            .map(TaskId::family)
            .collect();
        let known: BTreeSet<&str> = vendor.families().collect();
        assert_eq!(
            known, released,
            "{vendor}: add a new family to tests/journal/released/ids.txt; declare one that is gone in `x-families` of \
             specs/{vendor}.yaml, with `former: true`"
        );
    }
    for id in ids {
        let client = client(id.vendor(), &simulator, None);
        let model = Capabilities::all(id.vendor()).find(|rules| rules.family.name == id.family());
        let model = model.map_or(id.vendor().default_model(), |rules| rules.model.id);
        let task = client.submit(&VideoRequest::new(model, "a kite")).await.unwrap();
        let as_then = TaskId::new(id.vendor(), id.family(), task.id.id()).unwrap();
        assert_eq!(client.get(&as_then).await.unwrap().id, as_then);
    }
}

/// Keys and the paths of URLs.
#[test]
fn the_journals_hold_nothing_that_gives_access() {
    for (name, dump) in dumps() {
        for secret in [KEY, "secret", "kite.png", "hooks.example.com/a"] {
            assert!(!dump.contains(secret), "{name}: {secret}");
        }
    }
}
