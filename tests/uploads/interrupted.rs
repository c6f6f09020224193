//! Uploads whose connection breaks in the middle. No vendor documents a way to resume one, so it is repeated.

use std::sync::{Arc, Mutex};

use videogen::upload::UploadEvent;
use videogen::{Delivery, ErrorKind, VideoRequest};

use super::media::mp4;
use super::server::{Mood, Server};
use super::{Role, request, takes_files, uploaders};

/// A film of 900 kB.
pub(super) fn film() -> Vec<u8> {
    let mut film = mp4(6);
    let rest = 900_000 - film.len();
    film.extend(u32::try_from(rest).unwrap().to_be_bytes());
    film.extend(b"free");
    film.resize(900_000, 7);
    film
}

/// A request with the film, for each vendor that it can be uploaded to.
pub(super) fn requests(path: &std::path::Path) -> impl Iterator<Item = (videogen::Vendor, VideoRequest)> {
    uploaders().map(move |vendor| {
        let rules = videogen::facts::Capabilities::all(vendor)
            .find(|rules| takes_files(vendor, rules, Role::ReferenceVideo))
            .unwrap();
        (vendor, request(vendor, rules.model.id, Role::ReferenceVideo, path))
    })
}

#[tokio::test]
async fn an_interrupted_upload_is_repeated_and_one_task_is_submitted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sail.mp4");
    std::fs::write(&path, film()).unwrap();
    for (vendor, request) in requests(&path) {
        let server = Server::cutting(Mood::default(), 2).await;
        let sent = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sent);
        let client = server
            .builder(vendor)
            .on_upload(move |event| {
                if let UploadEvent::Sending { sent, total, .. } = event {
                    seen.lock().unwrap().push((*sent, *total));
                }
            })
            .build()
            .unwrap();
        client
            .submit(&request)
            .await
            .unwrap_or_else(|error| panic!("{vendor}: {error}"));
        assert_eq!(server.cuts_left(), 0, "{vendor}");
        // What arrived incomplete was no request; the third is complete.
        let [upload] = server.uploads().try_into().unwrap();
        assert!(
            upload.body.windows(900_000).any(|window| window == film()),
            "{vendor}: the whole file"
        );
        assert_eq!(server.submissions().len(), 1, "{vendor}");
        let sent = sent.lock().unwrap();
        let begins = sent.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
        assert_eq!((begins, sent.last().unwrap()), (2, &(900_000, 900_000)), "{vendor}");
    }
}

#[tokio::test]
async fn an_upload_that_never_succeeds_submits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sail.mp4");
    std::fs::write(&path, film()).unwrap();
    for (vendor, request) in requests(&path) {
        let server = Server::cutting(Mood::default(), 100).await;
        let error = server.client(vendor, None).submit(&request).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery(), error.is_retryable()),
            (ErrorKind::Transport, Some(Delivery::NotSent), true),
            "{vendor}: {error}"
        );
        assert!(
            error
                .to_string()
                .ends_with("; an upload costs nothing: try again later; nothing was submitted"),
            "{vendor}: {error}"
        );
        assert!(error.to_string().contains("nothing was submitted"), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        // The first try and the three retries of the policy.
        assert_eq!(server.cuts_left(), 96, "{vendor}");
        assert!(server.submissions().is_empty(), "{vendor}");
    }
}
