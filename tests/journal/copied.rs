//! A journal copied into another one: everything as it is, at most once, and never over something else.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use tokio::time::timeout;
use videogen::Timestamp;
use videogen::journal::{Entry, Event, Journal as _, Query, Started, UploadKey, UploadRecord};
use videogen_journal::{Store, copy};

use super::budgets::{accepted, cost, event, intent, reason, settled, status, subject};

/// More than one transaction of a copy.
const MANY: usize = 450;
/// More than a column for lookups has in PostgreSQL.
const LONG: usize = 700;

pub(super) fn long() -> String {
    "v".repeat(LONG)
}

async fn begin(journal: &Store, id: &str, at: Timestamp) {
    let begun = journal.begin(intent(id, "ark", Some("0.25 USD"), at)).await.unwrap();
    assert!(matches!(begun, Started::New { .. }), "{begun:?}");
}

/// Submissions in every state.
pub(super) async fn fill(journal: &Store) {
    let before = Utc::now() - TimeDelta::days(3);
    journal.set_budget("1000/total".parse().unwrap()).await.unwrap();
    journal.set_budget("500/month".parse().unwrap()).await.unwrap();
    for number in 0..MANY {
        begin(
            journal,
            &format!("i-{number:04}"),
            before + TimeDelta::minutes(number as i64 * 7),
        )
        .await;
    }
    let long_id: Event = serde_json::from_value(json!({
        "event": "status", "status": "running", "vendor_id": long(),
    }))
    .unwrap();
    for (number, events) in [
        vec![accepted("ark", "a"), status("completed"), cost("0.5", "computed")],
        vec![accepted("ark", "b"), status("failed"), settled(Some("0.10 USD"))],
        vec![accepted("ark", "c"), long_id],
        vec![event(json!({"event": "rejected", "reason": reason()}))],
        vec![event(json!({"event": "not_found", "after": 3}))],
        vec![event(json!({"event": "dismissed"}))],
        vec![
            accepted("ark", "d"),
            event(json!({"event": "cost", "amount": "3", "currency": "CNY", "obtained": "reported"})),
        ],
    ]
    .into_iter()
    .enumerate()
    {
        for event in events {
            journal
                .record(subject(&format!("i-{number:04}")), event)
                .await
                .unwrap()
                .unwrap();
        }
    }
    journal.record_upload(upload("one", before)).await.unwrap();
}

fn upload(sha256: &str, at: Timestamp) -> UploadRecord {
    let mut record = json!(key(sha256));
    record["reference"] = format!("asset-{sha256}").into();
    record["media_type"] = "image/png".into();
    record["bytes"] = 5.into();
    record["at"] = json!(at);
    serde_json::from_value(record).unwrap()
}

fn key(sha256: &str) -> UploadKey {
    serde_json::from_value(json!({
        "account": "a", "origin": "https://vendor.example", "vendor": "ark", "way": "w", "sha256": sha256,
    }))
    .unwrap()
}

pub(super) async fn entries(journal: &Store) -> Vec<Entry> {
    journal.find(Query::default()).await.unwrap().entries
}

/// Both have the same entries, events, sums, budgets and uploads.
pub(super) async fn same(one: &Store, other: &Store) {
    let (left, right) = (entries(one).await, entries(other).await);
    assert_eq!(left.len(), right.len());
    assert!(left == right);
    for entry in left.iter().take(9).chain(left.iter().rev().take(9)) {
        let id = &entry.intent.id;
        assert_eq!(one.events(id).await.unwrap(), other.events(id).await.unwrap(), "{id}");
    }
    for by in [None, Some(videogen::journal::GroupBy::Day)] {
        let (left, right) = (one.spend(None, by).await.unwrap(), other.spend(None, by).await.unwrap());
        assert_eq!(left.ledger, right.ledger);
    }
    let budgets = |journal: Store| async move {
        let budgets = journal.budgets("public".to_owned()).await.unwrap();
        let text = budgets
            .into_iter()
            .map(|(budget, sum)| (json!(budget).to_string(), sum.normalize()));
        text.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(budgets(one.clone()).await, budgets(other.clone()).await);
    assert_eq!(
        one.find_upload(key("one")).await.unwrap(),
        other.find_upload(key("one")).await.unwrap()
    );
    let (left, right) = (one.health().await.unwrap(), other.health().await.unwrap());
    assert_eq!(
        (left.submissions, left.open, left.unfinished, left.unreadable),
        (right.submissions, right.open, right.unfinished, right.unreadable)
    );
    assert!(left.damage.is_empty() && right.damage.is_empty(), "{left:?} {right:?}");
}

/// Copies a filled journal into an empty one, with interruptions, and what follows.
pub(super) async fn copies(from: &Store, to: &Store) {
    fill(from).await;
    // Dropped wherever it is.
    let mut patience = Duration::from_millis(5);
    let copied = loop {
        match timeout(patience, copy(from, to)).await {
            Ok(copied) => break copied.unwrap(),
            Err(_) => patience = patience.mul_f32(1.5),
        }
    };
    assert_eq!(
        (copied.submissions + copied.unchanged, copied.updated),
        (MANY as u64, 0)
    );
    same(from, to).await;
    let again = copy(from, to).await.unwrap();
    assert_eq!((again.unchanged, again.submissions, again.events), (MANY as u64, 0, 0));
    assert_eq!((again.budgets, again.uploads), (0, 0));
    let found = to.find(Query::default().vendor_id(long())).await.unwrap().entries;
    assert_eq!(found.len(), 1);

    // The source goes on.
    let now = Utc::now() - TimeDelta::minutes(1);
    begin(from, "new", now).await;
    from.record(subject("i-0002"), status("completed")).await.unwrap();
    let again = copy(from, to).await.unwrap();
    assert_eq!((again.submissions, again.updated, again.events), (1, 1, 2));
    same(from, to).await;

    // The target has others, with which a submission would be paid for twice, or a change would be lost.
    begin(to, "other", now).await;
    begin(from, "another", now).await;
    to.record(subject("i-0004"), event(json!({"event": "not_found", "after": 9})))
        .await
        .unwrap();
    let error = copy(from, to).await.unwrap_err().to_string();
    assert!(error.contains("another state of submission i-0004"), "{error}");
    assert!(entries(to).await.iter().any(|entry| entry.intent.id == "other"));
    to.set_budget("7/month".parse().unwrap()).await.unwrap();
    let error = copy(from, to).await.unwrap_err().to_string();
    assert!(error.contains("another budget in USD per month"), "{error}");
}

/// What cannot be copied is refused.
pub(super) async fn refuses(from: &Store, to: &Store) {
    let now = Utc::now() - TimeDelta::minutes(1);
    for (journal, id, key) in [(from, "one", "order"), (to, "two", "order")] {
        let mut intent = intent(id, "ark", None, now);
        intent.key = key.to_owned();
        journal.begin(intent).await.unwrap();
    }
    let error = copy(from, to).await.unwrap_err().to_string();
    assert!(
        error.contains("submission one") && error.contains("two has the same key"),
        "{error}"
    );
    assert_eq!(entries(to).await.len(), 1);
}

pub(super) async fn waits(from: &Store, to: &Store) {
    let mut intent = intent("flying", "ark", None, Utc::now());
    intent.until = Utc::now() + TimeDelta::seconds(60);
    from.begin(intent).await.unwrap();
    let error = copy(from, to).await.unwrap_err().to_string();
    assert!(error.contains("flying is in flight"), "{error}");
    assert!(entries(to).await.is_empty());
}

async fn two() -> (tempfile::TempDir, tempfile::TempDir, Store, Store) {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = async |folder: &tempfile::TempDir| Store::open(super::name(folder.path())).await.unwrap();
    let (one, other) = (open(&from).await, open(&to).await);
    (from, to, one, other)
}

#[tokio::test]
async fn a_journal_is_copied_as_it_is() {
    let (_from, _to, one, other) = two().await;
    copies(&one, &other).await;
}

#[tokio::test]
async fn another_submission_with_the_same_key_is_not_replaced() {
    let (_from, _to, one, other) = two().await;
    refuses(&one, &other).await;
}

#[tokio::test]
async fn a_submission_in_flight_is_not_copied() {
    let (_from, _to, one, other) = two().await;
    waits(&one, &other).await;
}

/// A record that this version cannot read keeps its key and task in the copy.
#[tokio::test]
async fn an_unreadable_record_is_copied() {
    let (from, _to, one, other) = two().await;
    begin(&one, "odd", Utc::now()).await;
    one.record(subject("odd"), accepted("ark", "t")).await.unwrap();
    super::alter(
        from.path(),
        "UPDATE submissions SET entry = '{\"later\": 1}' WHERE intent = 'odd'",
    )
    .await;
    assert_eq!(copy(&one, &other).await.unwrap().submissions, 1);
    let mut again = intent("second", "ark", None, Utc::now());
    again.key = "odd".to_owned();
    let error = other.begin(again).await.unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
    assert_eq!(other.health().await.unwrap().unreadable, 1);
}
