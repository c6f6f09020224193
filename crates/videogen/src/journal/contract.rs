//! The interface of a journal.

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Entry, Event, Found, Intent, JournalError, Query, Subject, UploadKey, UploadLease, UploadRecord};

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
    /// Commits a submission before it is sent. If its key exists, [`Entry::begin_again`] decides, in the same transaction.
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>>;

    /// Commits an event of an entry with [`Entry::apply`], and returns the entry. Returns `None` for an unknown entry: tasks
    /// may be created without the journal.
    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>>;

    /// Returns the entries that match, newest first. Records that cannot be read are returned in [`Found::unreadable`] and
    /// are not changed.
    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>>;

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
}
