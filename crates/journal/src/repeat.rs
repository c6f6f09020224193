//! Submissions of the same request.

use chrono::TimeDelta;
use rusqlite::{Connection, params};
use videogen::journal::{Entry, Intent, JournalError};

use crate::broken::broken;
use crate::row::{COLUMNS, read};

/// The newest submission that `intent` repeats. The file's lock must be held for a decision that stands.
pub(crate) fn find(connection: &Connection, intent: &Intent) -> Result<Option<Entry>, JournalError> {
    let Some(within) = intent.refuse_repeated_within else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM submissions WHERE request_hash = ?1 AND key = intent AND begun >= ?2 ORDER BY begun DESC,
            intent DESC"
    );
    let within = TimeDelta::from_std(within).ok();
    let start = within.and_then(|within| intent.at.checked_sub_signed(within));
    let start = start.map_or(i64::MIN, |start| start.timestamp_millis());
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query(params![intent.request_hash, start]).map_err(broken)?;
    while let Some(row) = rows.next().map_err(broken)? {
        // The task of an unreadable record may exist, so it is an error.
        let entry = read(row).map_err(broken)??;
        if entry.is_repeated_by(intent) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}
