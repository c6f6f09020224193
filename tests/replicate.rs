//! What is particular to Replicate: a model's own names and words, fields in headers, pages by URL, results that are removed,
//! and the caller's own members below `input`.

use std::time::Duration;

use serde_json::{Value, json};
use videogen::lost::Reconciled;
use videogen::submit::{plan, validate};
use videogen::task::ListQuery;
use videogen::{Client, ErrorKind, RetryPolicy, Role, TaskId, TaskStatus, Vendor, VideoDuration, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::canned::Canned;
use crate::cases::url;

const VENDOR: Vendor = Vendor::Replicate;
const SIMULATED: videogen_sim::Vendor = videogen_sim::Vendor::Replicate;
const KLING: &str = "kwaivgi/kling-v3-video";
const HOUR: Duration = Duration::from_secs(3600);
const WHOLE: Duration = Duration::from_secs(20);

fn request() -> VideoRequest {
    VideoRequest::new(VENDOR.default_model(), "a kite over the ice")
}

fn id(name: &str) -> TaskId {
    TaskId::new(VENDOR, "predictions", name).unwrap()
}

fn planned(request: &VideoRequest) -> Value {
    plan(VENDOR, None, request).unwrap().body
}

/// A list with one prediction.
fn page(next: &str) -> Value {
    json!({"results": [{"id": "p", "status": "starting"}], "next": next})
}

/// A server whose list gives this path on itself as the next page.
async fn linking(path: &str) -> Canned {
    Canned::linking(200, &page(&format!("https://own.example{path}")), "https://own.example").await
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

#[test]
fn each_model_has_its_own_names_and_words() {
    let framed = |model: &str| {
        let request = VideoRequest::new(model, "a kite").input(Role::FirstFrame, url("a.png"));
        planned(&request.input(Role::LastFrame, url("b.png")).resolution("720p"))["input"].clone()
    };
    let [a, b] = ["https://media.example.com/a.png", "https://media.example.com/b.png"];
    assert_eq!(
        framed(VENDOR.default_model()),
        json!({"prompt": "a kite", "image": a, "last_frame_image": b, "resolution": "720p"})
    );
    assert_eq!(
        framed("google/veo-3.1"),
        json!({"prompt": "a kite", "image": a, "last_frame": b, "resolution": "720p"})
    );
    assert_eq!(
        framed(KLING),
        json!({"prompt": "a kite", "start_image": a, "end_image": b, "mode": "standard"})
    );
    // Only the normalised values are a caller's, and only the vendor's words travel.
    for word in ["standard", "pro"] {
        let refused = validate(VENDOR, &VideoRequest::new(KLING, "a kite").resolution(word));
        assert_eq!((refused.len(), refused[0].field.as_str()), (1, "resolution"));
        assert!(refused[0].hint.contains("720p, 1080p"), "{}", refused[0].hint);
    }
    // A ratio that would be ignored is refused.
    let framed = VideoRequest::new(KLING, "a kite").input(Role::FirstFrame, url("a.png"));
    assert_eq!(validate(VENDOR, &framed.aspect_ratio("16:9"))[0].field, "aspect_ratio");
}

/// Answers have the normalised values again.
#[tokio::test]
async fn words_are_read_back() {
    for (input, resolution) in [
        (json!({"prompt": "x", "mode": "pro", "duration": 5}), Some("1080p")),
        (json!({"prompt": "x", "mode": "standard", "duration": 5}), Some("720p")),
        (
            json!({"prompt": "x", "resolution": "480p", "duration": 5}),
            Some("480p"),
        ),
        // A word that the spec does not have is kept.
        (json!({"prompt": "x", "mode": "epic", "duration": 5}), Some("epic")),
        (json!({"prompt": "x", "duration": 5}), None),
    ] {
        let body = json!({"id": "p", "status": "processing", "input": input});
        let task = Canned::json(200, &body)
            .await
            .client(VENDOR)
            .get(&id("p"))
            .await
            .unwrap();
        assert_eq!(task.parameters.resolution.as_deref(), resolution, "{body}");
        assert_eq!(task.parameters.duration, Some(VideoDuration::Seconds(5)));
    }
    let (_simulator, client) = simulated().await;
    let task = client
        .submit(&VideoRequest::new(KLING, "a kite").resolution("720p"))
        .await
        .unwrap();
    assert_eq!(task.parameters.resolution.as_deref(), Some("720p"));
    assert_eq!(task.model.as_deref(), Some(KLING));
}

/// The deadline travels in a header: what ends after it is cancelled, what begins after it is aborted.
#[tokio::test]
async fn a_deadline_is_a_header() {
    let planned = plan(VENDOR, None, &request().expires_after(90)).unwrap();
    assert_eq!(planned.headers["cancel-after"], "90s");
    assert_eq!(planned.body["input"], json!({"prompt": "a kite over the ice"}));
    assert!(plan(VENDOR, None, &request()).unwrap().headers.is_empty());
    let short = validate(VENDOR, &request().expires_after(4));
    assert_eq!(
        (short[0].field.as_str(), short[0].hint.as_str()),
        ("expires_after", "use 5")
    );

    let simulator = Simulator::builder()
        .manual_clock()
        .queued_for(Duration::from_secs(30))
        .completed_after(Duration::from_secs(120))
        .start()
        .await
        .unwrap();
    let client = Client::builder(VENDOR)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(SIMULATED))
        .build()
        .unwrap();
    let submit = async |seconds| client.submit(&request().expires_after(seconds)).await.unwrap().id;
    let (aborted, canceled, finished) = (submit(10).await, submit(60).await, submit(300).await);
    simulator.advance(Duration::from_secs(130));
    for (id, word, status) in [
        (aborted, "aborted", TaskStatus::Expired),
        (canceled, "canceled", TaskStatus::Cancelled),
        (finished, "succeeded", TaskStatus::Completed),
    ] {
        let task = client.get(&id).await.unwrap();
        assert_eq!((task.vendor_status.as_str(), task.status), (word, status));
    }
}

/// Never held open: the answer of a submission must not take as long as a video.
#[tokio::test]
async fn a_submission_does_not_wait() {
    let canned = Canned::json(201, &json!({"id": "p", "status": "starting"})).await;
    canned
        .client(VENDOR)
        .submit(&request().expires_after(90))
        .await
        .unwrap();
    let sent = canned.seen().pop().unwrap().to_lowercase();
    assert!(sent.contains("cancel-after: 90s\r\n"), "{sent}");
    assert!(!sent.contains("prefer:"), "{sent}");
}

#[test]
fn own_members_go_below_the_input() {
    let with = |extra: &Value| {
        let mut request = VideoRequest::new(KLING, "a kite").resolution("720p");
        request.extra = extra.as_object().unwrap().clone();
        request
    };
    let input = |more: &Value| {
        let mut input = json!({"prompt": "a kite", "mode": "standard"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let negative = json!({"negative_prompt": "rain"});
    for extra in [negative.clone(), json!({"input": negative})] {
        let body = planned(&with(&extra));
        assert_eq!(body, json!({"version": KLING, "input": input(&negative)}), "{extra}");
    }
    // The body's own members stay at its top.
    let body = planned(&with(
        &json!({"webhook_events_filter": ["start"], "negative_prompt": "rain"}),
    ));
    assert_eq!(
        body,
        json!({"version": KLING, "input": input(&negative), "webhook_events_filter": ["start"]})
    );
    // What a field of the request carries is not overridden, at either place.
    for extra in [
        json!({"mode": "pro"}),
        json!({"input": {"mode": "pro"}}),
        json!({"version": "x"}),
    ] {
        let found = validate(VENDOR, &with(&extra));
        assert_eq!((found.len(), found[0].field.as_str()), (1, "extra"), "{extra}");
    }
    assert!(
        validate(VENDOR, &with(&json!({"mode": "pro"})))[0]
            .value
            .contains("input.mode")
    );
    // A model that no table lists takes its whole input this way.
    let mut unlisted = VideoRequest::new("someone/some-model:0123abcd", "a kite");
    unlisted.extra = json!({"num_frames": 81}).as_object().unwrap().clone();
    assert_eq!(
        planned(&unlisted),
        json!({"version": "someone/some-model:0123abcd", "input": {"prompt": "a kite", "num_frames": 81}})
    );
}

/// Deliveries at each output and line of the log would be many.
#[test]
fn webhooks_are_requested_for_the_end_only() {
    let request = request().callback_url("https://hooks.example.com/x");
    assert_eq!(planned(&request)["webhook_events_filter"], json!(["completed"]));
    let mut own = request;
    own.extra = json!({"webhook_events_filter": ["start", "completed"]})
        .as_object()
        .unwrap()
        .clone();
    assert_eq!(planned(&own)["webhook_events_filter"], json!(["start", "completed"]));
}

#[tokio::test]
async fn pages_are_followed_by_their_urls() {
    let (simulator, client) = simulated().await;
    for number in 0..205 {
        client
            .submit(&VideoRequest::new(VENDOR.default_model(), format!("kite {number}")))
            .await
            .unwrap();
    }
    let mut made: Vec<String> = simulator.tasks().into_iter().map(|task| task.id).collect();
    made.reverse();
    let first = client.list(&ListQuery::default()).await.unwrap();
    let cursor = first.next.clone().unwrap();
    assert_eq!(first.tasks.len(), 100);
    assert!(
        !cursor.contains("127.0.0.1") && cursor.starts_with("cursor="),
        "{cursor}"
    );
    let mut tasks = client.list_all(ListQuery::default());
    let mut listed = Vec::new();
    while let Some(task) = tasks.next().await {
        listed.push(task.unwrap().id.id().to_owned());
    }
    assert_eq!(listed, made);
}

/// Only the list's own address is requested, whatever the answer says; the key goes nowhere else.
#[tokio::test]
async fn a_page_elsewhere_is_not_requested() {
    let trap = Canned::json(200, &json!({"results": [], "next": null})).await;
    for next in [
        format!("{}/predictions?cursor=a", trap.base_url),
        "https://evil.example/v1/predictions?cursor=a".to_owned(),
        "/predictions?cursor=a".to_owned(),
        "not a URL".to_owned(),
        "file:///etc/passwd?cursor=a".to_owned(),
    ] {
        let canned = Canned::json(200, &page(&next)).await;
        let client = canned.client(VENDOR);
        // The tasks of this page are not lost with the next page.
        let listed = client.list(&ListQuery::default()).await.unwrap();
        assert_eq!((listed.tasks.len(), &listed.next), (1, &None), "{next}");
        let reason = listed.incomplete.unwrap();
        assert!(
            reason.starts_with("the URL of the next page is not one of http://127.0.0.1"),
            "{reason}"
        );
        assert!(!reason.contains("evil"), "{reason}");
        let mut all = client.list_all(ListQuery::default());
        assert!(all.next().await.unwrap().is_ok());
        let error = all.next().await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Decode, reason.as_str()));
        assert!(all.next().await.is_none());
    }
    // The same origin with another path, without a query, and with one that names no page.
    for change in [
        "/accounts?cursor=a",
        "/predictions",
        "/predictions/../models?cursor=a",
        "/predictions?source=web",
        "/predictions?cursor=",
    ] {
        let canned = linking(change).await;
        let listed = canned.client(VENDOR).list(&ListQuery::default()).await.unwrap();
        assert!(listed.next.is_none() && listed.incomplete.is_some(), "{change}");
    }
    let canned = linking("/predictions?cursor=a%3D").await;
    let client = canned.client(VENDOR);
    let listed = client.list(&ListQuery::default()).await.unwrap();
    assert_eq!(listed.next.as_deref(), Some("cursor=a%3D"));
    client
        .list(&ListQuery::default().after(listed.next.unwrap()))
        .await
        .unwrap();
    let last = canned.seen().pop().unwrap();
    assert!(last.starts_with("GET /predictions?cursor=a%3D HTTP"), "{last}");
    assert!(trap.seen().is_empty());
    // A cursor cannot change the address, and what is none would list all tasks.
    let requests = canned.seen().len();
    for cursor in [
        "",
        "X",
        "cursor",
        "cursor=",
        "=a",
        "source=web",
        "p1q2r3",
        "cursor=a#b",
        "a b",
        "x\r\nHost: evil.example",
    ] {
        let error = client.list(&ListQuery::default().after(cursor)).await.unwrap_err();
        assert_eq!(error.violations()[0].field, "after", "{cursor:?}");
        assert!(error.violations()[0].rule.contains("`cursor=` with a value"), "{error}");
    }
    assert_eq!(canned.seen().len(), requests);
}

/// A list whose next page cannot be requested does not show that there is no task.
#[tokio::test]
async fn a_list_without_its_next_page_proves_nothing() {
    let (simulator, client) = simulated().await;
    simulator.inject(Fault::new(SIMULATED, Operation::Submit, FaultKind::DropBefore));
    let lost = client
        .submit(&request())
        .await
        .unwrap_err()
        .ambiguity()
        .unwrap()
        .clone();
    let other = json!({"id": "p", "status": "starting", "created_at": lost.sent_at, "input": {"prompt": "another"}});
    for (next, expected) in [
        (Value::Null, Reconciled::NotFound),
        (
            json!("https://evil.example/predictions?cursor=a"),
            Reconciled::ListTruncated,
        ),
    ] {
        let canned = Canned::json(200, &json!({"results": [other], "next": next})).await;
        assert_eq!(canned.client(VENDOR).reconcile(&lost).await.unwrap(), expected);
    }
}

/// An hour after its end a prediction is still `succeeded`, without its file. It was made, unlike one that was aborted.
#[tokio::test]
async fn a_removed_result_was_completed() {
    let (simulator, client) = simulated().await;
    let submitted = client.submit(&request().duration(6)).await.unwrap();
    assert_eq!(submitted.status, TaskStatus::Queued);
    simulator.advance(WHOLE);
    let task = client.get(&submitted.id).await.unwrap();
    assert_eq!(task.status, TaskStatus::Completed);
    let end = task.completed_at.unwrap();
    assert_eq!(task.video.unwrap().expires_at, Some(end + HOUR));
    assert_eq!(task.usage.unwrap().seconds.unwrap().to_string(), "17.0");
    simulator.advance(HOUR);
    let task = client.get(&submitted.id).await.unwrap();
    assert_eq!(
        (task.vendor_status.as_str(), task.status),
        ("succeeded", TaskStatus::Completed)
    );
    assert!(task.video.is_none() && task.expired == Some(true));
    let waited = client.wait(&submitted.id).await.unwrap();
    assert!(waited.is_removed());
    let folder = tempfile::tempdir().unwrap();
    let error = client
        .download(&submitted.id, folder.path().join("a.mp4"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (
            ErrorKind::NoVideo,
            "the task was completed, but Replicate has removed its files, an hour after the end"
        )
    );
}

#[tokio::test]
async fn only_a_prediction_that_has_not_ended_is_cancelled() {
    let (simulator, client) = simulated().await;
    let (queued, ended) = (
        client.submit(&request()).await.unwrap(),
        client.submit(&request()).await.unwrap(),
    );
    let cancelled = client.cancel(&queued.id).await.unwrap();
    assert_eq!(
        (cancelled.vendor_status.as_str(), cancelled.status),
        ("canceled", TaskStatus::Cancelled)
    );
    simulator.advance(WHOLE);
    let error = client.cancel(&ended.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
}

/// A lost answer: the list shows prompts, so the prediction is found, and nothing is sent again.
#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    let (simulator, client) = simulated().await;
    simulator.inject(Fault::new(SIMULATED, Operation::Submit, FaultKind::DropAfter));
    let error = client.submit(&request()).await.unwrap_err();
    let found = client.reconcile(error.ambiguity().unwrap()).await.unwrap();
    let videogen::lost::Reconciled::Candidates(found) = found else {
        panic!("{found:?}");
    };
    assert_eq!((found.len(), simulator.stats().tasks), (1, 1));
}

/// The code is in the text.
#[tokio::test]
async fn failures_have_their_codes() {
    for (error, code, kind) in [
        (
            "The input was flagged as sensitive. (E005)",
            Some("E005"),
            ErrorKind::Moderated,
        ),
        ("Out of memory (E1001)", Some("E1001"), ErrorKind::Vendor),
        ("It broke (again)", None, ErrorKind::Vendor),
    ] {
        let body = json!({"id": "p", "status": "failed", "error": error, "output": null});
        let task = Canned::json(200, &body)
            .await
            .client(VENDOR)
            .get(&id("p"))
            .await
            .unwrap();
        let failure = task.error.unwrap();
        assert_eq!((failure.code.as_deref(), failure.kind), (code, kind), "{error}");
        assert_eq!(failure.message.as_deref(), Some(error));
    }
}

/// Some models return a list.
#[tokio::test]
async fn all_files_of_a_list_are_videos() {
    let [a, b] = ["https://files.example.com/a.mp4", "https://files.example.com/b.mp4"];
    let body =
        json!({"id": "p", "status": "succeeded", "output": [a, b], "metrics": {"video_output_duration_seconds": 5}});
    let task = Canned::json(200, &body)
        .await
        .client(VENDOR)
        .get(&id("p"))
        .await
        .unwrap();
    let links: Vec<_> = task.videos().map(|video| video.url.expose()).collect();
    assert_eq!(links, [a, b]);
    assert!(task.videos().all(|video| video.duration.is_none()));
}
