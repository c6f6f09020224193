//! The journal with a million entries: what BENCHMARKS.md reports.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use videogen_sim::Simulator;

use super::{command, run};
use crate::stderr;

/// Entries of the long journal.
const ENTRIES: u32 = 1_000_000;
const ROUNDS: usize = 5;

/// Copies the entry of a finished task, one for each minute into the past, as SQLite stores them at once.
fn multiply(path: &Path) {
    let database = rusqlite::Connection::open(path).unwrap();
    let sql = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
        INSERT INTO submissions SELECT name, name, account, origin, scope, NULL, task_name, open, unfinished, time,
            json_set(entry, '$.intent.id', name, '$.intent.key', name, '$.task', task_name), NULL, vendor, counted,
            currency, group_name, status
        FROM (SELECT *, format('%08d-%s', n, intent) AS name, task || n AS task_name, begun - n * 60000 AS time
            FROM numbers, submissions)";
    let names: String = {
        let sql = "SELECT group_concat(name, ', ') FROM pragma_table_info('submissions')";
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let expected = "intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, vendor_id, \
        vendor, counted, currency, group_name, status";
    assert_eq!(names, expected);
    assert_eq!(database.execute(sql, [ENTRIES]).unwrap(), ENTRIES as usize);
}

/// The median time of a command.
fn median(command: impl Fn() -> Command) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let output = command().output().unwrap();
            assert!(output.status.success(), "{}", stderr(&output));
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes 2 GB; its figures are in BENCHMARKS.md"]
async fn a_million_entries() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let generate = ["generate", "a paper boat", "--vendor", "token360", "--no-wait"];
    let (code, document, err) = run(folder, &simulator, &generate);
    assert_eq!(code, 0, "{err}");
    simulator.advance(Duration::from_secs(3600));
    let task = document["task"]["id"].as_str().unwrap();
    assert_eq!(run(folder, &simulator, &["download", task, "-o", "boat.mp4"]).0, 0);
    let commands: [&[&str]; 6] = [
        &["list", "--local"],
        &["list", "--local", "--status", "failed"],
        &["recover"],
        &["budget", "list"],
        &["spend"],
        &["journal", "check"],
    ];
    let times = || -> Vec<Duration> {
        let times = commands.iter().map(|args| median(|| command(folder, &simulator, args)));
        times.collect()
    };
    let submitted = || median(|| command(folder, &simulator, &generate));
    let (few, submitted_to_few) = (times(), submitted());
    multiply(&folder.join("journal.db"));
    let (many, submitted_to_many) = (times(), submitted());
    for ((args, few), many) in commands.iter().zip(few).zip(many) {
        println!(
            "| `{}` | {:.1} | {:.1} |",
            args.join(" "),
            few.as_secs_f64() * 1e3,
            many.as_secs_f64() * 1e3
        );
    }
    let [few, many] = [submitted_to_few, submitted_to_many].map(|time| time.as_secs_f64() * 1e3);
    println!("| `generate --no-wait` | {few:.1} | {many:.1} |");
    let args = ["journal", "prune", "--older-than", "365d"];
    let start = Instant::now();
    let (code, pruned, err) = run(folder, &simulator, &args);
    assert_eq!(code, 0, "{err}");
    println!("{pruned} in {:.1} s", start.elapsed().as_secs_f64());
}
