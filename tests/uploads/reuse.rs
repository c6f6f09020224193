//! One upload per file, as long as its reference can be used.

use videogen::{Delivery, ErrorKind, Role, Vendor};

use super::server::{Mood, Server};
use super::{file, journal, keepers_of_assets, png, request, uploaders, uploading};

fn is_reusable(vendor: Vendor) -> bool {
    vendor.facts().uploads[0].reusable
}

#[tokio::test]
async fn the_same_file_twice_is_one_upload() {
    for vendor in uploaders() {
        for with_journal in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let server = Server::new(Mood {
                polls: 2,
                ..Mood::default()
            })
            .await;
            let journal = with_journal.then(|| journal(folder.path()));
            let client = server.client(vendor, journal.as_ref());
            let (model, role) = uploading(vendor);
            let first = file(folder.path(), role, 1);
            // The same content under another name.
            let copy = folder.path().join("copy");
            std::fs::copy(&first, &copy).unwrap();
            // At once, and then in turn.
            let request_with = |path| request(vendor, model, role, path);
            let (one, two) = (request_with(&first), request_with(&copy));
            let (one, two) = tokio::join!(client.submit(&one), client.submit(&two));
            one.and(two).unwrap_or_else(|error| panic!("{vendor}: {error}"));
            client.submit(request_with(&copy)).await.unwrap();
            // As another process does, which has only the journal.
            let other = server.client(vendor, journal.as_ref());
            other.submit(request_with(&first)).await.unwrap();
            assert_eq!(server.submissions().len(), 4);
            let expected = match (is_reusable(vendor), with_journal) {
                (true, true) => 1,
                (true, false) => 2,
                (false, _) => 4,
            };
            assert_eq!(server.uploads().len(), expected, "{vendor} journal: {with_journal}");
            // Another file is another upload.
            let path = file(folder.path(), role, 9);
            client.submit(request_with(&path)).await.unwrap();
            assert_eq!(server.uploads().len(), expected + 1, "{vendor}");
        }
    }
}

#[tokio::test]
async fn a_vanished_upload_is_made_again_before_the_submission() {
    for vendor in uploaders().filter(|vendor| is_reusable(*vendor)) {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(Mood::default()).await;
        let journal = journal(folder.path());
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 1);
        let request = request(vendor, model, role, &path);
        let first = server.client(vendor, Some(&journal));
        first.submit(&request).await.unwrap();
        server.forget();
        // In the same process, and in another one.
        first.submit(&request).await.unwrap();
        assert_eq!(server.uploads().len(), 2, "{vendor}");
        server.forget();
        server.client(vendor, Some(&journal)).submit(&request).await.unwrap();
        assert_eq!(server.uploads().len(), 3, "{vendor}");
        let submissions = server.submissions();
        assert!(
            submissions[0] != submissions[1] && submissions[1] != submissions[2],
            "{vendor}"
        );
    }
}

/// Of a vendor whose answer states when the file expires.
#[tokio::test]
async fn an_expired_upload_is_made_again() {
    for (expires, uploads) in [(true, 3), (false, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let mood = Mood {
            expires,
            ..Mood::default()
        };
        let server = Server::new(mood).await;
        let journal = journal(folder.path());
        let (model, role) = uploading(Vendor::Replicate);
        let path = file(folder.path(), role, 1);
        let request = request(Vendor::Replicate, model, role, &path);
        let first = server.client(Vendor::Replicate, Some(&journal));
        first.submit(&request).await.unwrap();
        first.submit(&request).await.unwrap();
        let other = server.client(Vendor::Replicate, Some(&journal));
        other.submit(&request).await.unwrap();
        assert_eq!(server.uploads().len(), uploads, "expired: {expires}");
        // Only an upload that can still be used is checked.
        let checks = server.seen().into_iter().filter(|seen| seen.method == "HEAD").count();
        assert_eq!(checks, if expires { 0 } else { 2 });
    }
}

#[tokio::test]
async fn a_failed_asset_is_reported_with_its_reason_and_nothing_is_submitted() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in keepers_of_assets() {
        let mood = Mood {
            polls: 1,
            fails: true,
            ..Mood::default()
        };
        let server = Server::new(mood).await;
        let journal = journal(folder.path());
        let client = server.client(vendor, Some(&journal));
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 3);
        if vendor.facts().uploads[0].gives == "asset" {
            let error = client.submit(request(vendor, model, role, &path)).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::Moderated, Some(Delivery::NotSent)),
                "{vendor} {error}"
            );
            assert!(error.to_string().contains("refused by moderation"), "{error}");
            assert!(server.submissions().is_empty());
        }
        let image = folder.path().join(format!("{vendor}.png"));
        std::fs::write(&image, png(800, 800, 5)).unwrap();
        let error = client
            .assets()
            .upload(image.as_path(), Default::default())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("refused by moderation"), "{vendor} {error}");
        // The next try is a new upload, not the failed one.
        server.set(Mood::default());
        let uploaded = client
            .assets()
            .upload(image.as_path(), Default::default())
            .await
            .unwrap();
        assert!(!uploaded.reused, "{vendor}");
    }
}

#[tokio::test]
async fn uploads_are_repeated_after_a_temporary_failure() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in uploaders() {
        let server = Server::new(Mood {
            stumbles: true,
            ..Mood::default()
        })
        .await;
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 4);
        server
            .client(vendor, None)
            .submit(request(vendor, model, role, &path))
            .await
            .unwrap();
        assert_eq!((server.uploads().len(), server.submissions().len()), (2, 1), "{vendor}");
    }
}

/// The journal keeps no link with credentials; the process does.
#[tokio::test]
async fn signed_links_are_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in uploaders() {
        let server = Server::new(Mood {
            signs: true,
            ..Mood::default()
        })
        .await;
        let journal = journal(folder.path());
        let client = server.client(vendor, Some(&journal));
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 5);
        for _ in 0..2 {
            client.submit(request(vendor, model, role, &path)).await.unwrap();
        }
        let expected = if is_reusable(vendor) { 1 } else { 2 };
        assert_eq!(server.uploads().len(), expected, "{vendor}");
        let stored = std::fs::read_dir(folder.path()).unwrap();
        for stored in stored
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_str().unwrap().contains("journal"))
        {
            let bytes = std::fs::read(&stored).unwrap();
            assert!(
                !bytes.windows(6).any(|window| window == b"canary"),
                "{}",
                stored.display()
            );
        }
    }
}

/// A request is the same wherever its file is and whatever became of its upload.
#[tokio::test]
async fn a_key_with_a_task_uploads_nothing() {
    for vendor in uploaders() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(Mood::default()).await;
        let journal = journal(folder.path());
        let client = server.client(vendor, Some(&journal));
        let (model, role) = uploading(vendor);
        let path = file(folder.path(), role, 6);
        let first = client
            .submit_with_key("order-1", request(vendor, model, role, &path))
            .await
            .unwrap();
        let requests = server.seen().len();
        server.forget();
        let moved = folder.path().join("moved");
        std::fs::rename(&path, &moved).unwrap();
        let other = server.client(vendor, Some(&journal));
        let again = other
            .submit_with_key("order-1", request(vendor, model, role, &moved))
            .await
            .unwrap();
        assert_eq!((again.id, again.already_submitted), (first.id, true), "{vendor}");
        assert_eq!(server.seen().len(), requests, "{vendor}");
        // Another content is another request.
        let changed = file(folder.path(), role, 7);
        let error = other
            .submit_with_key("order-1", request(vendor, model, role, &changed))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Conflict, Some(Delivery::NotSent)),
            "{vendor}"
        );
        assert_eq!(
            (server.seen().len(), server.submissions().len()),
            (requests, 1),
            "{vendor}"
        );
    }
}

#[tokio::test]
async fn an_explicit_upload_is_used_by_later_requests() {
    for vendor in uploaders() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(Mood::default()).await;
        let client = server.client(vendor, None);
        let path = file(folder.path(), Role::FirstFrame, 8);
        let first = client.upload(path.as_path(), Default::default()).await.unwrap();
        let second = client.upload(path.as_path(), Default::default()).await.unwrap();
        assert_eq!(
            (first.reused, second.reused, first.single_use),
            (false, is_reusable(vendor), !is_reusable(vendor))
        );
        assert_eq!(first.source == second.source, is_reusable(vendor), "{vendor}");
        let again = videogen::upload::UploadOptions::default().again(true);
        assert!(!client.upload(path.as_path(), again).await.unwrap().reused);
        let bytes = std::fs::metadata(&path).unwrap().len();
        assert_eq!(
            (first.bytes, first.media_type.as_str(), first.sha256.len()),
            (bytes, "image/png", 64)
        );
    }
}
