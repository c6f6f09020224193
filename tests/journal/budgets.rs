//! Budgets: a submission counts once, by the state of its entry, and any number of processes stays within them.

use std::sync::Arc;

use chrono::Utc;
use serde_json::{Value, json};
use videogen::journal::{
    Budget, BudgetKey, Entry, Event, Intent, Journal, OverBudget, Period, Query, Settlement, Started, Subject,
};
use videogen::price::Decimal;
use videogen::{TaskId, TaskStatus, Timestamp, Vendor};
use videogen_journal::Store;

/// A submission at `at`, with an estimate such as `0.5 USD`, or of unknown cost.
pub(super) fn intent(id: &str, vendor: &str, estimate: Option<&str>, at: Timestamp) -> Intent {
    let estimate = estimate.map(|estimate| {
        let (amount, currency) = estimate.split_once(' ').unwrap();
        json!({"amount": amount, "low": amount, "currency": currency})
    });
    serde_json::from_value(json!({
        "id": id, "key": id, "account": "a", "origin": "https://vendor.example", "vendor": vendor, "family": "f",
        "model": "m", "prompt": "p", "request": {}, "request_hash": "h", "at": at, "until": at, "estimate": estimate,
    }))
    .unwrap()
}

pub(super) fn event(value: Value) -> Event {
    serde_json::from_value(value).unwrap()
}

pub(super) fn reason() -> Value {
    json!({"kind": "vendor", "message": "no"})
}

pub(super) fn accepted(vendor: &str, id: &str) -> Event {
    let vendor: Vendor = vendor.parse().unwrap();
    let task = TaskId::new(vendor, vendor.families().next().unwrap(), id).unwrap();
    Event::Accepted {
        task,
        status: TaskStatus::Queued,
    }
}

pub(super) fn status(word: &str) -> Event {
    event(json!({"event": "status", "status": word}))
}

/// A status with the vendor's word for it.
fn worded(status: &str, word: &str) -> Event {
    event(json!({"event": "status", "status": status, "word": word}))
}

pub(super) fn cost(amount: &str, obtained: &str) -> Event {
    event(json!({"event": "cost", "amount": amount, "currency": "USD", "obtained": obtained}))
}

/// What the user found on the bill, such as `0.3 USD`; `None` removes it.
pub(super) fn settled(amount: Option<&str>) -> Event {
    let settlement = amount.map(|amount| Settlement::billed(amount.parse().unwrap()));
    Event::Settled { settlement }
}

pub(super) fn ambiguous(entry: &Entry) -> Event {
    event(json!({"event": "ambiguous", "reason": reason(), "ambiguity": entry.ambiguity()}))
}

pub(super) fn subject(id: &str) -> Subject {
    Subject::Intent(id.to_owned())
}

/// `reserved 1 USD`.
pub(super) fn charge(entry: &Entry) -> String {
    let charge = entry.charge();
    let kind = json!(charge.kind).as_str().unwrap().to_owned();
    charge.money.map_or(kind.clone(), |money| format!("{kind} {money}"))
}

#[test]
fn each_state_counts_what_is_documented() {
    let known = |events: &[Event]| [&[accepted("ark", "t")], events].concat();
    let entry = Entry::begin(intent("i", "ark", Some("1 USD"), Utc::now()));
    for (vendor, events, expected) in [
        ("ark", vec![], "reserved 1 USD"),
        ("ark", vec![ambiguous(&entry)], "reserved 1 USD"),
        (
            "ark",
            vec![ambiguous(&entry), event(json!({"event": "not_found", "after": 60}))],
            "reserved 1 USD",
        ),
        ("ark", vec![ambiguous(&entry), accepted("ark", "t")], "reserved 1 USD"),
        ("ark", vec![ambiguous(&entry), Event::Dismissed], "not_submitted"),
        (
            "ark",
            vec![event(json!({"event": "rejected", "reason": reason()}))],
            "not_submitted",
        ),
        (
            "ark",
            vec![event(json!({"event": "not_sent", "reason": reason()}))],
            "not_submitted",
        ),
        // The task arrived after all.
        ("ark", vec![Event::Dismissed, accepted("ark", "t")], "reserved 1 USD"),
        ("ark", known(&[Event::Dismissed]), "reserved 1 USD"),
        ("ark", known(&[status("in_progress")]), "reserved 1 USD"),
        ("ark", known(&[status("simmering")]), "reserved 1 USD"),
        ("ark", known(&[status("completed")]), "estimated 1 USD"),
        (
            "ark",
            known(&[status("completed"), cost("0.9", "computed")]),
            "computed 0.9 USD",
        ),
        (
            "ark",
            known(&[cost("0.8", "reported"), status("in_progress")]),
            "reported 0.8 USD",
        ),
        // The better source stays, the last of the same kind counts.
        (
            "ark",
            known(&[cost("0.8", "reported"), cost("0.9", "computed")]),
            "reported 0.8 USD",
        ),
        (
            "ark",
            known(&[cost("0.9", "estimated"), cost("0.8", "computed")]),
            "computed 0.8 USD",
        ),
        (
            "ark",
            known(&[cost("0.8", "reported"), cost("0.7", "reported")]),
            "reported 0.7 USD",
        ),
        // The user knows best, while there may be a task.
        ("ark", known(&[settled(Some("0.3 USD"))]), "entered 0.3 USD"),
        (
            "ark",
            known(&[settled(Some("0.3 USD")), status("completed"), cost("0.9", "reported")]),
            "entered 0.3 USD",
        ),
        ("ark", known(&[settled(Some("0 USD"))]), "entered_not_billed"),
        ("ark", known(&[settled(Some("0 USD")), settled(None)]), "reserved 1 USD"),
        (
            "ark",
            vec![ambiguous(&entry), settled(Some("0 USD"))],
            "entered_not_billed",
        ),
        (
            "ark",
            vec![ambiguous(&entry), settled(Some("0 USD")), Event::Dismissed],
            "not_submitted",
        ),
        (
            "ark",
            vec![ambiguous(&entry), settled(Some("0 USD")), accepted("ark", "t")],
            "reserved 1 USD",
        ),
        // Only where the vendor says so is a task without a video free.
        ("ark", known(&[status("failed")]), "not_billed"),
        ("ark", known(&[status("expired")]), "not_billed"),
        (
            "ark",
            known(&[status("failed"), cost("0.1", "reported")]),
            "reported 0.1 USD",
        ),
        ("toapis", vec![accepted("toapis", "t"), status("failed")], "not_billed"),
        // Earlier versions also recorded this for a billed prediction whose files had been removed.
        (
            "replicate",
            vec![accepted("replicate", "t"), status("expired")],
            "uncertain 1 USD",
        ),
        (
            "replicate",
            vec![accepted("replicate", "t"), worded("expired", "aborted")],
            "not_billed",
        ),
        (
            "toapis",
            vec![accepted("toapis", "t"), status("expired")],
            "uncertain 1 USD",
        ),
        (
            "token360",
            vec![accepted("token360", "t"), status("failed")],
            "uncertain 1 USD",
        ),
        // A video whose link has expired was billed.
        (
            "ark",
            known(&[status("completed"), cost("1", "estimated"), status("expired")]),
            "estimated 1 USD",
        ),
        // Without a task there is no cost.
        ("ark", vec![cost("5", "reported")], "reserved 1 USD"),
    ] {
        let later = Utc::now() + chrono::TimeDelta::seconds(60);
        for estimate in [Some("1 USD"), None] {
            let mut entry = Entry::begin(intent("i", vendor, estimate, Utc::now()));
            for event in &events {
                entry.apply(&subject("i"), event.clone(), later).unwrap();
            }
            // An unknown cost is in no amount, and is not called free.
            let expected = match estimate {
                None => expected.trim_end_matches(" 1 USD"),
                Some(_) => expected,
            };
            let expected = match (estimate, expected) {
                (None, "estimated") if entry.cost.is_some() => "estimated 1 USD",
                (_, expected) => expected,
            };
            assert_eq!(charge(&entry), expected, "{vendor} {events:?}");
        }
    }
}

#[test]
fn a_period_is_one_of_the_calendar_in_utc() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    for (period, time, start, end) in [
        (
            "day",
            "2026-11-27T23:59:59Z",
            "2026-11-27T00:00:00Z",
            "2026-11-28T00:00:00Z",
        ),
        (
            "day",
            "2026-11-28T01:00:00+02:00",
            "2026-11-27T00:00:00Z",
            "2026-11-28T00:00:00Z",
        ),
        // From Monday.
        (
            "week",
            "2026-11-29T23:59:59Z",
            "2026-11-23T00:00:00Z",
            "2026-11-30T00:00:00Z",
        ),
        (
            "week",
            "2026-11-30T00:00:00Z",
            "2026-11-30T00:00:00Z",
            "2026-12-07T00:00:00Z",
        ),
        (
            "month",
            "2028-02-29T12:00:00Z",
            "2028-02-01T00:00:00Z",
            "2028-03-01T00:00:00Z",
        ),
        (
            "month",
            "2026-12-31T12:00:00Z",
            "2026-12-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
        ),
    ] {
        let period: Period = period.parse().unwrap();
        assert_eq!(period.start(at(time)), Some(at(start)), "{period} {time}");
        assert_eq!(period.end(at(time)), Some(at(end)), "{period} {time}");
    }
    assert_eq!(
        (Period::Total.start(Utc::now()), Period::Total.end(Utc::now())),
        (None, None)
    );
    for text in [
        "",
        "20",
        "20/",
        "20/year",
        "/day",
        "-1/day",
        "20/day/week",
        "1e3/day",
        "20 usd/day",
    ] {
        let error = text.parse::<Budget>().unwrap_err().to_string();
        assert!(error.starts_with("invalid"), "{text}: {error}");
    }
}

pub(super) fn budget(text: &str) -> Budget {
    text.parse().unwrap()
}

pub(super) async fn begin(journal: &dyn Journal, intent: Intent) -> Result<String, OverBudget> {
    match journal.begin(intent).await.unwrap() {
        Started::New { id, .. } => Ok(id),
        Started::OverBudget(over) => Err(*over),
        Started::Known(entry) | Started::Repeated(entry) => panic!("{entry:?}"),
    }
}

#[tokio::test]
async fn a_submission_must_fit_every_budget_that_applies() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let today = at("2026-11-27T10:00:00Z");
    for text in ["2/day", "3/total"] {
        journal.set_budget(budget(text)).await.unwrap();
    }
    journal
        .set_budget(budget("0.5/week").vendor(Vendor::Ark))
        .await
        .unwrap();
    let mut number = 0;
    let mut next = |vendor: &str, estimate: Option<&str>, at: Timestamp| {
        number += 1;
        intent(&format!("i-{number}"), vendor, estimate, at)
    };
    // Exactly the rest fits.
    begin(&journal, next("toapis", Some("1.5 USD"), today)).await.unwrap();
    let over = begin(&journal, next("toapis", Some("0.5000001 USD"), today))
        .await
        .unwrap_err();
    assert_eq!(
        over.to_string(),
        "over budget: the submission may cost 0.5000001 USD, and 0.5 USD are left of 2 USD per day for all vendors (1.5 USD \
         spent or reserved); the next day begins at 2026-11-28 00:00 UTC"
    );
    assert_eq!(over.counted, Some("1.5".parse().unwrap()));
    let over = begin(&journal, next("ark", Some("0.6 USD"), at("2026-11-28T00:00:00Z")))
        .await
        .unwrap_err();
    assert_eq!(over.budget.key.vendor, Some(Vendor::Ark));
    begin(&journal, next("ark", Some("0.5 USD"), today)).await.unwrap();
    assert_eq!(
        journal
            .over_budget(next("toapis", Some("0.01 USD"), today))
            .await
            .unwrap()
            .unwrap()
            .budget,
        budget("2/day")
    );
    // A refusal leaves nothing.
    let all = journal.find(Query::default()).await.unwrap().entries;
    assert_eq!(all.len(), 2);
    // Another day; 1 USD is left in total. A refused submission releases what it reserved.
    let tomorrow = at("2026-11-28T00:00:00Z");
    let id = begin(&journal, next("toapis", Some("1 USD"), tomorrow)).await.unwrap();
    let over = begin(&journal, next("toapis", Some("0.1 USD"), tomorrow))
        .await
        .unwrap_err();
    assert_eq!((over.budget, over.until), (budget("3/total"), None));
    let rejected = event(json!({"event": "rejected", "reason": reason()}));
    journal.record(subject(&id), rejected).await.unwrap().unwrap();
    // The same key again: it counts once, in the period of its last attempt.
    let mut again = next("toapis", Some("0.75 USD"), tomorrow);
    again.key.clone_from(&id);
    assert_eq!(begin(&journal, again).await.unwrap(), id);
    begin(&journal, next("toapis", Some("0.25 USD"), tomorrow))
        .await
        .unwrap();
    begin(&journal, next("toapis", Some("0.01 USD"), tomorrow))
        .await
        .unwrap_err();
    // A key that has a task costs nothing more, so no budget stands in its way.
    journal
        .record(subject(&id), accepted("toapis", "t"))
        .await
        .unwrap()
        .unwrap();
    let mut known = next("toapis", Some("100 USD"), tomorrow);
    known.key.clone_from(&id);
    assert!(matches!(journal.begin(known).await.unwrap(), Started::Known(entry) if entry.intent.id == id));
    // A simulator's submissions count separately.
    let mut simulated = next("toapis", Some("2 USD"), tomorrow);
    simulated.origin = Some("http://127.0.0.1:8787".to_owned());
    begin(&journal, simulated).await.unwrap();
}

#[tokio::test]
async fn an_unknown_cost_is_refused_unless_it_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    let now = Utc::now();
    // Without a budget nothing is refused.
    begin(&journal, intent("i-0", "ark", None, now)).await.unwrap();
    journal.set_budget(budget("100/day").vendor(Vendor::Ark)).await.unwrap();
    for (id, estimate, words) in [
        (
            "i-1",
            None,
            "the cost of the submission is unknown, and the budget is 100 USD per day for BytePlus ModelArk",
        ),
        (
            "i-2",
            Some("1 CNY"),
            "the submission is priced in CNY, and the budget is 100 USD per day for BytePlus ModelArk: its cost in USD is unknown",
        ),
    ] {
        let mut refused = intent(id, "ark", estimate, now);
        let over = begin(&journal, refused.clone()).await.unwrap_err();
        assert_eq!((over.to_string().as_str(), over.counted), (words, None));
        refused.allow_unknown_cost = true;
        begin(&journal, refused).await.unwrap();
    }
    begin(&journal, intent("i-3", "toapis", None, now)).await.unwrap();
    // Each currency has its own budget.
    journal.set_budget(budget("1.2CNY/day")).await.unwrap();
    let over = begin(&journal, intent("i-4", "ark", Some("0.5 CNY"), now))
        .await
        .unwrap_err();
    assert_eq!((over.budget, over.counted), (budget("1.2CNY/day"), Some(Decimal::ONE)));
    // The cost is unknown for a budget in another currency, also where it fits one in its own.
    let mut dollars = intent("i-5", "ark", Some("99 USD"), now);
    let over = begin(&journal, dollars.clone()).await.unwrap_err();
    assert_eq!(
        (over.to_string().as_str(), over.counted),
        (
            "the submission is priced in USD, and the budget is 1.2 CNY per day for all vendors: its cost in CNY is unknown",
            None
        )
    );
    dollars.allow_unknown_cost = true;
    begin(&journal, dollars).await.unwrap();
    // A known cost that is too high is reported first, and nothing allows it.
    for allow in [false, true] {
        let mut dollars = intent("i-7", "ark", Some("2 USD"), now);
        dollars.allow_unknown_cost = allow;
        let over = begin(&journal, dollars).await.unwrap_err();
        assert_eq!(over.counted, Some(Decimal::from(99)), "{over}");
    }
    // An amount that no number can hold is over every budget.
    let huge = format!("{} USD", Decimal::MAX);
    begin(&journal, intent("i-6", "ark", Some(&huge), now))
        .await
        .unwrap_err();
}

#[tokio::test]
async fn budgets_are_set_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, other) = (super::journal(folder.path()).await, super::journal(folder.path()).await);
    for budget in ["20/day", "30/day", "5CNY/day", "1/total"] {
        journal.set_budget(self::budget(budget)).await.unwrap();
    }
    journal.set_budget(budget("2/day").vendor(Vendor::Ark)).await.unwrap();
    let mut submission = intent("i-1", "ark", Some("1 USD"), Utc::now());
    // Its cost in CNY is unknown.
    submission.allow_unknown_cost = true;
    begin(&journal, submission).await.unwrap();
    let listed = |journal: Arc<Store>| async move {
        let all = journal.budgets("public".to_owned()).await.unwrap();
        all.into_iter()
            .map(|(budget, counted)| format!("{budget}: {counted}"))
            .collect::<Vec<_>>()
    };
    let expected = [
        "5 CNY per day for all vendors: 0",
        "30 USD per day for all vendors: 1",
        "1 USD in total for all vendors: 1",
        "2 USD per day for BytePlus ModelArk: 1",
    ];
    assert_eq!(listed(other.clone()).await, expected);
    assert_eq!(
        journal.budgets("http://localhost:1".to_owned()).await.unwrap()[1].1,
        Decimal::ZERO
    );
    let key = BudgetKey::new("USD", Period::Day);
    assert!(other.remove_budget(key.clone()).await.unwrap());
    assert!(!other.remove_budget(key).await.unwrap());
    assert_eq!(listed(journal.clone()).await, [expected[0], expected[2], expected[3]]);
    // One that cannot be read is not ignored, and can be replaced.
    super::alter(folder.path(), "UPDATE budgets SET budget = '{' WHERE vendor = 'ark'").await;
    let error = journal
        .begin(intent("i-2", "ark", Some("0 USD"), Utc::now()))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the budget in USD per day for ark cannot be read"),
        "{error}"
    );
    journal.set_budget(budget("3/day").vendor(Vendor::Ark)).await.unwrap();
    let mut submission = intent("i-2", "ark", Some("0 USD"), Utc::now());
    submission.allow_unknown_cost = true;
    begin(&journal, submission).await.unwrap();
}
