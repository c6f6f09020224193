//! Signed deliveries: accepted and refused ones.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use videogen::journal::{Journal as _, Query};
use videogen::{ErrorKind, TaskStatus, VideoRequest};
use videogen_journal::SqliteJournal;

use super::*;

#[tokio::test]
async fn every_flipped_bit_is_refused() {
    let vendor = silent().await;
    let log = Log::default();
    let receiver = log.on(receiver_of_signed(&vendor)).build().unwrap();
    let (good, body) = signed("evt-1", &completed("task-1"));
    let parts: Vec<Vec<u8>> = HEADERS.iter().map(|name| good[*name].as_bytes().to_vec()).collect();
    let mut tried = 0;
    for part in 0..4 {
        let length = parts.get(part).map_or(body.len(), Vec::len);
        for bit in 0..length * 8 {
            let (mut parts, mut body) = (parts.clone(), body.clone());
            parts.get_mut(part).unwrap_or(&mut body)[bit / 8] ^= 1 << (bit % 8);
            // Invalid header values are not sent.
            let Some(headers) = headers([&parts[0], &parts[1], &parts[2]]) else {
                continue;
            };
            tried += 1;
            let refusal = refused(receiver.receive(None, &headers, &body).await);
            if part == 3 {
                assert_eq!(refusal, Refusal::Signature, "bit {bit} of the body");
            }
        }
    }
    assert!(tried > body.len() * 8 + 400, "only {tried} were tried");
    assert!(log.events().is_empty() && vendor.seen().is_empty());
    // The unchanged one is accepted, after all of these.
    let event = new(receiver.receive(None, &good, &body).await);
    assert_eq!(log.events(), [event]);
}

#[tokio::test]
async fn five_minutes_either_way_and_not_a_second_more() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    for (off, is_taken) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let event = format!("evt{off}");
        let (headers, body) = signed_at(NOW + off, &event, &completed("task-1"));
        let result = receiver.receive(None, &headers, &body).await;
        if is_taken {
            assert_eq!(new(result).id.as_ref(), Some(&event));
        } else {
            assert_eq!(refused(result), Refusal::Time, "{off}");
        }
    }
    // The clock has fractions of a second.
    let late = receiver_of_signed(&vendor)
        .clock(|| Timestamp::from_timestamp(NOW + 300, 1).unwrap())
        .build()
        .unwrap();
    let (given, body) = signed("evt-late", &completed("task-1"));
    assert_eq!(refused(late.receive(None, &given, &body).await), Refusal::Time);

    for odd in ["", "+1795219299", "-1", "1795219299.0", "soon", "99999999999999999999"] {
        let body = completed("task-1").to_string();
        let signature = format!("v1={}", sign(SECRET, "evt-1", odd, body.as_bytes()));
        let headers = headers([b"evt-1", odd.as_bytes(), signature.as_bytes()]).unwrap();
        let refusal = refused(receiver.receive(None, &headers, body.as_bytes()).await);
        assert_eq!(refusal, Refusal::Header, "{odd}");
    }
}

#[tokio::test]
async fn a_repeat_is_acknowledged_and_has_no_effect() {
    let vendor = silent().await;
    let log = Log::default();
    let receiver = log.on(receiver_of_signed(&vendor)).build().unwrap();
    // Signed again, like the vendor's own repeats.
    for (second, is_repeat) in [(NOW, false), (NOW, true), (NOW + 10, true)] {
        let (headers, body) = signed_at(second, "evt-1", &completed("task-1"));
        let received = receiver.receive(None, &headers, &body).await.unwrap();
        assert_eq!(received == Received::Duplicate, is_repeat, "{received:?}");
    }
    assert_eq!(log.events().len(), 1);
    let (headers, body) = signed("evt-2", &completed("task-2"));
    new(receiver.receive(None, &headers, &body).await);
    assert_eq!(log.events().len(), 2);
}

/// After many other events, for as long as its signature is valid.
#[tokio::test]
async fn a_repeat_after_many_others_has_no_effect() {
    let vendor = silent().await;
    let log = Log::default();
    let receiver = log.on(receiver_of_signed(&vendor)).build().unwrap();
    let body = json!({"type": "endpoint.test"});
    for number in 0..10_500 {
        let (headers, body) = signed(&format!("evt-{number}"), &body);
        new(receiver.receive(None, &headers, &body).await);
    }
    let (headers, body) = signed("evt-0", &body);
    assert_eq!(
        receiver.receive(None, &headers, &body).await.unwrap(),
        Received::Duplicate
    );
    assert_eq!(log.events().len(), 10_500);
}

#[tokio::test]
async fn both_secrets_are_valid_during_rotation() {
    let vendor = silent().await;
    let body = completed("task-1").to_string().into_bytes();
    let time = NOW.to_string();
    let by = |secret: &str, event: &str| format!("v1={}", sign(secret, event, &time, &body));
    let rotating = receiver_of_signed(&vendor)
        .secret("whsec-two".to_owned())
        .build()
        .unwrap();
    let old = receiver_of_signed(&vendor).build().unwrap();
    let mut number = 0;
    for (receiver, secrets, is_taken) in [
        (&rotating, &["whsec-one"][..], true),
        (&rotating, &["whsec-two"], true),
        (&rotating, &["whsec-two", "whsec-one"], true),
        (&rotating, &["whsec-three", "whsec-two"], true),
        (&rotating, &["whsec-three"], false),
        (&old, &["whsec-two", "whsec-one"], true),
        (&old, &["whsec-two"], false),
    ] {
        for comma in [",", ", "] {
            number += 1;
            let event = format!("evt-{number}");
            let given: Vec<String> = secrets.iter().map(|secret| by(secret, &event)).collect();
            let headers = headers([event.as_bytes(), time.as_bytes(), given.join(comma).as_bytes()]).unwrap();
            let result = receiver.receive(None, &headers, &body).await;
            if is_taken {
                new(result);
            } else {
                assert_eq!(refused(result), Refusal::Signature, "{secrets:?}");
            }
        }
    }
    // An unknown version, upper case, no version.
    let good = by(SECRET, "evt-1");
    for odd in [
        good.replace("v1", "v2"),
        good[3..].to_owned(),
        format!("v1={}", good[3..].to_uppercase()),
        "v1=".to_owned(),
        ",".to_owned(),
    ] {
        let headers = headers([b"evt-1", time.as_bytes(), odd.as_bytes()]).unwrap();
        assert_eq!(
            refused(old.receive(None, &headers, &body).await),
            Refusal::Signature,
            "{odd}"
        );
    }
}

#[tokio::test]
async fn an_unusable_secret_is_rejected_at_once() {
    let vendor = silent().await;
    // One from a file, with a newline, is the same one.
    let read = Receiver::builder(vendor.client(Vendor::ToApis))
        .secret(format!("{SECRET}\r\n"))
        .clock(|| at(NOW))
        .build()
        .unwrap();
    let (headers, body) = signed("evt-1", &completed("task-1"));
    new(read.receive(None, &headers, &body).await);
    for empty in ["", " ", "\n"] {
        let error = receiver_of_signed(&vendor)
            .secret(empty.to_owned())
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
    for (unsigned, _) in UNSIGNED {
        let builder = Receiver::builder(vendor.client(unsigned)).secret(SECRET.to_owned());
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(unsigned.name()), "{error}");
    }
}

#[tokio::test]
async fn each_header_must_occur_exactly_once() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let (good, body) = signed("evt-1", &completed("task-1"));
    for name in HEADERS {
        let mut missing = good.clone();
        missing.remove(name);
        assert_eq!(refused(receiver.receive(None, &missing, &body).await), Refusal::Header);
        let mut twice = good.clone();
        twice.append(name, good[name].clone());
        assert_eq!(refused(receiver.receive(None, &twice, &body).await), Refusal::Header);
        let mut odd = good.clone();
        odd.insert(name, HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(refused(receiver.receive(None, &odd, &body).await), Refusal::Header);
    }
    // A token is no substitute.
    let callback = receiver.callback("https://videos.example.com").unwrap();
    receiver
        .bind(callback.hash(), &task(Vendor::ToApis, "seedance-2", "task-1"))
        .await
        .unwrap();
    let result = receiver
        .receive(Some(&token(&callback)), &HeaderMap::new(), &body)
        .await;
    assert_eq!(refused(result), Refusal::Header);
}

#[tokio::test]
async fn an_event_without_a_task_is_acknowledged() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let mut test = completed("sample");
    test["type"] = json!("endpoint.test");
    for (event, body) in [
        ("evt-1", test),
        ("evt-2", json!({"id": "evt-2", "type": "endpoint.test"})),
        (
            "evt-3",
            json!({"id": "evt-3", "type": "account.renamed", "data": {"name": "x"}}),
        ),
    ] {
        let (headers, raw) = signed(event, &body);
        let delivered = new(receiver.receive(None, &headers, &raw).await);
        assert_eq!(
            (delivered.id.as_deref(), delivered.kind.as_deref()),
            (Some(event), body["type"].as_str())
        );
        assert_eq!(delivered.task, None);
    }
    for body in [
        json!({"type": "generation.completed"}),
        json!({}),
        json!([]),
        json!("x"),
    ] {
        let (headers, raw) = signed("evt-4", &body);
        assert_eq!(
            refused(receiver.receive(None, &headers, &raw).await),
            Refusal::Body,
            "{body}"
        );
    }
    // An unreadable event was not handled: the same event in a readable form is.
    let (headers, raw) = signed("evt-4", &completed("task-1"));
    new(receiver.receive(None, &headers, &raw).await);
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn the_family_is_that_of_the_bound_task_or_of_the_model() {
    let vendor = silent().await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    let mut body = completed("task-1");
    for model in ["seedance-2", "doubao-seedance-1-5-pro"] {
        body["data"]["model"] = json!(model);
        let (headers, raw) = signed(model, &body);
        let delivered = new(receiver.receive(None, &headers, &raw).await).task.unwrap();
        assert_eq!(delivered.id, task(Vendor::ToApis, "generations", "task-1"));
        assert_eq!(delivered.raw.json(), body);
    }
    // The binding has priority over the model's name, and may be of a family that is a former one now.
    let callback = receiver.callback("https://videos.example.com").unwrap();
    let id = task(Vendor::ToApis, "seedance-2", "task-1");
    receiver.bind(callback.hash(), &id).await.unwrap();
    let (headers, raw) = signed("evt-bound", &body);
    assert_eq!(new(receiver.receive(None, &headers, &raw).await).task.unwrap().id, id);
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn an_unknown_model_triggers_a_poll() {
    let poll = json!({"id": "task-1", "status": "completed", "result": {"data": [{"url": "https://files.example.com/polled.mp4"}]}});
    for (status, answer) in [(200, &poll), (404, &json!({"error": {"code": 404}})), (500, &json!({}))] {
        let vendor = Canned::json(status, answer).await;
        let receiver = receiver_of_signed(&vendor).build().unwrap();
        for model in [json!("seedance-9"), json!(null)] {
            let mut body = completed("task-1");
            body["data"]["model"] = model;
            let (headers, raw) = signed(&format!("evt-{}", body["data"]["model"]), &body);
            let result = receiver.receive(None, &headers, &raw).await;
            match status {
                200 => {
                    let task = new(result).task.unwrap();
                    assert_eq!(task.video.unwrap().url.expose(), "https://files.example.com/polled.mp4");
                }
                404 => assert_eq!(refused(result), Refusal::Task),
                _ => assert!(matches!(result, Err(Rejection::Fetch(_))), "{result:?}"),
            }
        }
        // Families that are polled alike are looked up once.
        let asked = vendor.seen();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked.iter().all(|request| request.starts_with("GET /v1/video")));
    }
}

#[tokio::test]
async fn an_event_without_a_result_triggers_a_poll() {
    let poll = json!({"id": "task-1", "status": "completed", "result": {"data": [{"url": "https://files.example.com/polled.mp4"}]}});
    let vendor = Canned::json(200, &poll).await;
    let receiver = receiver_of_signed(&vendor).build().unwrap();
    for (number, member) in ["result", "status", "progress"].into_iter().enumerate() {
        let mut body = completed("task-1");
        body["data"].as_object_mut().unwrap().remove(member);
        let (headers, raw) = signed(&format!("evt-{number}"), &body);
        let task = new(receiver.receive(None, &headers, &raw).await).task.unwrap();
        assert_eq!(task.status, TaskStatus::Completed);
        let is_polled = task.video.unwrap().url.expose().ends_with("polled.mp4");
        assert_eq!(is_polled, member != "progress");
    }
    let running = Canned::json(200, &json!({"id": "task-1", "status": "in_progress"})).await;
    let receiver = receiver_of_signed(&running).build().unwrap();
    let mut body = completed("task-1");
    body["data"]["result"] = json!(null);
    let (headers, raw) = signed("evt-1", &body);
    let result = receiver.receive(None, &headers, &raw).await;
    assert!(matches!(result, Err(Rejection::NotEnded(_))), "{result:?}");
}

/// A signed result needs no poll, and is recorded in the journal.
#[tokio::test]
async fn the_journal_records_how_the_task_ended() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let vendor = Canned::json(200, &json!({"id": "task-1", "status": "queued"})).await;
    let client = videogen::Client::builder(Vendor::ToApis)
        .key("sk-test".to_owned())
        .base_url(&vendor.base_url)
        .journal(journal.clone())
        .build()
        .unwrap();
    let submitted = client.submit(&VideoRequest::new("seedance-2", "a kite")).await.unwrap();
    let asked = vendor.seen().len();
    let receiver = Receiver::builder(client)
        .secret(SECRET.to_owned())
        .clock(|| at(NOW))
        .build()
        .unwrap();
    let (headers, body) = signed("evt-1", &completed("task-1"));
    let delivered = new(receiver.receive(None, &headers, &body).await).task.unwrap();
    assert_eq!(delivered.id, submitted.id);
    let entries = journal.find(Query::default()).await.unwrap().entries;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0].task, &entries[0].status),
        (&Some(delivered.id), &Some(TaskStatus::Completed))
    );
    assert_eq!(vendor.seen().len(), asked);
}

#[tokio::test]
async fn an_event_whose_handler_failed_is_handled_again() {
    let vendor = silent().await;
    let log = Log::default();
    let is_broken = Arc::new(AtomicBool::new(true));
    let (kept, broken) = (log.clone(), is_broken.clone());
    let receiver = receiver_of_signed(&vendor)
        .on_event(move |event| {
            let fails = broken.swap(false, Ordering::SeqCst);
            if !fails {
                kept.0.lock().unwrap().push(event);
            }
            async move { if fails { Err("the disk is full".into()) } else { Ok(()) } }
        })
        .build()
        .unwrap();
    let (headers, body) = signed("evt-1", &completed("task-1"));
    let rejection = receiver.receive(None, &headers, &body).await.unwrap_err();
    assert_eq!(rejection.status(), 503);
    assert!(rejection.to_string().contains("the disk is full"));
    new(receiver.receive(None, &headers, &body).await);
    assert_eq!(
        receiver.receive(None, &headers, &body).await.unwrap(),
        Received::Duplicate
    );
    assert_eq!(log.events().len(), 1);
}

/// While one delivery is being handled, a repeat is neither a second event nor acknowledged; and one that is dropped
/// halfway leaves no trace.
#[tokio::test]
async fn two_at_once_are_one_event() {
    let vendor = silent().await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let opened = gate.clone();
    let receiver = receiver_of_signed(&vendor)
        .on_event(move |_| {
            let gate = opened.clone();
            async move {
                gate.acquire().await?.forget();
                Ok(())
            }
        })
        .build()
        .unwrap();
    let (headers, body) = signed("evt-1", &completed("task-1"));
    for is_given_up in [true, false] {
        let mut first = Box::pin(receiver.receive(None, &headers, &body));
        // Polled once, it has reached the handler.
        assert!(
            std::future::poll_fn(|context| std::task::Poll::Ready(first.as_mut().poll(context).is_pending())).await
        );
        let second = receiver.receive(None, &headers, &body).await;
        assert!(matches!(second, Err(Rejection::Busy)), "{second:?}");
        if !is_given_up {
            gate.add_permits(1);
            new(first.await);
        }
    }
    assert_eq!(
        receiver.receive(None, &headers, &body).await.unwrap(),
        Received::Duplicate
    );
}
