//! Which refusals another vendor may take over, and in which order vendors are tried.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use videogen::facts::PriceUnit;
use videogen::price::{PriceBook, PriceEntry};
use videogen::route::{Route, RouteOrder};
use videogen::submit::SubmitOptions;
use videogen::{Client, Clients, Delivery, ErrorKind, RetryPolicy, Router, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::cases::{newest, simulated};

const FIRST: Vendor = Vendor::ToApis;
const SECOND: Vendor = Vendor::Token360;

fn client(vendor: Vendor, simulator: &Simulator) -> Client {
    let builder = simulator.client_builder(simulated(vendor));
    builder.retry(RetryPolicy::never()).build().unwrap()
}

fn routes() -> [Route; 2] {
    [FIRST, SECOND].map(|vendor| Route::new(vendor).model(newest(vendor).1))
}

fn router(simulator: &Simulator) -> Router {
    let clients = Clients::new([client(FIRST, simulator), client(SECOND, simulator)]);
    Router::new(&clients, routes()).unwrap()
}

fn error(word: &str) -> String {
    serde_json::json!({"error": {"message": word, "type": word}}).to_string()
}

#[tokio::test]
async fn a_proven_refusal_goes_to_the_next_vendor() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let router = router(&simulator);
    for (status, kind) in [
        (402, ErrorKind::Balance),
        (404, ErrorKind::NotFound),
        (429, ErrorKind::RateLimited),
        // Documented as refused before acceptance.
        (503, ErrorKind::RateLimited),
    ] {
        let before = simulator.stats();
        let body = match status {
            503 => error("rate_limit_unavailable"),
            _ => error("no"),
        };
        simulator.inject(Fault::status(simulated(FIRST), Operation::Submit, status, body));
        let routed = router.submit(VideoRequest::new("", "a kite")).await.unwrap();
        assert_eq!(routed.task.id.vendor(), SECOND, "{status}");
        let [refused] = routed.refused.as_slice() else {
            panic!("{:?}", routed.refused)
        };
        assert_eq!((refused.vendor(), refused.kind()), (Some(FIRST), kind), "{status}");
        assert_eq!(refused.delivery(), Some(Delivery::Rejected));
        let after = simulator.stats();
        assert_eq!(after.tasks, before.tasks + 1);
    }
    // Each vendor got its own id of the model.
    let last = simulator.tasks().pop().unwrap();
    assert_eq!(last.model, newest(SECOND).1);
    let routed = router.submit(VideoRequest::new("", "a kite")).await.unwrap();
    assert_eq!(routed.task.id.vendor(), FIRST);
    assert_eq!(simulator.tasks().pop().unwrap().model, newest(FIRST).1);
}

#[tokio::test]
async fn an_unknown_status_or_a_shared_reason_stops() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let router = router(&simulator);
    let status = |code| Fault::status(simulated(FIRST), Operation::Submit, code, error("no"));
    let broken = |kind| Fault::new(simulated(FIRST), Operation::Submit, kind);
    for (fault, delivery) in [
        (status(400), Delivery::Rejected),
        (status(401), Delivery::Rejected),
        (status(422), Delivery::Rejected),
        (status(409), Delivery::Ambiguous),
        (status(500), Delivery::Ambiguous),
        (status(502), Delivery::Ambiguous),
        (status(504), Delivery::Ambiguous),
        (broken(FaultKind::DropBefore), Delivery::Ambiguous),
        (broken(FaultKind::DropAfter), Delivery::Ambiguous),
        (broken(FaultKind::EmptyBody), Delivery::Ambiguous),
        (broken(FaultKind::Html(502)), Delivery::Ambiguous),
    ] {
        let shown = format!("{fault:?}");
        simulator.inject(fault);
        let error = router.submit(VideoRequest::new("", "a kite")).await.unwrap_err();
        assert_eq!(
            (error.vendor(), error.delivery()),
            (Some(FIRST), Some(delivery)),
            "{shown}"
        );
    }
    let error = router.submit(VideoRequest::new("", "sim:refuse")).await.unwrap_err();
    assert_eq!((error.vendor(), error.kind()), (Some(FIRST), ErrorKind::Moderated));
    let stats = simulator.stats();
    assert_eq!(stats.submissions.get(SECOND.as_str()).copied().unwrap_or_default(), 0);
}

#[tokio::test]
async fn an_unreachable_vendor_is_passed_over() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    // A port that was just free refuses connections.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let first = Client::builder(FIRST)
        .key("sk-x")
        .base_url(format!("http://127.0.0.1:{port}"))
        .retry(RetryPolicy::never());
    let clients = Clients::new([first.build().unwrap(), client(SECOND, &simulator)]);
    let router = Router::new(&clients, routes()).unwrap();
    let routed = router.submit(VideoRequest::new("", "a kite")).await.unwrap();
    assert_eq!(routed.task.id.vendor(), SECOND);
    assert_eq!(
        (routed.refused[0].kind(), routed.refused[0].delivery()),
        (ErrorKind::Transport, Some(Delivery::NotSent))
    );
    // A key could not be unique on two hosts.
    let folder = tempfile::tempdir().unwrap();
    let journal = std::sync::Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let first = Client::builder(FIRST)
        .key("sk-x")
        .base_url(format!("http://127.0.0.1:{port}"))
        .journal(journal.clone());
    let second = simulator.client_builder(simulated(SECOND)).journal(journal);
    let clients = Clients::new([first.build().unwrap(), second.build().unwrap()]);
    let router = Router::new(&clients, routes()).unwrap();
    let keyed = SubmitOptions::default().idempotency_key("k");
    let error = router
        .submit_with(VideoRequest::new("", "a kite"), keyed)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Config, Some(Delivery::NotSent))
    );
    assert!(error.message().contains(&port.to_string()), "{error}");
    assert_eq!(simulator.stats().tasks, 1);
}

#[tokio::test]
async fn every_vendors_refusal_is_reported() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let router = router(&simulator);
    for vendor in [FIRST, SECOND] {
        simulator.inject(Fault::status(
            simulated(vendor),
            Operation::Submit,
            429,
            error(vendor.as_str()),
        ));
    }
    let error = router.submit(VideoRequest::new("", "a kite")).await.unwrap_err();
    assert_eq!((error.vendor(), error.kind()), (Some(SECOND), ErrorKind::RateLimited));
    assert_eq!(error.other_vendors().len(), 1);
    assert_eq!(error.other_vendors()[0].vendor(), Some(FIRST));
    let text = error.to_string();
    assert!(text.contains("Token360: ") && text.contains("ToAPIs: "), "{text}");
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(json["other_vendors"][0]["vendor"], FIRST.as_str());
    assert_eq!(simulator.stats().tasks, 0);
}

#[tokio::test]
async fn the_request_is_checked_for_every_vendor_first() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let router = router(&simulator);
    let request = VideoRequest::new("", "").duration(99);
    let error = router.submit(&request).await.unwrap_err();
    assert_eq!((error.vendor(), error.kind()), (Some(FIRST), ErrorKind::InvalidRequest));
    let [other] = error.other_vendors() else {
        panic!("{error}")
    };
    assert_eq!(other.vendor(), Some(SECOND));
    assert!(
        error.violations().len() >= 2 && other.violations().len() >= 2,
        "{error}"
    );
    // A model id of one vendor is not sent to another that does not list it.
    let clients = Clients::new([client(FIRST, &simulator), client(SECOND, &simulator)]);
    let bare = Router::new(&clients, [FIRST.into(), SECOND.into()]).unwrap();
    let error = bare
        .submit(VideoRequest::new(newest(FIRST).1, "a kite"))
        .await
        .unwrap_err();
    assert!(error.message().contains("token360="), "{error}");
    assert_eq!(error.delivery(), Some(Delivery::NotSent));
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);

    for routes in [
        vec![],
        vec![Route::new(FIRST), Route::new(FIRST)],
        vec![Route::new(Vendor::Ark)],
    ] {
        assert_eq!(Router::new(&clients, routes).unwrap_err().kind(), ErrorKind::Config);
    }
}

/// The caller sees each refusal before the next attempt, and completes the request for each vendor.
#[tokio::test]
async fn refusals_are_reported_as_they_happen() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (note, seeds) = (seen.clone(), [(FIRST, 1), (SECOND, 2)]);
    let router = router(&simulator)
        .complete(move |vendor, request| {
            request.seed = seeds.iter().find(|(one, _)| *one == vendor).map(|(_, seed)| *seed)
        })
        .on_refusal(move |error, next| note.lock().unwrap().push((error.kind(), next)));
    let kite = VideoRequest::new("", "a kite");
    let each = router.requests(&kite).unwrap();
    let each: Vec<_> = each
        .into_iter()
        .map(|(vendor, request)| (vendor, request.model, request.seed))
        .collect();
    assert_eq!(
        each,
        [FIRST, SECOND].map(|vendor| (
            vendor,
            newest(vendor).1.to_owned(),
            Some(if vendor == FIRST { 1 } else { 2 })
        ))
    );
    simulator.inject(Fault::status(simulated(FIRST), Operation::Submit, 402, error("no")));
    let routed = router.submit(&kite).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [(ErrorKind::Balance, SECOND)]);
    assert_eq!(routed.task.id.vendor(), SECOND);

    // After a shutdown, nothing more is sent.
    simulator.inject(Fault::status(simulated(FIRST), Operation::Submit, 402, error("no")));
    let before = simulator.stats().tasks;
    let clients = Clients::new([client(FIRST, &simulator), client(SECOND, &simulator)]);
    clients.iter().for_each(Client::stop_retrying);
    let router = Router::new(&clients, routes()).unwrap();
    let error = router.submit(&kite).await.unwrap_err();
    assert_eq!((error.vendor(), error.kind()), (Some(FIRST), ErrorKind::Balance));
    assert_eq!(simulator.stats().tasks, before);
}

/// The task of the first route counts for the second one, in any process with the same journal.
#[tokio::test]
async fn a_request_that_another_vendor_has_taken_is_repeated() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        let journal = Arc::new(journal);
        let one = |vendor| {
            let builder = simulator.client_builder(simulated(vendor)).retry(RetryPolicy::never());
            builder.journal(Arc::clone(&journal)).build().unwrap()
        };
        Router::new(&Clients::new([one(FIRST), one(SECOND)]), routes()).unwrap()
    };
    let options = SubmitOptions::default().refuse_repeated_within(Duration::from_secs(600));
    let kite = VideoRequest::new("", "a kite");
    open().check_earlier(&kite, &options).await.unwrap();
    simulator.inject(Fault::status(simulated(FIRST), Operation::Submit, 402, error("no")));
    let first = open().submit_with(&kite, options.clone()).await.unwrap();
    assert_eq!(first.task.id.vendor(), SECOND);
    for error in [
        open().check_earlier(&kite, &options).await.unwrap_err(),
        open().submit_with(&kite, options.clone()).await.unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.task()),
            (ErrorKind::Repeated, Some(&first.task.id))
        );
    }
    // Keys decide alone, and are checked for the same request.
    let keyed = SubmitOptions::default().idempotency_key("k");
    open().check_earlier(&kite, &keyed).await.unwrap();
    open().submit_with(&kite, keyed.clone()).await.unwrap();
    open().check_earlier(&kite, &keyed).await.unwrap();
    let boat = VideoRequest::new("", "a boat");
    let error = open().check_earlier(&boat, &keyed).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(simulator.stats().tasks, 2);
}

fn tried(router: &Router) -> Vec<Vendor> {
    let plans = router.plan(VideoRequest::new("", "a kite").duration(5)).unwrap();
    plans.iter().map(|plan| plan.vendor).collect()
}

#[tokio::test]
async fn by_price_and_by_measured_time() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let priced = |vendor: Vendor, price: Option<&str>| {
        let entry = |price: &str| PriceEntry::new(vendor, newest(vendor).1, price.parse().unwrap(), PriceUnit::Clip);
        let mut book = PriceBook::default();
        if let Some(price) = price {
            book.set(entry(price).unwrap());
        }
        simulator
            .client_builder(simulated(vendor))
            .prices(book)
            .build()
            .unwrap()
    };
    let with = |first, second| {
        let clients = Clients::new([priced(FIRST, first), priced(SECOND, second)]);
        Router::new(&clients, routes()).unwrap().order(RouteOrder::Price)
    };
    assert_eq!(tried(&with(Some("2"), Some("10"))), [FIRST, SECOND]);
    assert_eq!(tried(&with(Some("10"), Some("2"))), [SECOND, FIRST]);
    // Unknown is not cheap.
    assert_eq!(tried(&with(None, Some("2"))), [SECOND, FIRST]);
    assert_eq!(tried(&with(None, None)), [FIRST, SECOND]);

    let (first, second) = (client(FIRST, &simulator), client(SECOND, &simulator));
    let clients = Clients::new([first, second.clone()]);
    let router = Router::new(&clients, routes()).unwrap().order(RouteOrder::Time);
    assert_eq!(tried(&router), [FIRST, SECOND]);
    // A task of 20 s is faster than the published figures.
    let task = second
        .submit(VideoRequest::new(newest(SECOND).1, "a kite"))
        .await
        .unwrap();
    tokio::time::timeout(Duration::from_secs(30), second.wait(&task.id))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tried(&router), [SECOND, FIRST]);
}
