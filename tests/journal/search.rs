//! Search for a lost submission when lists show changed tasks, and clocks differ.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use videogen::journal::State;
use videogen::lost::{Ambiguity, Evidence, Grade, ReconcileOptions, Reconciled};
use videogen::{Client, Error, ErrorKind, TaskId, Vendor, VideoRequest};
use videogen_sim::{Clock, Fault, FaultKind, Operation, Simulator};

use super::{client, entries, journal};
use crate::canned::Canned;
use crate::cases::{newest, oldest, simulated, task_of};

const PROMPT: &str = " A kite & a \"sledge\",\r\n  caf\u{e9} <ice> at https://media.example.com/a?b=1&c=2 in the wind ";

/// Changes every task in a response.
fn each(body: &mut Value, change: impl Fn(&mut Value)) {
    for list in ["data", "items"] {
        if let Some(items) = body.get_mut(list).and_then(Value::as_array_mut) {
            return items.iter_mut().for_each(change);
        }
    }
    change(body);
}

/// Changes tasks in lists and polls.
fn show(simulator: &Simulator, change: impl Fn(&mut Value) + Clone + Send + Sync + 'static) {
    simulator.clear_rewrites();
    for operation in [Operation::List, Operation::Get] {
        let change = change.clone();
        simulator.rewrite(operation, move |body| each(body, &change));
    }
}

async fn lose(client: &Client, simulator: &Simulator, request: &VideoRequest, kind: FaultKind) -> Ambiguity {
    simulator.inject(Fault::new(simulated(client.vendor()), Operation::Submit, kind));
    let lost: Result<_, Error> = client.submit(request).await;
    lost.unwrap_err().ambiguity().unwrap().clone()
}

fn adopting() -> ReconcileOptions {
    ReconcileOptions::default().sole_writer(true)
}

fn on_text(member: &'static str, change: fn(&str) -> Value) -> impl Fn(&mut Value) + Clone + Send + Sync + 'static {
    move |task| task[member] = change(task[member].as_str().unwrap_or_default())
}

#[tokio::test]
async fn changed_prompts_and_models() {
    type Change = fn(&str) -> Value;
    let (vendor, model) = newest(Vendor::Token360);
    let escape: Change = |text| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        json!(text.replace('>', "&gt;").replace('"', "&quot;"))
    };
    let cases: [(&str, &'static str, Change, Option<Grade>); 21] = [
        ("unchanged", "prompt", |text| json!(text), Some(Grade::Strong)),
        ("trimmed", "prompt", |text| json!(text.trim()), Some(Grade::Strong)),
        (
            "line breaks",
            "prompt",
            |text| json!(text.replace("\r\n", "\n")),
            Some(Grade::Strong),
        ),
        (
            "one line",
            "prompt",
            |text| json!(text.replace("\r\n", " ")),
            Some(Grade::Strong),
        ),
        (
            "decomposed",
            "prompt",
            |text| json!(text.replace('\u{e9}', "e\u{301}")),
            Some(Grade::Strong),
        ),
        ("escaped", "prompt", escape, Some(Grade::Strong)),
        (
            "escaped twice",
            "prompt",
            |text| json!(text.replace('&', "&amp;amp;")),
            Some(Grade::Strong),
        ),
        (
            "numeric entities",
            "prompt",
            |text| json!(text.replace('"', "&#34;")),
            Some(Grade::Strong),
        ),
        (
            "cut",
            "prompt",
            |text| json!(text.chars().take(30).collect::<String>()),
            Some(Grade::Strong),
        ),
        (
            "ellipsis",
            "prompt",
            |text| json!(format!("{}…", text.chars().take(30).collect::<String>())),
            Some(Grade::Strong),
        ),
        (
            "dots",
            "prompt",
            |text| json!(format!("{}...", text.chars().take(30).collect::<String>())),
            Some(Grade::Strong),
        ),
        (
            "cut short",
            "prompt",
            |text| json!(format!("{}…", text.chars().take(5).collect::<String>())),
            Some(Grade::Weak),
        ),
        (
            "other case",
            "prompt",
            |text| json!(text.to_uppercase()),
            Some(Grade::Weak),
        ),
        ("null", "prompt", |_| Value::Null, Some(Grade::Weak)),
        ("empty", "prompt", |_| json!(""), Some(Grade::Weak)),
        ("another", "prompt", |_| json!("a horse"), None),
        (
            "model's case",
            "model",
            |text| json!(text.to_uppercase()),
            Some(Grade::Strong),
        ),
        (
            "model's maker",
            "model",
            |text| json!(format!("bytedance/{text}")),
            Some(Grade::Strong),
        ),
        (
            "release",
            "model",
            |text| json!(format!("doubao-{}-260128", text.replace('.', "-"))),
            Some(Grade::Strong),
        ),
        (
            "unknown model",
            "model",
            |_| json!("ep-20260101-x"),
            Some(Grade::Strong),
        ),
        ("no model", "model", |_| Value::Null, Some(Grade::Strong)),
    ];
    for (name, member, change, grade) in cases {
        let simulator = Simulator::builder().manual_clock().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        // A task in the journal is no candidate for another submission.
        client.submit(&VideoRequest::new(model, PROMPT)).await.unwrap();
        let lost = lose(
            &client,
            &simulator,
            &VideoRequest::new(model, PROMPT),
            FaultKind::DropAfter,
        )
        .await;
        let made = simulator.tasks().pop().unwrap().id;
        show(&simulator, on_text(member, change));
        let found = client.reconcile(&lost).await.unwrap();
        match (&found, grade) {
            (Reconciled::Candidates(found), Some(grade)) => {
                assert_eq!(
                    (found.len(), found[0].task.id.id()),
                    (1, made.as_str()),
                    "{name}: {found:?}"
                );
                assert_eq!(found[0].grade, grade, "{name}: {found:?}");
            }
            (Reconciled::NotFound, None) => {}
            other => panic!("{name}: {other:?}"),
        }
        // Only a strong one is adopted, and only if permitted.
        let adopted = client.reconcile_with(&lost, adopting()).await.unwrap();
        assert_eq!(
            matches!(adopted, Reconciled::Found(_)),
            grade == Some(Grade::Strong),
            "{name}: {adopted:?}"
        );
        // A weak one keeps the submission from being dismissed.
        let intent = lost.intent.clone().unwrap();
        if grade != Some(Grade::Strong) {
            let dismissed = client.resolve(&intent, None).await;
            assert_eq!(dismissed.is_ok(), grade.is_none(), "{name}: {dismissed:?}");
        }
        if grade == Some(Grade::Weak) {
            let entry = client.dismiss_despite_candidates(&intent).await.unwrap();
            assert_eq!(entry.state, State::Dismissed);
        }
        assert_eq!(simulator.stats().tasks, 2, "{name}");
    }
}

/// The client's or the vendor's clock is off: the dates of responses show by how much.
#[tokio::test]
async fn clocks_that_are_off() {
    for minutes in [-90, -20, -3, 0, 11, 45, 1_000] {
        for (vendor, model) in [
            newest(Vendor::Token360),
            newest(Vendor::ToApis),
            newest(Vendor::AllToken),
            newest(Vendor::Ark),
        ] {
            let clock = Clock::manual().offset_by(TimeDelta::minutes(minutes));
            let simulator = Simulator::builder().clock(clock).start().await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let journal = journal(folder.path()).await;
            let client = client(vendor, &simulator, &journal);
            let request = VideoRequest::new(model, "a kite over the ice");
            let lost = lose(&client, &simulator, &request, FaultKind::DropAfter).await;
            let made = simulator.tasks().pop().unwrap().id;
            match client.reconcile(&lost).await.unwrap() {
                Reconciled::Found(task) => assert_eq!((vendor.as_str(), task.id.id()), ("toapis", made.as_str())),
                Reconciled::Candidates(found) => {
                    assert_eq!(
                        (found.len(), found[0].task.id.id()),
                        (1, made.as_str()),
                        "{vendor} {minutes}"
                    );
                    assert!(
                        found[0].reasons.contains(&Evidence::SameTime),
                        "{vendor} {minutes}: {found:?}"
                    );
                }
                other => panic!("{vendor} {minutes}: {other:?}"),
            }
        }
    }
}

/// A list without prompts does not prove that a task does not exist.
#[tokio::test]
async fn an_inconclusive_list_is_not_reported_as_not_found() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let (vendor, model) = newest(Vendor::AllToken);
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(vendor, &simulator, &journal);
    let request = VideoRequest::new(model, "a kite");
    let empty = lose(&client, &simulator, &request, FaultKind::DropBefore).await;
    assert_eq!(client.reconcile(&empty).await.unwrap(), Reconciled::NotFound);
    // Another program's task, of another model.
    let other = Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(simulated(vendor)));
    other
        .build()
        .unwrap()
        .submit(&VideoRequest::new(oldest(Vendor::AllToken).1, "a kite"))
        .await
        .unwrap();
    assert_eq!(client.reconcile(&empty).await.unwrap(), Reconciled::PromptsNotShown);
    let recovered = client.recover(Duration::ZERO).await.unwrap();
    assert!(
        recovered.open[0].inconclusive.as_ref().unwrap().contains("prompts"),
        "{recovered:?}"
    );
    let error = client.resolve(&empty.intent.clone().unwrap(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    // A submission that cannot be searched for is not dismissed either.
    simulator.inject(Fault::status(simulated(vendor), Operation::List, 401, "{}"));
    let error = client.resolve(&empty.intent.clone().unwrap(), None).await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Conflict && error.message().contains("the search for its task failed"),
        "{error}"
    );
}

/// A task that matches two open submissions is not adopted; nor is one of two matching tasks.
#[tokio::test]
async fn only_certain_matches_are_adopted() {
    let (vendor, model) = newest(Vendor::Token360);
    let request = VideoRequest::new(model, "a kite over the ice");
    for kinds in [
        [FaultKind::DropAfter, FaultKind::DropBefore],
        [FaultKind::DropAfter, FaultKind::DropAfter],
    ] {
        let simulator = Simulator::builder().manual_clock().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        for kind in kinds {
            let lost = lose(&client, &simulator, &request, kind).await;
            assert!(lost.intent.is_some());
        }
        let recovered = client.recover_with(adopting()).await.unwrap();
        assert_eq!((recovered.open.len(), recovered.found.len()), (2, 0), "{recovered:?}");
        // Once one is settled, the other can be.
        let lost = &recovered.open[0];
        client
            .resolve_despite_differences(&lost.entry.intent.id, &lost.candidates[0].task.id)
            .await
            .unwrap();
        let recovered = client.recover_with(adopting()).await.unwrap();
        let is_made = simulator.stats().tasks == 2;
        assert_eq!(
            (recovered.open.len(), recovered.found.len()),
            if is_made { (0, 1) } else { (1, 0) }
        );
        let open = entries(&journal).await.iter().filter(|entry| entry.is_open()).count();
        assert_eq!(open, usize::from(!is_made));
    }
}

/// The list shows the task of an earlier submission under the id of the vendor behind a gateway.
#[tokio::test]
async fn a_task_under_another_id_is_not_adopted_for_another_submission() {
    let (vendor, model) = newest(Vendor::Token360);
    let request = VideoRequest::new(model, "a kite over the ice");
    for is_polled in [false, true] {
        let simulator = Simulator::builder().manual_clock().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let own = client.submit(&request).await.unwrap();
        show(
            &simulator,
            on_text("id", |id| json!(format!("up-{}", id.trim_start_matches("up-")))),
        );
        if is_polled {
            let polled = client.get(&own).await.unwrap();
            assert_eq!(polled.vendor_id, Some(format!("up-{}", own.id.id())));
        }
        lose(&client, &simulator, &request, FaultKind::DropBefore).await;
        let recovered = client.recover_with(adopting()).await.unwrap();
        assert_eq!((recovered.open.len(), recovered.found.len()), (1, 0), "{recovered:?}");
        // A known task is no longer a candidate.
        let recovered = client.recover_with(adopting()).await.unwrap();
        assert_eq!((recovered.open.len(), recovered.found.len()), (1, 0), "{recovered:?}");
        assert_eq!(recovered.open[0].candidates, []);
        let entry = client.journal_entry(&own.id).await.unwrap().unwrap();
        assert_eq!(entry.vendor_id, Some(format!("up-{}", own.id.id())));
        let settled = client
            .resolve(
                &recovered.open[0].entry.intent.id,
                TaskId::new(vendor, own.id.family(), format!("up-{}", own.id.id())).as_ref(),
            )
            .await;
        assert_eq!(settled.unwrap_err().kind(), ErrorKind::Conflict);
    }
}

/// A task named in the response is a candidate, also at a vendor without a list.
#[tokio::test]
async fn a_task_named_in_the_response_is_a_candidate() {
    for vendor in Vendor::ALL.iter().copied() {
        let body = json!({"error": {"message": "upstream failed", "task_id": "t-9"}});
        let lost = Canned::json(502, &body).await;
        let request = VideoRequest::new(vendor.default_model(), "a kite");
        let error = lost.client(vendor).submit(&request).await.unwrap_err();
        let now = chrono::Utc::now().timestamp();
        let shown = json!({"id": "t-9", "status": "queued", "created_at": now, "data": [], "items": []});
        let canned = Canned::json(200, &shown).await;
        let found = canned
            .client(vendor)
            .reconcile(error.ambiguity().unwrap())
            .await
            .unwrap();
        let Reconciled::Candidates(found) = found else {
            panic!("{vendor}: {found:?}")
        };
        let id = task_of(vendor, error.ambiguity().unwrap().family.as_str(), "t-9");
        assert_eq!(
            (found.len(), &found[0].task.id, found[0].grade),
            (1, &id, Grade::Strong)
        );
        assert_eq!(found[0].reasons[0], Evidence::NamedInResponse);
    }
}
