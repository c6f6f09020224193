//! Reading and writing one record.

use std::borrow::Cow;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use videogen::Timestamp;
use videogen::journal::{Entry, Event, Position, Unreadable};
use videogen::price::Money;

use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use super::owner;
use super::session::{Query, Session};
use crate::error::broken;
use crate::owner::Owner;
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

/// The columns of a stored record, in the order of the values of [`put`]. `charge` comes after those that only sums need.
const STORED: &str = "intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, vendor_id, \
    vendor, counted, currency, group_name, status, other_counted, other_currency, request_hash, model, charge, call";
const VALUES: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15, $16, $17, \
    $18::text::numeric, $19, $20, $21, $22, $23";
/// The values of a record that replaces another one: its call is kept unless there is another one.
const VALUES_KEPT: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15, $16, $17, \
    $18::text::numeric, $19, $20, $21, $22, coalesce($23, call)";

/// A change of one record.
pub(super) struct Change<'a> {
    /// The stored entry, whose record must be locked. `None`: there is none.
    pub(super) before: Option<&'a Entry>,
    pub(super) entry: &'a Entry,
    /// The call that begins an attempt.
    pub(super) call: Option<&'a str>,
    /// What is logged, and when it happened.
    pub(super) event: Option<(Timestamp, &'a Event)>,
    /// The owner of a submission that begins.
    pub(super) owner: Option<&'a Owner>,
}

impl Change<'_> {
    /// Stores it, and commits the transaction of the session.
    ///
    /// # Errors
    /// [`taken`] if another record has the task: nothing is stored then.
    pub(super) async fn commit(self, session: Session) -> Result<(), Fault> {
        let (entry, intent) = (self.entry, &self.entry.intent);
        let values = Values::of(entry)?;
        let stored = match self.before {
            None => format!("INSERT INTO submissions ({STORED}, is_owned) VALUES ({VALUES}, $26) RETURNING intent"),
            Some(_) => format!(
                "UPDATE submissions SET ({STORED}, revision) = ROW ({VALUES_KEPT}, revision + 1) WHERE intent = $1
                    AND NOT ($26 AND EXISTS (SELECT FROM submissions WHERE task = $7
                        AND ($5::text IS NULL OR scope IS NULL OR scope = $5) AND intent <> $1))
                    RETURNING intent"
            ),
        };
        let sql = format!(
            "WITH stored AS ({stored}), logged AS (INSERT INTO events (intent, at, event)
                SELECT intent, $24::bigint, $25 FROM stored WHERE $25::text IS NOT NULL)
            SELECT FROM stored"
        );
        let (first, second) = (&values.counted, &values.other_counted);
        let amount = |money: &Option<Money>| money.as_ref().map(|money| money.amount.to_string());
        let currency = |money: &Option<Money>| {
            let money = money.as_ref();
            money.map(|money| looked_up(&money.currency).into_owned())
        };
        let short = |text: &Option<String>| text.as_ref().map(|text| looked_up(text).into_owned());
        let at = self.event.map_or(0, |(at, _)| at.timestamp_millis());
        let event = self.event.map(|(_, event)| serde_json::to_string(event)).transpose();
        let event = event.map_err(broken)?;
        // Of a new record, whether it has an owner; otherwise whether its task is new.
        let mark = match self.before {
            None => self.owner.is_some(),
            Some(before) => before.task != entry.task,
        };
        let statement = session.prepare(&sql).await?;
        let put: Query<'_> = (
            &statement,
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
                &self.call,
                &at,
                &event,
                &mark,
            ],
        );
        let stored = match self.owner {
            None => {
                let [stored] = session.commit_with([put]).await?;
                stored
            }
            Some(owner) => {
                let beginning = session.prepare(&owner::beginning()).await?;
                let begin: Query<'_> = (&beginning, &[&owner.id(), &owner.millis(), &intent.id]);
                let [stored, _] = session.commit_with([put, begin]).await?;
                stored
            }
        };
        match &values.task {
            Some(task) if stored.is_empty() => Err(taken(task).into()),
            _ => Ok(()),
        }
    }
}
