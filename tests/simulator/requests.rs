//! Accepted and rejected requests.

use serde_json::{Value, json};
use videogen_sim::{Simulator, Spec, Vendor};

use super::support::{Api, VENDORS, create, create_for, request, request_with};

/// Requests in the form of the vendors' pages, with our own prompts. Paths and names are those of the pages,
/// not of the specs: an independent check, to be updated by hand when a page changes.
fn printed() -> Vec<(Vendor, &'static str, Value)> {
    let garden = "A heron waits in a walled garden while petals settle on the water";
    let beach = "The tide comes in at dusk and lifts a rowing boat off the sand";
    let image = json!([{"url": "asset://asset-picture-1", "role": "reference_image"}]);
    vec![
        (
            Vendor::Token360,
            "/v1/videos",
            json!({"model": "seedance-2.0", "prompt": garden, "resolution": "720p", "duration": 8,
                "aspect_ratio": "16:9", "generate_audio": false, "return_last_frame": false,
                "execution_expires_after": 172800, "safety_identifier": "customer-77"}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "doubao-seedance-1-5-pro", "prompt": beach, "duration": 5,
                "aspect_ratio": "16:9", "metadata": {"resolution": "720p", "audio": true, "camerafixed": true}}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "doubao-seedance-1-0-pro-quality", "prompt": beach, "duration": 5, "resolution": "1080p",
                "aspect_ratio": "16:9", "metadata": {"seed": 7}}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "seedance-2", "duration": 10, "aspect_ratio": "16:9", "resolution": "4k",
                "prompt": "Mist lifts off a harbour as the first ferry leaves"}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "seedance-2", "prompt": "A lamp goes out", "size": "16:9", "aspect_ratio": "16:9",
                "resolution": "480p", "duration": 4, "generate_audio": false}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "seedance-2-mini", "resolution": "720p", "generate_audio": true, "duration": 15,
                "prompt": "The woman of the first picture turns to the window", "image_with_roles": image}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "seedance-2", "prompt": "The man of the first picture walks as in the clip, to the beat of the track",
                "image_with_roles": image,
                "video_with_roles": [{"url": "asset://asset-clip-1", "role": "reference_video"}],
                "audio_with_roles": [{"url": "asset://asset-track-1", "role": "reference_audio"}]}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "seedance-2-fast", "duration": -1, "aspect_ratio": "adaptive", "return_last_frame": true,
                "prompt": beach, "image_with_roles": [
                {"url": "https://example.com/start.png", "role": "first_frame"},
                {"url": "data:image/png;base64,AAAA", "role": "last_frame"}]}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "seedance-2-5", "prompt": beach, "video_operation": "extend", "duration": 30,
                "aspect_ratio": "adaptive", "resolution": "720p", "output_format": "mov",
                "video_with_roles": [{"url": "https://example.com/tide.mp4", "role": "reference_video"}]}),
        ),
        (
            Vendor::ToApis,
            "/v1/videos/generations",
            json!({"model": "doubao-seedance-1-5-pro", "prompt": beach, "image_with_roles": [
                {"url": "https://example.com/start.png", "role": "first_frame"},
                {"url": "https://example.com/end.png", "role": "last_frame"}]}),
        ),
        (
            Vendor::AllToken,
            "/videos/generations",
            json!({"model": "seedance-1.5-pro", "prompt": "A goat rides a see-saw across the moon", "duration": 5,
                "ratio": "16:9", "resolution": "720p"}),
        ),
        (
            Vendor::AllToken,
            "/videos/generations",
            json!({"model": "seedance-1.5-pro", "prompt": "The goat leaps off the frame", "duration": 5,
                "content": [{"type": "image_url", "role": "first_frame",
                    "image_url": {"url": "https://example.com/goat.png"}}]}),
        ),
    ]
}

#[tokio::test]
async fn requests_in_the_form_of_the_pages_are_accepted() {
    let api = Api::start().await;
    for (vendor, path, body) in printed() {
        let (known, operation, status) = create_for(vendor, body["model"].as_str().unwrap());
        assert_eq!(path, known, "the spec has another path for {}", body["model"]);
        let answer = api.post(vendor, path, &body).await;
        let reported = answer.headers.get("x-videogen-unknown-members");
        assert!(
            answer.status == status && reported.is_none(),
            "if the vendor's page changed, change this request in `printed` too: {vendor} {body}: {} {reported:?}",
            answer.text
        );
        answer.fits(vendor, operation, status);
    }
}

#[tokio::test]
async fn every_example_of_the_specs_is_accepted() {
    let api = Api::start().await;
    let mut taken = 0;
    for vendor in VENDORS {
        for (path, item) in Spec::of(vendor).unwrap().document()["paths"].as_object().unwrap() {
            let post = &item["post"];
            // Those of uploads and assets refer to each other; `assets.rs` goes through them.
            if matches!(post["tags"][0].as_str(), Some("uploads" | "assets")) {
                continue;
            }
            let examples = &post["requestBody"]["content"]["application/json"]["examples"];
            let status = create(vendor).2;
            for (name, example) in examples.as_object().into_iter().flatten() {
                let mut body = example["value"].clone();
                if body["content"][0]["type"] == "draft_task" {
                    let mut draft = request_with(vendor, "draft", json!(true));
                    draft["model"] = body["model"].clone();
                    let id = api.submit(vendor, &draft).await;
                    body["content"][0]["draft_task"]["id"] = json!(id);
                }
                let model = example["x-model"].as_str().unwrap_or_default();
                let answer = api.post(vendor, &path.replace("{model}", model), &body).await;
                assert_eq!(answer.status, status, "{vendor} {name}: {}", answer.text);
                answer.fits(vendor, post["operationId"].as_str().unwrap(), status);
                taken += 1;
            }
        }
    }
    assert!(taken > 15, "{taken}");
}

#[tokio::test]
async fn violated_rules_are_reported() {
    let image = |role: &str, url: &str| json!([{"role": role, "url": url}]);
    let url = "https://example.com/a.png";
    let frame = |kind: &str| json!([{"type": "image_url", "frame_type": kind, "image_url": {"url": url}}]);
    let refused = [
        (Vendor::Token360, "duration", json!(0), "duration"),
        (Vendor::Token360, "duration", json!("5"), "duration"),
        (Vendor::Token360, "resolution", json!("8K"), "resolution"),
        (Vendor::Token360, "aspect_ratio", json!("2:1"), "aspect_ratio"),
        (
            Vendor::Token360,
            "frame_images",
            frame("middle_frame"),
            "frame_images[0]",
        ),
        (
            Vendor::Token360,
            "callback_url",
            json!("http://hooks.example.com/"),
            "callback_url",
        ),
        (
            Vendor::Token360,
            "callback_url",
            json!("ftp://127.0.0.1/"),
            "callback_url",
        ),
        (Vendor::ToApis, "duration", json!(16), "duration"),
        (Vendor::ToApis, "aspect_ratio", json!("2:1"), "aspect_ratio"),
        (Vendor::ToApis, "image_urls", json!([url, 5]), "image_urls[1]"),
        (
            Vendor::ToApis,
            "image_with_roles",
            image("reference", url),
            "image_with_roles[0]",
        ),
        (
            Vendor::ToApis,
            "image_with_roles",
            image("first_frame", "https:example.com/a.png"),
            "image_with_roles[0]",
        ),
        (
            Vendor::ToApis,
            "image_urls",
            json!(["https:example.com/a.png"]),
            "image_urls[0]",
        ),
        (
            Vendor::ToApis,
            "image_with_roles",
            image("last_frame", url),
            "image_with_roles[0]",
        ),
        (Vendor::AllToken, "frames", json!(121), "frames"),
        (Vendor::AllToken, "duration", json!(-2), "duration"),
        (
            Vendor::AllToken,
            "execution_expires_after",
            json!(60),
            "execution_expires_after",
        ),
        (
            Vendor::AllToken,
            "content",
            json!([{"type": "image_url"}]),
            "content[0]",
        ),
        (
            Vendor::AllToken,
            "content",
            json!([{"type": "image_url", "role": "reference_audio", "image_url": {"url": url}}]),
            "content[0]",
        ),
    ];
    let api = Api::start().await;
    for (vendor, member, value, named) in refused {
        let (path, operation, _) = create(vendor);
        let body = request_with(vendor, member, value);
        let answer = api.post(vendor, path, &body).await.fits(vendor, operation, 400);
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(named), "{vendor} {body}: {message}");
    }
    assert_eq!(api.sim.stats().tasks, 0);
}

#[tokio::test]
async fn a_rule_of_the_model_has_the_code_of_an_invalid_request() {
    let api = Api::start().await;
    let (path, operation, _) = create(Vendor::AllToken);
    let code = async |body: Value| {
        let answer = api.post(Vendor::AllToken, path, &body).await;
        answer.fits(Vendor::AllToken, operation, 400).body["error"]["code"].clone()
    };
    let frames = request_with(Vendor::AllToken, "frames", json!(121));
    assert_eq!(code(frames).await, "invalid_request");
    let empty = request(Vendor::AllToken, "");
    assert_eq!(code(empty).await, "invalid_request");
}

/// The vendor's models share a path, and each generation reads its own members.
#[tokio::test]
async fn a_member_of_another_models_body_is_reported() {
    let api = Api::start().await;
    for (model, body, unknown) in [
        ("seedance-2", json!({"generate_audio": false}), ""),
        ("seedance-2", json!({"metadata": {"audio": false}}), "metadata"),
        ("doubao-seedance-1-5-pro", json!({"metadata": {"audio": false}}), ""),
        (
            "doubao-seedance-1-5-pro",
            json!({"generate_audio": false}),
            "generate_audio",
        ),
        (
            "doubao-seedance-1-5-pro",
            json!({"metadata": {"camera_fixed": true}}),
            "metadata.camera_fixed",
        ),
        (
            "doubao-seedance-1-0-pro-fast",
            json!({"metadata": {"resolution": "480p"}}),
            "metadata.resolution",
        ),
        (
            "doubao-seedance-2-0",
            json!({"metadata": {"generate_audio": false}}),
            "",
        ),
        (
            "doubao-seedance-2-0",
            json!({"generate_audio": false}),
            "generate_audio",
        ),
    ] {
        let mut whole = json!({"model": model, "prompt": "a fox"});
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let answer = api.post(Vendor::ToApis, "/v1/videos/generations", &whole).await;
        assert_eq!(answer.status, 200, "{whole}: {}", answer.text);
        let reported = answer.headers.get("x-videogen-unknown-members");
        let reported = reported.map_or("", |value| value.to_str().unwrap());
        assert!(
            reported.starts_with(unknown) && reported.is_empty() == unknown.is_empty(),
            "{whole}: {reported}"
        );
    }
}

/// The path that Seedance 2 had before, with the members of now: both were found to work.
#[tokio::test]
async fn the_former_path_of_toapis_creates_and_polls_the_same_tasks() {
    let api = Api::start().await;
    let body = json!({"model": "seedance-2", "prompt": "a fox", "aspect_ratio": "1:1"});
    let answer = api.post(Vendor::ToApis, "/v1/video/generations", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let id = answer.body["id"].as_str().unwrap();
    for path in ["/v1/video/generations", "/v1/videos/generations"] {
        let found = api.get(Vendor::ToApis, &format!("{path}/{id}")).await;
        assert_eq!(found.body["id"], *id, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_model_is_accepted() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let (path, operation, created) = create_for(vendor, "*");
        let body = request_with(vendor, "model", json!("seedance-9"));
        api.post(vendor, path, &body).await.fits(vendor, operation, created);
    }
}

#[tokio::test]
async fn forbidden_content_is_rejected_at_once() {
    let api = Api::start().await;
    let expected = [
        (Vendor::Token360, 400, "/error/type", "invalid_request_error"),
        (Vendor::ToApis, 422, "/error/type", "content_policy_violation"),
        (Vendor::AllToken, 400, "/error/code", "upstream_content_violation"),
        (Vendor::Ark, 400, "/error/code", "InputTextSensitiveContentDetected"),
        (
            Vendor::OpenRouter,
            400,
            "/error/metadata/error_type",
            "content_policy_violation",
        ),
    ];
    for (vendor, status, pointer, word) in expected {
        let (path, operation, _) = create(vendor);
        let answer = api.post(vendor, path, &request(vendor, "sim:refuse")).await;
        let answer = answer.fits(vendor, operation, status);
        assert_eq!(answer.body.pointer(pointer).unwrap(), word);
    }
}

#[tokio::test]
async fn a_draft_must_exist_and_be_one() {
    let api = Api::start().await;
    let vendor = Vendor::AllToken;
    let (path, operation, _) = create(vendor);
    let from = |id: &str| {
        request_with(
            vendor,
            "content",
            json!([{"type": "draft_task", "draft_task": {"id": id}}]),
        )
    };
    api.post(vendor, path, &from("vgen_none"))
        .await
        .fits(vendor, operation, 404);
    let plain = api.submit(vendor, &request(vendor, "a fox")).await;
    api.post(vendor, path, &from(&plain)).await.fits(vendor, operation, 400);
    let draft = api.submit(vendor, &request_with(vendor, "draft", json!(true))).await;
    let answer = api.post(vendor, path, &from(&draft)).await.fits(vendor, operation, 202);
    assert_eq!(answer.body["input_type"], "draft_task");
    assert_eq!(answer.body["draft_task_id"], json!(draft));
}

#[tokio::test]
async fn a_signed_webhook_needs_a_secret() {
    let builder = Simulator::builder().manual_clock().webhook_secret(None::<String>);
    let api = Api::with(builder).await;
    let (path, operation, _) = create(Vendor::ToApis);
    let body = request_with(Vendor::ToApis, "callback_url", json!("https://hooks.example.com/"));
    let answer = api
        .post(Vendor::ToApis, path, &body)
        .await
        .fits(Vendor::ToApis, operation, 400);
    assert_eq!(answer.body["error"]["type"], "webhook_not_configured");
}
