//! Reading and writing one record.

use std::borrow::Cow;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use videogen::Timestamp;
use videogen::journal::{Entry, Event, Position, Unreadable};

use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use super::session::Session;
use crate::error::broken;
use crate::record::{Columns, Text, Values, taken};
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

/// The entry with `value` in `column`, in `scope` or without a scope. `lock`: until the end of the transaction.
pub(super) async fn find(
    session: &Session,
    column: &str,
    value: &str,
    scope: Option<&str>,
    lock: bool,
) -> Result<Option<FoundRow>, Fault> {
    let within = if scope.is_some() {
        "(scope = $2 OR scope IS NULL)"
    } else {
        "$2::text IS NULL"
    };
    let sql = format!(
        "SELECT {}, call FROM submissions WHERE {column} = $1 AND {within} ORDER BY scope IS NULL LIMIT 1 {}",
        columns(),
        if lock { "FOR UPDATE" } else { "" }
    );
    let Some(row) = session.row(&sql, &[&value, &scope]).await? else {
        return Ok(None);
    };
    Ok(Some(FoundRow {
        // The task of an unreadable record may exist, so it is an error.
        entry: read(&row)?,
        call: self::value(&row, 6)?,
        now: now(&row)?,
    }))
}

/// The columns that a record has in [`put`], in the order of its values.
const STORED: &str = "intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, vendor_id, \
    vendor, counted, currency, group_name, status, other_counted, other_currency, request_hash, model, charge, call";
const VALUES: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15, $16, $17, \
    $18::text::numeric, $19, $20, $21, $22, $23";

/// Stores an entry and its event, in a transaction. `before`: the stored entry, whose record must be locked. `call`: the call
/// that begins an attempt.
pub(super) async fn put(
    session: &Session,
    before: Option<&Entry>,
    entry: &Entry,
    call: Option<&str>,
    event: Option<(Timestamp, &Event)>,
) -> Result<(), Fault> {
    let intent = &entry.intent;
    let values = Values::of(entry)?;
    let is_new_task = before.is_none_or(|before| before.task != entry.task);
    if let Some(task) = values.task.as_ref().filter(|_| is_new_task) {
        let sql = "SELECT FROM submissions
            WHERE task = $1 AND ($2::text IS NULL OR scope IS NULL OR scope = $2) AND intent <> $3 LIMIT 1";
        if session.row(sql, &[task, &values.scope, &intent.id]).await?.is_some() {
            return Err(taken(task).into());
        }
    }
    let stored = match before {
        None => format!("INSERT INTO submissions ({STORED}) VALUES ({VALUES}) RETURNING intent"),
        Some(_) => format!(
            "UPDATE submissions SET ({STORED}, revision) = ROW ({VALUES_KEPT}, revision + 1) WHERE intent = $1
                RETURNING intent"
        ),
    };
    let sql = format!(
        "WITH stored AS ({stored})
        INSERT INTO events (intent, at, event) SELECT intent, $24::bigint, $25 FROM stored WHERE $25::text IS NOT NULL"
    );
    let (first, second) = (&values.counted, &values.other_counted);
    let amount = |money: &Option<videogen::price::Money>| money.as_ref().map(|money| money.amount.to_string());
    let currency = |money: &Option<videogen::price::Money>| {
        let money = money.as_ref();
        money.map(|money| looked_up(&money.currency).into_owned())
    };
    let short = |text: &Option<String>| text.as_ref().map(|text| looked_up(text).into_owned());
    let at = event.map_or(0, |(at, _)| at.timestamp_millis());
    let event = event.map(|(_, event)| serde_json::to_string(event)).transpose();
    let event = event.map_err(broken)?;
    session
        .run(
            &sql,
            &[
                &intent.id,
                &intent.key,
                &intent.account,
                &intent.origin,
                &values.scope,
                &short(&intent.client_reference),
                &values.task,
                &entry.is_open(),
                &entry.is_unfinished(),
                &values.begun,
                &values.entry,
                &short(&entry.vendor_id),
                &intent.vendor.as_str(),
                &amount(first),
                &currency(first),
                &intent.group.as_ref().map(|group| looked_up(&group.name)),
                &looked_up(entry.status_name()),
                &amount(second),
                &currency(second),
                &intent.request_hash,
                &looked_up(&intent.model),
                &values.charge,
                &call,
                &at,
                &event,
            ],
        )
        .await?;
    Ok(())
}

/// The values of a stored record: its call is kept unless there is another one.
const VALUES_KEPT: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15, $16, $17, \
    $18::text::numeric, $19, $20, $21, $22, coalesce($23, call)";
