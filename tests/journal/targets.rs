//! Output files of a submission: recorded or refused, and met by a download to their path only.

use std::time::Duration;

use videogen::journal::Destination;
use videogen::submit::SubmitOptions;
use videogen::{Client, Delivery, ErrorKind, VideoRequest};
use videogen_sim::Simulator;

use super::{client, entries, journal};
use crate::cases::{simulated, targets};

/// Nobody would download them.
#[tokio::test]
async fn output_files_need_a_journal() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let without = Client::builder(vendor)
            .key("sk-test")
            .base_url(simulator.base_url(simulated(vendor)))
            .build()
            .unwrap();
        let target = || Destination::file("kite.mp4");
        let options = SubmitOptions::default().target(target());
        let request = VideoRequest::new(model, "a kite");
        let error = without.submit_with(&request, options).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Config, Some(Delivery::NotSent))
        );
        assert_eq!(
            error.to_string(),
            "SubmitOptions::target, the output files, requires a journal; set one with ClientBuilder::journal; nothing was sent"
        );
        let id = crate::cases::task(vendor, "t-1");
        let error = without.record_target(&id, target()).await.unwrap_err();
        assert_eq!((error.kind(), error.task()), (ErrorKind::Config, Some(&id)), "{error}");

        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let with = client(vendor, &simulator, &journal);
        let error = with.record_target(&id, target()).await.unwrap_err();
        assert_eq!((error.kind(), error.task()), (ErrorKind::NotFound, Some(&id)));
        assert_eq!(error.message(), "the journal has no such task");
        assert!(entries(&journal).await.is_empty());
    }
    assert!(simulator.stats().requests.values().all(|requests| *requests == 0));
}

#[tokio::test]
async fn a_download_to_another_path_leaves_the_output_file_missing() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let [output, copy, other] = ["kite.mp4", "copy.mp4", "other.mp4"].map(|name| folder.path().join(name));
        let options = SubmitOptions::default().target(Destination::file(&output));
        let task = client
            .submit_with(VideoRequest::new(model, "a kite"), options)
            .await
            .unwrap();
        simulator.advance(Duration::from_secs(600));
        let task = client.get(&task).await.unwrap();
        let unfinished = async || client.recover(Duration::ZERO).await.unwrap().unfinished.len();
        assert_eq!(unfinished().await, 1);
        client.download(&task, &copy).await.unwrap();
        assert_eq!(unfinished().await, 1, "{model}");
        client.download(&task, &output).await.unwrap();
        assert_eq!(unfinished().await, 0, "{model}");
        // Nor does a later copy take its place.
        client.download(&task, &other).await.unwrap();
        assert_eq!(unfinished().await, 0, "{model}");
        let entry = entries(&journal).await.swap_remove(0);
        assert_eq!(entry.file.unwrap().path, output);
    }
}

/// The default name has the extension of the requested format; the file is of that format.
#[tokio::test]
async fn the_default_name_has_the_extension_of_the_format() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(videogen::Vendor::AllToken, &simulator, &journal);
    for (format, extension, brand) in [
        (None, "mp4", b"isom"),
        (Some("mp4"), "mp4", b"isom"),
        (Some("mov"), "mov", b"qt  "),
    ] {
        let mut request = VideoRequest::new("seedance-2.5", "a kite")
            .duration(4)
            .resolution("480p");
        request.output_format = format.map(str::to_owned);
        let options = SubmitOptions::default().target(Destination::folder(folder.path()));
        let task = client.submit_with(&request, options).await.unwrap();
        simulator.advance(Duration::from_secs(600));
        let task = client.get(&task).await.unwrap();
        assert_eq!(task.video.as_ref().unwrap().extension(), Some(extension));
        let target = client.journal_entry(&task.id).await.unwrap().unwrap().target.unwrap();
        let path = target.video_of(&task.id);
        assert_eq!(path.extension().unwrap(), extension);
        client.download(&task, &path).await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!((&bytes[4..8], &bytes[8..12]), (&b"ftyp"[..], &brand[..]), "{format:?}");
        assert!(client.recover(Duration::ZERO).await.unwrap().unfinished.is_empty());
    }
}
