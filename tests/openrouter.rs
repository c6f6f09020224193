//! What is particular to OpenRouter: a set of durations, references that would be dropped silently, links that need the key,
//! what a job cost, a signature with the time in it, and submissions that cannot be looked up.

use std::time::Duration;

use serde_json::{Value, json};
use videogen::submit::validate;
use videogen::webhook::{Received, Receiver, Refusal, Rejection};
use videogen::{Client, Delivery, ErrorKind, RetryPolicy, TaskId, TaskStatus, Timestamp, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator, Spec, Tariff};

use crate::canned::Canned;

const VENDOR: Vendor = Vendor::OpenRouter;
const SIMULATED: videogen_sim::Vendor = videogen_sim::Vendor::OpenRouter;
const VEO: &str = "google/veo-3.1";
const SECRET: &str = "whsec-demo";
/// When the signed vector of the page was made.
const SIGNED: i64 = 1_795_684_262;

fn request() -> VideoRequest {
    VideoRequest::new(VENDOR.default_model(), "a kite over the ice")
}

fn id(name: &str) -> TaskId {
    TaskId::new(VENDOR, "videos", name).unwrap()
}

async fn simulated() -> (Simulator, Client) {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let builder = Client::builder(VENDOR)
        .retry(RetryPolicy::never())
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(SIMULATED));
    let client = builder.build().unwrap();
    (simulator, client)
}

fn rules(request: &VideoRequest) -> Vec<(String, String, String)> {
    let found = validate(VENDOR, request).into_iter();
    found
        .map(|violation| (violation.field, violation.rule, violation.hint))
        .collect()
}

#[test]
fn a_duration_is_one_of_a_set() {
    for seconds in [4, 6, 8] {
        assert_eq!(rules(&VideoRequest::new(VEO, "x").duration(seconds)), []);
    }
    for (seconds, nearest) in [(0, 4), (1, 4), (5, 4), (7, 6), (9, 8), (100, 8)] {
        let found = rules(&VideoRequest::new(VEO, "x").duration(seconds));
        let [(field, rule, hint)] = found.try_into().unwrap();
        assert_eq!(field, "duration");
        assert_eq!(rule, "OpenRouter google/veo-3.1 supports 4, 6 or 8 seconds");
        assert_eq!(hint, format!("use {nearest}"));
    }
}

/// A provider that does not take a kind of reference drops it silently.
#[test]
fn references_that_would_be_dropped_are_refused() {
    let url = "https://media.example.com/a";
    let seedance = || VideoRequest::new(VENDOR.default_model(), "x").reference_image(url);
    assert_eq!(rules(&seedance().reference_video(url).reference_audio(url)), []);
    let fields = |request: &VideoRequest| -> Vec<String> {
        let found = rules(request).into_iter();
        found.map(|(field, ..)| field).collect()
    };
    let veo = || VideoRequest::new(VEO, "x").reference_image(url);
    assert_eq!(fields(&veo()), [""; 0]);
    assert_eq!(
        fields(&veo().reference_video(url).reference_audio(url)),
        ["reference_video", "reference_audio"]
    );
    let unlisted = VideoRequest::new("alibaba/wan-3.0", "x").reference_image(url);
    assert_eq!(fields(&unlisted), [""; 0]);
    assert_eq!(fields(&unlisted.reference_video(url)), ["reference_video"]);
    // With both, the references would be ignored.
    assert_eq!(fields(&seedance().first_frame(url)), ["inputs"]);
}

#[tokio::test]
async fn a_file_is_downloaded_with_the_key_and_the_task_shows_its_cost() {
    let (simulator, client) = simulated().await;
    let submitted = client.submit(&request().duration(6)).await.unwrap();
    assert_eq!(submitted.status, TaskStatus::Queued);
    assert_eq!(submitted.vendor_status, "pending");
    assert_eq!(submitted.model.as_deref(), Some(VENDOR.default_model()));
    simulator.advance(Duration::from_secs(60));
    let task = client.get(&submitted.id).await.unwrap();
    let link = task.video.as_ref().unwrap().url.expose().to_owned();
    assert!(link.starts_with(&simulator.base_url(SIMULATED)), "{link}");
    assert_eq!(crate::http::client().get(&link).send().await.unwrap().status(), 401);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kite.mp4");
    let file = client.download(&task, &path).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), file.bytes);

    // 129,600 tokens at 7 dollars per million.
    let cost = task.usage.unwrap().cost.unwrap();
    assert_eq!(cost.to_string(), "0.9072 USD");
    let shown = &simulator.tasks()[0].cost;
    assert_eq!(
        (shown.amount, &shown.currency, shown.by),
        (cost.amount, &cost.currency, Tariff::List)
    );
}

#[tokio::test]
async fn the_link_through_the_vendor_is_preferred_to_the_signed_one() {
    let read = async |body: Value| {
        Canned::json(200, &body)
            .await
            .client(VENDOR)
            .get(&id("j-1"))
            .await
            .unwrap()
    };
    let (through, signed) = ("https://openrouter.example.com/v", "https://files.example.com/v?sig=1");
    let job = json!({"id": "j-1", "status": "completed", "urls": [signed], "expires_at": 1_795_770_487,
        "unsigned_urls": [through], "usage": {"cost": 3.2, "is_byok": false}});
    let task = read(job.clone()).await;
    let video = task.video.unwrap();
    assert_eq!((video.url.expose(), video.expires_at), (through, None));
    assert_eq!(task.usage.unwrap().cost.unwrap().to_string(), "3.2 USD");
    for none in [json!(null), json!([]), json!([null])] {
        let mut job = job.clone();
        job["unsigned_urls"] = none;
        let video = read(job).await.video.unwrap();
        assert_eq!(video.url.expose(), signed);
        assert_eq!(video.expires_at, Timestamp::from_timestamp(1_795_770_487, 0));
    }
    // The word at which the vendor's own package ends a wait.
    let dead = read(json!({"id": "j-1", "status": "dead", "error": "The provider lost it"})).await;
    assert_eq!(dead.status, TaskStatus::Failed);
    assert_eq!(dead.error.unwrap().message.as_deref(), Some("The provider lost it"));
    // A job without a cost has no usage.
    let byok = read(json!({"id": "j-1", "status": "completed", "usage": {"cost": null, "is_byok": true}})).await;
    assert_eq!(byok.usage, None);
    // Not amounts: they must not be taken off what was spent.
    for (cost, kept) in [
        (json!(-1), "-1"),
        (json!("unknown"), "\"unknown\""),
        (json!(1e40), "1e+40"),
    ] {
        let task = read(json!({"id": "j-1", "status": "completed", "usage": {"cost": cost}})).await;
        assert_eq!(task.cost(), None);
        let usage = task.usage.unwrap();
        assert_eq!((usage.cost, usage.unreadable_cost.as_deref()), (None, Some(kept)));
    }
}

/// One request, and no way to find the job.
#[tokio::test]
async fn a_lost_submission_cannot_be_looked_up() {
    let (simulator, client) = simulated().await;
    simulator.inject(Fault::new(SIMULATED, Operation::Submit, FaultKind::DropAfter));
    let error = client.submit(&request()).await.unwrap_err();
    assert_eq!(error.delivery(), Some(Delivery::Ambiguous));
    assert_eq!(simulator.stats().submissions["openrouter"], 1);
    let error = client.reconcile(error.ambiguity().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert_eq!(
        error.to_string(),
        "its task cannot be searched for: OpenRouter lists no tasks"
    );
    for (status, is_refused) in [
        (400, true),
        (402, true),
        (403, true),
        (413, true),
        (429, true),
        (500, false),
        (502, false),
        (503, false),
    ] {
        let body = json!({"error": {"code": status, "message": "No"}});
        let canned = Canned::json(status, &body).await;
        let error = canned.client(VENDOR).submit(&request()).await.unwrap_err();
        let expected = if is_refused {
            Delivery::Rejected
        } else {
            Delivery::Ambiguous
        };
        assert_eq!(error.delivery(), Some(expected), "{status}");
        assert_eq!(canned.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn errors_by_their_types() {
    let error = |metadata: Value| json!({"error": {"code": 403, "message": "No", "metadata": metadata}});
    for (status, body, kind) in [
        (
            401,
            json!({"error": {"code": 401, "message": "Missing Authentication header"}}),
            ErrorKind::Auth,
        ),
        (
            402,
            json!({"error": {"code": 402, "message": "Insufficient credits"}}),
            ErrorKind::Balance,
        ),
        (
            403,
            error(json!({"reasons": ["violence"], "flagged_input": "…"})),
            ErrorKind::Moderated,
        ),
        (403, error(json!({"error_type": "permission_denied"})), ErrorKind::Auth),
        (
            400,
            error(json!({"error_type": "content_policy_violation"})),
            ErrorKind::Moderated,
        ),
        (
            400,
            error(json!({"error_type": "invalid_request"})),
            ErrorKind::InvalidRequest,
        ),
        (404, error(json!(null)), ErrorKind::NotFound),
        (
            429,
            error(json!({"error_type": "rate_limit_exceeded"})),
            ErrorKind::RateLimited,
        ),
    ] {
        let found = Canned::json(status, &body)
            .await
            .client(VENDOR)
            .get(&id("j-1"))
            .await
            .unwrap_err();
        assert_eq!(found.kind(), kind, "{status} {body}");
    }
}

/// A webhook of the page, with the signature of the page's form.
#[tokio::test]
async fn a_signed_webhook_is_the_task() {
    let spec = Spec::of(SIMULATED).unwrap().document();
    let callback = &spec["paths"]["/videos"]["post"]["callbacks"]["job_ended"]["{$request.body#/callback_url}"]["post"];
    let examples = &callback["requestBody"]["content"]["application/json"]["examples"];
    let completed = examples["completed"]["value"].to_string();
    let canned = Canned::json(500, &json!({"error": {"message": "not to be asked"}})).await;
    let now = Timestamp::from_timestamp(SIGNED, 0).unwrap();
    let build = |secrets: &[&str]| {
        let builder = Receiver::builder(canned.client(VENDOR)).clock(move || now);
        let builder = secrets
            .iter()
            .fold(builder, |builder, secret| builder.secret((*secret).to_owned()));
        builder.build().unwrap()
    };
    let headers = |event: &str, secret: &str, time: i64, body: &str| {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time},{body}").as_bytes());
        let hex: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("x-openrouter-signature", format!("t={time},v1={hex}").parse().unwrap());
        headers.insert("x-openrouter-idempotency-key", event.parse().unwrap());
        headers
    };
    let receiver = build(&["old", SECRET]);
    let given = headers("forged", SECRET, SIGNED, &completed);
    let Ok(Received::New(event)) = receiver.receive(None, &given, completed.as_bytes()).await else {
        panic!("refused")
    };
    // The header with the id is not signed, so the body names the event.
    let job = "gen-vid-1795684087-Qm3xT8Lr2VbZk7NcWd5P";
    assert_eq!(event.id, Some(format!("{job}-completed")));
    let task = event.task.unwrap();
    assert_eq!((task.id, task.status), (id(job), TaskStatus::Completed));
    assert_eq!(task.model.as_deref(), Some("google/veo-3.1"));
    assert!(task.video.unwrap().url.expose().ends_with("/content?index=0"));
    assert_eq!(task.usage.unwrap().cost.unwrap().to_string(), "3.2 USD");
    // A repeat, signed again, and under another name.
    let again = headers("another", SECRET, SIGNED + 9, &completed);
    let repeat = receiver.receive(None, &again, completed.as_bytes()).await.unwrap();
    assert_eq!(repeat, Received::Duplicate);
    for (given, refusal) in [
        (headers("x", "wrong", SIGNED, &completed), Refusal::Signature),
        (headers("x", SECRET, SIGNED - 301, &completed), Refusal::Time),
        (headers("x", SECRET, SIGNED + 301, &completed), Refusal::Time),
        (headers("x", SECRET, SIGNED, "{}"), Refusal::Signature),
    ] {
        match receiver.receive(None, &given, completed.as_bytes()).await {
            Err(Rejection::Refused(found)) => assert_eq!(found, refusal),
            other => panic!("not refused: {other:?}"),
        }
    }
    let failed = examples["failed"]["value"].to_string();
    let given = headers("x", SECRET, SIGNED, &failed);
    let Ok(Received::New(event)) = receiver.receive(None, &given, failed.as_bytes()).await else {
        panic!("refused")
    };
    let task = event.task.unwrap();
    assert_eq!(task.status, TaskStatus::Failed);
    assert_eq!(
        task.error.unwrap().message.as_deref(),
        Some("The provider refused the prompt for its content")
    );
    assert!(canned.seen().is_empty());
}

/// The workspace may have no signing secret: then a delivery is a hint.
#[tokio::test]
async fn an_account_without_a_secret_gets_unsigned_webhooks() {
    let builder = Simulator::builder().manual_clock().webhook_secret(None::<String>);
    let simulator = builder.start().await.unwrap();
    let client = Client::builder(VENDOR)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(SIMULATED))
        .build()
        .unwrap();
    let submitted = client
        .submit(&request().callback_url("http://127.0.0.1:9/hook"))
        .await
        .unwrap();
    assert_eq!(submitted.status, TaskStatus::Queued);
}

#[tokio::test]
async fn the_models_are_listed() {
    let (_simulator, client) = simulated().await;
    let models = client.models().await.unwrap();
    let veo = models.iter().find(|model| model.id == VEO).unwrap();
    assert_eq!(veo.output_modalities, ["video"]);
    assert_eq!(veo.input_modalities, ["text", "image"]);
}
