//! A server that is down, restarted, or cut off in each phase of a submission: nothing is sent twice, and nothing is lost.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use videogen::journal::{Entry, Event, Journal as _, JournalErrorKind, Query, Started, State};
use videogen::{Client, ErrorKind, RetryPolicy, Vendor, VideoRequest};
use videogen_journal::PostgresJournal;
use videogen_sim::Simulator;

use super::proxy::{COMMIT, Cut, Proxy};
use super::server::{Server, server};
use crate::cases::{newest, simulated};
use crate::journal::budgets::{accepted, intent, subject};

/// Long enough for a restart.
const PATIENT: Duration = Duration::from_secs(60);

/// The URL of a schema through a proxy.
fn through(proxy: &Proxy, server: &Server, schema: &str) -> String {
    let own = format!(":{}/", server.port());
    server.schema(schema).replace(&own, &format!(":{}/", proxy.port))
}

async fn entries(journal: &PostgresJournal) -> Vec<Entry> {
    journal.find(Query::default()).await.unwrap().entries
}

fn client(simulator: &Simulator, journal: &PostgresJournal) -> Client {
    let vendor = newest(Vendor::Token360).0;
    Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(simulated(vendor)))
        .retry(RetryPolicy::never())
        .journal(Arc::new(journal.clone()))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_connection_that_is_cut_in_any_phase_of_a_begin_sends_once() {
    let Some(server) = Server::start() else {
        super::server();
        return;
    };
    let proxy = Proxy::start(server.port()).await;
    let journal = PostgresJournal::open(&through(&proxy, &server, "cut")).await.unwrap();
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let client = client(&simulator, &journal);
    let model = newest(Vendor::Token360).1;
    let phases = [
        Cut::Before(b"BEGIN\0"),
        Cut::After(b"BEGIN\0"),
        Cut::Before(b"cut/key/"),
        Cut::After(b"cut/key/"),
        // The intent itself, and its commit.
        Cut::Before(b"\"state\":\"sending\""),
        Cut::After(b"\"state\":\"sending\""),
        Cut::Before(COMMIT),
        Cut::After(COMMIT),
    ];
    for (number, phase) in phases.into_iter().enumerate() {
        let key = format!("order-{number}");
        proxy.cut(phase);
        let request = VideoRequest::new(model, format!("prompt {number}"));
        let task = client.submit_with_key(&key, &request).await.unwrap();
        assert!(!task.already_submitted, "{phase:?}");
        assert_eq!(proxy.cuts(), number + 1, "{phase:?}");
        let again = client.submit_with_key(&key, &request).await.unwrap();
        assert!(again.already_submitted && again.id == task.id, "{phase:?}");
        assert_eq!(simulator.stats().tasks, number + 1, "{phase:?}");
    }
    let entries = entries(&journal).await;
    assert_eq!(entries.len(), phases.len());
    assert!(
        entries
            .iter()
            .all(|entry| entry.state == State::Accepted && entry.attempts == 1)
    );
    for entry in &entries {
        let events = journal.events(&entry.intent.id).await.unwrap();
        let started = events.iter().filter(|(_, event)| *event == Event::Started).count();
        assert_eq!((started, events.len()), (1, 2), "{events:?}");
    }
}

/// The record of a paid task survives a cut in each phase, and is made once.
#[tokio::test]
async fn a_connection_that_is_cut_while_a_task_is_recorded_loses_nothing() {
    let Some(server) = Server::start() else {
        super::server();
        return;
    };
    let proxy = Proxy::start(server.port()).await;
    let journal = PostgresJournal::open(&through(&proxy, &server, "cut")).await.unwrap();
    let phases = [
        Cut::Before(b"BEGIN\0"),
        Cut::After(b"BEGIN\0"),
        Cut::Before(b"\"state\":\"accepted\""),
        Cut::After(b"\"state\":\"accepted\""),
        Cut::Before(COMMIT),
        Cut::After(COMMIT),
    ];
    for (number, phase) in phases.into_iter().enumerate() {
        let id = format!("i-{number}");
        let started = journal
            .begin(intent(&id, "ark", Some("1 USD"), Utc::now()))
            .await
            .unwrap();
        assert!(matches!(started, Started::New { .. }));
        proxy.cut(phase);
        let entry = journal
            .record(subject(&id), accepted("ark", &id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(proxy.cuts(), number + 1, "{phase:?}");
        assert_eq!(entry.state, State::Accepted);
        assert_eq!(journal.events(&id).await.unwrap().len(), 2, "{phase:?}");
    }
    let health = journal.health().await.unwrap();
    assert!(health.is_good(), "{health:?}");
}

#[tokio::test]
async fn a_server_that_is_down_lets_nothing_be_sent() {
    let Some(server) = Server::start() else {
        super::server();
        return;
    };
    let journal = PostgresJournal::open(&server.schema("down")).await.unwrap();
    let hurried = journal.clone().patience(Duration::from_millis(300));
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let client = client(&simulator, &hurried);
    let request = VideoRequest::new(newest(Vendor::Token360).1, "x");
    let before = client.submit_with_key("before", &request).await.unwrap();
    for mode in ["fast", "immediate"] {
        server.down(mode);
        let error = client.submit_with_key(mode, &request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Journal, "{error}");
        assert!(error.is_retryable(), "{error}");
        let opened = PostgresJournal::open(&server.schema("down")).await.unwrap_err();
        assert!(opened.to_string().contains("cannot be opened"), "{opened}");
        assert_eq!(opened.kind(), JournalErrorKind::Unavailable, "{opened}");
        server.up();
        // The same client goes on.
        let task = client.submit_with_key(mode, &request).await.unwrap();
        assert!(!task.already_submitted);
        let again = client.submit_with_key("before", &request).await.unwrap();
        assert_eq!(again.id, before.id);
    }
    assert_eq!(simulator.stats().tasks, 3);
}

/// The database goes down between the vendor's response and its record: the task is kept on this machine, and recorded later.
#[tokio::test]
async fn a_task_that_cannot_be_recorded_is_kept() {
    let Some(server) = Server::start() else {
        super::server();
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let patient = PostgresJournal::open(&server.schema("kept")).await.unwrap();
    let journal = patient
        .clone()
        .patience(Duration::from_millis(300))
        .spooled_in(folder.path().join("spool"));
    let begin = async |id: &str| {
        let begun = journal.begin(intent(id, "ark", Some("1 USD"), Utc::now())).await;
        assert!(matches!(begun.unwrap(), Started::New { .. }));
    };
    begin("one").await;
    begin("two").await;
    server.down("immediate");
    let attempt = videogen::journal::Subject::Attempt {
        id: "one".to_owned(),
        attempt: 1,
    };
    for _ in 0..2 {
        let error = journal.record(attempt.clone(), accepted("ark", "a")).await.unwrap_err();
        assert!(error.to_string().contains("the task is kept in "), "{error}");
    }
    // Nothing else is.
    let error = journal.record(subject("two"), Event::Dismissed).await.unwrap_err();
    assert!(!error.to_string().contains("is kept in"), "{error}");
    let files = || std::fs::read_dir(folder.path().join("spool")).unwrap().count();
    assert_eq!(files(), 1);
    assert!(journal.replay().await.is_err());
    assert_eq!(files(), 1);
    server.up();
    // Of a submission that the server has lost.
    let lost = journal.clone().patience(PATIENT);
    assert_eq!(lost.record(subject("gone"), accepted("ark", "b")).await.unwrap(), None);
    let replayed = lost.replay().await.unwrap();
    assert_eq!((replayed.recorded, replayed.left.len(), files()), (1, 1, 1));
    assert!(
        replayed.left[0].reason.contains("no record of its submission"),
        "{replayed:?}"
    );
    let entry = patient
        .find(Query::default().intent("one"))
        .await
        .unwrap()
        .entries
        .remove(0);
    assert_eq!(entry.task.unwrap().id(), "a");
    assert_eq!(lost.replay().await.unwrap().recorded, 0);
}

/// Calls wait for a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn submissions_survive_restarts_of_the_server() {
    let Some(server) = Server::start() else {
        super::server();
        return;
    };
    let server = Arc::new(server);
    let journal = PostgresJournal::open(&server.schema("restarts"))
        .await
        .unwrap()
        .patience(PATIENT);
    journal.set_budget("1000/day".parse().unwrap()).await.unwrap();
    let submitters: Vec<_> = (0..4)
        .map(|submitter| {
            let journal = journal.clone();
            tokio::spawn(async move {
                for number in 0..100 {
                    let id = format!("i-{submitter}-{number}");
                    let started = journal
                        .begin(intent(&id, "ark", Some("1 USD"), Utc::now()))
                        .await
                        .unwrap();
                    assert!(matches!(started, Started::New { .. }), "{started:?}");
                    journal
                        .record(subject(&id), accepted("ark", &id))
                        .await
                        .unwrap()
                        .unwrap();
                }
            })
        })
        .collect();
    let restarts = Arc::clone(&server);
    tokio::task::spawn_blocking(move || {
        for mode in ["fast", "immediate"] {
            restarts.down(mode);
            restarts.up();
        }
    })
    .await
    .unwrap();
    for submitter in submitters {
        submitter.await.unwrap();
    }
    let entries = entries(&journal).await;
    assert_eq!(entries.len(), 400);
    assert!(
        entries
            .iter()
            .all(|entry| entry.state == State::Accepted && entry.attempts == 1)
    );
    let counted = journal.budgets("public".to_owned()).await.unwrap()[0].1;
    assert_eq!(counted, 400.into());
    let health = journal.health().await.unwrap();
    assert!(health.is_good(), "{health:?}");
}

/// What an older process wrote, or a person changed, is found by the check.
#[tokio::test]
async fn damage_is_found() {
    let Some(server) = server() else { return };
    let url = server.schema(&format!("damage_{}", fastrand::u32(..)));
    let journal = PostgresJournal::open(&url).await.unwrap();
    for number in 0..3 {
        let id = format!("i-{number}");
        journal
            .begin(intent(&id, "ark", Some("1 USD"), Utc::now()))
            .await
            .unwrap();
    }
    assert!(journal.health().await.unwrap().is_good());
    super::execute(&url, "UPDATE totals SET amount = amount + 5 WHERE group_name = ''").await;
    let health = journal.health().await.unwrap();
    assert!(health.damage[0].contains("differs by 5 USD"), "{health:?}");
    super::execute(&url, "UPDATE submissions SET entry = '{}' WHERE intent = 'i-1'").await;
    let health = journal.health().await.unwrap();
    assert_eq!(
        (health.submissions, health.open, health.unreadable),
        (3, 3, 1),
        "{health:?}"
    );
    // It is reported, and in no sum.
    let spent = journal.spend(None, None).await.unwrap();
    assert_eq!(spent.unreadable[0].id, "i-1");
    assert_eq!(spent.ledger.groups[0].submissions, 2);
    let error = journal.record(subject("i-1"), accepted("ark", "t")).await.unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
    // Text that PostgreSQL cannot store, and ids of every length.
    let status: Event = serde_json::from_value(json!({
        "event": "status", "status": "odd\u{0}word", "vendor_id": "v".repeat(100_000),
    }))
    .unwrap();
    journal
        .record(subject("i-2"), accepted("ark", &"x".repeat(50_000)))
        .await
        .unwrap();
    let entry = journal.record(subject("i-2"), status).await.unwrap().unwrap();
    let found = journal
        .find(Query::default().vendor_id("v".repeat(100_000)))
        .await
        .unwrap();
    assert_eq!(found.entries, std::slice::from_ref(&entry));
    let found = journal
        .find(Query::default().task(entry.task.clone().unwrap()))
        .await
        .unwrap();
    assert_eq!(found.entries, [entry]);
}
