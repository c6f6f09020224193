//! Submissions of unknown cost: what budgets allow, and what is known when the task has ended.

use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use videogen::facts::PriceUnit;
use videogen::journal::{ChargeKind, Journal as _, Ledger, Query};
use videogen::price::{CostLimitKind, Decimal, Estimate, Obtained, PriceBook, PriceEntry};
use videogen::submit::SubmitOptions;
use videogen::{Client, ErrorKind, RetryPolicy, Vendor, VideoRequest};
use videogen_sim::Simulator;

use super::budgets::{accepted, begin, budget, event, intent, status, subject};
use super::{client, entries, journal};
use crate::cases::{newest, simulated};

/// The tokens of the task and their price give the cost, where only the size of the video was unknown.
#[tokio::test]
async fn tokens_of_a_finished_task_give_a_cost_that_was_unknown() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    // A ratio of which no page has the size.
    let by_list = VideoRequest::new("seedance-1-0-pro-250528", "a kite")
        .duration(5)
        .resolution("1080p")
        .aspect_ratio("9:16");
    // An own price by the token, at a vendor of which no sizes are known.
    let (vendor, model) = newest(Vendor::AllToken);
    let mut price = PriceEntry::new(vendor, model, "8CNY".parse().unwrap(), PriceUnit::Token).unwrap();
    price.per = 1_000_000;
    let mut prices = PriceBook::default();
    prices.set(price);
    let own = Client::builder(vendor)
        .key("sk-test")
        .base_url(simulator.base_url(simulated(vendor)))
        .retry(RetryPolicy::never())
        .journal(journal.clone())
        .prices(prices)
        .build()
        .unwrap();
    for (client, request, each, currency, reason) in [
        (
            client(Vendor::Ark, &simulator, &journal),
            by_list,
            Decimal::new(25, 7),
            "USD",
            "the size of 1080p videos of 9:16 is not known",
        ),
        (
            own,
            VideoRequest::new(model, "a kite").duration(5),
            Decimal::new(8, 6),
            "CNY",
            "--tokens-per-second",
        ),
    ] {
        let plan = client.plan(&request).unwrap();
        let Estimate::Unknown {
            reason: said,
            unit_price,
        } = plan.cost()
        else {
            panic!("{}", plan.cost())
        };
        assert!(said.contains(reason), "{said}");
        let submitted = client.submit(&request).await.unwrap();
        assert_eq!((&submitted.unit_price, &submitted.estimate), (unit_price, &None));
        simulator.advance(Duration::from_secs(7200));
        let task = client.get(&submitted.id).await.unwrap();
        let tokens = task.usage.as_ref().unwrap().completion_tokens.unwrap();
        let cost = task.cost().unwrap();
        assert_eq!(
            (cost.money.amount, cost.money.currency.as_str(), cost.obtained),
            ((Decimal::from(tokens) * each).normalize(), currency, Obtained::Computed)
        );
        let entry = client.journal_entry(&task.id).await.unwrap().unwrap();
        assert_eq!(entry.charge().kind, ChargeKind::Computed);
        assert_eq!(entry.counted(), [cost.money]);
    }
    let ledger = Ledger::of(&entries(&journal).await, None);
    assert_eq!(ledger.groups[0].unknown, 0, "{ledger:?}");
}

/// An unknown cost may be any: it is allowed only while something is left.
#[tokio::test]
async fn a_budget_that_is_used_up_allows_no_unknown_cost() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let now = Utc::now();
    journal.set_budget(budget("1/total")).await.unwrap();
    begin(&journal, intent("i-1", "ark", Some("0.9 USD"), now))
        .await
        .unwrap();
    let mut unknown = intent("i-2", "ark", None, now);
    unknown.allow_unknown_cost = true;
    begin(&journal, unknown).await.unwrap();
    begin(&journal, intent("i-3", "ark", Some("0.1 USD"), now))
        .await
        .unwrap();
    for (estimate, cost) in [
        (None, "the cost of the submission is unknown"),
        (Some("1 CNY"), "the submission is priced in CNY"),
    ] {
        for allow in [true, false] {
            let mut refused = intent("i-4", "ark", estimate, now);
            refused.allow_unknown_cost = allow;
            let over = begin(&journal, refused).await.unwrap_err();
            let words = format!(
                "over budget: {cost}, and nothing is left of 1 USD in total for all vendors (1 USD spent or reserved)"
            );
            assert_eq!(over.to_string(), words);
        }
    }
    // A budget that was lowered later.
    journal.set_budget(budget("0.4/total")).await.unwrap();
    let over = begin(&journal, intent("i-5", "ark", Some("0.1 USD"), now))
        .await
        .unwrap_err();
    let words = "over budget: the submission may cost 0.1 USD, and nothing is left of 0.4 USD in total for all vendors (1 USD \
                 spent or reserved)";
    assert_eq!(over.to_string(), words);
    // What a budget does not count is known.
    let all = journal.find(Query::default()).await.unwrap().entries;
    let missed = all.iter().filter(|entry| budget("1/total").misses(entry));
    assert_eq!(
        missed.map(|entry| entry.intent.id.as_str()).collect::<Vec<_>>(),
        ["i-2"]
    );
    assert_eq!(all.iter().filter(|entry| budget("1CNY/day").misses(entry)).count(), 3);
    let other = budget("1/day").vendor(Vendor::ToApis);
    assert!(!all.iter().any(|entry| other.misses(entry)));
}

#[tokio::test]
async fn the_error_says_whether_an_unknown_cost_can_be_allowed() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (vendor, model) = newest(Vendor::ToApis);
    let client = client(vendor, &simulator, &journal);
    for (limit, allow, is_exhausted) in [("1/day", false, false), ("0/day", true, true)] {
        journal.set_budget(budget(limit)).await.unwrap();
        let options = SubmitOptions::default().allow_unknown_cost(allow);
        let error = client
            .submit_with(&VideoRequest::new(model, "a kite"), options)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Budget);
        let limit = error.cost_limit().unwrap();
        assert_eq!(
            (limit.kind, limit.cost_known, limit.exhausted),
            (CostLimitKind::Budget, false, is_exhausted)
        );
    }
    assert_eq!(simulator.stats().tasks, 0);
}

/// A cost that is reported in another currency than the price counts in both, whichever budget was first.
#[tokio::test]
async fn a_cost_in_another_currency_counts_for_budgets_in_both() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    journal.set_budget(budget("9CNY/total")).await.unwrap();
    begin(&journal, intent("i-1", "openrouter", Some("5 CNY"), Utc::now()))
        .await
        .unwrap();
    let reported = json!({"event": "cost", "amount": "0.25", "currency": "USD", "obtained": "reported"});
    for event in [accepted("openrouter", "t"), status("completed"), event(reported)] {
        journal.record(subject("i-1"), event).await.unwrap().unwrap();
    }
    journal.set_budget(budget("1/total")).await.unwrap();
    let counted = || async {
        let all = journal.budgets("public".to_owned()).await.unwrap();
        all.into_iter()
            .map(|(_, counted)| counted.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(counted().await, ["5", "0.25"]);
    let mut next = intent("i-2", "openrouter", Some("0.8 USD"), Utc::now());
    // For the other budget its cost is unknown.
    next.allow_unknown_cost = true;
    let over = begin(&journal, next).await.unwrap_err();
    assert_eq!(over.counted, Some("0.25".parse().unwrap()));
    let all = journal.find(Query::default()).await.unwrap().entries;
    // The ledger has the cost alone.
    let ledger = Ledger::of(&all, None);
    let amounts = ledger.groups[0].amounts.iter();
    let amounts = amounts.map(|amounts| format!("{} {}", amounts.total(), amounts.currency));
    assert_eq!(amounts.collect::<Vec<_>>(), ["0.25 USD"]);
}
