//! The state of the file.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use videogen::journal::JournalError;

use super::SqliteJournal;
use super::row::{COLUMNS, read};
use crate::error::broken;
use crate::health::{Health, LISTED};

/// Instructions of SQLite between two looks at the clock.
const STEPS: i32 = 1000;

impl SqliteJournal {
    /// Reads the whole file, and checks it and every record.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn health(&self) -> Result<Health, JournalError> {
        self.run(|connection| check(connection, None)).await
    }

    /// Does the same within a time limit, and holds up other calls no longer. Returns `None` if it was not enough.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn health_within(&self, limit: Duration) -> Result<Option<Health>, JournalError> {
        let end = Instant::now().checked_add(limit);
        let checked = self.run(move |connection| Ok(check(connection, end))).await?;
        match checked {
            Err(_) if end.is_some_and(|end| end <= Instant::now()) => Ok(None),
            checked => checked.map(Some),
        }
    }
}

/// Reads the whole file. Fails at `end`.
fn check(connection: &mut Connection, end: Option<Instant>) -> Result<Health, JournalError> {
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
        let mark = |index| match row.get::<_, i64>(index) {
            Ok(0) => Some(false),
            Ok(1) => Some(true),
            _ => None,
        };
        health.add(read(row).map_err(broken)?, mark(6), mark(7));
    }
    let page = number("PRAGMA page_size")?;
    let bytes = |pages: i64| u64::try_from(pages.saturating_mul(page)).unwrap_or_default();
    health.bytes = bytes(number("PRAGMA page_count")?);
    health.free_bytes = bytes(number("PRAGMA freelist_count")?);
    Ok(health)
}
