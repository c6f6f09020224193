//! Owners of submissions: processes that follow them. The same in every engine.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;
use videogen::Client;
use videogen::journal::{Entry, Unreadable};

/// How long an owner is assumed to be running without extending its lease.
const LEASE: Duration = Duration::from_secs(30);

/// A process that owns submissions: no other one [takes them over](crate::Store::take_over) until it gives them back or its
/// lease ends.
///
/// ```no_run
/// # async fn run(client: videogen::Client) -> Result<(), videogen::journal::JournalError> {
/// use videogen_journal::{Account, Owner, Store};
///
/// let journal = Store::open("postgresql://videogen@db.example/jobs").await?;
/// let owner = Owner::new();
/// journal.enter(&owner).await?;
/// // Every few seconds; `None`: the lease has ended, and others may have taken over what it owned.
/// if let Some(taken) = journal.take_over(&owner, &[Account::of(&client)], 100).await? {
///     println!("{} submissions to follow", taken.entries.len());
/// }
/// // On a clean stop.
/// journal.leave(&owner).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Owner {
    id: String,
    lease: Duration,
    has_entered: Arc<AtomicBool>,
    /// The submissions that it leaves to others, and until when.
    avoided: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Default for Owner {
    fn default() -> Self {
        Self::new()
    }
}

impl Owner {
    /// An owner with a unique id and a lease of 30 seconds.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            lease: LEASE,
            has_entered: Arc::default(),
            avoided: Arc::default(),
        }
    }

    /// The owner with this id: another process, [on whose behalf](crate::Store::leave) this one gives everything back because it
    /// has ended.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Sets how long it is assumed to be running without extending its lease.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Returns how long it is assumed to be running without extending its lease.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// Returns whether its lease has ever begun, with [`enter`](crate::Store::enter) or a submission.
    #[must_use]
    pub fn has_entered(&self) -> bool {
        self.has_entered.load(Ordering::Relaxed)
    }

    /// Leaves a submission to other owners for some time, such as one whose files cannot be written on this machine: this one
    /// [takes it over](crate::Store::take_over) no earlier.
    pub fn avoid(&self, intent: impl Into<String>, time: Duration) {
        let mut avoided = self.avoided.lock().unwrap_or_else(PoisonError::into_inner);
        avoided.insert(intent.into(), Instant::now() + time);
    }

    /// The submissions that it leaves to others now.
    pub(crate) fn avoided(&self) -> Vec<String> {
        let mut avoided = self.avoided.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        avoided.retain(|_, until| *until > now);
        avoided.keys().cloned().collect()
    }

    /// Marks it: its lease may have begun.
    pub(crate) fn entering(&self) {
        self.has_entered.store(true, Ordering::Relaxed);
    }

    /// Returns its unique id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The lease in milliseconds.
    pub(crate) fn millis(&self) -> i64 {
        i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX)
    }
}

/// An account at a base URL, whose submissions a client can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Fingerprint of the vendor and API key; see [`Client::account`].
    pub account: String,
    /// Origin of the base URL; see [`Client::origin`].
    pub origin: String,
}

impl Account {
    /// Names an account.
    pub fn new(account: impl Into<String>, origin: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            origin: origin.into(),
        }
    }

    /// The account of a client.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        Self::new(client.account(), client.origin())
    }
}

/// Result of [`Store::take_over`](crate::Store::take_over).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Taken {
    /// The submissions that the owner has now, in the order of their times.
    pub entries: Vec<Entry>,
    /// Records that it has now, and that cannot be read. They are not changed.
    pub unreadable: Vec<Unreadable>,
}

/// Number of submissions that [`Store::take_over`](crate::Store::take_over) would give to an owner, now or later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// Those of the accounts, whoever owns them.
    pub own: u64,
    /// Those of other accounts or base URLs.
    pub others: u64,
}

impl Taken {
    pub(crate) fn add(&mut self, record: Result<Entry, Unreadable>) {
        match record {
            Ok(entry) => self.entries.push(entry),
            Err(record) => self.unreadable.push(record),
        }
    }
}
