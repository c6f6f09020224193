//! Transfers that break, stall or report wrong values.

use std::time::Duration;

use videogen::{ErrorKind, RetryPolicy};

use super::{File, FileServer, KIB, OPENING, Reply, Request, Run, local, video};

/// The ranges and versions of the requests.
fn asked(server: &FileServer) -> Vec<(usize, Option<String>)> {
    server
        .seen()
        .iter()
        .map(|request: &Request| {
            (
                request.from().unwrap_or(0),
                request.header("if-range").map(str::to_owned),
            )
        })
        .collect()
}

/// One cut at every 4 KiB; the next request is for exactly the rest.
#[tokio::test]
async fn a_cut_anywhere_is_resumed() {
    let client = local();
    let bytes = video(400 * KIB, 1);
    for cut in (0..=400).step_by(4) {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request);
            if n == 0 { reply.cut(cut * KIB) } else { reply }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        let rest = match cut {
            0 => vec![(0, None), (0, None)],
            400 => vec![(0, None)],
            _ => vec![(0, None), (cut * KIB, Some("\"one\"".to_owned()))],
        };
        assert_eq!(asked(&server), rest, "cut at {cut} KiB");
    }
}

/// A hundred cuts in one file, many more than retries: each attempt made progress.
#[tokio::test]
async fn a_file_with_many_cuts_arrives() {
    let bytes = video(400 * KIB, 2);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| file.answer(request).cut(4 * KIB)).await;
    Run::new(&server).arrives(&bytes).await;
    assert_eq!(server.seen().len(), 100);
}

/// The same with attempts without progress in between, as many in a row as the policy allows.
#[tokio::test]
async fn progress_resets_the_count() {
    let client = local();
    let bytes = video(40 * KIB, 3);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match n % 3 {
        0 => file.answer(request).cut(8 * KIB),
        1 => Reply::new(503, &["Retry-After: 0"], b""),
        _ => file.answer(request).cut(0),
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;

    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| {
        let reply = file.answer(request);
        if n == 0 { reply.cut(8 * KIB) } else { reply.cut(0) }
    })
    .await;
    let error = Run::on(&client, &server).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    // The first, the one that continues it, and the retries that remain.
    assert_eq!(server.seen().len(), 4);

    let file = File::new(bytes);
    let server = FileServer::new(move |_, request| file.answer(request).cut(8 * KIB)).await;
    let mut run = Run::on(&client, &server);
    run.client = videogen::Client::builder(run.client.vendor())
        .retry(RetryPolicy::never())
        .key("sk-x".to_owned())
        .base_url(server.url(""))
        .build()
        .unwrap();
    run.start().await.unwrap_err();
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_date_is_sufficient_and_a_weak_tag_is_not() {
    let client = local();
    let bytes = video(64 * KIB, 4);
    let date = "Thu, 01 Jan 2026 00:00:00 GMT";
    for (validators, resumed) in [
        (&[("Last-Modified", date)][..], Some(date)),
        // With any tag, a date may not be used instead.
        (&[("ETag", "W/\"one\""), ("Last-Modified", date)], None),
        (&[("ETag", "\"one\""), ("Last-Modified", date)], Some("\"one\"")),
        (&[("ETag", "W/\"one\"")], None),
        (&[], None),
    ] {
        let file = File::new(bytes.clone()).validators(validators);
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request);
            if n == 0 { reply.cut(32 * KIB) } else { reply }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        let expected = resumed.map_or((0, None), |resumed| (32 * KIB, Some(resumed.to_owned())));
        assert_eq!(asked(&server), [(0, None), expected], "{validators:?}");
    }
}

/// The file changes between two requests: the result is one version, however the host indicates it.
#[tokio::test]
async fn versions_are_not_mixed() {
    let client = local();
    let (old, new) = (video(64 * KIB, 5), video(64 * KIB, 6));
    type Host = fn(&File, &Request) -> Reply;
    let honest: Host = |file, request| file.answer(request);
    // These ignore `If-Range`: the rest of the new file, with and without validators.
    let careless: Host = |file, request| {
        let from = request.from().unwrap();
        Reply::new(206, &[], &file.bytes[from..])
            .with("Content-Range", &format!("bytes {from}-{}/{}", 64 * KIB - 1, 64 * KIB))
            .with("ETag", "\"two\"")
    };
    let longer: Host = |file, request| {
        let from = request.from().unwrap();
        Reply::new(206, &[], &file.bytes[from..]).with("Content-Range", &format!("bytes {from}-99999/100000"))
    };
    let elsewhere: Host = |file, _| {
        Reply::new(206, &[], &file.bytes[1..]).with("Content-Range", &format!("bytes 1-{}/{}", 64 * KIB - 1, 64 * KIB))
    };
    let speechless: Host = |file, request| Reply::new(206, &[], &file.bytes[request.from().unwrap()..]);
    let none: Host = |_, _| Reply::new(416, &["Content-Range: bytes */65536"], b"");
    let whole: Host = |file, _| Reply::new(200, &["Content-Type: video/mp4", "ETag: \"two\""], &file.bytes);
    for (name, host) in [
        ("honest", honest),
        ("careless", careless),
        ("longer", longer),
        ("elsewhere", elsewhere),
        ("speechless", speechless),
        ("416", none),
        ("200", whole),
    ] {
        let (first, second) = (
            File::new(old.clone()),
            File::new(new.clone()).validators(&[("ETag", "\"two\"")]),
        );
        let server = FileServer::new(move |n, request| match (n, request.from()) {
            (0, _) => first.answer(request).cut(32 * KIB),
            (_, Some(_)) => host(&second, request),
            (_, None) => second.answer(request),
        })
        .await;
        eprintln!("{name}");
        Run::on(&client, &server).arrives(&new).await;
    }
}

/// The rest has no tag, but another date.
#[tokio::test]
async fn versions_are_distinguished_by_their_dates_too() {
    let (old, new) = (video(64 * KIB, 5), video(64 * KIB, 6));
    let first = File::new(old).validators(&[("ETag", "\"one\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")]);
    let second = File::new(new.clone()).validators(&[("Last-Modified", "Fri, 02 Jan 2026 00:00:00 GMT")]);
    let server = FileServer::new(move |n, request| match (n, request.from()) {
        (0, _) => first.answer(request).cut(32 * KIB),
        (_, Some(from)) => Reply::new(
            206,
            &["Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT"],
            &second.bytes[from..],
        )
        .with("Content-Range", &format!("bytes {from}-{}/{}", 64 * KIB - 1, 64 * KIB)),
        _ => second.answer(request),
    })
    .await;
    Run::on(&local(), &server).arrives(&new).await;
    assert_eq!(server.seen().len(), 3);
}

/// A host without range support.
#[tokio::test]
async fn a_host_without_ranges_restarts() {
    let bytes = video(64 * KIB, 7);
    let file = bytes.clone();
    let server = FileServer::new(move |n, _| {
        let reply = Reply::new(200, &["ETag: \"one\"", "Content-Type: video/mp4"], &file);
        if n < 2 { reply.cut((20 + n) * KIB) } else { reply }
    })
    .await;
    Run::new(&server).arrives(&bytes).await;
    assert_eq!(server.seen().len(), 3);
}

/// One short idle timeout; no time is measured.
#[tokio::test]
async fn a_stalled_transfer_is_requested_again() {
    let client = local();
    let bytes = video(64 * KIB, 8);
    for silent in [0, 32 * KIB, 64 * KIB - 1] {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request);
            if n == 0 { reply.hang(silent) } else { reply }
        })
        .await;
        let mut run = Run::on(&client, &server);
        run.options = run.options.idle_timeout(Duration::from_millis(250));
        run.arrives(&bytes).await;
        assert_eq!(asked(&server).last().unwrap().0, silent);
    }
    // One that never responds.
    let server = FileServer::new(|_, _| Reply::new(200, &[], b"x").hang(0)).await;
    let mut run = Run::on(&client, &server);
    run.options = run.options.idle_timeout(Duration::from_millis(20));
    let error = run.start().await.unwrap_err();
    assert!(error.to_string().contains("sent nothing for 20ms"), "{error}");
}

#[tokio::test]
async fn wrong_lengths() {
    let client = local();
    let bytes = video(64 * KIB, 9);
    // Less than announced, then the rest.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match n {
        // The rest in two parts, the first with a correct length.
        1 => Reply::new(206, &["ETag: \"one\""], &file.bytes[32 * KIB..40 * KIB]).with(
            "Content-Range",
            &format!("bytes {}-{}/{}", 32 * KIB, 40 * KIB - 1, 64 * KIB),
        ),
        0 => file.answer(request).cut(32 * KIB),
        _ => file.answer(request),
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;
    assert_eq!(server.seen().len(), 3);

    // Always less than announced.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| match request.from() {
        Some(from) if from >= file.bytes.len() => file.answer(request),
        _ => file.answer(request).with("Content-Length", "70000"),
    })
    .await;
    let error = Run::on(&client, &server).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");

    // More than the range that was announced.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match n {
        0 => file.answer(request).cut(32 * KIB),
        1 => Reply::new(206, &["ETag: \"one\""], &file.bytes[32 * KIB..]).with(
            "Content-Range",
            &format!("bytes {}-{}/{}", 32 * KIB, 40 * KIB - 1, 64 * KIB),
        ),
        _ => file.answer(request),
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;
    assert_eq!(asked(&server)[2].0, 0, "surplus bytes are not trusted");

    // The announced length is too short: the file ends within its media data.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| file.answer(request).with("Content-Length", "40000")).await;
    let error = Run::on(&client, &server).start().await.unwrap_err();
    assert!(error.to_string().contains("is truncated"), "{error}");
}

/// Without a length, the encoding or the file itself shows the end.
#[tokio::test]
async fn no_length_at_all() {
    let client = local();
    let bytes = video(64 * KIB, 10);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| {
        let reply = file.answer(request).chunked();
        if n == 0 { reply.cut(32 * KIB + 7) } else { reply }
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;
    assert_eq!(asked(&server)[1].0, 32 * KIB);

    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| {
        let reply = file.answer(request).with("Content-Length", "");
        if n == 0 { reply.cut(32 * KIB) } else { reply }
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;

    // Cut within the header of a box.
    let mut bytes = bytes;
    let whole = bytes.len();
    bytes.extend(fragments(1).split_off(16));
    let file = File::new(bytes.clone());
    for more in [1, 7, 8, 12, 15, 16] {
        let file = file.clone();
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request).with("Content-Length", "");
            if n == 0 { reply.cut(whole + more) } else { reply }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        assert_eq!(server.seen().len(), 2, "cut after {more} bytes of a box");
    }

    // Cut before the first byte, and before the type is known.
    for cut in [0, 5] {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request).with("Content-Length", "");
            if n == 0 { reply.cut(cut) } else { reply }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        assert_eq!(server.seen().len(), 2);
    }
}

/// A video of many small parts, which may look complete after any of them.
fn fragments(count: usize) -> Vec<u8> {
    let mut bytes = OPENING.to_vec();
    for i in 0..count {
        bytes.extend(1024_u32.to_be_bytes());
        bytes.extend(b"mdat");
        bytes.extend([u8::try_from(i).unwrap(); 1016]);
    }
    bytes
}

/// The rest has no total length: it is requested until the host reports the end.
#[tokio::test]
async fn a_range_without_a_total_does_not_prove_the_end() {
    let client = local();
    let bytes = fragments(64);
    let size = bytes.len();
    let part = |file: &File, from: usize, until: usize, last: usize| {
        Reply::new(206, &["ETag: \"one\""], &file.bytes[from..until])
            .with("Content-Range", &format!("bytes {from}-{last}/*"))
    };
    let boundary = 16 + 40 * KIB;

    // Fewer bytes than the range.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match n {
        0 => file.answer(request).chunked().cut(16 + 20 * KIB),
        1 => part(&file, request.from().unwrap(), boundary, size - 1),
        _ => file.answer(request),
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;
    assert_eq!(asked(&server)[2].0, boundary);

    // The whole range, in two parts; then the end.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match (n, request.from()) {
        (0, _) => file.answer(request).chunked().cut(16 + 20 * KIB),
        (1, Some(from)) => part(&file, from, boundary, boundary - 1),
        (2, Some(from)) => part(&file, from, size, size - 1),
        _ => file.answer(request),
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;
    let from: Vec<usize> = asked(&server).iter().map(|(from, _)| *from).collect();
    assert_eq!(from[2..], [boundary, size]);

    // The reported end differs: restarted.
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |n, request| match (n, request.from()) {
        (0, _) => file.answer(request).chunked().cut(16 + 20 * KIB),
        (1, Some(from)) => part(&file, from, boundary, boundary - 1),
        (2, _) => Reply::new(416, &["Content-Range: bytes */50000"], b""),
        _ => file.answer(request),
    })
    .await;
    Run::on(&client, &server).arrives(&bytes).await;
    assert_eq!(asked(&server)[3], (0, None));
}

/// Temporary and permanent failures.
#[tokio::test]
async fn invalid_videos_are_rejected() {
    let client = local();
    let bytes = video(64 * KIB, 11);
    for page in [
        Reply::new(502, &["Content-Type: text/html"], b"<html>"),
        Reply::new(200, &["Content-Type: text/html"], b"<html>log in</html>"),
        Reply::new(200, &["Content-Type: application/json; charset=utf-8"], b"{}"),
        Reply::new(302, &[], b""),
        Reply::new(200, &[], b""),
        Reply::new(206, &["Content-Range: bytes 1-10/11"], b"0123456789"),
    ] {
        let (file, once) = (File::new(bytes.clone()), page.clone());
        let server = FileServer::new(move |n, request| match n {
            0 => file.answer(request).cut(KIB),
            1 => once.clone(),
            _ => file.answer(request),
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        let server = FileServer::new(move |_, _| page.clone()).await;
        let error = Run::new(&server).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert_eq!(server.seen().len(), 4);
    }
    for garbage in [&b"garbage, and a lot of it"[..], b"short"] {
        let server = FileServer::new(|_, _| Reply::new(200, &[], garbage)).await;
        let error = Run::on(&client, &server).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn the_file_size_is_limited() {
    let client = local();
    let bytes = video(64 * KIB, 12);
    for chunked in [false, true] {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |_, request| {
            let reply = file.answer(request);
            if chunked { reply.chunked() } else { reply }
        })
        .await;
        let mut run = Run::on(&client, &server);
        run.options = run.options.max_bytes(64 * KIB as u64 - 1);
        let error = run.start().await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::TooLarge, false));
        let limit = "the video is larger than the limit of 65535 bytes";
        assert_eq!(error.message(), limit);
        assert!(
            error.to_string().ends_with("; raise DownloadOptions::max_bytes"),
            "{error}"
        );
        assert!(!format!("{error:#}").contains("DownloadOptions"), "{error:#}");
        assert_eq!(server.seen().len(), 1);
        // The limit of a download into memory is an argument.
        let error = run.client.download_bytes(&run.task, 65_535).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::TooLarge, limit));
        assert!(
            error
                .to_string()
                .ends_with("; raise the limit of Client::download_bytes"),
            "{error}"
        );
        run.options = run.options.max_bytes(64 * KIB as u64);
        run.arrives(&bytes).await;
    }
}
