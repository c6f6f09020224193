//! Reading and writing one record.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use videogen::Timestamp;
use videogen::journal::{Entry, Event, JournalError, Started, Unreadable};

use super::totals;
use crate::error::broken;
use crate::record::{Columns, Text, Values, taken};

/// The columns for [`read`].
pub(crate) const COLUMNS: &str = "rowid, intent, key, task, entry, begun";

/// One record: an entry, or why it cannot be read.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Result<Entry, Unreadable>> {
    let columns = Columns {
        place: format!("in row {}", row.get::<_, i64>(0)?),
        intent: text(row.get_ref(1)?),
        key: text(row.get_ref(2)?),
        task: text(row.get_ref(3)?),
        entry: text(row.get_ref(4)?),
    };
    Ok(columns.read())
}

/// The text, or the type of another value.
fn text(value: ValueRef<'_>) -> Text {
    match value {
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).map_err(|_| "text that is not UTF-8"),
        ValueRef::Null => Err("NULL"),
        ValueRef::Integer(_) => Err("an integer"),
        ValueRef::Real(_) => Err("a real number"),
        ValueRef::Blob(_) => Err("a blob"),
    }
}

/// The entry with `value` in `column`, in `scope` or without a scope.
pub(crate) fn entry(
    connection: &Connection,
    column: &str,
    value: &str,
    scope: Option<&str>,
) -> Result<Option<Entry>, JournalError> {
    let within = if scope.is_some() {
        "AND (scope = ?2 OR scope IS NULL)"
    } else {
        "AND ?2 IS NULL"
    };
    let sql = format!("SELECT {COLUMNS} FROM submissions WHERE {column} = ?1 {within} ORDER BY scope IS NULL LIMIT 1");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let found = statement.query_row(params![value, scope], read).optional();
    Ok(found.map_err(broken)?.transpose()?)
}

/// Stores an entry. The file's lock must be held.
pub(crate) fn put(connection: &Connection, entry: &Entry) -> Result<(), JournalError> {
    let values = Values::of(entry)?;
    check_task(connection, entry, &values)?;
    put_whole(connection, entry, &values)
}

/// Stores an entry that an event changed. The file's lock must be held.
pub(crate) fn put_changed(connection: &Connection, entry: &Entry) -> Result<(), JournalError> {
    let values = Values::of(entry)?;
    check_task(connection, entry, &values)?;
    if put_state(connection, entry, &values)? {
        return Ok(());
    }
    put_whole(connection, entry, &values)
}

/// Fails if another submission has the task.
fn check_task(connection: &Connection, entry: &Entry, values: &Values) -> Result<(), JournalError> {
    if let Some(task) = &values.task {
        let sql = "SELECT 1 FROM submissions
            WHERE task = ?1 AND (?2 IS NULL OR scope IS NULL OR scope = ?2) AND intent IS NOT ?3";
        let mut others = connection.prepare_cached(sql).map_err(broken)?;
        if others
            .exists(params![task, values.scope, entry.intent.id])
            .map_err(broken)?
        {
            return Err(taken(task));
        }
    }
    Ok(())
}

fn put_whole(connection: &Connection, entry: &Entry, values: &Values) -> Result<(), JournalError> {
    let intent = &entry.intent;
    let sql = "INSERT INTO submissions
        (intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, vendor_id, vendor,
        counted, currency, group_name, status, other_counted, other_currency, request_hash, model, charge)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
        ON CONFLICT (intent) DO UPDATE SET account = ?3, origin = ?4, scope = ?5, client_reference = ?6, task = ?7,
        open = ?8, unfinished = ?9, begun = ?10, entry = ?11, vendor_id = ?12, vendor = ?13, counted = ?14, currency = ?15,
        group_name = ?16, status = ?17, other_counted = ?18, other_currency = ?19, request_hash = ?20, model = ?21,
        charge = ?22, revision = revision + 1";
    let (first, second) = (&values.counted, &values.other_counted);
    let (before, after) = (totals::parts(connection, &intent.id)?, totals::parts_of(entry));
    let mut totals = totals::Change::default();
    if before != after {
        totals.remove(connection, &before)?;
        totals.add(connection, &after)?;
    }
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let stored = statement.execute(params![
        intent.id,
        intent.key,
        intent.account,
        intent.origin,
        values.scope,
        intent.client_reference,
        values.task,
        entry.is_open(),
        entry.is_unfinished(),
        values.begun,
        values.entry,
        entry.vendor_id,
        intent.vendor.as_str(),
        first.as_ref().map(|money| money.amount.to_string()),
        first.as_ref().map(|money| &money.currency),
        intent.group.as_ref().map(|group| &group.name),
        entry.status_name(),
        second.as_ref().map(|money| money.amount.to_string()),
        second.as_ref().map(|money| &money.currency),
        intent.request_hash,
        intent.model,
        values.charge,
    ]);
    stored.map_err(broken)?;
    totals.store(connection)
}

/// Stores the columns that most events change, if all others are as they should be: their indices need no change then. Those of
/// another version may differ, and the amounts after a cost is known.
fn put_state(connection: &Connection, entry: &Entry, values: &Values) -> Result<bool, JournalError> {
    let intent = &entry.intent;
    let sql = "UPDATE submissions SET task = ?2, open = ?3, unfinished = ?4, entry = ?5, vendor_id = ?6, status = ?7,
        charge = ?8, revision = revision + 1
        WHERE intent = ?1 AND (account, origin, scope, client_reference, begun, vendor, group_name, request_hash, model,
            counted, currency, other_counted, other_currency)
            IS (?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)";
    let (first, second) = (&values.counted, &values.other_counted);
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let stored = statement.execute(params![
        intent.id,
        values.task,
        entry.is_open(),
        entry.is_unfinished(),
        values.entry,
        entry.vendor_id,
        entry.status_name(),
        values.charge,
        intent.account,
        intent.origin,
        values.scope,
        intent.client_reference,
        values.begun,
        intent.vendor.as_str(),
        intent.group.as_ref().map(|group| &group.name),
        intent.request_hash,
        intent.model,
        first.as_ref().map(|money| money.amount.to_string()),
        first.as_ref().map(|money| &money.currency),
        second.as_ref().map(|money| money.amount.to_string()),
        second.as_ref().map(|money| &money.currency),
    ]);
    stored.map(|rows| rows > 0).map_err(broken)
}

pub(crate) fn log(connection: &Connection, intent: &str, at: Timestamp, event: &Event) -> Result<(), JournalError> {
    let sql = "INSERT INTO events (intent, at, event) VALUES (?1, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    statement
        .execute(params![
            intent,
            at.timestamp_millis(),
            serde_json::to_string(event).map_err(broken)?
        ])
        .map_err(broken)?;
    Ok(())
}

pub(crate) fn new(entry: Entry) -> Started {
    Started::New {
        id: entry.intent.id,
        attempt: entry.attempts,
    }
}
