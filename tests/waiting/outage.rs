//! A vendor that is down for ten minutes during waits for a thousand tasks.

use std::time::Duration;

use tokio::task::JoinSet;
use videogen::poll::PollPolicy;
use videogen::wait::{WaitOptions, Watcher, WatcherOptions};
use videogen::{TaskStatus, Vendor};

use super::stub::{Reply, Stub, answer, id, most};

const TASKS: usize = 1_000;
const VENDOR: Vendor = Vendor::AllToken;
const FROM: Duration = Duration::from_secs(120);
const TO: Duration = Duration::from_secs(720);
const PAUSE: Duration = Duration::from_secs(110);

/// All tasks end after the outage, in both runs.
fn done(number: usize) -> Duration {
    Duration::from_secs(740 + number as u64 % 200)
}

async fn vendor(is_down: fn() -> Option<Reply>) -> Stub {
    Stub::new(move |at, path| match is_down() {
        Some(reply) if (FROM..TO).contains(&at) => reply,
        _ => answer(at, path, TASKS, done),
    })
    .await
}

async fn waits(stub: &Stub) {
    let client = stub.client(VENDOR);
    let options = WaitOptions::default()
        .timeout(Duration::from_secs(7_200))
        .poll(PollPolicy::within(PAUSE, PAUSE).first(Duration::from_secs(30)));
    let mut waits = JoinSet::new();
    for number in 0..TASKS {
        let client = client.clone();
        waits.spawn(async move { client.wait_with(&id(VENDOR, number), options, |_| {}).await });
    }
    while let Some(result) = waits.join_next().await {
        assert_eq!(result.unwrap().unwrap().status, TaskStatus::Completed);
    }
}

async fn watcher(stub: &Stub) {
    let options = WatcherOptions::default()
        .poll(PollPolicy::within(PAUSE, PAUSE).first(Duration::from_secs(30)))
        .lists(false);
    let watcher = Watcher::new(&stub.client(VENDOR), options);
    for number in 0..TASKS {
        watcher.add(id(VENDOR, number));
    }
    while let Some((_, result)) = watcher.next().await {
        assert_eq!(result.unwrap().status, TaskStatus::Completed);
    }
}

fn judge(healthy: &Stub, ill: &Stub) {
    let (healthy, ill) = (healthy.seen(), ill.seen());
    assert!(
        ill.len() * 10 <= healthy.len() * 12,
        "{} against {}",
        ill.len(),
        healthy.len()
    );
    let during: Vec<_> = ill.iter().filter(|(at, _)| (FROM..TO).contains(at)).collect();
    assert!(
        (10..100).contains(&during.len()),
        "{} requests while it was down",
        during.len()
    );
    // No burst at its end, and a quick recovery.
    let after = |seconds: u64| {
        ill.iter()
            .filter(|(at, _)| (TO..TO + Duration::from_secs(seconds)).contains(at))
            .count()
    };
    assert!(
        most(&ill, 10) <= 100 && most(&ill, 1) <= 20,
        "{} {}",
        most(&ill, 10),
        most(&ill, 1)
    );
    assert!(after(45) > 50, "{}", after(45));
}

fn unavailable() -> Option<Reply> {
    Some(Reply::Status(503, ""))
}

fn hang_up() -> Option<Reply> {
    Some(Reply::HangUp)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_waits_do_not_amplify_an_outage() {
    let healthy = vendor(|| None).await;
    waits(&healthy).await;
    let ill = vendor(unavailable).await;
    waits(&ill).await;
    judge(&healthy, &ill);
}

#[tokio::test(start_paused = true)]
async fn a_watcher_does_not_amplify_an_outage() {
    let healthy = vendor(|| None).await;
    watcher(&healthy).await;
    let ill = vendor(hang_up).await;
    watcher(&ill).await;
    judge(&healthy, &ill);
}
