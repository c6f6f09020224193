//! The durable record of submissions and their tasks.
//!
//! A client with a [journal](crate::ClientBuilder::journal) commits each submission to it before anything is sent, and the
//! task before [`submit`](crate::Client::submit) returns. A crash at any point therefore leaves either a task or an open
//! entry, from which [`Client::recover`](crate::Client::recover) resumes. The crate `videogen-journal` stores the journal in
//! an SQLite file; other storage implements [`Journal`]. The rules are in [`Entry::begin`] and [`Entry::apply`]; a journal
//! stores their results.
//!
//! ```no_run
//! # async fn example(journal: &dyn videogen::journal::Journal) -> Result<(), videogen::journal::JournalError> {
//! use videogen::journal::Query;
//!
//! let found = journal.find(Query::default().open(true)).await?;
//! for entry in &found.entries {
//!     println!("{} of {}: {:?}", entry.intent.key, entry.intent.at, entry.state);
//! }
//! for record in &found.unreadable {
//!     eprintln!("{record}");
//! }
//! # Ok(())
//! # }
//! ```
// Floor 1: depends on `model` alone. It may not use clients or a network.

mod budget;
mod changes;
mod charge;
mod contract;
mod corrected;
mod destination;
mod entry;
mod error;
mod event;
mod files;
mod found;
mod ledger;
mod pages;
mod query;
mod repeat;
mod settle;
mod settlement;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod upload;

pub use budget::{Budget, BudgetKey, OverBudget, ParseBudgetError, Period};
pub use changes::{Changes, Topic, Turns};
pub use charge::{Charge, ChargeKind};
pub use contract::{Journal, Started};
pub use destination::{Destination, further_video};
pub(crate) use entry::LEASE;
pub use entry::{Entry, State};
pub use error::{JournalError, JournalErrorKind};
pub use event::{Event, Group, Intent, Reason};
pub(crate) use files::digest_of;
pub use files::{FileKind, SavedFile};
pub use found::{Found, Unreadable};
/// Future returned by the methods of a [`Journal`].
pub use futures_util::future::BoxFuture;
pub use ledger::{Amounts, Charges, GroupBy, Ledger, Spend};
pub use pages::Pages;
pub use query::{Position, Query, Subject};
pub use settle::{Settled, settle};
pub use settlement::Settlement;
pub use upload::{UploadKey, UploadLease, UploadRecord};

pub use crate::model::mask::{hide_urls, hide_urls_in};
