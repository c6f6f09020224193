//! The journal in a PostgreSQL database.
//!
//! Each call is one transaction that is over before the call returns: none is open while a vendor is called. Where calls meet,
//! they lock in one order: whether budgets change, the key, the request, the submission, the budgets by their keys, the group,
//! and then, in a trigger, the sums.

mod address;
mod budget;
mod calls;
mod change;
mod changes;
mod clock;
mod copy;
mod fault;
mod health;
mod notices;
mod owner;
mod prune;
mod row;
mod schema;
mod select;
mod session;
mod settings;
mod spend;
mod submit;
mod tls;
mod turns;
mod upload;

use std::fmt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use deadpool_postgres::Pool;
use tokio::time::timeout;
use videogen::journal::{JournalError, JournalErrorKind};

use self::address::Address;
use self::changes::Hub;
use self::fault::Fault;
use self::notices::Notices;
use self::session::{Session, pool};
use self::settings::Settings;
use crate::owner::Owner;
use crate::spool::Spool;

/// How long a call waits for a database that cannot be reached, unless it is set.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest time of one attempt. The server ends a statement earlier, if it can be reached.
const ATTEMPT: Duration = Duration::from_secs(60);
/// How long a task waits for the database before it is kept in the folder for that.
const UNTIL_KEPT: Duration = Duration::from_secs(3);
/// Attempts of a call that meets others.
const CONFLICTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A journal in a PostgreSQL database, which processes on many machines share. Cloning is cheap and shares the connections,
/// which belong to the Tokio runtime that uses them first.
///
/// The promises are those of [`SqliteJournal`](crate::SqliteJournal), as long as the server keeps what it has committed:
/// `synchronous_commit`, and `fsync`, must not be off, and a replica that takes over must have all commits
/// (`synchronous_standby_names`). Otherwise an accepted submission can be lost with the server, and a repeated key is
/// paid for again; see [`warnings`](Self::warnings). Leases are judged by the database's clock.
///
/// Connections need sessions: a connection pooler must use session pooling.
#[derive(Clone)]
pub struct PostgresJournal {
    shared: Arc<Shared>,
    patience: Duration,
    /// The owner of what is submitted.
    owner: Option<Owner>,
    /// Where tasks are kept that cannot be recorded.
    spool: Option<Spool>,
    /// Name of the machine that has the files of this process.
    machine: String,
}

struct Shared {
    pool: Pool,
    hub: Arc<Hub>,
    notices: Notices,
    name: String,
    schema: String,
    is_read_only: bool,
    settings: Settings,
}

/// Shows no user, password or parameter of the URL.
impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal")
            .field("name", &self.shared.name)
            .field("schema", &self.shared.schema)
            .finish_non_exhaustive()
    }
}

impl PostgresJournal {
    /// Connects to the database at a URL such as `postgresql://user:password@host:5432/database`, with the
    /// [parameters of libpq](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS) in its query. Creates
    /// and migrates the tables.
    ///
    /// - The tables are in the schema `videogen`, or in the first one of a `search_path`:
    ///   `?options=-csearch_path%3Dteam`.
    /// - `sslmode`: with `disable` nothing is encrypted; with `prefer`, the default, the connection is encrypted if the server
    ///   can; with `require` always. Only `verify-full` checks that it is the right server: by the certificates of the
    ///   platform, or those in the PEM file of `sslrootcert`.
    /// - Without a password, that of the environment variable `PGPASSWORD` is used.
    ///
    /// # Errors
    /// When the URL is invalid, the server cannot be reached or refuses the user, the schema has tables of another program, or
    /// was written by a newer version. No error contains the password.
    pub async fn open(url: &str) -> Result<Self, JournalError> {
        Self::connect(url, false).await
    }

    /// The same for reading: the tables must exist, and are not migrated. Writes are refused, so nothing can be submitted
    /// with it.
    ///
    /// # Errors
    /// As for [`open`](Self::open), and when there is no journal, or one of an older version.
    pub async fn open_read_only(url: &str) -> Result<Self, JournalError> {
        Self::connect(url, true).await
    }

    /// Checks a URL, without connecting.
    ///
    /// # Errors
    /// When the URL is invalid.
    pub fn check(url: &str) -> Result<(), JournalError> {
        address(url).map(drop)
    }

    async fn connect(url: &str, is_read_only: bool) -> Result<Self, JournalError> {
        let address = address(url)?;
        let unusable =
            |reason: &str| JournalError::new(format!("the journal {} cannot be opened: {reason}", address.name));
        let pool = pool(&address, is_read_only)
            .map_err(|reason| unusable(&reason).with_kind(JournalErrorKind::InvalidName))?;
        let mut journal = Self {
            shared: Arc::new(Shared {
                pool,
                name: address.name.clone(),
                schema: address.schema.clone(),
                is_read_only,
                settings: Settings::default(),
                hub: Hub::new(address.clone()),
                notices: Notices::default(),
            }),
            patience: PATIENCE,
            owner: None,
            spool: None,
            machine: gethostname::gethostname().to_string_lossy().into_owned(),
        };
        // A server that cannot be reached is reported at once.
        let hurried = journal.clone().patience(Duration::ZERO);
        let settings = hurried.retried(|| hurried.prepare_once()).await;
        let settings = settings.map_err(|error| {
            let text = error.to_string();
            let reason = text.strip_prefix(&format!("the journal {} cannot be used: ", address.name));
            unusable(reason.unwrap_or(&text)).with_kind(match error.kind() {
                JournalErrorKind::Other => JournalErrorKind::Refused,
                kind => kind,
            })
        })?;
        drop(hurried);
        if let Some(shared) = Arc::get_mut(&mut journal.shared) {
            shared.settings = settings;
        }
        Ok(journal)
    }

    /// Sets how long a call waits for a database that cannot be reached before it fails: 10 seconds, unless it is set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets a folder of this machine for tasks that cannot be recorded, because the database is down after the vendor has accepted
    /// them; see [`replay`](Self::replay). Several journals can share it.
    #[must_use]
    pub fn spooled_in(mut self, folder: impl AsRef<Path>) -> Self {
        self.spool = Some(Spool::new(folder.as_ref(), &self.shared.settings.id));
        self
    }

    /// Sets the name of this machine, which is recorded with the files that are saved on it: its host name, unless it is set.
    #[must_use]
    pub fn on_machine(mut self, name: impl Into<String>) -> Self {
        self.machine = name.into();
        self
    }

    /// Returns the name of this machine; see [`on_machine`](Self::on_machine).
    #[must_use]
    pub fn machine(&self) -> &str {
        &self.machine
    }

    /// Makes an owner the owner of what is submitted with the returned journal.
    #[must_use]
    pub fn owned_by(mut self, owner: &Owner) -> Self {
        self.owner = Some(owner.clone());
        self
    }

    /// Returns what weakens the promises of the journal: settings of the server with which it may lose what it has committed.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.shared.settings.warnings
    }

    /// Returns whether this call of [`open`](Self::open) has created the tables. A mistyped URL may be the reason.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.shared.settings.is_new
    }

    /// Returns whether the user of the URL may change the tables. One who may not can read them, and submit nothing.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.shared.settings.may_write
    }

    /// Returns whether writes are refused; see [`open_read_only`](Self::open_read_only).
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.shared.is_read_only
    }

    /// Returns the URL without user, password and parameters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    async fn prepare_once(&self) -> Result<Settings, Fault> {
        let session = self.session().await?;
        let schema = &self.shared.schema;
        let found = schema::state(&session, schema).await?;
        if schema::needs_migration(&found, schema)? {
            if self.shared.is_read_only {
                let error = match found {
                    schema::State::Journal(_) => {
                        JournalError::new("an older version wrote it; open it for writing once")
                    }
                    _ => JournalError::new("there is no journal; the first submission or worker creates it")
                        .with_kind(JournalErrorKind::Missing),
                };
                return Err(Fault::Rule(error));
            }
            session.begin().await?;
            let migrated = schema::migrate(&session, schema).await;
            session.end(migrated.map(|()| ((), true))).await?;
            let settings = settings::read(&self.session().await?).await?;
            let is_new = matches!(found, schema::State::Empty);
            return Ok(Settings { is_new, ..settings });
        }
        let settings = settings::read(&session).await?;
        session.close();
        Ok(settings)
    }

    async fn session(&self) -> Result<Session, Fault> {
        Session::new(&self.shared.pool).await
    }

    /// Refuses a write to a journal that is open for reading.
    fn writable(&self) -> Result<(), JournalError> {
        if self.shared.is_read_only {
            let message = format!("the journal {} is open read-only", self.shared.name);
            return Err(JournalError::new(message));
        }
        Ok(())
    }

    /// Makes attempts until one succeeds, fails for good, or takes too long. An attempt may begin although an earlier one was
    /// committed.
    async fn retried<T, F: Future<Output = Result<T, Fault>>>(
        &self,
        attempt: impl FnMut() -> F,
    ) -> Result<T, JournalError> {
        self.retried_within(ATTEMPT, attempt).await
    }

    /// The same with another longest time of one attempt.
    async fn retried_within<T, F: Future<Output = Result<T, Fault>>>(
        &self,
        longest: Duration,
        attempt: impl FnMut() -> F,
    ) -> Result<T, JournalError> {
        let result = self.attempted(longest, attempt).await;
        result.map_err(|fault| fault.error(&self.shared.name))
    }

    /// The same, with the reason of a failure.
    async fn attempted<T, F: Future<Output = Result<T, Fault>>>(
        &self,
        longest: Duration,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, Fault> {
        let (begun, mut conflicts, mut pause) = (Instant::now(), 0, PAUSE);
        // What may have been committed by an attempt that was lost.
        let mut unknown = None;
        loop {
            let fault = match timeout(longest, pin!(attempt())).await {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(fault)) => fault,
                Err(_) => Fault::Unknown("no answer".to_owned()),
            };
            let is_repeated = match &fault {
                Fault::Rule(_) | Fault::Refused(_) => false,
                Fault::Conflict(_) => {
                    conflicts += 1;
                    conflicts < CONFLICTS
                }
                Fault::Lost(_) | Fault::Unknown(_) => begun.elapsed() < self.patience,
            };
            if !is_repeated {
                return Err(unknown.unwrap_or(fault));
            }
            if let Fault::Unknown(reason) = fault {
                unknown = Some(Fault::Unknown(reason));
            }
            tokio::time::sleep(pause + jitter()).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// A short random time, so that calls that met do not meet again.
fn jitter() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Duration::from_micros(u64::from(now.unwrap_or_default().subsec_nanos() % 10_000))
}

fn address(url: &str) -> Result<Address, JournalError> {
    Address::parse(url).map_err(|reason| {
        JournalError::new(format!("the URL of the journal is invalid: {reason}"))
            .with_kind(JournalErrorKind::InvalidName)
    })
}
