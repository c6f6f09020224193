//! What a journal has to do.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Entry, Event, Found, Intent, JournalError, Query, Subject};

/// Keeps entries where a crash cannot reach them. Several processes may use the same one at once.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Commits an intent. Where the key is known already, [`Entry::begin_again`] decides, in one transaction with what
    /// follows from it.
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>>;

    /// Commits what became known of an entry, by [`Entry::apply`]. What is said of an unknown entry is dropped, for tasks
    /// are made elsewhere too; `None` then.
    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>>;

    /// The entries that match, newest first. A record that cannot be read costs itself only: it is among
    /// [`Found::unreadable`], and stays as it is.
    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>>;
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
}

/// What became of an intent.
#[derive(Debug, Clone, PartialEq)]
pub enum Started {
    /// It is committed, and may be sent.
    New {
        /// The entry: the intent's own, or that of an earlier one with the same key.
        id: String,
        /// Which attempt of the entry it is, from 1.
        attempt: u32,
    },
    /// Its key is known, and that submission is under way, was accepted, or may have been: nothing may be sent.
    Known(Box<Entry>),
}
