//! A [`Journal`](videogen::journal::Journal) in one SQLite file.
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
//! // After a start: what did the last run leave behind?
//! let recovered = client.recover(std::time::Duration::ZERO).await?;
//! for entry in &recovered.unfinished {
//!     println!("still to be waited for: {:?}", entry.task);
//! }
//!
//! // However often this runs, and from however many processes: one task.
//! let request = VideoRequest::new("seedance-2.0", "a paper boat drifting down a rainy street");
//! let task = client.submit_with_key("order-4711", &request).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Every change is on the disk before it is answered (write-ahead log, `synchronous=FULL`). Any number of processes on one
//! machine may share the file; a network file system is no place for it. Rows hold no API key, and of URLs only the hosts;
//! they do hold prompts, so the file is for its owner only.

mod file;
mod row;
mod schema;
mod sqlite;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use sqlite::SqliteJournal;
