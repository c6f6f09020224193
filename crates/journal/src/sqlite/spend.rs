//! What the submissions of a journal cost, from the columns of an index. Only entries that another version wrote, or that cannot
//! be read, are read whole.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};
use videogen::Timestamp;
use videogen::journal::{Budget, Charges, Entry, GroupBy, JournalError, Position, Unreadable};
use videogen::price::Decimal;

use super::row::{COLUMNS, read};
use super::{select, totals};
use crate::error::broken;
use crate::prune::BATCH;
use crate::spend::{Spent, Summed, free};

/// The columns of [`sum_columns`], in the index for it.
const SUMMED: &str =
    "begun, charge, scope, origin, vendor, model, status, currency, counted, other_currency, other_counted";

/// Sums the submissions since a time, in milliseconds. Both statements must read the same state of the file.
pub(crate) fn sum(connection: &Connection, since: i64, by: Option<GroupBy>) -> Result<Spent, JournalError> {
    let mut spent = Spent::default();
    sum_columns(connection, since, by, &mut spent)?;
    let unreadable = each_entry(connection, since, |entry| {
        spent.add(Charges::of(&entry), entry.intent.origin.clone(), by);
    })?;
    spent.unreadable.extend(unreadable);
    Ok(spent)
}

fn sum_columns(
    connection: &Connection,
    since: i64,
    by: Option<GroupBy>,
    spent: &mut Spent,
) -> Result<(), JournalError> {
    let sql = format!(
        "SELECT {SUMMED}, rowid FROM submissions INDEXED BY submissions_charge WHERE charge IS NOT NULL AND begun >= ?1"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query([since]).map_err(broken)?;
    let mut sums: HashMap<Vec<u8>, (Charges, Option<String>)> = HashMap::new();
    let mut key = Vec::new();
    while let Some(row) = rows.next().map_err(broken)? {
        group(row, by, &mut key)?;
        if let Some((charges, _)) = sums.get_mut(key.as_slice()) {
            if add(row, charges)? {
                continue;
            }
        } else if let Some(charges) = charges(row)? {
            sums.insert(key.clone(), (charges, row.get(3).map_err(broken)?));
            continue;
        }
        // Another version wrote a word that this one does not know.
        let rowid: i64 = row.get(11).map_err(broken)?;
        match one(connection, rowid)? {
            Ok(entry) => spent.add(Charges::of(&entry), entry.intent.origin.clone(), by),
            Err(record) => spent.unreadable.push(record),
        }
    }
    for (charges, origin) in sums.into_values() {
        spent.add(charges, origin, by);
    }
    Ok(())
}

/// What is equal in the submissions that are summed: all columns but the amounts; of the time, the day if needed.
fn group(row: &Row<'_>, by: Option<GroupBy>, key: &mut Vec<u8>) -> Result<(), JournalError> {
    key.clear();
    if by == Some(GroupBy::Day) {
        let begun: i64 = row.get(0).map_err(broken)?;
        key.extend(begun.div_euclid(totals::DAY).to_be_bytes());
    }
    for column in [1, 2, 3, 4, 5, 6, 7, 9] {
        let value = row.get_ref(column).map_err(broken)?;
        // No text has this byte.
        key.push(0xff);
        match value.as_bytes_or_null().map_err(broken)? {
            Some(text) => key.extend(text),
            None => key.push(0xfe),
        }
    }
    Ok(())
}

/// The amount of the charge: in the second currency, if there is one.
fn amount(row: &Row<'_>) -> Result<(Option<String>, Option<String>), JournalError> {
    let column = |index| row.get::<_, Option<String>>(index).map_err(broken);
    let (first, second) = ((column(8)?, column(7)?), (column(10)?, column(9)?));
    Ok(if second.0.is_some() { second } else { first })
}

/// Adds a submission of the same group. Returns false if its amount cannot be read.
fn add(row: &Row<'_>, charges: &mut Charges) -> Result<bool, JournalError> {
    let parsed = amount(row)?.0.map(|amount| amount.parse::<Decimal>()).transpose();
    let Ok(amount) = parsed else { return Ok(false) };
    match (&mut charges.charge.money, amount) {
        (Some(sum), Some(amount)) => sum.amount = sum.amount.saturating_add(amount),
        (None, None) => {}
        _ => return Ok(false),
    }
    charges.count += 1;
    Ok(true)
}

/// The first submission of a group, if every column can be read.
fn charges(row: &Row<'_>) -> Result<Option<Charges>, JournalError> {
    let text = |index| row.get::<_, Option<String>>(index).map_err(broken);
    let (amount, currency) = amount(row)?;
    let summed = Summed {
        begun: row.get(0).map_err(broken)?,
        charge: text(1)?,
        scope: text(2)?,
        vendor: text(4)?,
        model: text(5)?,
        status: text(6)?,
        amount,
        currency,
        count: 1,
    };
    Ok(summed.charges())
}

fn one(connection: &Connection, rowid: i64) -> Result<Result<Entry, Unreadable>, JournalError> {
    let sql = format!("SELECT {COLUMNS} FROM submissions WHERE rowid = ?1");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    statement.query_row([rowid], read).map_err(broken)
}

/// Reads the entries whose columns are not known. Returns those that cannot be read.
fn each_entry(
    connection: &Connection,
    since: i64,
    mut each: impl FnMut(Entry),
) -> Result<Vec<Unreadable>, JournalError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM submissions INDEXED BY submissions_no_charge WHERE charge IS NULL AND begun >= ?1
        ORDER BY begun DESC, intent DESC"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query([since]).map_err(broken)?;
    let mut unreadable = Vec::new();
    while let Some(row) = rows.next().map_err(broken)? {
        match read(row).map_err(broken)? {
            Ok(entry) => each(entry),
            Err(record) => unreadable.push(record),
        }
    }
    Ok(unreadable)
}

/// The number of submissions in a scope, in the period of a budget that contains `at`, whose cost it cannot count.
pub(crate) fn missed(
    connection: &Connection,
    budget: &Budget,
    scope: &str,
    at: Timestamp,
) -> Result<u64, JournalError> {
    let key = &budget.key;
    let start = key.period.start(at).map_or(i64::MIN, |start| start.timestamp_millis());
    let free: Vec<String> = free().map(|kind| format!("'{kind}'")).collect();
    let sql = format!(
        "SELECT count(*) FROM submissions INDEXED BY submissions_charge
        WHERE charge IS NOT NULL AND charge NOT IN ({}) AND begun >= ?1 AND (scope IS NULL OR scope = ?2)
            AND (?3 IS NULL OR vendor = ?3) AND currency IS NOT ?4 AND other_currency IS NOT ?4",
        free.join(", ")
    );
    let vendor = key.vendor.map(|vendor| vendor.as_str());
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let known: i64 = statement
        .query_row(params![start, scope, vendor, key.currency], |row| row.get(0))
        .map_err(broken)?;
    let mut count = u64::try_from(known).unwrap_or_default();
    each_entry(connection, start, |entry| {
        let is_inside = entry.intent.scope().is_none_or(|own| own == scope);
        count += u64::from(is_inside && budget.misses(&entry));
    })?;
    Ok(count)
}

/// Fills the columns of the next batch after a position, newest first, and returns where it ended. The file's lock must be held.
pub(crate) fn fill(connection: &Connection, after: Option<&Position>) -> Result<Option<Position>, JournalError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM submissions INDEXED BY submissions_no_charge
        WHERE charge IS NULL AND (begun, intent) < (?1, ?2) ORDER BY begun DESC, intent DESC LIMIT {BATCH}"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let (at, id) = after.map_or((i64::MAX, ""), |after| (after.at.timestamp_millis(), after.id.as_str()));
    let mut rows = statement.query(params![at, id]).map_err(broken)?;
    let (mut count, mut last, mut entries) = (0, None, Vec::new());
    while let Some(row) = rows.next().map_err(broken)? {
        count += 1;
        last = Some(select::position(row)?);
        if let Ok(entry) = read(row).map_err(broken)? {
            entries.push(entry);
        }
    }
    drop(rows);
    // Only of rows whose other columns are those of this version.
    let sql = "UPDATE submissions SET model = ?2, charge = ?3 WHERE intent = ?1 AND begun = ?4 AND scope IS ?5
        AND origin IS ?6 AND vendor IS ?7 AND status IS ?8";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    for entry in entries {
        let intent = &entry.intent;
        if totals::parts(connection, &intent.id)? != totals::parts_of(&entry) {
            continue;
        }
        let filled = statement.execute(params![
            intent.id,
            intent.model,
            entry.charge().kind.as_str(),
            intent.at.timestamp_millis(),
            intent.scope(),
            intent.origin,
            intent.vendor.as_str(),
            entry.status_name(),
        ]);
        filled.map_err(broken)?;
    }
    Ok(last.filter(|_| count == BATCH))
}
