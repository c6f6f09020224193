//! Selection of entries by a query, with the indices of the tables.

use tokio_postgres::types::ToSql;
use videogen::journal::{Entry, Found, Intent, Query};

use super::fault::Fault;
use super::row::{columns, looked_up, position, read, skew};
use super::session::Session;
use crate::selection::{Dialect, Page, Selection, Value, repeated_since};

const DIALECT: Dialect = Dialect {
    placeholder: |number| format!("${number}"),
    is_true: "",
};

/// The entries that match, newest first.
pub(super) async fn find(session: &Session, mut query: Query) -> Result<Found, Fault> {
    for text in [&mut query.vendor_id, &mut query.client_reference, &mut query.status] {
        *text = text.take().map(|text| looked_up(&text).into_owned());
    }
    let mut page = Page::new(query.limit);
    let selection = Selection::of(query, DIALECT);
    let count = selection.count();
    let mut values: Vec<&(dyn ToSql + Sync)> = Vec::new();
    for value in &selection.values {
        match value {
            Value::Text(text) => values.push(text),
            Value::Number(number) => values.push(number),
        }
    }
    values.push(&count);
    let sql = format!(
        "SELECT {} FROM submissions WHERE {} ORDER BY begun DESC, intent DESC LIMIT ${}",
        columns(),
        selection.wanted,
        values.len()
    );
    for row in session.rows(&sql, &values).await? {
        if page.is_full() {
            return Ok(page.end(true));
        }
        let skew = skew(&row)?;
        page.add(position(&row)?, read(&row).map(|entry| skew.entry(entry)));
    }
    Ok(page.end(false))
}

/// The newest submission that `intent` repeats. The request's lock must be held for a decision that stands.
pub(super) async fn repeated(session: &Session, intent: &Intent) -> Result<Option<Entry>, Fault> {
    let Some(since) = repeated_since(intent) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {} FROM submissions WHERE request_hash = $1 AND begun >= $2
            ORDER BY begun DESC, intent DESC",
        columns()
    );
    for row in session.rows(&sql, &[&intent.request_hash, &since]).await? {
        // The task of an unreadable record may exist, so it is an error.
        let entry = read(&row)?;
        if entry.is_repeated_by(intent) {
            return Ok(Some(skew(&row)?.entry(entry)));
        }
    }
    Ok(None)
}
