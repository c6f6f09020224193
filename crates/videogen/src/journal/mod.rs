//! A durable record of submissions: what was about to be sent, and what became of it.
//!
//! A client that is [given a journal](crate::ClientBuilder::journal) commits each submission to it before the first byte
//! leaves, and the task before [`submit`](crate::Client::submit) returns. So a program that dies at any instant leaves
//! either a task or an open entry, and [`Client::recover`](crate::Client::recover) goes on from there. The crate
//! `videogen-journal` keeps it in an SQLite file; anything else that can commit can be a [`Journal`] too. The rules are
//! here, in [`Entry::begin`] and [`Entry::apply`]: a journal stores what they give.

mod contract;
mod entry;
mod error;
mod event;
mod files;
mod found;
mod query;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use contract::{Journal, Started};
pub(crate) use entry::LEASE;
pub use entry::{Entry, State};
pub use error::JournalError;
pub use event::{Event, Intent, Reason};
pub(crate) use files::digest_of;
pub use files::{Destination, FileKind, SavedFile};
pub use found::{Found, Unreadable};
/// What a [`Journal`] returns.
pub use futures_util::future::BoxFuture;
pub use query::{Query, Subject};
