//! The journal in an SQLite file.

mod budget;
mod copy;
mod empty;
mod file;
mod group;
mod health;
mod owner;
mod owning;
mod prune;
mod repeat;
mod row;
mod schema;
mod select;
mod spend;
mod submit;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod totals;
mod upload;

use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};
use videogen::Timestamp;
use videogen::journal::{
    BoxFuture, Budget, BudgetKey, Entry, Event, Found, GroupBy, Intent, Journal, JournalError, JournalErrorKind,
    OverBudget, Position, Query, Started, Subject, UploadKey, UploadLease, UploadRecord,
};
use videogen::price::Decimal;

use self::file::{BUSY, RETRIED};
use self::group::{Queue, write};
use self::submit::Opened;
use crate::error::broken;
use crate::name::without_password;
use crate::owner::Owner;
use crate::prune::{Prune, Pruned};
use crate::spend::{Origins, Spent};
use crate::system;

/// Prepared statements that are kept: more than submissions, polls and downloads together have.
const STATEMENTS: usize = 64;

/// A journal in an SQLite file. Cloning is cheap and shares the connection.
#[derive(Clone)]
pub struct SqliteJournal {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
    queue: Arc<Queue>,
    is_read_only: bool,
    /// The owner of what is submitted.
    owner: Option<Owner>,
    /// The absolute path of a writable file, and what it was when it was opened.
    opened: Option<Opened>,
    /// The absolute path of a file that each call opens again, because [no process wrote to it](file::Reader::is_immutable).
    reopened: Option<PathBuf>,
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SqliteJournal {
    /// Opens the journal at `path`. Creates the file and its directories if they do not exist.
    ///
    /// # Errors
    /// When `path` is not a regular file with one name (`:memory:`, an SQLite URI, a device, a pipe, a hard link), or
    /// when the file cannot be created, read or written, is not a journal, or was written by a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        Self::check(path)?;
        let opened = || -> Result<Self, String> {
            file::create(path).map_err(text)?;
            // The current directory may change.
            let absolute = std::path::absolute(path).map_err(text)?;
            // Before opening, so that a file replaced meanwhile is noticed.
            let identity = system::identity(&absolute).map_err(text)?;
            // Without URI parsing, so that every path is taken literally.
            let mut connection =
                Connection::open_with_flags(path, OpenFlags::default() & !OpenFlags::SQLITE_OPEN_URI).map_err(text)?;
            // SQLite silently opens a read-only file for reading.
            if connection.is_readonly(MAIN_DB).map_err(text)? {
                return Err("the file is read-only".to_owned());
            }
            let set_up = |connection: &mut Connection| {
                connection.busy_timeout(BUSY)?;
                connection.set_prepared_statement_cache_capacity(STATEMENTS);
                wal(connection)?;
                connection.pragma_update(None, "synchronous", "FULL")?;
                // Required on macOS to flush to the disk.
                connection.pragma_update(None, "fullfsync", true)?;
                connection.pragma_update(None, "foreign_keys", false)
            };
            set_up(&mut connection).map_err(text)?;
            schema::migrate(&mut connection).map_err(text)?;
            connection.pragma_update(None, "foreign_keys", true).map_err(text)?;
            Ok(Self::new(path, connection, Some((absolute, identity))))
        };
        opened().map_err(|error| unusable(path, &error))
    }

    /// Opens the journal at `path` for reading, for example from a read-only or full disk, or another user's file. The file is
    /// not changed: one of an older version is copied, and the copy is migrated. Writes are refused, so nothing can be submitted
    /// with it.
    ///
    /// # Errors
    /// When the file cannot be read, is not a journal, or was written by a newer version.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        Self::check(path)?;
        let opened = || -> Result<Self, String> {
            // The current directory may change.
            let absolute = std::path::absolute(path).map_err(text)?;
            let file::Reader {
                mut connection,
                is_immutable,
            } = file::read(&absolute).map_err(text)?;
            let mut reopened = Some(absolute).filter(|_| is_immutable);
            if !schema::missing(&connection).map_err(text)?.is_empty() {
                connection = file::copy(&connection).map_err(text)?;
                connection.pragma_update(None, "foreign_keys", false).map_err(text)?;
                schema::migrate(&mut connection).map_err(text)?;
                reopened = None;
            }
            Ok(Self {
                is_read_only: true,
                reopened,
                ..Self::new(path, connection, None)
            })
        };
        opened().map_err(|error| match path.exists() {
            true => unusable(path, &error),
            false => JournalError::new(format!("there is no journal at {}", path.display()))
                .with_kind(JournalErrorKind::Missing),
        })
    }

    /// Checks whether `path` can hold a journal, without opening it.
    ///
    /// # Errors
    /// When `path` is not a regular file with one name.
    pub fn check(path: impl AsRef<Path>) -> Result<(), JournalError> {
        let path = path.as_ref();
        file::check(path).map_err(|reason| {
            let shown = without_password(path);
            JournalError::new(format!("the journal cannot be kept in `{}`: {reason}", shown.display()))
                .with_kind(JournalErrorKind::InvalidName)
        })
    }

    fn new(path: &Path, connection: Connection, opened: Option<Opened>) -> Self {
        let connection = Arc::new(Mutex::new(connection));
        Self {
            path: path.to_owned(),
            queue: Arc::new(Queue::new(Arc::clone(&connection))),
            connection,
            is_read_only: false,
            owner: None,
            opened,
            reopened: None,
        }
    }

    /// Returns whether this user may change the file. One who may not can read it, and submit nothing.
    #[must_use]
    pub fn may_write(&self) -> bool {
        OpenOptions::new().write(true).open(&self.path).is_ok()
    }

    /// Returns whether writes are refused; see [`open_read_only`](Self::open_read_only).
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the events of a submission, in order. Events that this version cannot read are omitted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn events(&self, intent: &str) -> Result<Vec<(Timestamp, Event)>, JournalError> {
        let intent = intent.to_owned();
        self.run(move |connection| {
            let sql = "SELECT at, CAST(event AS BLOB) FROM events WHERE intent = ?1 ORDER BY id";
            let mut statement = connection.prepare_cached(sql).map_err(broken)?;
            let rows = statement.query_map([intent], |row| Ok((row.get(0)?, row.get(1)?)));
            let rows: Vec<(i64, Vec<u8>)> = rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)?;
            let read = |(at, event): (i64, Vec<u8>)| {
                Some((
                    Timestamp::from_timestamp_millis(at)?,
                    serde_json::from_slice(&event).ok()?,
                ))
            };
            Ok(rows.into_iter().filter_map(read).collect())
        })
        .await
    }

    /// Returns the [scopes](Intent::scope) of the submissions, with the [origins](Intent::origin) in each.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn origins(&self) -> Result<Origins, JournalError> {
        self.run(|connection| budget::origins(connection)).await
    }

    /// Returns what the submissions since a time cost. Reads a long journal faster than [`Ledger`](videogen::journal::Ledger).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn spend(&self, since: Option<Timestamp>, by: Option<GroupBy>) -> Result<Spent, JournalError> {
        self.fill().await;
        let since = since.map_or(i64::MIN, |since| since.timestamp_millis());
        self.run(move |connection| {
            let transaction = connection.transaction().map_err(broken)?;
            spend::sum(&transaction, since, by)
        })
        .await
    }

    /// Returns the number of submissions in a [scope](Intent::scope), in the current period of a budget, whose cost it
    /// [cannot count](Budget::misses).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn missed(&self, budget: Budget, scope: impl Into<String>) -> Result<u64, JournalError> {
        self.fill().await;
        let scope = scope.into();
        self.run(move |connection| {
            let transaction = connection.transaction().map_err(broken)?;
            spend::missed(&transaction, &budget, &scope, Utc::now())
        })
        .await
    }

    /// Fills the columns of sums for entries of other versions, as far as possible. Without them, the entries are read.
    async fn fill(&self) {
        let mut after = None;
        while let Ok(next) = self.fill_after(after).await
            && next.is_some()
        {
            after = next;
        }
    }

    async fn fill_after(&self, after: Option<Position>) -> Result<Option<Position>, JournalError> {
        let work = move |connection: &mut Connection| {
            // Mostly there are none.
            let sql = "SELECT 1 FROM submissions INDEXED BY submissions_no_charge WHERE charge IS NULL";
            if !connection
                .prepare_cached(sql)
                .and_then(|mut any| any.exists([]))
                .map_err(broken)?
            {
                return Ok(None);
            }
            let transaction = write(connection)?;
            let next = spend::fill(&transaction, after.as_ref())?;
            transaction.commit().map_err(broken)?;
            Ok(next)
        };
        self.change(work).await
    }

    /// Removes old entries that no promise depends on. Other processes can write meanwhile: half of the time is left to them.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn prune(&self, prune: Prune) -> Result<Pruned, JournalError> {
        let mut pruned = Pruned::new(prune.before);
        let mut after = None;
        loop {
            let work = move |connection: &mut Connection| {
                let transaction = match prune.dry_run {
                    true => connection.transaction().map_err(broken)?,
                    false => write(connection)?,
                };
                let locked = Instant::now();
                let next = prune::batch(&transaction, prune, after.as_ref(), Utc::now(), &mut pruned)?;
                transaction.commit().map_err(broken)?;
                Ok((pruned, next, locked.elapsed()))
            };
            let taken;
            (pruned, after, taken) = self.change(work).await?;
            if after.is_none() {
                return Ok(pruned);
            }
            if !prune.dry_run {
                pause(taken.min(RETRIED)).await?;
            }
        }
    }

    /// Returns the space of removed entries to the file system. No other process can write until it is done.
    ///
    /// # Errors
    /// When the file cannot be written, for example because the disk has no room for a copy.
    pub async fn vacuum(&self) -> Result<(), JournalError> {
        self.change(|connection| {
            connection.execute_batch("VACUUM").map_err(broken)?;
            let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            checkpoint.map_err(broken)
        })
        .await
    }

    /// Runs a write.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.check_writable()?;
        self.run(work).await
    }

    /// Runs a write in a transaction, which other writes of this process may share. `work` may run twice.
    async fn written<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.check_writable()?;
        self.queue.run(work).await
    }

    fn check_writable(&self) -> Result<(), JournalError> {
        let message = || format!("the journal {} is open read-only", self.path.display());
        match self.is_read_only {
            true => Err(JournalError::new(message())),
            false => Ok(()),
        }
    }

    /// Runs `work` on a blocking thread.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (connection, reopened) = (Arc::clone(&self.connection), self.reopened.clone());
        let worked = tokio::task::spawn_blocking(move || {
            // After a panic, its transaction was rolled back.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(path) = reopened {
                *connection = file::read(&path).map_err(broken)?.connection;
            }
            work(&mut connection)
        });
        worked.await.map_err(|_| aborted())?
    }
}

impl Journal for SqliteJournal {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        let (opened, owner) = (self.opened.clone(), self.owner.clone());
        Box::pin(async move {
            self.check_writable()?;
            let begin =
                move |connection: &Connection| submit::begin(connection, &intent, owner.as_ref(), opened.as_ref());
            // Only its caller can send it.
            self.queue.run_if_awaited(begin).await
        })
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        Box::pin(async move {
            self.check_writable()?;
            let now = Utc::now();
            // Most polls change nothing, and must not wait for the lock.
            if matches!(event, Event::Status { .. } | Event::Cost { .. }) {
                let (subject, event) = (subject.clone(), event.clone());
                let known = self.run(move |connection| submit::known(connection, &subject, &event, now));
                if let Some(known) = known.await? {
                    return Ok(known);
                }
            }
            self.written(move |connection| submit::record(connection, &subject, &event, now))
                .await
        })
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        Box::pin(self.run(move |connection| select::find(connection, query)))
    }

    fn over_budget(&self, intent: Intent) -> BoxFuture<'_, Result<Option<OverBudget>, JournalError>> {
        Box::pin(self.run(move |connection| budget::check(connection, &intent)))
    }

    fn repeated(&self, intent: Intent) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        Box::pin(self.run(move |connection| repeat::find(connection, &intent)))
    }

    fn budgets(&self, scope: String) -> BoxFuture<'_, Result<Vec<(Budget, Decimal)>, JournalError>> {
        Box::pin(self.run(move |connection| budget::all(connection, &scope, Utc::now())))
    }

    fn set_budget(&self, budget: Budget) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(self.written(move |connection| budget::put(connection, &budget)))
    }

    fn remove_budget(&self, key: BudgetKey) -> BoxFuture<'_, Result<bool, JournalError>> {
        Box::pin(self.written(move |connection| budget::remove(connection, &key)))
    }

    fn find_upload(&self, key: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
        Box::pin(self.run(move |connection| upload::find(connection, &key)))
    }

    fn record_upload(&self, record: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(self.written(move |connection| upload::put(connection, &record)))
    }

    fn forget_upload(&self, record: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(self.written(move |connection| upload::remove(connection, &record)))
    }

    fn lease_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
        Box::pin(async move {
            self.check_writable()?;
            // Those who wait must not lock the file.
            let wanted = lease.clone();
            let held = self.run(move |connection| upload::in_the_way(connection, &wanted));
            if let Some(held) = held.await? {
                return Ok(Some(held));
            }
            self.written(move |connection| {
                let held = upload::in_the_way(connection, &lease)?;
                if held.is_none() {
                    upload::put_lease(connection, &lease)?;
                }
                Ok(held)
            })
            .await
        })
    }

    fn release_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(self.written(move |connection| upload::remove_lease(connection, &lease)))
    }
}

/// Leaves the file to other processes. Not with a timer, which the caller's runtime may not have.
async fn pause(time: Duration) -> Result<(), JournalError> {
    let paused = tokio::task::spawn_blocking(move || std::thread::sleep(time));
    paused.await.map_err(|_| aborted())
}

fn aborted() -> JournalError {
    JournalError::new("the journal call was aborted: the program is ending")
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

fn unusable(path: &Path, reason: &str) -> JournalError {
    JournalError::new(format!("the journal {} cannot be opened: {reason}", path.display()))
}

/// Enables the write-ahead log. If several processes do so for a new file at once, SQLite rejects all but one without
/// waiting.
fn wal(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        // It returns a row, so not `execute`.
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < BUSY => {
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}
