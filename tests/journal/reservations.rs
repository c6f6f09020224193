//! What is reserved follows the entries, whatever happens in which order.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Utc;
use serde_json::json;
use videogen::Vendor;
use videogen::journal::{Budget, ChargeKind, Entry, Event, Group, Journal as _, Period, Started};
use videogen::price::Decimal;

use super::budgets::{accepted, ambiguous, begin, budget, cost, event, intent, reason, settled, status, subject};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_stay_within_a_budget() {
    let folder = tempfile::tempdir().unwrap();
    // As several processes have them.
    let journals = super::journals(folder.path(), 8).await;
    journals[0].set_budget(budget("10/day")).await.unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let journal = Arc::clone(&journals[task % journals.len()]);
            tokio::spawn(async move {
                let mut begun = 0;
                for turn in (task..500).step_by(64) {
                    let intent = intent(
                        &format!("i-{turn}"),
                        Vendor::ALL[turn % 3].as_str(),
                        Some("1 USD"),
                        Utc::now(),
                    );
                    begun += usize::from(begin(&journal, intent).await.is_ok());
                }
                begun
            })
        })
        .collect();
    let mut begun = 0;
    for task in tasks {
        begun += task.await.unwrap();
    }
    assert_eq!(begun, 10);
    assert_eq!(super::entries(&journals[0]).await.len(), 10);
}

/// A group's limit comes with each submission, and holds for all connections; other groups, and submissions without one, do
/// not count.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_stays_within_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let journals = super::journals(folder.path(), 8).await;
    let grouped = |id: String, group: &str, most: &str, estimate: Option<&str>| {
        let mut intent = intent(&id, Vendor::ALL[0].as_str(), estimate, Utc::now());
        intent.group = Some(Group::new(group).max_cost(most.parse().unwrap()));
        intent
    };
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let journal = Arc::clone(&journals[task % journals.len()]);
            let wanted: Vec<_> = (task..200)
                .step_by(64)
                .map(|turn| grouped(format!("i-{turn}"), "a", "10", Some("1 USD")))
                .collect();
            tokio::spawn(async move {
                let mut begun = 0;
                for intent in wanted {
                    begun += usize::from(begin(&journal, intent).await.is_ok());
                }
                begun
            })
        })
        .collect();
    let mut begun = 0;
    for task in tasks {
        begun += task.await.unwrap();
    }
    assert_eq!(begun, 10);
    let journal = &journals[0];
    let over = begin(journal, grouped("j".to_owned(), "a", "10", Some("1 USD")))
        .await
        .unwrap_err();
    assert_eq!(over.budget.key.group.as_deref(), Some("a"));
    assert!(
        over.to_string()
            .contains("nothing is left of 10 USD in total for a (its maximum cost) (10 USD"),
        "{over}"
    );
    // A raised limit, another group, none.
    begin(journal, grouped("k".to_owned(), "a", "11", Some("1 USD")))
        .await
        .unwrap();
    begin(journal, grouped("l".to_owned(), "b", "1", Some("1 USD")))
        .await
        .unwrap();
    begin(journal, grouped("m".to_owned(), "b", "1", Some("0.01 USD")))
        .await
        .unwrap_err();
    begin(journal, intent("n", Vendor::ALL[0].as_str(), Some("9 USD"), Utc::now()))
        .await
        .unwrap();
    // Of unknown cost, or in another currency.
    begin(journal, grouped("o".to_owned(), "c", "1", None))
        .await
        .unwrap_err();
    begin(journal, grouped("p".to_owned(), "c", "1", Some("1 CNY")))
        .await
        .unwrap_err();
    let mut allowed = grouped("q".to_owned(), "c", "1", None);
    allowed.allow_unknown_cost = true;
    begin(journal, allowed).await.unwrap();
    let mut stored = Budget::new("1".parse().unwrap(), Period::Total);
    stored.key.group = Some("a".to_owned());
    journal.set_budget(stored).await.unwrap_err();
}

/// What counts against a budget, from the entries.
fn expected(entries: &[Entry], budget: &Budget) -> Decimal {
    let own = entries.iter().filter(|entry| budget.applies_to(entry.intent.vendor));
    let amounts = own.flat_map(Entry::counted);
    let amounts = amounts.filter(|money| money.currency == budget.key.currency);
    amounts.map(|money| money.amount).sum()
}

/// Random submissions, repeated keys and events, over two connections: after each step, every budget counts exactly what the
/// entries say, and a submission is begun exactly if it fits.
#[tokio::test]
async fn no_order_of_events_loses_a_reservation_or_counts_it_twice() {
    let folder = tempfile::tempdir().unwrap();
    let journals = [super::journal(folder.path()).await, super::journal(folder.path()).await];
    let budgets = [
        budget("6/total"),
        budget("4CNY/total"),
        budget("3/total").vendor(Vendor::Ark),
    ];
    for budget in &budgets {
        journals[0].set_budget(budget.clone()).await.unwrap();
    }
    let (mut fits, mut refused, mut known, mut kinds) = (0, 0, 0, HashMap::new());
    let mut refused_settlements = 0;
    for step in 0..4000 {
        // Some kinds are rare.
        if step >= 1000 && kinds.len() == ChargeKind::ALL.len() {
            break;
        }
        let journal = &journals[fastrand::usize(..2)];
        let before = super::entries(journal).await;
        if fastrand::bool() || before.is_empty() {
            let vendor = ["ark", "toapis", "token360"][fastrand::usize(..3)];
            let estimate = [Some("0.7 USD"), Some("1.1 USD"), Some("0.9 CNY"), None][fastrand::usize(..4)];
            let mut intent = intent(&format!("i-{step}"), vendor, estimate, Utc::now());
            intent.allow_unknown_cost = true;
            if let Some(entry) = before
                .get(fastrand::usize(..before.len().max(1)))
                .filter(|_| fastrand::u8(..3) == 0)
            {
                intent.key.clone_from(&entry.intent.key);
            }
            let amount = intent
                .estimate
                .as_ref()
                .map(|estimate| (estimate.amount, estimate.currency.clone()));
            let fitting = budgets
                .iter()
                .filter(|budget| budget.applies_to(intent.vendor))
                .all(|budget| {
                    let counted = expected(&before, budget);
                    match &amount {
                        Some((amount, currency)) if *currency == budget.key.currency => {
                            counted + amount <= budget.amount
                        }
                        // Of unknown cost: while something is left.
                        _ => counted < budget.amount,
                    }
                });
            match journal.begin(intent).await.unwrap() {
                Started::New { .. } => {
                    assert!(fitting);
                    fits += 1;
                }
                Started::OverBudget(over) => {
                    assert!(!fitting, "{over:?}");
                    assert_eq!(super::entries(journal).await, before);
                    refused += 1;
                }
                Started::Known(_) => known += 1,
                Started::Repeated(first) => panic!("{first:?}"),
            }
        } else {
            let entry = &before[fastrand::usize(..before.len())];
            let vendor = entry.intent.vendor.as_str();
            let event = match fastrand::u8(..16) {
                0 => event(json!({"event": "rejected", "reason": reason()})),
                1 => event(json!({"event": "not_sent", "reason": reason()})),
                2 => ambiguous(entry),
                3..5 => accepted(vendor, &entry.intent.id),
                5 => Event::Dismissed,
                14 => settled(None),
                15 => settled(Some(["0 USD", "0.3 USD", "0.3 CNY"][fastrand::usize(..3)])),
                6..9 => cost("0.5", ["reported", "computed", "estimated"][fastrand::usize(..3)]),
                _ => status(["queued", "completed", "failed", "cancelled", "expired"][fastrand::usize(..5)]),
            };
            let is_settlement = matches!(&event, Event::Settled { settlement } if settlement.is_some());
            let recorded = journal.record(subject(&entry.intent.id), event).await;
            if is_settlement && recorded.is_err() {
                assert_eq!(super::entries(journal).await, before);
                refused_settlements += 1;
            } else {
                recorded.unwrap().unwrap();
            }
        }
        let after = super::entries(&journals[0]).await;
        for (budget, counted) in journals[1].budgets("public".to_owned()).await.unwrap() {
            assert_eq!(counted, expected(&after, &budget), "step {step}: {budget}");
        }
        for entry in after {
            let charge = entry.charge();
            // What may exist is never released without a reason.
            let (is_free, is_entered) = (charge.kind.is_free(), entry.settled.is_some());
            let is_known = entry.intent.estimate.is_some() || entry.cost.is_some() || is_entered;
            assert_eq!(charge.money.is_none(), is_free || !is_known);
            assert!(!(entry.is_open() && is_free) || is_entered);
            assert!(!(entry.is_open() && charge.kind == ChargeKind::Entered));
            assert!(!(entry.task.is_some() && charge.kind == ChargeKind::NotSubmitted));
            *kinds.entry(charge.kind).or_insert(0) += 1;
        }
    }
    assert!(fits > 5 && refused > 5 && known > 5, "{fits} {refused} {known}");
    assert!(refused_settlements > 5, "{refused_settlements}");
    assert_eq!(kinds.len(), ChargeKind::ALL.len(), "{kinds:?}");
}
