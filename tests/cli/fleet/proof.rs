//! Machines that are killed, with a database that is restarted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use videogen::Vendor;
use videogen::journal::{Journal as _, Query};
use videogen_journal::Store;
use videogen_sim::Simulator;

use super::{Server, ask, at, clips, results, server, write_jobs};
use crate::{run, stderr};

/// Three workers and a batch, each killed every few seconds, while the database is restarted twice: each job is paid for and
/// downloaded once, within the budget and the vendor's limits.
///
/// `VIDEOGEN_FLEET_JOBS` and `VIDEOGEN_FLEET_SECONDS` set its size.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_fleet_survives_kills_and_restarts() {
    let setting = |name: &str, value| std::env::var(name).map_or(value, |text| text.parse().unwrap());
    let (jobs, seconds) = (
        setting("VIDEOGEN_FLEET_JOBS", 2_000),
        setting("VIDEOGEN_FLEET_SECONDS", 300),
    );
    let Some(server) = Server::start() else {
        server();
        return;
    };
    let url = server.schema("fleet");
    // Four times as fast as real time, and so are the limits of submissions; those of polls are real.
    const SPEED: f64 = 4.0;
    let simulator = Simulator::builder()
        .speed(SPEED)
        .rate_limits(true)
        .completed_after(Duration::from_secs(20));
    let simulator = Arc::new(simulator.start().await.unwrap());
    let folders: Vec<_> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    let home = folders[0].path();
    write_jobs(home, jobs as usize);
    let priced = ["prices", "set", "toapis", "seedance-2", "0.10", "--unit", "clip"];
    assert!(run(home, &priced).status.success());
    // Exactly what all jobs cost.
    let most = format!("{}", jobs as f64 / 10.0);
    let budget = at(
        home,
        "batch",
        &simulator,
        &url,
        &["budget", "set", &format!("{most}/total")],
    )
    .output()
    .unwrap();
    assert!(budget.status.success(), "{}", stderr(&budget));
    let batch = [
        "batch",
        "jobs.jsonl",
        "--vendor",
        "toapis=seedance-2",
        "--json",
        "-o",
        "out/",
        "--parents",
        "--in-flight",
        "200",
        "--max-cost",
        &most,
        "--search-timeout",
        "30",
    ];
    let start = |machine: usize| {
        let name = format!("machine-{machine}");
        let args: &[&str] = if machine == 0 { &batch } else { &["worker", "--json"] };
        let mut command = at(folders[machine].path(), &name, &simulator, &url, args);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(home.join(format!("{name}.log")))
            .unwrap();
        command.stdout(Stdio::null()).stderr(log).spawn().unwrap()
    };
    let (requests, sampling) = sampled(&simulator);
    let begun = Instant::now();
    let mut running: Vec<Child> = (0..4).map(start).collect();
    // When each is killed next: after some seconds.
    let mut random = 20_u64;
    let mut pause = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(2_000 + (random >> 33) % 6_000)
    };
    let mut next: Vec<Instant> = (0..4).map(|_| Instant::now() + pause()).collect();
    // A batch reads all its jobs first: its time begins when it submits, or there is nothing more to submit.
    let mut known = Some((simulator.stats().tasks, Instant::now()));
    let (mut kills, mut restarts) = (0, 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        if let Some((tasks, begun)) = known
            && (simulator.stats().tasks > tasks || begun.elapsed() > Duration::from_secs(40))
        {
            (known, next[0]) = (None, Instant::now() + pause());
        }
        for machine in 0..4 {
            if next[machine] <= Instant::now() && (machine > 0 || known.is_none()) {
                running[machine].kill().unwrap();
                running[machine].wait().unwrap();
                running[machine] = start(machine);
                (next[machine], kills) = (Instant::now() + pause(), kills + 1);
                if machine == 0 {
                    known = Some((simulator.stats().tasks, Instant::now()));
                }
            }
        }
        if restarts < 2 && begun.elapsed() > Duration::from_secs(seconds) * (restarts + 1) / 3 {
            server.down("immediate");
            server.up();
            restarts += 1;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let done = clips(&home.join("out")).len();
    eprintln!(
        "{kills} kills, {restarts} restarts, {done} files after {:?}",
        begun.elapsed()
    );
    // Until all is done. A kill between the record of a submission and its request leaves an unknown status.
    let mut dismissed = 0;
    while running[0].wait().unwrap().code() != Some(0) {
        assert!(
            begun.elapsed() < Duration::from_secs(seconds + 900),
            "{:?}",
            results(home).len()
        );
        dismissed += dismiss(&simulator, home, &url).await;
        running[0] = start(0);
    }
    eprintln!("{dismissed} submissions were killed before they were sent, and dismissed");
    for worker in &mut running[1..] {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    sampling.store(true, Ordering::Relaxed);
    verify(&simulator, home, &url, jobs as usize, SPEED).await;
    let requests = requests.lock().unwrap();
    let busiest = requests.iter().map(|(at, count)| {
        let ended = requests
            .iter()
            .rev()
            .find(|(other, _)| *other <= *at + Duration::from_secs(10));
        ended.map_or(0, |(_, end)| end - count)
    });
    eprintln!(
        "all done after {:?}; {} requests, at most {} within 10 seconds",
        begun.elapsed(),
        requests.last().map_or(0, |(_, count)| *count),
        busiest.max().unwrap_or_default(),
    );
}

/// Dismisses the submissions whose status is unknown, as a user does who knows that the vendor has no such tasks. Returns their
/// number.
async fn dismiss(simulator: &Arc<Simulator>, home: &Path, url: &str) -> usize {
    let journal = Store::open(url).await.unwrap();
    let mut open = journal.find(Query::default().open(true)).await.unwrap().entries;
    open.retain(|entry| !entry.is_in_flight(Utc::now()));
    for entry in &open {
        let intent = &entry.intent;
        // One that was sent is found.
        assert!(simulator.tasks().iter().all(|task| task.prompt != intent.prompt));
        let dismiss = ["recover", &intent.id, "--dismiss", "--yes"];
        let dismissed = at(home, "batch", simulator, url, &dismiss).output().unwrap();
        assert!(dismissed.status.success(), "{}", stderr(&dismissed));
    }
    open.len()
}

/// Counts, and when they were read.
type Samples = Arc<Mutex<Vec<(Instant, u64)>>>;

/// Counts the requests, over and over.
fn sampled(simulator: &Arc<Simulator>) -> (Samples, Arc<AtomicBool>) {
    let (samples, is_over): (Arc<Mutex<Vec<_>>>, Arc<AtomicBool>) = Default::default();
    let (own, over, simulator) = (Arc::clone(&samples), Arc::clone(&is_over), Arc::clone(simulator));
    tokio::spawn(async move {
        while !over.load(Ordering::Relaxed) {
            let requests = simulator.stats().requests.values().sum();
            own.lock().unwrap().push((Instant::now(), requests));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    (samples, is_over)
}

async fn verify(simulator: &Simulator, home: &Path, url: &str, jobs: usize, speed: f64) {
    let tasks = simulator.tasks();
    assert_eq!((tasks.len(), clips(&home.join("out")).len()), (jobs, jobs));
    let prompts: BTreeSet<_> = tasks.iter().map(|task| &task.prompt).collect();
    assert_eq!(prompts.len(), jobs);
    // The last line of a job counts: one that was dismissed has an earlier line.
    let lines = results(home);
    let last: BTreeMap<_, _> = lines
        .iter()
        .map(|line| (line["item"].as_str().unwrap(), &line["outcome"]))
        .collect();
    let mut others = last.iter().filter(|(_, outcome)| **outcome != "done");
    assert_eq!((last.len(), others.next()), (jobs, None));
    // How close submissions were, by the simulator's clock.
    let mut created: Vec<_> = tasks.iter().map(|task| task.created_at).collect();
    created.sort();
    for limit in Vendor::ToApis.facts().rate_limits.submit {
        let window = TimeDelta::milliseconds((limit.per as f64 * 1_000.0 / speed) as i64);
        let within = |from: usize| created[from..].partition_point(|at| *at < created[from] + window);
        let busiest = (0..created.len()).map(within).max().unwrap_or_default();
        eprintln!(
            "at most {busiest} submissions in any {} s, {} are allowed (speed {speed})",
            limit.per, limit.limit
        );
        assert!(busiest as u64 <= limit.limit.into());
    }
    assert_eq!(simulator.stats().rate_limited, 0);
    // A file was about to be placed a second time only if the first time was not recorded.
    let again = "SELECT count(*) FROM events AS second JOIN events AS first USING (intent)
        WHERE second.event LIKE '{\"event\":\"placing\"%' AND first.event LIKE '{\"event\":\"downloaded\"%'
            AND first.id < second.id";
    assert_eq!(ask(url, again).await, 0);
    let placed = ask(
        url,
        "SELECT count(*) FROM events WHERE event LIKE '{\"event\":\"placing\"%'",
    )
    .await;
    eprintln!("{placed} downloads of {jobs} files");
    assert_eq!(
        ask(url, "SELECT count(*) FROM submissions WHERE open OR unfinished").await,
        0
    );
    let spent = "SELECT (sum(amount) * 10)::bigint FROM totals WHERE group_name <> ''";
    assert_eq!(ask(url, spent).await, jobs as i64);
}
