//! Selection of entries by a query, with the indices of the tables.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use videogen::journal::{Found, JournalError, Position, Query};

use super::row::{COLUMNS, read};
use crate::error::broken;
use crate::selection::{self, Dialect, Page, Selection};

const DIALECT: Dialect = Dialect {
    placeholder: |number| format!("?{number}"),
    is_true: " = 1",
};

/// The entries that match, newest first.
pub(crate) fn find(connection: &Connection, query: Query) -> Result<Found, JournalError> {
    let mut page = Page::new(query.limit);
    let (sql, values) = statement(query);
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(broken)?;
    while let Some(row) = rows.next().map_err(broken)? {
        if page.is_full() {
            return Ok(page.end(true));
        }
        page.add(position(row)?, read(row).map_err(broken)?);
    }
    Ok(page.end(false))
}

/// The position of a record with the columns [`COLUMNS`].
pub(crate) fn position(row: &Row<'_>) -> Result<Position, JournalError> {
    let id = row.get_ref(1).map_err(broken)?.as_bytes().unwrap_or_default();
    let begun = row.get(5).map_err(broken)?;
    Ok(selection::position(begun, &String::from_utf8_lossy(id)))
}

/// The statement of a query, and the values of its parameters. It selects one more than the limit.
fn statement(query: Query) -> (String, Vec<Value>) {
    let selection = Selection::of(query, DIALECT);
    let count = selection.count().unwrap_or(-1);
    // Few are open or unfinished: their partial indices, and not that of the order.
    let order = if selection.is_rare { "+begun" } else { "begun" };
    let mut values: Vec<Value> = selection.values.into_iter().map(value).collect();
    values.push(count.into());
    let sql = format!(
        "SELECT {COLUMNS} FROM submissions WHERE {} ORDER BY {order} DESC, intent DESC LIMIT ?{}",
        selection.wanted,
        values.len()
    );
    (sql, values)
}

fn value(value: selection::Value) -> Value {
    match value {
        selection::Value::Text(text) => text.into(),
        selection::Value::Number(number) => number.into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use videogen::Timestamp;

    use super::*;

    /// No query of many entries reads all records, or sorts them.
    #[test]
    fn queries_use_the_indices() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::sqlite::schema::migrate(&mut connection).unwrap();
        let all = Query::default();
        for (query, index) in [
            (all.clone(), "submissions_begun"),
            (all.clone().since(Timestamp::UNIX_EPOCH), "submissions_begun"),
            (
                all.clone().after(Position::new(Timestamp::UNIX_EPOCH, "a")),
                "submissions_begun",
            ),
            (all.clone().open(true), "submissions_open"),
            (
                all.clone().unfinished(true).account("a").origin("o"),
                "submissions_unfinished",
            ),
            (all.clone().unfinished(true), "submissions_unfinished"),
            (all.clone().vendor(videogen::Vendor::ALL[0]), "submissions_vendor"),
            (all.clone().status("failed"), "submissions_status"),
            (
                all.clone()
                    .status("failed")
                    .vendor(videogen::Vendor::ALL[0])
                    .since(Timestamp::UNIX_EPOCH),
                "submissions_vendor_status",
            ),
            (all.key("k").scope("public"), "sqlite_autoindex_submissions_2"),
        ] {
            let (sql, values) = statement(query.limit(50));
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = plan.query_map(params_from_iter(values), |row| row.get::<_, String>(3));
            let steps: Vec<String> = steps.unwrap().map(Result::unwrap).collect();
            let index = format!("USING INDEX {index}");
            assert!(steps.iter().any(|step| step.contains(&index)), "{sql}: {steps:?}");
            assert!(
                !steps
                    .iter()
                    .any(|step| step.starts_with("SCAN") && !step.contains("INDEX")),
                "{steps:?}"
            );
        }
    }
}
