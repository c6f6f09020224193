//! Several machines with one database.

#[cfg(target_os = "linux")]
mod clock;
mod kept;
mod proof;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use videogen::{Vendor, VideoRequest};
use videogen_journal::Store;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{account, document, stderr, stdout, videogen};
use crate::journal::database::server::{Server, server};
use crate::pause::pause;

/// A command on a machine, whose files are in a folder.
fn at(folder: &Path, machine: &str, simulator: &Simulator, url: &str, args: &[&str]) -> Command {
    let mut command = videogen(folder, args);
    for vendor in Vendor::ALL.iter().copied() {
        account(&mut command, vendor, &simulator.base_url(vendor));
    }
    command
        .env("VIDEOGEN_JOURNAL", url)
        .env("VIDEOGEN_MACHINE", machine)
        .env("XDG_DATA_HOME", folder.join("data"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn write_jobs(folder: &Path, count: usize) {
    let jobs = (0..count).map(|index| json!({"id": format!("job-{index}"), "prompt": format!("clip {index}")}));
    let lines: Vec<String> = jobs.map(|job| job.to_string()).collect();
    std::fs::write(folder.join("jobs.jsonl"), lines.join("\n") + "\n").unwrap();
}

fn results(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("jobs.results.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn clips(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let names = files.map(|file| file.unwrap().file_name().to_str().unwrap().to_owned());
    names.filter(|name| name.ends_with(".mp4")).collect()
}

fn ended(child: Child) -> Output {
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    output
}

/// The first column of the first row of a query.
async fn ask(url: &str, sql: &str) -> i64 {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.query_one(sql, &[]).await.unwrap().get(0)
}

const BATCH: [&str; 4] = ["batch", "jobs.jsonl", "--vendor", "token360"];

#[tokio::test(flavor = "multi_thread")]
async fn machines_share_a_batch() {
    const JOBS: usize = 12;
    let Some(server) = server() else { return };
    let url = server.schema(&format!("share{}", std::process::id()));
    let simulator = Simulator::builder().speed(60.0).start().await.unwrap();
    let machines: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let start = |machine: usize, more: &[&str]| {
        let (folder, name) = (machines[machine].path(), format!("machine-{machine}"));
        at(folder, &name, &simulator, &url, &[&BATCH, more].concat())
            .spawn()
            .unwrap()
    };
    for machine in &machines {
        write_jobs(machine.path(), JOBS);
    }
    let running: Vec<Child> = (0..3).map(|machine| start(machine, &["--in-flight", "2"])).collect();
    let outputs: Vec<Output> = running.into_iter().map(ended).collect();
    assert_eq!(simulator.stats().tasks, JOBS);
    let mut all = Vec::new();
    for (machine, output) in machines.iter().zip(&outputs) {
        let (lines, own) = (results(machine.path()), clips(machine.path()));
        assert!(lines.iter().all(|line| line["outcome"] == "done") && lines.len() == JOBS);
        for line in &lines {
            let here = own.contains(&format!("{}.mp4", line["item"].as_str().unwrap()));
            assert_eq!(line["machine"].is_null(), here, "{line}");
            assert!(!line["file"]["path"].is_null(), "{line}");
        }
        if own.len() < JOBS {
            assert!(stderr(output).contains("--fetch"), "{}", stderr(output));
        }
        all.extend(own);
    }
    // Each was downloaded by one machine.
    assert_eq!((all.len(), BTreeSet::from_iter(&all).len()), (JOBS, JOBS));

    // Again: nothing is sent or downloaded, unless that is wanted.
    let before = simulator.stats().requests;
    ended(start(0, &[]));
    assert_eq!(
        (simulator.stats().requests, results(machines[0].path()).len()),
        (before, JOBS)
    );
    let output = ended(start(0, &["--fetch", "--json"]));
    assert_eq!((clips(machines[0].path()).len(), simulator.stats().tasks), (JOBS, JOBS));
    let document = document(&output);
    let lines = document["results"].as_array().unwrap();
    assert!(
        lines.len() == JOBS && lines.iter().all(|line| line["machine"].is_null()),
        "{document}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_of_a_killed_machine_go_to_another_one() {
    const JOBS: usize = 6;
    let Some(server) = server() else { return };
    let url = server.schema(&format!("killed{}", std::process::id()));
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let machines = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for machine in &machines {
        write_jobs(machine.path(), JOBS);
    }
    let mut first = at(
        machines[0].path(),
        "first",
        &simulator,
        &url,
        &[&BATCH[..], &["--in-flight", "4"]].concat(),
    )
    .spawn()
    .unwrap();
    while simulator.stats().tasks < 4 {
        pause();
    }
    while ask(&url, "SELECT count(*) FROM submissions WHERE status = 'queued'").await < 4 {
        pause();
    }
    let second = at(machines[1].path(), "second", &simulator, &url, &BATCH)
        .spawn()
        .unwrap();
    while simulator.stats().tasks < JOBS {
        pause();
    }
    assert_eq!(ask(&url, "SELECT count(*) FROM claims").await, JOBS as i64);
    first.kill().unwrap();
    first.wait().unwrap();
    simulator.advance(Duration::from_secs(600));
    // Its lease ends.
    ask(
        &url,
        "UPDATE owners SET until = now() WHERE owner = (SELECT owner FROM claims GROUP BY owner HAVING count(*) = 4)
        RETURNING 1::bigint",
    )
    .await;
    ended(second);
    assert_eq!((simulator.stats().tasks, clips(machines[1].path()).len()), (JOBS, JOBS));
    assert!(
        results(machines[1].path())
            .iter()
            .all(|line| line["outcome"] == "done" && line["machine"].is_null())
    );
    assert_eq!(ask(&url, "SELECT count(*) FROM claims, owned").await, 0);
}

/// The vendor has lost a submission. A worker searches for its task as long as it runs, and the batch does not wait for that.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_ends_while_a_worker_searches_for_one_of_its_tasks() {
    let Some(server) = server() else { return };
    let url = server.schema(&format!("searched{}", std::process::id()));
    let simulator = Simulator::builder().speed(60.0).start().await.unwrap();
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropBefore));
    let folder = tempfile::tempdir().unwrap();
    write_jobs(folder.path(), 3);
    let batch = [&BATCH[..], &["--search-timeout", "1", "--json"]].concat();
    let batch = || at(folder.path(), "batch", &simulator, &url, &batch).output().unwrap();
    let first = batch();
    assert_eq!(first.status.code(), Some(6), "{}", stderr(&first));
    let mut worker = at(folder.path(), "worker", &simulator, &url, &["worker", "--json"]);
    let mut worker = worker.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    while ask(&url, "SELECT count(*) FROM owned").await < 1 {
        pause();
    }
    let second = batch();
    assert_eq!(second.status.code(), Some(6), "{}", stderr(&second));
    let document = document(&second);
    let lines = document["results"].as_array().unwrap();
    let unknown: Vec<_> = lines.iter().filter(|line| line["outcome"] == "ambiguous").collect();
    assert_eq!((lines.len(), unknown.len()), (3, 1), "{document}");
    assert!(
        unknown[0]["error"]["message"]
            .as_str()
            .unwrap()
            .contains("another process searches")
    );
    // Nothing was sent again.
    assert_eq!((simulator.stats().tasks, worker.try_wait().unwrap()), (2, None));
    worker.kill().unwrap();
    worker.wait().unwrap();
}

/// Submits tasks.
async fn submit(simulator: &Simulator, url: &str, tasks: usize) {
    let journal = Store::open(url).await.unwrap();
    let client = simulator.client_builder(Vendor::Token360).key("sk-x".to_owned());
    let client = client.journal(journal).build().unwrap();
    let mut submissions = JoinSet::new();
    for number in 0..tasks {
        let client = client.clone();
        let request = VideoRequest::new("seedance-2.0", format!("clip {number}"));
        submissions.spawn(async move { client.submit(&request).await.unwrap() });
        if submissions.len() >= 8 {
            submissions.join_next().await.unwrap().unwrap();
        }
    }
    submissions.join_all().await;
}

/// Starts workers that share tasks evenly.
fn work(folders: &[tempfile::TempDir], simulator: &Simulator, url: &str, tasks: usize) -> Vec<Child> {
    let limit = tasks.div_ceil(folders.len()).to_string();
    let start = |folder: &tempfile::TempDir| {
        let args = ["worker", "--json", "--limit", &limit];
        let mut worker = at(folder.path(), "one", simulator, url, &args);
        worker.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    };
    folders.iter().map(start).collect()
}

/// The polls of all workers until these tasks are completed.
async fn polls(workers: usize, tasks: usize) -> u64 {
    let server = server().unwrap();
    let url = server.schema(&format!("polls{workers}x{tasks}x{}", std::process::id()));
    let simulator = Simulator::builder()
        .speed(20.0)
        .completed_after(Duration::from_secs(20));
    let simulator = simulator.start().await.unwrap();
    submit(&simulator, &url, tasks).await;
    let before: u64 = simulator.stats().requests.values().sum();
    let folders: Vec<_> = (0..workers).map(|_| tempfile::tempdir().unwrap()).collect();
    let running = work(&folders, &simulator, &url, tasks);
    while ask(&url, "SELECT count(*) FROM submissions WHERE unfinished").await > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let polled = simulator.stats().requests.values().sum::<u64>() - before;
    for mut worker in running {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    polled
}

#[tokio::test(flavor = "multi_thread")]
async fn three_workers_poll_no_more_often_than_one() {
    const TASKS: usize = 60;
    if server().is_none() {
        return;
    }
    let (one, three) = (polls(1, TASKS).await, polls(3, TASKS).await);
    // Each learns durations for itself.
    assert!(three as f64 <= one as f64 * 1.3, "{one} {three}");
}

/// While all are open: then nothing but polls is sent. `VIDEOGEN_FLEET_TASKS` sets their number.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn three_workers_poll_a_hundred_thousand_tasks_no_more_often_than_one() {
    const WINDOW: Duration = Duration::from_secs(60);
    let tasks = std::env::var("VIDEOGEN_FLEET_TASKS").map_or(100_000, |tasks| tasks.parse().unwrap());
    let Some(server) = server() else { return };
    let url = server.schema(&format!("open{}", std::process::id()));
    let day = Duration::from_secs(86_400);
    let simulator = Simulator::builder().completed_after(day).start().await.unwrap();
    submit(&simulator, &url, tasks).await;
    let requests = || simulator.stats().requests.values().sum::<u64>();
    let mut counts = Vec::new();
    for workers in [1, 3] {
        let folders: Vec<_> = (0..workers).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut running = work(&folders, &simulator, &url, tasks);
        // Until all are followed.
        while ask(
            &url,
            "SELECT count(*) FROM owned JOIN owners USING (owner) WHERE until > now()",
        )
        .await
            < tasks as i64
        {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let before = requests();
        tokio::time::sleep(WINDOW).await;
        counts.push(requests() - before);
        for worker in &mut running {
            worker.kill().unwrap();
            worker.wait().unwrap();
        }
        // Their leases end.
        ask(&url, "WITH ended AS (DELETE FROM owners) SELECT 0::bigint").await;
    }
    eprintln!("{tasks} open tasks, requests in {WINDOW:?}: {counts:?} by one worker and by three");
    assert!(
        counts[0] > 0 && counts[1] as f64 <= counts[0] as f64 * 1.3,
        "{counts:?}"
    );
}

/// The compose file of the page: its services are complete, and its commands are those of this version.
#[test]
fn the_compose_file_of_the_page_is_valid() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fleet.md");
    let page = std::fs::read_to_string(page).unwrap();
    let text = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let compose: Value = serde_saphyr::from_str(text).unwrap();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(services.keys().collect::<Vec<_>>(), ["database", "worker"]);
    let volumes = compose["volumes"].as_object().unwrap();
    for service in services.values() {
        for volume in service["volumes"].as_array().unwrap() {
            let name = volume.as_str().unwrap().split(':').next().unwrap();
            assert!(volumes.contains_key(name), "{name}");
        }
    }
    let worker = &services["worker"];
    assert_eq!(worker["deploy"]["replicas"], 3);
    let environment = worker["environment"].as_object().unwrap();
    assert!(Store::check(environment["VIDEOGEN_JOURNAL"].as_str().unwrap()).is_ok());
    let known: Vec<&str> = Vendor::ALL.iter().map(|vendor| vendor.facts().key_env).collect();
    assert!(environment.keys().any(|name| known.contains(&name.as_str())));
    let folder = tempfile::tempdir().unwrap();
    let help = videogen(folder.path(), &["worker", "--help"]).output().unwrap();
    for argument in worker["command"].as_array().unwrap() {
        let argument = argument.as_str().unwrap();
        assert!(
            !argument.starts_with("--") || stdout(&help).contains(argument),
            "{argument}"
        );
    }
    // Where Docker is installed, it reads the file too.
    std::fs::write(folder.path().join("compose.yaml"), text).unwrap();
    let mut docker = Command::new("docker");
    docker.args(["compose", "config", "--quiet"]).current_dir(folder.path());
    docker.env("PGPASSWORD", "x").env("TOKEN360_API_KEY", "x");
    let has_compose = Command::new("docker").args(["compose", "version"]).output();
    if has_compose.is_ok_and(|output| output.status.success()) {
        assert!(docker.status().unwrap().success());
    }
}
