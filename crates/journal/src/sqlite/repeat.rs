//! Submissions of the same request.

use rusqlite::{Connection, params};
use videogen::journal::{Entry, Intent, JournalError};

use super::row::{COLUMNS, read};
use crate::error::broken;
use crate::selection::repeated_since;

/// The newest submission that `intent` repeats. The file's lock must be held for a decision that stands.
pub(crate) fn find(connection: &Connection, intent: &Intent) -> Result<Option<Entry>, JournalError> {
    let Some(start) = repeated_since(intent) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM submissions WHERE request_hash = ?1 AND begun >= ?2 ORDER BY begun DESC,
            intent DESC"
    );
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
