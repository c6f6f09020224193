//! Submissions under faults: what is sent again, what is not, and how what nobody knows is looked for.
//!
//! What breaks on the wire at any byte is in `wire/`; here are the answers.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use videogen::{Client, Delivery, ErrorKind, Reconciled, RetryPolicy, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::canned::Canned;
use crate::cases::{TARGETS, simulated};

fn client(vendor: Vendor, base_url: &str, retry: RetryPolicy) -> Client {
    Client::builder(vendor)
        .retry(retry)
        .key("sk-test".to_owned())
        .base_url(base_url)
        .build()
        .unwrap()
}

/// Retries without pauses.
fn at_once() -> RetryPolicy {
    RetryPolicy::default().base(Duration::ZERO)
}

#[tokio::test]
async fn a_refused_connection_is_tried_again() {
    for (vendor, model) in TARGETS {
        // Nobody listens here any more.
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let error = client(vendor, &format!("http://{closed}"), at_once())
            .submit(&VideoRequest::new(model, "x"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Transport, Some(Delivery::NotSent))
        );
        assert!(error.ambiguity().is_none());
    }
}

/// A refusal for too many requests is tried again and then taken; nothing else is.
#[tokio::test]
async fn only_documented_refusals_are_tried_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in TARGETS {
        let client = client(vendor, &simulator.base_url(simulated(vendor)), at_once());
        let request = VideoRequest::new(model, "x");
        for (code, taken) in [
            (429, true),
            (400, false),
            (402, false),
            (500, false),
            (502, false),
            (408, false),
        ] {
            let before = simulator.stats();
            simulator.inject(Fault::status(simulated(vendor), Operation::Submit, code, "{}"));
            let result = client.submit(&request).await;
            let made = simulator.stats().tasks - before.tasks;
            assert_eq!(
                (result.is_ok(), made),
                (taken, usize::from(taken)),
                "{vendor} {code}: {result:?}"
            );
        }
        // A wait that is too long is for the caller to decide on.
        simulator.inject(Fault::new(
            simulated(vendor),
            Operation::Submit,
            FaultKind::Status {
                code: 429,
                body: "{}".to_owned(),
                headers: vec![("Retry-After".to_owned(), "3600".to_owned())],
            },
        ));
        let error = client.submit(&request).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    }
}

#[tokio::test]
async fn reads_are_tried_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in TARGETS {
        let client = client(vendor, &simulator.base_url(simulated(vendor)), at_once());
        let task = client.submit(&VideoRequest::new(model, "x")).await.unwrap();
        for kind in [FaultKind::DropBefore, FaultKind::Html(503), FaultKind::Truncated] {
            simulator.inject(Fault::new(simulated(vendor), Operation::Get, kind).times(2));
            assert_eq!(client.get(&task.id).await.unwrap().id, task.id);
        }
    }
}

/// The answer is lost after the task was made; each vendor is asked for it in the way it has.
#[tokio::test]
async fn what_nobody_knows_is_looked_for() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in TARGETS {
        let client = client(vendor, &simulator.base_url(simulated(vendor)), at_once());
        let mut request = VideoRequest::new(model, format!("a kite for {model}"));
        if vendor == Vendor::ToApis {
            request = request.client_reference(format!("order-{model}"));
        }
        // Another task of the same account, of the same model, is no match.
        client.submit(&VideoRequest::new(model, "another")).await.unwrap();
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropAfter));
        let error = client.submit(&request).await.unwrap_err();
        let ambiguity = error.ambiguity().unwrap();
        let other = Vendor::ALL.iter().copied().find(|other| *other != vendor).unwrap();
        let elsewhere = self::client(other, &simulator.base_url(simulated(other)), at_once());
        assert_eq!(
            elsewhere.reconcile(ambiguity).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
        // It can be kept, and used on another machine.
        let kept = serde_json::from_value(json!(ambiguity)).unwrap();
        assert_eq!(&kept, ambiguity);
        let made = simulator.tasks().pop().unwrap();

        let found = client.reconcile(&kept).await.unwrap();
        match (vendor, &found) {
            (Vendor::ToApis, Reconciled::Found(task)) => assert_eq!(task.id.id(), made.id),
            (Vendor::Token360, Reconciled::Candidates(tasks)) => {
                // Its list shows prompts, so only the one fits; it stays a candidate all the same.
                assert_eq!(
                    tasks.iter().map(|task| task.id.id()).collect::<Vec<_>>(),
                    [made.id.as_str()]
                );
            }
            (Vendor::AllToken, Reconciled::Candidates(tasks)) => {
                // Its list shows none.
                assert_eq!(tasks.len(), 2, "{tasks:?}");
                assert!(tasks.iter().any(|task| task.id.id() == made.id));
            }
            other => panic!("{other:?}"),
        }

        // The connection broke before the vendor saw anything.
        let mut request = VideoRequest::new(model, format!("a sledge for {model}"));
        if vendor == Vendor::ToApis {
            request = request.client_reference(format!("nothing-{model}"));
        }
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
        let error = client.submit(&request).await.unwrap_err();
        let found = client.reconcile(error.ambiguity().unwrap()).await.unwrap();
        assert_eq!(found == Reconciled::NotFound, vendor != Vendor::AllToken, "{found:?}");
    }
    // Without a reference there is no way to look at a vendor that does not list.
    let client = client(
        Vendor::ToApis,
        &simulator.base_url(videogen_sim::Vendor::ToApis),
        at_once(),
    );
    simulator.inject(Fault::new(
        videogen_sim::Vendor::ToApis,
        Operation::Submit,
        FaultKind::DropAfter,
    ));
    let error = client.submit(&VideoRequest::new("seedance-2", "x")).await.unwrap_err();
    let error = client.reconcile(error.ambiguity().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

/// All that an answer told is kept, and no more than may be shown.
#[tokio::test]
async fn an_ambiguity_holds_what_is_known() {
    for vendor in Vendor::ALL {
        let body = json!({"id": "t-9", "note": "see https://h.example/p?sig=canary"});
        let canned = Canned::new(502, "X-Request-Id: r-1\r\n", body.to_string()).await;
        let request = VideoRequest::new(vendor.default_model(), "x");
        let error = canned.client(*vendor).submit(&request).await.unwrap_err();
        let known = error.ambiguity().unwrap();
        assert_eq!((known.status, known.request_id.as_deref()), (Some(502), Some("r-1")));
        assert_eq!(known.possible_task.as_ref().unwrap().id(), "t-9");
        let answer = known.answer.as_deref().unwrap();
        assert!(answer.contains("t-9") && !answer.contains("canary"), "{answer}");
    }
}

/// The futures can be moved to another thread.
#[tokio::test]
async fn calls_can_be_spawned() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let client = client(
        Vendor::AllToken,
        &simulator.base_url(videogen_sim::Vendor::AllToken),
        at_once(),
    );
    let task = tokio::spawn(async move {
        let task = client.submit(&VideoRequest::new("seedance-2.0", "x")).await?;
        client.list(&videogen::ListQuery::default()).await?;
        client.models().await?;
        client.cancel(&task.id).await?;
        client.get(&task.id).await
    });
    assert_eq!(task.await.unwrap().unwrap().status, videogen::TaskStatus::Cancelled);
}
