//! Owners of submissions.

use chrono::Utc;
use rusqlite::{Connection, params};
use videogen::Timestamp;
use videogen::journal::JournalError;

use super::row::{COLUMNS, read};
use crate::error::broken;
use crate::owner::{Account, Owner, Taken, Unfinished};

/// Makes an owner the owner of a submission that it begins. In a transaction.
pub(crate) fn begin(connection: &Connection, owner: &Owner, intent: &str) -> Result<(), JournalError> {
    enter(connection, owner, Utc::now())?;
    let sql = "INSERT OR REPLACE INTO owned (intent, owner) VALUES (?1, ?2)";
    let owned = connection
        .prepare_cached(sql)
        .and_then(|mut insert| insert.execute([intent, owner.id()]));
    owned.map(drop).map_err(broken)
}

pub(crate) fn enter(connection: &Connection, owner: &Owner, now: Timestamp) -> Result<(), JournalError> {
    owner.entering();
    let sql = "INSERT OR REPLACE INTO owners (owner, until) VALUES (?1, ?2)";
    let until = now.timestamp_millis().saturating_add(owner.millis());
    let entered = connection
        .prepare_cached(sql)
        .and_then(|mut insert| insert.execute(params![owner.id(), until]));
    entered.map(drop).map_err(broken)
}

pub(crate) fn extend(connection: &Connection, owner: &Owner, now: Timestamp) -> Result<bool, JournalError> {
    let sql = "UPDATE owners SET until = ?3 WHERE owner = ?1 AND until > ?2";
    let now = now.timestamp_millis();
    let until = now.saturating_add(owner.millis());
    let extended = connection
        .prepare_cached(sql)
        .and_then(|mut update| update.execute(params![owner.id(), now, until]));
    extended.map(|rows| rows > 0).map_err(broken)
}

/// Removes owners that ended long ago, and what they owned.
pub(crate) fn sweep(connection: &Connection) -> Result<(), JournalError> {
    let now = Utc::now().timestamp_millis();
    let swept = connection.execute("DELETE FROM owners WHERE until < ?1 - 3600000", [now]);
    swept.map_err(broken)?;
    let sql = "DELETE FROM owned WHERE NOT EXISTS (SELECT 1 FROM owners WHERE owners.owner = owned.owner)";
    connection.execute(sql, []).map(drop).map_err(broken)
}

/// Takes over submissions. In a transaction.
pub(crate) fn take_over(
    connection: &Connection,
    owner: &Owner,
    accounts: &[Account],
    limit: u32,
) -> Result<Option<Taken>, JournalError> {
    let now = Utc::now();
    if !extend(connection, owner, now)? {
        return Ok(None);
    }
    let mut taken = Taken::default();
    if limit == 0 {
        return Ok(Some(taken));
    }
    let pairs = pairs(accounts)?;
    let avoided = serde_json::to_string(&owner.avoided()).map_err(broken)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM submissions WHERE (open = 1 OR unfinished = 1)
            AND EXISTS (SELECT 1 FROM json_each(?1) AS wanted WHERE account = json_extract(wanted.value, '$[0]')
                AND (origin IS NULL OR origin = json_extract(wanted.value, '$[1]')))
            AND NOT EXISTS (SELECT 1 FROM owned JOIN owners ON owners.owner = owned.owner
                WHERE owned.intent = submissions.intent AND owners.until > ?2)
            AND intent NOT IN (SELECT value FROM json_each(?3))
        ORDER BY begun, intent"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement
        .query(params![pairs, now.timestamp_millis(), avoided])
        .map_err(broken)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(broken)? {
        if count == limit {
            break;
        }
        let record = read(row).map_err(broken)?;
        if record.as_ref().is_ok_and(|entry| entry.is_in_flight(now)) {
            continue;
        }
        let intent: Option<String> = row.get(1).map_err(broken)?;
        let Some(intent) = intent else { continue };
        let sql = "INSERT OR REPLACE INTO owned (intent, owner) VALUES (?1, ?2)";
        let mut insert = connection.prepare_cached(sql).map_err(broken)?;
        insert.execute([&intent, owner.id()]).map_err(broken)?;
        taken.add(record);
        count += 1;
    }
    Ok(Some(taken))
}

/// The number of submissions that are left.
pub(crate) fn unfinished(connection: &Connection, accounts: &[Account]) -> Result<Unfinished, JournalError> {
    let sql = "SELECT coalesce(sum(own), 0), coalesce(sum(NOT own), 0) FROM (
        SELECT EXISTS (SELECT 1 FROM json_each(?1) AS wanted WHERE account = json_extract(wanted.value, '$[0]')
            AND (origin IS NULL OR origin = json_extract(wanted.value, '$[1]'))) AS own
        FROM submissions WHERE open = 1 OR unfinished = 1)";
    let counted = connection.query_row(sql, [pairs(accounts)?], |row| {
        Ok(Unfinished {
            own: row.get::<_, i64>(0)?.unsigned_abs(),
            others: row.get::<_, i64>(1)?.unsigned_abs(),
        })
    });
    counted.map_err(broken)
}

/// Accounts and origins as JSON.
fn pairs(accounts: &[Account]) -> Result<String, JournalError> {
    let pairs: Vec<_> = accounts
        .iter()
        .map(|account| [&account.account, &account.origin])
        .collect();
    serde_json::to_string(&pairs).map_err(broken)
}

/// Takes one submission, unless another owner with a lease has it. In a transaction.
pub(crate) fn take(connection: &Connection, owner: &Owner, intent: &str) -> Result<bool, JournalError> {
    let sql = "INSERT OR REPLACE INTO owned (intent, owner) SELECT intent, ?2 FROM submissions WHERE intent = ?1
        AND NOT EXISTS (SELECT 1 FROM owned JOIN owners ON owners.owner = owned.owner
            WHERE owned.intent = ?1 AND owned.owner <> ?2 AND owners.until > ?3)";
    let now = Utc::now().timestamp_millis();
    let taken = connection.execute(sql, params![intent, owner.id(), now]);
    taken.map(|rows| rows > 0).map_err(broken)
}

/// Gives a submission back.
pub(crate) fn release(connection: &Connection, owner: &Owner, intent: &str) -> Result<(), JournalError> {
    let sql = "DELETE FROM owned WHERE intent = ?1 AND owner = ?2";
    let released = connection.execute(sql, [intent, owner.id()]);
    released.map(drop).map_err(broken)
}

/// Gives everything back. In a transaction.
pub(crate) fn leave(connection: &Connection, owner: &Owner) -> Result<(), JournalError> {
    for sql in [
        "DELETE FROM owned WHERE owner = ?1",
        "DELETE FROM owners WHERE owner = ?1",
    ] {
        connection.execute(sql, [owner.id()]).map_err(broken)?;
    }
    Ok(())
}
