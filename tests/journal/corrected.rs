//! Tasks that the user names for a submission: one that looks like another's, and one of a submission that was dismissed.

use std::time::Duration;

use videogen::journal::{ChargeKind, Journal as _, Query, State};
use videogen::{Client, ErrorKind, TaskId, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::child::clip;
use super::{client, journal};
use crate::cases::simulated;

/// A lost submission, by its id.
async fn lost(simulator: &Simulator, client: &Client, request: &VideoRequest, kind: FaultKind) -> String {
    simulator.inject(Fault::new(simulated(client.vendor()), Operation::Submit, kind));
    let error = client.submit(request).await.unwrap_err();
    error.ambiguity().unwrap().intent.clone().unwrap()
}

/// A task that another program made.
async fn foreign(simulator: &Simulator, request: &VideoRequest) -> TaskId {
    let theirs = Client::builder(Vendor::Ark)
        .key("sk-test")
        .base_url(simulator.base_url(simulated(Vendor::Ark)));
    theirs.build().unwrap().submit(request).await.unwrap().id
}

#[tokio::test]
async fn a_task_that_shows_another_request_is_refused_unless_it_is_confirmed() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(Vendor::Ark, &simulator, &journal);
    let other = VideoRequest::new("seedance-1-0-pro-250528", "a kite").duration(5);
    let task = foreign(&simulator, &other).await;
    let id = lost(&simulator, &client, &clip("a kite"), FaultKind::DropBefore).await;
    let error = client.resolve(&id, Some(&task)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.task()),
        (ErrorKind::Conflict, Some(&task)),
        "{error}"
    );
    let words = format!(
        "{task} does not look like the task of submission {id}: its model is seedance-1-0-pro-250528, not \
         dreamina-seedance-2-0-260128"
    );
    assert!(error.message().starts_with(&words), "{error}");
    let entry = client.resolve_despite_differences(&id, &task).await.unwrap();
    assert_eq!((entry.state, entry.task), (State::Accepted, Some(task)));
}

#[tokio::test]
async fn a_task_that_is_older_than_its_submission_is_refused() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(Vendor::Ark, &simulator, &journal);
    let id = lost(&simulator, &client, &clip("a kite"), FaultKind::DropBefore).await;
    let task = foreign(&simulator, &clip("a kite")).await;
    let sent = journal.find(Query::default()).await.unwrap().entries[0].intent.at;
    for seconds in [3 * 3600, 690, 57, 15] {
        // The vendor shows its creation as many seconds before.
        let created = (sent - chrono::TimeDelta::seconds(seconds)).timestamp();
        let shown = serde_json::json!({
            "id": task.id(), "model": "dreamina-seedance-2-0-260128", "status": "running",
            "created_at": created, "updated_at": created,
        });
        let listed = serde_json::json!({"items": [shown], "total": 1});
        for (operation, body) in [(Operation::Get, &shown), (Operation::List, &listed)] {
            simulator.inject(Fault::status(simulated(Vendor::Ark), operation, 200, body.to_string()));
        }
        let error = client.resolve(&id, Some(&task)).await.unwrap_err();
        assert!(
            error.message().contains("it was created at ")
                && error.message().contains(", and the submission was sent at "),
            "{error}"
        );
        // Nor is it a candidate.
        let open = client.recover(Duration::ZERO).await.unwrap().open;
        assert_eq!((open.len(), open[0].candidates.len()), (1, 0), "{seconds}: {open:?}");
    }
    // As it really is.
    client.resolve(&id, Some(&task)).await.unwrap();
}

/// A wrong dismissal does not lose the task that is paid for.
#[tokio::test]
async fn the_task_of_a_dismissed_submission_is_recorded_later() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(Vendor::Ark, &simulator, &journal);
    let id = lost(&simulator, &client, &clip("a kite"), FaultKind::DropAfter).await;
    let made = simulator.tasks().pop().unwrap().id;
    let task: TaskId = format!("ark:{}:{made}", Vendor::Ark.families().next().unwrap())
        .parse()
        .unwrap();
    let dismissed = client.dismiss_despite_candidates(&id).await.unwrap();
    assert_eq!(
        (dismissed.state, dismissed.charge().kind),
        (State::Dismissed, ChargeKind::NotSubmitted)
    );
    // Once more is no correction.
    let error = client.dismiss_despite_candidates(&id).await.unwrap_err();
    assert!(error.message().ends_with("is already dismissed"), "{error}");
    let entry = client.resolve(&id, Some(&task)).await.unwrap();
    assert_eq!((entry.state, entry.task.as_ref()), (State::Accepted, Some(&task)));
    assert_eq!(entry.counted()[0].to_string(), "0.756 USD");
    simulator.advance(Duration::from_secs(7200));
    client.get(&task).await.unwrap();
    let entry = client.journal_entry(&task).await.unwrap().unwrap();
    assert_eq!(entry.charge().kind, ChargeKind::Computed);
    // The same once more changes nothing, and its task stays.
    assert_eq!(
        client.resolve(&id, Some(&task)).await.unwrap().task.as_ref(),
        Some(&task)
    );
    let other = TaskId::new(Vendor::Ark, task.family(), "cgt-other").unwrap();
    assert!(client.resolve(&id, Some(&other)).await.is_err());
}
