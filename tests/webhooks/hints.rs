//! Unsigned deliveries: the token identifies the task to poll, and only the vendor's response counts.

use videogen::TaskStatus;

use super::*;

const BASE: &str = "https://videos.example.com/hooks";
/// A forged download link.
const FORGED: &str = "https://evil.example.com/v.mp4";

/// A receiver with one bound address, and its token.
async fn bound(server: &Canned, vendor: Vendor, family: &str, log: &Log) -> (Receiver, String) {
    let receiver = log.on(Receiver::builder(server.client(vendor))).build().unwrap();
    let callback = receiver.callback(BASE).unwrap();
    let event = receiver
        .bind(callback.hash(), &task(vendor, family, "t-1"))
        .await
        .unwrap();
    assert_eq!(event, None);
    let token = token(&callback);
    (receiver, token)
}

#[tokio::test]
async fn the_body_is_ignored() {
    for (vendor, family) in UNSIGNED {
        let evil = silent().await;
        let evil_url = format!("{}/v.mp4", evil.base_url);
        let server = Canned::json(200, &polled("t-1", "failed")).await;
        let log = Log::default();
        let (receiver, token) = bound(&server, vendor, family, &log).await;
        let forged = json!({
            "id": "t-1", "status": "completed", "url": evil_url, "video_url": evil_url, "last_frame_url": evil_url,
            "content": {"video_url": evil_url},
            "callback_url": evil_url, "content": {"last_frame_url": evil_url}, "next": FORGED,
        });
        // Headers have no effect either.
        let mut headers = HeaderMap::new();
        headers.insert("host", "evil.example.com".parse().unwrap());
        headers.insert("location", evil_url.parse().unwrap());
        headers.insert("authorization", "Bearer sk-forged".parse().unwrap());
        let event = new(receiver
            .receive(Some(&token), &headers, forged.to_string().as_bytes())
            .await);
        assert_eq!((event.id.as_ref(), event.kind.as_ref()), (None, None));
        let delivered = event.task.as_ref().unwrap();
        assert_eq!(delivered.status, TaskStatus::Failed);
        let shown = serde_json::to_string(delivered).unwrap();
        assert!(!shown.contains("evil") && !shown.contains(&evil_url), "{shown}");
        assert!(evil.seen().is_empty());
        let asked = server.seen();
        assert_eq!(asked.len(), 1);
        assert!(
            asked[0].starts_with("GET ") && asked[0].contains("/t-1 HTTP/1.1") && asked[0].contains("Bearer sk-test")
        );
        let direct = server.client(vendor).get(&task(vendor, family, "t-1")).await.unwrap();
        assert_eq!(delivered, &direct);
        assert_eq!(log.events(), [event]);
    }
}

/// The token identifies the task, with any body.
#[tokio::test]
async fn the_task_of_the_token_is_polled_with_any_body() {
    for (vendor, family) in UNSIGNED {
        for body in [
            json!({"id": "t-1", "request_id": "order-7"}).to_string(),
            json!({"id": "evt-9", "type": "video.completed"}).to_string(),
            json!({"id": "evt-9", "data": {"id": "file-3", "task": "t-1"}}).to_string(),
            json!({"task_id": "t-2", "data": {"id": "t-1/../t-2"}}).to_string(),
            json!({"data": ["t-2"], "id": {}}).to_string(),
            "<html>".to_owned(),
            String::new(),
        ] {
            let server = Canned::json(200, &polled("t-1", "completed")).await;
            let (receiver, token) = bound(&server, vendor, family, &Log::default()).await;
            let result = receiver.receive(Some(&token), &HeaderMap::new(), body.as_bytes()).await;
            assert_eq!(new(result).task.unwrap().id.id(), "t-1", "{body}");
            let asked = server.seen();
            assert!(asked.len() == 1 && asked[0].contains("/t-1 HTTP/1.1"), "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_repeat_makes_no_request() {
    let (vendor, family) = UNSIGNED[0];
    let server = Canned::json(200, &polled("t-1", "completed")).await;
    let log = Log::default();
    let (receiver, token) = bound(&server, vendor, family, &log).await;
    for number in 0..3 {
        let received = receiver.receive(Some(&token), &HeaderMap::new(), b"{}").await.unwrap();
        assert_eq!(received == Received::Duplicate, number > 0);
    }
    assert_eq!((log.events().len(), server.seen().len()), (1, 1));
}

#[tokio::test]
async fn tokens_are_distinguished() {
    let (vendor, family) = UNSIGNED[0];
    let server = Canned::json(200, &polled("t-1", "completed")).await;
    let (receiver, good) = bound(&server, vendor, family, &Log::default()).await;
    let mut almost = good.clone();
    let last = if almost.pop() == Some('A') { 'B' } else { 'A' };
    almost.push(last);
    for wrong in [None, Some(""), Some("x"), Some(almost.as_str()), Some(&good[1..])] {
        assert_eq!(
            refused(receiver.receive(wrong, &HeaderMap::new(), b"{}").await),
            Refusal::Token
        );
    }
    assert!(server.seen().is_empty());
    let hash = receiver.callback(BASE).unwrap();
    receiver.forget(hash.hash());
    assert_eq!(
        refused(receiver.receive(Some(&token(&hash)), &HeaderMap::new(), b"{}").await),
        Refusal::Token
    );
}

/// The vendor may call before the submission has returned.
#[tokio::test]
async fn an_early_delivery_is_kept_until_the_token_is_bound() {
    for (vendor, family) in UNSIGNED {
        let server = Canned::json(200, &polled("t-1", "completed")).await;
        let log = Log::default();
        let receiver = log.on(Receiver::builder(server.client(vendor))).build().unwrap();
        let callback = receiver.callback(BASE).unwrap();
        let token = token(&callback);
        let body = json!({"id": "somebody-elses"}).to_string();
        let early = receiver
            .receive(Some(&token), &HeaderMap::new(), body.as_bytes())
            .await
            .unwrap_err();
        assert!(matches!(early, Rejection::Unbound) && early.status() == 503);
        assert!(server.seen().is_empty() && log.events().is_empty());

        let id = task(vendor, family, "t-1");
        let event = receiver.bind(callback.hash(), &id).await.unwrap().unwrap();
        assert_eq!(event.task.as_ref().unwrap().id, id);
        assert_eq!(log.events(), [event]);
        // The vendor's next attempt, and a second bind, have no effect.
        assert_eq!(
            receiver.receive(Some(&token), &HeaderMap::new(), b"").await.unwrap(),
            Received::Duplicate
        );
        assert_eq!(receiver.bind(callback.hash(), &id).await.unwrap(), None);
        assert_eq!((log.events().len(), server.seen().len()), (1, 1));
    }
}

#[tokio::test]
async fn an_early_hint_survives_a_failed_poll() {
    let (vendor, family) = UNSIGNED[0];
    let server = Canned::json(503, &json!({})).await;
    let receiver = Receiver::builder(server.client(vendor)).build().unwrap();
    let callback = receiver.callback(BASE).unwrap();
    receiver
        .receive(Some(&token(&callback)), &HeaderMap::new(), b"")
        .await
        .unwrap_err();
    for _ in 0..2 {
        let result = receiver.bind(callback.hash(), &task(vendor, family, "t-1")).await;
        assert!(matches!(result, Err(Rejection::Fetch(_))), "{result:?}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn only_a_poll_confirms_that_the_task_has_ended() {
    for (vendor, family) in UNSIGNED {
        let no_url = json!({"id": "t-1", "status": "completed"});
        for (status, answer) in [
            (200, polled("t-1", "queued")),
            (200, no_url),
            (404, json!({})),
            (500, json!({})),
        ] {
            let server = Canned::json(status, &answer).await;
            let log = Log::default();
            let (receiver, token) = bound(&server, vendor, family, &log).await;
            let body = polled("t-1", "completed").to_string();
            for _ in 0..2 {
                let rejection = receiver
                    .receive(Some(&token), &HeaderMap::new(), body.as_bytes())
                    .await
                    .unwrap_err();
                assert_eq!(rejection.status(), 503, "{rejection}");
            }
            assert_eq!((log.events().len(), server.seen().len()), (0, 2));
        }
    }
}

#[tokio::test]
async fn a_callback_survives_a_restart() {
    let (vendor, family) = UNSIGNED[1];
    let server = Canned::json(200, &polled("t-1", "completed")).await;
    let before = Receiver::builder(server.client(vendor)).build().unwrap();
    let (bound, pending) = (before.callback(BASE).unwrap(), before.callback(BASE).unwrap());
    let stored = [bound.hash().to_string(), pending.hash().to_string()];
    drop(before);

    let after = Receiver::builder(server.client(vendor)).build().unwrap();
    let gone = after.receive(Some(&token(&bound)), &HeaderMap::new(), b"").await;
    assert_eq!(refused(gone), Refusal::Token);
    after.restore(&stored[0].parse().unwrap(), Some(&task(vendor, family, "t-1")));
    after.restore(&stored[1].parse().unwrap(), None);
    assert_eq!(
        new(after.receive(Some(&token(&bound)), &HeaderMap::new(), b"").await)
            .task
            .unwrap()
            .id
            .id(),
        "t-1"
    );
    let early = after.receive(Some(&token(&pending)), &HeaderMap::new(), b"").await;
    assert!(matches!(early, Err(Rejection::Unbound)), "{early:?}");
}

/// A vendor that signs is treated like one that does not, while no secret is set.
#[tokio::test]
async fn a_signature_without_a_secret_is_a_hint() {
    let poll = json!({"id": "t-1", "status": "completed", "url": "https://files.example.com/polled.mp4"});
    let server = Canned::json(200, &poll).await;
    let (receiver, token) = bound(&server, Vendor::ToApis, "seedance-1", &Log::default()).await;
    let (headers, body) = signed("evt-1", &completed("t-1"));
    assert_eq!(refused(receiver.receive(None, &headers, &body).await), Refusal::Token);
    let delivered = new(receiver.receive(Some(&token), &headers, &body).await).task.unwrap();
    assert_eq!(
        delivered.video.unwrap().url.expose(),
        "https://files.example.com/polled.mp4"
    );
}

/// Where that is allowed, a signature that fits no key is a hint too; a token is still needed.
#[tokio::test]
async fn a_wrong_signature_can_be_a_hint() {
    let poll = json!({"id": "t-1", "status": "completed", "url": "https://files.example.com/polled.mp4"});
    let server = Canned::json(200, &poll).await;
    for polls in [false, true] {
        let receiver = receiver_of_signed(&server).poll_unverified(polls).build().unwrap();
        let callback = receiver.callback(BASE).unwrap();
        let token = token(&callback);
        let (_, body) = signed("evt-1", &completed("t-1"));
        let signature = format!("v1={}", sign("whsec-other", "evt-1", &NOW.to_string(), &body));
        let forged = headers([b"evt-1", NOW.to_string().as_bytes(), signature.as_bytes()]).unwrap();
        for other in [None, Some("guessed")] {
            assert_eq!(
                refused(receiver.receive(other, &forged, &body).await),
                Refusal::Signature
            );
        }
        let early = receiver.receive(Some(&token), &forged, &body).await;
        assert_eq!(matches!(early, Err(Rejection::Unbound)), polls, "{early:?}");
        let bound = receiver
            .bind(callback.hash(), &task(Vendor::ToApis, "seedance-2", "t-1"))
            .await
            .unwrap();
        assert_eq!(bound.is_some(), polls);
        if let Some(event) = bound {
            assert_eq!((event.id, event.kind), (None, None));
            let video = event.task.unwrap().video.unwrap();
            assert_eq!(video.url.expose(), "https://files.example.com/polled.mp4");
        }
        let late = receiver.receive(Some(&token), &forged, &body).await;
        match polls {
            true => assert_eq!(late.unwrap(), Received::Duplicate),
            false => assert_eq!(refused(late), Refusal::Signature),
        }
        // A signed event is still taken as it is.
        let (good, body) = signed("evt-2", &completed("t-1"));
        let event = new(receiver.receive(Some(&token), &good, &body).await);
        assert_eq!(event.id.as_deref(), Some("evt-2"));
    }
}
