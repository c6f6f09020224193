//! What submissions count: kept as sums, the same as that of the entries.

use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};
use videogen::journal::{
    BudgetKey, Entry, Event, GroupBy, Intent, Journal as _, Ledger, Period, Query, Started, Subject,
};
use videogen::price::Decimal;
use videogen::{TaskId, TaskStatus, Timestamp, Vendor};

use crate::prune::Prune;
use crate::sqlite::{SqliteJournal, budget, schema, totals};

const DAY: i64 = 86_400_000;

/// A number below `end`, the next of a fixed sequence.
fn below(seed: &mut u64, end: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 20) % end
}

fn pick<T: Clone>(seed: &mut u64, choices: &[T]) -> T {
    choices[usize::try_from(below(seed, choices.len() as u64)).unwrap()].clone()
}

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// A submission of one of the last 40 days, or of the next one.
fn some(seed: &mut u64, number: u64) -> Intent {
    let vendor = pick(seed, &Vendor::ALL[..3]);
    let at = now() - chrono::TimeDelta::milliseconds(below(seed, 40 * DAY.unsigned_abs()).cast_signed() - DAY);
    let origin = pick(
        seed,
        &[None, Some("https://vendor.example/v1"), Some("http://127.0.0.1:8787")],
    );
    let estimate = match below(seed, 4) {
        0 => Value::Null,
        1 => json!({"amount": "0.10", "low": "0.10", "currency": "USD"}),
        2 => json!({"amount": "1.234567", "low": "1", "currency": "USD"}),
        _ => json!({"amount": "7", "low": "7", "currency": "CNY"}),
    };
    let group = pick(seed, &[Value::Null, json!({"name": "batch"})]);
    serde_json::from_value(json!({
        "id": format!("i-{number}"), "key": format!("i-{number}"), "account": "a", "origin": origin, "vendor": vendor,
        "family": "f", "model": pick(seed, &["m", "n"]), "prompt": "p", "request": {}, "request_hash": "h",
        "at": at, "until": at, "estimate": estimate, "group": group, "allow_unknown_cost": true,
    }))
    .unwrap()
}

/// The next event of a submission.
fn event(seed: &mut u64, number: u64, vendor: Vendor) -> Event {
    let status = pick(seed, &["queued", "completed", "failed", "cancelled", "expired"]);
    let reason = json!({"kind": "vendor", "message": "no"});
    let value = match below(seed, 8) {
        0..3 => {
            let family = vendor.families().next().unwrap();
            let task = TaskId::new(vendor, family, format!("t-{number}")).unwrap();
            return Event::Accepted {
                task,
                status: TaskStatus::Queued,
            };
        }
        3 => json!({"event": "rejected", "reason": reason}),
        4 => json!({"event": "not_sent", "reason": reason}),
        5 | 6 => json!({"event": "status", "status": status, "word": status}),
        _ => json!({
            "event": "cost", "amount": pick(seed, &["0.05", "2"]),
            "currency": pick(seed, &["USD", "CNY"]), "obtained": pick(seed, &["reported", "computed"]),
        }),
    };
    serde_json::from_value(value).unwrap()
}

/// Every sum is known, and that of the submissions.
fn agree(connection: &Connection) {
    for (period, vendor) in Period::ALL.into_iter().flat_map(|period| {
        let vendors = Vendor::ALL.iter().take(3).copied().map(Some);
        vendors.chain([None]).map(move |vendor| (period, vendor))
    }) {
        for (currency, scope, group) in [
            ("USD", Some("public"), None),
            ("USD", Some("http://localhost:8787"), None),
            ("CNY", None, None),
            ("CNY", Some("public"), Some("batch")),
        ] {
            if group.is_some() && period != Period::Total {
                continue;
            }
            let mut key = BudgetKey::new(currency, period);
            (key.vendor, key.group) = (vendor, group.map(str::to_owned));
            let kept = totals::counted(connection, &key, scope, now()).unwrap();
            let all = budget::counted_of_all(connection, &key, scope, now()).unwrap();
            assert_eq!(kept, Some(all), "{key:?} {scope:?}");
        }
    }
}

fn open(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

async fn all(journal: &SqliteJournal, since: Option<Timestamp>) -> Vec<Entry> {
    let mut query = Query::default();
    query.since = since;
    journal.find(query).await.unwrap().entries
}

/// By every group, since any time: the same as of all entries.
async fn is_spent(journal: &SqliteJournal) {
    for since in [None, Some(now() - chrono::TimeDelta::days(9))] {
        let entries = all(journal, since).await;
        for by in [None, Some(GroupBy::Day), Some(GroupBy::Vendor), Some(GroupBy::Model)] {
            let spent = journal.spend(since, by).await.unwrap();
            assert_eq!(spent.ledger, Ledger::of(&entries, by), "{since:?} {by:?}");
        }
    }
    let entries = all(journal, None).await;
    for budget in ["1/total", "1CNY/total"] {
        let budget: videogen::journal::Budget = budget.parse().unwrap();
        for scope in ["public", "http://localhost:8787"] {
            let is_inside = |entry: &&Entry| entry.intent.scope().is_none_or(|own| own == scope);
            let missed = entries
                .iter()
                .filter(is_inside)
                .filter(|entry| budget.misses(entry))
                .count();
            assert_eq!(journal.missed(budget.clone(), scope).await.unwrap(), missed as u64);
        }
    }
}

#[tokio::test]
async fn sums_follow_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    let mut seed = 7;
    for number in 0..150 {
        let intent = some(&mut seed, number);
        let vendor = intent.vendor;
        let started = journal.begin(intent).await.unwrap();
        assert!(matches!(started, Started::New { .. }), "{started:?}");
        for _ in 0..below(&mut seed, 4) {
            let subject = Subject::Intent(format!("i-{number}"));
            // An event may be impossible in the state of the entry.
            let _ = journal.record(subject, event(&mut seed, number, vendor)).await;
        }
        if number % 10 == 0 {
            agree(&open(&path));
        }
    }
    agree(&open(&path));
    is_spent(&journal).await;
    let charged: i64 = open(&path)
        .query_row("SELECT count(charge) FROM submissions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(charged, 150);
    // An attempt later, with another estimate.
    for number in 0..150 {
        let mut intent = some(&mut seed, number);
        intent.id = format!("again-{number}");
        let _ = journal.begin(intent).await.unwrap();
    }
    agree(&open(&path));
    let mut prune = Prune::before(now() - chrono::TimeDelta::days(30));
    prune.undownloaded = true;
    let pruned = journal.prune(prune).await.unwrap();
    assert!(pruned.removed > 0, "{pruned:?}");
    agree(&open(&path));
    is_spent(&journal).await;
}

/// An earlier version keeps no sums: what it writes is counted all the same.
#[tokio::test]
async fn other_versions_may_write_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut seed = 3;
    {
        let connection = open(&path);
        schema::older_version(&connection, 12).unwrap();
        for number in 0..40 {
            write_as_12(&connection, &Entry::begin(some(&mut seed, number)));
        }
    }
    let journal = SqliteJournal::open(&path).unwrap();
    agree(&open(&path));
    is_spent(&journal).await;
    let uncharged = || -> i64 {
        let sql = "SELECT count(*) FROM submissions WHERE charge IS NULL";
        open(&path).query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(uncharged(), 0);
    // A process of version 12 that has the file open.
    let other = open(&path);
    let mut entry = all(&journal, None).await.remove(0);
    entry.state = videogen::journal::State::Rejected;
    write_as_12(&other, &entry);
    let mut late = some(&mut seed, 99);
    late.estimate = serde_json::from_value(json!({"amount": "5", "low": "5", "currency": "USD"})).unwrap();
    late.at = now();
    write_as_12(&other, &Entry::begin(late));
    assert_eq!(uncharged(), 2);
    let key = BudgetKey::new("USD", Period::Total);
    assert_eq!(totals::counted(&other, &key, None, now()).unwrap(), None);
    let sum = budget::counted_of_all(&other, &key, None, now()).unwrap();
    journal.set_budget("1000/total".parse().unwrap()).await.unwrap();
    let budgets = journal.budgets("public".to_owned()).await.unwrap();
    assert!(budgets[0].1 > Decimal::ZERO && budgets[0].1 <= sum, "{budgets:?}");
    is_spent(&journal).await;
    // The next submission that a budget may limit computes the sums again.
    let _ = journal.begin(some(&mut seed, 100)).await.unwrap();
    agree(&other);
    assert_eq!(uncharged(), 0);
    // What cannot be read is reported, and counted by no column of an earlier state.
    other
        .execute("UPDATE submissions SET entry = '{}' WHERE intent = 'i-99'", [])
        .unwrap();
    let spent = journal.spend(None, None).await.unwrap();
    assert_eq!(spent.unreadable.len(), 1);
    assert_eq!(spent.unreadable[0].id, "i-99");
    is_spent(&journal).await;
}

/// An amount that cannot be read makes no room for others, and the sum is right again without it.
#[tokio::test]
async fn an_amount_that_cannot_be_read_is_in_no_sum() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    journal.set_budget("1000/total".parse().unwrap()).await.unwrap();
    let mut seed = 1;
    let mut begin = |number| {
        let mut intent = some(&mut seed, number);
        intent.estimate = serde_json::from_value(json!({"amount": "1", "low": "1", "currency": "USD"})).unwrap();
        (intent.origin, intent.group) = (Some("https://vendor.example".to_owned()), None);
        journal.begin(intent)
    };
    for number in 0..3 {
        assert!(matches!(begin(number).await.unwrap(), Started::New { .. }));
    }
    let other = open(&path);
    other
        .execute("UPDATE submissions SET counted = 'many' WHERE intent = 'i-1'", [])
        .unwrap();
    assert!(matches!(begin(3).await.unwrap(), Started::OverBudget(_)));
    other
        .execute("UPDATE submissions SET counted = '1' WHERE intent = 'i-1'", [])
        .unwrap();
    assert!(matches!(begin(4).await.unwrap(), Started::New { .. }));
    agree(&other);
}

/// As version 12 stored an entry.
fn write_as_12(connection: &Connection, entry: &Entry) {
    let sql = "INSERT INTO submissions
        (intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, vendor_id, vendor,
        counted, currency, group_name, status, other_counted, other_currency, request_hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
        ON CONFLICT (intent) DO UPDATE SET account = ?3, origin = ?4, scope = ?5, client_reference = ?6, task = ?7,
        open = ?8, unfinished = ?9, begun = ?10, entry = ?11, vendor_id = ?12, vendor = ?13, counted = ?14, currency = ?15,
        group_name = ?16, status = ?17, other_counted = ?18, other_currency = ?19, request_hash = ?20";
    let (intent, counted) = (&entry.intent, entry.counted());
    let written = connection.execute(
        sql,
        rusqlite::params![
            intent.id,
            intent.key,
            intent.account,
            intent.origin,
            intent.scope(),
            intent.client_reference,
            entry.task.as_ref().map(ToString::to_string),
            entry.is_open(),
            entry.is_unfinished(),
            intent.at.timestamp_millis(),
            serde_json::to_string(entry).unwrap(),
            entry.vendor_id,
            intent.vendor.as_str(),
            counted.first().map(|money| money.amount.to_string()),
            counted.first().map(|money| &money.currency),
            intent.group.as_ref().map(|group| &group.name),
            entry.status_name(),
            counted.get(1).map(|money| money.amount.to_string()),
            counted.get(1).map(|money| &money.currency),
            intent.request_hash,
        ],
    );
    assert_eq!(written.unwrap(), 1);
}
