//! Machines that work together: one wakes another, and they take turns.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use videogen::journal::{
    BoxFuture, Entry, Event, Found, Intent, Journal, JournalError, Query, Started, Subject, Topic, Turns,
};
use videogen::poll::PollPolicy;
use videogen::submit::SubmitOptions;
use videogen::wait::{WaitOptions, Watcher, WatcherOptions};
use videogen::webhook::Receiver;
use videogen::{Client, RetryPolicy, TaskId, TaskStatus, Vendor, VideoRequest};
use videogen_journal::{Account, Owner, PostgresJournal, Store};
use videogen_sim::Simulator;

use super::server::{Server, server};
use crate::cases::{newest, simulated};
use crate::journal::budgets::{accepted, intent, status, subject};

const HOUR: Duration = Duration::from_secs(3600);
/// Far less than the next poll.
const SOON: Duration = Duration::from_secs(60);

async fn machines<const N: usize>(server: &Server, schema: &str) -> ([PostgresJournal; N], String) {
    let schema = format!("{schema}{}", std::process::id());
    let url = server.schema(&schema);
    let mut journals = Vec::new();
    for _ in 0..N {
        journals.push(PostgresJournal::open(&url).await.unwrap());
    }
    (journals.try_into().unwrap(), schema)
}

/// Waits until this many connections listen in a schema.
async fn listening(server: &Server, schema: &str, count: i64) {
    let (client, connection) = tokio_postgres::connect(server.url(), tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN videogen_' || md5($1) AND state = 'idle'";
    while client.query_one(sql, &[&schema]).await.unwrap().get::<_, i64>(0) < count {
        crate::pause::pause();
    }
}

fn client(simulator: &Simulator, journal: &PostgresJournal) -> Client {
    let builder = Client::builder(Vendor::Token360).key("sk-test".to_owned());
    let builder = builder.base_url(simulator.base_url(simulated(Vendor::Token360)));
    builder
        .retry(RetryPolicy::never())
        .journal(journal.clone())
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_at_one_machine_ends_the_waits_of_others() {
    let Some(server) = server() else { return };
    let ([first, second, third], schema) = machines(server, "woken").await;
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let (here, there) = (client(&simulator, &first), client(&simulator, &second));
    let request = VideoRequest::new(newest(Vendor::Token360).1, "a kite");
    let id = here.submit(&request).await.unwrap().id;
    let policy = || PollPolicy::within(HOUR, HOUR).first(HOUR);
    let wait = {
        let (client, id) = (there.clone(), id.clone());
        let options = WaitOptions::default().poll(policy()).timeout(3 * HOUR);
        tokio::spawn(async move { client.wait_with(&id, options, |_| {}).await })
    };
    let watch = {
        let watcher = Watcher::new(&client(&simulator, &third), WatcherOptions::default().poll(policy()));
        watcher.add(&id);
        tokio::spawn(async move { watcher.next().await })
    };
    listening(server, &schema, 2).await;
    simulator.advance(Duration::from_secs(600));
    let receiver = Receiver::builder(here).build().unwrap();
    let callback = receiver.callback("https://app.example/hooks").unwrap();
    receiver.bind(callback.hash(), &id).await.unwrap();
    let token = callback.url().expose().rsplit('/').next().unwrap().to_owned();
    receiver.receive(Some(&token), &Default::default(), b"").await.unwrap();
    let waited = timeout(SOON, wait).await.unwrap().unwrap().unwrap();
    assert!(waited.video.is_some() && waited.status == TaskStatus::Completed);
    let (watched, result) = timeout(SOON, watch).await.unwrap().unwrap().unwrap();
    assert_eq!((watched, result.unwrap().status), (id, TaskStatus::Completed));
    // The submission, the webhook's poll, and one of each that waited.
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_notified_of_what_another_one_records() {
    let Some(server) = server() else { return };
    let ([first, second], schema) = machines(server, "notified").await;
    let (first, second) = (Store::Postgres(first), Store::Postgres(second));
    first.begin(intent("i", "ark", None, chrono::Utc::now())).await.unwrap();
    let subscribe = |topic| second.changes(topic).unwrap();
    let task: TaskId = match accepted("ark", "i") {
        Event::Accepted { task, .. } => task,
        _ => unreachable!(),
    };
    let mut submission = subscribe(Topic::Submission("i".to_owned()));
    let (mut end, mut released) = (subscribe(Topic::End(task.clone())), subscribe(Topic::Released));
    // After the connection is there, each looks once.
    for changes in [&mut submission, &mut end, &mut released] {
        assert_eq!(timeout(SOON, changes.next()).await.unwrap(), None);
    }
    listening(server, &schema, 1).await;
    first.record(subject("i"), accepted("ark", "i")).await.unwrap();
    timeout(SOON, submission.next()).await.unwrap();
    let worker = Owner::new();
    first.enter(&worker).await.unwrap();
    let account = [Account::new("a", "https://vendor.example")];
    let taken = first.take_over(&worker, &account, 9).await.unwrap().unwrap();
    assert_eq!(taken.entries.len(), 1);
    first.release(&worker, "i").await.unwrap();
    timeout(SOON, released.next()).await.unwrap();
    assert!(first.take(&worker, "i").await.unwrap());
    first.record(subject("i"), status("failed")).await.unwrap();
    assert_eq!(timeout(SOON, end.next()).await.unwrap(), Some(task));

    // The connection is lost, and there is another one.
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN videogen_' || md5('{schema}')"
    );
    while super::execute(server.url(), &sql).await == 0 {
        crate::pause::pause();
    }
    assert_eq!(timeout(SOON, released.next()).await.unwrap(), None);
    first.leave(&worker).await.unwrap();
    // Nothing unfinished was given back, and so nothing is to be done.
    first.record(subject("i"), status("failed")).await.unwrap();
    assert!(timeout(Duration::from_millis(300), released.next()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn work_is_claimed_by_one_owner_until_its_lease_ends() {
    let Some(server) = server() else { return };
    let ([first, second], _) = machines(server, "claims").await;
    let (first, second) = (Store::Postgres(first), Store::Postgres(second));
    let (short, other) = (Owner::new().with_lease(Duration::from_millis(400)), Owner::new());
    // Without a lease it has nothing.
    assert!(!first.claim(&short, "a").await.unwrap());
    first.enter(&short).await.unwrap();
    second.enter(&other).await.unwrap();
    first.begin(intent("i", "ark", None, chrono::Utc::now())).await.unwrap();
    assert!(first.claim(&short, "a").await.unwrap() && first.take(&short, "i").await.unwrap());
    assert!(first.claim(&short, "a").await.unwrap());
    assert!(second.claim(&other, "b").await.unwrap());
    while !second.claim(&other, "a").await.unwrap() {
        crate::pause::pause();
    }
    assert!(!first.extend(&short).await.unwrap());
    assert!(second.take(&other, "i").await.unwrap());
    first.enter(&short).await.unwrap();
    assert!(!first.claim(&short, "a").await.unwrap() && !first.take(&short, "i").await.unwrap());
    second.unclaim(&other, "a").await.unwrap();
    assert!(first.claim(&short, "a").await.unwrap());
    second.leave(&other).await.unwrap();
    assert!(first.claim(&short, "b").await.unwrap() && first.take(&short, "i").await.unwrap());
}

/// Counts the reservations of turns.
#[derive(Debug)]
struct Counted(PostgresJournal, Arc<AtomicU32>);

impl Journal for Counted {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        self.0.begin(intent)
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        self.0.record(subject, event)
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        self.0.find(query)
    }

    fn reserve_turns(&self, turns: Turns) -> Option<BoxFuture<'_, Result<Duration, JournalError>>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.reserve_turns(turns)
    }
}

/// A speed at which the limits of minutes hold within seconds.
const SPEED: f64 = 4.0;

fn account(base_url: &str, journal: PostgresJournal, reserved: &Arc<AtomicU32>) -> Client {
    let client = Client::builder(Vendor::ToApis)
        .key("sk-test".to_owned())
        .base_url(base_url);
    let client = client.time_scale(SPEED).journal(Counted(journal, Arc::clone(reserved)));
    client.retry(RetryPolicy::never()).build().unwrap()
}

fn window(limit: &videogen::facts::RateLimit) -> Duration {
    Duration::from_secs(limit.per).div_f64(SPEED)
}

/// The vendor's limits hold for all machines together, and the database is not asked for each poll.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_machines_keep_one_limit() {
    const POLLS: u32 = 300;
    let Some(server) = server() else { return };
    let (journals, _) = machines::<3>(server, "turns").await;
    let limits = Vendor::ToApis.facts().rate_limits.query;
    let arrivals: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let seen = Arc::clone(&arrivals);
    let app = Router::new().fallback(move || {
        let mut seen = seen.lock().unwrap();
        let now = Instant::now();
        let full = limits.iter().any(|limit| {
            let before = seen.len().checked_sub(limit.limit as usize);
            before.is_some_and(|at| now - seen[at] < window(limit))
        });
        seen.push(now);
        std::future::ready(if full {
            StatusCode::TOO_MANY_REQUESTS
        } else {
            StatusCode::NOT_FOUND
        })
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let family = Vendor::ToApis.families().next().unwrap();
    let id = TaskId::new(Vendor::ToApis, family, "task-1").unwrap();
    let reserved = Arc::new(AtomicU32::new(0));
    let mut polls = JoinSet::new();
    let begun = Instant::now();
    for journal in journals {
        let client = account(&base_url, journal, &reserved);
        // Several at a time, so that the limit is reached.
        for _ in 0..10 {
            let (client, id) = (client.clone(), id.clone());
            polls.spawn(async move {
                for _ in 0..POLLS / 10 {
                    let error = client.get(&id).await.unwrap_err();
                    assert_eq!(error.status(), Some(404), "{error}");
                }
            });
        }
    }
    while let Some(done) = polls.join_next().await {
        done.unwrap();
    }
    let (taken, reserved) = (begun.elapsed(), reserved.load(Ordering::Relaxed));
    assert_eq!(arrivals.lock().unwrap().len(), 3 * POLLS as usize);
    // Each alone would keep the limit three times as fast.
    assert!(taken > Duration::from_secs(3), "{taken:?}");
    assert!(reserved < POLLS, "{reserved} reservations");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn submissions_of_three_machines_keep_one_limit() {
    const TASKS: usize = 120;
    let Some(server) = server() else { return };
    let (journals, _) = machines::<3>(server, "submitted").await;
    let simulator = Simulator::builder().speed(SPEED).rate_limits(true);
    let simulator = simulator.start().await.unwrap();
    let reserved = Arc::new(AtomicU32::new(0));
    let mut all = JoinSet::new();
    for journal in journals {
        let client = account(&simulator.base_url(simulated(Vendor::ToApis)), journal, &reserved);
        for _ in 0..TASKS / 3 {
            let client = client.clone();
            let request = VideoRequest::new(newest(Vendor::ToApis).1, "a kite");
            let options = SubmitOptions::default().within_rate_limits(true);
            all.spawn(async move { client.submit_with(&request, options).await.map(|_| ()) });
        }
    }
    for result in all.join_all().await {
        result.unwrap();
    }
    let stats = simulator.stats();
    assert_eq!((stats.tasks, stats.rate_limited), (TASKS, 0));
}
