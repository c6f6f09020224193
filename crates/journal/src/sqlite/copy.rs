//! Records as they are stored, for copies.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use videogen::journal::JournalError;

use super::{SqliteJournal, totals};
use crate::error::broken;
use crate::stored::{
    COLUMNS, Logged, Step, Stored, StoredBudget, Upload, Written, occupied, other_budget, step, uncopied,
};

impl SqliteJournal {
    /// The next records after an id, in the order of the ids.
    pub(crate) async fn read_stored(&self, after: Option<String>, limit: u32) -> Result<Vec<Stored>, JournalError> {
        self.run(move |connection| {
            let transaction = connection.transaction().map_err(broken)?;
            read(&transaction, after.as_deref(), limit)
        })
        .await
    }

    /// Stores records that it does not have.
    pub(crate) async fn write_stored(&self, records: Vec<Stored>) -> Result<Written, JournalError> {
        self.written(move |connection| write(connection, &records)).await
    }

    /// Computes the sums of what was stored.
    pub(crate) async fn end_stored(&self) -> Result<(), JournalError> {
        self.written(totals::fill).await
    }

    pub(crate) async fn stored_uploads(&self) -> Result<Vec<Upload>, JournalError> {
        self.run(|connection| uploads(connection)).await
    }

    /// Stores uploads, unless there are newer ones, and returns the number of stored ones.
    pub(crate) async fn store_uploads(&self, uploads: Vec<Upload>) -> Result<u64, JournalError> {
        self.written(move |connection| put_uploads(connection, &uploads)).await
    }

    pub(crate) async fn stored_budgets(&self) -> Result<Vec<StoredBudget>, JournalError> {
        self.run(|connection| budgets(connection)).await
    }

    /// Stores budgets that it does not have, and returns their number.
    pub(crate) async fn store_budgets(&self, budgets: Vec<StoredBudget>) -> Result<u64, JournalError> {
        self.written(move |connection| put_budgets(connection, &budgets)).await
    }
}

/// The next records after an id, in the order of the ids.
fn read(connection: &Connection, after: Option<&str>, limit: u32) -> Result<Vec<Stored>, JournalError> {
    let sql = "SELECT count(*) FROM submissions WHERE intent IS NULL";
    let nameless: i64 = connection.query_row(sql, [], |row| row.get(0)).map_err(broken)?;
    if nameless > 0 {
        return Err(uncopied("without an id", "NULL where an id should be"));
    }
    let sql =
        format!("SELECT {COLUMNS}, rowid FROM submissions WHERE ?1 IS NULL OR intent > ?1 ORDER BY intent LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let mut rows = statement.query(params![after, limit]).map_err(broken)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(broken)? {
        let mut record = stored(row).map_err(|error| {
            let place = row
                .get::<_, i64>(22)
                .map_or_else(|_| String::new(), |row| format!("in row {row}"));
            uncopied(&place, &error.to_string())
        })?;
        record.events = events(connection, &record.intent)?;
        records.push(record.refreshed()?);
    }
    Ok(records)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        intent: row.get(0)?,
        key: row.get(1)?,
        account: row.get(2)?,
        origin: row.get(3)?,
        scope: row.get(4)?,
        client_reference: row.get(5)?,
        task: row.get(6)?,
        open: row.get(7)?,
        unfinished: row.get(8)?,
        begun: row.get(9)?,
        entry: row.get(10)?,
        vendor_id: row.get(11)?,
        vendor: row.get(12)?,
        counted: row.get(13)?,
        currency: row.get(14)?,
        group_name: row.get(15)?,
        status: row.get(16)?,
        other_counted: row.get(17)?,
        other_currency: row.get(18)?,
        request_hash: row.get(19)?,
        model: row.get(20)?,
        charge: row.get(21)?,
        events: Vec::new(),
    })
}

fn events(connection: &Connection, intent: &str) -> Result<Vec<Logged>, JournalError> {
    let sql = "SELECT at, event FROM events WHERE intent = ?1 ORDER BY id";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let events = statement.query_map([intent], |row| Ok((row.get(0)?, row.get(1)?)));
    let events: rusqlite::Result<_> = events.map_err(broken)?.collect();
    events.map_err(|error| uncopied(&format!("of submission {intent}"), &error.to_string()))
}

/// Stores records that it does not have. In a transaction.
fn write(connection: &Connection, records: &[Stored]) -> Result<Written, JournalError> {
    let mut written = Written::default();
    for record in records {
        let there: Option<String> = connection
            .prepare_cached("SELECT entry FROM submissions WHERE intent = ?1")
            .and_then(|mut found| found.query_row([&record.intent], |row| row.get(0)).optional())
            .map_err(broken)?;
        let logged = match &there {
            Some(_) => events(connection, &record.intent)?,
            None => Vec::new(),
        };
        let step = step(record, there.as_deref().map(|entry| (entry, logged.as_slice())))?;
        let new = match step {
            Step::Keep => &[][..],
            Step::Insert => {
                put(connection, record)?;
                &record.events
            }
            Step::Replace(known) => {
                put(connection, record)?;
                &record.events[known..]
            }
        };
        let sql = "INSERT INTO events (intent, at, event) VALUES (?1, ?2, ?3)";
        let mut insert = connection.prepare_cached(sql).map_err(broken)?;
        for (at, event) in new {
            insert.execute(params![record.intent, at, event]).map_err(broken)?;
        }
        written.add(&step, new.len());
    }
    Ok(written)
}

fn put(connection: &Connection, record: &Stored) -> Result<(), JournalError> {
    for (column, value) in [("key", Some(&record.key)), ("task", record.task.as_ref())] {
        let sql = format!(
            "SELECT intent FROM submissions
                WHERE {column} = ?1 AND (?2 IS NULL OR scope IS NULL OR scope = ?2) AND intent IS NOT ?3"
        );
        let mut others = connection.prepare_cached(&sql).map_err(broken)?;
        let other = others.query_row(params![value, record.scope, record.intent], |row| {
            row.get::<_, String>(0)
        });
        if let Some(other) = other.optional().map_err(broken)? {
            return Err(occupied(&record.intent, &other, column));
        }
    }
    let sql = format!(
        "INSERT INTO submissions ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
            ?17, ?18, ?19, ?20, ?21, ?22)
        ON CONFLICT (intent) DO UPDATE SET (key, account, origin, scope, client_reference, task, open, unfinished, begun, entry,
            vendor_id, vendor, counted, currency, group_name, status, other_counted, other_currency, request_hash, model, charge,
            revision) = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
            revision + 1)"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let stored = statement.execute(params![
        record.intent,
        record.key,
        record.account,
        record.origin,
        record.scope,
        record.client_reference,
        record.task,
        record.open,
        record.unfinished,
        record.begun,
        record.entry,
        record.vendor_id,
        record.vendor,
        record.counted,
        record.currency,
        record.group_name,
        record.status,
        record.other_counted,
        record.other_currency,
        record.request_hash,
        record.model,
        record.charge,
    ]);
    stored.map(drop).map_err(broken)
}

fn uploads(connection: &Connection) -> Result<Vec<Upload>, JournalError> {
    let sql = "SELECT account, origin, vendor, way, sha256, at, upload FROM uploads ORDER BY 1, 2, 3, 4, 5";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let rows = statement.query_map([], |row| {
        let key = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((key, row.get(5)?, row.get(6)?))
    });
    rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
}

fn put_uploads(connection: &Connection, uploads: &[Upload]) -> Result<u64, JournalError> {
    let sql =
        "INSERT INTO uploads (account, origin, vendor, way, sha256, at, upload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET at = ?6, upload = ?7 WHERE at < ?6";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let mut count = 0;
    for ([account, origin, vendor, way, sha256], at, upload) in uploads {
        let stored = statement.execute(params![account, origin, vendor, way, sha256, at, upload]);
        count += stored.map_err(broken)? as u64;
    }
    Ok(count)
}

fn budgets(connection: &Connection) -> Result<Vec<StoredBudget>, JournalError> {
    let sql = "SELECT vendor, currency, period, CAST(budget AS TEXT) FROM budgets ORDER BY 1, 2, 3";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let rows = statement.query_map([], |row| Ok(([row.get(0)?, row.get(1)?, row.get(2)?], row.get(3)?)));
    rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
}

/// Stores budgets that it does not have, and returns their number. In a transaction.
fn put_budgets(connection: &Connection, wanted: &[StoredBudget]) -> Result<u64, JournalError> {
    let there = budgets(connection)?;
    let mut count = 0;
    for (key, json) in wanted {
        match there.iter().find(|(known, _)| known == key) {
            Some((_, known)) if known == json => continue,
            Some(_) => return Err(other_budget(key)),
            None => {}
        }
        let sql = "INSERT INTO budgets (vendor, currency, period, budget) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = connection.prepare_cached(sql).map_err(broken)?;
        statement
            .execute(params![key[0], key[1], key[2], json])
            .map_err(broken)?;
        count += 1;
    }
    Ok(count)
}
