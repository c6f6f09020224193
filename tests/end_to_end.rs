//! The facade against the simulator, over real sockets and with a manual clock.

use std::time::Duration;

use videogen::download::DownloadOptions;
use videogen::facts::Capabilities;
use videogen::task::ListQuery;
use videogen::wait::WaitOptions;
use videogen::{Client, Delivery, ErrorKind, Role, TaskStatus, Vendor, VideoRequest};
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use crate::cases::{cases, documents_form_of_keys, simulated, targets, url};

/// Duration of a simulated task.
const WHOLE: Duration = Duration::from_secs(20);

async fn simulator() -> Simulator {
    Simulator::builder()
        .manual_clock()
        .any_asset(true)
        .start()
        .await
        .unwrap()
}

fn client(simulator: &Simulator, vendor: Vendor) -> Client {
    client_with(simulator, vendor, "sk-test")
}

fn client_with(simulator: &Simulator, vendor: Vendor, key: &str) -> Client {
    let base_url = simulator.base_url(simulated(vendor));
    Client::builder(vendor)
        .retry(videogen::RetryPolicy::never())
        .key(key.to_owned())
        .base_url(base_url)
        .build()
        .unwrap()
}

/// Polls without pausing; the simulator's clock does not move meanwhile.
fn at_once() -> WaitOptions {
    WaitOptions::default().poll(videogen::poll::PollPolicy::within(Duration::ZERO, Duration::ZERO))
}

#[tokio::test]
async fn submit_wait_download_on_every_family() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model) in targets() {
        let client = client(&simulator, vendor);
        let seconds = Capabilities::of(vendor, model).model.duration.nearest(4);
        let request = VideoRequest::new(model, "A kite over the ice").duration(seconds);
        let submitted = client.submit(&request).await.unwrap();
        assert_eq!(submitted.status, TaskStatus::Queued, "{model}");
        // The answers of some vendors show no times.
        let is_timed = !matches!(vendor, Vendor::Ark | Vendor::OpenRouter | Vendor::Fal);
        assert!(submitted.created_at.is_some() == is_timed && submitted.video.is_none());

        let mut seen = Vec::new();
        let task = client
            .wait_with(&submitted.id, at_once(), |task| {
                seen.push(task.status.clone());
                simulator.advance(WHOLE / 4);
            })
            .await
            .unwrap();
        assert_eq!(task.id, submitted.id);
        assert_eq!(seen.first(), Some(&TaskStatus::Queued));
        assert!(seen.contains(&TaskStatus::InProgress));
        assert_eq!(seen.last(), Some(&TaskStatus::Completed));

        let path = folder
            .path()
            .join(format!("{vendor}-{}.mp4", crate::cases::in_a_name(model)));
        let file = client.download(&task, &path).await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len() as u64, file.bytes);
        assert_eq!(&bytes[4..8], b"ftyp");
        let error = client.download(&task, &path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        let overwrite = DownloadOptions::default().overwrite(true);
        client.download_with(&task, &path, overwrite, |_, _| {}).await.unwrap();
    }
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), targets().count(), "partial files are left: {left:?}");
    let submissions: u64 = simulator.stats().submissions.values().sum();
    assert_eq!(submissions, targets().count() as u64);
}

/// The simulator, which reads the specs separately, accepts every request that validation accepts.
#[tokio::test]
async fn the_simulator_accepts_every_case_that_validation_accepts() {
    let simulator = simulator().await;
    let mut taken = 0;
    for vendor in Vendor::ALL {
        let client = client(&simulator, *vendor);
        for entry in Capabilities::all(*vendor) {
            for (case, mut request) in cases(*vendor, entry.model.id) {
                if request.draft_task.is_some() && entry.field("draft").is_some() {
                    let draft = client
                        .submit(&VideoRequest::new(entry.model.id, "x").draft(true))
                        .await
                        .unwrap();
                    request.draft_task = Some(draft.id);
                }
                // The simulator delivers webhooks to this machine only.
                if request.callback_url.is_some() {
                    request = request.callback_url("http://127.0.0.1:9/hook");
                }
                match client.submit(&request).await {
                    Ok(_) => taken += 1,
                    Err(error) => {
                        assert!(
                            !error.violations().is_empty(),
                            "{vendor} {} {case}: {error}",
                            entry.model.id
                        );
                    }
                }
            }
        }
    }
    assert!(taken > 100, "only {taken} were taken");
}

#[tokio::test]
async fn failures_are_distinguished() {
    let simulator = simulator().await;
    for (vendor, model) in targets() {
        let client = client(&simulator, vendor);
        for (prompt, status, kind) in [
            ("a kite sim:fail", TaskStatus::Failed, ErrorKind::Vendor),
            ("a kite sim:moderated", TaskStatus::Failed, ErrorKind::Moderated),
        ] {
            let task = client.submit(&VideoRequest::new(model, prompt)).await.unwrap();
            simulator.advance(WHOLE);
            let task = client.wait_with(&task.id, at_once(), |_| {}).await.unwrap();
            assert_eq!(task.status, status, "{model} {prompt}");
            assert_eq!(
                task.error.as_ref().map(|error| error.kind),
                Some(kind),
                "{model} {prompt}"
            );
            // The reason is the task's own, from every call that needs its video.
            let reason = task.error.clone().unwrap();
            let kind = match kind {
                ErrorKind::Moderated => kind,
                _ => ErrorKind::NoVideo,
            };
            let errors = [
                client.download(&task, "never.mp4").await.unwrap_err(),
                client.download(&task.id, "never.mp4").await.unwrap_err(),
                client.download_bytes(&task, 1_000).await.unwrap_err(),
                client
                    .download_stream(&task, DownloadOptions::default())
                    .next()
                    .await
                    .unwrap()
                    .unwrap_err(),
            ];
            for error in errors {
                assert_eq!((error.kind(), error.task()), (kind, Some(&task.id)), "{error}");
                assert_eq!(error.code(), reason.code.as_deref(), "{error}");
                assert!(error.message().contains(reason.message.as_deref().unwrap()), "{error}");
                assert!(!error.is_retryable(), "{error}");
            }
        }
        let error = client
            .submit(&VideoRequest::new(model, "a kite sim:refuse"))
            .await
            .unwrap_err();
        assert_eq!(error.delivery(), Some(Delivery::Rejected), "{error}");
        let expected = if vendor == Vendor::Token360 {
            // Its pages document no error type for refused content.
            [ErrorKind::Moderated, ErrorKind::InvalidRequest]
        } else {
            [ErrorKind::Moderated, ErrorKind::Moderated]
        };
        assert!(expected.contains(&error.kind()), "{error:?}");
    }
}

#[tokio::test]
async fn keys_that_are_refused() {
    let simulator = simulator().await;
    for (vendor, model) in targets() {
        for (key, kind, delivery) in [
            ("sk-sim-401", ErrorKind::Auth, Delivery::Rejected),
            ("sk-sim-402", ErrorKind::Balance, Delivery::Rejected),
            ("sk-sim-403", ErrorKind::Auth, Delivery::Rejected),
            ("sk-sim-429", ErrorKind::RateLimited, Delivery::Rejected),
            ("sk-sim-500", ErrorKind::AmbiguousSubmit, Delivery::Ambiguous),
            ("none", ErrorKind::Auth, Delivery::Rejected),
        ] {
            // Some vendors document no form of their keys, so any is taken.
            if key == "none" && !documents_form_of_keys(vendor) {
                continue;
            }
            let client = client_with(&simulator, vendor, key);
            let error = client.submit(&VideoRequest::new(model, "x")).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (kind, Some(delivery)),
                "{vendor} {key}: {error}"
            );
            let says_when = key == "sk-sim-429" && !matches!(vendor, Vendor::Ark | Vendor::Fal);
            assert_eq!(error.retry_after().is_some(), says_when);
            assert!(error.request_id().is_some());
        }
    }
    assert_eq!(simulator.stats().tasks, 0);
}

/// The response to a submission is lost after the task was created: one task, one request, no retry.
#[tokio::test]
async fn a_submission_with_a_lost_response_is_ambiguous_and_never_resent() {
    let simulator = simulator().await;
    for (vendor, model) in targets() {
        let before = simulator.stats();
        for kind in [
            FaultKind::DropAfter,
            FaultKind::DropBefore,
            FaultKind::Truncated,
            FaultKind::EmptyBody,
            FaultKind::Html(502),
            FaultKind::Html(200),
        ] {
            simulator.inject(Fault::new(simulated(vendor), Operation::Submit, kind.clone()));
            let result = client(&simulator, vendor).submit(&VideoRequest::new(model, "x")).await;
            let error = match result {
                // A truncated body still has the task's id.
                Ok(task) if matches!(kind, FaultKind::Truncated) => {
                    assert!(!task.id.id().is_empty());
                    continue;
                }
                Ok(task) => panic!("{vendor} {kind:?}: {task:?}"),
                Err(error) => error,
            };
            assert_eq!(
                error.delivery(),
                Some(Delivery::Ambiguous),
                "{vendor} {kind:?}: {error}"
            );
            assert_eq!(error.kind(), ErrorKind::AmbiguousSubmit);
            assert!(!error.is_retryable());
            assert!(error.to_string().contains("not resent"), "{error}");
        }
        let after = simulator.stats();
        let made = after.tasks - before.tasks;
        assert!(made <= 6, "{vendor}: {made} tasks from 6 submissions");
    }
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for (vendor, model) in targets() {
        let client = Client::builder(vendor)
            .retry(videogen::RetryPolicy::never())
            .key("sk-x".to_owned())
            .base_url(&base_url)
            .build()
            .unwrap();
        let error = client.submit(&VideoRequest::new(model, "x")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Transport, Some(Delivery::NotSent)),
            "{error}"
        );
        assert!(error.is_retryable());
    }
}

/// Temporary failures do not end a wait, and the timeout names the task.
#[tokio::test]
async fn temporary_failures_do_not_end_a_wait() {
    let simulator = simulator().await;
    for (vendor, model) in targets() {
        let client = client(&simulator, vendor);
        let submitted = client.submit(&VideoRequest::new(model, "x")).await.unwrap();
        for kind in [
            FaultKind::DropBefore,
            FaultKind::Html(502),
            FaultKind::EmptyBody,
            FaultKind::Truncated,
            FaultKind::Status {
                code: 404,
                body: "{}".to_owned(),
                headers: Vec::new(),
            },
        ] {
            simulator.inject(Fault::new(simulated(vendor), Operation::Get, kind));
        }
        simulator.advance(WHOLE);
        let task = client.wait_with(&submitted.id, at_once(), |_| {}).await.unwrap();
        assert_eq!(task.status, TaskStatus::Completed, "{vendor}");

        let slow = client.submit(&VideoRequest::new(model, "x sim:slow")).await.unwrap();
        let options = at_once().timeout(Duration::from_millis(50));
        let error = client.wait_with(&slow.id, options, |_| {}).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.task(), Some(&slow.id));
    }
}

#[tokio::test]
async fn lists_cancels_and_models() {
    let simulator = simulator().await;

    let token360 = client(&simulator, Vendor::Token360);
    let mut ids = Vec::new();
    for index in 0..5 {
        let request = VideoRequest::new("seedance-2.0", format!("clip {index}"));
        ids.push(token360.submit(&request).await.unwrap().id);
        simulator.advance(Duration::from_secs(1));
    }
    let mut query = ListQuery {
        limit: Some(2),
        ..ListQuery::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = token360.list(&query).await.unwrap();
        assert!(page.tasks.len() <= 2);
        assert!(page.tasks.iter().all(|task| task.raw.json()["prompt"].is_string()));
        listed.extend(page.tasks.into_iter().map(|task| task.id));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    listed.reverse();
    assert_eq!(listed, ids);

    let alltoken = client(&simulator, Vendor::AllToken);
    let task = alltoken.submit(&VideoRequest::new("seedance-2.0", "x")).await.unwrap();
    let cancelled = alltoken.cancel(&task.id).await.unwrap();
    assert_eq!(cancelled.status, TaskStatus::Cancelled);
    assert_eq!(alltoken.cancel(&task.id).await.unwrap_err().kind(), ErrorKind::Conflict);
    let query = ListQuery {
        status: Some(TaskStatus::Cancelled),
        ..ListQuery::default()
    };
    let page = alltoken.list(&query).await.unwrap();
    assert_eq!((page.tasks.len(), page.total), (1, Some(1)));
    assert!(!alltoken.models().await.unwrap().is_empty());
    // The catalogue has models of other kinds too.
    let listed = client(&simulator, Vendor::Token360).models().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(listed, ["seedance-2.0", "seedance-2.0-fast", "seedance-1.5-pro"]);

    let query = ListQuery {
        limit: Some(500),
        after: Some("x".to_owned()),
        ..ListQuery::default()
    };
    let error = alltoken.list(&query).await.unwrap_err();
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|violation| violation.field.as_str())
        .collect();
    assert_eq!(fields, ["after", "limit"]);
}

#[tokio::test]
async fn unsupported_operations_name_the_vendors_that_support_them() {
    let simulator = simulator().await;
    let toapis = client(&simulator, Vendor::ToApis);
    let task = toapis.submit(&VideoRequest::new("seedance-2", "x")).await.unwrap();
    for error in [
        toapis.cancel(&task.id).await.unwrap_err(),
        toapis.list(&ListQuery::default()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("AllToken"), "{error}");
    }
    let error = client(&simulator, Vendor::Token360).get(&task.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn the_balance_falls_with_each_task_and_checks_the_key() {
    let simulator = simulator().await;
    let toapis = client(&simulator, Vendor::ToApis);
    let before = toapis.balance().await.unwrap();
    assert_eq!((before.used_credits, before.unlimited), (Some(0.0), false));
    assert!(before.used_credits.is_some_and(f64::is_sign_positive), "{before:?}");
    toapis
        .submit(VideoRequest::new("seedance-2", "x").duration(5))
        .await
        .unwrap();
    let after = toapis.balance().await.unwrap();
    assert_eq!(after.used_credits, Some(5.0));
    assert_eq!(
        after.remaining_credits,
        before.remaining_credits.map(|credits| credits - 5.0)
    );
    assert_eq!(after.credits_per_usd, Some(200.0));
    let refused = client_with(&simulator, Vendor::ToApis, "sk-sim-401").balance().await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Auth);
    let lacking = client(&simulator, Vendor::AllToken).balance().await.unwrap_err();
    assert_eq!(lacking.kind(), ErrorKind::Unsupported);
    assert!(lacking.to_string().contains("ToAPIs"), "{lacking}");
}

/// An expired link is renewed if the vendor supports it, and reported as lost otherwise.
#[tokio::test]
async fn expired_links() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model) in targets() {
        let client = client(&simulator, vendor);
        let task = client.submit(&VideoRequest::new(model, "x")).await.unwrap();
        simulator.advance(WHOLE);
        let task = client.get(&task.id).await.unwrap();
        let facts = vendor.facts().result_url;
        // Where links do not expire, a year is no different.
        let year = 365 * 24 * 60 * 60;
        simulator.advance(Duration::from_secs(facts.ttl.unwrap_or(year) + 60));
        let name = crate::cases::in_a_name(model);
        let path = folder.path().join(format!("{vendor}-{name}.mp4"));
        let result = client.download(&task, &path).await;
        if facts.refreshable || facts.ttl.is_none() {
            assert!(result.unwrap().bytes > 0);
        } else {
            // The clock of the simulator is ahead, so that the link is not known to have expired.
            let kind = result.unwrap_err().kind();
            assert!(matches!(kind, ErrorKind::NoVideo | ErrorKind::Transport), "{kind:?}");
            assert!(!path.exists());
        }
    }
}

#[tokio::test]
async fn violations_stop_a_request_before_the_network() {
    let simulator = simulator().await;
    let client = client(&simulator, Vendor::ToApis);
    let request = VideoRequest::new("seedance-2", "A kite.")
        .camera_fixed(true)
        .input(Role::LastFrame, url("last.png"))
        .resolution("8K")
        .duration(1);
    let error = client.submit(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.violations().len(), 4, "{error}");
    assert!(error.to_string().contains("doubao-seedance-1-5-pro"), "{error}");
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
}
