//! Links that expire.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use videogen::{Client, ErrorKind, Vendor, VideoRequest};
use videogen_sim::Simulator;

use super::{File, FileServer, KIB, Reply, Run, at_once, client, task, video};
use crate::cases::{simulated, targets};

/// A vendor and its file host in one: links are numbered, and link `n` works for `works(n)` requests.
struct Host {
    file: File,
    /// Number of requests per link.
    used: Mutex<Vec<usize>>,
    works: fn(link: usize, used: usize) -> bool,
    /// Bytes per request.
    portion: usize,
}

impl Host {
    async fn start(file: File, portion: usize, works: fn(usize, usize) -> bool) -> FileServer {
        let host = Arc::new(Self {
            file,
            used: Mutex::new(vec![0]),
            works,
            portion,
        });
        FileServer::new(move |_, request| {
            let mut used = host.used.lock().unwrap();
            let port = request.header("host").unwrap().to_owned();
            let Some(link) = request.path.strip_prefix("/v.mp4?link=") else {
                // The vendor: the task in each vendor's format, or a new link.
                used.push(0);
                let url = format!("http://{port}/v.mp4?link={}", used.len() - 1);
                return Reply::json(&json!({
                    "id": "t-1", "status": "completed", "url": url, "video_url": url, "content": {"video_url": url}, "unsigned_urls": [url],
                    "result": {"data": [{"url": url}]}, "output": url, "video": {"url": url},
                }));
            };
            let link: usize = link.parse().unwrap();
            used[link] += 1;
            if (host.works)(link, used[link]) {
                host.file.answer(request).cut(host.portion)
            } else {
                Reply::new(
                    403,
                    &["Content-Type: application/xml"],
                    b"<Error><Code>AccessDenied</Code></Error>",
                )
            }
        })
        .await
    }
}

fn run(server: &FileServer, vendor: Vendor) -> Run {
    Run {
        client: client(vendor, &server.url("")),
        task: task(vendor, &server.url("/v.mp4?link=0")),
        ..Run::new(server)
    }
}

fn renewable() -> Vec<Vendor> {
    let vendors = Vendor::ALL.iter().copied();
    vendors.filter(|vendor| vendor.facts().result_url.refreshable).collect()
}

/// Each link works once and returns a quarter: three expiries in the middle, and each byte is sent once.
#[tokio::test]
async fn an_expiry_in_the_middle_resumes_at_the_same_byte() {
    let bytes = video(64 * KIB, 20);
    for vendor in Vendor::ALL {
        let server = Host::start(File::new(bytes.clone()), 16 * KIB, |_, used| used == 1).await;
        run(&server, *vendor).arrives(&bytes).await;
        let files = server
            .seen()
            .into_iter()
            .filter(|request| request.path.starts_with("/v.mp4"));
        let from: BTreeSet<_> = files.filter_map(|request| request.from()).collect();
        assert_eq!(from, BTreeSet::from([16 * KIB, 32 * KIB, 48 * KIB]), "{vendor}");
    }
}

/// A host that refuses a link before its end may accept it later: the task is not lost. After it, the file is gone.
#[tokio::test]
async fn a_file_is_lost_only_after_the_end_of_its_link() {
    for vendor in Vendor::ALL
        .iter()
        .filter(|vendor| !vendor.facts().result_url.refreshable)
    {
        for (age, kind) in [
            (None, ErrorKind::Transport),
            (Some(-60), ErrorKind::Transport),
            (Some(60), ErrorKind::NoVideo),
        ] {
            let server = Host::start(File::new(video(KIB, 2)), KIB, |_, _| false).await;
            let mut run = run(&server, *vendor);
            let expires_at = age.map(|age| Utc::now() - chrono::TimeDelta::seconds(age));
            run.task.video.as_mut().unwrap().expires_at = expires_at;
            let error = run.start().await.unwrap_err();
            assert_eq!(error.kind(), kind, "{vendor} {age:?}: {error}");
            assert_eq!(error.is_retryable(), kind == ErrorKind::Transport);
            let words = match age {
                None => "no working link to the video: the file host returned HTTP 403",
                Some(..0) => "the vendor keeps it until 2",
                Some(_) => "has removed its files",
            };
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

/// The renewed link has another version: the download restarts.
#[tokio::test]
async fn a_renewed_link_to_another_version_restarts() {
    let (old, new) = (video(64 * KIB, 21), video(64 * KIB, 22));
    for vendor in renewable() {
        let files = [
            File::new(old.clone()),
            File::new(new.clone()).validators(&[("ETag", "\"two\"")]),
        ];
        let server = FileServer::new(move |n, request| match (request.path.as_str(), n) {
            ("/v.mp4?link=0", 0) => files[0].answer(request).cut(16 * KIB),
            ("/v.mp4?link=0", _) => Reply::new(410, &[], b""),
            ("/v.mp4?link=1", _) => files[1].answer(request),
            _ => {
                let url = format!("http://{}/v.mp4?link=1", request.header("host").unwrap());
                Reply::json(&json!({"id": "t-1", "status": "completed", "url": url, "video_url": url, "content": {"video_url": url}, "unsigned_urls": [url]}))
            }
        })
        .await;
        run(&server, vendor).arrives(&new).await;
    }
}

/// No link works: renewed a limited number of times, then reported.
#[tokio::test]
async fn links_that_never_work() {
    for vendor in renewable() {
        let server = Host::start(File::new(video(KIB, 23)), 0, |_, _| false).await;
        let error = run(&server, vendor).start().await.unwrap_err();
        let message = error.to_string();
        assert!(message.contains("no working link to the video"), "{message}");
        assert!(message.contains("HTTP 403 Forbidden: AccessDenied"), "{message}");
        assert!(server.seen().len() < 10, "{vendor}: {}", server.seen().len());
    }
}

/// What the file host says about a refused link reaches the caller, without the signature that it repeats.
#[tokio::test]
async fn the_words_of_the_file_host() {
    for vendor in Vendor::ALL.iter().copied() {
        for (status, body, words) in [
            (
                403,
                "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
                "HTTP 403 Forbidden: AccessDenied Request has expired",
            ),
            (
                404,
                r#"{"message": "no such file"}"#,
                "HTTP 404 Not Found: {\"message\": \"no such file\"}",
            ),
            (
                410,
                "the link sig-canary-1 has expired",
                "HTTP 410 Gone: the link [masked] has expired",
            ),
            (502, "no healthy upstream", "HTTP 502 Bad Gateway: no healthy upstream"),
            (403, "", "HTTP 403 Forbidden"),
            (403, "\u{0}\u{1}", "HTTP 403 Forbidden"),
        ] {
            let server = FileServer::new(move |_, request| {
                let url = format!("http://{}/v.mp4?sig=sig-canary-1", request.header("host").unwrap());
                match request.path.starts_with("/v.mp4") {
                    true => Reply::new(status, &[], body.as_bytes()),
                    false => Reply::json(&json!({
                        "id": "t-1", "status": "completed", "url": url, "video_url": url, "content": {"video_url": url}, "unsigned_urls": [url],
                        "result": {"data": [{"url": url}]}, "output": url, "video": {"url": url},
                    })),
                }
            })
            .await;
            let mut run = run(&server, vendor);
            run.task = task(vendor, &server.url("/v.mp4?sig=sig-canary-1"));
            let error = run.start().await.unwrap_err().to_string();
            assert!(error.contains(words), "{vendor} {status} {body}: {error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}

/// Polls return the old link; the operation for links returns a new one.
#[tokio::test]
async fn a_new_link_from_the_separate_operation() {
    let vendor = Vendor::Token360;
    let bytes = video(64 * KIB, 24);
    let file = File::new(bytes.clone());
    let server = FileServer::new(move |_, request| {
        let url = |link: u32| format!("http://{}/v.mp4?link={link}", request.header("host").unwrap());
        match request.path.as_str() {
            "/v.mp4?link=0" => Reply::new(403, &[], b""),
            "/v.mp4?link=1" => file.answer(request),
            "/v1/videos/t-1" => Reply::json(&json!({"id": "t-1", "status": "completed", "url": url(0)})),
            "/v1/videos/t-1/content?format=url" => {
                Reply::json(&json!({"url": url(1), "video_id": "t-1", "expires_in": 3600}))
            }
            other => panic!("{other}"),
        }
    })
    .await;
    run(&server, vendor).arrives(&bytes).await;
}

/// The same against the simulator, whose links expire by its clock.
#[tokio::test]
async fn the_simulators_links() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model) in targets() {
        let client = Client::builder(vendor)
            .retry(at_once())
            .key("sk-test".to_owned())
            .base_url(simulator.base_url(simulated(vendor)))
            .build()
            .unwrap();
        let submitted = client.submit(&VideoRequest::new(model, "x")).await.unwrap();
        simulator.advance(Duration::from_secs(20));
        let done = client.get(&submitted.id).await.unwrap();
        let path = |name: &str| {
            folder
                .path()
                .join(format!("{vendor}-{}-{name}.mp4", crate::cases::in_a_name(model)))
        };
        client.download(&done, path("fresh")).await.unwrap();
        simulator.advance(Duration::from_secs(25 * 3600));
        match client.download(&done, path("late")).await {
            Ok(_) => assert_eq!(
                std::fs::read(path("fresh")).unwrap(),
                std::fs::read(path("late")).unwrap()
            ),
            Err(error) => {
                // The simulator's clock is ahead of this one.
                assert!(!vendor.facts().result_url.refreshable, "{error}");
                assert!(
                    matches!(error.kind(), ErrorKind::NoVideo | ErrorKind::Transport),
                    "{error}"
                );
            }
        }
    }
}
