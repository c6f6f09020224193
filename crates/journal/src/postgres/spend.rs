//! What the submissions of a journal cost, summed by the database. Only entries that another version wrote, or that cannot be
//! read, are read whole.

use videogen::Vendor;
use videogen::journal::{Budget, ChargeKind, Charges, Entry, GroupBy, Unreadable};

use super::fault::Fault;
use super::row::{columns, looked_up, read, value};
use super::session::Session;
use crate::spend::{Spent, Summed, free};

/// Selects records whose columns this version wrote, or can read; `$1` and `$2` are [`words`].
const KNOWN: &str = "charge = ANY ($1) AND vendor = ANY ($2) AND model IS NOT NULL";

/// The charges and vendors that this version knows.
fn words() -> (Vec<&'static str>, Vec<&'static str>) {
    let kinds = ChargeKind::ALL.into_iter().map(ChargeKind::as_str);
    (
        kinds.collect(),
        Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect(),
    )
}

/// Sums the submissions since a time, in milliseconds. All statements must read the same state.
pub(super) async fn sum(session: &Session, since: i64, by: Option<GroupBy>) -> Result<Spent, Fault> {
    let (kinds, vendors) = words();
    let mut spent = Spent::default();
    let sql = format!(
        "SELECT min(begun), charge, scope, vendor, model, status, money, sum(amount)::text, count(*), origin FROM (
            SELECT begun, charge, scope, vendor, model, status, origin, coalesce(other_counted, counted) AS amount,
                CASE WHEN other_counted IS NULL THEN currency ELSE other_currency END AS money,
                CASE WHEN $4 THEN floor(begun / 86400000.0) END AS day
            FROM submissions WHERE {KNOWN} AND begun >= $3
        ) AS known GROUP BY charge, scope, vendor, model, status, money, origin, day, amount IS NULL"
    );
    let is_by_day = by == Some(GroupBy::Day);
    for row in session.rows(&sql, &[&kinds, &vendors, &since, &is_by_day]).await? {
        let count: i64 = value(&row, 8)?;
        let summed = Summed {
            begun: value(&row, 0)?,
            charge: value(&row, 1)?,
            scope: value(&row, 2)?,
            vendor: value(&row, 3)?,
            model: value(&row, 4)?,
            status: value(&row, 5)?,
            currency: value(&row, 6)?,
            amount: value(&row, 7)?,
            count: count.try_into().unwrap_or_default(),
        };
        let charges = summed.charges();
        let charges = charges.ok_or_else(|| Fault::Refused("a sum of costs is out of range".to_owned()))?;
        spent.add(charges, value(&row, 9)?, by);
    }
    let unreadable = each_entry(session, since, |entry| {
        spent.add(Charges::of(&entry), entry.intent.origin.clone(), by);
    })
    .await?;
    spent.unreadable.extend(unreadable);
    Ok(spent)
}

/// Reads the entries whose columns are not known. Returns those that cannot be read.
async fn each_entry(session: &Session, since: i64, mut each: impl FnMut(Entry)) -> Result<Vec<Unreadable>, Fault> {
    let (kinds, vendors) = words();
    let sql = format!(
        "SELECT {} FROM submissions WHERE NOT coalesce({KNOWN}, false) AND begun >= $3 ORDER BY begun DESC, intent DESC",
        columns()
    );
    let mut unreadable = Vec::new();
    for row in session.rows(&sql, &[&kinds, &vendors, &since]).await? {
        match read(&row) {
            Ok(entry) => each(entry),
            Err(record) => unreadable.push(record),
        }
    }
    Ok(unreadable)
}

/// The number of submissions in a scope, in the current period of a budget, whose cost it cannot count.
pub(super) async fn missed(session: &Session, budget: &Budget, scope: &str, start: i64) -> Result<u64, Fault> {
    let (kinds, vendors) = words();
    let sql = format!(
        "SELECT count(*) FROM submissions
        WHERE {KNOWN} AND charge <> ALL ($3) AND begun >= $4 AND (scope IS NULL OR scope = $5)
            AND ($6::text IS NULL OR vendor = $6) AND currency IS DISTINCT FROM $7 AND other_currency IS DISTINCT FROM $7"
    );
    let free: Vec<&str> = free().collect();
    let vendor = budget.key.vendor.map(|vendor| vendor.as_str());
    let currency = looked_up(&budget.key.currency);
    let row = session
        .row(&sql, &[&kinds, &vendors, &free, &start, &scope, &vendor, &currency])
        .await?;
    let known: i64 = row.as_ref().map_or(Ok(0), |row| value(row, 0))?;
    let mut count = u64::try_from(known).unwrap_or_default();
    each_entry(session, start, |entry| {
        let is_inside = entry.intent.scope().is_none_or(|own| own == scope);
        count += u64::from(is_inside && budget.misses(&entry));
    })
    .await?;
    Ok(count)
}
