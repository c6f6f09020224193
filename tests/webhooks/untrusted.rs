//! Any delivery: no panic, and no secret in any output.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use videogen::webhook::TokenHash;

use super::*;

const CANARY: &str = "canary-7f3a";

/// Bytes of any kind, and JSON that is nearly an event.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let nearly = (any::<prop::sample::Index>(), any::<u8>(), any::<bool>()).prop_map(|(at, byte, cut)| {
        let mut body = completed("task-1").to_string().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        if cut {
            body.truncate(at);
        }
        body
    });
    let member = prop_oneof![
        Just("id"),
        Just("type"),
        Just("data"),
        Just("task_id"),
        Just("status"),
        Just("video")
    ];
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!("")),
        Just(json!("generation.completed")),
        Just(json!({"task_id": "../x", "status": "completed", "model": "seedance-2"})),
        Just(json!({"task_id": 7, "result": {"data": [null]}, "model": "seedance-2"})),
        Just(json!([[]])),
        Just(json!(-1e300)),
    ];
    let made =
        prop::collection::btree_map(member, value, 0..5).prop_map(|members| json!(members).to_string().into_bytes());
    prop_oneof![vec(any::<u8>(), 0..300), nearly, made]
}

#[test]
fn no_delivery_makes_it_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Canned::json(404, &json!({})));
    let signing = receiver_of_signed(&server).build().unwrap();
    let hinted = Receiver::builder(server.client(UNSIGNED[0].0)).build().unwrap();
    let callback = hinted.callback("https://videos.example.com").unwrap();
    let id = task(UNSIGNED[0].0, UNSIGNED[0].1, "t-1");
    runtime.block_on(hinted.bind(callback.hash(), &id)).unwrap();
    let token = token(&callback);

    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(500)
    };
    let mut runner = TestRunner::new_with_rng(
        config,
        TestRng::from_seed(RngAlgorithm::ChaCha, b"webhooks that nobody has signed."),
    );
    let header = || {
        prop_oneof![
            vec(any::<u8>(), 0..80),
            "v1=[0-9a-f]{0,70}(,v1=[0-9a-f]{64})?".prop_map(String::into_bytes),
            "[0-9]{1,30}".prop_map(String::into_bytes)
        ]
    };
    let values = (bodies(), [header(), header(), header()], ".{0,60}", any::<bool>());
    runner
        .run(&values, |(body, [a, b, c], guess, signs)| {
            let given = if signs {
                let (time, event) = (NOW.to_string(), "evt-1");
                let signature = format!("v1={}", sign(SECRET, event, &time, &body));
                headers([event.as_bytes(), time.as_bytes(), signature.as_bytes()])
            } else {
                headers([&a, &b, &c])
            };
            let given = given.unwrap_or_default();
            let (result, hint, wrong) = runtime.block_on(async {
                (
                    signing.receive(Some(&guess), &given, &body).await,
                    hinted.receive(Some(&token), &given, &body).await,
                    hinted.receive(Some(&guess), &given, &body).await,
                )
            });
            prop_assert!(signs || matches!(result, Err(Rejection::Refused(_))), "{result:?}");
            // The vendor has no such task, with any body.
            prop_assert!(hint.is_err());
            prop_assert!(matches!(wrong, Err(Rejection::Refused(Refusal::Token))));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn no_secret_is_shown() {
    let secret = format!("whsec-{CANARY}");
    let url = format!("https://files.example.com/{CANARY}.mp4?sig={CANARY}");
    let server = Canned::json(
        401,
        &json!({"error": {"message": format!("key sk-{CANARY} may not see {url}")}}),
    )
    .await;
    let mut shown = Vec::new();

    let client = server.client_with(Vendor::ToApis, &format!("sk-{CANARY}"));
    let builder = Receiver::builder(client.clone())
        .secret(secret.clone())
        .clock(|| at(NOW));
    shown.push(format!("{builder:?}"));
    let receiver = builder.build().unwrap();
    shown.push(format!("{receiver:?}"));
    let refused = Receiver::builder(client)
        .secret(secret.clone())
        .secret(String::new())
        .build();
    shown.push(format!("{refused:?}"));
    let mut body = completed("task-1");
    body["data"]["result"]["data"][0]["url"] = json!(url);
    body["data"]["error"] = json!({"code": "x", "message": format!("cannot read {url}")});
    for result in ["completed", "failed", "queued"].map(|status| (status, body.clone())) {
        let (status, mut body) = result;
        body["data"]["status"] = json!(status);
        let raw = body.to_string().into_bytes();
        let time = NOW.to_string();
        let signature = format!("v1={}", sign(&secret, status, &time, &raw));
        let headers = headers([status.as_bytes(), time.as_bytes(), signature.as_bytes()]).unwrap();
        let result = receiver.receive(None, &headers, &raw).await;
        if let Err(rejection) = &result {
            shown.push(rejection.to_string());
        }
        assert_eq!(result.is_ok(), status != "queued");
        shown.push(format!("{result:?}"));
    }

    for (vendor, family) in UNSIGNED {
        let client = server.client_with(vendor, &format!("sk-{CANARY}"));
        let refused = Receiver::builder(client.clone())
            .secret(secret.clone())
            .build()
            .unwrap_err();
        shown.push(format!("{refused} {refused:?}"));
        let receiver = Receiver::builder(client).build().unwrap();
        let callback = receiver
            .callback(&format!("https://videos.example.com/{CANARY}"))
            .unwrap();
        let token = token(&callback);
        let early = receiver
            .receive(Some(&token), &HeaderMap::new(), b"")
            .await
            .unwrap_err();
        let failed = receiver
            .bind(callback.hash(), &task(vendor, family, "t-1"))
            .await
            .unwrap_err();
        let wrong = receiver
            .receive(Some(CANARY), &HeaderMap::new(), b"")
            .await
            .unwrap_err();
        for rejection in [early, failed, wrong] {
            shown.push(format!("{rejection} {rejection:?}"));
        }
        shown.push(format!("{callback:?} {receiver:?} {}", callback.hash()));
        for text in &shown {
            assert!(!text.contains(&token), "{text}");
        }
        let error = receiver
            .callback(&format!("https://u:{CANARY}@videos.example.com"))
            .unwrap_err();
        shown.push(format!("{error} {error:?}"));
        let error = CANARY.parse::<TokenHash>().unwrap_err();
        shown.push(format!("{error} {error:?}"));
    }
    for text in shown {
        assert!(!text.contains(CANARY), "{text}");
    }
}
