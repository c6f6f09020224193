//! Tasks that the user names for a submission: one that looks like another's, and one of a submission that was dismissed.

use std::time::Duration;

use videogen::journal::{ChargeKind, State};
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
    // The vendor shows its creation three hours ago.
    let task = foreign(&simulator, &clip("a kite")).await;
    let created = chrono::Utc::now() - chrono::TimeDelta::hours(3);
    let body = serde_json::json!({
        "id": task.id(), "model": "dreamina-seedance-2-0-260128", "status": "running",
        "created_at": created.timestamp(), "updated_at": created.timestamp(),
    });
    simulator.inject(Fault::status(
        simulated(Vendor::Ark),
        Operation::Get,
        200,
        body.to_string(),
    ));
    let error = client.resolve(&id, Some(&task)).await.unwrap_err();
    assert!(
        error.message().contains("it was created at ") && error.message().contains(", and the submission was sent at "),
        "{error}"
    );
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
    // Its task stays.
    assert!(
        client
            .resolve(&id, Some(&task))
            .await
            .unwrap_err()
            .message()
            .ends_with("is already accepted")
    );
}
