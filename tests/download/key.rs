//! Links that need the API key: it goes to the vendor's own origin, below the base URL, and nowhere else.

use std::sync::{Arc, Mutex};

use videogen::{ErrorKind, Vendor};

use super::{File, FileServer, KIB, Reply, Run, client, video};

const KEY: &str = "Bearer sk-canary-9b1e";
/// A vendor whose files need the key, and one whose files do not.
const KEYED: Vendor = Vendor::OpenRouter;
const UNKEYED: Vendor = Vendor::Token360;

/// Path and key of each request.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A server that gives `answer` its path.
async fn host(bytes: &[u8], answer: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> (FileServer, Seen) {
    let (file, seen) = (File::new(bytes.to_vec()), Seen::default());
    let log = Arc::clone(&seen);
    let server = FileServer::new(move |_, request| {
        let key = request.header("authorization").map(str::to_owned);
        log.lock().unwrap().push((request.path.clone(), key));
        answer(&request.path).unwrap_or_else(|| file.answer(request))
    })
    .await;
    (server, seen)
}

fn run(vendor: Vendor, server: &FileServer, link: &str) -> Run {
    let mut run = Run::on(&client(vendor, &server.url("/api/v1")), server);
    run.task.video.as_mut().unwrap().url = link.to_owned().into();
    run
}

fn keys(seen: &Seen) -> Vec<Option<String>> {
    seen.lock().unwrap().iter().map(|(_, key)| key.clone()).collect()
}

#[tokio::test]
async fn the_key_goes_below_the_base_url_only() {
    let bytes = video(4 * KIB, 1);
    for (vendor, path, is_sent) in [
        (KEYED, "/api/v1/videos/t-1/content?index=0", true),
        (KEYED, "/api/v1", false),
        (KEYED, "/api/v10/videos/t-1/content", false),
        (KEYED, "/files/t-1.mp4", false),
        (KEYED, "/api/v1/../../files/t-1.mp4", false),
        (KEYED, "/api/v1/%2e%2e/files/t-1.mp4", false),
        (UNKEYED, "/api/v1/videos/t-1/content?index=0", false),
    ] {
        let (server, seen) = host(&bytes, |_| None).await;
        run(vendor, &server, &server.url(path)).arrives(&bytes).await;
        let expected = is_sent.then(|| KEY.to_owned());
        assert_eq!(keys(&seen), [expected], "{vendor} {path}");
    }
    // Another port of the same host is another origin.
    let (own, _) = host(&bytes, |_| None).await;
    let (other, seen) = host(&bytes, |_| None).await;
    run(KEYED, &own, &other.url("/api/v1/videos/t-1/content"))
        .arrives(&bytes)
        .await;
    assert_eq!(keys(&seen), [None]);
}

#[tokio::test]
async fn a_redirect_takes_the_key_along_within_the_vendors_own_paths_only() {
    let bytes = video(4 * KIB, 2);
    let (other, elsewhere) = host(&bytes, |_| None).await;
    let away = other.url("/api/v1/t-1.mp4");
    let (server, seen) = host(&bytes, move |path| match path {
        "/api/v1/moved" => Some(Reply::redirect("/api/v1/videos/t-1/content")),
        "/api/v1/outside" => Some(Reply::redirect("/files/t-1.mp4")),
        "/api/v1/away" => Some(Reply::redirect(&away)),
        _ => None,
    })
    .await;
    run(KEYED, &server, &server.url("/api/v1/moved")).arrives(&bytes).await;
    let key = || Some(KEY.to_owned());
    assert_eq!(keys(&seen), [key(), key()]);
    run(KEYED, &server, &server.url("/api/v1/outside"))
        .arrives(&bytes)
        .await;
    assert_eq!(keys(&seen)[2..], [key(), None]);
    run(KEYED, &server, &server.url("/api/v1/away")).arrives(&bytes).await;
    assert_eq!(keys(&seen)[4..], [key()]);
    assert_eq!(keys(&elsewhere), [None]);

    // A foreign host cannot send the key back to the vendor.
    let back = server.url("/api/v1/videos/t-1/content");
    let (foreign, first) = host(&bytes, move |_| Some(Reply::redirect(&back))).await;
    run(KEYED, &server, &foreign.url("/start")).arrives(&bytes).await;
    assert_eq!((keys(&first), keys(&seen)[5..].to_vec()), (vec![None], vec![None]));
}

/// The rest of a file needs the key as well.
#[tokio::test]
async fn a_resumed_download_sends_the_key_again() {
    let bytes = video(64 * KIB, 3);
    let whole = File::new(bytes.clone());
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let server = FileServer::new(move |number, request| {
        let key = request.header("authorization").map(str::to_owned);
        log.lock().unwrap().push((request.path.clone(), key));
        let reply = whole.answer(request);
        if number == 0 { reply.cut(20 * KIB) } else { reply }
    })
    .await;
    run(KEYED, &server, &server.url("/api/v1/videos/t-1/content"))
        .arrives(&bytes)
        .await;
    assert_eq!(keys(&seen), [Some(KEY.to_owned()), Some(KEY.to_owned())]);
}

/// What the host says about a refused key does not show it.
#[tokio::test]
async fn a_refusal_does_not_show_the_key() {
    let (server, _) = host(b"", |path| {
        path.ends_with("/content")
            .then(|| Reply::new(401, &["Content-Type: text/plain"], b"no such key: sk-canary-9b1e"))
    })
    .await;
    let error = run(KEYED, &server, &server.url("/api/v1/videos/t-1/content"))
        .start()
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    assert_ne!(error.kind(), ErrorKind::Io);
}
