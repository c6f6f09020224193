//! Many tasks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use videogen::poll::PollPolicy;
use videogen::wait::{Watched, Watcher, WatcherOptions};
use videogen::{Client, ErrorKind, TaskId, TaskStatus, Vendor, VideoRequest};
use videogen_sim::Simulator;

use super::stub::{Reply, Stub, answer, body, id, most, number, polled};
use crate::cases::targets;

const SECOND: Duration = Duration::from_secs(1);

/// From 30 s to 150 s.
fn spread(number: usize) -> Duration {
    Duration::from_millis(30_000 + (number as u64 * 7_919) % 120_000)
}

/// Collects all ended tasks; each once.
async fn all(watcher: &Watcher) -> HashMap<TaskId, TaskStatus> {
    let mut ended = HashMap::new();
    while let Some((id, result)) = watcher.next().await {
        let task = result.unwrap();
        assert_eq!(task.id, id);
        assert!(ended.insert(id, task.status).is_none(), "reported twice");
    }
    assert!(watcher.is_empty());
    ended
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_end_once_each_within_the_budget() {
    const TASKS: usize = 1_000;
    for vendor in [Vendor::ToApis, Vendor::Token360, Vendor::AllToken] {
        let stub = Stub::new(|at, path| answer(at, path, TASKS, spread)).await;
        let client = stub.client(vendor);
        let watcher = client.watcher();
        for number in 0..TASKS {
            assert!(watcher.add(id(vendor, number)) && !watcher.add(id(vendor, number)));
        }
        let ended = all(&watcher).await;
        assert_eq!(ended.len(), TASKS);
        assert!(ended.values().all(|status| *status == TaskStatus::Completed));
        let seen = stub.seen();
        let limits = vendor.facts().rate_limits.query;
        if limits.is_empty() {
            assert!(most(&seen, 10) <= 100, "{vendor}: {}", most(&seen, 10));
        }
        for limit in limits {
            assert!(
                most(&seen, limit.per) <= limit.limit as usize,
                "{vendor}: {}",
                most(&seen, limit.per)
            );
        }
        let pages = seen.iter().filter(|(_, path)| path.contains('?')).count();
        match vendor {
            // One poll for each, for its result, and the rest by page.
            Vendor::Token360 => assert!(
                pages > 0 && seen.len() - pages < TASKS + TASKS / 10,
                "{pages} {}",
                seen.len()
            ),
            Vendor::AllToken => assert!(pages > 0, "{}", seen.len()),
            _ => assert_eq!(pages, 0),
        }
    }
}

/// By page, so that they are few enough requests for a test.
#[tokio::test(start_paused = true)]
async fn ten_thousand_tasks_over_real_sockets() {
    const TASKS: usize = 10_000;
    let stub = Stub::new(|at, path| answer(at, path, TASKS, spread)).await;
    let watcher = stub.client(Vendor::Token360).watcher();
    for number in 0..TASKS {
        assert!(watcher.add(id(Vendor::Token360, number)));
    }
    assert_eq!(all(&watcher).await.len(), TASKS);
    let seen = stub.seen();
    assert!(most(&seen, 10) <= 100, "{}", most(&seen, 10));
    assert!(seen.len() < TASKS * 21 / 20, "{}", seen.len());
}

#[tokio::test(start_paused = true)]
async fn a_watcher_that_is_dropped_at_any_point_loses_nothing() {
    for vendor in [Vendor::ToApis, Vendor::Token360] {
        for times in 1..12 {
            let stub = Stub::new(|at, path| answer(at, path, 20, |_| 40 * SECOND)).await;
            let watcher = stub.client(vendor).watcher();
            for number in 0..20 {
                watcher.add(id(vendor, number));
            }
            let mut ended = HashMap::new();
            loop {
                match polled(watcher.next(), times).await {
                    Some(Some((id, result))) => assert!(ended.insert(id, result.unwrap()).is_none()),
                    Some(None) => break,
                    None => tokio::time::sleep(SECOND / 20).await,
                }
            }
            assert_eq!(ended.len(), 20);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn webhooks_end_a_wait_once() {
    let stub = Stub::new(|at, path| answer(at, path, 9, |_| 20 * SECOND)).await;
    let client = stub.client(Vendor::ToApis);
    let watcher = Arc::new(client.watcher());
    for number in 0..3 {
        watcher.add(Watched::new(id(Vendor::ToApis, number)));
    }
    let waiting = tokio::spawn({
        let watcher = Arc::clone(&watcher);
        async move { all(&watcher).await }
    });
    tokio::time::sleep(21 * SECOND).await;
    // One is woken, and polled at once; one arrives complete, and needs no request.
    let before = stub.seen().len();
    assert!(watcher.wake(&id(Vendor::ToApis, 0)));
    tokio::time::sleep(SECOND / 2).await;
    assert_eq!(stub.seen().len(), before + 1);
    let whole = client.get(&id(Vendor::ToApis, 1)).await.unwrap();
    assert!(watcher.offer(whole.clone()) && !watcher.offer(whole));
    assert!(!watcher.wake(&id(Vendor::ToApis, 0)), "it has ended");
    assert_eq!(waiting.await.unwrap().len(), 3);
    let of = |wanted: usize| {
        stub.seen()
            .iter()
            .skip(before)
            .filter(|(_, path)| number(path) == wanted)
            .count()
    };
    assert_eq!((of(0), of(1)), (1, 1));
}

/// A service: tasks are added continuously, and the watcher stays.
#[tokio::test(start_paused = true)]
async fn tasks_may_be_added_at_any_time() {
    let stub = Stub::new(|at, path| answer(at, path, 9, |number| 50 * SECOND * number as u32)).await;
    let watcher = Arc::new(stub.client(Vendor::ToApis).watcher());
    let service = tokio::spawn({
        let watcher = Arc::clone(&watcher);
        async move {
            let mut ended = Vec::new();
            while ended.len() < 3 {
                match watcher.next().await {
                    Some((id, result)) => ended.push((id, result.unwrap().status)),
                    None => watcher.added().await,
                }
            }
            ended
        }
    });
    for number in [1, 0, 2] {
        tokio::time::sleep(20 * SECOND).await;
        watcher.add(id(Vendor::ToApis, number));
    }
    let ended: Vec<TaskId> = service.await.unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ended.len(), 3);
    assert_eq!(ended[2], id(Vendor::ToApis, 2));
}

/// Two callers, one of which adds a task while the other makes the requests: a later notification
/// reaches the one that can act on it.
#[tokio::test(start_paused = true)]
async fn a_webhook_ends_a_wait_at_once_for_either_caller() {
    let stub = Stub::new(|at, path| answer(at, path, 9, |_| 20 * SECOND)).await;
    let client = stub.client(Vendor::ToApis);
    let rarely = WatcherOptions::default().poll(PollPolicy::within(300 * SECOND, 300 * SECOND));
    let watcher = Arc::new(Watcher::new(&client, rarely));
    let (send, mut ended) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..2 {
        let (watcher, send) = (Arc::clone(&watcher), send.clone());
        tokio::spawn(async move {
            loop {
                match watcher.next().await {
                    Some((id, result)) => send.send((id, result.unwrap().status, Instant::now())).unwrap(),
                    None => watcher.added().await,
                }
            }
        });
    }
    tokio::time::sleep(30 * SECOND).await;
    for number in 0..3 {
        let id = id(Vendor::ToApis, number);
        watcher.add(&id);
        tokio::time::sleep(SECOND).await;
        let whole = client.get(&id).await.unwrap();
        let offered_at = Instant::now();
        assert!(watcher.offer(whole));
        let (which, status, at) = ended.recv().await.unwrap();
        assert_eq!((which, status), (id, TaskStatus::Completed));
        assert!(at - offered_at < SECOND, "{:?}", at - offered_at);
    }
}

/// As for one task: a pause beyond the clock's range, and a `Retry-After` of decades.
#[tokio::test(start_paused = true)]
async fn no_poll_is_later_than_the_deadline() {
    let stub = Stub::new(|at, path| match at {
        at if at < 100 * SECOND => Reply::Status(503, "Retry-After: 1795219299\r\n"),
        at => answer(at, path, 9, |_| 20 * SECOND),
    })
    .await;
    let client = stub.client(Vendor::ToApis);
    let watcher = client.watcher();
    watcher.add(id(Vendor::ToApis, 1));
    let start = Instant::now();
    assert_eq!(all(&watcher).await.len(), 1);
    assert!(start.elapsed() > 3_600 * SECOND && start.elapsed() < 4_000 * SECOND);

    let never = Watcher::new(
        &client,
        WatcherOptions::default().poll(client.poll_policy().first(Duration::MAX)),
    );
    never.add(Watched::new(id(Vendor::ToApis, 1)).timeout(60 * SECOND));
    never.add(Watched::new(id(Vendor::ToApis, 2)).timeout(Duration::MAX));
    let start = Instant::now();
    let (first, _) = never.next().await.unwrap();
    assert_eq!(first, id(Vendor::ToApis, 1));
    assert!(start.elapsed() >= 60 * SECOND && start.elapsed() < 65 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn deadlines_and_final_errors_are_those_of_their_task() {
    let stub = Stub::new(|at, path| match number(path) {
        0 => Reply::Status(502, ""),
        1 => Reply::Status(401, ""),
        2 => Reply::Json(serde_json::json!({"id": "t-2", "status": "completed"})),
        _ => answer(at, path, 9, |_| 3_000 * SECOND),
    })
    .await;
    let watcher = stub.client(Vendor::ToApis).watcher();
    let start = Instant::now();
    for number in 0..5 {
        watcher.add(Watched::new(id(Vendor::ToApis, number)).timeout(600 * SECOND));
    }
    assert!(watcher.remove(&id(Vendor::ToApis, 4)) && !watcher.remove(&id(Vendor::ToApis, 4)));
    // Another vendor's task is rejected alone.
    watcher.add(id(Vendor::AllToken, 7));
    let mut ended = HashMap::new();
    while let Some((id, result)) = watcher.next().await {
        let error = result.unwrap_err();
        assert_eq!(error.task(), Some(&id));
        ended.insert(id.id().to_owned(), error.kind());
    }
    let kind = |name: &str| ended.get(name).copied();
    assert_eq!(kind("t-0"), Some(ErrorKind::Timeout), "what may pass ends no wait");
    assert_eq!(kind("t-1"), Some(ErrorKind::PollRefused));
    assert_eq!(
        kind("t-2"),
        Some(ErrorKind::PollRefused),
        "a paid video is not given up"
    );
    assert_eq!(kind("t-3"), Some(ErrorKind::Timeout));
    assert_eq!((kind("t-4"), kind("t-7")), (None, Some(ErrorKind::InvalidRequest)));
    assert!(start.elapsed() < 610 * SECOND);
}

/// Tasks are polled in order of due time, also when more are due than the budget allows.
#[tokio::test(start_paused = true)]
async fn nobody_starves() {
    let stub = Stub::new(|_, path| Reply::Json(body(number(path), false))).await;
    let options = WatcherOptions::default()
        .poll(PollPolicy::within(SECOND, SECOND))
        .limit(20, 1);
    let watcher = Watcher::new(&stub.client(Vendor::ToApis), options);
    for number in 0..200 {
        watcher.add(Watched::new(id(Vendor::ToApis, number)).timeout(120 * SECOND));
    }
    while let Some((_, result)) = watcher.next().await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    }
    let mut polls: HashMap<usize, usize> = HashMap::new();
    for (_, path) in stub.seen() {
        *polls.entry(number(&path)).or_default() += 1;
    }
    let (least, most) = (polls.values().min().unwrap(), polls.values().max().unwrap());
    assert!(
        polls.len() == 200 && *least >= 10 && most - least <= 2,
        "{least} to {most}"
    );
}

async fn simulated(simulator: &Simulator, vendor: Vendor, model: &str) {
    let client = Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(crate::cases::simulated(vendor)))
        .build()
        .unwrap();
    let pause = Duration::from_millis(20);
    let options = WatcherOptions::default()
        .poll(PollPolicy::within(pause, pause))
        .limit(100_000, 1);
    let watcher = Watcher::new(&client, options);
    for number in 0..120 {
        let prompt = if number == 7 { "a kite sim:fail" } else { "a kite" };
        watcher.add(client.submit(&VideoRequest::new(model, prompt)).await.unwrap());
    }
    simulator.advance(Duration::from_secs(20));
    let ended = tokio::spawn(async move { all(&watcher).await }).await.unwrap();
    assert_eq!(ended.len(), 120);
    let failed = ended.values().filter(|status| **status == TaskStatus::Failed).count();
    assert_eq!(failed, 1);
}

/// Against the simulator, on both kinds of runtime.
#[tokio::test]
async fn simulated_tasks_on_one_thread() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for (vendor, model) in targets() {
        simulated(&simulator, vendor, model).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_tasks_on_many_threads() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    simulated(&simulator, Vendor::Token360, "seedance-2.0").await;
}
