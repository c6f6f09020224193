//! The vendors' error formats.

use std::time::Duration;

use reqwest::{Method, header};
use serde_json::{Value, json};
use videogen_sim::{Simulator, Spec, Vendor};

use super::support::{Answer, Api, KEY, VENDORS, create, invalid, keyed, poll_operation, request, task_path};

/// Fails unless the body is the vendor's error body, whatever the status.
fn is_error_of(vendor: Vendor, answer: &Answer) {
    let problems = Spec::of(vendor).unwrap().component_problems("ErrorBody", &answer.body);
    assert!(problems.is_empty(), "{vendor}: {problems:?} in {}", answer.text);
    if vendor == Vendor::AllToken {
        assert_eq!(answer.body["error"]["request_id"], answer.header("x-request-id"));
    }
}

#[tokio::test]
async fn each_fixed_key_has_its_status() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, _, created) = create(vendor);
        let submit = async |key: &str| {
            let url = api.url(vendor, path);
            let body = request(vendor, "a fox");
            api.send(keyed(api.http.post(url), vendor, key).json(&body)).await
        };
        for status in [401, 402, 403, 429, 500, 503] {
            let answer = submit(&format!("sk-sim-{status}")).await;
            // Each vendor has its own status for it.
            let own = match (vendor, status) {
                (Vendor::Ark | Vendor::Fal, 402) => 403,
                (Vendor::Ark, 503) => 429,
                _ => status,
            };
            assert_eq!(answer.status, own, "{vendor}");
            is_error_of(vendor, &answer);
            if status == 429 && !matches!(vendor, Vendor::Ark | Vendor::Fal) {
                assert_eq!(answer.header("retry-after"), "1");
            }
        }
        // Some vendors document no form of their keys.
        let has_form = crate::cases::documents_form_of_keys(vendor.into());
        let other = if has_form { 401 } else { created };
        assert_eq!(submit("pk-other").await.status, other);
        assert_eq!(submit("sk-other").await.status, created);
        // Reads work with an empty balance.
        let url = api.url(vendor, &task_path(vendor, "none"));
        let answer = api.with_key("sk-sim-402", Method::GET, &url).await;
        answer.fits(vendor, poll_operation(vendor, create(vendor).0), 404);
    }
}

#[tokio::test]
async fn a_missing_key_is_refused() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, operation, _) = create(vendor);
        let request = api.http.post(api.url(vendor, path)).json(&request(vendor, "a fox"));
        api.send(request).await.fits(vendor, operation, 401);
    }
}

#[tokio::test]
async fn the_code_is_a_number_in_places() {
    let api = Api::start().await;
    let code = async |vendor: Vendor, path: &str, key: &str| -> Value {
        let answer = api.with_key(key, Method::GET, &api.url(vendor, path)).await;
        answer.body["error"]["code"].clone()
    };
    let task = &format!("{}/none", create(Vendor::ToApis).0);
    assert_eq!(code(Vendor::ToApis, task, "sk-sim-401").await, json!(401));
    assert_eq!(code(Vendor::ToApis, task, KEY).await, json!(404));
    assert_eq!(code(Vendor::ToApis, task, "sk-sim-500").await, json!("internal_error"));
    assert_eq!(code(Vendor::ToApis, "/v1/nothing", KEY).await, json!(404));
    assert_eq!(code(Vendor::AllToken, "/videos/models", "sk-sim-401").await, json!(401));
    assert_eq!(
        code(Vendor::Token360, create(Vendor::Token360).0, "sk-sim-401").await,
        json!("401")
    );
}

#[tokio::test]
async fn the_limits_are_in_headers() {
    let api = Api::start().await;
    let url = api.url(Vendor::ToApis, create(Vendor::ToApis).0);
    let body = request(Vendor::ToApis, "a fox");
    let answer = api
        .send(api.http.post(&url).bearer_auth("sk-sim-429").json(&body))
        .await;
    assert_eq!(answer.header("x-ratelimit-limit"), "300");
    assert_eq!(answer.header("x-ratelimit-category"), "async_submit");
    let answer = api.with_key("sk-sim-503", Method::GET, &format!("{url}/none")).await;
    assert_eq!(answer.header("x-ratelimit-limit"), "3000");
    // The limiter's errors have no type.
    let error = answer.body["error"].as_object().unwrap();
    assert_eq!(error["code"], "rate_limit_unavailable");
    assert!(!error.contains_key("type"), "{error:?}");
}

#[tokio::test]
async fn invalid_requests_are_rejected_in_the_vendors_format() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, operation, _) = create(vendor);
        let post = || keyed(api.http.post(api.url(vendor, path)), vendor, KEY);
        let broken = post()
            .header(header::CONTENT_TYPE, "application/json")
            .body("{\"model\": ");
        api.send(broken).await.fits(vendor, operation, invalid(vendor));
        let plain = post().header(header::CONTENT_TYPE, "text/plain").body("{}");
        api.send(plain).await.fits(vendor, operation, invalid(vendor));
        api.send(post().json(&json!([1, 2])))
            .await
            .fits(vendor, operation, invalid(vendor));
        let long = post()
            .json(&request(vendor, "a fox"))
            .header("content-type", "application/json; charset=utf-8");
        assert!(api.send(long).await.status < 300);

        let nothing = api.get(vendor, "/nothing/here").await;
        // Where the model is the path, any path may be one.
        let unknown = if vendor == Vendor::Fal { 405 } else { 404 };
        assert_eq!(nothing.status, unknown, "{vendor}");
        is_error_of(vendor, &nothing);
        let method = api.with_key(KEY, Method::DELETE, &api.url(vendor, path)).await;
        assert_eq!(method.status, 405);
        is_error_of(vendor, &method);
    }
}

#[tokio::test]
async fn documented_rate_limits_are_enforced() {
    let api = Api::with(Simulator::builder().manual_clock().rate_limits(true)).await;
    let submit = async |vendor: Vendor, key: &str| {
        let (path, _, _) = create(vendor);
        let post = keyed(api.http.post(api.url(vendor, path)), vendor, key);
        api.send(post.json(&request(vendor, "a fox"))).await
    };
    for (vendor, most, seconds) in [(Vendor::ToApis, 50, 10), (Vendor::Replicate, 600, 60)] {
        let (_, operation, created) = create(vendor);
        for _ in 0..most {
            assert_eq!(submit(vendor, KEY).await.status, created, "{vendor}");
        }
        let refused = submit(vendor, KEY).await.fits(vendor, operation, 429);
        is_error_of(vendor, &refused);
        assert_eq!(refused.header("retry-after"), seconds.to_string());
        // Another account, and polls, have their own limits.
        assert_eq!(submit(vendor, "sk-other").await.status, created);
        let poll = api.get(vendor, &task_path(vendor, "none")).await;
        poll.fits(vendor, poll_operation(vendor, create(vendor).0), 404);
        api.sim.advance(Duration::from_secs(seconds - 1));
        assert_eq!(submit(vendor, KEY).await.header("retry-after"), "1");
        api.sim.advance(Duration::from_secs(1));
        assert_eq!(submit(vendor, KEY).await.status, created);
    }
    for _ in 0..700 {
        let (_, _, created) = create(Vendor::Token360);
        assert_eq!(submit(Vendor::Token360, KEY).await.status, created);
    }
    assert_eq!(api.sim.stats().rate_limited, 4);
}

/// The gateway's own checks have one code, with the member at fault; what the provider refuses has others.
#[tokio::test]
async fn the_codes_of_the_rules_are_the_vendors_own() {
    let api = Api::start().await;
    let gateway = "invalid_request";
    let upload = |kind: &str, more: Value| {
        let mut item = json!({"type": kind, "upload_id": "upl_1", "role": "reference_video"});
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([item])
    };
    let none = || json!({});
    for (model, members, code, param) in [
        ("seedance-1.0-pro", json!({"duration": 13}), gateway, "duration"),
        ("seedance-1.0-pro", json!({"duration": -1}), gateway, "duration"),
        ("seedance-1.5-pro", json!({"duration": 3}), gateway, "duration"),
        ("seedance-2.0", json!({"duration": 16}), gateway, "duration"),
        ("seedance-2.5", json!({"duration": 31}), gateway, "duration"),
        ("seedance-1.0-pro", json!({"frames": 30}), gateway, "frames"),
        ("seedance-1.0-pro", json!({"frames": 293}), gateway, "frames"),
        ("seedance-2.5", json!({"resolution": "1080p"}), gateway, "resolution"),
        ("seedance-2.0", json!({"resolution": "4k"}), gateway, "resolution"),
        ("seedance-2.0", json!({"camera_fixed": true}), gateway, "camera_fixed"),
        (
            "seedance-2.0",
            json!({"execution_expires_after": 60}),
            gateway,
            "execution_expires_after",
        ),
        (
            "seedance-2.5",
            json!({"omni_reference_task_type": "extend", "ratio": "16:9"}),
            gateway,
            "ratio",
        ),
        (
            "seedance-2.5",
            json!({"omni_reference_task_type": "edit", "ratio": "adaptive", "duration": 5}),
            gateway,
            "duration",
        ),
        (
            "seedance-2.0",
            json!({"content": [{"type": "image", "url": "data:image/png;base64,AAAA", "role": "first_frame"}]}),
            gateway,
            "content[0]",
        ),
        (
            "seedance-2.5",
            json!({"content": upload("video_url", none())}),
            gateway,
            "content[0].upload_id",
        ),
        (
            "seedance-2.5",
            json!({"content": upload("video", json!({"url": "https://media.example.com/a.mp4"}))}),
            gateway,
            "content[0].upload_id",
        ),
        (
            "seedance-2.0",
            json!({"prompt": "sim:refuse"}),
            "upstream_content_violation",
            "prompt",
        ),
        (
            "seedance-2.0",
            json!({"prompt": "sim:no-model"}),
            "upstream_model_not_found",
            "model",
        ),
    ] {
        let mut body = json!({"model": model, "prompt": "a fox"});
        body.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        let answer = api.post(Vendor::AllToken, "/videos/generations", &body).await;
        let status = if code == "upstream_model_not_found" { 404 } else { 400 };
        let answer = answer.fits(Vendor::AllToken, "create_generation", status);
        let error = &answer.body["error"];
        assert_eq!(
            (&error["code"], &error["param"]),
            (&json!(code), &json!(param)),
            "{body}: {error}"
        );
    }
    assert_eq!(api.sim.stats().tasks, 0);
    // Zero, an empty operation and an upload are taken; the upload once.
    let body = json!({"model": "seedance-2.5", "prompt": "a fox", "duration": 0, "omni_reference_task_type": "",
        "content": upload("video", none())});
    api.submit(Vendor::AllToken, &body).await;
    let answer = api.post(Vendor::AllToken, "/videos/generations", &body).await;
    let answer = answer.fits(Vendor::AllToken, "create_generation", 400);
    assert_eq!(
        answer.body["error"]["message"],
        "content[0].upload_id: an upload can be used once"
    );
}

#[tokio::test]
async fn a_task_is_hidden_from_other_keys() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let id = api.submit(vendor, &request(vendor, "a fox")).await;
        let url = api.url(vendor, &task_path(vendor, &id));
        let answer = api.with_key("sk-somebody-else", Method::GET, &url).await;
        answer.fits(vendor, poll_operation(vendor, create(vendor).0), 404);
        api.poll(vendor, &id).await;
    }
}

#[tokio::test]
async fn paths_outside_the_vendors_are_unknown() {
    let api = Api::start().await;
    let url = format!("http://{}/elsewhere", api.sim.address());
    assert_eq!(api.with_key(KEY, Method::GET, &url).await.status, 404);
}
