//! The state of the tables.

use super::fault::Fault;
use super::row::{columns, read, value};
use super::session::Session;
use crate::health::{Health, LISTED};

/// Records that are read at a time.
const BATCH: i64 = 1000;

/// Reads all records. All statements must read the same state.
pub(super) async fn check(session: &Session, schema: &str) -> Result<Health, Fault> {
    let mut health = Health::default();
    let version = session
        .row("SELECT coalesce(max(version), 0)::bigint FROM migrations", &[])
        .await?;
    health.schema = version.as_ref().map_or(Ok(0), |row| value(row, 0))?;
    health.damage = sums(session).await?;
    let sql = format!(
        "SELECT {}, open, unfinished FROM submissions WHERE intent > $1 ORDER BY intent LIMIT {BATCH}",
        columns()
    );
    let mut after = String::new();
    loop {
        let rows = session.rows(&sql, &[&after]).await?;
        for row in &rows {
            health.add(read(row), row.try_get(6).ok(), row.try_get(7).ok());
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == BATCH => after = value(last, 0)?,
            _ => break,
        }
    }
    let sql = "SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relkind = 'r'";
    let bytes: i64 = session
        .row(sql, &[&schema])
        .await?
        .as_ref()
        .map_or(Ok(0), |row| value(row, 0))?;
    health.bytes = bytes.try_into().unwrap_or_default();
    Ok(health)
}

/// Sums that are not those of the submissions: budgets would allow too much, or too little.
async fn sums(session: &Session) -> Result<Vec<String>, Fault> {
    let sql = format!(
        "SELECT group_name, currency, scope, vendor, day, sum(amount)::text FROM (
            SELECT group_name, currency, scope, vendor, day, amount FROM totals
            UNION ALL
            SELECT part_group, part_currency, part_scope, part_vendor, part_day, -part_amount
            FROM submissions, parts(scope, vendor, begun, group_name, counted, currency, other_counted, other_currency)
        ) AS sums GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3, 4, 5 LIMIT {LISTED}"
    );
    let mut lines = Vec::new();
    for row in session.rows(&sql, &[]).await? {
        let (group, currency, scope, vendor): (&str, &str, &str, &str) =
            (value(&row, 0)?, value(&row, 1)?, value(&row, 2)?, value(&row, 3)?);
        let (day, amount): (i64, &str) = (value(&row, 4)?, value(&row, 5)?);
        let of = if group.is_empty() {
            format!("day {day} since 1970")
        } else {
            format!("group {group}")
        };
        lines.push(format!(
            "the sum of {of} for vendor `{vendor}` in scope `{scope}` differs by {amount} {currency} from its submissions"
        ));
    }
    Ok(lines)
}
