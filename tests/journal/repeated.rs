//! The same request again within a time: refused by the journal, whatever its order and however many processes.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use videogen::journal::{Entry, Event, Intent, Journal as _, Started};
use videogen::route::Route;
use videogen::submit::SubmitOptions;
use videogen::{Client, Clients, Delivery, Error, ErrorKind, RetryPolicy, Router, Timestamp, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::budgets::{accepted, ambiguous, event, intent, reason, status, subject};
use super::{client, entries, journal, journals};
use crate::cases::{newest, simulated};

const WITHIN: Duration = Duration::from_secs(600);

fn guarded() -> SubmitOptions {
    SubmitOptions::default().refuse_repeated_within(WITHIN)
}

fn repeat(id: &str, at: Timestamp) -> Intent {
    let mut repeat = intent(id, "ark", None, at);
    repeat.refuse_repeated_within = Some(WITHIN);
    repeat
}

#[test]
fn each_state_counts_as_documented() {
    let now = Utc::now();
    let apply = |events: &[Event]| {
        let mut entry = Entry::begin(intent("first", "ark", None, now));
        for event in events {
            entry
                .apply(&subject("first"), event.clone(), now + TimeDelta::minutes(1))
                .unwrap();
        }
        entry
    };
    let known = |more: &[Event]| apply(&[&[accepted("ark", "t")], more].concat());
    let lost = ambiguous(&apply(&[]));
    let gone = event(json!({"event": "download_failed", "reason": {"kind": "no_video", "message": "no"}}));
    let full = event(json!({"event": "download_failed", "reason": {"kind": "io", "message": "no"}}));
    let rejected = event(json!({"event": "rejected", "reason": reason()}));
    let not_sent = event(json!({"event": "not_sent", "reason": reason()}));
    for (entry, counts) in [
        (apply(&[]), true),
        (apply(std::slice::from_ref(&lost)), true),
        (
            apply(&[lost.clone(), event(json!({"event": "not_found", "after": 60}))]),
            true,
        ),
        (apply(&[lost.clone(), accepted("ark", "t")]), true),
        (apply(&[lost, Event::Dismissed]), false),
        (apply(&[rejected]), false),
        (apply(&[not_sent]), false),
        (known(&[]), true),
        (known(&[status("in_progress")]), true),
        (known(&[status("simmering")]), true),
        (known(&[status("completed")]), true),
        (known(&[status("completed"), full]), true),
        (known(&[status("completed"), gone]), false),
        (known(&[status("failed")]), false),
        (known(&[status("cancelled")]), false),
        (known(&[status("expired")]), false),
    ] {
        assert_eq!(entry.is_repeated_by(&repeat("second", now)), counts, "{entry:?}");
        assert!(!entry.is_repeated_by(&intent("second", "ark", None, now)));
    }
}

#[test]
fn only_the_same_request_to_the_same_account_in_time_counts() {
    let now = Utc::now();
    let first = Entry::begin(intent("first", "ark", None, now));
    let differs = |change: &dyn Fn(&mut Intent)| {
        let mut second = repeat("second", now);
        change(&mut second);
        !first.is_repeated_by(&second)
    };
    assert!(!differs(&|_| {}));
    for (what, change) in [
        (
            "vendor",
            (&|it: &mut Intent| it.vendor = Vendor::ToApis) as &dyn Fn(&mut Intent),
        ),
        ("account", &|it: &mut Intent| it.account = "b".to_owned()),
        ("origin", &|it: &mut Intent| {
            it.origin = Some("http://127.0.0.1:80".to_owned())
        }),
        ("request", &|it: &mut Intent| it.request_hash = "other".to_owned()),
        ("key", &|it: &mut Intent| it.key = "order-4711".to_owned()),
        ("an attempt", &|it: &mut Intent| {
            (it.id, it.key) = ("first".to_owned(), "first".to_owned())
        }),
        ("late", &|it: &mut Intent| {
            it.at = now + TimeDelta::milliseconds(600_001)
        }),
    ] {
        assert!(differs(change), "{what}");
    }
    // In time, even by a clock that was set back.
    assert!(!differs(&|it| it.at = now + TimeDelta::seconds(600)));
    assert!(!differs(&|it| it.at = now - TimeDelta::days(400)));
    // Submissions with a key count.
    let mut keyed = intent("first", "ark", None, now);
    keyed.key = "order-4711".to_owned();
    assert!(Entry::begin(keyed).is_repeated_by(&repeat("second", now)));
    // Nor do those of the same call; none is a call.
    let call = |call: Option<&str>| {
        let mut first = intent("first", "ark", None, now);
        first.call = call.map(str::to_owned);
        Entry::begin(first)
    };
    let mut second = repeat("second", now);
    for (own, first, counts) in [
        (None, None, true),
        (None, Some("a"), true),
        (Some("a"), None, true),
        (Some("a"), Some("b"), true),
        (Some("a"), Some("a"), false),
    ] {
        second.call = own.map(str::to_owned);
        assert_eq!(call(first).is_repeated_by(&second), counts, "{own:?} {first:?}");
    }
    // What was stored by a version without origins.
    let mut old = intent("first", "ark", None, now);
    old.origin = None;
    assert!(Entry::begin(old).is_repeated_by(&repeat("second", now)));
}

/// Random submissions and events over two connections: a submission is begun exactly if nothing that it repeats has, or may
/// have, a video.
#[tokio::test]
async fn no_order_of_events_pays_for_a_request_twice() {
    let folder = tempfile::tempdir().unwrap();
    let journals = [journal(folder.path()).await, journal(folder.path()).await];
    let (mut begun, mut refused) = (0, 0);
    let start = Utc::now();
    for step in 0..800 {
        let journal = &journals[fastrand::usize(..2)];
        let before = entries(journal).await;
        if fastrand::u8(..3) > 0 || before.is_empty() {
            // Also out of order.
            let at = start + TimeDelta::seconds(step * 10 - fastrand::i64(0..120));
            let mut next = intent(&format!("i-{step}"), ["ark", "toapis"][fastrand::usize(..2)], None, at);
            next.request_hash = format!("h{}", fastrand::u8(..3));
            next.account = format!("a{}", fastrand::u8(..2));
            next.call = [None, Some("c".to_owned()), Some("d".to_owned())][fastrand::usize(..3)].clone();
            let is_guarded = fastrand::u8(..3) > 0;
            next.refuse_repeated_within = is_guarded.then_some(WITHIN);
            let is_keyed = fastrand::u8(..4) == 0;
            if is_keyed {
                next.key = format!("k-{step}");
            }
            let first = before.iter().find(|entry| {
                let it = &entry.intent;
                (it.vendor, &it.request_hash, &it.account) == (next.vendor, &next.request_hash, &next.account)
                    && !(it.call.is_some() && it.call == next.call)
                    && next.at - it.at <= TimeDelta::seconds(600)
                    && !["rejected", "not_sent", "dismissed", "failed", "cancelled"].contains(&entry.status_name())
            });
            let first = first.filter(|_| is_guarded && !is_keyed);
            let id = next.id.clone();
            assert_eq!(
                journal.repeated(next.clone()).await.unwrap().as_ref(),
                first,
                "step {step}"
            );
            match journal.begin(next).await.unwrap() {
                Started::New { .. } => {
                    assert_eq!(first, None, "step {step}");
                    begun += 1;
                    let stored = entries(journal)
                        .await
                        .into_iter()
                        .find(|entry| entry.intent.id == id)
                        .unwrap();
                    assert_eq!(stored.intent.refuse_repeated_within, None);
                }
                Started::Repeated(found) => {
                    // The newest of them.
                    assert_eq!(Some(&*found), first, "step {step}");
                    assert_eq!(entries(journal).await, before);
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        } else {
            let entry = &before[fastrand::usize(..before.len())];
            let event = match fastrand::u8(..8) {
                0 => event(json!({"event": "rejected", "reason": reason()})),
                1 => event(json!({"event": "not_sent", "reason": reason()})),
                2 => ambiguous(entry),
                3 if !entry.is_in_flight(Utc::now()) => Event::Dismissed,
                _ if entry.task.is_none() => accepted(entry.intent.vendor.as_str(), &entry.intent.id),
                _ => status(["queued", "completed", "failed", "cancelled"][fastrand::usize(..4)]),
            };
            journal.record(subject(&entry.intent.id), event).await.unwrap().unwrap();
        }
    }
    assert!(begun > 50 && refused > 50, "{begun} {refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_begin_one() {
    let folder = tempfile::tempdir().unwrap();
    // As several processes have them.
    let journals = journals(folder.path(), 8).await;
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let journal = Arc::clone(&journals[task % journals.len()]);
            tokio::spawn(async move { journal.begin(repeat(&format!("i-{task}"), Utc::now())).await.unwrap() })
        })
        .collect();
    let (mut new, mut named) = (0, Vec::new());
    for task in tasks {
        match task.await.unwrap() {
            Started::New { .. } => new += 1,
            Started::Repeated(first) => named.push(first.intent.id),
            other => panic!("{other:?}"),
        }
    }
    let stored = entries(&journals[0]).await;
    assert_eq!((new, named.len(), stored.len()), (1, 63, 1));
    assert!(named.iter().all(|id| *id == stored[0].intent.id));
}

/// The error that a submission of a guarded request fails with.
async fn refused(client: &Client, request: &VideoRequest) -> Error {
    let error = client.submit_with(request, guarded()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.is_retryable()),
        (ErrorKind::Repeated, Some(Delivery::NotSent), false),
        "{error}"
    );
    error
}

#[tokio::test]
async fn a_repeated_request_names_the_first_task_and_sends_nothing() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    for vendor in Vendor::ALL.iter().copied() {
        let client = client(vendor, &simulator, &journal);
        let request = VideoRequest::new(newest(vendor).1, "a kite");
        let first = client.submit_with(&request, guarded()).await.unwrap();
        let before = simulator.stats();
        let error = refused(&client, &request).await;
        assert_eq!((error.task(), error.vendor()), (Some(&first.id), Some(vendor)));
        let entry = client.journal_entry(&first.id).await.unwrap().unwrap();
        assert_eq!(error.submission(), Some(entry.intent.id.as_str()));
        let text = error.to_string();
        assert!(text.contains("the same request was submitted 0 s ago (task "), "{text}");
        assert!(
            text.ends_with("leave out SubmitOptions::refuse_repeated_within; nothing was sent"),
            "{text}"
        );
        assert_eq!(json!(error)["submission"], json!(entry.intent.id));
        // The callback URL may have another token each time.
        let called_back = request.clone().callback_url("https://hooks.example.com/b");
        if client.plan(&called_back).is_ok() {
            assert_eq!(refused(&client, &called_back).await.task(), Some(&first.id));
        }
        assert_eq!(simulator.stats(), before);
        // Not for another request, without the option, or with a key.
        let other = VideoRequest::new(&request.model, "another kite");
        client.submit_with(&other, guarded()).await.unwrap();
        client.submit(&request).await.unwrap();
        let key = format!("order-{vendor}");
        client
            .submit_with(&request, guarded().idempotency_key(&key))
            .await
            .unwrap();
        assert_eq!(simulator.stats().tasks, before.tasks + 3);
    }
}

/// A task that failed, and a submission that created none, may be repeated.
#[tokio::test]
async fn what_failed_may_be_submitted_again() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = client(Vendor::Token360, &simulator, &journal(folder.path()).await);
    let request = |prompt: &str| VideoRequest::new(newest(Vendor::Token360).1, prompt);
    for prompt in ["sim:fail", "sim:moderated"] {
        let first = client.submit_with(request(prompt), guarded()).await.unwrap();
        assert_eq!(refused(&client, &request(prompt)).await.task(), Some(&first.id));
        // Once the journal knows.
        client.wait(&first.id).await.unwrap();
        let second = client.submit_with(request(prompt), guarded()).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(refused(&client, &request(prompt)).await.task(), Some(&second.id));
    }
    for _ in 0..2 {
        let error = client.submit_with(request("sim:refuse"), guarded()).await.unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Rejected), "{error}");
    }
    let submit = |kind| Fault::new(simulated(Vendor::Token360), Operation::Submit, kind);
    // Its status is unknown, until it is dismissed.
    simulator.inject(submit(FaultKind::DropBefore));
    let kite = request("a kite");
    let lost = client.submit_with(&kite, guarded()).await.unwrap_err();
    let id = lost.ambiguity().and_then(|ambiguity| ambiguity.intent.clone()).unwrap();
    let error = refused(&client, &kite).await;
    assert_eq!((error.task(), error.submission()), (None, Some(id.as_str())));
    assert!(
        error
            .message()
            .ends_with(&format!(" as {id}, and whether it was accepted is unknown")),
        "{error}"
    );
    client.resolve(&id, None).await.unwrap();
    client.submit_with(&kite, guarded()).await.unwrap();
}

/// Retries are one submission, and several submissions of one call are not repeated.
#[tokio::test]
async fn a_call_does_not_refuse_its_own_submissions() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let builder = simulator.client_builder(simulated(Vendor::Token360)).journal(journal);
    let client = builder.retry(RetryPolicy::default()).build().unwrap();
    let request = VideoRequest::new(newest(Vendor::Token360).1, "a kite");
    let fault = Fault::status(simulated(Vendor::Token360), Operation::Submit, 429, "{}");
    simulator.inject(fault);
    let first = client.submit_with(&request, guarded().call("one")).await.unwrap();
    for _ in 0..2 {
        let again = client.submit_with(&request, guarded().call("one")).await.unwrap();
        assert_ne!(again.id, first.id);
    }
    assert_eq!(simulator.stats().tasks, 3);
    let error = client.submit_with(&request, guarded().call("two")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Repeated);
    refused(&client, &request).await;
    assert_eq!(simulator.stats().tasks, 3);
}

/// At whichever vendor the first one was submitted, before another one could take it.
#[tokio::test]
async fn a_router_refuses_what_another_vendor_took() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let vendors = [Vendor::ToApis, Vendor::Token360];
    let clients: Clients = vendors
        .iter()
        .map(|vendor| client(*vendor, &simulator, &journal))
        .collect();
    let routes = vendors.map(|vendor| Route::new(vendor).model(newest(vendor).1));
    let router = Router::new(&clients, routes).unwrap();
    let request = VideoRequest::new("", "a kite");
    let full = Fault::status(simulated(Vendor::ToApis), Operation::Submit, 429, "{}");
    simulator.inject(full);
    let routed = router.submit_with(&request, guarded()).await.unwrap();
    assert_eq!((routed.task.id.vendor(), routed.refused.len()), (Vendor::Token360, 1));
    let before = simulator.stats();
    let error = router.submit_with(&request, guarded()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.task()),
        (ErrorKind::Repeated, Some(&routed.task.id))
    );
    assert_eq!(simulator.stats(), before);
    router.submit(&request).await.unwrap();
}

#[tokio::test]
async fn a_journal_is_needed() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let client = simulator.client_builder(simulated(Vendor::ToApis)).build().unwrap();
    let request = VideoRequest::new(newest(Vendor::ToApis).1, "a kite");
    let error = client.submit_with(request, guarded()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Config, Some(Delivery::NotSent))
    );
    assert!(
        error.message().contains("SubmitOptions::refuse_repeated_within"),
        "{error}"
    );
    assert_eq!(simulator.stats().tasks, 0);
}
