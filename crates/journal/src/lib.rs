//! A [`Journal`](videogen::journal::Journal) in one SQLite file, or, with the feature `postgres`, in a PostgreSQL database;
//! [`Store`] is either.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use videogen::{Client, Vendor, VideoRequest};
//! use videogen_journal::SqliteJournal;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let journal = Arc::new(SqliteJournal::open("videogen.db")?);
//! let client = Client::builder(Vendor::ALL[0]).journal(journal).build()?;
//!
//! // After a restart: resume unfinished tasks.
//! let recovered = client.recover(std::time::Duration::ZERO).await?;
//! for entry in &recovered.unfinished {
//!     println!("unfinished: {:?}", entry.task);
//! }
//!
//! // Repeated calls, from any number of processes, return the same task.
//! let request = VideoRequest::new("seedance-2.0", "a paper boat drifting down a rainy street");
//! let task = client.submit_with_key("order-4711", &request).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Every change is on disk before the call returns (write-ahead log, `synchronous=FULL`). Any number of processes on one
//! machine can share the file; network file systems are not supported. Rows contain prompts, URL hosts, and
//! the public references of uploaded files, but no API keys or URLs with credentials; the file is readable by its owner only.
//!
//! Depends on `videogen` alone. The rules of the journal are in `videogen::journal`; this crate stores their results. What both
//! engines decide alike is in separate files, which know neither; SQL is in `sqlite/` and `postgres/`.

mod budget;
mod copy;
mod error;
mod health;
mod name;
mod owner;
#[cfg(feature = "postgres")]
mod postgres;
mod prune;
mod record;
mod selection;
mod spend;
mod spool;
mod sqlite;
mod store;
mod stored;
mod system;

pub use copy::{Copied, copy};
pub use health::Health;
pub use owner::{Account, Owner, Taken, Unfinished};
#[cfg(feature = "postgres")]
pub use postgres::PostgresJournal;
pub use prune::{Kept, Prune, Pruned};
pub use spend::{Origins, Spent};
pub use spool::{Replayed, Unrecorded};
pub use sqlite::SqliteJournal;
pub use store::Store;
