//! Submissions under faults: what is resent, what is not, and the search for submissions with unknown status.
//!
//! Broken connections at any byte are in `wire/`; here are responses.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use videogen::lost::Reconciled;
use videogen::{Client, Delivery, ErrorKind, RetryPolicy, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::canned::Canned;
use crate::cases::{simulated, targets, whole_id};

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
    RetryPolicy::default().base_delay(Duration::ZERO)
}

#[tokio::test]
async fn a_refused_connection_is_retried() {
    for (vendor, model) in targets() {
        // No server listens here.
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

/// HTTP 429 is retried and then accepted; nothing else is.
#[tokio::test]
async fn only_documented_refusals_are_retried() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
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
        // With a long wait, the caller decides.
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
async fn reads_are_retried() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let client = client(vendor, &simulator.base_url(simulated(vendor)), at_once());
        let task = client.submit(&VideoRequest::new(model, "x")).await.unwrap();
        for kind in [FaultKind::DropBefore, FaultKind::Html(503), FaultKind::Truncated] {
            simulator.inject(Fault::new(simulated(vendor), Operation::Get, kind).times(2));
            assert_eq!(client.get(&task.id).await.unwrap().id, task.id);
        }
    }
}

/// The response is lost after the task was created; it is searched for in each vendor's way.
#[tokio::test]
async fn a_lost_submission_is_searched_for() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let client = client(vendor, &simulator.base_url(simulated(vendor)), at_once());
        let mut request = VideoRequest::new(model, format!("a kite for {model}"));
        if vendor == Vendor::ToApis {
            request = request.client_reference(format!("order-{model}"));
        }
        // Another task of the same account and model does not match. A client does not take one that it saw accepted.
        let another = self::client(vendor, &simulator.base_url(simulated(vendor)), at_once());
        another.submit(&VideoRequest::new(model, "another")).await.unwrap();
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropAfter));
        let error = client.submit(&request).await.unwrap_err();
        let ambiguity = error.ambiguity().unwrap();
        let other = Vendor::ALL.iter().copied().find(|other| *other != vendor).unwrap();
        let elsewhere = self::client(other, &simulator.base_url(simulated(other)), at_once());
        assert_eq!(
            elsewhere.reconcile(ambiguity).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
        // It can be stored, and used on another machine.
        let kept = serde_json::from_value(json!(ambiguity)).unwrap();
        assert_eq!(&kept, ambiguity);
        let made = simulator.tasks().pop().unwrap();

        let has_reference = vendor.facts().families[0].by_reference;
        if !has_reference && !vendor.supports(videogen::facts::Operation::List) {
            // There is nothing to look in.
            let error = client.reconcile(&kept).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            continue;
        }
        let found = client.reconcile(&kept).await.unwrap();
        match (vendor, &found) {
            (Vendor::ToApis, Reconciled::Found(task)) => assert_eq!(task.id.id(), made.id),
            (Vendor::Token360 | Vendor::Replicate, Reconciled::Candidates(tasks)) => {
                // Its list shows prompts, so only one matches; it is still only a candidate.
                assert_eq!(
                    tasks.iter().map(|found| found.task.id.id()).collect::<Vec<_>>(),
                    [made.id.as_str()]
                );
            }
            (Vendor::AllToken | Vendor::Ark, Reconciled::Candidates(tasks)) => {
                // Their lists show none.
                assert_eq!(tasks.len(), 2, "{tasks:?}");
                assert!(tasks.iter().any(|found| found.task.id.id() == made.id));
            }
            other => panic!("{other:?}"),
        }

        // The connection broke before the request arrived.
        let mut request = VideoRequest::new(model, format!("a sledge for {model}"));
        if vendor == Vendor::ToApis {
            request = request.client_reference(format!("nothing-{model}"));
        }
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
        let error = client.submit(&request).await.unwrap_err();
        let found = client.reconcile(error.ambiguity().unwrap()).await.unwrap();
        let shows_prompts = !matches!(vendor, Vendor::AllToken | Vendor::Ark);
        assert_eq!(found == Reconciled::NotFound, shows_prompts, "{found:?}");
    }
    // Without a reference there is no way to search at a vendor without a list.
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

/// Everything known from a response is kept, without secrets.
#[tokio::test]
async fn an_ambiguity_contains_everything_known() {
    for vendor in Vendor::ALL {
        let body = json!({"id": "t-9", "note": "see https://h.example/p?sig=canary"});
        let canned = Canned::new(502, "X-Request-Id: r-1\r\n", body.to_string()).await;
        let request = VideoRequest::new(vendor.default_model(), "x");
        let error = canned.client(*vendor).submit(&request).await.unwrap_err();
        let known = error.ambiguity().unwrap();
        assert_eq!((known.status, known.request_id.as_deref()), (Some(502), Some("r-1")));
        assert_eq!(
            known.possible_tasks.iter().map(|task| task.id()).collect::<Vec<_>>(),
            [whole_id(*vendor, vendor.default_model(), "t-9")]
        );
        let answer = known.response.as_deref().unwrap();
        assert!(answer.contains("t-9") && !answer.contains("canary"), "{answer}");
    }
}

/// A response that names a task is not a refusal: the request is not resent, and the error names the task.
#[tokio::test]
async fn a_refusal_that_names_a_task_is_ambiguous() {
    let bodies = [
        r#"{"id":"t-9","error":{"message":"slow down"}}"#,
        r#"{"error":{"message":"slow down","task_id":"t-9"}}"#,
        r#"{"message":"slow down","data":[{"task_id":"t-9"}]}"#,
        r#"{"detail":"slow down","output":{"task_id":"t-9"}}"#,
        r#"{"msg":"slow down","taskId":"t-9"}"#,
        r#"{"message":"slow down","video_id":"t-9"}"#,
        r#"{"error":{"message":"slow down"},"data":{"id":"t-9"},"request_id":"r-1"}"#,
    ];
    for vendor in Vendor::ALL.iter().copied() {
        let own = whole_id(vendor, vendor.default_model(), "t-9");
        for status in [400, 401, 402, 403, 404, 413, 415, 422, 429, 500, 503] {
            for body in bodies {
                let canned = Canned::new(status, "Retry-After: 0\r\nX-Request-Id: r-1\r\n", body).await;
                let error = client(vendor, &canned.base_url, at_once())
                    .submit(&VideoRequest::new(vendor.default_model(), "x"))
                    .await
                    .unwrap_err();
                assert_eq!(canned.seen().len(), 1, "{vendor} {status} {body}");
                assert_eq!(
                    (error.kind(), error.delivery()),
                    (ErrorKind::AmbiguousSubmit, Some(Delivery::Ambiguous)),
                    "{vendor} {status} {body}"
                );
                let possible = &error.ambiguity().unwrap().possible_tasks;
                assert_eq!(possible.len(), 1, "{vendor} {status} {body}: {possible:?}");
                assert_eq!((error.task(), possible[0].id()), (Some(&possible[0]), &*own));
                let text = error.to_string();
                assert!(text.contains("t-9") && text.contains("slow down"), "{text}");
            }
        }
        // Neither the request's id nor a task named in the request is a result of it.
        let request = VideoRequest::new(vendor.default_model(), "t-7");
        for body in [
            r#"{"id":"r-1","error":{"message":"no","id":"e-1"}}"#,
            r#"{"error":{"message":"no"},"task_id":"t-7"}"#,
            r#"{"id":0,"task_id":"","error":{"message":"no"},"user":{"id":"u"}}"#,
        ] {
            let canned = Canned::new(400, "X-Request-Id: r-1\r\n", body).await;
            let error = canned.client(vendor).submit(&request).await.unwrap_err();
            assert_eq!(error.delivery(), Some(Delivery::Rejected), "{vendor} {body}: {error}");
        }
    }
}

/// A success without a task: an unambiguous id is accepted, others are shown, with the vendor's message.
#[tokio::test]
async fn an_id_in_an_unusual_success_is_shown() {
    let large = "123456789012345678901234567890";
    for vendor in Vendor::ALL.iter().copied() {
        let request = VideoRequest::new(vendor.default_model(), "x");
        let own = |id: &str| whole_id(vendor, vendor.default_model(), id);
        for (body, id) in [
            (r#"{"data":[{"task_id":"t-9"}]}"#.to_owned(), "t-9"),
            (r#"{"taskId":"t-9"}"#.to_owned(), "t-9"),
            (
                r#"{"output":{"task_id":"t-9","task_status":"PENDING"}}"#.to_owned(),
                "t-9",
            ),
            (r#"{"video_id":"t-9"}"#.to_owned(), "t-9"),
            (format!(r#"{{"id":{large},"status":"queued"}}"#), large),
            (format!(r#"{{"code":200,"data":{{"taskId":{large}}}}}"#), large),
            (r#"{"id":9007199254740993}"#.to_owned(), "9007199254740993"),
        ] {
            let canned = Canned::new(200, "", &body).await;
            let task = canned.client(vendor).submit(&request).await.unwrap();
            assert_eq!(task.id.id(), own(id), "{vendor} {body}");
        }
        for (body, ids, words) in [
            (
                r#"{"error":{"message":"upstream failed","task_id":"t-9"}}"#,
                &["t-9"][..],
                "upstream failed",
            ),
            (r#"{"code":500,"message":"odd","data":{"task_id":7}}"#, &["7"], "odd"),
            (
                r#"{"message":"which?","task_id":"t-1","video_id":"t-2"}"#,
                &["t-1", "t-2"],
                "which?",
            ),
            (
                "<html><body><h1>502 Bad</h1>\n gateway</body></html>",
                &[],
                "502 Bad gateway",
            ),
            ("queue is full, ask sales", &[], "queue is full, ask sales"),
        ] {
            for status in [200, 502] {
                let canned = Canned::new(status, "", body).await;
                let error = canned.client(vendor).submit(&request).await.unwrap_err();
                let known = error.ambiguity().unwrap();
                let found: Vec<_> = known.possible_tasks.iter().map(|task| task.id()).collect();
                assert_eq!(
                    found,
                    ids.iter().map(|id| own(id)).collect::<Vec<_>>(),
                    "{vendor} {status} {body}"
                );
                assert!(error.to_string().contains(words), "{error}");
                assert_eq!(
                    serde_json::from_value::<videogen::lost::Ambiguity>(json!(known)).unwrap(),
                    *known
                );
            }
        }
    }
}

/// A gateway may return the id of the service behind it: the task keeps its first id.
#[tokio::test]
async fn a_task_keeps_its_id() {
    for vendor in Vendor::ALL.iter().copied() {
        let canned = Canned::json(
            200,
            &json!({"id": "upstream-1", "request_id": "upstream-1", "status": "queued"}),
        )
        .await;
        let client = canned.client(vendor);
        let id = crate::cases::task(vendor, "t-1");
        let mut answers = vec![client.get(&id).await.unwrap()];
        if vendor.supports(videogen::facts::Operation::Cancel) {
            answers.push(client.cancel(&id).await.unwrap());
        }
        for task in answers {
            let upstream = whole_id(vendor, vendor.default_model(), "upstream-1");
            assert_eq!((&task.id, task.vendor_id.as_deref()), (&id, Some(&*upstream)));
            assert_eq!(json!(task)["id"], json!(id));
        }
        assert!(
            canned
                .seen()
                .iter()
                .all(|request| request.contains("t-1") && !request.contains("upstream-1"))
        );
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
        client.list(&videogen::task::ListQuery::default()).await?;
        client.models().await?;
        client.cancel(&task.id).await?;
        client.get(&task.id).await
    });
    assert_eq!(task.await.unwrap().unwrap().status, videogen::TaskStatus::Cancelled);
}
