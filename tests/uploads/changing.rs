//! Files that change or vanish while they are uploaded.

use std::io::Write as _;
use std::path::Path;

use videogen::upload::{UploadEvent, UploadOptions};
use videogen::{Delivery, Error, ErrorKind};

use super::interrupted::{film, requests};
use super::server::{Mood, Server};

/// The error of a submission during whose upload something happens to the file.
async fn error_when(cuts: usize, happens: fn(&Path)) -> Vec<Error> {
    let mut errors = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sail.mp4");
    std::fs::write(&path, film()).unwrap();
    let requests: Vec<_> = requests(&path).collect();
    for (vendor, request) in requests {
        for is_submission in [true, false] {
            std::fs::write(&path, film()).unwrap();
            let server = Server::cutting(Mood::default(), cuts).await;
            let changed = path.clone();
            let builder = server.builder(vendor).on_upload(move |event| {
                if let UploadEvent::Sending { .. } = event {
                    happens(&changed);
                }
            });
            let client = builder.build().unwrap();
            let error = if is_submission {
                let error = client.submit(&request).await.unwrap_err();
                assert_eq!(error.delivery(), Some(Delivery::NotSent), "{vendor}: {error}");
                assert!(error.to_string().ends_with("; nothing was submitted"), "{error}");
                error
            } else {
                let options = UploadOptions::default();
                let Err(error) = client.upload(path.as_path(), options).await else {
                    panic!("{vendor}: the upload succeeded")
                };
                error
            };
            assert_eq!(error.kind(), ErrorKind::Io, "{vendor}: {error}");
            let reason = format!("cannot read {}: ", path.display());
            assert_eq!(error.message().matches("cannot read").count(), 1, "{vendor}: {error}");
            assert!(error.message().starts_with(&reason), "{vendor}: {error}");
            assert!(
                server.submissions().is_empty() && server.uploads().is_empty(),
                "{vendor}"
            );
            errors.push(error);
        }
    }
    assert!(errors.len() >= 4);
    errors
}

/// Noticed when the upload is repeated.
#[tokio::test]
async fn a_file_that_vanishes_is_named() {
    let errors = error_when(1, |path| drop(std::fs::remove_file(path))).await;
    assert!(
        errors.iter().all(|error| !error.message().contains("network")),
        "{errors:?}"
    );
}

#[tokio::test]
async fn a_file_that_grows_is_not_uploaded() {
    let grow = |path: &Path| {
        let mut file = std::fs::File::options().append(true).open(path).unwrap();
        file.write_all(&[7; 100]).unwrap();
    };
    for error in error_when(0, grow).await {
        assert!(
            error
                .message()
                .contains("it changed while it was being read; try again"),
            "{error}"
        );
    }
}
