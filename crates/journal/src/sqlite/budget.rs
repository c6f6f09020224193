//! Budgets, and what counts against them. Nothing is stored for a reservation but its submission.

use rusqlite::{Connection, params};
use videogen::Timestamp;
use videogen::journal::{Budget, BudgetKey, Intent, JournalError, OverBudget};
use videogen::price::Decimal;

use super::totals;
use crate::budget::{ALL, columns, read as read_columns, storable};
use crate::error::broken;
use crate::spend::Origins;

/// Checks a submission, whose entry counts nothing yet, for a binding decision. The file's lock must be held.
pub(crate) fn decide(connection: &Connection, intent: &Intent) -> Result<Option<OverBudget>, JournalError> {
    if !applying(connection, intent)?.is_empty() {
        totals::fill(connection)?;
    }
    check(connection, intent)
}

/// The same, without a lock.
pub(crate) fn check(connection: &Connection, intent: &Intent) -> Result<Option<OverBudget>, JournalError> {
    let budgets = applying(connection, intent)?;
    if budgets.is_empty() {
        return Ok(None);
    }
    let scope = intent.scope();
    OverBudget::check(intent, &budgets, |budget| {
        counted(connection, &budget.key, scope.as_deref(), intent.at)
    })
}

/// The budgets that may apply.
fn applying(connection: &Connection, intent: &Intent) -> Result<Vec<Budget>, JournalError> {
    // Budgets for vendors that this version does not know do not matter.
    let sql = "SELECT vendor, currency, period, CAST(budget AS BLOB) FROM budgets WHERE vendor IN (?1, ?2)
        ORDER BY vendor, currency, period";
    let mut budgets = read(connection, sql, &[ALL, intent.vendor.as_str()])?;
    budgets.extend(Budget::of_group(intent));
    Ok(budgets)
}

/// All budgets.
pub(crate) fn stored(connection: &Connection) -> Result<Vec<Budget>, JournalError> {
    let sql = "SELECT vendor, currency, period, CAST(budget AS BLOB) FROM budgets ORDER BY vendor, currency, period";
    read(connection, sql, &[])
}

/// All budgets, and what counts against each at `now`.
pub(crate) fn all(
    connection: &Connection,
    scope: &str,
    now: Timestamp,
) -> Result<Vec<(Budget, Decimal)>, JournalError> {
    let with_sum = |budget: Budget| {
        let counted = counted(connection, &budget.key, Some(scope), now)?;
        Ok((budget, counted))
    };
    stored(connection)?.into_iter().map(with_sum).collect()
}

/// One that cannot be read is an error, because it cannot be kept.
fn read(connection: &Connection, sql: &str, vendors: &[&str]) -> Result<Vec<Budget>, JournalError> {
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let rows = statement.query_map(rusqlite::params_from_iter(vendors), |row| {
        let key: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        Ok((key, row.get::<_, Vec<u8>>(3)?))
    });
    let budget = |row: rusqlite::Result<([String; 3], Vec<u8>)>| {
        let ([vendor, currency, period], json) = row.map_err(broken)?;
        read_columns(&vendor, &currency, &period, &json)
    };
    rows.map_err(broken)?.map(budget).collect()
}

/// The sum of what counts in the period that contains `at`. Submissions with a later time count too: a clock may have been
/// set back. Records of older versions have no scope.
fn counted(
    connection: &Connection,
    key: &BudgetKey,
    scope: Option<&str>,
    at: Timestamp,
) -> Result<Decimal, JournalError> {
    match totals::counted(connection, key, scope, at)? {
        Some(sum) => Ok(sum),
        None => counted_of_all(connection, key, scope, at),
    }
}

/// The same, of the submissions themselves.
pub(crate) fn counted_of_all(
    connection: &Connection,
    key: &BudgetKey,
    scope: Option<&str>,
    at: Timestamp,
) -> Result<Decimal, JournalError> {
    let of = |counted: &str, currency: &str| {
        format!(
            "SELECT {counted} FROM submissions
            WHERE {counted} IS NOT NULL AND {currency} = ?1 AND begun >= ?2 AND (?3 IS NULL OR scope IS NULL OR scope = ?3)
                AND (?4 = '' OR vendor = ?4) AND (?5 IS NULL OR group_name = ?5)"
        )
    };
    let sql = format!(
        "{} UNION ALL {}",
        of("counted", "currency"),
        of("other_counted", "other_currency")
    );
    let start = key.period.start(at).map_or(i64::MIN, |start| start.timestamp_millis());
    let vendor = columns(key).0;
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement
        .query(params![key.currency, start, scope, vendor, key.group])
        .map_err(broken)?;
    let mut sum = Decimal::ZERO;
    while let Some(row) = rows.next().map_err(broken)? {
        let amount: String = row.get(0).map_err(broken)?;
        // An amount that cannot be read must not make room for others.
        let amount = amount.parse().unwrap_or(Decimal::MAX);
        sum = sum.saturating_add(amount);
    }
    Ok(sum)
}

/// The scopes of all submissions, with the origins in each.
pub(crate) fn origins(connection: &Connection) -> Result<Origins, JournalError> {
    let sql = "SELECT DISTINCT scope, origin FROM submissions WHERE scope IS NOT NULL";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let mut rows = statement.query([]).map_err(broken)?;
    let mut origins = Origins::new();
    while let Some(row) = rows.next().map_err(broken)? {
        let origin: Option<String> = row.get(1).map_err(broken)?;
        origins.entry(row.get(0).map_err(broken)?).or_default().extend(origin);
    }
    Ok(origins)
}

pub(crate) fn put(connection: &Connection, budget: &Budget) -> Result<(), JournalError> {
    storable(budget)?;
    let sql = "INSERT OR REPLACE INTO budgets (vendor, currency, period, budget) VALUES (?1, ?2, ?3, ?4)";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let (vendor, currency, period) = columns(&budget.key);
    let json = serde_json::to_string(budget).map_err(broken)?;
    let stored = statement.execute(params![vendor, currency, period, json]);
    stored.map(drop).map_err(broken)
}

pub(crate) fn remove(connection: &Connection, key: &BudgetKey) -> Result<bool, JournalError> {
    let sql = "DELETE FROM budgets WHERE vendor = ?1 AND currency = ?2 AND period = ?3";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let (vendor, currency, period) = columns(key);
    let removed = statement.execute(params![vendor, currency, period]);
    removed.map(|rows| rows > 0).map_err(broken)
}
