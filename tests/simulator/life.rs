//! The life of a task.

use std::time::Duration;

use serde_json::{Value, json};
use videogen_sim::{Simulator, Vendor};

use super::support::{Api, VENDORS, WHOLE, create, create_for, poll_operation, request, request_with, video_url};

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test]
async fn queued_then_running_then_completed() {
    let api = Api::start().await;
    for vendor in VENDORS {
        let id = api.submit(vendor, &request(vendor, "a fox")).await;
        let status = async || api.poll(vendor, &id).await["status"].clone();
        let (queued, running, completed) = match vendor {
            Vendor::AllToken => ("queued", "processing", "completed"),
            Vendor::Ark => ("queued", "running", "succeeded"),
            Vendor::Replicate => ("starting", "processing", "succeeded"),
            Vendor::OpenRouter => ("pending", "in_progress", "completed"),
            Vendor::Fal => ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"),
            _ => ("queued", "in_progress", "completed"),
        };
        assert_eq!(status().await, queued);
        api.sim.advance(seconds(3));
        assert_eq!(status().await, running);
        api.sim.advance(seconds(16));
        assert_eq!(status().await, running);
        api.sim.advance(seconds(1));
        assert_eq!(status().await, completed);
        video_url(vendor, &api.poll(vendor, &id).await);
    }
}

#[tokio::test]
async fn the_stages_can_be_set() {
    let builder = Simulator::builder()
        .manual_clock()
        .queued_for(seconds(1))
        .completed_after(seconds(2));
    let api = Api::with(builder).await;
    let vendor = Vendor::Token360;
    let id = api.submit(vendor, &request(vendor, "a fox")).await;
    api.sim.advance(seconds(1));
    assert_eq!(api.poll(vendor, &id).await["status"], "in_progress");
    api.sim.advance(seconds(1));
    assert_eq!(api.poll(vendor, &id).await["status"], "completed");
}

#[tokio::test]
async fn progress_moves_at_toapis() {
    let api = Api::start().await;
    let id = api.submit(Vendor::ToApis, &request(Vendor::ToApis, "a fox")).await;
    let mut seen = Vec::new();
    for _ in 0..=20 {
        seen.push(api.poll(Vendor::ToApis, &id).await["progress"].as_u64().unwrap());
        api.sim.advance(seconds(1));
    }
    assert!(
        seen.is_sorted() && seen[3] == 0 && seen[4] > 0 && seen[19] < 100 && seen[20] == 100,
        "{seen:?}"
    );
}

#[tokio::test]
async fn reserved_words_decide_the_end() {
    let api = Api::start().await;
    let expected = [
        (Vendor::Token360, "sim:fail", "failed", json!("generation_failed")),
        (
            Vendor::Token360,
            "sim:moderated",
            "failed",
            json!("OutputVideoSensitiveContentDetected"),
        ),
        (Vendor::Token360, "sim:expire", "failed", json!("task_expired")),
        (Vendor::ToApis, "sim:fail", "failed", json!("generation_failed")),
        (
            Vendor::ToApis,
            "sim:moderated",
            "failed",
            json!("content_policy_violation"),
        ),
        (Vendor::ToApis, "sim:expire", "failed", json!("task_timeout")),
        (Vendor::AllToken, "sim:fail", "failed", json!("upstream_error")),
        (
            Vendor::AllToken,
            "sim:moderated",
            "failed",
            json!("upstream_content_violation"),
        ),
        (Vendor::AllToken, "sim:expire", "expired", Value::Null),
        (Vendor::Ark, "sim:fail", "failed", json!("InternalServiceError")),
        (
            Vendor::Ark,
            "sim:moderated",
            "failed",
            json!("OutputVideoSensitiveContentDetected"),
        ),
        (Vendor::Ark, "sim:expire", "expired", Value::Null),
        // Its errors are texts without a code.
        (Vendor::OpenRouter, "sim:fail", "failed", Value::Null),
        (Vendor::OpenRouter, "sim:moderated", "failed", Value::Null),
        (Vendor::OpenRouter, "sim:expire", "expired", Value::Null),
    ];
    for (vendor, prompt, status, code) in expected {
        let task = api.finished(vendor, &request(vendor, prompt)).await;
        assert_eq!(task["status"], status, "{vendor} {prompt}");
        assert_eq!(task["error"]["code"], code, "{vendor} {prompt}");
    }
    let task = api
        .finished(Vendor::Token360, &request(Vendor::Token360, "sim:slow"))
        .await;
    assert_eq!(task["status"], "queued");
    api.sim.advance(seconds(180));
    let id = task["id"].as_str().unwrap();
    assert_eq!(api.poll(Vendor::Token360, id).await["status"], "completed");
}

#[tokio::test]
async fn a_task_that_takes_too_long_expires() {
    let api = Api::start().await;
    let body = request_with(Vendor::Token360, "execution_expires_after", json!(10));
    let task = api.finished(Vendor::Token360, &body).await;
    assert_eq!(
        (&task["status"], &task["error"]["code"]),
        (&json!("failed"), &json!("task_expired"))
    );
}

#[tokio::test]
async fn token360_describes_the_actual_file() {
    let api = Api::start().await;
    let mut body = request_with(Vendor::Token360, "duration", json!(6));
    body["resolution"] = json!("480p");
    body["return_last_frame"] = json!(true);
    body["seed"] = json!(0);
    let id = api.submit(Vendor::Token360, &body).await;
    let created = api.poll(Vendor::Token360, &id).await;
    api.sim.advance(WHOLE);
    let task = api.poll(Vendor::Token360, &id).await;
    assert_eq!(
        (&task["duration"], &task["frames"], &task["resolution"]),
        (&json!(6), &json!(144), &json!("480p"))
    );
    assert_eq!(
        task["parameters"],
        json!({"duration": 6, "resolution": "480p", "return_last_frame": true, "seed": 0})
    );
    let time = |task: &Value, name: &str| task[name].as_i64().unwrap();
    assert_eq!(time(&task, "updated_at") - time(&created, "created_at"), 20);
    assert!(task["content"]["last_frame_url"].is_string());
}

#[tokio::test]
async fn toapis_keeps_the_callers_id_and_metadata() {
    let api = Api::start().await;
    let vendor = Vendor::ToApis;
    let body = json!({"model": "doubao-seedance-1-5-pro", "prompt": "a fox",
        "metadata": {"resolution": "480p"}, "client_business_id": "order 7/b"});
    let (path, operation, status) = create_for(vendor, "doubao-seedance-1-5-pro");
    let poll = poll_operation(vendor, path);
    let answer = api.post(vendor, path, &body).await.fits(vendor, operation, status);
    assert_eq!(answer.body["client_business_id"], "order 7/b");
    assert_eq!(answer.body["metadata"], json!({"resolution": "480p"}));
    let found = api.get(vendor, &format!("{path}/order%207%2Fb")).await;
    let found = found.fits(vendor, poll, 200);
    assert_eq!(found.body["id"], answer.body["id"]);
    // The former path of Seedance 2 finds it too.
    for id in ["order%207%2Fb", answer.body["id"].as_str().unwrap()] {
        let found = api.get(vendor, &format!("/v1/video/generations/{id}")).await;
        assert_eq!(found.fits(vendor, poll, 200).body["id"], answer.body["id"]);
    }
    api.sim.advance(WHOLE);
    let path = format!("{path}/{}", answer.body["id"].as_str().unwrap());
    let task = api.get(vendor, &path).await.fits(vendor, poll, 200).body;
    let time = |name: &str| task[name].as_i64().unwrap();
    assert_eq!(time("completed_at") - time("created_at"), 20);
    assert_eq!(time("expires_at") - time("completed_at"), 86_400);
}

#[tokio::test]
async fn the_callers_id_is_not_unique() {
    let api = Api::start().await;
    let body = request_with(Vendor::ToApis, "client_business_id", json!("order-7"));
    api.submit(Vendor::ToApis, &body).await;
    let second = api.submit(Vendor::ToApis, &body).await;
    assert_eq!(api.sim.stats().submissions["toapis"], 2);
    let path = create_for(Vendor::ToApis, "doubao-seedance-1-5-pro").0;
    let found = api.get(Vendor::ToApis, &format!("{path}/order-7")).await;
    let found = found.fits(Vendor::ToApis, poll_operation(Vendor::ToApis, path), 200);
    assert_eq!(found.body["id"], json!(second));
}

#[tokio::test]
async fn alltoken_describes_the_actual_file() {
    let api = Api::start().await;
    let vendor = Vendor::AllToken;
    let body = json!({"model": "seedance-2.0", "prompt": "a fox", "duration": -1, "ratio": "adaptive",
        "return_last_frame": true, "seed": 0, "generate_audio": true, "service_tier": "flex",
        "tools": [{"type": "web_search"}]});
    let id = api.submit(vendor, &body).await;
    assert_eq!(api.poll(vendor, &id).await["duration"], -1);
    api.sim.advance(WHOLE);
    let task = api.poll(vendor, &id).await;
    let expected = json!({"duration": 5, "fps": 24, "frames": 120, "resolution": "720p", "ratio": "16:9",
        "seed": 0, "generate_audio": true, "service_tier": "flex", "video_url_ttl": 3600,
        "is_expired": false, "input_type": "text"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&task[name], value, "{name}");
    }
    assert!(task["last_frame_url"].is_string());
    assert!(task.get("prompt").is_none());

    let body = json!({"model": "seedance-1.0-pro", "prompt": "a fox", "frames": 29, "resolution": "480p"});
    let task = api.finished(vendor, &body).await;
    assert_eq!(
        (&task["frames"], &task["fps"], task.get("duration")),
        (&json!(29), &json!(24), None)
    );
}

#[tokio::test]
async fn alltoken_names_the_inputs_of_a_task() {
    let api = Api::start().await;
    let url = "https://example.com/a";
    let item = |role: &str| {
        let kind = if role.ends_with("_video") { "video" } else { "image" };
        json!({"type": kind, "role": role, "url": url})
    };
    let expected = [
        (vec!["first_frame"], "image_first_frame"),
        (vec!["first_frame", "last_frame"], "image_first_last_frame"),
        (vec!["reference_image", "reference_image"], "image_reference"),
        (vec!["reference_video"], "video_reference"),
        (vec!["reference_image", "reference_video"], "multimodal"),
    ];
    for (roles, word) in expected {
        let content: Vec<_> = roles.into_iter().map(item).collect();
        let body = json!({"model": "seedance-2.0", "prompt": "a fox", "content": content});
        let id = api.submit(Vendor::AllToken, &body).await;
        assert_eq!(api.poll(Vendor::AllToken, &id).await["input_type"], word);
    }
}

/// One operation for two things, of which the second cannot be undone.
#[tokio::test]
async fn ark_cancels_queued_tasks_and_deletes_finished_ones() {
    let api = Api::start().await;
    let vendor = Vendor::Ark;
    let path = create(vendor).0;
    let delete = async |id: &str| {
        let url = api.url(vendor, &format!("{path}/{id}"));
        // As the vendor's SDKs send it.
        api.send(api.http.delete(url).bearer_auth(super::support::KEY).json(&json!({})))
            .await
    };
    let operation = "cancel_task";
    let queued = api.submit(vendor, &request(vendor, "a fox")).await;
    let answer = delete(&queued).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    assert_eq!(api.poll(vendor, &queued).await["status"], "cancelled");
    delete(&queued).await.fits(vendor, operation, 400);

    let running = api.submit(vendor, &request(vendor, "a fox")).await;
    api.sim.advance(seconds(5));
    delete(&running).await.fits(vendor, operation, 400);
    api.sim.advance(WHOLE);
    assert_eq!(api.poll(vendor, &running).await["status"], "succeeded");
    assert_eq!(delete(&running).await.status, 200);
    let gone = api.get(vendor, &format!("{path}/{running}")).await;
    gone.fits(vendor, "get_task", 404);
    delete(&running).await.fits(vendor, operation, 404);
    let list = api.get(vendor, path).await.fits(vendor, "list_tasks", 200).body;
    assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &json!(queued)));
}

#[tokio::test]
async fn ark_describes_the_actual_file() {
    let api = Api::start().await;
    let vendor = Vendor::Ark;
    let text = json!([{"type": "text", "text": "a fox"}]);
    let body = json!({"model": "seedance-1-5-pro-251215", "content": text, "duration": -1, "ratio": "adaptive",
        "return_last_frame": true, "seed": 0, "service_tier": "flex"});
    let task = api.finished(vendor, &body).await;
    let expected = json!({"duration": 5, "framespersecond": 24, "resolution": "720p", "ratio": "16:9", "seed": 0,
        "generate_audio": true, "service_tier": "flex", "draft": false});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&task[name], value, "{name}");
    }
    assert!(task["content"]["last_frame_url"].is_string());
    assert_eq!((task.get("frames"), task.get("prompt")), (None, None));

    let body = json!({"model": "seedance-1-0-pro-250528", "content": text, "frames": 29, "resolution": "480p"});
    let task = api.finished(vendor, &body).await;
    assert_eq!((&task["frames"], task.get("duration")), (&json!(29), None));
    assert_eq!(task["generate_audio"], false);
}

#[tokio::test]
async fn ark_starts_from_drafts_only() {
    let api = Api::start().await;
    let vendor = Vendor::Ark;
    let (path, operation, _) = create(vendor);
    let model = "seedance-1-5-pro-251215";
    let text = json!([{"type": "text", "text": "a fox"}]);
    let draft = api
        .submit(vendor, &json!({"model": model, "content": text, "draft": true}))
        .await;
    let plain = api.submit(vendor, &json!({"model": model, "content": text})).await;
    let from = |id: &str| json!({"model": model, "content": [{"type": "draft_task", "draft_task": {"id": id}}]});
    let made = api.submit(vendor, &from(&draft)).await;
    assert_eq!(api.poll(vendor, &made).await["draft_task_id"], json!(draft));
    api.post(vendor, path, &from(&plain)).await.fits(vendor, operation, 400);
    api.post(vendor, path, &from("cgt-none"))
        .await
        .fits(vendor, operation, 404);
    // A draft has one size, and neither a last frame nor the cheap tier.
    for (member, value) in [
        ("resolution", json!("720p")),
        ("return_last_frame", json!(true)),
        ("service_tier", json!("flex")),
    ] {
        let mut body = json!({"model": model, "content": text, "draft": true});
        body[member] = value;
        let answer = api.post(vendor, path, &body).await.fits(vendor, operation, 400);
        assert_eq!(answer.body["error"]["param"], member);
    }
}

#[tokio::test]
async fn alltoken_cancels_unfinished_tasks() {
    let api = Api::start().await;
    let vendor = Vendor::AllToken;
    let cancel = async |id: &str| {
        let path = format!("{}/{id}/cancel", create(vendor).0);
        api.send(api.http.post(api.url(vendor, &path)).bearer_auth(super::support::KEY))
            .await
    };
    let operation = "cancel_generation";
    let queued = api.submit(vendor, &request(vendor, "a fox")).await;
    let answer = cancel(&queued).await.fits(vendor, operation, 200);
    assert_eq!(answer.body["status"], "cancelled");
    cancel(&queued).await.fits(vendor, operation, 409);

    let running = api.submit(vendor, &request(vendor, "a fox")).await;
    api.sim.advance(seconds(5));
    cancel(&running).await.fits(vendor, operation, 200);
    api.sim.advance(WHOLE);
    assert_eq!(api.poll(vendor, &running).await["status"], "cancelled");

    let done = api.finished(vendor, &request(vendor, "a fox")).await;
    cancel(done["id"].as_str().unwrap()).await.fits(vendor, operation, 409);
    cancel("vgen_none").await.fits(vendor, operation, 404);
}
