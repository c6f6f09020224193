//! Faults on demand.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;
use videogen::ErrorKind;
use videogen::lost::Progress;
use videogen_sim::{Fault, FaultKind, Operation, Vendor};

use super::support::{Api, KEY, VENDORS, WHOLE, create, keyed, request, video_url};

#[tokio::test]
async fn a_connection_dropped_before_the_work_makes_no_task() {
    let api = Api::start().await;
    for vendor in VENDORS {
        api.sim
            .inject(Fault::new(vendor, Operation::Submit, FaultKind::DropBefore));
        let url = api.url(vendor, create(vendor).0);
        let body = request(vendor, "a fox");
        let post = || keyed(api.http.post(&url), vendor, KEY).json(&body).send();
        assert!(!post().await.unwrap_err().is_connect());
        assert_eq!(api.sim.stats().submissions[vendor.slug()], 0);
        assert!(post().await.unwrap().status().is_success());
    }
}

#[tokio::test]
async fn a_connection_dropped_after_the_work_makes_a_task() {
    let api = Api::start().await;
    for vendor in VENDORS {
        api.sim
            .inject(Fault::new(vendor, Operation::Submit, FaultKind::DropAfter).times(2));
        let url = api.url(vendor, create(vendor).0);
        for _ in 0..2 {
            let body = request(vendor, "a fox");
            let sent = keyed(api.http.post(&url), vendor, KEY).json(&body).send().await;
            assert!(!sent.unwrap_err().is_connect());
        }
        assert_eq!(api.sim.stats().submissions[vendor.slug()], 2);
    }
    assert_eq!(api.sim.stats().tasks, 2 * VENDORS.len());
}

#[tokio::test]
async fn statuses_and_pages_replace_responses() {
    let api = Api::start().await;
    let vendor = Vendor::AllToken;
    let (path, ..) = create(vendor);
    let headers = vec![("retry-after".to_owned(), "7".to_owned())];
    let kind = FaultKind::Status {
        code: 429,
        body: "{}".to_owned(),
        headers,
    };
    api.sim.inject(Fault::new(vendor, Operation::Submit, kind));
    api.sim
        .inject(Fault::new(vendor, Operation::Submit, FaultKind::Html(502)));
    api.sim.inject(Fault::status(vendor, Operation::List, 500, "oops"));
    let answer = api.post(vendor, path, &request(vendor, "a fox")).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));
    let answer = api.post(vendor, path, &request(vendor, "a fox")).await;
    assert_eq!((answer.status, answer.header("content-type")), (502, "text/html"));
    assert!(answer.text.starts_with("<html>"));
    let answer = api.get(vendor, path).await;
    assert_eq!((answer.status, answer.text.as_str()), (500, "oops"));
    assert_eq!(api.sim.stats().tasks, 0);
    api.get(vendor, path).await.fits(vendor, "list_generations", 200);
}

#[tokio::test]
async fn responses_are_empty_or_truncated() {
    let api = Api::start().await;
    let vendor = Vendor::Token360;
    let (path, ..) = create(vendor);
    api.sim
        .inject(Fault::new(vendor, Operation::Submit, FaultKind::EmptyBody));
    api.sim
        .inject(Fault::new(vendor, Operation::Submit, FaultKind::Truncated));
    let answer = api.post(vendor, path, &request(vendor, "a fox")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    let body = request(vendor, "a fox");
    let response = api
        .http
        .post(api.url(vendor, path))
        .bearer_auth(KEY)
        .json(&body)
        .send()
        .await;
    let response = response.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.content_length().unwrap() > 0);
    assert!(response.bytes().await.is_err());
    assert_eq!(api.sim.stats().tasks, 2);
}

#[tokio::test]
async fn a_download_breaks_off_and_can_be_resumed() {
    let api = Api::start().await;
    let vendor = Vendor::Token360;
    let task = api.finished(vendor, &request(vendor, "a fox")).await;
    let url = video_url(vendor, &task);
    let whole = api.http.get(&url).send().await.unwrap().bytes().await.unwrap();
    api.sim
        .inject(Fault::new(vendor, Operation::File, FaultKind::Truncated));
    let mut response = api.http.get(&url).send().await.unwrap();
    let mut got = Vec::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got.extend_from_slice(&chunk),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && !got.is_empty() && got.len() < whole.len());
    let range = format!("bytes={}-", got.len());
    let rest = api.http.get(&url).header("range", range).send().await.unwrap();
    got.extend_from_slice(&rest.bytes().await.unwrap());
    assert_eq!(got, whole);
    assert_eq!(json!(whole.len()), json!(got.len()));
}

/// A response that never comes, or stops midway: the task exists, and the client gives up at its own time limit.
#[tokio::test(start_paused = true)]
async fn a_submission_hangs_or_stalls() {
    let api = Api::start().await;
    let mut made = 0;
    for vendor in videogen::Vendor::ALL.iter().copied() {
        let client = api.sim.client(vendor).unwrap();
        let request = videogen::VideoRequest::new(vendor.default_model(), "a fox");
        for kind in [FaultKind::Hang, FaultKind::Stall] {
            api.sim.inject(Fault::new(vendor, Operation::Submit, kind.clone()));
            let result = client.submit(&request).await;
            made += 1;
            let tasks = api.sim.tasks();
            assert_eq!(tasks.len(), made);
            match (kind, result) {
                // The half of the answer has the id.
                (FaultKind::Stall, Ok(task)) => {
                    let id = crate::cases::whole_id(vendor, vendor.default_model(), &tasks[made - 1].id);
                    assert_eq!(task.id.id(), id);
                }
                (kind, result) => {
                    let error = result.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::AmbiguousSubmit, "{kind:?}: {error}");
                    let expected = match kind {
                        FaultKind::Hang => Progress::Sent,
                        _ => Progress::PartlyAnswered,
                    };
                    assert_eq!(error.ambiguity().unwrap().progress, expected, "{kind:?}: {error}");
                }
            }
        }
        // Others are served meanwhile.
        client.submit(&request).await.unwrap();
        made += 1;
    }
    // It ends, although connections are open.
    api.sim.shutdown().await;
}

/// A client reports that a response takes long once, until the next response.
#[tokio::test(start_paused = true)]
async fn a_long_delay_is_reported_once() {
    let api = Api::start().await;
    for vendor in videogen::Vendor::ALL.iter().copied() {
        let (report, mut reports) = tokio::sync::mpsc::unbounded_channel();
        let client = api
            .sim
            .client_builder(vendor)
            .on_delay(Duration::from_secs(10), move |vendor| {
                report.send(*vendor).unwrap();
            });
        let client = client.build().unwrap();
        let request = videogen::VideoRequest::new(vendor.default_model(), "a fox");
        let task = client.submit(&request).await.unwrap();
        for delays in [2, 1] {
            for _ in 0..delays {
                api.sim.inject(Fault::new(vendor, Operation::Get, FaultKind::Hang));
            }
            // Each try is given up, and the last one succeeds.
            client.get(&task.id).await.unwrap();
            assert_eq!(reports.try_recv(), Ok(vendor));
            assert!(reports.try_recv().is_err(), "{vendor}");
        }
    }
    api.sim.shutdown().await;
}

/// The same without injection, for clients in other languages.
#[tokio::test(start_paused = true)]
async fn keys_make_requests_hang_or_stall() {
    let api = Api::start().await;
    let limit = Duration::from_secs(60);
    for (made, vendor) in VENDORS.into_iter().enumerate() {
        let send = |key: &str| {
            let url = api.url(vendor, create(vendor).0);
            keyed(api.http.post(url), vendor, key)
                .json(&request(vendor, "a fox"))
                .send()
        };
        assert!(timeout(limit, send("sk-sim-hang")).await.is_err(), "{vendor}");
        let mut stalled = timeout(limit, send("sk-sim-stall")).await.unwrap().unwrap();
        assert!(stalled.status().is_success());
        let mut received = 0;
        // The rest of the body never comes, and the connection is not closed.
        while let Ok(chunk) = timeout(limit, stalled.chunk()).await {
            received += chunk.unwrap().expect("the body does not end").len() as u64;
        }
        assert_eq!(
            received,
            stalled.headers()["content-length"]
                .to_str()
                .unwrap()
                .parse::<u64>()
                .unwrap()
                / 2
        );
        assert_eq!(api.sim.stats().tasks, 2 * (made + 1));
    }
}

/// A file that stops midway is resumed after the idle timeout.
#[tokio::test(start_paused = true)]
async fn a_stalled_download_is_resumed() {
    let api = Api::start().await;
    let folder = tempfile::tempdir().unwrap();
    for vendor in videogen::Vendor::ALL.iter().copied() {
        let client = api.sim.client(vendor).unwrap();
        let request = videogen::VideoRequest::new(vendor.default_model(), "a fox");
        let task = client.submit(request).await.unwrap();
        api.sim.advance(WHOLE);
        let whole = client.download_bytes(&task, u64::MAX).await.unwrap();
        for kind in [FaultKind::Stall, FaultKind::Hang] {
            api.sim.inject(Fault::new(vendor, Operation::File, kind.clone()));
            let path = folder.path().join(format!("{vendor}-{kind:?}.mp4"));
            client.download(&task, &path).await.unwrap();
            assert!(std::fs::read(&path).unwrap() == whole, "{vendor} {kind:?}");
        }
    }
}
