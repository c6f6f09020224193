//! A journal in a file or a database, as its name says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use videogen::Timestamp;
#[cfg(not(feature = "postgres"))]
use videogen::journal::JournalErrorKind;
use videogen::journal::{
    BoxFuture, Budget, BudgetKey, Changes, Entry, Event, Found, GroupBy, Intent, Journal, JournalError, OverBudget,
    Query, Started, Subject, Topic, Turns, UploadKey, UploadLease, UploadRecord,
};
use videogen::price::Decimal;

use crate::health::Health;
use crate::name::{url, without_password};
use crate::owner::{Account, Owner, Taken, Unfinished};
#[cfg(feature = "postgres")]
use crate::postgres::PostgresJournal;
use crate::prune::{Prune, Pruned};
use crate::spend::{Origins, Spent};
use crate::spool::Replayed;
use crate::sqlite::SqliteJournal;

/// A journal in a file, or, with the feature `postgres`, in a database.
///
/// ```no_run
/// # async fn run() -> Result<(), videogen::journal::JournalError> {
/// use videogen_journal::Store;
///
/// let file = Store::open("videogen.db").await?;
/// let database = Store::open("postgresql://videogen@db.example/jobs?sslmode=verify-full").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Store {
    /// A file.
    Sqlite(SqliteJournal),
    /// A database.
    #[cfg(feature = "postgres")]
    Postgres(PostgresJournal),
}

/// Calls the journal that it is.
macro_rules! either {
    ($store:expr, $journal:ident => $call:expr) => {
        match $store {
            Store::Sqlite($journal) => $call,
            #[cfg(feature = "postgres")]
            Store::Postgres($journal) => $call,
        }
    };
}
pub(crate) use either;

impl Store {
    /// Opens the journal at a path, or at a URL that begins with `postgres://` or `postgresql://`. Creates what does not exist.
    ///
    /// # Errors
    /// Those of [`SqliteJournal::open`] or `PostgresJournal::open`; a URL, without the feature `postgres`.
    pub async fn open(name: impl AsRef<Path>) -> Result<Self, JournalError> {
        match url(name.as_ref()) {
            None => SqliteJournal::open(name).map(Self::Sqlite),
            #[cfg(feature = "postgres")]
            Some(url) => PostgresJournal::open(url).await.map(Self::Postgres),
            #[cfg(not(feature = "postgres"))]
            Some(_) => Err(unsupported()),
        }
    }

    /// Opens the journal for reading; see [`SqliteJournal::open_read_only`] and `PostgresJournal::open_read_only`.
    ///
    /// # Errors
    /// As theirs; a URL, without the feature `postgres`.
    pub async fn open_read_only(name: impl AsRef<Path>) -> Result<Self, JournalError> {
        match url(name.as_ref()) {
            None => SqliteJournal::open_read_only(name).map(Self::Sqlite),
            #[cfg(feature = "postgres")]
            Some(url) => PostgresJournal::open_read_only(url).await.map(Self::Postgres),
            #[cfg(not(feature = "postgres"))]
            Some(_) => Err(unsupported()),
        }
    }

    /// Checks whether a path or URL can be a journal, without opening it.
    ///
    /// # Errors
    /// When the path is not that of a regular file with one name, or the URL is invalid.
    pub fn check(name: impl AsRef<Path>) -> Result<(), JournalError> {
        match url(name.as_ref()) {
            None => SqliteJournal::check(name),
            #[cfg(feature = "postgres")]
            Some(url) => PostgresJournal::check(url),
            #[cfg(not(feature = "postgres"))]
            Some(_) => Err(unsupported()),
        }
    }

    /// Returns whether a name is the URL of a database, and not a path.
    #[must_use]
    pub fn is_url(name: impl AsRef<Path>) -> bool {
        url(name.as_ref()).is_some()
    }

    /// Returns a name as it may be shown: a URL without its password.
    #[must_use]
    pub fn without_password(name: impl AsRef<Path>) -> PathBuf {
        without_password(name.as_ref())
    }

    /// Returns the path of the file; `None` for a database.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(journal) => Some(journal.path()),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    /// Returns the path of the file, or the URL of the database without user, password and parameters.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Sqlite(journal) => journal.path().display().to_string(),
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.name().to_owned(),
        }
    }

    /// Returns what weakens the promises of the journal: settings of a database with which it may lose what it has committed.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        match self {
            Self::Sqlite(_) => &[],
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.warnings(),
        }
    }

    /// Returns whether this call of [`open`](Self::open) has created the tables of a database. A mistyped URL may be the reason.
    #[must_use]
    pub fn is_new(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.is_new(),
        }
    }

    /// Returns whether this user may change the journal. One who may not can read it, and submit nothing.
    #[must_use]
    pub fn may_write(&self) -> bool {
        either!(self, journal => journal.may_write())
    }

    /// Returns whether writes are refused; see [`open_read_only`](Self::open_read_only).
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        either!(self, journal => journal.is_read_only())
    }

    /// Returns the events of a submission, in order. Events that this version cannot read are omitted.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn events(&self, intent: &str) -> Result<Vec<(Timestamp, Event)>, JournalError> {
        either!(self, journal => journal.events(intent).await)
    }

    /// Returns the [scopes](Intent::scope) of the submissions, with the [origins](Intent::origin) in each.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn origins(&self) -> Result<Origins, JournalError> {
        either!(self, journal => journal.origins().await)
    }

    /// Returns what the submissions since a time cost. Reads a long journal faster than [`Ledger`](videogen::journal::Ledger).
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn spend(&self, since: Option<Timestamp>, by: Option<GroupBy>) -> Result<Spent, JournalError> {
        either!(self, journal => journal.spend(since, by).await)
    }

    /// Returns the number of submissions in a [scope](Intent::scope), in the current period of a budget, whose cost it
    /// [cannot count](Budget::misses).
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn missed(&self, budget: Budget, scope: impl Into<String>) -> Result<u64, JournalError> {
        either!(self, journal => journal.missed(budget, scope).await)
    }

    /// Removes old entries that no promise depends on. Other processes can write meanwhile.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn prune(&self, prune: Prune) -> Result<Pruned, JournalError> {
        either!(self, journal => journal.prune(prune).await)
    }

    /// Returns the space of removed entries: a file to the file system, while no other process can write; a database to new
    /// entries.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn vacuum(&self) -> Result<(), JournalError> {
        either!(self, journal => journal.vacuum().await)
    }

    /// Sets a folder of this machine for tasks that cannot be recorded, because a database is down after the vendor has accepted
    /// them; see [`replay`](Self::replay). Several journals can share it. A file needs none.
    #[must_use]
    pub fn spooled_in(self, folder: impl AsRef<Path>) -> Self {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => Self::Postgres(journal.spooled_in(folder)),
            Self::Sqlite(journal) => {
                let _ = folder;
                Self::Sqlite(journal)
            }
        }
    }

    /// Returns the files of the tasks that were kept while a database was down, and are not recorded yet.
    #[must_use]
    pub fn kept(&self) -> Vec<PathBuf> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.kept(),
            Self::Sqlite(_) => Vec::new(),
        }
    }

    /// Records the tasks that were kept while a database was down.
    ///
    /// # Errors
    /// When the database cannot be used: the tasks are still kept.
    pub async fn replay(&self) -> Result<Replayed, JournalError> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.replay().await,
            Self::Sqlite(_) => Ok(Replayed::default()),
        }
    }

    /// Makes an owner the owner of what is submitted with the returned journal: no other owner takes it over until this one gives
    /// it back, or its lease ends.
    #[must_use]
    pub fn owned_by(self, owner: &Owner) -> Self {
        match self {
            Self::Sqlite(journal) => Self::Sqlite(journal.owned_by(owner)),
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => Self::Postgres(journal.owned_by(owner)),
        }
    }

    /// Begins the lease of an owner.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn enter(&self, owner: &Owner) -> Result<(), JournalError> {
        either!(self, journal => journal.enter(owner).await)
    }

    /// Extends the lease of an owner. Returns `false` if it has ended, or never began: others may have taken over its
    /// submissions.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn extend(&self, owner: &Owner) -> Result<bool, JournalError> {
        either!(self, journal => journal.extend(owner).await)
    }

    /// Extends the lease of an owner, and makes it the owner of at most `limit` submissions of these accounts, oldest first:
    /// those whose status is unknown or that are unfinished, and that no owner with a lease has. Each goes to exactly one of
    /// several owners that ask at once. Submissions in flight are not included, nor those that the owner [avoids](Owner::avoid).
    /// Returns `None` if its lease has ended: others may have taken over its submissions.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn take_over(
        &self,
        owner: &Owner,
        accounts: &[Account],
        limit: u32,
    ) -> Result<Option<Taken>, JournalError> {
        either!(self, journal => journal.take_over(owner, accounts, limit).await)
    }

    /// Returns the number of submissions whose status is unknown or that are unfinished.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn unfinished(&self, accounts: &[Account]) -> Result<Unfinished, JournalError> {
        either!(self, journal => journal.unfinished(accounts).await)
    }

    /// Makes an owner the owner of one submission, and returns whether it is: not if another owner with a lease has it.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn take(&self, owner: &Owner, intent: &str) -> Result<bool, JournalError> {
        either!(self, journal => journal.take(owner, intent).await)
    }

    /// Claims work by its name for an owner, until it gives it back or its lease ends, and returns whether it has it: not if
    /// another owner with a lease does.
    ///
    /// # Errors
    /// When the journal cannot be written; always for a file, whose processes can lock files.
    pub async fn claim(&self, owner: &Owner, name: &str) -> Result<bool, JournalError> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.claim(owner, name).await,
            Self::Sqlite(_) => {
                let _ = (owner, name);
                Err(JournalError::new("work is claimed in a database only"))
            }
        }
    }

    /// Gives claimed work back.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn unclaim(&self, owner: &Owner, name: &str) -> Result<(), JournalError> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => journal.unclaim(owner, name).await,
            Self::Sqlite(_) => {
                let _ = (owner, name);
                Ok(())
            }
        }
    }

    /// Sets the name of this machine, which a database records with the files that are saved on it: its host name, unless it is
    /// set. A file has those of one machine.
    #[must_use]
    pub fn on_machine(self, name: &str) -> Self {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => Self::Postgres(journal.on_machine(name)),
            Self::Sqlite(journal) => {
                let _ = name;
                Self::Sqlite(journal)
            }
        }
    }

    /// Returns the name of this machine, if the journal is shared with others.
    #[must_use]
    pub fn machine(&self) -> Option<&str> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(journal) => Some(journal.machine()),
            Self::Sqlite(_) => None,
        }
    }

    /// Gives a submission back.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn release(&self, owner: &Owner, intent: &str) -> Result<(), JournalError> {
        either!(self, journal => journal.release(owner, intent).await)
    }

    /// Gives all submissions of an owner back, and ends its lease.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn leave(&self, owner: &Owner) -> Result<(), JournalError> {
        either!(self, journal => journal.leave(owner).await)
    }

    /// Reads all records, and checks them.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn health(&self) -> Result<Health, JournalError> {
        either!(self, journal => journal.health().await)
    }

    /// Does the same within a time limit, and holds up other calls no longer. Returns `None` if it was not enough.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn health_within(&self, limit: Duration) -> Result<Option<Health>, JournalError> {
        either!(self, journal => journal.health_within(limit).await)
    }
}

#[cfg(not(feature = "postgres"))]
fn unsupported() -> JournalError {
    JournalError::new(
        "the journal is a PostgreSQL database, and this program was built without the feature `postgres` of \
         videogen-journal; name a file",
    )
    .with_kind(JournalErrorKind::InvalidName)
}

impl Journal for Store {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        either!(self, journal => journal.begin(intent))
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        either!(self, journal => journal.record(subject, event))
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        either!(self, journal => journal.find(query))
    }

    fn over_budget(&self, intent: Intent) -> BoxFuture<'_, Result<Option<OverBudget>, JournalError>> {
        either!(self, journal => journal.over_budget(intent))
    }

    fn repeated(&self, intent: Intent) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        either!(self, journal => journal.repeated(intent))
    }

    fn budgets(&self, scope: String) -> BoxFuture<'_, Result<Vec<(Budget, Decimal)>, JournalError>> {
        either!(self, journal => journal.budgets(scope))
    }

    fn set_budget(&self, budget: Budget) -> BoxFuture<'_, Result<(), JournalError>> {
        either!(self, journal => journal.set_budget(budget))
    }

    fn remove_budget(&self, key: BudgetKey) -> BoxFuture<'_, Result<bool, JournalError>> {
        either!(self, journal => journal.remove_budget(key))
    }

    fn find_upload(&self, key: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
        either!(self, journal => journal.find_upload(key))
    }

    fn record_upload(&self, upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        either!(self, journal => journal.record_upload(upload))
    }

    fn forget_upload(&self, upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        either!(self, journal => journal.forget_upload(upload))
    }

    fn lease_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
        either!(self, journal => journal.lease_upload(lease))
    }

    fn release_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
        either!(self, journal => journal.release_upload(lease))
    }

    fn changes(&self, topic: Topic) -> Option<Changes> {
        either!(self, journal => journal.changes(topic))
    }

    fn reserve_turns(&self, turns: Turns) -> Option<BoxFuture<'_, Result<Duration, JournalError>>> {
        either!(self, journal => journal.reserve_turns(turns))
    }
}
