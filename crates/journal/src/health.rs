//! The state of a journal.

use videogen::journal::{Entry, Unreadable};

/// Problems that are listed.
pub(crate) const LISTED: usize = 100;

/// Result of [`Store::health`](crate::Store::health).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Version of the schema.
    pub schema: i64,
    /// What the database finds damaged, at most 100 lines.
    pub damage: Vec<String>,
    /// Number of submissions.
    pub submissions: u64,
    /// Those whose status is unknown.
    pub open: u64,
    /// Those whose task had not ended, or whose output files are missing.
    pub unfinished: u64,
    /// Number of records that cannot be read.
    pub unreadable: u64,
    /// The first 100 of them.
    pub records: Vec<Unreadable>,
    /// Size of the file in bytes, without its write-ahead log; in PostgreSQL, of the tables and indices.
    pub bytes: u64,
    /// Bytes in the file that are free for new entries. Zero in PostgreSQL, which does not count them.
    pub free_bytes: u64,
}

impl Health {
    /// Returns whether the file is intact and every record can be read.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.damage.is_empty() && self.unreadable == 0
    }

    /// Counts a record. `open`, `unfinished`: its columns, if they can be read.
    pub(crate) fn add(&mut self, record: Result<Entry, Unreadable>, open: Option<bool>, unfinished: Option<bool>) {
        self.submissions += 1;
        self.open += u64::from(open == Some(true));
        self.unfinished += u64::from(unfinished == Some(true));
        let record = match record {
            Err(record) => record,
            // It would never be recovered, or for ever.
            Ok(entry) if open != Some(entry.is_open()) => {
                let task = entry.task.as_ref().map(ToString::to_string);
                Unreadable::new(&entry.intent.id, "column open contradicts column entry").task(task)
            }
            Ok(_) => return,
        };
        self.unreadable += 1;
        if self.records.len() < LISTED {
            self.records.push(record);
        }
    }
}
