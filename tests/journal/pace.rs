//! Submissions within the limits that the vendor documents, counted by the simulator.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use videogen::journal::{
    BoxFuture, Entry, Event, Found, Intent, Journal, JournalError, Query, Started, Subject, Turns,
};
use videogen::submit::SubmitOptions;
use videogen::{Client, Error, ErrorKind, RetryPolicy, Vendor, VideoRequest};
use videogen_journal::Store;
use videogen_sim::Simulator;

use super::journal;
use crate::cases::{newest, simulated};

/// The limits hold in seconds, and a machine with much else to do is not late by what a request may take on its way.
const SPEED: f64 = 4.0;

/// A journal that gives turns, and whose submissions wait while it is slow.
#[derive(Clone)]
struct Slow {
    journal: Arc<Store>,
    next: Arc<Mutex<Option<Instant>>>,
    is_slow: watch::Receiver<bool>,
}

impl std::fmt::Debug for Slow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slow")
    }
}

impl Journal for Slow {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        let mut is_slow = self.is_slow.clone();
        Box::pin(async move {
            is_slow.wait_for(|slow| !slow).await.unwrap();
            self.journal.begin(intent).await
        })
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        self.journal.record(subject, event)
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        self.journal.find(query)
    }

    fn reserve_turns(&self, turns: Turns) -> Option<BoxFuture<'_, Result<Duration, JournalError>>> {
        let now = Instant::now();
        let mut next = self.next.lock().unwrap();
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + turns.interval * turns.count);
        Some(Box::pin(std::future::ready(Ok(turn - now))))
    }
}

fn client(simulator: &Simulator, journal: &Slow) -> Client {
    let client = Client::builder(Vendor::ToApis).key("sk-test".to_owned());
    let client = client
        .base_url(simulator.base_url(simulated(Vendor::ToApis)))
        .time_scale(SPEED)
        .journal(journal.clone());
    client.retry(RetryPolicy::never()).build().unwrap()
}

fn submit(client: &Client, options: &SubmitOptions, all: &mut JoinSet<Result<(), Error>>) {
    let (client, options) = (client.clone(), options.clone());
    let request = VideoRequest::new(newest(Vendor::ToApis).1, "a kite");
    all.spawn(async move { client.submit_with(&request, options).await.map(|_| ()) });
}

/// Two machines, and what makes their journal slow. `is_stopped`: at the vendor, everything happens at one time.
async fn machines(folder: &std::path::Path, is_stopped: bool) -> (Simulator, [Client; 2], watch::Sender<bool>) {
    let simulator = Simulator::builder().rate_limits(true);
    let simulator = match is_stopped {
        true => simulator.manual_clock(),
        false => simulator.speed(SPEED),
    };
    let simulator = simulator.start().await.unwrap();
    let slow = watch::Sender::new(false);
    let journal = Slow {
        journal: journal(folder).await,
        next: Arc::default(),
        is_slow: slow.subscribe(),
    };
    let clients = [client(&simulator, &journal), client(&simulator, &journal)];
    (simulator, clients, slow)
}

/// What waited for the journal has had its turns, and takes others, instead of being sent together.
#[tokio::test(flavor = "multi_thread")]
async fn submissions_that_waited_for_the_journal_are_not_sent_together() {
    const EACH: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let (simulator, clients, slow) = machines(folder.path(), false).await;
    slow.send_replace(true);
    let (mut all, options) = (JoinSet::new(), SubmitOptions::default().within_rate_limits(true));
    for client in &clients {
        for _ in 0..EACH {
            submit(client, &options, &mut all);
        }
    }
    // All turns are given in that time.
    sleep(Duration::from_secs_f64(30.0 / SPEED)).await;
    assert_eq!(simulator.stats().tasks, 0);
    slow.send_replace(false);
    let begun = Instant::now();
    for result in all.join_all().await {
        result.unwrap();
    }
    let stats = simulator.stats();
    assert_eq!((stats.tasks, stats.rate_limited), (2 * EACH, 0));
    assert!(begun.elapsed() > Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_option_the_limit_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (simulator, [client, _], _slow) = machines(folder.path(), true).await;
    let (mut all, options) = (JoinSet::new(), SubmitOptions::default());
    for _ in 0..80 {
        submit(&client, &options, &mut all);
    }
    let results = all.join_all().await;
    let refused: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert!(refused.iter().all(|error| error.kind() == ErrorKind::RateLimited));
    let stats = simulator.stats();
    assert_eq!(
        (stats.tasks, stats.rate_limited),
        (80 - refused.len(), refused.len() as u64)
    );
    assert!(!refused.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_client_leaves_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    let (simulator, [client, _], slow) = machines(folder.path(), false).await;
    slow.send_replace(true);
    let (mut all, options) = (JoinSet::new(), SubmitOptions::default().within_rate_limits(true));
    for _ in 0..60 {
        submit(&client, &options, &mut all);
    }
    sleep(Duration::from_secs_f64(20.0 / SPEED)).await;
    client.stop_retrying();
    // Those without a permit. The others wait for the journal.
    for _ in 0..10 {
        let error = all.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert_eq!(error.delivery(), Some(videogen::Delivery::NotSent));
    }
    assert_eq!(simulator.stats().tasks, 0);
    slow.send_replace(false);
    // What needs another turn is not sent any more, and recorded as such.
    let sent = all.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(simulator.stats().tasks, sent);
    assert!(sent < 50);
    let journal = journal(folder.path()).await;
    let open = journal.find(Query::default().open(true)).await.unwrap();
    assert_eq!(open.entries.len(), 0);
}
