//! Reading one record.

use std::borrow::Cow;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use videogen::Timestamp;
use videogen::journal::{Entry, Position, Unreadable};

use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use crate::record::{Columns, Text};
use crate::selection;

/// The columns for [`read`], and then the time of the database.
pub(super) fn columns() -> String {
    format!("intent, key, task, entry, begun, {NOW}")
}

/// Characters of a text that is only looked up. A vendor decides how long it is, and an index cannot have every length.
const LOOKED_UP: usize = 400;

/// One record: an entry as it is stored, or why it cannot be read.
pub(super) fn read(row: &Row) -> Result<Entry, Unreadable> {
    let columns = Columns {
        place: "without an id".to_owned(),
        intent: text(row, 0),
        key: text(row, 1),
        task: text(row, 2),
        entry: text(row, 3),
    };
    columns.read()
}

fn text(row: &Row, column: usize) -> Text {
    match row.try_get::<_, Option<String>>(column) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err("NULL"),
        Err(_) => Err("another type"),
    }
}

pub(super) fn value<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, Fault> {
    Ok(row.try_get(column)?)
}

pub(super) fn position(row: &Row) -> Result<Position, Fault> {
    Ok(selection::position(value(row, 4)?, value(row, 0)?))
}

/// The time of the database when it selected a record.
pub(super) fn now(row: &Row) -> Result<Timestamp, Fault> {
    Ok(time(value(row, 5)?))
}

pub(super) fn skew(row: &Row) -> Result<Skew, Fault> {
    now(row).map(Skew::of)
}

/// A text for a column that is only looked up: limited, and without the character that PostgreSQL cannot store.
pub(super) fn looked_up(text: &str) -> Cow<'_, str> {
    let end = text.char_indices().nth(LOOKED_UP).map_or(text.len(), |(end, _)| end);
    let text = &text[..end];
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A record that was found.
pub(super) struct FoundRow {
    /// As it is stored.
    pub(super) entry: Entry,
    /// The call that committed the last attempt.
    pub(super) call: Option<String>,
    /// The time of the database.
    pub(super) now: Timestamp,
}

/// Selects the entry with `$1` in `column`, in the scope `$2` or without a scope if there is one. `lock`: until the end of the
/// transaction.
pub(super) fn one(column: &str, scope: Option<&str>, lock: bool) -> String {
    let within = if scope.is_some() {
        "(scope = $2 OR scope IS NULL)"
    } else {
        "$2::text IS NULL"
    };
    format!(
        "SELECT {}, call FROM submissions WHERE {column} = $1 AND {within} ORDER BY scope IS NULL LIMIT 1 {}",
        columns(),
        if lock { "FOR UPDATE" } else { "" }
    )
}

/// Reads what [`one`] selected.
pub(super) fn found(rows: &[Row]) -> Result<Option<FoundRow>, Fault> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(FoundRow {
        // The task of an unreadable record may exist, so it is an error.
        entry: read(row)?,
        call: value(row, 6)?,
        now: now(row)?,
    }))
}
