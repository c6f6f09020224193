//! Tasks and submissions of another vendor: rejected before any request, by every call.

use std::time::Duration;

use tokio::time::Instant;
use videogen::download::DownloadOptions;
use videogen::journal::Destination;
use videogen::wait::WaitOptions;
use videogen::{Clients, ErrorKind, Vendor, VideoRequest, VideoTask};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{client, journal};
use crate::cases::simulated;

/// The journal knows the task, so an answer of the vendor would count as a refused poll of an existing one.
#[tokio::test(start_paused = true)]
async fn a_task_of_another_vendor_is_rejected_before_any_request() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let path = folder.path().join("never.mp4");
    for owner in Vendor::ALL.iter().copied() {
        let owners = client(owner, &simulator, &journal);
        let request = VideoRequest::new(owner.default_model(), "a kite");
        let task = owners.submit(&request).await.unwrap();
        let finished = VideoTask::builder(task.id.clone())
            .video("https://files.example/v.mp4")
            .build();
        for vendor in Vendor::ALL.iter().copied().filter(|vendor| *vendor != owner) {
            let client = client(vendor, &simulator, &journal);
            let (before, start) = (simulator.stats(), Instant::now());
            let watcher = client.watcher();
            assert!(watcher.add(&task) && !watcher.add(&task.id));
            let (id, watched) = watcher.next().await.unwrap();
            assert_eq!((id, watcher.is_empty()), (task.id.clone(), true));
            let options = DownloadOptions::default;
            let errors = [
                watched.unwrap_err(),
                client.wait(&task).await.unwrap_err(),
                client
                    .watch(&task.id, WaitOptions::default())
                    .next()
                    .await
                    .unwrap()
                    .unwrap_err(),
                client.get(&task.id).await.unwrap_err(),
                client.cancel(&task).await.unwrap_err(),
                client.download(&finished, &path).await.unwrap_err(),
                client.download(&task.id, &path).await.unwrap_err(),
                client
                    .download_last_frame(&finished, &path, options())
                    .await
                    .unwrap_err(),
                client.download_bytes(&finished, 1_000).await.unwrap_err(),
                client
                    .download_stream(&finished, options())
                    .next()
                    .await
                    .unwrap()
                    .unwrap_err(),
                client
                    .record_target(&task.id, Destination::file(&path))
                    .await
                    .unwrap_err(),
            ];
            for error in errors {
                let expected = format!("the task belongs to {}, not to {}", owner.name(), vendor.name());
                assert_eq!(error.message(), expected);
                assert_eq!(
                    (error.kind(), error.task()),
                    (ErrorKind::InvalidRequest, Some(&task.id))
                );
                assert!(!error.is_retryable(), "{error}");
            }
            assert_eq!(start.elapsed(), Duration::ZERO);
            assert_eq!(simulator.stats(), before);

            // Several clients of which none is the vendor's.
            let error = Clients::new([client]).wait(&task).await.unwrap_err();
            assert!(
                error.message().starts_with(&format!("no client for {}", owner.name())),
                "{error}"
            );
            assert_eq!((error.kind(), error.task()), (ErrorKind::Config, Some(&task.id)));
        }
        let entry = owners.journal_entry(&task.id).await.unwrap().unwrap();
        assert_eq!(entry.target, None);
    }
}

#[tokio::test]
async fn a_lost_submission_is_searched_for_at_its_own_vendor() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let owners = client(Vendor::ToApis, &simulator, &journal);
    let drop = Fault::new(simulated(Vendor::ToApis), Operation::Submit, FaultKind::DropAfter);
    simulator.inject(drop);
    let lost = owners
        .submit(VideoRequest::new("seedance-2", "a kite"))
        .await
        .unwrap_err();
    let client = client(Vendor::AllToken, &simulator, &journal);
    let error = client.reconcile(lost.ambiguity().unwrap()).await.unwrap_err();
    let expected = "the submission belongs to ToAPIs, not to AllToken";
    assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidRequest, expected));

    // The library names its own calls; a program that shows the error to its users leaves them out.
    assert!(
        lost.to_string().contains("search for its task with Client::reconcile,"),
        "{lost}"
    );
    assert!(
        format!("{lost:#}").contains("search for its task, or check"),
        "{lost:#}"
    );
    for shown in [lost.to_string(), format!("{lost:#}")] {
        assert!(!shown.contains("videogen "), "{shown}");
    }

    // A dismissal says what it found, and what the caller can do.
    let intent = lost.ambiguity().unwrap().intent.clone().unwrap();
    let error = owners.resolve(&intent, None).await.unwrap_err();
    let made = simulator.tasks().pop().unwrap();
    let found = format!("submission {intent} was not dismissed, because its task was found: toapis:generations:");
    assert!(error.message().starts_with(&found), "{error}");
    assert!(error.message().ends_with("; the journal has recorded it"), "{error}");
    let entry = owners.journal_entry(error.task().unwrap()).await.unwrap().unwrap();
    assert!(entry.intent.id == intent && !made.id.is_empty());

    simulator.inject(Fault::new(
        simulated(Vendor::AllToken),
        Operation::Submit,
        FaultKind::DropAfter,
    ));
    let lost = client
        .submit(VideoRequest::new("seedance-2.0", "a kite"))
        .await
        .unwrap_err();
    let intent = lost.ambiguity().unwrap().intent.clone().unwrap();
    let error = client.resolve(&intent, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("it may be alltoken:generations:"), "{error}");
    assert!(
        error
            .to_string()
            .ends_with("if it created none, call Client::dismiss_despite_candidates"),
        "{error}"
    );
}
