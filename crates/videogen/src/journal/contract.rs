//! The interface of a journal.

use std::fmt;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rust_decimal::Decimal;

use super::{
    Budget, BudgetKey, Changes, Entry, Event, Found, Intent, JournalError, OverBudget, Query, Subject, Topic, Turns,
    UploadKey, UploadLease, UploadRecord,
};

/// Durable storage of submissions. Several processes may use the same journal at once.
///
/// `SqliteJournal` of the crate `videogen-journal` is the reference implementation.
///
/// ```no_run
/// use videogen::journal::{Entry, Journal, JournalError, Query};
///
/// async fn open(journal: &dyn Journal) -> Result<Vec<Entry>, JournalError> {
///     Ok(journal.find(Query::default().open(true)).await?.entries)
/// }
/// ```
pub trait Journal: fmt::Debug + Send + Sync {
    /// Commits a submission before it is sent. If its key exists, [`Entry::begin_again`] decides, in the same transaction;
    /// and so does [`OverBudget::check`] for the budgets that are set, and [`Entry::is_repeated_by`] for each entry if
    /// [`Intent::refuse_repeated_within`] is set.
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>>;

    /// Commits an event of an entry with [`Entry::apply`], and returns the entry. Returns `None` for an unknown entry: tasks
    /// may be created without the journal.
    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>>;

    /// Returns the entries that match, newest first. Records that cannot be read are returned in [`Found::unreadable`] and
    /// are not changed. A journal that does not set [`Found::next`] ignores the limit; [`Pages`](super::Pages) reads both kinds.
    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>>;

    /// Returns the budget that does not allow the submission, without committing anything. [`begin`](Self::begin) decides.
    fn over_budget(&self, _intent: Intent) -> BoxFuture<'_, Result<Option<OverBudget>, JournalError>> {
        Box::pin(ready(Ok(None)))
    }

    /// Returns the newest entry that the submission [repeats](Entry::is_repeated_by), without committing anything.
    /// [`begin`](Self::begin) decides. A journal that does not look for them returns `None`.
    fn repeated(&self, _intent: Intent) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        Box::pin(ready(Ok(None)))
    }

    /// Returns the budgets, and what counts against each in its current period: all submissions of `scope`. A journal without
    /// budgets has none.
    fn budgets(&self, _scope: String) -> BoxFuture<'_, Result<Vec<(Budget, Decimal)>, JournalError>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    /// Stores a budget, instead of an earlier one with its key.
    ///
    /// # Errors
    /// When it cannot be stored: always, in a journal without budgets.
    fn set_budget(&self, _budget: Budget) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(ready(Err(JournalError::new("this journal has no budgets"))))
    }

    /// Removes the budget with this key, and returns whether there was one.
    fn remove_budget(&self, _key: BudgetKey) -> BoxFuture<'_, Result<bool, JournalError>> {
        Box::pin(ready(Ok(false)))
    }

    /// Returns the last upload with this key, if any. A journal without uploads returns `None`: files are uploaded again.
    fn find_upload(&self, _key: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
        Box::pin(ready(Ok(None)))
    }

    /// Stores an upload, instead of an earlier one with its key.
    fn record_upload(&self, _upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(ready(Ok(())))
    }

    /// Removes the upload with this key and reference, if it is stored: the vendor no longer knows it.
    fn forget_upload(&self, _upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(ready(Ok(())))
    }

    /// Takes or extends the lease of an upload: stores it and returns `None` if no lease with its key is stored, or if it
    /// [replaces](UploadLease::replaces) the stored one, in one transaction. Otherwise returns the stored one: another
    /// process is making the upload. A journal without leases returns `None`: each process makes its own upload.
    fn lease_upload(&self, _lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
        Box::pin(ready(Ok(None)))
    }

    /// Removes the lease with this key and holder, if it is stored: the upload is recorded, or has failed.
    fn release_upload(&self, _lease: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(ready(Ok(())))
    }

    /// Subscribes to what all processes record from now on. A journal that cannot notify returns `None`: a caller that waits
    /// for another process looks from time to time.
    fn changes(&self, _topic: Topic) -> Option<Changes> {
        None
    }

    /// Reserves the next turns of an account, for which all processes that share the journal compete, and returns the time
    /// until the first of them. The others follow at the interval. A journal that does not keep turns returns `None`: each
    /// process keeps the limits of the vendor for itself.
    fn reserve_turns(&self, _turns: Turns) -> Option<BoxFuture<'_, Result<Duration, JournalError>>> {
        None
    }
}

impl<J: Journal + ?Sized> Journal for Arc<J> {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        (**self).begin(intent)
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        (**self).record(subject, event)
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        (**self).find(query)
    }

    fn over_budget(&self, intent: Intent) -> BoxFuture<'_, Result<Option<OverBudget>, JournalError>> {
        (**self).over_budget(intent)
    }

    fn repeated(&self, intent: Intent) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        (**self).repeated(intent)
    }

    fn budgets(&self, scope: String) -> BoxFuture<'_, Result<Vec<(Budget, Decimal)>, JournalError>> {
        (**self).budgets(scope)
    }

    fn set_budget(&self, budget: Budget) -> BoxFuture<'_, Result<(), JournalError>> {
        (**self).set_budget(budget)
    }

    fn remove_budget(&self, key: BudgetKey) -> BoxFuture<'_, Result<bool, JournalError>> {
        (**self).remove_budget(key)
    }

    fn find_upload(&self, key: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
        (**self).find_upload(key)
    }

    fn record_upload(&self, upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        (**self).record_upload(upload)
    }

    fn forget_upload(&self, upload: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        (**self).forget_upload(upload)
    }

    fn lease_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
        (**self).lease_upload(lease)
    }

    fn release_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
        (**self).release_upload(lease)
    }

    fn changes(&self, topic: Topic) -> Option<Changes> {
        (**self).changes(topic)
    }

    fn reserve_turns(&self, turns: Turns) -> Option<BoxFuture<'_, Result<Duration, JournalError>>> {
        (**self).reserve_turns(turns)
    }
}

/// Result of [`Journal::begin`].
#[derive(Debug, Clone, PartialEq)]
pub enum Started {
    /// The submission is committed and may be sent.
    New {
        /// Id of the entry: the intent's id, or that of an earlier intent with the same key.
        id: String,
        /// Number of the attempt, from 1.
        attempt: u32,
    },
    /// A submission with the same key is in flight, was accepted, or may have been accepted: nothing may be sent.
    Known(Box<Entry>),
    /// A budget does not allow it: nothing is committed, and nothing may be sent.
    OverBudget(Box<OverBudget>),
    /// It repeats this submission: nothing is committed, and nothing may be sent.
    Repeated(Box<Entry>),
}
