//! One key, one task, at whichever of several vendors.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;
use std::time::Duration;

use videogen::journal::State;
use videogen::route::Route;
use videogen::submit::SubmitOptions;
use videogen::{Clients, Delivery, ErrorKind, Router, Vendor, VideoRequest};
use videogen_journal::Store;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::child::Work;
use super::{client, entries, journal};
use crate::cases::{newest, simulated};

const VENDORS: [Vendor; 3] = [Vendor::Ark, Vendor::Token360, Vendor::ToApis];

fn router(vendors: &[Vendor], simulator: &Simulator, journal: &Arc<Store>) -> Router {
    let clients = Clients::new(VENDORS.map(|vendor| client(vendor, simulator, journal)));
    Router::new(&clients, routes(vendors)).unwrap()
}

pub(super) fn routes(vendors: &[Vendor]) -> Vec<Route> {
    let route = |vendor: &Vendor| Route::new(*vendor).model(newest(*vendor).1);
    vendors.iter().map(route).collect()
}

/// A response that refuses for certain, because of the rate.
pub(super) fn busy(vendor: Vendor) -> Fault {
    Fault::status(
        simulated(vendor),
        Operation::Submit,
        429,
        r#"{"error": {"message": "slow down"}}"#,
    )
}

fn with_key(key: &str) -> SubmitOptions {
    SubmitOptions::default().idempotency_key(key)
}

#[tokio::test]
async fn an_accepted_key_is_found_whatever_the_order() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let request = VideoRequest::new("", "a kite");
    simulator.inject(busy(Vendor::Ark));
    let first = router(&VENDORS, &simulator, &journal);
    let routed = first.submit_with(&request, with_key("k")).await.unwrap();
    assert_eq!(routed.task.id.vendor(), Vendor::Token360);
    assert_eq!(routed.refused.len(), 1);

    for order in [VENDORS, [Vendor::ToApis, Vendor::Ark, Vendor::Token360]] {
        let again = router(&order, &simulator, &journal);
        let routed = again.submit_with(&request, with_key("k")).await.unwrap();
        assert!(routed.task.already_submitted && routed.refused.is_empty());
        assert_eq!(routed.task.id.vendor(), Vendor::Token360);
    }
    // Also where its vendor is no longer on the route, and for another request.
    let without = router(&[Vendor::Ark, Vendor::ToApis], &simulator, &journal);
    let error = without.submit_with(&request, with_key("k")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Conflict, Some(Delivery::NotSent))
    );
    assert!(error.message().contains("at another vendor, Token360"), "{error}");
    let other = VideoRequest::new("", "a boat");
    let error = first.submit_with(&other, with_key("k")).await.unwrap_err();
    assert!(error.message().contains("for a different request"), "{error}");
    assert_eq!(simulator.stats().tasks, 1);
}

#[tokio::test]
async fn an_ambiguous_key_stops_every_other_vendor() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let request = VideoRequest::new("", "a kite");
    simulator.inject(Fault::new(
        simulated(Vendor::Ark),
        Operation::Submit,
        FaultKind::DropBefore,
    ));
    let first = router(&VENDORS, &simulator, &journal);
    for order in [VENDORS, VENDORS, [Vendor::ToApis, Vendor::Token360, Vendor::Ark]] {
        let error = router(&order, &simulator, &journal)
            .submit_with(&request, with_key("k"))
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Ambiguous), "{error}");
        assert_eq!(error.vendor(), Some(Vendor::Ark));
    }
    assert_eq!(simulator.stats().tasks, 0);
    // Dismissed by hand, it is submitted from the first vendor on.
    let ark = client(Vendor::Ark, &simulator, &journal);
    let entry = ark.journal_entry_with_key("k").await.unwrap().unwrap();
    assert_eq!(entry.state, State::Ambiguous);
    ark.resolve(&entry.intent.id, None).await.unwrap();
    let routed = first.submit_with(&request, with_key("k")).await.unwrap();
    assert_eq!(routed.task.id.vendor(), Vendor::Ark);
    assert_eq!(simulator.stats().tasks, 1);
}

/// Two orders at once, over connections of their own, while vendors refuse: the calls meet at every vendor.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_calls_in_different_orders_make_one_task() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for round in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let before = simulator.stats().tasks;
        for vendor in VENDORS {
            simulator.inject(busy(vendor).times(round % 4));
        }
        let mut callers = Vec::new();
        for turn in 0..16 {
            let mut order = VENDORS;
            order.rotate_left(turn % 3);
            let router = router(&order, &simulator, &journal(folder.path()).await);
            callers.push(tokio::spawn(async move {
                router
                    .submit_with(&VideoRequest::new("", "a kite"), with_key("k"))
                    .await
            }));
        }
        let mut tasks = Vec::new();
        for caller in callers {
            match caller.await.unwrap() {
                Ok(routed) => tasks.push(routed.task.id),
                // Every vendor has refused it, or another call of the same key that it waited for: so perhaps all of them.
                Err(error) => assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}"),
            }
        }
        simulator.clear_faults();
        assert!(tasks.iter().all(|task| *task == tasks[0]), "{tasks:?}");
        assert!(round % 4 > 0 || !tasks.is_empty());
        assert_eq!(simulator.stats().tasks, before + usize::from(!tasks.is_empty()));
    }
}

/// Number of keys of a child that is killed and started again.
pub(super) const KEYS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_routes_pay_no_key_twice() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut work = Work::new(folder.path(), &simulator);
    work.routes = true;
    let children = tokio::task::spawn_blocking(move || {
        for kill in 0..20 {
            // Two at once, each with its own order.
            let mut pair = [work.start(), work.start()];
            for child in &mut pair {
                let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
                let ends = |line: std::io::Result<String>| line.unwrap().contains("submitted");
                assert!(said.by_ref().any(ends), "{kill}");
                std::thread::sleep(Duration::from_micros(fastrand::u64(0..20_000)));
                child.kill().unwrap();
                child.wait().unwrap();
            }
        }
        // The last one is not killed: however little the others did, each key has an end.
        let rest = work.start().wait_with_output().unwrap();
        assert!(rest.status.success(), "{:?}", rest.status);
    });
    while !children.is_finished() {
        for vendor in VENDORS {
            simulator.clear_faults();
            simulator.inject(busy(vendor).times(fastrand::u32(0..4)));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    children.await.unwrap();
    let mut per_prompt: HashMap<String, usize> = HashMap::new();
    for task in simulator.tasks() {
        *per_prompt.entry(task.prompt).or_default() += 1;
    }
    assert!(per_prompt.values().all(|made| *made == 1), "{per_prompt:?}");
    let journal = journal(folder.path()).await;
    let entries = entries(&journal).await;
    let mut tried: Vec<Vendor> = entries.iter().map(|entry| entry.intent.vendor).collect();
    tried.sort_by_key(|vendor| vendor.as_str());
    tried.dedup();
    assert!(tried.len() > 1, "no vendor was passed over: the test proves nothing");
    let open = entries.iter().filter(|entry| entry.is_open()).count();
    assert!(open > 0, "no kill fell into a submission: the test proves nothing");
    for key in 0..KEYS {
        let prompt = key.to_string();
        let mut tried = entries.iter().filter(|entry| entry.intent.prompt == prompt);
        let is_settled = tried.any(|entry| entry.task.is_some() || entry.is_open());
        // A key that every vendor refused has neither; it has no task.
        assert!(is_settled || !per_prompt.contains_key(&prompt), "{prompt}");
    }
    let made = entries.iter().filter(|entry| entry.task.is_some()).count();
    assert!(made > 0 && made + open <= KEYS, "{made} accepted, {open} open");
}
