//! Removal of old entries.

use videogen::Timestamp;
use videogen::journal::Position;

use super::budget;
use super::fault::Fault;
use super::row::{columns, position, read, value};
use super::session::Session;
use crate::prune::{BATCH, Prune, Pruned, Rules};

/// Removes the next batch after a position, oldest first, and returns where it ended. In a transaction.
pub(super) async fn batch(
    session: &Session,
    prune: Prune,
    after: Option<&Position>,
    now: Timestamp,
    mut pruned: Pruned,
) -> Result<(Pruned, Option<Position>), Fault> {
    let open = session
        .rows("SELECT DISTINCT account FROM submissions WHERE open", &[])
        .await?;
    let rules = Rules {
        prune,
        budgets: budget::stored(session).await?,
        open: open.iter().map(|row| value(row, 0)).collect::<Result<_, _>>()?,
    };
    pruned.before = rules.before(now);
    // Another process may change one meanwhile.
    let sql = format!(
        "SELECT {}, open, unfinished FROM submissions WHERE begun < $1 AND (begun, intent) > ($2, $3)
            ORDER BY begun, intent LIMIT {BATCH} {}",
        columns(),
        if prune.dry_run { "" } else { "FOR UPDATE" }
    );
    let (at, id) = after.map_or((i64::MIN, ""), |after| (after.at.timestamp_millis(), after.id.as_str()));
    let rows = session
        .rows(&sql, &[&pruned.before.timestamp_millis(), &at, &id])
        .await?;
    let mut removed = Vec::new();
    for row in &rows {
        let record = read(row);
        let marks = [row.try_get(6).ok(), row.try_get(7).ok()];
        match (rules.keeps_record(&record, marks), record) {
            (None, Ok(entry)) => removed.push(entry.intent.id),
            (Some(kept), _) => *pruned.kept.entry(kept).or_default() += 1,
            (None, Err(_)) => {}
        }
    }
    pruned.removed += removed.len() as u64;
    if !prune.dry_run {
        // Events refer to submissions.
        for sql in [
            "DELETE FROM events WHERE intent = ANY ($1)",
            "DELETE FROM submissions WHERE intent = ANY ($1)",
        ] {
            session.run(sql, &[&removed]).await?;
        }
    }
    let last = rows.last().map(position).transpose()?;
    Ok((pruned, last.filter(|_| rows.len() == BATCH as usize)))
}
