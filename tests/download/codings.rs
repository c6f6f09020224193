//! Only the file's own bytes are saved: nothing compressed, nothing incomplete.

use videogen::ErrorKind;

use super::{File, FileServer, KIB, OPENING, Reply, Run, local, video};

/// The same bytes encoded, as by a compressing proxy.
fn coded(reply: Reply) -> Reply {
    reply.map(|body| body.iter().map(|byte| byte ^ 0x5a).collect())
}

#[tokio::test]
async fn an_encoded_rest_is_never_appended() {
    let client = local();
    let bytes = video(64 * KIB, 50);
    for (name, value) in [
        ("Content-Encoding", "gzip"),
        ("Content-Encoding", "br"),
        ("Content-Encoding", "identity, gzip"),
        ("Content-Encoding", "gzip, identity"),
        ("content-encoding", "x-unheard-of"),
        ("Transfer-Encoding", "gzip, chunked"),
        ("Transfer-Encoding", "gzip"),
    ] {
        // Once, as from a proxy on one of several paths; and for every part.
        for always in [false, true] {
            let file = File::new(bytes.clone());
            let server = FileServer::new(move |n, request| match (n, request.from()) {
                (0, _) => file.answer(request).cut(32 * KIB),
                (_, Some(_)) if n == 1 || always => {
                    let reply = coded(file.answer(request));
                    let reply = if value.ends_with("chunked") {
                        reply.chunked()
                    } else {
                        reply
                    };
                    reply.with(name, value)
                }
                _ => file.answer(request),
            })
            .await;
            // Retries have one budget for each client.
            Run::new(&server).arrives(&bytes).await;
            assert_eq!(server.seen().len(), 3, "{name}: {value}");
        }
    }
    for plain in ["identity", "Identity", "identity, identity"] {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request).with("Content-Encoding", plain);
            if n == 0 { reply.cut(32 * KIB) } else { reply }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        assert_eq!(server.seen().len(), 2, "{plain}");
    }
}

/// An encoded response from the beginning does not discard the stored bytes.
#[tokio::test]
async fn an_encoded_whole_response_is_rejected_by_its_coding() {
    let client = local();
    let bytes = video(64 * KIB, 51);
    for at in [0, 1] {
        let file = File::new(bytes.clone());
        let server = FileServer::new(move |n, request| {
            let reply = file.answer(request);
            match n {
                _ if n == at => Reply::new(
                    200,
                    &["Content-Encoding: gzip", "Content-Type: video/mp4"],
                    b"\x1f\x8b\x08 and so on",
                ),
                _ if n < 2 => reply.cut(32 * KIB),
                _ => reply,
            }
        })
        .await;
        Run::on(&client, &server).arrives(&bytes).await;
        assert_eq!(server.seen()[2].from(), Some(32 * KIB));
    }
    let file = File::new(bytes);
    let server = FileServer::new(move |_, request| file.answer(request).with("Content-Encoding", "gzip")).await;
    let error = Run::on(&client, &server).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("gzip"), "{error}");
    for request in server.seen() {
        assert_eq!(request.header("accept-encoding"), Some("identity"));
    }
}

/// The host's length matches the sent bytes, but the file is invalid.
#[tokio::test]
async fn an_unplayable_file_is_an_error() {
    let whole = video(64 * KIB, 52);
    let no_index = [b"\0\0\0\x10ftypisom\0\0\0\0", &whole[16..]].concat();
    for (bytes, words) in [
        (no_index, "no moov or moof box"),
        (OPENING.to_vec(), "no mdat box"),
        (whole[..40 * KIB].to_vec(), "is truncated"),
        ([&whole[..], b"\0\0\x10\0moof and so on"].concat(), "is truncated"),
    ] {
        let server = FileServer::new(move |_, request| File::new(bytes.clone()).answer(request)).await;
        let error = Run::new(&server).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().contains(words), "{error}");
    }
    // The host does not have the complete file at first.
    let server = FileServer::new(move |n, request| {
        let until = if n == 0 { 40 * KIB } else { whole.len() };
        File::new(whole[..until].to_vec()).answer(request)
    })
    .await;
    Run::new(&server).arrives(&video(64 * KIB, 52)).await;
}
