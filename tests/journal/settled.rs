//! What the user finds on the vendor's bill takes the place of what is known, for budgets and in the ledger.

use chrono::{TimeDelta, Utc};
use videogen::journal::{Budget, ChargeKind, Entry, Event, Journal as _, Ledger, Query, Settlement, settle};
use videogen::price::Obtained;
use videogen::{ErrorKind, TaskId, Vendor};
use videogen_journal::Store;

use super::budgets::{accepted, ambiguous, begin, budget, charge, cost, intent, settled, status, subject};

/// A submission of 1 USD whose task failed, without a page that says whether it is billed.
async fn uncertain(journal: &Store, id: &str) -> TaskId {
    begin(journal, intent(id, "fal", Some("1 USD"), Utc::now()))
        .await
        .unwrap();
    for event in [accepted("fal", id), status("failed")] {
        journal.record(subject(id), event).await.unwrap().unwrap();
    }
    let entry = one(journal, id).await;
    assert_eq!(charge(&entry), "uncertain 1 USD");
    entry.task.unwrap()
}

async fn one(journal: &Store, id: &str) -> Entry {
    let found = journal.find(Query::default().intent(id)).await.unwrap();
    found.entries.into_iter().next().unwrap()
}

fn billed(amount: &str) -> Settlement {
    Settlement::billed(amount.parse().unwrap())
}

/// What counts against the only budget.
async fn counted(journal: &Store) -> String {
    let budgets = journal.budgets("public".to_owned()).await.unwrap();
    budgets[0].1.normalize().to_string()
}

#[tokio::test]
async fn a_settlement_counts_instead_of_an_estimate_and_is_replaced_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    journal.set_budget(budget("5/day")).await.unwrap();
    let task = uncertain(&journal, "i").await;
    assert_eq!(counted(&journal).await, "1");
    // By the id of the task, and of the submission.
    for (id, settlement, before, after, left) in [
        (
            task.to_string(),
            Some(billed("1.20").note("invoice 7")),
            "uncertain 1 USD",
            "entered 1.20 USD",
            "1.2",
        ),
        (
            "i".to_owned(),
            Some(billed("0")),
            "entered 1.20 USD",
            "entered_not_billed",
            "0",
        ),
        (
            task.to_string(),
            Some(billed("4.5")),
            "entered_not_billed",
            "entered 4.5 USD",
            "4.5",
        ),
        (
            "i".to_owned(),
            Some(Settlement::not_billed()),
            "entered 4.5 USD",
            "entered_not_billed",
            "0",
        ),
        ("i".to_owned(), None, "entered_not_billed", "uncertain 1 USD", "1"),
        ("i".to_owned(), None, "uncertain 1 USD", "uncertain 1 USD", "1"),
        (
            "i".to_owned(),
            Some(billed("0.30")),
            "uncertain 1 USD",
            "entered 0.30 USD",
            "0.3",
        ),
    ] {
        let settled = settle(&*journal, &id, settlement).await.unwrap();
        assert_eq!(
            (charge(&settled.before), charge(&settled.entry)),
            (before.to_owned(), after.to_owned())
        );
        assert_eq!(one(&journal, "i").await, settled.entry);
        assert_eq!(counted(&journal).await, left);
        // The ledger of the file's columns and that of the entries agree.
        let spent = journal.spend(None, None).await.unwrap().ledger;
        assert_eq!(spent, Ledger::of(&super::entries(&journal).await, None));
        let [group] = spent.groups.as_slice() else {
            panic!("{spent:?}")
        };
        let is_free = after == "entered_not_billed";
        assert_eq!((group.failed, group.not_billed), (1, u64::from(is_free)));
        assert_eq!(
            (group.entered, group.unknown),
            (u64::from(after.starts_with("entered")), 0)
        );
        let total: Vec<_> = group
            .amounts
            .iter()
            .map(|amounts| amounts.total().normalize().to_string())
            .collect();
        assert_eq!(total, if is_free { vec![] } else { vec![left.to_owned()] });
    }
    // The note is kept with the event.
    let events = journal.events("i").await.unwrap();
    let notes = events.iter().filter_map(|(_, event)| match event {
        Event::Settled { settlement } => settlement.as_ref()?.note.clone(),
        _ => None,
    });
    assert_eq!(notes.collect::<Vec<_>>(), ["invoice 7"]);
    // What the vendor reports later is recorded, and counts no more.
    journal.record(subject("i"), cost("0.9", "reported")).await.unwrap();
    let entry = one(&journal, "i").await;
    assert_eq!(charge(&entry), "entered 0.30 USD");
    assert_eq!(entry.cost.as_ref().unwrap().money.to_string(), "0.9 USD");
    assert_eq!(entry.entered().unwrap().obtained, Obtained::Entered);
    let settled = settle(&*journal, "i", None).await.unwrap();
    assert_eq!(charge(&settled.entry), "reported 0.9 USD");
    // The sums are those of the submissions.
    let health = journal.health().await.unwrap();
    assert!(health.is_good(), "{health:?}");
}

#[tokio::test]
async fn what_cannot_be_settled_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    let now = Utc::now();
    uncertain(&journal, "failed").await;
    let mut flying = intent("flying", "fal", Some("1 USD"), now);
    flying.until = now + TimeDelta::seconds(60);
    begin(&journal, flying).await.unwrap();
    for id in ["lost", "dismissed", "refused"] {
        begin(&journal, intent(id, "fal", Some("1 USD"), now)).await.unwrap();
        let event = ambiguous(&one(&journal, id).await);
        journal.record(subject(id), event).await.unwrap();
    }
    journal.record(subject("dismissed"), Event::Dismissed).await.unwrap();
    let rejected = super::budgets::event(serde_json::json!({"event": "rejected", "reason": super::budgets::reason()}));
    journal.record(subject("refused"), rejected).await.unwrap();
    let mut negative = billed("1");
    negative.money.as_mut().unwrap().amount = (-1).into();
    let before = super::entries(&journal).await;
    for (id, settlement, kind, words) in [
        (
            "none",
            billed("1"),
            ErrorKind::NotFound,
            "the journal has no submission none",
        ),
        (
            "fal:requests:x/y/z",
            billed("1"),
            ErrorKind::NotFound,
            "the journal has no submission fal:",
        ),
        (
            "failed",
            billed("9 CNY"),
            ErrorKind::InvalidRequest,
            "priced in USD; enter the amount in USD",
        ),
        (
            "failed",
            negative,
            ErrorKind::InvalidRequest,
            "the amount -1 USD is negative",
        ),
        (
            "flying",
            billed("1"),
            ErrorKind::Conflict,
            "submission flying is in flight",
        ),
        (
            "flying",
            billed("0"),
            ErrorKind::Conflict,
            "submission flying is in flight",
        ),
        (
            "lost",
            billed("1"),
            ErrorKind::Conflict,
            "the status of submission lost is unknown",
        ),
        (
            "dismissed",
            billed("1"),
            ErrorKind::Conflict,
            "is dismissed: it created no task",
        ),
        (
            "refused",
            billed("0"),
            ErrorKind::Conflict,
            "is rejected: it created no task",
        ),
    ] {
        let error = settle(&*journal, id, Some(settlement)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{id}: {error}");
        assert!(error.message().contains(words), "{error}");
        assert_eq!(super::entries(&journal).await, before);
    }
}

/// A lost submission that is on no bill counts nothing, but stays open; its task counts again.
#[tokio::test]
async fn a_submission_of_unknown_status_is_settled_until_its_task_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    journal.set_budget(budget("1/day")).await.unwrap();
    begin(&journal, intent("i", "ark", Some("1 USD"), Utc::now()))
        .await
        .unwrap();
    let event = ambiguous(&one(&journal, "i").await);
    journal.record(subject("i"), event).await.unwrap();
    begin(&journal, intent("j", "ark", Some("1 USD"), Utc::now()))
        .await
        .unwrap_err();
    let settled = settle(&*journal, "i", Some(Settlement::not_billed())).await.unwrap();
    assert_eq!(
        (charge(&settled.entry), settled.entry.is_open()),
        ("entered_not_billed".to_owned(), true)
    );
    assert_eq!(counted(&journal).await, "0");
    // Its key stays taken.
    let again = journal
        .begin(intent("i", "ark", Some("1 USD"), Utc::now()))
        .await
        .unwrap();
    assert!(matches!(again, videogen::journal::Started::Known(_)), "{again:?}");
    let found = journal
        .record(subject("i"), accepted("ark", "t"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(charge(&found), "reserved 1 USD");
    assert_eq!(counted(&journal).await, "1");
}

/// Without a price, any currency is possible, and only budgets in it count the amount.
#[tokio::test]
async fn an_unknown_cost_is_settled_in_any_currency() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    let mut unknown = intent("i", "fal", None, Utc::now());
    unknown.allow_unknown_cost = true;
    begin(&journal, unknown).await.unwrap();
    for event in [accepted("fal", "i"), status("completed")] {
        journal.record(subject("i"), event).await.unwrap();
    }
    let of = |text: &str| text.parse::<Budget>().unwrap();
    let misses = |entry: &Entry| [of("1/day"), of("1CNY/day")].map(|budget| budget.misses(entry));
    assert_eq!(misses(&one(&journal, "i").await), [true, true]);
    for (amount, missed) in [("2 CNY", [true, false]), ("3", [false, true]), ("0", [false, false])] {
        let settled = settle(&*journal, "i", Some(billed(amount))).await.unwrap();
        assert_eq!(misses(&settled.entry), missed, "{amount}");
        for (budget, missed) in [of("1/day"), of("1CNY/day")].into_iter().zip(missed) {
            assert_eq!(
                journal.missed(budget, "public").await.unwrap(),
                u64::from(missed),
                "{amount}"
            );
        }
    }
}

/// Several addresses may know a task with the same id.
#[tokio::test]
async fn a_task_of_several_submissions_is_named_by_its_submission() {
    let folder = tempfile::tempdir().unwrap();
    let journal = super::journal(folder.path()).await;
    let task = uncertain(&journal, "i").await;
    let mut simulated = intent("j", "fal", Some("1 USD"), Utc::now());
    simulated.origin = Some("http://127.0.0.1:8787".to_owned());
    begin(&journal, simulated).await.unwrap();
    let own = Event::Accepted {
        task: task.clone(),
        status: videogen::TaskStatus::Queued,
    };
    journal.record(subject("j"), own).await.unwrap();
    let error = settle(&*journal, &task.to_string(), Some(billed("1")))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(
        error.message().ends_with("name one of them: i, j") || error.message().ends_with("j, i"),
        "{error}"
    );
    settle(&*journal, "j", Some(billed("1"))).await.unwrap();
    assert_eq!(one(&journal, "i").await.charge().kind, ChargeKind::Uncertain);
    // A running task, too: its vendor may have lost it.
    assert_eq!(one(&journal, "j").await.charge().kind, ChargeKind::Entered);
    assert_eq!(Vendor::Fal, task.vendor());
    assert_eq!(
        settled(Some("0 USD")),
        Event::Settled {
            settlement: Some(Settlement::not_billed())
        }
    );
}
