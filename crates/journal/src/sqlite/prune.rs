//! Removal of old entries.

use rusqlite::{Connection, params};
use videogen::Timestamp;
use videogen::journal::{JournalError, Position};

use super::row::{COLUMNS, read};
use super::{budget, select, totals};
use crate::error::broken;
use crate::prune::{BATCH, Prune, Pruned, Rules};

fn rules(connection: &Connection, prune: Prune) -> Result<Rules, JournalError> {
    let mut statement = connection
        .prepare_cached("SELECT DISTINCT account FROM submissions WHERE open = 1")
        .map_err(broken)?;
    let open = statement.query_map([], |row| row.get(0)).map_err(broken)?;
    Ok(Rules {
        prune,
        budgets: budget::stored(connection)?,
        open: open.collect::<Result<_, _>>().map_err(broken)?,
    })
}

/// Removes the next batch after a position, oldest first, and returns where it ended. The file's lock must be held.
pub(crate) fn batch(
    connection: &Connection,
    prune: Prune,
    after: Option<&Position>,
    now: Timestamp,
    pruned: &mut Pruned,
) -> Result<Option<Position>, JournalError> {
    let rules = rules(connection, prune)?;
    pruned.before = rules.before(now);
    let sql = format!(
        "SELECT {COLUMNS}, open, unfinished FROM submissions WHERE begun < ?1 AND (begun, intent) > (?2, ?3)
        ORDER BY begun, intent LIMIT {BATCH}"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let (at, id) = after.map_or((i64::MIN, ""), |after| (after.at.timestamp_millis(), after.id.as_str()));
    let mut rows = statement
        .query(params![pruned.before.timestamp_millis(), at, id])
        .map_err(broken)?;
    let (mut count, mut last, mut removed) = (0, None, Vec::new());
    while let Some(row) = rows.next().map_err(broken)? {
        count += 1;
        last = Some(select::position(row)?);
        let marks = [row.get::<_, bool>(6).ok(), row.get::<_, bool>(7).ok()];
        let record = read(row).map_err(broken)?;
        let kept = rules.keeps_record(&record, marks);
        if let (None, Ok(entry)) = (kept, record) {
            removed.push(entry.intent.id);
        }
        if let Some(kept) = kept {
            *pruned.kept.entry(kept).or_default() += 1;
        }
    }
    drop(rows);
    pruned.removed += removed.len() as u64;
    if prune.dry_run {
        removed.clear();
    }
    let mut totals = totals::Change::default();
    for id in &removed {
        totals.remove(connection, &totals::parts(connection, id)?)?;
    }
    for id in &removed {
        // Events refer to submissions.
        for sql in [
            "DELETE FROM events WHERE intent = ?1",
            "DELETE FROM submissions WHERE intent = ?1",
        ] {
            let mut statement = connection.prepare_cached(sql).map_err(broken)?;
            statement.execute([id]).map_err(broken)?;
        }
    }
    totals.store(connection)?;
    Ok(last.filter(|_| count == BATCH))
}
