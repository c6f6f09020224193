//! The JSON Schemas of the public types, and their serde round trip.

use serde_json::{Value, json};
use videogen::submit::request_schema;
use videogen::task::task_schema;
use videogen::{Adjust, Vendor, VideoRequest, VideoTask};

use crate::canned::Canned;
use crate::cases::{cases, targets};

#[test]
fn schemas_for_reviewers() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/schemas");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("request", serde_json::to_string_pretty(&request_schema()).unwrap());
        // Three files: together they are too long to review.
        let mut task = task_schema();
        let mut parts = task.as_object_mut().unwrap().remove("$defs").unwrap();
        let parameters = parts.as_object_mut().unwrap().remove("TaskParameters").unwrap();
        insta::assert_snapshot!("task", serde_json::to_string_pretty(&task).unwrap());
        insta::assert_snapshot!("task_parameters", serde_json::to_string_pretty(&parameters).unwrap());
        insta::assert_snapshot!("task_parts", serde_json::to_string_pretty(&parts).unwrap());
    });
}

#[test]
fn requests_match_their_schema_and_round_trip() {
    let schema = jsonschema::validator_for(&request_schema()).unwrap();
    for (vendor, model) in targets() {
        for (case, request) in cases(vendor, model) {
            let request = request.adjust("seed", Adjust::Drop).adjust("duration", Adjust::Round);
            let document = json!(request);
            let problems: Vec<_> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{case}: {problems:?} {document}");
            // As JSON, since inline media of a known type is a file when it is read.
            let read: VideoRequest = serde_json::from_value(document.clone()).unwrap();
            assert_eq!(json!(read), document, "{case}");
        }
    }
}

/// Variables of templates are texts, so a duration may be one.
#[test]
fn schema_and_reader_agree_on_durations() {
    let schema = jsonschema::validator_for(&request_schema()).unwrap();
    for (duration, is_valid) in [
        (json!(5), true),
        (json!("5"), true),
        (json!("05"), true),
        (json!("auto"), true),
        (json!("AUTO"), true),
        (json!(-1), false),
        (json!(5.5), false),
        (json!("+5"), false),
        (json!("5s"), false),
        (json!("5.5"), false),
        (json!(" 5"), false),
        (json!(""), false),
        (json!("5000000000"), false),
        (json!(5_000_000_000_u64), false),
        (json!("long"), false),
    ] {
        let document = json!({"model": "m", "prompt": "p", "duration": duration});
        assert_eq!(schema.is_valid(&document), is_valid, "schema: {duration}");
        let read = serde_json::from_value::<VideoRequest>(document);
        assert_eq!(read.is_ok(), is_valid, "reader: {duration}");
    }
}

#[test]
fn invalid_requests_are_rejected_with_the_member() {
    for (document, word) in [
        (json!({"model": "m"}), "prompt"),
        (json!({"model": "m", "prompt": "p", "lenght": 5}), "lenght"),
        (
            json!({"model": "m", "prompt": "p", "duration": "long"}),
            "whole seconds",
        ),
        (json!({"model": "m", "prompt": "p", "duration": -1}), "duration"),
        (
            json!({"model": "m", "prompt": "p", "inputs": [{"role": "hero", "source": "asset://a"}]}),
            "first_frame",
        ),
        (
            json!({"model": "m", "prompt": "p", "inputs": [{"role": "first_frame", "source": "a.png"}]}),
            "https://",
        ),
        (
            json!({"model": "m", "prompt": "p", "draft_task": "nobody:x:y"}),
            "nobody",
        ),
    ] {
        let schema = jsonschema::is_valid(&request_schema(), &document);
        let error = serde_json::from_value::<VideoRequest>(document.clone())
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{document}: {error}");
        // The schema does not list the vendors.
        assert_eq!(schema, word == "nobody", "{document}");
    }
}

#[tokio::test]
async fn tasks_match_their_schema_and_round_trip() {
    let schema = jsonschema::validator_for(&task_schema()).unwrap();
    for vendor in Vendor::ALL {
        for status in ["queued", "Simmering", "completed", "failed"] {
            let body = json!({
                "id": "t", "status": status, "model": "m", "progress": 40, "created_at": 1_795_219_200,
                "url": "https://files.example.com/v.mp4", "video_url": "https://files.example.com/v.mp4",
                "duration": 5, "usage": {"total_tokens": 7}, "error": {"code": "x", "message": "y"},
            });
            let id = crate::cases::task(*vendor, "t");
            let task = Canned::json(200, &body).await.client(*vendor).get(&id).await.unwrap();
            let document = json!(task);
            let problems: Vec<_> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{vendor} {status}: {problems:?}");
            let back: VideoTask = serde_json::from_value(document).unwrap();
            assert_eq!(back, task);
            assert_eq!(back.raw.json(), body);
        }
    }
}

/// Adjustments are on the task, and nothing is changed without permission.
#[tokio::test]
async fn adjustments_are_reported() {
    for vendor in Vendor::ALL {
        let canned = Canned::json(200, &json!({"id": "t", "status": "queued"})).await;
        let request = VideoRequest::new(vendor.default_model(), "x").duration(99);
        assert!(canned.client(*vendor).submit(&request).await.is_err());
        assert!(canned.seen().is_empty());
        let task = canned
            .client(*vendor)
            .submit(&request.adjust("duration", Adjust::Round))
            .await
            .unwrap();
        assert_eq!(task.adjustments.len(), 1);
        let adjustment = &json!(task)["adjustments"][0];
        assert_eq!(
            (&adjustment["field"], &adjustment["requested"]),
            (&Value::from("duration"), &Value::from("99"))
        );
        let sent = canned.seen().remove(0);
        assert!(
            // As a number, or as text.
            sent.replace(":\"", ":")
                .contains(&format!("\"duration\":{}", adjustment["sent"].as_str().unwrap())),
            "{sent}"
        );
    }
    let unknown = VideoRequest::new("seedance-2.0", "x")
        .adjust("sede", Adjust::Drop)
        .adjust("seed", Adjust::Round);
    let violations = videogen::submit::validate(Vendor::Token360, &unknown);
    let values: Vec<_> = violations.iter().map(|violation| violation.value.as_str()).collect();
    assert_eq!(values, ["sede", "seed"]);
}
