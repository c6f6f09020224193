//! Words that this version does not know, in a journal or a task id: they cost at most the record that has them.

use std::path::Path;
use std::time::Duration;

use videogen::journal::{Journal as _, Query, State};
use videogen::{Clients, ErrorKind, TaskId, TaskStatus, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{client, entries, journal};
use crate::cases::{newest, simulated};

const ODD: videogen::Vendor = videogen::Vendor::ToApis;
const OTHER: videogen::Vendor = videogen::Vendor::Token360;

/// Replaces text in the record of a key.
async fn edit(folder: &Path, key: &str, changes: &[(&str, &str)]) {
    for (from, to) in changes {
        let literal = |text: &str| text.replace('\'', "''");
        let (from, to) = (literal(from), literal(to));
        let sql = format!(
            "UPDATE submissions SET entry = replace(entry, '{from}', '{to}'), task = replace(task, '{from}', '{to}')
                WHERE key = '{key}' AND entry LIKE '%{from}%'"
        );
        super::alter(folder, &sql).await;
    }
}

#[tokio::test]
async fn a_task_of_an_unknown_family_fails_where_it_is_used_and_nowhere_else() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (ours, theirs) = (client(ODD, &simulator, &journal), client(OTHER, &simulator, &journal));
    let request = VideoRequest::new(newest(ODD).1, "a kite");
    let odd = ours.submit_with_key("odd", &request).await.unwrap().id;
    let plain = ours.submit_with_key("plain", &request).await.unwrap().id;
    let other = VideoRequest::new(newest(OTHER).1, "a kite");
    let other = theirs.submit_with_key("other", &other).await.unwrap().id;
    let family = format!(":{}:", odd.family());
    edit(
        folder.path(),
        "odd",
        &[(&format!("{family}{}", odd.id()), &format!(":videos-v9:{}", odd.id()))],
    )
    .await;
    let odd: TaskId = odd.to_string().replace(&family, ":videos-v9:").parse().unwrap();

    // Listed, found and recovered like the others.
    assert_eq!(entries(&journal).await.len(), 3);
    let recovered = ours.recover(Duration::ZERO).await.unwrap();
    let tasks: Vec<_> = recovered
        .unfinished
        .iter()
        .filter_map(|entry| entry.task.as_ref())
        .collect();
    assert_eq!((tasks, recovered.unreadable), (vec![&plain, &odd], vec![]));
    assert_eq!(theirs.recover(Duration::ZERO).await.unwrap().unfinished.len(), 1);
    assert!(ours.journal_entry(&odd).await.unwrap().is_some());
    // Its key is not free.
    let again = ours.submit_with_key("odd", &request).await.unwrap();
    assert_eq!((&again.id, again.already_submitted), (&odd, true));
    assert_eq!(simulator.stats().tasks, 3);

    let error = ours.get(&odd).await.unwrap_err();
    assert_eq!((error.kind(), error.task()), (ErrorKind::InvalidRequest, Some(&odd)));
    for words in [
        "unknown endpoint family `videos-v9`",
        plain.family(),
        "Use the version that created the task",
    ] {
        assert!(error.message().contains(words), "{error}");
    }
    let clients: Clients = [ours.clone(), theirs.clone()].into_iter().collect();
    let mut ended = clients.wait_all([&odd, &plain, &other]).unwrap();
    let mut failed = Vec::new();
    let mut completed = Vec::new();
    while let Some((id, result)) = ended.next().await {
        match result {
            Ok(task) => completed.push(task.id),
            Err(error) => {
                assert!(format!("{error:?}").contains("videos-v9"), "{error:?}");
                failed.push(id);
            }
        }
    }
    completed.sort();
    let mut wanted = vec![plain, other];
    wanted.sort();
    assert_eq!((failed, completed), (vec![odd], wanted));
}

/// Whatever describes a record, rather than decides what may be sent, is read.
#[tokio::test]
async fn unknown_words_that_only_describe_leave_a_record_readable() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(ODD, &simulator, &journal);
    let request = VideoRequest::new(newest(ODD).1, "a kite");
    let running = client.submit_with_key("running", &request).await.unwrap();
    let fault = |kind| Fault::new(simulated(ODD), Operation::Submit, kind);
    simulator.inject(fault(FaultKind::DropBefore));
    client.submit_with_key("lost", &request).await.unwrap_err();
    simulator.inject(Fault::status(simulated(ODD), Operation::Submit, 402, "{}"));
    client.submit_with_key("refused", &request).await.unwrap_err();
    edit(
        folder.path(),
        "running",
        &[(r#""status":"queued""#, r#""status":"dreaming""#)],
    )
    .await;
    edit(
        folder.path(),
        "lost",
        &[
            (r#""progress":"sent""#, r#""progress":"half_sent""#),
            (r#""kind":"ambiguous_submit""#, r#""kind":"strange""#),
        ],
    )
    .await;
    edit(
        folder.path(),
        "refused",
        &[(r#""kind":"balance""#, r#""kind":"credit_limit""#)],
    )
    .await;
    for event in [
        r#"{"event":"archived"}"#,
        r#"{"event":"download_failed","kind":"subtitles","reason":{"kind":"io","message":"x"}}"#,
    ] {
        let sql = format!(
            "INSERT INTO events (intent, at, event) SELECT intent, begun, '{event}' FROM submissions WHERE key = 'running'"
        );
        super::alter(folder.path(), &sql).await;
    }

    let found = journal.find(Query::default()).await.unwrap();
    assert_eq!((found.entries.len(), found.unreadable), (3, vec![]));
    let by_key = async |key: &str| client.journal_entry_with_key(key).await.unwrap().unwrap();
    let entry = by_key("running").await;
    assert_eq!(entry.status, Some(TaskStatus::Unknown("dreaming".to_owned())));
    assert!(entry.is_unfinished());
    assert_eq!(journal.events(&entry.intent.id).await.unwrap().len(), 2);
    let recovered = client.recover(Duration::ZERO).await.unwrap();
    assert_eq!(
        (recovered.open.len(), recovered.unfinished.len()),
        (1, 1),
        "{recovered:?}"
    );
    assert_eq!(client.get(&running.id).await.unwrap().status, TaskStatus::Queued);
    assert_eq!(by_key("running").await.status, Some(TaskStatus::Queued));
    // A lost submission still blocks its key, and a refused one does not.
    assert_eq!(by_key("lost").await.state, State::Ambiguous);
    let error = client.submit_with_key("lost", &request).await.unwrap_err();
    assert_eq!(error.delivery(), Some(videogen::Delivery::Ambiguous), "{error}");
    assert_eq!(by_key("refused").await.reason.unwrap().kind, ErrorKind::Vendor);
    assert!(client.submit_with_key("refused", &request).await.is_ok());
    assert_eq!(simulator.stats().tasks, 2);
}

/// What decides whether a request may be sent, or to whom, is not guessed: its record is shown, its key stays taken.
#[tokio::test]
async fn an_unknown_vendor_or_state_costs_one_record() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let client = client(ODD, &simulator, &journal);
    let request = VideoRequest::new(newest(ODD).1, "a kite");
    for key in ["state", "vendor", "plain"] {
        client.submit_with_key(key, &request).await.unwrap();
    }
    edit(
        folder.path(),
        "state",
        &[(r#""state":"accepted""#, r#""state":"archived""#)],
    )
    .await;
    let own = (format!("{ODD}:"), format!(r#""vendor":"{ODD}""#));
    edit(
        folder.path(),
        "vendor",
        &[(&own.0, "acme:"), (&own.1, r#""vendor":"acme""#)],
    )
    .await;

    let found = journal.find(Query::default()).await.unwrap();
    assert_eq!(found.entries.len(), 1);
    let reasons: Vec<&str> = found.unreadable.iter().map(|record| record.reason.as_str()).collect();
    assert!(reasons[0].contains("unknown vendor `acme`"), "{reasons:?}");
    assert!(reasons[1].contains("unknown variant `archived`"), "{reasons:?}");
    let task = found.unreadable[0].task.as_deref().unwrap();
    assert!(task.starts_with("acme:"), "{task}");
    let error = task.parse::<TaskId>().unwrap_err().to_string();
    for words in [
        "unknown vendor `acme`",
        task,
        ODD.as_str(),
        "Use the version that created the task",
    ] {
        assert!(error.contains(words), "{error}");
    }
    for key in ["state", "vendor"] {
        let error = client.submit_with_key(key, &request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Journal);
        for words in [
            "cannot be read",
            "it was not changed",
            "If another version wrote it, use that one",
        ] {
            assert!(error.message().contains(words), "{error}");
        }
    }
    let recovered = client.recover(Duration::ZERO).await.unwrap();
    assert_eq!(
        (recovered.unfinished.len(), recovered.unreadable.len()),
        (1, 2),
        "{recovered:?}"
    );
    assert!(
        client
            .submit_with_key("plain", &request)
            .await
            .unwrap()
            .already_submitted
    );
    assert!(client.submit_with_key("new", &request).await.is_ok());
    assert_eq!(simulator.stats().tasks, 4);
}
