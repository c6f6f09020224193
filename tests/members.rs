//! Normalization of members of a task that vendors return in different places.

use std::time::Duration;

use serde_json::{Value, json};
use videogen::task::{ListQuery, TaskParameters, task_schema};
use videogen::wait::WaitOptions;
use videogen::{Client, ErrorKind, RetryPolicy, TaskId, TaskStatus, Vendor, VideoDuration, VideoRequest, VideoTask};
use videogen_sim::Simulator;

use crate::canned::Canned;
use crate::cases::simulated;

fn id(vendor: Vendor, id: &str) -> TaskId {
    crate::cases::task(vendor, id)
}

async fn polled(vendor: Vendor, body: &Value) -> VideoTask {
    let canned = Canned::json(200, body).await;
    canned.client(vendor).get(&id(vendor, "t")).await.unwrap()
}

/// The parameters that are set, as JSON.
fn parameters(task: &VideoTask) -> Value {
    json!(task.parameters)
}

#[tokio::test]
async fn every_documented_member_is_on_the_task() {
    let answer = json!({
        "id": "t", "status": "processing", "model": "seedance-2.0", "input_type": "text", "duration": 5, "ratio": "16:9",
        "resolution": "720p", "generate_audio": false, "seed": 0, "service_tier": "flex", "draft": true,
        "draft_task_id": "t-0", "execution_expires_after": 7200, "safety_identifier": "customer-77", "is_expired": false,
    });
    let task = polled(Vendor::AllToken, &answer).await;
    let expected = json!({
        "input_type": "text", "duration": 5, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": false,
        "seed": 0, "service_tier": "flex", "expires_after": 7200, "safety_identifier": "customer-77", "draft": true,
        "draft_task": "alltoken:generations:t-0",
    });
    assert_eq!((parameters(&task), task.expired), (expected, Some(false)));

    let answer = json!({
        "id": "t", "object": "video", "status": "queued", "model": "seedance-2.0", "prompt": "A kite",
        "parameters": {"duration": 5, "resolution": "720p", "aspect_ratio": "16:9", "audio": true, "seed": 7, "watermark": false,
            "return_last_frame": true, "execution_expires_after": "3600", "safety_identifier": "customer-77"},
    });
    let task = polled(Vendor::Token360, &answer).await;
    let expected = json!({
        "duration": 5, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": true, "seed": 7, "watermark": false,
        "return_last_frame": true, "expires_after": 3600, "safety_identifier": "customer-77",
    });
    assert_eq!((parameters(&task), task.expired), (expected, None));
    assert_eq!(task.prompt.as_deref(), Some("A kite"));
    // Nulls say nothing.
    let mut nulls = answer.clone();
    for member in ["video_url", "error", "url", "content", "resolution", "request_id"] {
        nulls[member] = Value::Null;
    }
    let task_with_nulls = polled(Vendor::Token360, &nulls).await;
    assert_eq!((task_with_nulls.video, task_with_nulls.error), (None, None));
    assert_eq!(task_with_nulls.parameters, task.parameters);
    // The result is more reliable than the request.
    let mut answer = answer;
    answer["generate_audio"] = json!(false);
    answer["resolution"] = json!("480p");
    let task = polled(Vendor::Token360, &answer).await;
    assert_eq!(
        (task.parameters.generate_audio, task.parameters.resolution.as_deref()),
        (Some(false), Some("480p"))
    );

    let answer = json!({
        "id": "t", "object": "generation.task", "model": "seedance-2", "status": "completed", "progress": 100,
        "result": {"type": "video", "data": [{"url": "https://files.example.com/a.mp4", "format": "mp4",
            "last_frame_url": "https://files.example.com/a.png"}]},
        "usage": {"tool_usage": {"web_search": 2}},
    });
    let task = polled(Vendor::ToApis, &answer).await;
    assert_eq!(task.last_frame.unwrap().expose(), "https://files.example.com/a.png");
    assert_eq!(task.usage.unwrap().web_searches, Some(2));
}

#[tokio::test]
async fn minus_one_is_no_length() {
    for vendor in Vendor::ALL.iter().copied() {
        for (seconds, shown, length) in [
            (json!(-1), Some(VideoDuration::Auto), None),
            (json!("-1"), Some(VideoDuration::Auto), None),
            (json!(0), None, None),
            (json!(5), Some(VideoDuration::Seconds(5)), Some(5.0)),
        ] {
            let answer = json!({
                "id": "t", "status": "completed", "url": "https://files.example.com/a.mp4",
                "video_url": "https://files.example.com/a.mp4", "content": {"video_url": "https://files.example.com/a.mp4"},
                "duration": seconds, "parameters": {"duration": seconds},
                "unsigned_urls": ["https://files.example.com/a.mp4"],
                "video": {"url": "https://files.example.com/a.mp4", "duration": seconds},
                "output": "https://files.example.com/a.mp4", "input": {"duration": seconds},
                "metrics": {"video_output_duration_seconds": seconds},
            });
            let task = polled(vendor, &answer).await;
            let has_place = vendor.facts().task_fields.iter().any(|field| field.name == "duration");
            // OpenRouter shows no lengths.
            let length = length.filter(|_| vendor != Vendor::OpenRouter);
            assert_eq!(task.video.unwrap().duration, length, "{vendor} {seconds}");
            assert_eq!(
                task.parameters.duration,
                shown.filter(|_| has_place),
                "{vendor} {seconds}"
            );
        }
    }
}

/// Odd values of these members cost no more than themselves.
#[tokio::test]
async fn odd_values_are_left_out() {
    for vendor in Vendor::ALL.iter().copied() {
        let mut answer = json!({"id": "t", "status": "queued"});
        for field in vendor.facts().task_fields {
            for place in field.places {
                let mut at = &mut answer;
                for part in place.split('/').skip(1) {
                    at = &mut at[part];
                }
                *at = json!({"odd": []});
            }
        }
        let task = polled(vendor, &answer).await;
        assert_eq!(
            (task.status, task.parameters, task.expired),
            (TaskStatus::Queued, TaskParameters::default(), None)
        );
    }
}

/// A completed task whose files are gone stays completed, and ends a wait at once.
#[tokio::test]
async fn a_completed_task_may_have_lost_its_files() {
    let vendor = Vendor::AllToken;
    let answer = json!({"id": "t", "status": "completed", "model": "m", "created_at": "2026-11-20T08:00:00Z", "is_expired": true});
    let canned = Canned::json(200, &answer).await;
    let zero = Duration::ZERO;
    let options = WaitOptions::default().poll(videogen::poll::PollPolicy::within(zero, zero));
    let task = canned
        .client(vendor)
        .wait_with(&id(vendor, "t"), options, |_| {})
        .await
        .unwrap();
    assert_eq!(
        (&task.status, task.is_removed(), task.expired),
        (&TaskStatus::Completed, true, Some(true))
    );
    assert_eq!(canned.seen().len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let error = canned
        .client(vendor)
        .download(&task, folder.path().join("a.mp4"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoVideo);
    assert_eq!(
        error.message(),
        "the task was completed, but AllToken has removed its files"
    );
    // With its link it is still completed.
    let mut answer = answer;
    answer["video_url"] = json!("https://files.example.com/a.mp4");
    let task = polled(vendor, &answer).await;
    assert_eq!((task.is_removed(), task.expired), (false, Some(true)));
}

#[tokio::test]
async fn the_parameter_at_fault_is_named() {
    for vendor in [Vendor::Token360, Vendor::AllToken] {
        let answer = json!({"id": "t", "status": "failed", "error": {"code": "E1", "message": "out of range", "param": "duration"}});
        let error = polled(vendor, &answer).await.error.unwrap();
        assert_eq!(error.param.as_deref(), Some("duration"));
        assert_eq!(error.to_string(), "duration: out of range (E1)");
    }
    // Failures that earlier versions recorded have none.
    let recorded = json!({"kind": "vendor", "code": "E1", "message": "x"});
    assert_eq!(
        serde_json::from_value::<videogen::TaskError>(recorded).unwrap().param,
        None
    );
}

/// After submissions, polls and lists; it matches its schema and round-trips.
#[tokio::test]
async fn the_simulator_shows_what_was_asked_for() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let schema = jsonschema::validator_for(&task_schema()).unwrap();
    for vendor in [Vendor::Token360, Vendor::AllToken] {
        let client = Client::builder(vendor)
            .retry(RetryPolicy::never())
            .key("sk-test".to_owned())
            .base_url(simulator.base_url(simulated(vendor)))
            .build()
            .unwrap();
        let request = VideoRequest::new("seedance-2.0", "a paper boat")
            .duration(6)
            .seed(7)
            .generate_audio(false)
            .resolution("480p");
        let submitted = client.submit(&request).await.unwrap();
        let mut tasks = vec![submitted.clone(), client.get(&submitted.id).await.unwrap()];
        // The list of the other shows less of a task.
        if vendor == Vendor::AllToken {
            tasks.append(&mut client.list(&ListQuery::default()).await.unwrap().tasks);
        }
        for task in tasks {
            let shown = &task.parameters;
            assert_eq!(
                (
                    shown.duration,
                    shown.seed,
                    shown.generate_audio,
                    shown.resolution.as_deref()
                ),
                (Some(VideoDuration::Seconds(6)), Some(7), Some(false), Some("480p")),
                "{vendor}"
            );
            let document = json!(task);
            assert!(schema.is_valid(&document), "{document}");
            assert_eq!(serde_json::from_value::<VideoTask>(document).unwrap(), task);
        }
        assert!(submitted.request_id.is_some(), "{vendor}");
    }
}

#[tokio::test]
async fn the_request_id_of_the_answer() {
    for vendor in Vendor::ALL.iter().copied() {
        let body = json!({"id": "t", "status": "queued"}).to_string();
        let canned = Canned::new(200, "X-Request-Id:\r\n", &body).await;
        let submitted = canned
            .client(vendor)
            .submit(VideoRequest::new(vendor.default_model(), "x"))
            .await;
        assert_eq!(submitted.unwrap().request_id, None, "{vendor}");
        let canned = Canned::new(200, "Request-Id: req-9\r\n", &body).await;
        let client = canned.client(vendor);
        let submitted = client
            .submit(VideoRequest::new(vendor.default_model(), "x"))
            .await
            .unwrap();
        assert_eq!(submitted.request_id.as_deref(), Some("req-9"), "{vendor}");
        let task = client.get(&submitted.id).await.unwrap();
        assert_eq!(task.request_id.as_deref(), Some("req-9"), "{vendor}");
    }
}

/// Also where only the body has it. At Token360, this member is the caller's own id.
#[tokio::test]
async fn the_request_id_in_a_body() {
    for (answer, id) in [
        (
            json!({"id": "t", "status": "queued", "request_id": "req-1"}),
            Some("req-1"),
        ),
        (
            json!({"id": "t", "status": "failed", "error": {"message": "no", "request_id": "req-2"}}),
            Some("req-2"),
        ),
        (json!({"id": "t", "status": "queued", "request_id": ""}), None),
        (json!({"id": "t", "status": "queued"}), None),
    ] {
        let task = polled(Vendor::AllToken, &answer).await;
        assert_eq!(task.request_id.as_deref(), id, "{answer}");
    }
    let answer = json!({"id": "t", "status": "queued", "request_id": "order-1"});
    assert_eq!(polled(Vendor::Token360, &answer).await.request_id, None);
}

#[test]
fn a_task_for_a_test_has_them_too() {
    let mut parameters = TaskParameters::default();
    parameters.seed = Some(7);
    let task = VideoTask::builder(id(Vendor::AllToken, "t"))
        .parameters(parameters)
        .expired(true)
        .request_id("req-9")
        .build();
    assert_eq!(
        (task.parameters.seed, task.expired, task.request_id.as_deref()),
        (Some(7), Some(true), Some("req-9"))
    );
}
