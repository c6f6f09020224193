//! A long journal: what BENCHMARKS.md reports of a million entries, and a shorter one in each run.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use videogen::price::Decimal;
use videogen_sim::Simulator;

use super::{command, run};
use crate::stdout;

const ROUNDS: usize = 3;

/// Copies the only entry, that of a finished task, over the last two years, as SQLite stores them at once. Columns of later
/// schemas are copied as they are.
fn multiply(path: &Path, entries: u32) {
    let database = Connection::open(path).unwrap();
    let mut names = database
        .prepare("SELECT name FROM pragma_table_info('submissions')")
        .unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let names: Vec<String> = names.map(Result::unwrap).collect();
    let values: Vec<&str> = names
        .iter()
        .map(|name| match name.as_str() {
            "intent" | "key" => "name",
            "task" => "task_name",
            "begun" => "time",
            "entry" => {
                "json_set(entry, '$.intent.id', name, '$.intent.key', name, '$.task', task_name, '$.intent.at',
                    strftime('%Y-%m-%dT%H:%M:%fZ', time / 1000.0, 'unixepoch'))"
            }
            name => name,
        })
        .collect();
    let sql = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
        INSERT INTO submissions ({}) SELECT {} FROM (SELECT *, format('%08d-%s', n, intent) AS name,
            task || n AS task_name, begun - n * (2 * 365 * 86400000 / ?1) AS time FROM numbers, submissions)",
        names.join(", "),
        values.join(", ")
    );
    assert_eq!(database.execute(&sql, [entries]).unwrap(), entries as usize);
}

/// A journal with one finished and downloaded task.
async fn finished(folder: &Path) -> Simulator {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    // Its price is listed.
    let generate = "generate boat --vendor ark --duration 5 --resolution 720p --aspect-ratio 16:9 --no-wait";
    let generate: Vec<&str> = generate.split(' ').collect();
    let (code, document, err) = run(folder, &simulator, &generate);
    assert_eq!(code, 0, "{err}");
    simulator.advance(Duration::from_secs(3600));
    let task = document["task"]["id"].as_str().unwrap();
    assert_eq!(run(folder, &simulator, &["download", task, "-o", "boat.mp4"]).0, 0);
    simulator
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_journal_is_listed_summed_exported_and_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let simulator = finished(folder).await;
    let run = |args: &[&str]| {
        let (code, document, err) = run(folder, &simulator, args);
        assert_eq!(code, 0, "{args:?}: {err}");
        document
    };
    let cost = || {
        let group = run(&["spend"])["groups"][0].clone();
        let total: Decimal = group["amounts"][0]["total"].as_str().unwrap().parse().unwrap();
        (group["submissions"].as_u64().unwrap(), total)
    };
    let (_, one) = cost();
    multiply(&folder.join("journal.db"), 3000);
    assert_eq!(cost(), (3001, one * Decimal::from(3001)));
    let listed = run(&["list", "--local"]);
    assert_eq!(listed["submissions"].as_array().unwrap().len(), 50);
    assert_eq!(
        run(&["list", "--local", "--status", "failed"])["submissions"],
        serde_json::json!([])
    );
    assert_eq!(run(&["journal", "check"])["submissions"], 3001);
    let exported = command(folder, &simulator, &["journal", "export"]).output().unwrap();
    assert_eq!(stdout(&exported).lines().count(), 3001);
    // What is left of a budget is that of all.
    run(&["budget", "set", "100000/total"]);
    let counted = |document: serde_json::Value| -> Decimal {
        let rows = document["budgets"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["counted"].as_str().unwrap().parse::<Decimal>().unwrap())
            .sum()
    };
    assert_eq!(counted(run(&["budget", "list"])), one * Decimal::from(3001));
    run(&["budget", "remove", "total"]);
    let pruned = run(&["journal", "prune", "--older-than", "365d"])["removed"]
        .as_u64()
        .unwrap();
    assert!((1490..1510).contains(&pruned), "{pruned}");
    assert_eq!(cost(), (3001 - pruned, one * Decimal::from(3001 - pruned)));
}

/// Time and memory of a command, in MiB. The memory is read while it runs, so that of a short one may be 0.
fn measure(mut command: Command) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()).unwrap());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let mut status = String::new();
        if let Ok(mut file) = std::fs::File::open(format!("/proc/{}/status", child.id())) {
            let _ = file.read_to_string(&mut status);
        }
        let field = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = field.and_then(|field| field.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(kilobytes.unwrap_or_default() / 1024);
        crate::pause::pause();
    }
    let taken = start.elapsed();
    assert!(child.wait().unwrap().success());
    reader.join().unwrap();
    (taken, most)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes 4 GB; its figures are in BENCHMARKS.md"]
async fn a_million_entries() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let simulator = finished(folder).await;
    let commands: [&[&str]; 12] = [
        &[
            "generate",
            "a paper boat",
            "--vendor",
            "token360",
            "--no-wait",
            "--again",
            "--allow-unknown-cost",
        ],
        &["plan", "a paper boat", "--vendor", "token360"],
        &["list", "--local"],
        &["list", "--local", "--status", "failed"],
        &["list", "--local", "--status", "completed", "--vendor", "toapis"],
        &["recover"],
        &["budget", "list"],
        &["spend"],
        &["spend", "--since", "30d", "--by", "day"],
        &["journal", "check"],
        &["journal", "export"],
        &["journal", "prune", "--older-than", "365d"],
    ];
    let set = run(folder, &simulator, &["budget", "set", "100000000/month"]);
    assert_eq!(set.0, 0, "{}", set.2);
    let median = |args: &[&str]| {
        let mut measured: Vec<_> = (0..ROUNDS)
            .map(|_| measure(command(folder, &simulator, args)))
            .collect();
        measured.sort();
        measured[ROUNDS / 2]
    };
    let few: Vec<_> = commands.iter().map(|args| median(args)).collect();
    let start = Instant::now();
    multiply_finished(&folder.join("journal.db"), 1_000_000);
    println!("written in {:.0} s", start.elapsed().as_secs_f64());
    for (args, (few, _)) in commands.iter().zip(few) {
        let start = Instant::now();
        let (many, memory) = match args {
            // Once: the second time finds nothing.
            ["journal", "prune", ..] => measure(command(folder, &simulator, args)),
            _ => median(args),
        };
        let [few, many] = [few, many].map(|time| time.as_secs_f64());
        println!(
            "| `{}` | {few:.2} | {many:.2} | {memory} | {:.0}",
            args.join(" "),
            start.elapsed().as_secs_f64()
        );
    }
}

/// The same, if there are other entries too: they are removed.
fn multiply_finished(path: &Path, entries: u32) {
    let database = Connection::open(path).unwrap();
    database
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM submissions WHERE unfinished = 1")
        .unwrap();
    drop(database);
    multiply(path, entries);
}
