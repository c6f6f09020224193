//! Sums of what submissions count, so that the check of a budget reads few rows of a long journal: by day, of all time, and by
//! group. Triggers set a sum to NULL when a submission changes, whichever version changes it. This version keeps it, in the same
//! transaction; what is NULL is computed again.

use std::collections::BTreeMap;

use rusqlite::{Connection, ToSql, params};
use videogen::Timestamp;
use videogen::journal::{BudgetKey, Entry, JournalError, Period};
use videogen::price::{Decimal, Money};

use crate::error::broken;

/// A day, in milliseconds.
pub(crate) const DAY: i64 = 86_400_000;

/// The sum that a row of the table is of. As in its triggers: without a scope or vendor, the empty text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Total {
    period: &'static str,
    group: String,
    currency: String,
    scope: String,
    day: i64,
    vendor: String,
}

/// Selects the row of a sum by its [key](Total::key).
const BY_KEY: &str = "period = ?1 AND group_name = ?2 AND currency = ?3 AND scope = ?4 AND day = ?5 AND vendor = ?6";

impl Total {
    fn key(&self) -> [&dyn ToSql; 6] {
        [
            &self.period,
            &self.group,
            &self.currency,
            &self.scope,
            &self.day,
            &self.vendor,
        ]
    }
}

/// What a submission counts in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) currency: String,
    pub(crate) amount: String,
    pub(crate) scope: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) begun: i64,
    pub(crate) group: Option<String>,
}

impl Part {
    fn totals(&self) -> impl Iterator<Item = Total> {
        let total = |period, group: &str, day| Total {
            period,
            group: group.to_owned(),
            currency: self.currency.clone(),
            scope: self.scope.clone().unwrap_or_default(),
            day,
            vendor: self.vendor.clone().unwrap_or_default(),
        };
        let group = self.group.as_ref().filter(|name| !name.is_empty());
        [total("day", "", self.begun / DAY), total("total", "", 0)]
            .into_iter()
            .chain(group.map(|name| total("total", name, 0)))
    }
}

/// What an entry counts.
pub(crate) fn parts_of(entry: &Entry) -> Vec<Part> {
    let intent = &entry.intent;
    let part = |money: Money| Part {
        currency: money.currency,
        amount: money.amount.to_string(),
        scope: intent.scope(),
        vendor: Some(intent.vendor.as_str().to_owned()),
        begun: intent.at.timestamp_millis(),
        group: intent.group.as_ref().map(|group| group.name.clone()),
    };
    entry.counted().into_iter().map(part).collect()
}

/// What a stored submission counts.
pub(crate) fn parts(connection: &Connection, intent: &str) -> Result<Vec<Part>, JournalError> {
    let sql =
        "SELECT counted, currency, other_counted, other_currency, scope, vendor, begun, group_name FROM submissions
        WHERE intent = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let mut rows = statement.query([intent]).map_err(broken)?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next().map_err(broken)? {
        for (amount, currency) in [(0, 1), (2, 3)] {
            let amount: Option<String> = row.get(amount).map_err(broken)?;
            let currency: Option<String> = row.get(currency).map_err(broken)?;
            let Some((amount, currency)) = amount.zip(currency) else {
                continue;
            };
            parts.push(Part {
                currency,
                amount,
                scope: row.get(4).map_err(broken)?,
                vendor: row.get(5).map_err(broken)?,
                begun: row.get(6).map_err(broken)?,
                group: row.get(7).map_err(broken)?,
            });
        }
    }
    Ok(parts)
}

/// The sums after a change of submissions. Create it before the change, and store it after: the triggers set them to NULL.
#[derive(Default)]
pub(crate) struct Change {
    /// `None` if a sum is not known exactly.
    sums: BTreeMap<Total, Option<Decimal>>,
}

impl Change {
    /// The submission no longer counts `parts`.
    pub(crate) fn remove(&mut self, connection: &Connection, parts: &[Part]) -> Result<(), JournalError> {
        self.apply(connection, parts, |sum, amount| exact(sum, -amount))
    }

    /// The submission counts `parts`.
    pub(crate) fn add(&mut self, connection: &Connection, parts: &[Part]) -> Result<(), JournalError> {
        self.apply(connection, parts, exact)
    }

    fn apply(
        &mut self,
        connection: &Connection,
        parts: &[Part],
        with: fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Result<(), JournalError> {
        for part in parts {
            let amount = part.amount.parse::<Decimal>().ok();
            for total in part.totals() {
                let before = match self.sums.get(&total) {
                    Some(sum) => *sum,
                    None => stored(connection, &total)?,
                };
                let after = before.zip(amount).and_then(|(sum, amount)| with(sum, amount));
                self.sums.insert(total, after);
            }
        }
        Ok(())
    }

    pub(crate) fn store(self, connection: &Connection) -> Result<(), JournalError> {
        self.sums
            .iter()
            .filter_map(|(total, sum)| sum.map(|sum| (total, sum)))
            .try_for_each(|(total, sum)| put(connection, total, sum))
    }
}

/// The stored sum, if it is known. One that no submission counts for has no row.
fn stored(connection: &Connection, total: &Total) -> Result<Option<Decimal>, JournalError> {
    let sql = format!("SELECT amount FROM totals WHERE {BY_KEY}");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query(total.key()).map_err(broken)?;
    match rows.next().map_err(broken)? {
        None => Ok(Some(Decimal::ZERO)),
        Some(row) => {
            let amount: Option<String> = row.get(0).map_err(broken)?;
            Ok(amount.and_then(|amount| amount.parse().ok()))
        }
    }
}

fn put(connection: &Connection, total: &Total, sum: Decimal) -> Result<(), JournalError> {
    let sql = format!("UPDATE totals SET amount = ?7 WHERE {BY_KEY}");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let sum = sum.to_string();
    let values: Vec<&dyn ToSql> = total.key().into_iter().chain([&sum as &dyn ToSql]).collect();
    statement.execute(values.as_slice()).map(drop).map_err(broken)
}

/// The sum, unless it is rounded.
fn exact(sum: Decimal, amount: Decimal) -> Option<Decimal> {
    let digits = sum.normalize().scale().max(amount.normalize().scale());
    sum.checked_add(amount).filter(|sum| sum.scale() >= digits)
}

/// What counts for a budget in the period that contains `at` and later, if every sum is known.
pub(crate) fn counted(
    connection: &Connection,
    key: &BudgetKey,
    scope: Option<&str>,
    at: Timestamp,
) -> Result<Option<Decimal>, JournalError> {
    let group = key.group.as_deref().unwrap_or_default();
    // Groups have only the sum of all time, and one without a name has none.
    if key.group.is_some() && (group.is_empty() || key.period != Period::Total) {
        return Ok(None);
    }
    let start = key.period.start(at).map(|start| start.timestamp_millis() / DAY);
    let period = if start.is_some() { "day" } else { "total" };
    let sql = "SELECT amount FROM totals WHERE period = ?1 AND group_name = ?2 AND currency = ?3 AND scope IN (?4, '')
            AND day >= ?5 AND (?6 IS NULL OR vendor = ?6)";
    let any = "SELECT amount FROM totals WHERE period = ?1 AND group_name = ?2 AND currency = ?3 AND ?4 IS NULL
            AND day >= ?5 AND (?6 IS NULL OR vendor = ?6)";
    let mut statement = connection
        .prepare_cached(if scope.is_some() { sql } else { any })
        .map_err(broken)?;
    let vendor = key.vendor.map(|vendor| vendor.as_str());
    let mut rows = statement
        .query(params![period, group, key.currency, scope, start.unwrap_or(0), vendor])
        .map_err(broken)?;
    let mut sum = Decimal::ZERO;
    while let Some(row) = rows.next().map_err(broken)? {
        let amount: Option<String> = row.get(0).map_err(broken)?;
        let after = amount.and_then(|amount| exact(sum, amount.parse().ok()?));
        match after {
            Some(after) => sum = after,
            None => return Ok(None),
        }
    }
    Ok(Some(sum))
}

/// Computes the sums that are not known. The file's lock must be held.
pub(crate) fn fill(connection: &Connection) -> Result<(), JournalError> {
    // Days first: they add up to all time.
    for total in unknown(connection)? {
        let sum = match (total.period, total.group.as_str()) {
            ("day", _) => of_day(connection, &total)?,
            (_, "") => of_days(connection, &total)?,
            _ => of_group(connection, &total)?,
        };
        if let Some(sum) = sum {
            put(connection, &total, sum)?;
        }
    }
    Ok(())
}

fn unknown(connection: &Connection) -> Result<Vec<Total>, JournalError> {
    let sql =
        "SELECT period, group_name, currency, scope, day, vendor FROM totals WHERE amount IS NULL ORDER BY period";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let totals = statement.query_map([], |row| {
        Ok(Total {
            period: if row.get::<_, String>(0)? == "day" {
                "day"
            } else {
                "total"
            },
            group: row.get(1)?,
            currency: row.get(2)?,
            scope: row.get(3)?,
            day: row.get(4)?,
            vendor: row.get(5)?,
        })
    });
    totals.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
}

fn of_day(connection: &Connection, total: &Total) -> Result<Option<Decimal>, JournalError> {
    let of = |counted: &str, currency: &str| {
        format!(
            "SELECT {counted} FROM submissions WHERE {counted} IS NOT NULL AND {currency} = ?1 AND begun / {DAY} = ?2
                AND begun BETWEEN ?3 AND ?4 AND coalesce(scope, '') = ?5 AND coalesce(vendor, '') = ?6"
        )
    };
    let sql = format!(
        "{} UNION ALL {}",
        of("counted", "currency"),
        of("other_counted", "other_currency")
    );
    let Total {
        currency,
        scope,
        day,
        vendor,
        ..
    } = total;
    let start = day.saturating_mul(DAY);
    // Before 1970 the quotient is rounded up.
    let (first, last) = (start.saturating_sub(DAY), start.saturating_add(DAY));
    sum(connection, &sql, params![currency, day, first, last, scope, vendor])
}

fn of_days(connection: &Connection, total: &Total) -> Result<Option<Decimal>, JournalError> {
    let sql = "SELECT amount FROM totals
        WHERE period = 'day' AND group_name = '' AND currency = ?1 AND scope = ?2 AND vendor = ?3";
    sum(connection, sql, params![total.currency, total.scope, total.vendor])
}

fn of_group(connection: &Connection, total: &Total) -> Result<Option<Decimal>, JournalError> {
    let of = |counted: &str, currency: &str| {
        format!(
            "SELECT {counted} FROM submissions WHERE {counted} IS NOT NULL AND {currency} = ?1 AND group_name = ?2
                AND coalesce(scope, '') = ?3 AND coalesce(vendor, '') = ?4"
        )
    };
    let sql = format!(
        "{} UNION ALL {}",
        of("counted", "currency"),
        of("other_counted", "other_currency")
    );
    let Total {
        currency,
        group,
        scope,
        vendor,
        ..
    } = total;
    sum(connection, &sql, params![currency, group, scope, vendor])
}

/// The exact sum of the amounts that a statement selects.
fn sum(connection: &Connection, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Option<Decimal>, JournalError> {
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let mut rows = statement.query(values).map_err(broken)?;
    let mut sum = Some(Decimal::ZERO);
    while let Some(row) = rows.next().map_err(broken)? {
        let amount: Option<String> = row.get(0).map_err(broken)?;
        let amount = amount.and_then(|amount| amount.parse().ok());
        sum = sum.zip(amount).and_then(|(sum, amount)| exact(sum, amount));
    }
    Ok(sum)
}
