//! Batches that are killed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use videogen::journal::{Journal as _, Ledger, Query};
use videogen::price::Decimal;
use videogen_journal::SqliteJournal;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{MODELS, VENDORS, at, code, outcomes, priced, results, stderr, stdout, write};

/// Number of jobs.
fn size() -> usize {
    std::env::var("VIDEOGEN_BATCH_JOBS").map_or(60, |jobs| jobs.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_survives_twenty_kills() {
    survive(size(), 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes"]
async fn a_batch_of_five_hundred_survives_twenty_kills() {
    survive(500, 20).await;
}

/// A batch with chains over three vendors, killed and started again, with two processes at times, while vendors refuse, lose
/// responses and break off downloads: it ends with one task and one file for each job, at the cost of each job once.
async fn survive(count: usize, kills: usize) {
    let begun = Instant::now();
    let simulator = Simulator::builder().speed(40.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    priced(folder);
    let jobs: Vec<Value> = (0..count)
        .map(|index| {
            let vendor = VENDORS[index % 3];
            let mut job = json!({"id": format!("job-{index}"), "prompt": format!("clip {index}"), "duration": 4,
                "resolution": "480p", "aspect_ratio": "16:9", "model": MODELS[index % 3], "vendor": vendor});
            if index % 5 == 4 {
                // Of another vendor.
                job["after"] = format!("job-{}", index - 1).into();
            }
            job
        })
        .collect();
    write(folder, "jobs.jsonl", &jobs);
    // Exactly what all jobs cost.
    let most = (count as f64 / 10.0).to_string();
    let args = [
        "batch",
        "jobs.jsonl",
        "-o",
        "out/",
        "--parents",
        "--adopt",
        "--search-timeout",
        "1",
        "--in-flight",
        "12",
        "--max-cost",
        &most,
    ];
    let start = || {
        at(&simulator, folder, &args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let requests = || simulator.stats().requests.values().sum::<u64>();
    for kill in 0..kills {
        disturb(&simulator);
        // A run is killed by what it has done, so that all together are not done before the last.
        let tasks = simulator.stats().tasks + kill % 4 * count / 60;
        let sent = requests() + 1 + kill as u64 * 7 % 23;
        let mut children = vec![start()];
        if kill % 4 == 3 {
            children.push(start());
        }
        let started = Instant::now();
        while (simulator.stats().tasks < tasks || requests() < sent) && started.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    let before = simulator.stats().tasks;
    assert!(before > 0 && before < count, "the kills prove nothing");
    // Two at once, until all is done. Submissions of unknown status are looked up at the vendor, and resolved by hand.
    for round in 0.. {
        assert!(round < 12, "{:?}", outcomes(folder));
        if round == 0 {
            disturb(&simulator);
        }
        let children: Vec<Child> = (0..2).map(|_| at(&simulator, folder, &args).spawn().unwrap()).collect();
        let outputs: Vec<Output> = children
            .into_iter()
            .map(|child| child.wait_with_output().unwrap())
            .collect();
        let codes: Vec<i32> = outputs.iter().map(code).collect();
        if codes == [0, 0] {
            break;
        }
        simulator.clear_faults();
        resolve(&simulator, folder).await;
    }
    let mut made: HashMap<String, usize> = HashMap::new();
    for task in simulator.tasks() {
        *made.entry(task.prompt).or_default() += 1;
    }
    assert_eq!(made.len(), count);
    assert!(made.values().all(|made| *made == 1), "{made:?}");
    let files: Vec<PathBuf> = std::fs::read_dir(folder.join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mp4"))
        .collect();
    assert_eq!(files.len(), count);
    let outcomes = outcomes(folder);
    assert!(
        outcomes.len() == count && outcomes.values().all(|outcome| outcome == "done"),
        "{outcomes:?}"
    );
    // Once per job, whatever happened.
    let lines = results(folder, "jobs.results.jsonl");
    assert_eq!(lines.iter().filter(|line| line["outcome"] == "done").count(), count);
    for line in lines.iter().filter(|line| line["outcome"] == "done") {
        let path = folder.join(line["file"]["path"].as_str().unwrap());
        assert_eq!(line["file"]["bytes"], path.metadata().unwrap().len());
    }
    let journal = SqliteJournal::open(folder.join("journal.db")).unwrap();
    let entries = journal.find(Query::default()).await.unwrap().entries;
    assert_eq!(entries.len(), count);
    let amounts = &Ledger::of(&entries, None).groups[0].amounts[0];
    assert_eq!(amounts.total(), Decimal::new(i64::try_from(count).unwrap(), 1));
    eprintln!("{count} jobs in {:?}", begun.elapsed());
}

/// Some of everything that may go wrong.
fn disturb(simulator: &Simulator) {
    simulator.clear_faults();
    for vendor in VENDORS {
        let busy = Fault::status(vendor, Operation::Submit, 429, r#"{"error": {"message": "slow down"}}"#);
        simulator.inject(busy.times(2));
        simulator.inject(Fault::new(vendor, Operation::Submit, FaultKind::DropAfter));
        simulator.inject(Fault::new(vendor, Operation::Get, FaultKind::Html(502)).times(2));
        simulator.inject(Fault::new(vendor, Operation::Get, FaultKind::DropBefore));
    }
    simulator.inject(Fault::new(VENDORS[0], Operation::Submit, FaultKind::DropBefore));
}

/// Resolves each submission of unknown status by what the vendor has.
async fn resolve(simulator: &Simulator, folder: &Path) {
    let journal = SqliteJournal::open(folder.join("journal.db")).unwrap();
    let open = journal.find(Query::default().open(true)).await.unwrap().entries;
    let tasks = simulator.tasks();
    for entry in open {
        let task = tasks.iter().find(|task| task.prompt == entry.intent.prompt);
        let known = task.map(|task| format!("{}:{}:{}", task.vendor, entry.intent.family, task.id));
        let id = &entry.intent.id;
        let args = match &known {
            Some(task) => vec!["recover", id, "--task", task, "--yes"],
            None => vec!["recover", id, "--dismiss", "--yes"],
        };
        let output = at(simulator, folder, &args).output().unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}{}",
            stdout(&output),
            stderr(&output)
        );
    }
}
