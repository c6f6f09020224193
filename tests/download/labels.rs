//! The content decides what a file is, not its `Content-Type`.

use std::sync::{Arc, Mutex};

use videogen::ErrorKind;

use super::{File, FileServer, KIB, OPENING, Reply, Run, local, video};

#[tokio::test]
async fn a_video_is_accepted_with_any_content_type() {
    let client = local();
    let bytes = video(16 * KIB, 60);
    for label in [
        "text/plain",
        "text/html; charset=utf-8",
        "application/json",
        "application/xml",
        "audio/mp4",
        "image/png",
        "multipart/form-data",
        "multipart/byteranges",
        "application/octet-stream",
        "",
    ] {
        let file = File::new(bytes.clone());
        // Also in the middle.
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request).with("Content-Type", label);
            if n == 0 { reply.cut(8 * KIB) } else { reply }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        assert_eq!(server.seen()[1].from(), Some(8 * KIB), "{label}");
    }
}

/// Some hosts require a `User-Agent`, also after redirects and for the rest of a file.
#[tokio::test]
async fn every_request_has_a_user_agent() {
    let bytes = video(16 * KIB, 61);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| {
        let named = request
            .header("user-agent")
            .is_some_and(|name| name.starts_with("videogen/"));
        match (named, request.path.as_str()) {
            (false, _) => Reply::new(403, &[], b""),
            (_, "/v.mp4") => Reply::redirect("/moved.mp4"),
            _ if n < 2 => file.answer(request).cut(8 * KIB),
            _ => file.answer(request),
        }
    })
    .await;
    Run::on(&local(), &server).arrives(&bytes).await;
    let expected = format!("videogen/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(server.seen().len(), 4);
    for request in server.seen() {
        assert_eq!(request.header("user-agent"), Some(expected.as_str()));
    }
}

/// 206 without a requested range, and from the beginning when the rest was requested.
#[tokio::test]
async fn a_whole_file_as_a_206_is_accepted() {
    let client = local();
    let bytes = video(64 * KIB, 62);
    let total = bytes.len();
    for cut in [None, Some(16 * KIB)] {
        let body = bytes.clone();
        let server = FileServer::new(move |n, _| {
            let range = format!("Content-Range: bytes 0-{}/{total}", total - 1);
            let reply = Reply::new(206, &[&range, "ETag: \"one\""], &body);
            match cut {
                Some(cut) if n == 0 => reply.cut(cut),
                _ => reply,
            }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        assert_eq!(server.seen().len(), 1 + usize::from(cut.is_some()));
    }
    // Only its first part: the rest is requested.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match n {
        0 => Reply::new(
            206,
            &["Content-Range: bytes 0-1023/65536", "ETag: \"one\""],
            &file.bytes[..1024],
        ),
        _ => file.answer(request),
    })
    .await;
    let seen = Arc::new(Mutex::new(Vec::<(u64, Option<u64>)>::new()));
    let run = Run::on(&client, &server);
    let log = Arc::clone(&seen);
    let progress = move |done, total| log.lock().unwrap().push((done, total));
    let options = run.options.clone();
    run.client
        .download_with(&run.task, run.path(), options, progress)
        .await
        .unwrap();
    assert!(std::fs::read(run.path()).unwrap() == bytes);
    assert_eq!(server.seen()[1].from(), Some(1024));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.last(), Some(&(65536, Some(65536))));
    assert!(seen.iter().all(|(_, total)| *total == Some(65536)), "{seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
}

#[tokio::test]
async fn videos_of_other_forms() {
    let client = local();
    let mdat = b"\0\0\0\x18mdat0123456789abcdef";
    let moov = b"\0\0\0\x08moov";
    for bytes in [
        [&b"\0\0\0\x08wide"[..], mdat, moov].concat(),
        [&moov[..], mdat].concat(),
        [&mdat[..], moov].concat(),
        [OPENING, mdat, b"\n"].concat(),
        [OPENING, mdat, b"trailing bytes of some program"].concat(),
        [OPENING, mdat, &[0; 3000]].concat(),
        [OPENING, b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x18 8 bytes"].concat(),
        [OPENING, b"\0\0\0\0mdat to the end"].concat(),
    ] {
        for chunked in [false, true] {
            let file = File::new(bytes.clone());
            let server = FileServer::new(move |_, request| {
                let reply = file.answer(request);
                if chunked { reply.chunked() } else { reply }
            })
            .await;
            Run::on(&client, &server).arrives(&bytes).await;
            assert_eq!(server.seen().len(), 1, "{bytes:?}");
        }
    }
}

#[tokio::test]
async fn a_page_is_rejected_with_its_text() {
    let client = local();
    for (page, words) in [
        ("<!DOCTYPE html><title>Sign in</title><p>to go on", "Sign in to go on"),
        ("{\"error\": {\"message\": \"link expired\"}}", "link expired"),
        (
            "\u{feff}<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>\
             <StringToSign>sig-canary</StringToSign></Error>",
            "AccessDenied Request has expired",
        ),
        (
            "<p>no https://h.example/p?sig=sig-canary, no ?sig=sig-canary \u{1b}[2J",
            "no https://h.example",
        ),
    ] {
        let page = page.to_owned();
        let server = FileServer::new(move |_, _| Reply::new(200, &["Content-Type: video/mp4"], page.as_bytes())).await;
        let mut run = Run::on(&client, &server);
        run.task = super::task(run.client.vendor(), &server.url("/v.mp4?sig=sig-canary"));
        let error = run.start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(words), "{shown}");
        assert!(!shown.contains("canary") && !shown.contains('\u{1b}'), "{shown}");
    }
}
