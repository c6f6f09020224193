//! Budgets, and what counts against them.
//!
//! A submission locks the budgets that apply to it, so that one at a time is checked; triggers keep the sums.

use std::collections::HashMap;

use tokio_postgres::Row;
use videogen::Timestamp;
use videogen::journal::{Budget, BudgetKey, Intent, OverBudget};
use videogen::price::Decimal;

use super::fault::Fault;
use super::row::{looked_up, value};
use super::session::Session;
use crate::budget::{ALL, columns, read, storable};
use crate::spend::Origins;

const STORED: &str = "SELECT vendor, currency, period, budget FROM budgets";

/// Selects the budgets that apply to a vendor, whose name is `$1`. `lock`: until the end of the transaction.
pub(super) fn applying(lock: bool) -> String {
    // Budgets for vendors that this version does not know do not matter. Each transaction locks them in one order.
    format!(
        "{STORED} WHERE vendor IN ('{ALL}', $1) ORDER BY vendor, currency, period {}",
        if lock { "FOR UPDATE" } else { "" }
    )
}

/// Checks a submission, whose entry counts nothing yet, against the budgets that [apply](applying).
pub(super) async fn check(session: &Session, intent: &Intent, rows: &[Row]) -> Result<Option<OverBudget>, Fault> {
    let mut budgets = read_all(rows)?;
    budgets.extend(Budget::of_group(intent));
    let scope = intent.scope();
    let mut sums = HashMap::new();
    for budget in &budgets {
        let sum = counted(session, &budget.key, scope.as_deref(), intent.at).await?;
        sums.insert(budget.key.clone(), sum);
    }
    OverBudget::check(intent, &budgets, |budget| {
        // Without its sum nothing is left of it.
        Ok(sums.get(&budget.key).copied().unwrap_or(Decimal::MAX))
    })
}

/// All budgets.
pub(super) async fn stored(session: &Session) -> Result<Vec<Budget>, Fault> {
    let sql = format!("{STORED} ORDER BY vendor, currency, period");
    read_all(&session.rows(&sql, &[]).await?)
}

fn read_all(rows: &[Row]) -> Result<Vec<Budget>, Fault> {
    let mut budgets = Vec::new();
    for row in rows {
        let json: &str = value(row, 3)?;
        budgets.push(read(value(row, 0)?, value(row, 1)?, value(row, 2)?, json.as_bytes())?);
    }
    Ok(budgets)
}

/// All budgets, and what counts against each at `now`.
pub(super) async fn all(session: &Session, scope: &str, now: Timestamp) -> Result<Vec<(Budget, Decimal)>, Fault> {
    let mut budgets = Vec::new();
    for budget in stored(session).await? {
        let counted = counted(session, &budget.key, Some(scope), now).await?;
        budgets.push((budget, counted));
    }
    Ok(budgets)
}

/// The sum of what counts in the period that contains `at`. Submissions with a later time count too: a clock may have been
/// set back. Records without a scope count in each.
async fn counted(session: &Session, key: &BudgetKey, scope: Option<&str>, at: Timestamp) -> Result<Decimal, Fault> {
    let vendor = key.vendor.map(|vendor| vendor.as_str());
    let start = key.period.start(at).map(|start| start.timestamp_millis());
    let (group, currency) = (key.group.as_deref().map(looked_up), looked_up(&key.currency));
    // Groups have only the sum of all time, and one without a name has none.
    let is_kept = match &group {
        Some(name) => !name.is_empty() && start.is_none(),
        None => true,
    };
    let row = if is_kept {
        let sql = "SELECT coalesce(sum(amount), 0)::text FROM totals
            WHERE group_name = $1 AND currency = $2 AND ($3::text IS NULL OR scope IN ($3, '')) AND day >= $4
                AND ($5::text IS NULL OR vendor = $5)";
        let day = start.map_or(i64::MIN, |start| start.div_euclid(86_400_000));
        let group = group.unwrap_or_default();
        session.row(sql, &[&group, &currency, &scope, &day, &vendor]).await?
    } else {
        let sql = "SELECT (coalesce(sum(CASE WHEN currency = $2 THEN counted END), 0)
                + coalesce(sum(CASE WHEN other_currency = $2 THEN other_counted END), 0))::text FROM submissions
            WHERE group_name = $1 AND ($3::text IS NULL OR scope IS NULL OR scope = $3) AND begun >= $4
                AND ($5::text IS NULL OR vendor = $5)";
        let start = start.unwrap_or(i64::MIN);
        session.row(sql, &[&group, &currency, &scope, &start, &vendor]).await?
    };
    let sum: Option<String> = row.as_ref().map(|row| value(row, 0)).transpose()?;
    // A sum that cannot be read must not make room for others.
    Ok(sum.and_then(|sum| sum.parse().ok()).unwrap_or(Decimal::MAX))
}

/// The scopes of all submissions, with the origins in each.
pub(super) async fn origins(session: &Session) -> Result<Origins, Fault> {
    let sql = "SELECT DISTINCT scope, origin FROM submissions WHERE scope IS NOT NULL";
    let mut origins = Origins::new();
    for row in session.rows(sql, &[]).await? {
        let origin: Option<String> = value(&row, 1)?;
        origins.entry(value(&row, 0)?).or_default().extend(origin);
    }
    Ok(origins)
}

pub(super) async fn put(session: &Session, budget: &Budget) -> Result<(), Fault> {
    storable(budget)?;
    let sql = "INSERT INTO budgets (vendor, currency, period, budget) VALUES ($1, $2, $3, $4)
        ON CONFLICT (vendor, currency, period) DO UPDATE SET budget = EXCLUDED.budget";
    let (vendor, currency, period) = columns(&budget.key);
    let json = serde_json::to_string(budget).map_err(crate::error::broken)?;
    session.run(sql, &[&vendor, &currency, &period, &json]).await?;
    Ok(())
}

pub(super) async fn remove(session: &Session, key: &BudgetKey) -> Result<bool, Fault> {
    let sql = "DELETE FROM budgets WHERE vendor = $1 AND currency = $2 AND period = $3";
    let (vendor, currency, period) = columns(key);
    Ok(session.run(sql, &[&vendor, &currency, &period]).await? > 0)
}
