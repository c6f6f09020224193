//! The state of a journal's file.

use std::time::Instant;

use rusqlite::Connection;
use videogen::journal::{JournalError, Unreadable};

use crate::broken::broken;
use crate::row::{COLUMNS, read};

/// Problems that are listed.
const LISTED: usize = 100;

/// Result of [`SqliteJournal::health`](crate::SqliteJournal::health).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Version of the schema.
    pub schema: i64,
    /// What SQLite finds damaged, at most 100 lines.
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
    /// Size of the file in bytes, without its write-ahead log.
    pub bytes: u64,
    /// Bytes in the file that are free for new entries.
    pub free_bytes: u64,
}

impl Health {
    /// Returns whether the file is intact and every record can be read.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.damage.is_empty() && self.unreadable == 0
    }
}

/// Instructions of SQLite between two looks at the clock.
const STEPS: i32 = 1000;

/// Reads the whole file. Fails at `end`.
pub(crate) fn check(connection: &mut Connection, end: Option<Instant>) -> Result<Health, JournalError> {
    let is_late = move || end.is_some_and(|end| end <= Instant::now());
    connection.progress_handler(STEPS, Some(is_late)).map_err(broken)?;
    let checked = read_all(connection);
    connection.progress_handler(0, None::<fn() -> bool>).map_err(broken)?;
    checked
}

fn read_all(connection: &Connection) -> Result<Health, JournalError> {
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(broken)
    };
    let mut health = Health {
        schema: number("PRAGMA user_version")?,
        ..Health::default()
    };
    let lines = |sql: &str, line: fn(&rusqlite::Row<'_>) -> rusqlite::Result<String>| {
        let mut statement = connection.prepare(sql).map_err(broken)?;
        let lines = statement.query_map([], line).map_err(broken)?;
        lines.take(LISTED).collect::<Result<Vec<_>, _>>().map_err(broken)
    };
    health.damage = lines("PRAGMA integrity_check", |row| row.get(0))?;
    health.damage.retain(|line| line != "ok");
    let foreign = lines("PRAGMA foreign_key_check", |row| {
        Ok(format!(
            "row {} of {} has no submission",
            row.get::<_, i64>(1)?,
            row.get::<_, String>(0)?
        ))
    })?;
    health.damage.extend(foreign);
    let sql = format!("SELECT {COLUMNS}, open, unfinished FROM submissions");
    let mut statement = connection.prepare(&sql).map_err(broken)?;
    let mut rows = statement.query([]).map_err(broken)?;
    while let Some(row) = rows.next().map_err(broken)? {
        health.submissions += 1;
        let (open, unfinished) = (row.get::<_, i64>(6), row.get::<_, i64>(7));
        health.open += u64::from(open == Ok(1));
        health.unfinished += u64::from(unfinished == Ok(1));
        let record = match read(row).map_err(broken)? {
            Err(record) => record,
            // It would never be recovered, or for ever.
            Ok(entry) if open != Ok(i64::from(entry.is_open())) => {
                let task = entry.task.as_ref().map(ToString::to_string);
                Unreadable::new(&entry.intent.id, "column open contradicts column entry").task(task)
            }
            Ok(_) => continue,
        };
        health.unreadable += 1;
        if health.records.len() < LISTED {
            health.records.push(record);
        }
    }
    let page = number("PRAGMA page_size")?;
    let bytes = |pages: i64| u64::try_from(pages.saturating_mul(page)).unwrap_or_default();
    health.bytes = bytes(number("PRAGMA page_count")?);
    health.free_bytes = bytes(number("PRAGMA freelist_count")?);
    Ok(health)
}
