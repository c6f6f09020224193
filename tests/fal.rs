//! What is particular to fal: the endpoint is the path and the inputs choose it, a poll takes two requests, and a request that
//! has failed is `COMPLETED`.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use videogen::journal::Journal as _;
use videogen::submit::{plan, validate};
use videogen::{Client, Delivery, ErrorKind, RetryPolicy, Role, TaskId, TaskStatus, Vendor, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::{Simulator, Spec};

use crate::canned::Canned;
use crate::cases::url;

const VENDOR: Vendor = Vendor::Fal;
const SIMULATED: videogen_sim::Vendor = videogen_sim::Vendor::Fal;
const MODEL: &str = "bytedance/seedance-2.0";

fn request() -> VideoRequest {
    VideoRequest::new(MODEL, "a kite over the ice")
}

fn id() -> TaskId {
    TaskId::new(VENDOR, "requests", format!("{MODEL}/r-1")).unwrap()
}

fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Canned\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// A server that gives each request its answer, in this order; an empty one closes the connection.
async fn scripted(answers: Vec<Vec<u8>>) -> Canned {
    let answers = Mutex::new(answers.into_iter());
    Canned::answering(move |_| answers.lock().unwrap().next().unwrap_or_default()).await
}

/// The first line of each request so far.
fn lines(canned: &Canned) -> Vec<String> {
    let line = |request: String| request.lines().next().unwrap().replace(" HTTP/1.1", "");
    canned.seen().into_iter().map(line).collect()
}

/// The example body of a response in the spec.
fn example(operation: &str, status: &str, name: &str) -> Value {
    let document = Spec::of(SIMULATED).unwrap().document();
    let items = document["paths"].as_object().unwrap().values();
    let mut operations = items.flat_map(|item| item.as_object().unwrap().values());
    let found = operations.find(|found| found["operationId"] == operation).unwrap();
    let mut response = &found["responses"][status];
    if let Some(reference) = response["$ref"].as_str() {
        response = document.pointer(&reference[1..]).unwrap();
    }
    response["content"]["application/json"]["examples"][name]["value"].clone()
}

fn completed() -> Vec<u8> {
    answer(200, "", &example("get_request_status", "200", "completed").to_string())
}

#[test]
fn inputs_choose_the_endpoint() {
    let image = || url("a.png");
    for (request, endpoint) in [
        (request(), "text-to-video"),
        (request().input(Role::FirstFrame, image()), "image-to-video"),
        (
            request()
                .input(Role::FirstFrame, image())
                .input(Role::LastFrame, image()),
            "image-to-video",
        ),
        (request().input(Role::ReferenceImage, image()), "reference-to-video"),
    ] {
        let plan = plan(VENDOR, None, &request).unwrap();
        assert_eq!(plan.url, format!("https://queue.fal.run/{MODEL}/{endpoint}"));
        assert!(plan.body.get("model").is_none(), "{}", plan.body);
    }
    // The full id works too, and says what it does not take.
    let mut full = request().duration(6).callback_url("https://hooks.example.com/f?a=1");
    full.model = format!("{MODEL}/text-to-video");
    let planned = plan(VENDOR, None, &full).unwrap();
    assert_eq!(
        planned.url,
        format!("https://queue.fal.run/{MODEL}/text-to-video?fal_webhook=https%3A%2F%2Fhooks.example.com%2Ff%3Fa%3D1")
    );
    assert_eq!(planned.body, json!({"prompt": "a kite over the ice", "duration": "6"}));
    let found = validate(VENDOR, &full.clone().input(Role::FirstFrame, image()));
    assert_eq!(found[0].field, "first_frame");
    let mixed = request()
        .input(Role::FirstFrame, image())
        .input(Role::ReferenceImage, image());
    assert_eq!(validate(VENDOR, &mixed)[0].field, "inputs");
}

#[test]
fn numbers_are_text_with_the_endpoints_unit() {
    let body = |model: &str, request: VideoRequest| {
        let mut request = request;
        request.model = model.to_owned();
        plan(VENDOR, None, &request).unwrap().body
    };
    assert_eq!(body(MODEL, request().duration_auto())["duration"], "auto");
    assert_eq!(body("fal-ai/veo3.1", request().duration(8))["duration"], "8s");
    assert_eq!(
        body("fal-ai/kling-video/v3/pro", request().duration(3))["duration"],
        "3"
    );
    assert_eq!(body(MODEL, request().seed(7))["seed"], 7);
}

#[test]
fn a_model_cannot_change_the_path() {
    for model in ["/a/b", "a/b/", "a//b", "a/../b", "a/./b", "..", r"a\b"] {
        let request = VideoRequest::new(model, "x");
        assert_eq!(validate(VENDOR, &request)[0].field, "model", "{model}");
    }
    let plan = plan(VENDOR, None, &VideoRequest::new("acme/new model?x#y/text", "x")).unwrap();
    assert_eq!(plan.url, "https://queue.fal.run/acme/new%20model%3Fx%23y/text");
}

#[tokio::test]
async fn from_submission_to_file() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let client = Client::builder(VENDOR)
        .key("id:secret".to_owned())
        .base_url(simulator.base_url(SIMULATED))
        .build()
        .unwrap();
    let task = client.submit(&request().seed(11)).await.unwrap();
    assert!(task.id.id().starts_with("bytedance/seedance-2.0/"), "{}", task.id);
    assert_eq!(task.model.as_deref(), Some("bytedance/seedance-2.0/text-to-video"));
    assert_eq!(task.status, TaskStatus::Queued);
    assert_eq!(client.get(&task.id).await.unwrap().status, TaskStatus::Queued);
    simulator.advance(std::time::Duration::from_secs(30));
    let done = client
        .get(&task.id.to_string().parse::<TaskId>().unwrap())
        .await
        .unwrap();
    assert_eq!(
        (done.status.clone(), done.parameters.seed),
        (TaskStatus::Completed, Some(11))
    );
    let folder = tempfile::tempdir().unwrap();
    assert!(client.download(&done, folder.path().join("a.mp4")).await.unwrap().bytes > 0);
    assert_eq!(simulator.stats().leaked_keys, 0);

    let other = client.submit(&request()).await.unwrap();
    assert_eq!(client.cancel(&other.id).await.unwrap().status, TaskStatus::Cancelled);
    assert_eq!(client.cancel(&other.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    for (words, status, kind) in [
        ("sim:fail", TaskStatus::Failed, Some(ErrorKind::Vendor)),
        ("sim:moderated", TaskStatus::Failed, Some(ErrorKind::Moderated)),
        ("sim:expire", TaskStatus::Expired, None),
    ] {
        let task = client.submit(&VideoRequest::new(MODEL, words)).await.unwrap();
        simulator.advance(std::time::Duration::from_secs(30));
        let task = client.get(&task.id).await.unwrap();
        assert_eq!(
            (task.status, task.error.map(|error| error.kind)),
            (status, kind),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_completed_request_may_have_failed() {
    let policy = example("get_request_result", "422", "policy").to_string();
    let platform = example("get_request_result", "504", "platform").to_string();
    for (status, headers, body, ends, code) in [
        (
            422,
            "",
            policy.as_str(),
            TaskStatus::Failed,
            Some("content_policy_violation"),
        ),
        (504, "", platform.as_str(), TaskStatus::Expired, None),
        (
            500,
            "X-Fal-Error-Type: runner_server_error\r\n",
            "{}",
            TaskStatus::Failed,
            Some("runner_server_error"),
        ),
    ] {
        let canned = scripted(vec![completed(), answer(status, headers, body)]).await;
        let task = canned.client(VENDOR).get(&id()).await.unwrap();
        assert_eq!(task.status, ends, "{body}");
        assert_eq!(task.error.and_then(|error| error.code).as_deref(), code);
        assert_eq!(task.vendor_status, "COMPLETED");
    }
    let canned = scripted(vec![completed(), answer(422, "", &policy)]).await;
    let error = canned.client(VENDOR).get(&id()).await.unwrap().error.unwrap();
    assert_eq!(error.kind, ErrorKind::Moderated);
    assert_eq!(
        error.message.as_deref(),
        Some("body.prompt: The content was flagged by a checker")
    );
    // The status alone shows the failure too.
    let failed = example("get_request_status", "200", "completed_failed").to_string();
    let canned = scripted(vec![answer(200, "", &failed), answer(500, "", "<html>")]).await;
    let task = canned.client(VENDOR).get(&id()).await.unwrap();
    assert_eq!(task.status, TaskStatus::Failed);
    assert_eq!(task.error.unwrap().code.as_deref(), Some("content_policy_violation"));
    // Not ready after all.
    let early = example("get_request_result", "400", "not_ready").to_string();
    let canned = scripted(vec![completed(), answer(400, "", &early)]).await;
    assert_eq!(
        canned.client(VENDOR).get(&id()).await.unwrap().status,
        TaskStatus::InProgress
    );
}

#[tokio::test]
async fn what_is_not_about_the_request_is_an_error_of_the_call() {
    for (status, body, kind) in [
        (401, r#"{"detail":"Authentication failed"}"#, ErrorKind::Auth),
        (
            403,
            r#"{"detail":"User is locked. Reason: Exhausted balance."}"#,
            ErrorKind::Balance,
        ),
        (404, r#"{"detail":"Not found"}"#, ErrorKind::NotFound),
        (
            429,
            r#"{"detail":"x","error_type":"concurrent_requests_limit"}"#,
            ErrorKind::RateLimited,
        ),
        (502, "<html>Bad gateway</html>", ErrorKind::Vendor),
    ] {
        let canned = scripted(vec![completed(), answer(status, "", body)]).await;
        let error = canned.client(VENDOR).get(&id()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_between_status_and_result_is_tried_again() {
    let output = answer(200, "", &example("get_request_result", "200", "result").to_string());
    let canned = scripted(vec![completed(), Vec::new(), completed(), output]).await;
    let client = Client::builder(VENDOR)
        .retry(RetryPolicy::default())
        .key("k:s".to_owned())
        .base_url(&canned.base_url)
        .build()
        .unwrap();
    let task = client.get(&id()).await.unwrap();
    assert!(task.video.is_some() && task.parameters.seed == Some(11));
    let (status, result) = (
        format!("GET /{MODEL}/requests/r-1/status"),
        format!("GET /{MODEL}/requests/r-1"),
    );
    assert_eq!(lines(&canned), [status.clone(), result.clone(), status, result]);
    assert!(
        canned
            .seen()
            .iter()
            .all(|request| request.to_lowercase().contains("authorization: key k:s\r\n"))
    );
}

#[tokio::test]
async fn the_addresses_of_a_ticket_are_not_followed() {
    let other = Canned::new(200, "", "{}").await;
    let ticket = json!({"request_id": "r-1", "status_url": format!("{}/status", other.base_url),
        "response_url": other.base_url, "cancel_url": other.base_url, "queue_position": 0});
    let status = json!({"status": "IN_PROGRESS", "request_id": "r-1", "response_url": other.base_url});
    let canned = Canned::submitted_and_read((200, &ticket.to_string()), (202, &status.to_string())).await;
    let client = canned.client(VENDOR);
    let task = client.submit(&request()).await.unwrap();
    assert_eq!((&task.id, &task.status), (&id(), &TaskStatus::Queued));
    assert_eq!(client.get(&task.id).await.unwrap().status, TaskStatus::InProgress);
    assert!(client.cancel(&task.id).await.is_ok());
    assert!(other.seen().is_empty());
    assert!(lines(&canned).contains(&format!("PUT /{MODEL}/requests/r-1/cancel")));
}

#[tokio::test]
async fn a_paid_request_is_found_in_a_broken_ticket() {
    let mut workflow = request();
    workflow.model = "workflows/acme/clip/more".to_owned();
    for (request, app) in [(request(), MODEL), (workflow, "workflows/acme/clip")] {
        let canned = Canned::new(200, "", r#"{"request_id": "r-1", "status_url": "htt"#).await;
        let task = canned.client(VENDOR).submit(&request).await.unwrap();
        assert_eq!(task.id.id(), format!("{app}/r-1"));
    }
    // Without an id, whether it was accepted cannot be looked up.
    let canned = Canned::new(200, "", "{}").await;
    let client = canned.client(VENDOR);
    let error = client.submit(&request()).await.unwrap_err();
    assert_eq!(error.delivery(), Some(Delivery::Ambiguous));
    let error = client.reconcile(error.ambiguity().unwrap()).await;
    assert!(
        format!("{error:?}").contains("NotSupported") || error.is_err(),
        "{error:?}"
    );
    assert_eq!(lines(&canned).len(), 1);
}

/// Consoles and events show the id of the request only.
#[tokio::test]
async fn a_task_is_found_by_the_id_of_its_request() {
    let status = json!({"status": "IN_PROGRESS", "request_id": "r-1"}).to_string();
    let canned = Canned::submitted_and_read((502, ""), (202, &status)).await;
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let client = Client::builder(VENDOR)
        .key("k:s".to_owned())
        .base_url(&canned.base_url)
        .journal(journal.clone())
        .build()
        .unwrap();
    let lost = client.submit(&request()).await.unwrap_err();
    let intent = lost.ambiguity().unwrap().intent.clone().unwrap();
    let bare: TaskId = "fal:requests:r-1".parse().unwrap();
    // Alone it cannot be polled, and nothing is sent.
    let before = lines(&canned).len();
    let error = client.get(&bare).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("incomplete task id: `r-1`"), "{error}");
    assert_eq!(lines(&canned).len(), before);
    // The submission knows the rest.
    let entry = client.resolve(&intent, Some(&bare)).await.unwrap();
    assert_eq!(entry.task, Some(id()));
    let by_request = journal.find(client.journal_query().vendor_id("r-1")).await.unwrap();
    assert_eq!(by_request.entries, [entry]);
}

#[tokio::test]
async fn the_billed_units_are_those_of_the_header() {
    let output = example("get_request_result", "200", "result").to_string();
    for (header, units) in [
        ("X-Fal-Billable-Units: 6.25\r\n", Some("6.25")),
        ("X-Fal-Billable-Units: many\r\n", None),
        ("", None),
    ] {
        let canned = scripted(vec![completed(), answer(200, header, &output)]).await;
        let task = canned.client(VENDOR).get(&id()).await.unwrap();
        let billed = task.usage.and_then(|usage| usage.billable_units);
        assert_eq!(billed.map(|units| units.to_string()).as_deref(), units);
    }
}

/// A small file goes inline, a large one to the vendor's storage: once, without the key, and its public URL into the request.
#[tokio::test]
async fn large_files_are_uploaded_once_and_small_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |name: &str, length: usize| {
        let mut bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/media/image.png")).unwrap();
        bytes.resize(length.max(bytes.len()), 0);
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let way = VENDOR.facts().uploads[0];
    let above = usize::try_from(way.above.unwrap()).unwrap();
    let (small, large) = (picture("small.png", above), picture("large.png", above + 1));
    let sim = Simulator::builder().manual_clock().start().await.unwrap();
    let journal = videogen_journal::SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    let client = sim
        .client_builder(VENDOR)
        .journal(std::sync::Arc::new(journal))
        .build()
        .unwrap();
    let inline = request().input(Role::FirstFrame, small.as_path());
    assert!(plan(VENDOR, None, &inline).unwrap().uploads.is_empty());
    client.submit(&inline).await.unwrap();
    let uploaded = request().input(Role::FirstFrame, large.as_path());
    let planned = plan(VENDOR, None, &uploaded).unwrap();
    assert_eq!(
        (
            planned.uploads[0].operation,
            planned.uploads[0].bytes,
            planned.uploads[0].gives
        ),
        ("initiate_upload", way.above.unwrap() + 1, "url")
    );
    for is_reused in [false, true] {
        let known = client.plan_with_journal(&uploaded).await.unwrap().uploads;
        assert_eq!(known[0].reused, is_reused);
        client.submit(&uploaded).await.unwrap();
    }
    let tasks = sim.tasks();
    let sizes: Vec<Vec<_>> = tasks
        .iter()
        .map(|task| task.assets.iter().map(|asset| asset.bytes).collect())
        .collect();
    let size = Some(way.above.unwrap() + 1);
    assert_eq!(sizes, [vec![], vec![size], vec![size]]);
    assert_eq!(tasks[1].assets, tasks[2].assets, "the same upload");
    assert_eq!(sim.stats().leaked_keys, 0);
}

/// With the vendor's own base URL, an upload begins on the vendor's other host; another base URL replaces both.
#[tokio::test]
async fn one_base_url_replaces_both_hosts() {
    let servers = VENDOR.facts().servers;
    assert_eq!(servers, [("initiate_upload", "https://rest.fal.ai")]);
    let canned = Canned::json(500, &json!({})).await;
    let picture =
        videogen::LocalFile::from(std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/media/image.png")).unwrap());
    let error = canned
        .client(VENDOR)
        .upload(picture, Default::default())
        .await
        .unwrap_err();
    assert_eq!(
        lines(&canned),
        ["POST /storage/upload/initiate?storage_type=fal-cdn-v3"],
        "{error}"
    );
}

/// Units without a name are kept next to the estimate, for a look at the bill.
#[tokio::test]
async fn units_without_a_name_are_in_the_journal() {
    let output = example("get_request_result", "200", "result").to_string();
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(SqliteJournal::open(folder.path().join("journal.db")).unwrap());
    let canned = scripted(vec![
        answer(200, "", r#"{"request_id": "r-1", "status": "IN_QUEUE"}"#),
        completed(),
        answer(200, "X-Fal-Billable-Units: 108\r\n", &output),
    ])
    .await;
    let client = Client::builder(VENDOR)
        .key("k:s".to_owned())
        .base_url(&canned.base_url)
        .journal(journal)
        .build()
        .unwrap();
    let request = VideoRequest::new("bytedance/seedance-2.0/text-to-video", "a kite").duration(5);
    let request = request.resolution("720p").aspect_ratio("16:9");
    let submitted = client.submit(&request).await.unwrap();
    let task = client.get(&submitted.id).await.unwrap();
    assert_eq!(task.unnamed_units(), Some(108.into()));
    assert_eq!(task.cost().unwrap().to_string(), "1.512 USD (estimated)");
    let entry = client.journal_entry(&submitted.id).await.unwrap().unwrap();
    assert_eq!(entry.unnamed_units, Some(108.into()));
}
