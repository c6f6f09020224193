//! One task.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use videogen::poll::PollPolicy;
use videogen::wait::{WaitEvent, WaitOptions};
use videogen::{ErrorKind, TaskStatus, Vendor};

use super::stub::{Reply, Stub, answer, body, id, most, number, polled};

const MINUTE: Duration = Duration::from_secs(60);

/// A stub whose tasks are done at the fourth poll.
async fn fourth() -> Stub {
    let polls: Mutex<HashMap<usize, u32>> = Mutex::default();
    Stub::new(move |_, path| {
        let mut polls = polls.lock().unwrap();
        let polls = polls.entry(number(path)).or_default();
        *polls += 1;
        match polls {
            2 => Reply::Status(502, ""),
            polls => Reply::Json(body(number(path), *polls >= 4)),
        }
    })
    .await
}

/// Dropped at every await point, and restarted.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_loses_nothing() {
    for vendor in Vendor::ALL {
        let stub = fourth().await;
        let client = stub.client(*vendor);
        let mut whole = None;
        for times in 1.. {
            let id = id(*vendor, times);
            let first = polled(client.wait(&id), times).await;
            let is_whole = first.is_some();
            let task = match first {
                Some(result) => result.unwrap(),
                None => client.wait(&id).await.unwrap(),
            };
            assert_eq!((&task.id, &task.status), (&id, &TaskStatus::Completed));
            let shown = (task.video, task.model, task.error);
            assert_eq!(whole.get_or_insert_with(|| shown.clone()), &shown);
            if is_whole {
                assert!(times > 8, "{times} points are too few to be all");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_dropped_loses_nothing() {
    let stub = fourth().await;
    let client = stub.client(Vendor::ToApis);
    for times in 1..20 {
        let mut watch = client.watch(id(Vendor::ToApis, times), WaitOptions::default());
        let mut seen = Vec::new();
        loop {
            match polled(watch.next(), times).await {
                Some(Some(task)) => seen.push(task.unwrap().status),
                Some(None) => break,
                // Lets other futures run.
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        assert_eq!(seen, [TaskStatus::InProgress, TaskStatus::Completed], "{times}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_returns_changes_and_ends_with_the_result_of_a_wait() {
    let polls = Mutex::new(0);
    let stub = Stub::new(move |_, path| {
        let mut polls = polls.lock().unwrap();
        *polls += 1;
        let mut task = body(number(path), *polls >= 7);
        task["progress"] = json!(([0, 0, 10, 10, 50, 50, 100])[(*polls - 1_usize).min(6)]);
        Reply::Json(task)
    })
    .await;
    let client = stub.client(Vendor::ToApis);
    let mut watch = client.watch(id(Vendor::ToApis, 1), WaitOptions::default());
    let mut seen = Vec::new();
    while let Some(task) = watch.next().await {
        seen.push(task.unwrap());
    }
    let progress: Vec<_> = seen.iter().map(|task| task.progress.unwrap()).collect();
    assert_eq!(progress, [0, 10, 50, 100]);
    assert_eq!(stub.seen().len(), 7);
    assert_eq!(seen.last(), Some(&client.wait(&id(Vendor::ToApis, 1)).await.unwrap()));
    // After an error there is nothing more.
    let mut watch = client.watch(id(Vendor::Token360, 1), WaitOptions::default());
    assert_eq!(
        watch.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::InvalidRequest
    );
    assert!(watch.next().await.is_none());
}

/// A `Retry-After` applies to waits and reads of all clones.
#[tokio::test(start_paused = true)]
async fn retry_after_slows_the_whole_account() {
    for refusal in [429, 503] {
        let stub = Stub::new(move |at, path| match at {
            at if at < Duration::from_secs(20) => Reply::Status(refusal, "Retry-After: 100\r\n"),
            at => answer(at, path, 9, |_| 3 * MINUTE),
        })
        .await;
        let client = stub.client(Vendor::ToApis);
        let mut waits = JoinSet::new();
        for number in 0..9 {
            let client = client.clone();
            waits.spawn(async move {
                let first = client.poll_policy().first(Duration::from_secs(5 + number as u64));
                let first = WaitOptions::default().poll(first);
                client.wait_with(&id(Vendor::ToApis, number), first, |_| {}).await
            });
        }
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert_eq!(stub.seen().len(), 1, "{:?}", stub.seen());
        // A read that would wait too long fails; nothing is sent.
        let error = client.get(&id(Vendor::ToApis, 1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.retry_after().unwrap() > Duration::from_secs(50));
        // A short one is waited out.
        tokio::time::sleep(Duration::from_secs(40)).await;
        client.get(&id(Vendor::ToApis, 1)).await.unwrap();
        assert!(stub.seen()[1].0 >= Duration::from_secs(105), "{:?}", stub.seen());
        while let Some(result) = waits.join_next().await {
            assert_eq!(result.unwrap().unwrap().status, TaskStatus::Completed);
        }
    }
}

/// Waiting requests do not all start at once afterwards, and a burst respects the documented limit.
#[tokio::test(start_paused = true)]
async fn reads_respect_the_budget_of_the_account() {
    const READS: usize = 1_000;
    let stub = Stub::new(|at, path| match at {
        at if at < Duration::from_secs(1) => Reply::Status(429, "Retry-After: 5\r\n"),
        at => answer(at, path, READS, |_| Duration::ZERO),
    })
    .await;
    let client = stub.client(Vendor::ToApis);
    client.get(&id(Vendor::ToApis, 0)).await.unwrap_err();
    let mut reads = JoinSet::new();
    for number in 0..READS {
        let client = client.clone();
        reads.spawn(async move { client.get(&id(Vendor::ToApis, number)).await });
    }
    while let Some(result) = reads.join_next().await {
        assert_eq!(result.unwrap().unwrap().status, TaskStatus::Completed);
    }
    let seen = stub.seen();
    assert_eq!(seen.len(), READS + 1);
    for limit in Vendor::ToApis.facts().rate_limits.query {
        let most = most(&seen, limit.per);
        assert!(most <= limit.limit as usize, "{most} in {} s", limit.per);
    }
    assert!(seen[1].0 >= Duration::from_secs(5) && stub.age() < Duration::from_secs(35));

    // A wait gets a turn between them, not after all of them.
    let start = Instant::now();
    for number in 0..READS {
        let client = client.clone();
        reads.spawn(async move { client.get(&id(Vendor::ToApis, number)).await });
    }
    client.wait(&id(Vendor::ToApis, 1)).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    reads.join_all().await;
    // A single one is answered at once again.
    let start = Instant::now();
    client.get(&id(Vendor::ToApis, 1)).await.unwrap();
    tokio::time::sleep(MINUTE).await;
    client.get(&id(Vendor::ToApis, 1)).await.unwrap();
    assert!(
        start.elapsed() < MINUTE + Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

/// Waits that are not polled do not block others, wherever they stopped.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_not_polled_does_not_block_others() {
    let stub = Stub::new(|at, path| match at {
        at if at < MINUTE => Reply::Status(503, ""),
        at => answer(at, path, 99, |_| 2 * MINUTE),
    })
    .await;
    let client = stub.client(Vendor::ToApis);
    let mut idle = Vec::new();
    for times in 1..20 {
        let (client, id) = (client.clone(), id(Vendor::ToApis, times));
        let second = Duration::from_secs(1);
        let often = WaitOptions::default().poll(PollPolicy::within(second, second).first(Duration::ZERO));
        let mut wait = Box::pin(async move { client.wait_with(&id, often, |_| {}).await });
        for _ in 0..times {
            // Polled for a while, as by a `select!` in a loop.
            let _ = tokio::time::timeout(Duration::from_millis(400), &mut wait).await;
        }
        idle.push(wait);
    }
    assert!(stub.seen().len() > 10);
    let start = Instant::now();
    client.wait(&id(Vendor::ToApis, 50)).await.unwrap();
    assert!(start.elapsed() < 4 * MINUTE, "{:?}", start.elapsed());
    for wait in idle {
        wait.await.unwrap();
    }
}

/// The longest possible pauses: the deadline still applies, with one poll at it.
#[tokio::test(start_paused = true)]
async fn pauses_beyond_all_clocks_end_at_the_deadline() {
    let stub = Stub::new(|at, path| answer(at, path, 9, |_| 100 * MINUTE)).await;
    let client = stub.client(Vendor::ToApis);
    let second = Duration::from_secs(1);
    let old = WaitOptions::default().submitted(Utc::now() - 120 * MINUTE);
    for options in [
        WaitOptions::default().poll(client.poll_policy().first(Duration::MAX)),
        WaitOptions::default().poll(PollPolicy::within(second, Duration::MAX)),
        WaitOptions::default().poll(PollPolicy::within(Duration::MAX, Duration::MAX)),
        old.poll(PollPolicy::within(second, Duration::MAX).first(second)),
    ] {
        let start = Instant::now();
        let (id, options) = (id(Vendor::ToApis, 1), options.timeout(10 * MINUTE));
        let error = client.wait_with(&id, options, |_| {}).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(start.elapsed() >= 10 * MINUTE && start.elapsed() < 11 * MINUTE);
        let (last, _) = stub.seen().last().cloned().unwrap();
        assert!(last + second >= stub.age(), "{last:?}");
    }
}

/// A `Retry-After` that was meant as a date: capped at an hour, and the task is not lost.
#[tokio::test(start_paused = true)]
async fn a_long_retry_after_is_capped() {
    for (vendor, refusal) in [(Vendor::ToApis, 503), (Vendor::Token360, 429)] {
        let stub = Stub::new(move |at, path| match at {
            at if at < 2 * MINUTE => Reply::Status(refusal, "Retry-After: 1795219299\r\n"),
            at => answer(at, path, 9, |_| 3 * MINUTE),
        })
        .await;
        let client = stub.client(vendor);
        let start = Instant::now();
        let options = WaitOptions::default().timeout(Duration::MAX);
        let task = client.wait_with(&id(vendor, 1), options, |_| {}).await.unwrap();
        assert_eq!(task.status, TaskStatus::Completed);
        assert!(start.elapsed() > 60 * MINUTE && start.elapsed() < 65 * MINUTE);
    }
}

/// After acceptance, no response to a poll looks as if nothing was paid.
#[tokio::test(start_paused = true)]
async fn refusals_of_polls_are_retried_and_then_name_the_task() {
    const PAGE: &str = "Content-Type: text/html\r\n";
    for vendor in Vendor::ALL {
        for status in [400, 401, 402, 403, 404, 405, 409, 410, 422, 451] {
            // Temporarily: a refused account for one poll at most.
            let passes = match status {
                401 | 402 => Duration::ZERO,
                403 => Duration::from_millis(500),
                _ => Duration::from_secs(8),
            };
            let stub = Stub::new(move |at, path| match at {
                at if at < passes => Reply::Status(status, PAGE),
                at => answer(at, path, 9, |_| MINUTE),
            })
            .await;
            let client = stub.client(*vendor);
            let at_once = client.poll_policy().first(Duration::ZERO);
            let fresh = WaitOptions::default().poll(at_once).submitted(Utc::now());
            let task = client.wait_with(&id(*vendor, 1), fresh, |_| {}).await.unwrap();
            assert_eq!(task.status, TaskStatus::Completed, "{vendor} {status}");

            // Permanently, from the beginning or after the task was shown.
            for was_shown in [false, true] {
                let stub = Stub::new(move |at, path| match at {
                    at if was_shown && at < Duration::from_secs(20) => answer(at, path, 9, |_| 100 * MINUTE),
                    _ => Reply::Status(status, PAGE),
                })
                .await;
                let client = stub.client(*vendor);
                let error = client.wait_with(&id(*vendor, 1), fresh, |_| {}).await.unwrap_err();
                let shown = format!("{vendor} {status} {was_shown}: {error}");
                assert_eq!(
                    (error.kind(), error.task(), error.status()),
                    (ErrorKind::PollRefused, Some(&id(*vendor, 1)), Some(status)),
                    "{shown}"
                );
                let source = std::error::Error::source(&error).unwrap();
                let cause = source.downcast_ref::<videogen::Error>().unwrap();
                assert_eq!(
                    (cause.status(), error.cause().unwrap().kind()),
                    (Some(status), cause.kind()),
                    "{shown}"
                );
                assert_ne!(cause.kind(), ErrorKind::PollRefused, "{shown}");
                let polls = stub.seen().len();
                let limit = if matches!(status, 401..=403) { 60 } else { 150 };
                let at_once = match status {
                    401 | 402 => Some(1),
                    403 => Some(2),
                    _ => None,
                };
                if let Some(at_once) = at_once.filter(|_| !was_shown) {
                    assert_eq!(polls, at_once, "{shown}");
                }
                assert!(
                    polls < 30 && stub.age().as_secs() < limit,
                    "{shown} {polls} {:?}",
                    stub.age()
                );

                // The same by a watch and by a watcher.
                let mut watch = client.watch(id(*vendor, 1), fresh);
                let last = loop {
                    if let Err(error) = watch.next().await.unwrap() {
                        break error;
                    }
                };
                assert_eq!(
                    (last.kind(), last.status()),
                    (ErrorKind::PollRefused, Some(status)),
                    "{shown}"
                );
                let watcher = videogen::wait::Watcher::new(
                    &client,
                    videogen::wait::WatcherOptions::default()
                        .poll(client.poll_policy().first(Duration::ZERO))
                        .lists(false),
                );
                watcher.add(videogen::wait::Watched::new(id(*vendor, 1)).submitted(Utc::now()));
                let (ended, result) = watcher.next().await.unwrap();
                let error = result.unwrap_err();
                assert_eq!(
                    (error.kind(), error.task()),
                    (ErrorKind::PollRefused, Some(&ended)),
                    "{shown}"
                );
            }
        }
    }
}

/// Unreadable responses are retried for longer: they may be pages of a proxy.
#[tokio::test(start_paused = true)]
async fn pages_instead_of_responses_are_retried() {
    for vendor in Vendor::ALL {
        let stub = Stub::new(|at, path| match at {
            at if at < 4 * MINUTE => Reply::Json(json!("<html>Please log in")),
            at => answer(at, path, 9, |_| 5 * MINUTE),
        })
        .await;
        let task = stub.client(*vendor).wait(&id(*vendor, 1)).await.unwrap();
        assert_eq!(task.status, TaskStatus::Completed);
        let stub = Stub::new(|_, _| Reply::Json(json!("<html>Please log in"))).await;
        let error = stub.client(*vendor).wait(&id(*vendor, 1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PollRefused);
        assert!(stub.age() < 7 * MINUTE && stub.seen().len() < 50);
    }
}

/// Observers see failed polls.
#[tokio::test(start_paused = true)]
async fn polls_that_fail_are_seen() {
    let stub = Stub::new(|_, _| Reply::Status(404, "")).await;
    let client = stub.client(Vendor::ToApis);
    let mut kinds = Vec::new();
    let options = WaitOptions::default().poll(client.poll_policy().first(Duration::ZERO));
    let strange = id(Vendor::ToApis, 1);
    let ended = client.wait_observed(&strange, options, |event| match event {
        WaitEvent::Retrying(error) => kinds.push(error.kind()),
        other => panic!("{other:?}"),
    });
    let error = ended.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!((kinds.len() + 1, kinds[0]), (stub.seen().len(), ErrorKind::NotFound));
}

#[tokio::test(start_paused = true)]
async fn not_found_is_not_final_in_the_first_minute() {
    for vendor in Vendor::ALL {
        let stub = Stub::new(|at, path| match number(path) {
            1 if at > Duration::from_secs(45) => answer(at, path, 9, |_| 2 * MINUTE),
            _ => Reply::Status(404, ""),
        })
        .await;
        let client = stub.client(*vendor);
        let start = Instant::now();
        let fresh = WaitOptions::default().submitted(Utc::now());
        let task = client.wait_with(&id(*vendor, 1), fresh, |_| {}).await.unwrap();
        assert_eq!(task.status, TaskStatus::Completed);
        assert!(start.elapsed() >= 2 * MINUTE);
        // A task that stays missing is abandoned, one that was submitted long ago sooner, and for one that may never
        // have existed the vendor's answer is final.
        let once = WaitOptions::default().poll(client.poll_policy().first(Duration::ZERO));
        let longest = vendor.facts().poll.every.1;
        for (options, kind, least, most) in [
            (once.submitted(Utc::now()), ErrorKind::PollRefused, 60, 61 + longest),
            (once.submitted(Utc::now() - 2 * MINUTE), ErrorKind::PollRefused, 5, 11),
            (once, ErrorKind::NotFound, 5, 11),
        ] {
            let (start, before) = (Instant::now(), stub.seen().len());
            let error = client.wait_with(&id(*vendor, 2), options, |_| {}).await.unwrap_err();
            assert_eq!((error.kind(), error.task()), (kind, Some(&id(*vendor, 2))));
            let took = start.elapsed().as_secs();
            assert!((least..most).contains(&took), "{vendor} {kind} {took} s");
            assert!((2..16).contains(&(stub.seen().len() - before)), "{vendor} {kind}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_names_the_task() {
    let stub = Stub::new(|at, path| match number(path) {
        2 => Reply::Status(429, "Retry-After: 600\r\n"),
        _ => answer(at, path, 9, |_| 100 * MINUTE),
    })
    .await;
    let client = stub.client(Vendor::AllToken);
    for number in [1, 2, 3] {
        let (start, id) = (Instant::now(), id(Vendor::AllToken, number));
        let options = WaitOptions::default().timeout(MINUTE);
        let error = client.wait_with(&id, options, |_| {}).await.unwrap_err();
        assert_eq!((error.kind(), error.task()), (ErrorKind::Timeout, Some(&id)));
        assert!(error.to_string().contains("waiting can resume"), "{error}");
        let took = start.elapsed();
        assert!(took >= MINUTE && took < MINUTE + Duration::from_secs(2), "{took:?}");
    }
    // The third was not polled: the account is throttled.
    assert!(stub.seen().iter().all(|(_, path)| number(path) != 3));
}

/// The first task is polled by the published durations; later ones only around the observed end.
#[tokio::test(start_paused = true)]
async fn a_client_learns_the_durations_of_its_tasks() {
    let begun: Mutex<HashMap<usize, Duration>> = Mutex::default();
    let stub = Stub::new(move |at, path| {
        let mut begun = begun.lock().unwrap();
        let begun = *begun.entry(number(path) / 1_000).or_insert(at);
        Reply::Json(body(number(path), at >= begun + Duration::from_secs(200)))
    })
    .await;
    let client = stub.client(Vendor::Token360);
    let (mut polls, mut delays) = (Vec::new(), Vec::new());
    for round in 0..20 {
        // The stub's first request marks the start of a round.
        client.get(&id(Vendor::Token360, round * 1_000)).await.unwrap();
        let (start, before) = (Instant::now(), stub.seen().len());
        let options = WaitOptions::default().submitted(Utc::now());
        client
            .wait_with(&id(Vendor::Token360, round * 1_000 + 1), options, |_| {})
            .await
            .unwrap();
        polls.push(stub.seen().len() - before);
        delays.push(start.elapsed().as_secs_f64() - 200.0);
    }
    assert!(polls[19] * 2 < polls[0], "{polls:?}");
    assert!(delays[10..].iter().sum::<f64>() < 10.0 * 6.0, "{delays:?}");
}
