//! The file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use rusqlite::types::Value;
use rusqlite::{
    Connection, ErrorCode, OptionalExtension as _, Row, Transaction, TransactionBehavior, params, params_from_iter,
};
use videogen::Timestamp;
use videogen::journal::{Begun, BoxFuture, Entry, Event, Intent, Journal, JournalError, Query, Subject};

use crate::schema;

/// How long a process waits for another one's commit.
const BUSY: Duration = Duration::from_secs(30);

/// A journal in an SQLite file. Cloning is cheap and shares the connection.
#[derive(Clone)]
pub struct SqliteJournal {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SqliteJournal {
    /// Opens the journal at `path`, and makes it, with its folders, where there is none.
    ///
    /// # Errors
    /// When the file cannot be made, read or written, is no journal, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let failed = |error: &dyn fmt::Display| {
            JournalError::new(format!("the journal {} cannot be opened: {error}", path.display()))
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        private(&path).map_err(|error| failed(&error))?;
        let mut connection = Connection::open(&path).map_err(|error| failed(&error))?;
        let set_up = |connection: &Connection| {
            connection.busy_timeout(BUSY)?;
            wal(connection)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            // On macOS only this reaches the disk.
            connection.pragma_update(None, "fullfsync", true)?;
            connection.pragma_update(None, "foreign_keys", true)
        };
        set_up(&connection).map_err(|error| failed(&error))?;
        schema::migrate(&mut connection).map_err(|error| failed(&error))?;
        Ok(Self {
            path,
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What happened to a submission, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn events(&self, intent: &str) -> Result<Vec<(Timestamp, Event)>, JournalError> {
        let intent = intent.to_owned();
        self.run(move |connection| {
            let sql = "SELECT at, event FROM events WHERE intent = ?1 ORDER BY id";
            let mut statement = connection.prepare_cached(sql).map_err(broken)?;
            let rows = statement.query_map([intent], |row| Ok((row.get(0)?, row.get(1)?)));
            rows.map_err(broken)?
                .map(|row| {
                    let (at, event): (i64, String) = row.map_err(broken)?;
                    let at = Timestamp::from_timestamp_millis(at).ok_or_else(|| broken("a time out of range"))?;
                    Ok((at, serde_json::from_str(&event).map_err(broken)?))
                })
                .collect()
        })
        .await
    }

    /// Runs `work` where it may block.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let connection = Arc::clone(&self.connection);
        let worked = tokio::task::spawn_blocking(move || {
            // A panic in between has rolled its transaction back.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        worked
            .await
            .map_err(|_| JournalError::new("the journal was given up: the program is ending"))?
    }
}

impl Journal for SqliteJournal {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Begun, JournalError>> {
        Box::pin(self.run(move |connection| {
            let transaction = write(connection)?;
            let at = intent.at;
            let begun = match entry(&transaction, "key", &intent.key)? {
                None => {
                    let entry = Entry::begin(intent);
                    put(&transaction, &entry)?;
                    new(entry)
                }
                Some(known) => match known.begin_again(intent) {
                    Some(entry) => {
                        put(&transaction, &entry)?;
                        new(entry)
                    }
                    None => return Ok(Begun::Known(Box::new(known))),
                },
            };
            if let Begun::New { id, .. } = &begun {
                log(&transaction, id, at, &Event::Begun)?;
            }
            transaction.commit().map_err(broken)?;
            Ok(begun)
        }))
    }

    fn note(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        Box::pin(self.run(move |connection| {
            let (column, value) = match &subject {
                Subject::Intent(id) | Subject::Attempt { id, .. } => ("intent", id.clone()),
                Subject::Task(task) => ("task", task.to_string()),
            };
            let now = Utc::now();
            // Most polls tell nothing new; those must not wait for the lock.
            if matches!(event, Event::Status { .. }) {
                match entry(connection, column, &value)? {
                    None => return Ok(None),
                    Some(mut entry) => {
                        if !entry.apply(&subject, event.clone(), now)? {
                            return Ok(Some(entry));
                        }
                    }
                }
            }
            let transaction = write(connection)?;
            let Some(mut entry) = entry(&transaction, column, &value)? else {
                return Ok(None);
            };
            if entry.apply(&subject, event.clone(), now)? {
                put(&transaction, &entry)?;
                if !matches!(event, Event::Alive { .. }) {
                    log(&transaction, &entry.intent.id, now, &event)?;
                }
            }
            transaction.commit().map_err(broken)?;
            Ok(Some(entry))
        }))
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Vec<Entry>, JournalError>> {
        Box::pin(self.run(move |connection| {
            let mut wanted = Vec::new();
            let mut values: Vec<Value> = Vec::new();
            let texts = [
                ("account", query.account),
                ("intent", query.intent),
                ("key", query.key),
                ("task", query.task.map(|task| task.to_string())),
                ("client_reference", query.client_reference),
            ];
            for (column, value) in texts {
                if let Some(value) = value {
                    wanted.push(format!("{column} = ?"));
                    values.push(value.into());
                }
            }
            if query.open {
                wanted.push("open = 1".to_owned());
            }
            if query.unfinished {
                wanted.push("unfinished = 1".to_owned());
            }
            let wanted = if wanted.is_empty() {
                "1".to_owned()
            } else {
                wanted.join(" AND ")
            };
            values.push(query.limit.map_or(-1, i64::from).into());
            let sql = format!("SELECT entry FROM submissions WHERE {wanted} ORDER BY begun DESC, intent DESC LIMIT ?");
            let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
            let rows = statement.query_map(params_from_iter(values), text).map_err(broken)?;
            rows.map(|row| read(&row.map_err(broken)?)).collect()
        }))
    }
}

fn new(entry: Entry) -> Begun {
    Begun::New {
        id: entry.intent.id,
        attempt: entry.attempts,
    }
}

/// A transaction that holds the file's lock from its beginning, so that what it reads still holds when it writes.
fn write(connection: &mut Connection) -> Result<Transaction<'_>, JournalError> {
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(broken)
}

fn entry(connection: &Connection, column: &str, value: &str) -> Result<Option<Entry>, JournalError> {
    let sql = format!("SELECT entry FROM submissions WHERE {column} = ?1");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let found = statement.query_row([value], text).optional().map_err(broken)?;
    found.map(|found| read(&found)).transpose()
}

fn put(connection: &Connection, entry: &Entry) -> Result<(), JournalError> {
    let sql = "INSERT INTO submissions (intent, key, account, client_reference, task, open, unfinished, begun, entry)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (intent) DO UPDATE SET account = ?3, client_reference = ?4, task = ?5, open = ?6, unfinished = ?7,
        begun = ?8, entry = ?9";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let intent = &entry.intent;
    let stored = statement.execute(params![
        intent.id,
        intent.key,
        intent.account,
        intent.client_reference,
        entry.task.as_ref().map(ToString::to_string),
        entry.is_open(),
        entry.is_unfinished(),
        intent.at.timestamp_millis(),
        serde_json::to_string(entry).map_err(broken)?,
    ]);
    match stored {
        Ok(_) => Ok(()),
        // The key was looked up under the same lock, so what is there twice is the task.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            let task = entry.task.as_ref().map(ToString::to_string).unwrap_or_default();
            Err(JournalError::new(format!(
                "the task {task} is another submission's already"
            )))
        }
        Err(error) => Err(broken(error)),
    }
}

fn log(connection: &Connection, intent: &str, at: Timestamp, event: &Event) -> Result<(), JournalError> {
    let sql = "INSERT INTO events (intent, at, event) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    statement
        .execute(params![
            intent,
            at.timestamp_millis(),
            serde_json::to_string(event).map_err(broken)?
        ])
        .map_err(broken)?;
    Ok(())
}

fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

fn read(entry: &str) -> Result<Entry, JournalError> {
    serde_json::from_str(entry)
        .map_err(|error| JournalError::new(format!("the journal has an unreadable entry: {error}")))
}

fn broken(error: impl fmt::Display) -> JournalError {
    JournalError::new(format!("the journal cannot be used: {error}"))
}

/// Turns the write-ahead log on. Of several processes that do so to a new file at once, SQLite refuses all but one without
/// waiting.
fn wal(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        // An answer, so not `execute`.
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < BUSY => {
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

/// Makes the file for its owner only; it holds prompts. One that exists keeps its mode, and is not even opened: to close it
/// again would take away the locks that this process has on it.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        result => result.map(drop),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;
    use videogen::{TaskId, TaskStatus, Vendor};

    use super::*;

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

    #[tokio::test]
    async fn an_older_file_keeps_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        {
            let mut connection = Connection::open(&path).unwrap();
            schema::first_version(&connection).unwrap();
            let transaction = write(&mut connection).unwrap();
            for (id, key) in [("i-1", "k-1"), ("i-2", "k-2")] {
                put(&transaction, &Entry::begin(intent(id, key))).unwrap();
            }
            transaction.commit().unwrap();
        }
        let journal = SqliteJournal::open(&path).unwrap();
        let ids: Vec<_> = journal
            .find(Query::default())
            .await
            .unwrap()
            .into_iter()
            .map(|entry| entry.intent.id)
            .collect();
        assert_eq!(ids, ["i-2", "i-1"]);
        // And goes on as a new one.
        journal
            .note(Subject::Intent("i-1".to_owned()), accepted("t"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(journal.events("i-1").await.unwrap().len(), 1);
        assert!(
            matches!(journal.begin(intent("i-3", "k-1")).await.unwrap(), Begun::Known(known) if known.task.is_some())
        );
    }

    #[tokio::test]
    async fn what_is_no_journal_is_left_alone() {
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
        std::fs::write(&text, "not a database, and long enough to be seen as none".repeat(20)).unwrap();
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
                Begun::New {
                    id: id.to_owned(),
                    attempt: 1
                }
            );
        }
        journal
            .note(Subject::Intent("i-1".to_owned()), accepted("t"))
            .await
            .unwrap()
            .unwrap();
        let error = journal
            .note(Subject::Intent("i-2".to_owned()), accepted("t"))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("another submission"), "{error}");
        // Rolled back as a whole.
        let open = journal.find(Query::default()).await.unwrap();
        assert!(open[0].is_open() && open[0].intent.id == "i-2");
        assert_eq!(
            journal
                .note(Subject::Intent("i-9".to_owned()), accepted("u"))
                .await
                .unwrap(),
            None
        );
    }

    /// The first runs of several processes make one file between them.
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

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        drop(SqliteJournal::open(&path).unwrap());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
