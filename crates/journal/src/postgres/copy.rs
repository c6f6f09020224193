//! Records as they are stored, for copies.

use std::collections::HashMap;

use videogen::journal::JournalError;

use super::fault::Fault;
use super::row::{looked_up, value};
use super::session::Session;
use crate::stored::{COLUMNS, Logged, Step, Stored, StoredBudget, Upload, Written, occupied, other_budget, step};

/// The next records after an id, in the order of the ids. All statements must read the same state.
pub(super) async fn read(session: &Session, after: Option<&str>, limit: i64) -> Result<Vec<Stored>, Fault> {
    let columns = COLUMNS
        .replace(" counted", " counted::text")
        .replace(" other_counted", " other_counted::text");
    let sql =
        format!("SELECT {columns} FROM submissions WHERE $1::text IS NULL OR intent > $1 ORDER BY intent LIMIT $2");
    let mut records = Vec::new();
    for row in session.rows(&sql, &[&after, &limit]).await? {
        records.push(Stored {
            intent: value(&row, 0)?,
            key: value(&row, 1)?,
            account: value(&row, 2)?,
            origin: value(&row, 3)?,
            scope: value(&row, 4)?,
            client_reference: value(&row, 5)?,
            task: value(&row, 6)?,
            open: value(&row, 7)?,
            unfinished: value(&row, 8)?,
            begun: value(&row, 9)?,
            entry: value(&row, 10)?,
            vendor_id: value(&row, 11)?,
            vendor: value(&row, 12)?,
            counted: value(&row, 13)?,
            currency: value(&row, 14)?,
            group_name: value(&row, 15)?,
            status: value(&row, 16)?,
            other_counted: value(&row, 17)?,
            other_currency: value(&row, 18)?,
            request_hash: value(&row, 19)?,
            model: value(&row, 20)?,
            charge: value(&row, 21)?,
            events: Vec::new(),
        });
    }
    let ids: Vec<&str> = records.iter().map(|record| record.intent.as_str()).collect();
    let mut events = events(session, &ids).await?;
    let refreshed = records.into_iter().map(|mut record| {
        record.events = events.remove(&record.intent).unwrap_or_default();
        record.refreshed()
    });
    Ok(refreshed.collect::<Result<_, JournalError>>()?)
}

/// The events of submissions.
async fn events(session: &Session, ids: &[&str]) -> Result<HashMap<String, Vec<Logged>>, Fault> {
    let sql = "SELECT intent, at, event FROM events WHERE intent = ANY ($1) ORDER BY id";
    let mut events: HashMap<String, Vec<Logged>> = HashMap::new();
    for row in session.rows(sql, &[&ids]).await? {
        let logged = (value(&row, 1)?, value(&row, 2)?);
        events.entry(value(&row, 0)?).or_default().push(logged);
    }
    Ok(events)
}

/// Stores records that it does not have. In a transaction.
pub(super) async fn write(session: &Session, records: &[Stored]) -> Result<Written, Fault> {
    let ids: Vec<&str> = records.iter().map(|record| record.intent.as_str()).collect();
    let sql = "SELECT intent, entry FROM submissions WHERE intent = ANY ($1) ORDER BY intent FOR UPDATE";
    let mut there: HashMap<String, String> = HashMap::new();
    for row in session.rows(sql, &[&ids]).await? {
        there.insert(value(&row, 0)?, value(&row, 1)?);
    }
    let known: Vec<&str> = there.keys().map(String::as_str).collect();
    let logged = match known.is_empty() {
        true => HashMap::new(),
        false => events(session, &known).await?,
    };
    let mut written = Written::default();
    let (mut inserted, mut replaced, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let events = logged.get(&record.intent).map(Vec::as_slice).unwrap_or_default();
        let step = step(record, there.get(&record.intent).map(|entry| (entry.as_str(), events)))?;
        let events = match step {
            Step::Keep => &[][..],
            Step::Insert => {
                inserted.push(record);
                &record.events
            }
            Step::Replace(known) => {
                replaced.push(record);
                &record.events[known..]
            }
        };
        new.extend(events.iter().map(|event| (record.intent.as_str(), event)));
        written.add(&step, events.len());
    }
    let changed: Vec<&Stored> = inserted.iter().chain(&replaced).copied().collect();
    free(session, &changed).await?;
    put(
        session,
        &inserted,
        &format!("INSERT INTO submissions ({COLUMNS}) SELECT {ROW} FROM {RECORDS}"),
    )
    .await?;
    let update = format!(
        "UPDATE submissions AS old SET ({COLUMNS}, revision) = (SELECT {ROW}, old.revision + 1)
            FROM {RECORDS} WHERE old.intent = new.intent"
    );
    put(session, &replaced, &update).await?;
    if !new.is_empty() {
        let intents: Vec<&str> = new.iter().map(|(intent, _)| *intent).collect();
        let times: Vec<i64> = new.iter().map(|(_, (at, _))| *at).collect();
        let texts: Vec<&str> = new.iter().map(|(_, (_, event))| event.as_str()).collect();
        let sql = "INSERT INTO events (intent, at, event) SELECT intent, at, event
            FROM unnest($1::text[], $2::bigint[], $3::text[]) WITH ORDINALITY AS new (intent, at, event, number)
            ORDER BY number";
        session.run(sql, &[&intents, &times, &texts]).await?;
    }
    Ok(written)
}

/// Fails if another submission has the key or task of one of these.
async fn free(session: &Session, records: &[&Stored]) -> Result<(), Fault> {
    if records.is_empty() {
        return Ok(());
    }
    let intents: Vec<&str> = records.iter().map(|record| record.intent.as_str()).collect();
    let scopes: Vec<Option<&str>> = records.iter().map(|record| record.scope.as_deref()).collect();
    let keys: Vec<Option<&str>> = records.iter().map(|record| Some(record.key.as_str())).collect();
    let tasks: Vec<Option<&str>> = records.iter().map(|record| record.task.as_deref()).collect();
    for (column, values) in [("key", keys), ("task", tasks)] {
        let sql = format!(
            "SELECT new.intent, old.intent FROM unnest($1::text[], $2::text[], $3::text[]) AS new (intent, value, scope)
                JOIN submissions AS old ON old.{column} = new.value AND old.intent <> new.intent
                    AND (old.scope = new.scope OR old.scope IS NULL OR new.scope IS NULL) LIMIT 1"
        );
        if let Some(row) = session.row(&sql, &[&intents, &values, &scopes]).await? {
            let (record, other): (String, String) = (value(&row, 0)?, value(&row, 1)?);
            return Err(occupied(&record, &other, column).into());
        }
    }
    Ok(())
}

/// The columns of a record in [`RECORDS`].
const ROW: &str = "new.intent, new.key, new.account, new.origin, new.scope, new.client_reference, new.task, new.open, \
    new.unfinished, new.begun, new.entry, new.vendor_id, new.vendor, new.counted::numeric, new.currency, new.group_name, \
    new.status, new.other_counted::numeric, new.other_currency, new.request_hash, new.model, new.charge";
const RECORDS: &str = "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], \
    $9::boolean[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], \
    $18::text[], $19::text[], $20::text[], $21::text[], $22::text[]) AS new (intent, key, account, origin, scope, \
    client_reference, task, open, unfinished, begun, entry, vendor_id, vendor, counted, currency, group_name, status, \
    other_counted, other_currency, request_hash, model, charge)";

async fn put(session: &Session, records: &[&Stored], sql: &str) -> Result<(), Fault> {
    if records.is_empty() {
        return Ok(());
    }
    let text = |of: fn(&Stored) -> &str| records.iter().map(|record| of(record)).collect::<Vec<&str>>();
    let option = |of: fn(&Stored) -> &Option<String>| {
        let texts = records.iter().map(|record| of(record).as_deref());
        texts.collect::<Vec<Option<&str>>>()
    };
    let short = |of: fn(&Stored) -> &Option<String>| {
        let texts = records
            .iter()
            .map(|record| of(record).as_deref().map(|text| looked_up(text).into_owned()));
        texts.collect::<Vec<Option<String>>>()
    };
    let open: Vec<bool> = records.iter().map(|record| record.open).collect();
    let unfinished: Vec<bool> = records.iter().map(|record| record.unfinished).collect();
    let begun: Vec<i64> = records.iter().map(|record| record.begun).collect();
    session
        .run(
            sql,
            &[
                &text(|record| &record.intent),
                &text(|record| &record.key),
                &text(|record| &record.account),
                &option(|record| &record.origin),
                &option(|record| &record.scope),
                &short(|record| &record.client_reference),
                &option(|record| &record.task),
                &open,
                &unfinished,
                &begun,
                &text(|record| &record.entry),
                &short(|record| &record.vendor_id),
                &option(|record| &record.vendor),
                &option(|record| &record.counted),
                &short(|record| &record.currency),
                &short(|record| &record.group_name),
                &short(|record| &record.status),
                &option(|record| &record.other_counted),
                &short(|record| &record.other_currency),
                &option(|record| &record.request_hash),
                &short(|record| &record.model),
                &option(|record| &record.charge),
            ],
        )
        .await?;
    Ok(())
}

pub(super) async fn uploads(session: &Session) -> Result<Vec<Upload>, Fault> {
    let sql = "SELECT account, origin, vendor, way, sha256, at, upload FROM uploads ORDER BY 1, 2, 3, 4, 5";
    let mut uploads = Vec::new();
    for row in session.rows(sql, &[]).await? {
        let key = [
            value(&row, 0)?,
            value(&row, 1)?,
            value(&row, 2)?,
            value(&row, 3)?,
            value(&row, 4)?,
        ];
        uploads.push((key, value(&row, 5)?, value(&row, 6)?));
    }
    Ok(uploads)
}

/// Stores uploads, unless there are newer ones, and returns the number of stored ones.
pub(super) async fn put_uploads(session: &Session, uploads: &[Upload]) -> Result<u64, Fault> {
    let sql = "INSERT INTO uploads AS old (account, origin, vendor, way, sha256, at, upload) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (account, origin, vendor, way, sha256) DO UPDATE SET at = EXCLUDED.at, upload = EXCLUDED.upload
            WHERE old.at < EXCLUDED.at";
    let mut count = 0;
    for ([account, origin, vendor, way, sha256], at, upload) in uploads {
        count += session
            .run(sql, &[account, origin, vendor, way, sha256, at, upload])
            .await?;
    }
    Ok(count)
}

pub(super) async fn budgets(session: &Session) -> Result<Vec<StoredBudget>, Fault> {
    let sql = "SELECT vendor, currency, period, budget FROM budgets ORDER BY 1, 2, 3";
    let mut budgets = Vec::new();
    for row in session.rows(sql, &[]).await? {
        budgets.push(([value(&row, 0)?, value(&row, 1)?, value(&row, 2)?], value(&row, 3)?));
    }
    Ok(budgets)
}

/// Stores budgets that it does not have, and returns their number. In a transaction with the lock of the budgets.
pub(super) async fn put_budgets(session: &Session, wanted: &[StoredBudget]) -> Result<u64, Fault> {
    let there = budgets(session).await?;
    let mut count = 0;
    for (key, json) in wanted {
        match there.iter().find(|(known, _)| known == key) {
            Some((_, known)) if known == json => continue,
            Some(_) => return Err(other_budget(key).into()),
            None => {}
        }
        let sql = "INSERT INTO budgets (vendor, currency, period, budget) VALUES ($1, $2, $3, $4)";
        count += session.run(sql, &[&key[0], &key[1], &key[2], json]).await?;
    }
    Ok(count)
}
