//! One key, one task.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use videogen::{Client, Delivery, ErrorKind, RetryPolicy, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::child::Work;
use super::{client, entries, journal};
use crate::cases::{newest, simulated, targets};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_concurrent_calls_make_one_post() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let folder = tempfile::tempdir().unwrap();
        let before = simulator.stats();
        let mut submitters = Vec::new();
        // Two connections to one file, like two processes.
        for journal in [journal(folder.path()).await, journal(folder.path()).await] {
            let client = client(vendor, &simulator, &journal);
            for _ in 0..32 {
                let client = client.clone();
                submitters.push(tokio::spawn(async move {
                    client.submit_with_key("order-1", &VideoRequest::new(model, "x")).await
                }));
            }
        }
        let mut tasks = Vec::new();
        for submitter in submitters {
            tasks.push(submitter.await.unwrap().unwrap());
        }
        assert!(tasks.iter().all(|task| task.id == tasks[0].id));
        assert_eq!(tasks.iter().filter(|task| !task.already_submitted).count(), 1);
        assert_eq!(simulator.stats().tasks, before.tasks + 1, "{vendor} {model}");

        // So does a later call, as if in another process, and by the submission's id.
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let request = VideoRequest::new(model, "x");
        let later = client.submit_with_key("order-1", &request).await.unwrap();
        assert_eq!((&later.id, later.already_submitted), (&tasks[0].id, true));
        let unnamed = client.submit(&request).await.unwrap();
        let id = entries(&journal).await.swap_remove(0).intent.id;
        assert_eq!(client.submit_with_key(&id, &request).await.unwrap().id, unnamed.id);
        assert_eq!(simulator.stats().tasks, before.tasks + 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_processes_make_one_post() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    journal(folder.path()).await;
    let mut work = Work::new(folder.path(), &simulator);
    work.key = Some("order-1".to_owned());
    let children: Vec<_> = (0..64).map(|_| work.start()).collect();
    let said = tokio::task::spawn_blocking(move || {
        let said = children.into_iter().map(|mut child| {
            let mut said = String::new();
            child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
            assert!(child.wait().unwrap().success(), "{said}");
            let task = said.lines().find_map(|line| line.strip_prefix("task "));
            task.unwrap_or_else(|| panic!("{said}")).to_owned()
        });
        said.collect::<Vec<_>>()
    });
    let said = said.await.unwrap();
    assert!(said.iter().all(|task| *task == said[0]), "{said:?}");
    assert_eq!(simulator.stats().tasks, 1);
}

#[tokio::test]
async fn a_key_is_for_one_request_of_one_account() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (vendor, model) = newest(Vendor::Token360);
    let ours = client(vendor, &simulator, &journal);
    let task = ours.submit_with_key("k", &VideoRequest::new(model, "x")).await.unwrap();

    let other_request = ours
        .submit_with_key("k", &VideoRequest::new(model, "y"))
        .await
        .unwrap_err();
    let theirs = Client::builder(vendor)
        .key("sk-theirs".to_owned())
        .base_url(simulator.base_url(simulated(vendor)))
        .journal(journal.clone())
        .build()
        .unwrap();
    let other_account = theirs
        .submit_with_key("k", &VideoRequest::new(model, "x"))
        .await
        .unwrap_err();
    let elsewhere = client(Vendor::AllToken, &simulator, &journal);
    let other_vendor = elsewhere
        .submit_with_key("k", &VideoRequest::new(model, "x"))
        .await
        .unwrap_err();
    for (error, word) in [
        (other_request, "used for a different request"),
        (
            other_account,
            "used with another API key of Token360, so its task may belong to another account",
        ),
        (other_vendor, "used at another vendor, Token360 ("),
    ] {
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Conflict, Some(Delivery::NotSent))
        );
        assert_eq!(error.task(), Some(&task.id));
        assert!(error.message().contains(word), "{error}");
    }
    assert_eq!(simulator.stats().tasks, 1);

    let without = Client::builder(vendor).key("k".to_owned()).build().unwrap();
    let error = without
        .submit_with_key("k", &VideoRequest::new(model, "x"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Config, Some(Delivery::NotSent))
    );
}

/// A permission changes nothing that is sent.
#[tokio::test]
async fn a_permission_to_break_unverified_rules_is_no_other_request() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(Vendor::Token360, &simulator, &journal);
    let request = VideoRequest::new("seedance-2.0", "x").duration(5);
    let task = client.submit_with_key("k", &request).await.unwrap();
    let permitted = request.allow_unverified("duration");
    let again = client.submit_with_key("k", &permitted).await.unwrap();
    assert!(again.already_submitted && again.id == task.id, "{again:?}");
    // Of a changed length it is another one.
    let error = client.submit_with_key("k", permitted.duration(20)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(simulator.stats().tasks, 1);
}

/// A refused submission created no task, so its key is free; with an unknown status it is not.
#[tokio::test]
async fn a_key_is_free_again_after_a_refusal_only() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let simulated = simulated(vendor);
        let before = simulator.stats().tasks;
        simulator.inject(Fault::status(simulated, Operation::Submit, 402, "{}"));
        let refused = client
            .submit_with_key("k", &VideoRequest::new(model, "x"))
            .await
            .unwrap_err();
        assert_eq!(refused.delivery(), Some(Delivery::Rejected));
        // The request may now differ.
        let task = client
            .submit_with_key("k", &VideoRequest::new(model, "y"))
            .await
            .unwrap();
        assert!(!task.already_submitted);
        assert_eq!(entries(&journal).await[0].attempts, 2);

        // The vendor never received this one, but the client cannot know.
        simulator.inject(Fault::new(simulated, Operation::Submit, FaultKind::DropBefore));
        let request = VideoRequest::new(model, "z");
        let lost = client.submit_with_key("lost", &request).await.unwrap_err();
        assert_eq!(lost.delivery(), Some(Delivery::Ambiguous));
        let again = client.submit_with_key("lost", &request).await.unwrap_err();
        assert_eq!(
            (again.kind(), again.delivery()),
            (lost.kind(), Some(Delivery::Ambiguous))
        );
        assert_eq!(again.ambiguity().unwrap().intent, lost.ambiguity().unwrap().intent);
        assert_eq!(simulator.stats().tasks, before + 1);

        // Unless the user dismisses it, even if the search is inconclusive.
        let id = lost.ambiguity().unwrap().intent.clone().unwrap();
        client.dismiss_despite_candidates(&id).await.unwrap();
        let third = client.submit_with_key("lost", &request).await.unwrap();
        assert!(!third.already_submitted);
        assert_eq!(client.resolve(&id, None).await.unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(
            client.resolve("no-such", None).await.unwrap_err().kind(),
            ErrorKind::NotFound
        );
    }
}

/// The first call is throttled and retries; the waiting calls do not return the refusal.
#[tokio::test]
async fn a_retry_is_waited_for_too() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (vendor, model) = newest(Vendor::Token360);
    let client = Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(simulated(vendor)))
        .journal(Arc::clone(&journal))
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
        .build()
        .unwrap();
    simulator.inject(Fault::status(
        videogen_sim::Vendor::ALL[0],
        Operation::Submit,
        429,
        "{}",
    ));
    // Adjustments are reported to each of them.
    let mut request = VideoRequest::new(model, "x").duration(99);
    request.adjust.insert("duration".to_owned(), videogen::Adjust::Round);
    let (one, two) = tokio::join!(
        client.submit_with_key("k", &request),
        client.submit_with_key("k", &request)
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((&one.id, one.already_submitted), (&two.id, !two.already_submitted));
    assert_eq!((one.adjustments.len(), &one.adjustments), (1, &two.adjustments));
    assert_eq!(simulator.stats().tasks, 1);
}

/// A call that is dropped in the middle is still recorded, and not retried.
// On one thread, so that the submission cannot end during the first poll.
#[tokio::test]
async fn a_dropped_call_is_recorded() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    for (vendor, model) in targets() {
        let client = client(vendor, &simulator, &journal);
        let (request, key) = (VideoRequest::new(model, "x"), format!("{vendor} {model}"));
        let before = simulator.stats().tasks;
        {
            let mut submission = std::pin::pin!(client.submit_with_key(&key, &request));
            // One poll starts it.
            let first = std::future::poll_fn(|context| std::task::Poll::Ready(submission.as_mut().poll(context)));
            assert!(first.await.is_pending());
        }
        client.drain().await;
        assert_eq!(simulator.stats().tasks, before + 1, "{vendor} {model}");
        let task = client.submit_with_key(&key, &request).await.unwrap();
        assert!(task.already_submitted, "{vendor} {model}");
        assert_eq!(simulator.stats().tasks, before + 1);
    }
}

/// Without a caller, there is no retry after a pause.
#[tokio::test]
async fn a_call_that_is_dropped_between_two_attempts_sends_nothing_more() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (vendor, model) = newest(Vendor::Token360);
    let client = Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(simulated(vendor)))
        .journal(Arc::clone(&journal))
        .retry(RetryPolicy::default().base_delay(Duration::from_secs(3600)))
        .build()
        .unwrap();
    let refusal = FaultKind::Status {
        code: 429,
        body: "{}".to_owned(),
        headers: vec![("Retry-After".to_owned(), "20".to_owned())],
    };
    simulator.inject(Fault::new(videogen_sim::Vendor::ALL[0], Operation::Submit, refusal));
    let request = VideoRequest::new(model, "x");
    let submission = client.submit(&request);
    let refused = async {
        loop {
            if entries(&journal).await.iter().any(|entry| entry.reason.is_some()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        result = submission => panic!("{result:?}"),
        () = refused => {}
    }
    let entry = entries(&journal).await.swap_remove(0);
    assert_eq!((entry.state.as_str(), entry.attempts), ("rejected", 1));
    assert_eq!(simulator.stats().tasks, 0);
}
