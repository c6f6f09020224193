//! The output path, and partial files.

use std::sync::atomic::{AtomicU64, Ordering};

use videogen::download::DownloadOptions;
use videogen::{ErrorKind, Vendor};

use super::{File, FileServer, KIB, Reply, Run, local, names, video};

#[tokio::test]
async fn existing_files_are_replaced_only_on_request() {
    let bytes = video(64 * KIB, 30);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| file.answer(request)).await;
    let run = Run::new(&server);
    std::fs::write(run.path(), "mine").unwrap();
    let error = run.client.download(&run.task, run.path()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(server.seen().is_empty(), "nothing is fetched that cannot be kept");
    assert_eq!(std::fs::read(run.path()).unwrap(), b"mine");

    let overwrite = DownloadOptions::default().overwrite(true);
    run.client
        .download_with(&run.task, run.path(), overwrite.clone(), |_, _| {})
        .await
        .unwrap();
    assert_eq!(std::fs::read(run.path()).unwrap(), bytes);

    // It appears during the download.
    let other = run.folder.path().join("other.mp4");
    let error = run
        .client
        .download_with(&run.task, &other, DownloadOptions::default(), |_, _| {
            std::fs::write(&other, "mine").unwrap();
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(std::fs::read(&other).unwrap(), b"mine");

    // A failure keeps the existing file.
    let failing = FileServer::new(|_, _| Reply::new(200, &[], b"no video, not at all")).await;
    let task = super::task(run.client.vendor(), &failing.url("/v.mp4"));
    run.client
        .download_with(&task, run.path(), overwrite, |_, _| {})
        .await
        .unwrap_err();
    assert_eq!(std::fs::read(run.path()).unwrap(), bytes);
    assert_eq!(names(run.folder.path()).len(), 2);
}

/// Drops a download at every reported chunk.
async fn dropped_anywhere() {
    let client = local();
    let bytes = video(256 * KIB, 31);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| file.answer(request).hang(256 * KIB - 1)).await;
    for portion in (0..256).step_by(16) {
        let run = Run::on(&client, &server);
        let (stop, received) = tokio::sync::oneshot::channel();
        let (mut stop, seen) = (Some(stop), AtomicU64::new(0));
        let download = run
            .client
            .download_with(&run.task, run.path(), DownloadOptions::default(), |bytes, total| {
                assert_eq!(total, Some(256 * KIB as u64));
                assert!(bytes > seen.swap(bytes, Ordering::SeqCst));
                if bytes > portion * KIB as u64
                    && let Some(stop) = stop.take()
                {
                    stop.send(()).unwrap();
                }
            });
        tokio::select! {
            biased;
            result = download => panic!("{result:?}"),
            _ = received => {}
        }
        assert!(names(run.folder.path()).is_empty());
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_dropped_download_leaves_nothing() {
    dropped_anywhere().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_download_leaves_nothing_with_threads() {
    dropped_anywhere().await;
}

/// Several downloads to one path do not disturb each other: one is first, and the file is complete.
#[tokio::test(flavor = "multi_thread")]
async fn two_at_once() {
    let bytes = video(400 * KIB, 32);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| file.answer(request)).await;
    let run = Run::new(&server);
    let (one, two) = tokio::join!(
        run.client.download(&run.task, run.path()),
        run.client.download(&run.task, run.path())
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert_eq!(std::fs::read(run.path()).unwrap(), bytes);
    assert_eq!(names(run.folder.path()), ["v.mp4"]);
}

/// Redirects, retries and renewals: no credentials reach a file host.
#[tokio::test]
async fn the_key_reaches_no_file_host() {
    let bytes = video(64 * KIB, 33);
    for vendor in Vendor::ALL {
        let file = File::new(bytes.clone());
        let files = FileServer::new(move |n, request| match request.path.as_str() {
            "/v.mp4?sig=0" => Reply::redirect("/moved.mp4"),
            _ if n < 2 => file.answer(request).cut(8 * KIB),
            _ => file.answer(request),
        })
        .await;
        let mut run = Run::new(&files);
        run.client = super::client(*vendor, &files.url("/api"));
        run.task = super::task(*vendor, &files.url("/v.mp4?sig=0"));
        run.arrives(&bytes).await;
        assert_eq!(files.seen().len(), 4);
        for request in files.seen() {
            let text = request.text.to_lowercase();
            for secret in ["canary", "authorization", "cookie", "referer", "sk-"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn redirects_are_followed_up_to_a_limit() {
    let bytes = video(64 * KIB, 34);
    for (hops, arrives) in [(5, true), (6, false)] {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |n, request| {
            if n < hops {
                Reply::redirect(&format!("/hop{n}"))
            } else {
                file.answer(request)
            }
        })
        .await;
        let run = Run::new(&server);
        if arrives {
            run.arrives(&bytes).await;
        } else {
            let error = run.start().await.unwrap_err();
            assert!(error.to_string().contains("redirected more than 5 times"), "{error}");
        }
        assert_eq!(server.seen().len(), 6);
    }
}

/// A missing folder, or a file instead of one: reported before anything is requested.
#[tokio::test]
async fn unwritable_paths() {
    let server = FileServer::new(|_, _| panic!("nothing is asked")).await;
    let run = Run::new(&server);
    for name in ["none/v.mp4", "none/none/v.mp4"] {
        let path = run.folder.path().join(name);
        let error = run.client.download(&run.task, &path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
    }
    assert_eq!(server.connections(), 0);
}
