//! Selection of entries by a query, with the indices of the tables.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use videogen::Timestamp;
use videogen::journal::{Found, JournalError, Position, Query};

use crate::broken::broken;
use crate::row::{COLUMNS, read};

/// The entries that match, newest first.
pub(crate) fn find(connection: &Connection, query: Query) -> Result<Found, JournalError> {
    let limit = query.limit;
    let (sql, values) = statement(query);
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(broken)?;
    let mut found = Found::default();
    let (mut count, mut last) = (0, None);
    while let Some(row) = rows.next().map_err(broken)? {
        if limit == Some(count) {
            return Ok(found.next(last));
        }
        count += 1;
        if limit == Some(count) {
            last = Some(position(row)?);
        }
        match read(row).map_err(broken)? {
            Ok(entry) => found.entries.push(entry),
            Err(record) => found.unreadable.push(record),
        }
    }
    Ok(found)
}

/// The position of a record with the columns [`COLUMNS`].
pub(crate) fn position(row: &Row<'_>) -> Result<Position, JournalError> {
    let id = row.get_ref(1).map_err(broken)?.as_bytes().unwrap_or_default();
    let at = time(row.get(5).map_err(broken)?);
    Ok(Position::new(at, String::from_utf8_lossy(id)))
}

/// The statement of a query, and the values of its parameters. It selects one more than the limit.
fn statement(query: Query) -> (String, Vec<Value>) {
    let mut wanted = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let texts = [
        ("account", query.account),
        ("intent", query.intent),
        ("key", query.key),
        ("task", query.task.map(|task| task.to_string())),
        ("vendor_id", query.vendor_id),
        ("client_reference", query.client_reference),
        ("vendor", query.vendor.map(|vendor| vendor.as_str().to_owned())),
        ("status", query.status),
    ];
    for (column, value) in texts {
        if let Some(value) = value {
            wanted.push(format!("{column} = ?"));
            values.push(value.into());
        }
    }
    for (column, value) in [("origin", query.origin), ("scope", query.scope)] {
        if let Some(value) = value {
            wanted.push(format!("({column} = ? OR {column} IS NULL)"));
            values.push(value.into());
        }
    }
    if let Some(since) = query.since {
        wanted.push("begun >= ?".to_owned());
        values.push(since.timestamp_millis().into());
    }
    if let Some(Position { at, id, .. }) = query.after {
        wanted.push("(begun, intent) < (?, ?)".to_owned());
        values.extend([at.timestamp_millis().into(), id.into()]);
    }
    for (column, is_wanted) in [("open", query.open), ("unfinished", query.unfinished)] {
        if is_wanted {
            wanted.push(format!("{column} = 1"));
        }
    }
    let wanted = if wanted.is_empty() {
        "1".to_owned()
    } else {
        wanted.join(" AND ")
    };
    // Few are open or unfinished: their partial indices, and not that of the order.
    let order = if query.open || query.unfinished {
        "+begun"
    } else {
        "begun"
    };
    values.push(query.limit.map_or(-1, |limit| i64::from(limit) + 1).into());
    let sql = format!("SELECT {COLUMNS} FROM submissions WHERE {wanted} ORDER BY {order} DESC, intent DESC LIMIT ?");
    (sql, values)
}

/// The time of a record, which may be damaged.
fn time(begun: i64) -> Timestamp {
    let beyond = if begun < 0 {
        Timestamp::MIN_UTC
    } else {
        Timestamp::MAX_UTC
    };
    Timestamp::from_timestamp_millis(begun).unwrap_or(beyond)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// No query of many entries reads all records, or sorts them.
    #[test]
    fn queries_use_the_indices() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
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
