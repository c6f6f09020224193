//! Recovery after an earlier run.

use std::time::Duration;

use videogen::journal::{Destination, Event, State};
use videogen::lost::{LostSubmission, Reconciled};
use videogen::{ErrorKind, TaskStatus, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{client, entries, journal};
use crate::cases::{newest, simulated, targets};

#[tokio::test]
async fn the_whole_life_of_a_task_is_recorded() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let task = client.submit(&VideoRequest::new(model, "a kite")).await.unwrap();
        let path = folder.path().join("kite.mp4");
        let target = Destination::file(&path);
        client.record_target(&task.id, target).await.unwrap();
        let recovered = client.recover(Duration::ZERO).await.unwrap();
        assert_eq!(recovered.unfinished.len(), 1, "{recovered:?}");
        simulator.advance(Duration::from_secs(600));
        let task = client.get(&task.id).await.unwrap();
        assert_eq!(task.status, TaskStatus::Completed);
        client.download(&task, &path).await.unwrap();
        client.download(&task, &path).await.unwrap_err();

        let entry = entries(&journal).await.swap_remove(0);
        assert_eq!((entry.state, entry.task.as_ref()), (State::Accepted, Some(&task.id)));
        assert_eq!(
            (entry.status, entry.file.unwrap().path),
            (Some(TaskStatus::Completed), path)
        );
        assert!(entry.target.unwrap().video.unwrap().ends_with("kite.mp4"));
        assert_eq!(entry.reason.unwrap().kind, ErrorKind::Io);
        let events = journal.events(&entry.intent.id).await.unwrap();
        let costs = events.iter().filter(|(_, event)| matches!(event, Event::Cost { .. }));
        let costs = costs.count();
        assert_eq!(costs, usize::from(task.cost().is_some()), "{events:?}");
        assert_eq!(events.len() - costs, 7, "{events:?}");
        assert!(matches!(events[0].1, Event::Started) && matches!(events[1].1, Event::Accepted { .. }));
        assert!(client.recover(Duration::ZERO).await.unwrap().unfinished.is_empty());
    }
}

/// The vendor stores a task some time after its response, or lost response: not finding it at first proves nothing.
#[tokio::test(start_paused = true)]
async fn a_late_task_is_found() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let (vendor, model) = newest(Vendor::ToApis);
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(vendor, &simulator, &journal);
    simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropAfter));
    let error = client.submit(&VideoRequest::new(model, "a kite")).await.unwrap_err();
    let ambiguity = error.ambiguity().unwrap();
    // First: not found, and the vendor unavailable.
    let missing = r#"{"error":{"code":"task_not_found","message":"no","type":"task_not_found"}}"#;
    for (code, body) in [(404, missing), (404, missing), (503, "{}"), (404, missing)] {
        simulator.inject(Fault::status(simulated(vendor), Operation::Get, code, body));
    }
    let started = tokio::time::Instant::now();
    let found = client
        .reconcile_within(ambiguity, Duration::from_secs(300))
        .await
        .unwrap();
    assert!(matches!(found, Reconciled::Found(_)), "{found:?}");
    assert_eq!(started.elapsed().as_secs(), 2 + 4 + 8 + 16);
    let entry = entries(&journal).await.swap_remove(0);
    assert_eq!(entry.state, State::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_submission_without_a_task_stays_open() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let (vendor, model) = newest(Vendor::ToApis);
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(vendor, &simulator, &journal);
    simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
    let error = client.submit(&VideoRequest::new(model, "a kite")).await.unwrap_err();
    let started = tokio::time::Instant::now();
    let found = client
        .reconcile_within(error.ambiguity().unwrap(), Duration::from_secs(300))
        .await
        .unwrap();
    assert_eq!((found, started.elapsed().as_secs()), (Reconciled::NotFound, 300));
    let recovered = client.recover(Duration::from_secs(60)).await.unwrap();
    assert_eq!(recovered.open.len(), 1);
    assert_eq!(started.elapsed().as_secs(), 360);
    assert_eq!(simulator.stats().tasks, 0);
    let entry = entries(&journal).await.swap_remove(0);
    assert_eq!((entry.state, entry.not_found_after.is_some()), (State::Ambiguous, true));
}

/// A failed search proves nothing, and is not reported as "not found".
#[tokio::test]
async fn a_failed_search_is_reported_as_such() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let (vendor, model) = newest(Vendor::Token360);
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(vendor, &simulator, &journal);
    simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
    client.submit(&VideoRequest::new(model, "a kite")).await.unwrap_err();
    simulator.inject(Fault::status(simulated(vendor), Operation::List, 401, "{}"));
    // Not for five minutes: another search would be refused too.
    let recovered = client.recover(Duration::from_secs(300)).await.unwrap();
    let lost = &recovered.open[0];
    assert!(
        lost.inconclusive
            .as_ref()
            .is_some_and(|inconclusive| inconclusive.contains("401")),
        "{lost:?}"
    );
    assert_eq!(lost.entry.not_found_after, None);
    let recovered = client.recover(Duration::ZERO).await.unwrap();
    assert_eq!(
        (
            &recovered.open[0].inconclusive,
            recovered.open[0].entry.not_found_after.is_some()
        ),
        (&None, true)
    );
}

/// A list that never ends, and one that announces more but returns nothing.
#[tokio::test]
async fn an_endless_list_is_abandoned() {
    let (vendor, model) = newest(Vendor::Token360);
    let lost = crate::canned::Canned::json(500, &serde_json::json!({})).await;
    let error = lost
        .client(vendor)
        .submit(&VideoRequest::new(model, "a kite"))
        .await
        .unwrap_err();
    let page = serde_json::json!({"object": "list", "data": [], "has_more": true, "first_id": "a", "last_id": "b"});
    let canned = crate::canned::Canned::json(200, &page).await;
    let found = canned
        .client(vendor)
        .reconcile(error.ambiguity().unwrap())
        .await
        .unwrap();
    assert_eq!(found, Reconciled::ListTruncated);
    assert_eq!(canned.seen().len(), 2);
}

/// The user can resolve what the vendor cannot confirm.
#[tokio::test]
async fn a_candidate_is_adopted_by_hand() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in [newest(Vendor::Token360), newest(Vendor::AllToken)] {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let small = VideoRequest::new(model, "a kite").resolution("480p").duration(4);
        let large = VideoRequest::new(model, "a kite").resolution("720p").duration(5);
        // Another writer on the account, without a journal; so both are candidates, except for their parameters.
        let theirs = videogen::Client::builder(vendor)
            .key("sk-test".to_owned())
            .base_url(simulator.base_url(simulated(vendor)))
            .build()
            .unwrap();
        theirs.submit(&small).await.unwrap();
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropAfter));
        client.submit(&large).await.unwrap_err();
        let made = simulator.tasks().pop().unwrap();
        let recovered = client.recover(Duration::ZERO).await.unwrap();
        let LostSubmission { entry, candidates, .. } = &recovered.open[0];
        assert_eq!(candidates.len(), 1, "{candidates:?}");
        assert_eq!(candidates[0].task.id.id(), made.id);

        let settled = client
            .resolve(&entry.intent.id, Some(&candidates[0].task.id))
            .await
            .unwrap();
        assert_eq!(
            (settled.state, settled.task.as_ref()),
            (State::Accepted, Some(&candidates[0].task.id))
        );
        // It cannot belong to a second submission.
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
        let lost = client.submit(&large).await.unwrap_err();
        let intent = lost.ambiguity().unwrap().intent.clone().unwrap();
        let error = client.resolve(&intent, Some(&candidates[0].task.id)).await.unwrap_err();
        assert!(
            error.kind() == ErrorKind::Conflict && error.message().contains("already belongs to submission"),
            "{error}"
        );
    }
}

/// The pages of the vendor's list are requested once for all lost submissions, and so is a page that fails.
#[tokio::test]
async fn lost_submissions_share_one_list() {
    for vendor in [Vendor::Token360, Vendor::AllToken, Vendor::Ark, Vendor::Replicate] {
        let simulator = Simulator::builder().manual_clock().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        for prompt in ["a kite", "a boat", "a bird"] {
            simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropBefore));
            let request = VideoRequest::new(vendor.default_model(), prompt);
            client.submit(&request).await.unwrap_err();
        }
        let requests = || simulator.stats().requests[vendor.as_str()];
        let before = requests();
        let recovered = client.recover(Duration::ZERO).await.unwrap();
        assert_eq!((recovered.open.len(), requests() - before), (3, 1), "{vendor}");
        assert!(
            recovered.open.iter().all(|lost| lost.inconclusive.is_none()),
            "{vendor}"
        );

        simulator.inject(Fault::status(simulated(vendor), Operation::List, 401, "{}"));
        let before = requests();
        let recovered = client.recover(Duration::ZERO).await.unwrap();
        assert_eq!((recovered.open.len(), requests() - before), (3, 1), "{vendor}");
        let is_refused = |lost: &LostSubmission| lost.inconclusive.as_ref().is_some_and(|why| why.contains("401"));
        assert!(recovered.open.iter().all(is_refused), "{vendor}");
    }
}
