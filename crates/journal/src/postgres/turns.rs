//! Turns of accounts: one process after the other, by the database's clock.

use std::time::Duration;

use videogen::journal::Turns;

use super::clock::NOW;
use super::fault::Fault;
use super::row::value;
use super::session::Session;

/// Reserves turns, and returns the time until the first of them.
pub(super) async fn reserve(session: &Session, turns: &Turns) -> Result<Duration, Fault> {
    let interval = i64::try_from(turns.interval.as_micros()).unwrap_or(i64::MAX / 1_000_000);
    let taken = interval.saturating_mul(turns.count.into());
    // The time is that of the beginning, also if it has to wait for another process.
    let sql = format!(
        "WITH clock AS MATERIALIZED (SELECT {NOW} AS now)
        INSERT INTO turns (account, origin, limit_name, next) SELECT $1, $2, $3, now + $4::bigint FROM clock
        ON CONFLICT (account, origin, limit_name)
            DO UPDATE SET next = greatest(turns.next, EXCLUDED.next - $4::bigint) + $4::bigint
        RETURNING next - $4::bigint - (SELECT now FROM clock)"
    );
    let row = session
        .row(&sql, &[&turns.account, &turns.origin, &turns.limit, &taken])
        .await?;
    let wait: i64 = row.as_ref().map_or(Ok(0), |row| value(row, 0))?;
    Ok(Duration::from_micros(wait.try_into().unwrap_or(0)))
}
