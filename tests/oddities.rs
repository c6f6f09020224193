//! Undocumented responses: each gives a value or a clear error, and no paid task is lost.

use serde_json::{Value, json};
use videogen::task::ListQuery;
use videogen::{Delivery, ErrorKind, TaskId, TaskStatus, Vendor, VideoRequest, VideoTask};

use crate::canned::Canned;
use crate::cases::{reads, simulated, whole_id};

fn request(vendor: Vendor) -> VideoRequest {
    VideoRequest::new(vendor.default_model(), "x")
}

fn task(vendor: Vendor) -> TaskId {
    crate::cases::task(vendor, "t")
}

/// The result of a poll with the response `body`.
async fn polled(vendor: Vendor, body: &Value) -> VideoTask {
    let canned = Canned::json(200, body).await;
    canned.client(vendor).get(&task(vendor)).await.unwrap()
}

#[tokio::test]
async fn a_task_with_only_invalid_members_is_still_parsed() {
    for vendor in Vendor::ALL {
        let body = json!({
            "id": 17, "request_id": 17, "object": null, "status": "Simmering", "model": ["x"], "prompt": {}, "progress": "250",
            "created_at": "soon", "updated_at": {}, "completed_at": -1, "parameters": "none", "content": [],
            "metadata": 5, "result": "later", "usage": [1], "error": null, "tools": "none", "duration": "long",
            "video_url_ttl": "x", "brand_new": {"deep": [null]},
        });
        let task_read = polled(*vendor, &body).await;
        assert_eq!(
            (&task_read.id, task_read.vendor_id.as_deref()),
            (&task(*vendor), Some(&*whole_id(*vendor, vendor.default_model(), "17")))
        );
        assert_eq!(task_read.status, TaskStatus::Unknown("Simmering".to_owned()));
        assert_eq!(task_read.progress, None);
        assert_eq!(task_read.raw.json(), body);
    }
}

#[tokio::test]
async fn numbers_as_strings_and_dates_in_any_form_are_parsed() {
    for vendor in Vendor::ALL {
        for at in [
            json!("1795219200"),
            json!(1_795_219_200_000_i64),
            json!("2026-11-21T00:00:00Z"),
            json!(1_795_219_200.0),
        ] {
            let body = json!({"id": "t", "status": "RUNNING", "progress": "42", "created_at": at});
            let read = polled(*vendor, &body).await;
            assert_eq!(read.status, TaskStatus::InProgress);
            // The tasks of these show no times.
            let is_timed = !matches!(vendor, Vendor::OpenRouter | Vendor::Fal);
            let expected = is_timed.then(|| "2026-11-21T00:00:00Z".parse().unwrap());
            assert_eq!(read.created_at, expected, "{vendor} {at}");
        }
    }
}

#[tokio::test]
async fn a_failure_with_a_single_word_keeps_its_reason() {
    for vendor in Vendor::ALL {
        let body = json!({"id": "t", "status": "failed", "error": "content moderation"});
        let read = polled(*vendor, &body).await;
        let error = read.error.unwrap();
        assert_eq!(
            (error.kind, error.message.as_deref()),
            (ErrorKind::Moderated, Some("content moderation"))
        );
    }
}

/// Bodies of a 200 that are not tasks.
fn unreadable() -> Vec<Vec<u8>> {
    vec![
        b"".to_vec(),
        b"<html><body>Please log in</body></html>".to_vec(),
        b"{\"id\": \"video-".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"ok\"".to_vec(),
        b"{}".to_vec(),
        b"{\"id\": null}".to_vec(),
        b"{\"id\": \"\"}".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        "[".repeat(10_000).into_bytes(),
    ]
}

#[tokio::test]
async fn a_success_without_a_readable_task() {
    for vendor in Vendor::ALL {
        for body in unreadable() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let canned = Canned::new(200, "", &body).await;
            let error = canned.client(*vendor).submit(&request(*vendor)).await.unwrap_err();
            assert_eq!(error.delivery(), Some(Delivery::Ambiguous), "{vendor} {shown}: {error}");
            assert_eq!(canned.seen().len(), 1, "{vendor} {shown}");

            let error = canned.client(*vendor).get(&task(*vendor)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{vendor} {shown}: {error}");
            assert_eq!(error.task(), Some(&task(*vendor)));
            if vendor.supports(videogen::facts::Operation::List) {
                let error = canned.client(*vendor).list(&ListQuery::default()).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Decode, "{vendor} {shown}: {error}");
            }
        }
    }
}

/// The id arrived; the rest of the response is invalid or missing.
#[tokio::test]
async fn an_id_that_arrived_is_never_lost() {
    for vendor in Vendor::ALL {
        let own = |id: &str| whole_id(*vendor, vendor.default_model(), id);
        for body in [
            r#"[{"id": "t-1"}]"#,
            r#"{"data": {"id": "t-1"}, "status": "queued"}"#,
            r#"{"task_id": "t-1"}"#,
            r#"{"status": "queued", "id": "t-1", "model": "seeda"#,
        ] {
            let canned = Canned::new(200, "", body).await;
            let submitted = canned.client(*vendor).submit(&request(*vendor)).await.unwrap();
            assert_eq!(submitted.id.id(), own("t-1"), "{vendor} {body}");
            assert!(!submitted.status.is_ended());
        }
        // The connection breaks in the middle of the body.
        let whole = r#"{"id": "t-1", "status": "queued", "model": "x"}"#;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", whole.len());
        for cut in [14, 20, whole.len() - 1] {
            let canned = Canned::raw(format!("{head}{}", &whole[..cut]).into_bytes()).await;
            let submitted = canned.client(*vendor).submit(&request(*vendor)).await.unwrap();
            assert_eq!(submitted.id.id(), own("t-1"), "{vendor} cut at {cut}");
        }
        let canned = Canned::raw(format!("{head}{}", &whole[..9]).into_bytes()).await;
        let error = canned.client(*vendor).submit(&request(*vendor)).await.unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Ambiguous));
    }
}

/// The meaning of each status without a known body for a submission.
#[tokio::test]
async fn statuses_of_a_submission() {
    for vendor in Vendor::ALL {
        for (status, delivery) in [
            (400, Delivery::Rejected),
            (401, Delivery::Rejected),
            (402, Delivery::Rejected),
            (403, Delivery::Rejected),
            (404, Delivery::Rejected),
            (413, Delivery::Rejected),
            (415, Delivery::Rejected),
            (422, Delivery::Rejected),
            (429, Delivery::Rejected),
            (302, Delivery::Ambiguous),
            (307, Delivery::Ambiguous),
            (408, Delivery::Ambiguous),
            (409, Delivery::Ambiguous),
            (418, Delivery::Ambiguous),
            (500, Delivery::Ambiguous),
            (502, Delivery::Ambiguous),
            (503, Delivery::Ambiguous),
            (504, Delivery::Ambiguous),
        ] {
            let canned = Canned::new(
                status,
                "Location: /elsewhere\r\nRetry-After: 7\r\nX-Request-Id: r-1\r\n",
                "<html>",
            )
            .await;
            let error = canned.client(*vendor).submit(&request(*vendor)).await.unwrap_err();
            assert_eq!(error.delivery(), Some(delivery), "{vendor} {status}: {error}");
            assert_eq!((error.status(), error.request_id()), (Some(status), Some("r-1")));
            assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
            assert_eq!(canned.seen().len(), 1, "{vendor} {status} was sent again");
        }
    }
}

/// The only 503 that is documented as a refusal.
#[tokio::test]
async fn a_documented_refusal_is_not_ambiguous() {
    let body =
        json!({"error": {"code": "rate_limit_unavailable", "message": "later", "type": "rate_limit_unavailable"}});
    let canned = Canned::json(503, &body).await;
    let error = canned
        .client(Vendor::ToApis)
        .submit(&request(Vendor::ToApis))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::RateLimited, Some(Delivery::Rejected))
    );
    let error = canned
        .client(Vendor::Token360)
        .submit(&request(Vendor::Token360))
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Some(Delivery::Ambiguous));
}

#[tokio::test]
async fn completed_without_a_url_is_an_error_and_not_an_endless_poll() {
    for vendor in Vendor::ALL {
        let canned = Canned::json(200, &json!({"id": "t", "status": "completed"})).await;
        let zero = std::time::Duration::ZERO;
        let options = videogen::wait::WaitOptions::default().poll(videogen::poll::PollPolicy::within(zero, zero));
        let error = canned
            .client(*vendor)
            .wait_with(&task(*vendor), options, |_| {})
            .await
            .unwrap_err();
        // It is paid, and is not given up as a task that failed.
        assert_eq!(error.kind(), ErrorKind::PollRefused);
        assert!(error.is_retryable() && error.task() == Some(&task(*vendor)), "{error}");
        assert_eq!(canned.seen().len(), 3 * reads(*vendor));
    }
}

/// Task ids that would change a request's path are rejected; other unusual ones are sent encoded.
#[tokio::test]
async fn ids_cannot_change_the_path() {
    for vendor in Vendor::ALL {
        let canned = Canned::json(200, &json!({"id": "t", "status": "queued"})).await;
        let family = vendor.families().next().unwrap();
        for id in [".", "..", "../x", "a/../b", "a/.", "/a", "a/", "a//b", "a\\b"] {
            let id = TaskId::new(*vendor, family, id).unwrap();
            let error = canned.client(*vendor).get(&id).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id}");
        }
        assert!(canned.seen().is_empty());
        let id = crate::cases::task(*vendor, "a b?c#d%2e%");
        assert_eq!(id.to_string().parse::<TaskId>().unwrap(), id);
        canned.client(*vendor).get(&id).await.unwrap();
        assert!(
            canned.seen()[0]
                .lines()
                .next()
                .unwrap()
                .replace('/', " ")
                .contains(" a%20b%3Fc%23d%252e%25 "),
            "{:?}",
            canned.seen()
        );
        // Where a slash separates the parts of an id, it is none of a part.
        if id.id().contains('/') {
            continue;
        }
        let id = TaskId::new(*vendor, family, "a/b").unwrap();
        canned.client(*vendor).get(&id).await.unwrap();
        assert!(
            canned.seen()[1].lines().next().unwrap().contains("/a%2Fb "),
            "{:?}",
            canned.seen()
        );
    }
}

/// Requests contain only what was set: no defaults, no version header, no redirect, one connection.
#[tokio::test]
async fn requests_carry_nothing_extra() {
    for vendor in Vendor::ALL {
        let canned = Canned::json(200, &json!({"id": "t", "status": "queued"})).await;
        canned.client(*vendor).submit(&request(*vendor)).await.unwrap();
        let seen = canned.seen().remove(0);
        let (head, body) = seen.split_once("\r\n\r\n").unwrap();
        let mut names: Vec<String> = head
            .lines()
            .skip(1)
            .map(|line| line.split_once(':').unwrap().0.to_ascii_lowercase())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "accept",
                "accept-encoding",
                "authorization",
                "content-length",
                "content-type",
                "host",
                "user-agent"
            ]
        );
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, crate::simulator::support::request(simulated(*vendor), "x"));
    }
}

/// Services written in Go send an empty string for every member that is not set.
#[tokio::test]
async fn empty_strings_are_absent() {
    for vendor in Vendor::ALL {
        let empty = json!({
            "id": "t", "status": "completed", "url": "", "content": {"last_frame_url": ""}, "last_frame_url": "",
            "result": {"data": [{"url": ""}]}, "error": {"code": "", "message": ""}, "model": "",
        });
        let read = polled(*vendor, &empty).await;
        assert_eq!(
            (read.video, read.last_frame, read.error, read.model),
            (None, None, None, None),
            "{vendor}"
        );
        let failed = json!({"status": "failed", "error": {"code": "", "message": ""}, "message": "NSFW"});
        let read = polled(*vendor, &failed).await;
        assert_eq!(read.error.unwrap().kind, ErrorKind::Moderated);
        let failed = json!({"status": "failed", "error": "", "message": "NSFW"});
        assert_eq!(
            polled(*vendor, &failed).await.error.unwrap().message.as_deref(),
            Some("NSFW")
        );
    }
}

/// The response to a poll may lack the task's id.
#[tokio::test]
async fn a_polled_task_may_lack_its_id() {
    for vendor in Vendor::ALL {
        let body = json!({"status": "completed", "url": "https://h.example/v", "video_url": "https://h.example/v",
            "content": {"video_url": "https://h.example/v"}, "unsigned_urls": ["https://h.example/v"],
            "output": "https://h.example/v", "video": {"url": "https://h.example/v"}});
        let read = polled(*vendor, &body).await;
        assert_eq!(read.id, task(*vendor));
        assert!(read.video.is_some());
    }
}

#[tokio::test]
async fn a_cancel_without_a_body_is_polled() {
    let simulator = videogen_sim::Simulator::builder().manual_clock().start().await.unwrap();
    let client = videogen::Client::builder(Vendor::AllToken)
        .retry(videogen::RetryPolicy::never())
        .key("sk-x".to_owned())
        .base_url(simulator.base_url(videogen_sim::Vendor::AllToken))
        .build()
        .unwrap();
    let submitted = client.submit(&request(Vendor::AllToken)).await.unwrap();
    let vendor = videogen_sim::Vendor::AllToken;
    let empty = videogen_sim::FaultKind::EmptyBody;
    simulator.inject(videogen_sim::Fault::new(vendor, videogen_sim::Operation::Cancel, empty));
    assert_eq!(
        client.cancel(&submitted.id).await.unwrap().status,
        TaskStatus::Cancelled
    );
}

#[tokio::test]
async fn lists_with_invalid_items() {
    let lists = [
        (Vendor::Token360, "data"),
        (Vendor::AllToken, "items"),
        (Vendor::Ark, "items"),
        (Vendor::Replicate, "results"),
    ];
    for (vendor, member) in lists {
        let page = Canned::json(200, &json!({member: null}))
            .await
            .client(vendor)
            .list(&ListQuery::default())
            .await
            .unwrap();
        assert_eq!((page.tasks.len(), page.unreadable), (0, 0));

        // One invalid item is skipped, in the middle and at the end.
        for odd in [
            json!({"status": "queued"}),
            json!({"id": {}}),
            json!({}),
            json!(null),
            json!("a task"),
            json!(17),
            json!(true),
            json!([]),
            json!([{"id": "b", "x": 2}]),
        ] {
            for at in [1, 2] {
                let mut items = vec![json!({"id": "a", "x": 1}), json!({"id": "c", "x": 3})];
                items.insert(at, odd.clone());
                let body = json!({member: items, "has_more": true});
                let page = Canned::json(200, &body)
                    .await
                    .client(vendor)
                    .list(&ListQuery::default())
                    .await
                    .unwrap();
                let read: Vec<_> = page
                    .tasks
                    .iter()
                    .map(|task| (task.id.id(), task.raw.json()["x"].as_i64().unwrap()))
                    .collect();
                assert_eq!((read, page.unreadable), (vec![("a", 1), ("c", 3)], 1), "{vendor} {odd}");
                if vendor == Vendor::Token360 {
                    assert_eq!(
                        page.next.as_deref(),
                        Some("c"),
                        "more tasks follow, and must be within reach"
                    );
                }
            }
        }
    }
}

/// Lists other than those of tasks.
#[tokio::test]
async fn invalid_items_are_skipped() {
    let models = json!({"data": [null, {"id": "m-1", "input_modalities": ["text", null, {}, "image"]}, [], {"x": 1},
        {"id": "m-2", "output_modalities": "video"}]});
    let canned = Canned::json(200, &models).await;
    let models = canned.client(Vendor::AllToken).models().await.unwrap();
    let read: Vec<_> = models
        .iter()
        .map(|model| (&*model.id, model.input_modalities.len()))
        .collect();
    assert_eq!(read, [("m-1", 2), ("m-2", 0)]);

    for odd in [json!(null), json!({}), json!("clip"), json!({"url": null})] {
        let body = json!({"id": "t", "status": "completed", "result": {"data": [odd, {"url": "https://h.example/v"}]}});
        let read = polled(Vendor::ToApis, &body).await;
        assert!(read.video.is_some(), "{odd}");
    }
}

/// A byte order mark before the JSON, or compression that was not requested.
#[tokio::test]
async fn responses_are_decoded() {
    use std::io::Write as _;

    let json = br#"{"id": "t", "status": "queued"}"#;
    let marked = [&b"\xef\xbb\xbf"[..], json].concat();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&marked).unwrap();
    let zipped = encoder.finish().unwrap();
    for vendor in Vendor::ALL {
        for (headers, body) in [
            ("", &marked),
            ("Content-Encoding: gzip\r\n", &zipped),
            ("", &zipped),
            ("Content-Encoding: gzip\r\n", &marked),
        ] {
            let canned = Canned::new(200, headers, body).await;
            let client = canned.client(*vendor);
            assert_eq!(
                client.submit(&request(*vendor)).await.unwrap().id.id(),
                whole_id(*vendor, vendor.default_model(), "t"),
                "{vendor} {headers}"
            );
            let read = client.get(&task(*vendor)).await.unwrap();
            assert_eq!(read.status, TaskStatus::Queued);
            assert_eq!(read.raw.json()["id"], "t");
            for seen in canned.seen() {
                assert!(
                    seen.to_ascii_lowercase().contains("accept-encoding: identity\r\n"),
                    "{seen}"
                );
            }
        }
        // A body with an unknown coding is not parsed, and the submission's status is unknown.
        let canned = Canned::new(200, "Content-Encoding: br\r\n", b"\x0b\x05\x80{}\x03").await;
        let error = canned.client(*vendor).submit(&request(*vendor)).await.unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Ambiguous));
        assert!(error.to_string().contains("encoded as br"), "{error}");
    }
}
