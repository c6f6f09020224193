//! The requests that ToAPIs' own sample sends for Seedance 2, with our texts: the plural path, and `size` next to
//! `aspect_ratio`. A strict simulator takes each to a video, and the facade builds the same bodies.

use std::time::Duration;

use serde_json::{Value, json};
use videogen::submit::plan;
use videogen::wait::WaitOptions;
use videogen::{TaskStatus, Vendor, VideoRequest};
use videogen_sim::Simulator;

use crate::cases::simulated;

const PATH: &str = "/v1/videos/generations";

/// Each body as the sample sends it, and the request that says the same here.
fn sample() -> Vec<(Value, VideoRequest)> {
    let new = |model: &str, prompt: &str| {
        let request = VideoRequest::new(model, prompt).duration(5).aspect_ratio("16:9");
        let mut request = request.resolution("480p").generate_audio(false);
        request.extra = json!({"size": "16:9"}).as_object().unwrap().clone();
        request
    };
    let body = |model: &str, prompt: &str, inputs: Value| {
        let mut body = json!({"model": model, "prompt": prompt, "duration": 5, "aspect_ratio": "16:9",
            "size": "16:9", "resolution": "480p", "generate_audio": false});
        body.as_object_mut()
            .unwrap()
            .extend(inputs.as_object().unwrap().clone());
        body
    };
    let (kite, bay) = (
        "https://media.example.com/kite.png",
        "https://media.example.com/bay.png",
    );
    let (clip, drum) = (
        "https://media.example.com/clip.mp4",
        "https://media.example.com/drum.mp3",
    );
    vec![
        (
            body("seedance-2", "A kite over the bay", json!({})),
            new("seedance-2", "A kite over the bay"),
        ),
        (
            body("seedance-2-fast", "The kite climbs", json!({"image_urls": [kite]})),
            new("seedance-2-fast", "The kite climbs").first_frame(kite),
        ),
        (
            body(
                "seedance-2-fast",
                "The kite lands in the bay",
                json!({"image_with_roles": [
                    {"url": kite, "role": "first_frame"}, {"url": bay, "role": "last_frame"}]}),
            ),
            new("seedance-2-fast", "The kite lands in the bay")
                .first_frame(kite)
                .last_frame(bay),
        ),
        (
            body(
                "seedance-2",
                "The kite of image 1 flies as in video 1, to audio 1",
                json!({"image_with_roles": [{"url": kite, "role": "reference_image"}],
                    "video_with_roles": [{"url": clip, "role": "reference_video"}],
                    "audio_with_roles": [{"url": drum, "role": "reference_audio"}]}),
            ),
            new("seedance-2", "The kite of image 1 flies as in video 1, to audio 1")
                .reference_image(kite)
                .reference_video(clip)
                .reference_audio(drum),
        ),
        (
            body("seedance-2-mini", "A small kite", json!({})),
            new("seedance-2-mini", "A small kite"),
        ),
    ]
}

#[tokio::test]
async fn the_vendors_sample_runs_to_its_videos() {
    let simulator = Simulator::builder().manual_clock().strict(true).start().await.unwrap();
    let base = simulator.base_url(simulated(Vendor::ToApis));
    let http = crate::http::client();
    let call = async |request: reqwest::RequestBuilder| -> Value {
        let response = request.bearer_auth("sk-test").send().await.unwrap();
        let (status, reported) = (
            response.status(),
            response.headers().get("x-videogen-unknown-members").cloned(),
        );
        let text = response.text().await.unwrap();
        assert!(
            status.is_success() && reported.is_none(),
            "{status} {reported:?}: {text}"
        );
        serde_json::from_str(&text).unwrap()
    };
    for (body, _) in sample() {
        let task = call(http.post(format!("{base}{PATH}")).json(&body)).await;
        let poll = format!("{base}{PATH}/{}", task["id"].as_str().unwrap());
        let early = call(http.get(&poll)).await;
        assert!(
            matches!(early["status"].as_str(), Some("queued" | "in_progress")),
            "{early}"
        );
        simulator.advance(Duration::from_secs(20));
        let done = call(http.get(&poll)).await;
        assert_eq!(
            (&done["status"], &done["progress"]),
            (&json!("completed"), &json!(100)),
            "{done}"
        );
        let video = http
            .get(done["result"]["data"][0]["url"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        let video = video.error_for_status().unwrap().bytes().await.unwrap();
        assert_eq!(&video[4..8], b"ftyp", "{body}");
    }
    assert_eq!(simulator.tasks().len(), 5);
}

#[tokio::test]
async fn the_facade_builds_the_vendors_sample() {
    let simulator = Simulator::builder().manual_clock().strict(true).start().await.unwrap();
    let client = simulator.client(Vendor::ToApis).unwrap();
    let at_once = videogen::poll::PollPolicy::within(Duration::ZERO, Duration::ZERO);
    for (body, request) in sample() {
        let plan = plan(Vendor::ToApis, None, &request).unwrap();
        assert_eq!(
            (plan.method.as_str(), plan.url),
            ("POST", format!("https://toapis.com{PATH}"))
        );
        assert_eq!(plan.body, body);
        let task = client.submit(&request).await.unwrap();
        simulator.advance(Duration::from_secs(20));
        let done = client
            .wait_with(&task.id, WaitOptions::default().poll(at_once), |_| {})
            .await
            .unwrap();
        assert!(done.status == TaskStatus::Completed && done.video.is_some(), "{done:?}");
    }
}
