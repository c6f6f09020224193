//! What a submission may cost: refused before anything is sent, reserved by the intent, settled by the outcome.

use std::sync::Arc;
use std::time::Duration;

use videogen::facts::PriceUnit;
use videogen::journal::{Budget, ChargeKind, Event, Journal as _, Ledger, Query, State};
use videogen::lost::LostSubmission;
use videogen::price::{Decimal, Obtained, PriceBook, PriceEntry};
use videogen::submit::SubmitOptions;
use videogen::{Client, Delivery, Error, ErrorKind, RetryPolicy, Role, Vendor, VideoRequest};
use videogen_journal::Store;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::child::{CLIP, Work, clip};
use super::{client, entries, journal};
use crate::cases::{newest, simulated};
use crate::uploads::media::mp4;

/// Processes at once, and what they want to submit together.
const PROCESSES: usize = 64;
const WANTED: usize = 500;
/// The clips that the budget has room for.
const ALLOWED: usize = 10;

fn price() -> Decimal {
    CLIP.parse().unwrap()
}

/// What counts against the only budget.
async fn counted(journal: &Store, client: &Client) -> Decimal {
    let scope = entries(journal).await.first().and_then(|entry| entry.intent.scope());
    let scope = scope.unwrap_or_else(|| client.origin());
    journal.budgets(scope).await.unwrap()[0].1
}

async fn set(journal: &Store, clips: usize) -> Budget {
    let budget: Budget = format!("{}/day", price() * Decimal::from(clips)).parse().unwrap();
    journal.set_budget(budget.clone()).await.unwrap();
    budget
}

fn refused(result: Result<videogen::VideoTask, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Budget, Some(Delivery::NotSent)),
        "{error}"
    );
    assert!(!error.is_retryable());
    error.message().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_with_a_shared_budget_stay_within_it() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let budgeted = journal(folder.path()).await;
    set(&budgeted, ALLOWED).await;
    let mut work = Work::new(folder.path(), &simulator);
    let children: Vec<_> = (0..PROCESSES)
        .map(|process| {
            work.clips = Some((process..WANTED).step_by(PROCESSES).len());
            work.start()
        })
        .collect();
    let outputs = tokio::task::spawn_blocking(|| {
        let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap());
        outputs
            .map(|output| String::from_utf8(output.stdout).unwrap())
            .collect::<String>()
    });
    let outputs = outputs.await.unwrap();
    let number = |word: &str| outputs.lines().filter(|line| *line == word).count();
    assert_eq!(
        (number("submitted"), number("budget")),
        (ALLOWED, WANTED - ALLOWED),
        "{outputs}"
    );
    assert_eq!(simulator.stats().tasks, ALLOWED);
    assert_eq!(entries(&budgeted).await.len(), ALLOWED);
    let client = client(Vendor::Ark, &simulator, &budgeted);
    assert_eq!(counted(&budgeted, &client).await, price() * Decimal::from(ALLOWED));
}

/// The same with tasks of one process, over connections and clients of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_with_a_shared_budget_stay_within_it() {
    let simulator = Arc::new(Simulator::builder().manual_clock().start().await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let budgeted = journal(folder.path()).await;
    set(&budgeted, ALLOWED).await;
    let journals = super::journals(folder.path(), 4).await;
    let clients: Vec<_> = journals
        .iter()
        .map(|journal| client(Vendor::Ark, &simulator, journal))
        .collect();
    let tasks: Vec<_> = (0..PROCESSES)
        .map(|task| {
            let client = clients[task % clients.len()].clone();
            tokio::spawn(async move {
                for turn in (task..WANTED).step_by(PROCESSES) {
                    if let Err(error) = client.submit(&clip(format!("clip {turn}"))).await {
                        refused(Err(error));
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(simulator.stats().tasks, ALLOWED);
}

#[tokio::test]
async fn an_ambiguous_submission_keeps_its_reservation_until_it_is_settled() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(Vendor::Ark, &simulator, &journal);
    let budget = set(&journal, 2).await;
    // Of two lost submissions, one has created a task.
    for (prompt, kind) in [("made", FaultKind::DropAfter), ("not made", FaultKind::DropBefore)] {
        simulator.inject(Fault::new(simulated(Vendor::Ark), Operation::Submit, kind));
        let error = client.submit(&clip(prompt)).await.unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Ambiguous), "{error}");
    }
    assert_eq!(counted(&journal, &client).await, budget.amount);
    let message = refused(client.submit(&clip("a third")).await);
    assert!(
        message.starts_with(
            "over budget: the submission may cost 0.756 USD, and nothing is left of 1.512 USD per day for all vendors (1.512 USD \
             spent or reserved); the next day begins at "
        ),
        "{message}"
    );
    // A search that finds candidates settles nothing.
    let recovered = client.recover(Duration::ZERO).await.unwrap();
    assert_eq!(recovered.open.len(), 2);
    assert_eq!(counted(&journal, &client).await, budget.amount);
    let id = |wanted: &str| {
        let open = recovered.open.iter().map(|LostSubmission { entry, .. }| entry);
        open.clone()
            .find(|entry| entry.intent.prompt == wanted)
            .unwrap()
            .intent
            .id
            .clone()
    };
    // Settled by hand: one has a task, and counts on; the other has none.
    let task = client
        .list(&videogen::task::ListQuery::default())
        .await
        .unwrap()
        .tasks
        .swap_remove(0);
    let entry = client.resolve_despite_differences(&id("made"), &task.id).await.unwrap();
    assert_eq!(entry.state, State::Accepted);
    assert_eq!(counted(&journal, &client).await, budget.amount);
    client.dismiss_despite_candidates(&id("not made")).await.unwrap();
    assert_eq!(counted(&journal, &client).await, price());
    client.submit(&clip("a third")).await.unwrap();
    refused(client.submit(&clip("a fourth")).await);
    assert_eq!(simulator.stats().tasks, 2);
}

#[tokio::test]
async fn a_lost_submission_that_is_found_counts_once() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    journal.set_budget("1/day".parse().unwrap()).await.unwrap();
    let client = priced(Vendor::ToApis, &simulator, &journal);
    let request = VideoRequest::new(newest(Vendor::ToApis).1, "a kite").duration(5);
    simulator.inject(Fault::new(
        simulated(Vendor::ToApis),
        Operation::Submit,
        FaultKind::DropAfter,
    ));
    client.submit_with_key("order-1", &request).await.unwrap_err();
    assert_eq!(counted(&journal, &client).await, "0.5".parse().unwrap());
    let recovered = client.recover(Duration::ZERO).await.unwrap();
    assert_eq!(recovered.found.len(), 1);
    let task = client.submit_with_key("order-1", &request).await.unwrap();
    assert!(task.already_submitted);
    assert_eq!(task.estimate.unwrap().most().to_string(), "0.5 USD");
    assert_eq!(counted(&journal, &client).await, "0.5".parse().unwrap());
    // Refused, and submitted again under the same key.
    simulator.inject(Fault::status(simulated(Vendor::ToApis), Operation::Submit, 400, "{}"));
    client.submit_with_key("order-2", &request).await.unwrap_err();
    assert_eq!(counted(&journal, &client).await, "0.5".parse().unwrap());
    client.submit_with_key("order-2", &request).await.unwrap();
    assert_eq!(counted(&journal, &client).await, Decimal::ONE);
}

/// A client of a vendor that publishes no price, with the user's own price of a second: 0.1 US dollars.
fn priced(vendor: Vendor, simulator: &Simulator, journal: &Arc<Store>) -> Client {
    let mut prices = PriceBook::default();
    let (vendor, model) = newest(vendor);
    prices.set(PriceEntry::new(vendor, model, "0.1".parse().unwrap(), PriceUnit::Second).unwrap());
    Client::builder(vendor)
        .key("sk-test")
        .base_url(simulator.base_url(simulated(vendor)))
        .retry(RetryPolicy::never())
        .journal(journal.clone())
        .prices(prices)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_maximum_cost_is_checked_before_anything_is_sent() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let ark = client(Vendor::Ark, &simulator, &journal);
    let at_most = |amount: &str| SubmitOptions::default().max_cost(amount.parse().unwrap());
    for (request, most, words) in [
        (
            clip("x"),
            "0.755",
            "over the maximum cost: the submission may cost 0.756 USD, and the maximum is 0.755 USD",
        ),
        (
            clip("x").duration_auto(),
            "1",
            "over the maximum cost: the submission may cost 0.6048 to 2.268 USD, and the maximum is 1 USD",
        ),
        (
            clip("x"),
            "10CNY",
            "the submission is priced at 0.756 USD, and the maximum cost is 10 CNY: its cost in CNY is unknown",
        ),
    ] {
        assert_eq!(refused(ark.submit_with(&request, at_most(most)).await), words);
    }
    // An unknown price, with a file that would be uploaded.
    let (vendor, model) = newest(Vendor::ToApis);
    let unpriced = client(vendor, &simulator, &journal);
    let path = folder.path().join("clip.mp4");
    std::fs::write(&path, mp4(5)).unwrap();
    let request = VideoRequest::new(model, "x")
        .duration(5)
        .input(Role::ReferenceVideo, path.as_path());
    let message = refused(unpriced.submit_with(&request, at_most("1")).await);
    assert!(
        message.starts_with("the cost of the submission is unknown (no price of ToAPIs seedance-2 is known"),
        "{message}"
    );
    // Under a budget too, and before the upload.
    set(&journal, 1).await;
    let message = refused(unpriced.submit(&request).await);
    assert!(
        message.starts_with("the cost of the submission is unknown, and the budget is 0.756 USD"),
        "{message}"
    );
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
    assert!(entries(&journal).await.is_empty());

    unpriced
        .submit_with(&request, at_most("1").allow_unknown_cost(true))
        .await
        .unwrap();
    let task = ark
        .submit_with(&clip("x"), at_most("0.756").idempotency_key("order-1"))
        .await
        .unwrap();
    // A key that has a task costs nothing more.
    let again = ark
        .submit_with(&clip("x"), at_most("0.1").idempotency_key("order-1"))
        .await
        .unwrap();
    assert_eq!((again.id, again.already_submitted), (task.id, true));
    assert_eq!(simulator.stats().tasks, 2);
    // Without a journal there is the maximum cost alone.
    let bare = Client::builder(Vendor::Ark)
        .key("sk-test")
        .base_url(simulator.base_url(simulated(Vendor::Ark)));
    let bare = bare.build().unwrap();
    refused(bare.submit_with(&clip("x"), at_most("0.7")).await);
    let task = bare.submit_with(&clip("x"), at_most("0.8")).await.unwrap();
    assert_eq!(task.estimate.unwrap().most().to_string(), "0.756 USD");
}

/// A vendor may answer a submission with its cost.
#[tokio::test]
async fn a_cost_in_the_answer_to_a_submission_is_recorded_at_once() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let openrouter = client(Vendor::OpenRouter, &simulator, &journal);
    let answer = serde_json::json!({
        "id": "job-1", "status": "pending", "polling_url": "/api/v1/videos/job-1", "usage": {"cost": 0.25},
    });
    let operation = Operation::Submit;
    simulator.inject(Fault::status(
        simulated(Vendor::OpenRouter),
        operation,
        202,
        answer.to_string(),
    ));
    let request = VideoRequest::new(newest(Vendor::OpenRouter).1, "a kite").duration(5);
    let task = openrouter.submit(&request).await.unwrap();
    let entry = openrouter.journal_entry(&task.id).await.unwrap().unwrap();
    let cost = entry.cost.clone().unwrap();
    assert_eq!(
        (cost.money.to_string().as_str(), cost.obtained),
        ("0.25 USD", Obtained::Reported)
    );
    assert_eq!(entry.charge().kind, ChargeKind::Reported);
}

/// A price by the second, and a length that the vendor decides.
#[tokio::test]
async fn a_length_that_the_vendor_decides_settles_by_the_video() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = priced(Vendor::ToApis, &simulator, &journal);
    let request = VideoRequest::new(newest(Vendor::ToApis).1, "a kite").duration_auto();
    let submitted = client.submit(&request).await.unwrap();
    let reserved = submitted.estimate.clone().unwrap();
    assert!(reserved.low < reserved.amount, "{reserved:?}");
    assert_eq!(reserved.per_second, Some(Decimal::new(1, 1)));
    simulator.advance(Duration::from_secs(7200));
    let mut task = client.get(&submitted.id).await.unwrap();
    let length = task.video.as_ref().and_then(|video| video.duration);
    let length = length.or_else(|| task.parameters.duration?.seconds().map(f64::from));
    let cost = task.cost().unwrap();
    match length {
        Some(seconds) => {
            let expected = Decimal::try_from(seconds.round()).unwrap() / Decimal::TEN;
            assert_eq!(
                (cost.money.amount, cost.obtained),
                (expected.normalize(), Obtained::Computed)
            );
        }
        // Not reported: the most that it may be.
        None => assert_eq!(
            (cost.money.amount, cost.obtained),
            (reserved.amount, Obtained::Estimated)
        ),
    }
    let recorded = client.journal_entry(&submitted.id).await.unwrap().unwrap().cost;
    assert_eq!(recorded, Some(cost));
    task.video.as_mut().unwrap().duration = Some(6.04);
    assert_eq!(task.cost().unwrap().to_string(), "0.6 USD (computed from usage)");
}

#[tokio::test]
async fn the_outcome_settles_what_was_reserved() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let ark = client(Vendor::Ark, &simulator, &journal);
    let toapis = priced(Vendor::ToApis, &simulator, &journal);
    let token360 = priced(Vendor::Token360, &simulator, &journal);
    set(&journal, 10).await;
    let mut ids = Vec::new();
    for prompt in ["a kite", "sim:fail"] {
        ids.push((ark.clone(), ark.submit(&clip(prompt)).await.unwrap().id));
    }
    for (client, vendor, prompt) in [
        (&toapis, Vendor::ToApis, "a kite"),
        (&toapis, Vendor::ToApis, "sim:fail"),
        (&token360, Vendor::Token360, "sim:fail"),
    ] {
        let request = VideoRequest::new(newest(vendor).1, prompt).duration(5);
        ids.push((client.clone(), client.submit(&request).await.unwrap().id));
    }
    assert_eq!(
        counted(&journal, &ark).await,
        price() * Decimal::TWO + Decimal::new(15, 1)
    );
    simulator.advance(Duration::from_secs(7200));
    let mut computed = Decimal::ZERO;
    for (client, id) in ids {
        let task = client.get(&id).await.unwrap();
        let cost = task.cost();
        assert_eq!(cost.is_some(), task.status.is_completed(), "{task:?}");
        let entry = client.journal_entry(&id).await.unwrap().unwrap();
        assert_eq!(entry.cost, cost);
        let Some(cost) = cost.filter(|_| id.vendor() == Vendor::Ark) else {
            continue;
        };
        // 7 US dollars per million tokens.
        let tokens = task.usage.unwrap().completion_tokens.unwrap();
        computed = Decimal::from(tokens) * Decimal::new(7, 6);
        assert_eq!(
            (cost.money.amount, cost.obtained),
            (computed.normalize(), Obtained::Computed)
        );
        let events = journal.events(&entry.intent.id).await.unwrap();
        assert!(
            events.iter().any(|(_, event)| matches!(event, Event::Cost { .. })),
            "{events:?}"
        );
        // A later poll adds nothing.
        client.get(&id).await.unwrap();
        assert_eq!(journal.events(&entry.intent.id).await.unwrap(), events);
    }
    assert!(computed > Decimal::ZERO);
    // Failed tasks are free at two of the vendors; of the third, no page says so.
    let half = Decimal::new(5, 1);
    assert_eq!(counted(&journal, &ark).await, computed + half + half);
    let all = journal.find(Query::default()).await.unwrap().entries;
    let ledger = Ledger::of(&all, None);
    let [spend] = ledger.groups.as_slice() else {
        panic!("{ledger:?}")
    };
    let [amounts] = spend.amounts.as_slice() else {
        panic!("{ledger:?}")
    };
    assert_eq!(amounts.total(), computed + half + half);
    assert_eq!(
        (amounts.computed, amounts.estimated, amounts.uncertain),
        (computed.normalize(), half, half)
    );
    assert_eq!((amounts.reported, amounts.reserved), (Decimal::ZERO, Decimal::ZERO));
    assert_eq!(
        (
            spend.submissions,
            spend.failed,
            spend.not_billed,
            spend.uncertain,
            spend.unknown,
            spend.not_submitted
        ),
        (5, 3, 2, 1, 0, 0)
    );
}
