//! What is particular to BytePlus ModelArk: new tasks without a status, cancellations that may delete, numbered pages, tasks
//! that are forgotten.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use videogen::lost::{Ambiguity, Reconciled};
use videogen::task::ListQuery;
use videogen::{Client, Delivery, ErrorKind, RetryPolicy, TaskId, TaskStatus, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::canned::Canned;

const VENDOR: Vendor = Vendor::Ark;
const SIMULATED: videogen_sim::Vendor = videogen_sim::Vendor::Ark;
const WEEK: Duration = Duration::from_secs(7 * 86_400);

fn request() -> VideoRequest {
    VideoRequest::new(VENDOR.default_model(), "a kite over the ice")
}

fn id(name: &str) -> TaskId {
    TaskId::new(VENDOR, "tasks", name).unwrap()
}

fn task(status: &str) -> String {
    json!({"id": "cgt-1", "model": "m", "status": status, "created_at": 1_795_684_087, "updated_at": 1_795_684_087})
        .to_string()
}

fn answer(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Canned\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// A server that gives each request its answer, in this order; an empty one closes the connection.
async fn scripted(answers: Vec<Vec<u8>>) -> Canned {
    let answers = Mutex::new(answers.into_iter());
    Canned::answering(move |_| answers.lock().unwrap().next().unwrap()).await
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

/// The methods of the requests so far.
fn methods(canned: &Canned) -> Vec<String> {
    let method = |request: String| request.split(' ').next().unwrap().to_owned();
    canned.seen().into_iter().map(method).collect()
}

/// Its answers have no time of the end; a completed task has not changed since.
#[tokio::test]
async fn the_link_of_a_completed_task_is_valid_for_a_day() {
    let body = json!({
        "id": "cgt-1", "model": "m", "status": "succeeded", "created_at": 1_795_684_087, "updated_at": 1_795_684_211,
        "content": {"video_url": "https://files.example.com/v.mp4"},
    });
    let canned = Canned::new(200, "", &body.to_string()).await;
    let task = canned.client(VENDOR).get(&id("cgt-1")).await.unwrap();
    let end = task.video.unwrap().expires_at.map(|end| end.timestamp());
    assert_eq!(end, Some(1_795_684_211 + 86_400));
    let running = Canned::new(200, "", &body.to_string().replace("succeeded", "running")).await;
    let task = running.client(VENDOR).get(&id("cgt-1")).await.unwrap();
    assert!(task.video.is_none_or(|video| video.expires_at.is_none()));
}

#[tokio::test]
async fn a_new_task_is_queued_although_the_answer_has_only_its_id() {
    for body in [
        r#"{"id":"cgt-1"}"#,
        r#"{"id":"cgt-1","x":"#,
        r#"{"id":"cgt-1","status":null}"#,
    ] {
        let canned = Canned::new(200, "", body).await;
        let submitted = canned.client(VENDOR).submit(&request()).await.unwrap();
        assert_eq!(
            (submitted.id, submitted.status),
            (id("cgt-1"), TaskStatus::Queued),
            "{body}"
        );
        assert_eq!(submitted.vendor_status, "");
    }
    let canned = Canned::new(200, "", r#"{"id":"cgt-1"}"#).await;
    let submitted = canned.client(VENDOR).submit(&request()).await.unwrap();
    assert_eq!(submitted.model.as_deref(), Some(VENDOR.default_model()));
    // Without an id, the outcome is ambiguous.
    for body in ["{}", "", r#"{"id":""}"#] {
        let canned = Canned::new(200, "", body).await;
        let error = canned.client(VENDOR).submit(&request()).await.unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Ambiguous), "{body}");
    }
}

/// The record of a task that may have been paid is not deleted: no DELETE is sent for it.
#[tokio::test]
async fn only_a_queued_task_is_cancelled() {
    for (word, status) in [
        ("running", "in_progress"),
        ("succeeded", "completed"),
        ("failed", "failed"),
        ("expired", "expired"),
        ("cancelled", "cancelled"),
        ("simmering", "simmering"),
    ] {
        let canned = Canned::new(200, "", task(word)).await;
        let error = canned.client(VENDOR).cancel(&id("cgt-1")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.task()),
            (ErrorKind::Conflict, Some(&id("cgt-1"))),
            "{error}"
        );
        assert!(error.message().contains(&format!("the task is {status},")), "{error}");
        assert_eq!(methods(&canned), ["GET"], "{word}");
    }

    let (simulator, client) = simulated().await;
    let queued = client.submit(&request()).await.unwrap();
    assert_eq!(client.cancel(&queued).await.unwrap().status, TaskStatus::Cancelled);
    assert_eq!(client.cancel(&queued).await.unwrap_err().kind(), ErrorKind::Conflict);
    let done = client.submit(&request()).await.unwrap();
    simulator.advance(Duration::from_secs(60));
    assert_eq!(client.cancel(&done).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert!(client.get(&done).await.unwrap().video.is_some());
    let error = client.cancel(&id("cgt-none")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// Between the look and the cancellation the task changes, or the response is lost.
#[tokio::test]
async fn a_cancellation_that_is_overtaken_reports_the_actual_status() {
    let refused = answer(400, r#"{"error":{"code":"InvalidParameter","message":"it runs"}}"#);
    let unknown = answer(404, r#"{"error":{"code":"NotFound.Task","message":"no such task"}}"#);
    let queued = || answer(200, &task("queued"));
    let shown = |status: &str| answer(200, &task(status));
    for (answers, expected) in [
        // Empty answers of each kind.
        (
            vec![queued(), answer(200, ""), shown("cancelled")],
            Ok(TaskStatus::Cancelled),
        ),
        (
            vec![queued(), answer(200, "{}"), shown("cancelled")],
            Ok(TaskStatus::Cancelled),
        ),
        (
            vec![queued(), answer(204, ""), shown("cancelled")],
            Ok(TaskStatus::Cancelled),
        ),
        // It began to run, and the cancellation was refused.
        (
            vec![queued(), refused.clone(), shown("running")],
            Err((ErrorKind::Conflict, "is in_progress")),
        ),
        (
            vec![queued(), refused.clone(), shown("succeeded")],
            Err((ErrorKind::Conflict, "is completed")),
        ),
        // The refusal is reported where the status explains nothing.
        (
            vec![queued(), refused, queued()],
            Err((ErrorKind::InvalidRequest, "it runs")),
        ),
        // The response was lost.
        (
            vec![queued(), Vec::new(), shown("cancelled")],
            Ok(TaskStatus::Cancelled),
        ),
        (
            vec![queued(), Vec::new(), shown("running")],
            Err((ErrorKind::Conflict, "is in_progress")),
        ),
        (
            vec![queued(), Vec::new(), queued()],
            Err((ErrorKind::Transport, "network error")),
        ),
        // It ended at once, and its record is gone.
        (
            vec![queued(), answer(200, "{}"), unknown],
            Err((ErrorKind::NotFound, "ended just before")),
        ),
        // The vendor does not say so: the status is reported as it is.
        (
            vec![queued(), answer(200, "{}"), shown("running")],
            Ok(TaskStatus::InProgress),
        ),
    ] {
        let canned = scripted(answers).await;
        let result = canned.client(VENDOR).cancel(&id("cgt-1")).await;
        match (&result, &expected) {
            (Ok(task), Ok(status)) => assert_eq!(task.status, *status),
            (Err(error), Err((kind, words))) => {
                assert_eq!(error.kind(), *kind, "{error}");
                assert!(error.message().contains(words), "{error}");
                assert_eq!(error.task(), Some(&id("cgt-1")));
            }
            _ => panic!("{expected:?}: {result:?}"),
        }
        assert_eq!(methods(&canned), ["GET", "DELETE", "GET"]);
    }
}

#[tokio::test]
async fn pages_are_numbered() {
    let (_simulator, client) = simulated().await;
    let mut submitted = Vec::new();
    for _ in 0..7 {
        submitted.push(client.submit(&request()).await.unwrap().id);
    }
    submitted.reverse();
    let (mut query, mut listed, mut cursors) = (ListQuery::default().limit(3), Vec::new(), Vec::new());
    loop {
        let page = client.list(&query).await.unwrap();
        assert_eq!(page.total, Some(7));
        listed.extend(page.tasks.into_iter().map(|task| task.id));
        cursors.push(page.next.clone());
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(listed, submitted);
    assert_eq!(cursors, [Some("1".to_owned()), Some("2".to_owned()), None]);
    // A full last page is the last one.
    assert_eq!(client.list(&ListQuery::default().limit(7)).await.unwrap().next, None);

    for after in ["cgt-1", "-1", "", "1.5", "500", "99999999999"] {
        let error = client.list(&ListQuery::default().after(after)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.violations()[0].field, "after", "{error}");
    }
    assert!(
        client
            .list(&ListQuery::default().after("499"))
            .await
            .unwrap()
            .tasks
            .is_empty()
    );
    let error = client.list(&ListQuery::default().oldest_first(true)).await.unwrap_err();
    assert_eq!(error.violations()[0].field, "oldest_first");
}

/// Without a total, a page that is not full is the last.
#[tokio::test]
async fn a_page_without_a_total_is_followed_while_it_is_full() {
    let item: Value = serde_json::from_str(&task("queued")).unwrap();
    for (items, next) in [(2, Some("1")), (1, None), (0, None)] {
        let canned = Canned::json(200, &json!({"items": vec![item.clone(); items]})).await;
        let page = canned
            .client(VENDOR)
            .list(&ListQuery::default().limit(2))
            .await
            .unwrap();
        assert_eq!((page.next.as_deref(), page.total), (next, None));
    }
}

#[tokio::test]
async fn tasks_are_listed_by_the_statuses_that_the_vendor_lists_by() {
    let (simulator, client) = simulated().await;
    let done = client.submit(&request()).await.unwrap();
    simulator.advance(Duration::from_secs(60));
    let queued = client.submit(&request()).await.unwrap();
    for (status, expected) in [
        (TaskStatus::Completed, vec![done.id]),
        (TaskStatus::Queued, vec![queued.id]),
        (TaskStatus::InProgress, vec![]),
    ] {
        let page = client.list(&ListQuery::default().status(status)).await.unwrap();
        assert_eq!(page.tasks.into_iter().map(|task| task.id).collect::<Vec<_>>(), expected);
    }
    for status in [TaskStatus::Expired, TaskStatus::Unknown("odd".to_owned())] {
        let error = client.list(&ListQuery::default().status(status)).await.unwrap_err();
        let violation = &error.violations()[0];
        assert_eq!(violation.field, "status");
        assert_eq!(
            violation.hint,
            "use one of queued, in_progress, cancelled, completed, failed"
        );
    }
}

#[tokio::test]
async fn tasks_are_forgotten_after_a_week() {
    let (simulator, client) = simulated().await;
    let old = client.submit(&request()).await.unwrap();
    simulator.advance(WEEK - Duration::from_secs(1));
    assert!(client.get(&old).await.is_ok());
    simulator.advance(Duration::from_secs(1));
    assert_eq!(client.get(&old).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(client.list(&ListQuery::default()).await.unwrap().tasks.is_empty());
}

/// A lost submission, as if it had been sent some time ago.
async fn lost(simulator: &Simulator, client: &Client, ago: TimeDelta) -> Ambiguity {
    simulator.inject(Fault::new(SIMULATED, Operation::Submit, FaultKind::DropBefore));
    let error = client.submit(&request()).await.unwrap_err();
    let mut ambiguity = json!(error.ambiguity().unwrap());
    ambiguity["sent_at"] = json!(Utc::now() - ago);
    serde_json::from_value(ambiguity).unwrap()
}

/// A list that no longer shows tasks of that time does not prove that there is none.
#[tokio::test]
async fn a_search_in_a_list_that_forgets_is_inconclusive() {
    let (simulator, client) = simulated().await;
    let recent = lost(&simulator, &client, TimeDelta::days(6)).await;
    assert_eq!(client.reconcile(&recent).await.unwrap(), Reconciled::NotFound);
    let old = lost(&simulator, &client, TimeDelta::days(8)).await;
    assert_eq!(client.reconcile(&old).await.unwrap(), Reconciled::ListTruncated);
}

/// The order of the list is not documented: a page that begins with old tasks does not end the search.
#[tokio::test]
async fn a_list_in_another_order_is_searched_to_its_end() {
    let (simulator, client) = simulated().await;
    let lost = lost(&simulator, &client, TimeDelta::zero()).await;
    let now = Utc::now().timestamp();
    let item = |name: String, at: i64| json!({"id": name, "model": VENDOR.default_model(), "status": "queued", "created_at": at});
    let old: Vec<Value> = (0..100)
        .map(|number| item(format!("cgt-old-{number}"), now - 90_000 + number))
        .collect();
    let pages = [old, vec![item("cgt-new".to_owned(), now)]];
    let canned = Canned::answering(move |request| {
        let page = if request.contains("page_num=2") {
            &pages[1]
        } else {
            &pages[0]
        };
        let body = match request.starts_with("GET /contents/generations/tasks/") {
            true => pages[1][0].to_string(),
            false => json!({"items": page, "total": 101}).to_string(),
        };
        answer(200, &body)
    })
    .await;
    let Reconciled::Candidates(found) = canned.client(VENDOR).reconcile(&lost).await.unwrap() else {
        panic!("no candidates");
    };
    assert_eq!(
        found.iter().map(|found| found.task.id.id()).collect::<Vec<_>>(),
        ["cgt-new"]
    );
}

/// As the vendor's own SDKs send what their caller leaves out.
#[tokio::test]
async fn the_simulator_takes_null_as_absent() {
    let simulator = Simulator::builder().manual_clock().strict(true).start().await.unwrap();
    let url = format!("{}/contents/generations/tasks", simulator.base_url(SIMULATED));
    let post = async |body: Value| {
        let sent = crate::http::client()
            .post(&url)
            .bearer_auth("sk-test")
            .json(&body)
            .send();
        let response = sent.await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let mut body = json!({"model": VENDOR.default_model(), "content": [{"type": "text", "text": "a kite"}]});
    for name in "callback_url return_last_frame service_tier execution_expires_after generate_audio draft tools \
        safety_identifier resolution ratio duration frames seed camera_fixed watermark priority output_format \
        omni_reference_task_type"
        .split_whitespace()
    {
        body[name] = Value::Null;
    }
    let (status, created) = post(body.clone()).await;
    assert_eq!(status, 200, "{created}");
    let client = Client::builder(VENDOR)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(SIMULATED));
    let shown = client
        .build()
        .unwrap()
        .get(&id(created["id"].as_str().unwrap()))
        .await
        .unwrap();
    assert_eq!(shown.raw.json().get("safety_identifier"), None);
    body["model"] = Value::Null;
    let (status, refused) = post(body).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (400, &json!("MissingParameter")),
        "{refused}"
    );
}
