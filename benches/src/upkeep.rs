//! `prune` and `vacuum` of a long journal, while another process submits.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use videogen::journal::{BudgetKey, Journal as _, Period};
use videogen_journal::{Prune, SqliteJournal};

use crate::intents::{intent, record};
use crate::measure::{cpu, memory, quantile};
use crate::result::Result;

/// How often the other process submits.
const PAUSE: Duration = Duration::from_millis(100);

/// An operation, in a separate process.
#[derive(Debug, Args)]
pub struct One {
    operation: Operation,
    file: PathBuf,
    /// Entries before this time are removed.
    before: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Operation {
    Prune,
    Vacuum,
}

#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    /// Number of removed entries.
    removed: u64,
    /// Seconds.
    taken: f64,
    /// Seconds of CPU time.
    cpu: f64,
    /// Memory with the journal opened, and at most.
    bytes: [u64; 2],
}

/// Submissions of this process.
#[derive(Debug, Default)]
struct Submissions {
    /// Milliseconds of each.
    taken: Vec<f64>,
    /// Errors of those that failed.
    failed: Vec<String>,
}

impl One {
    /// Runs the operation, and prints its outcome.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let journal = SqliteJournal::open(&self.file)?;
            let (idle, start, before) = (memory()?.0, Instant::now(), cpu());
            let removed = match self.operation {
                Operation::Prune => {
                    let mut prune = Prune::before(self.before);
                    prune.undownloaded = true;
                    journal.prune(prune).await?.removed
                }
                Operation::Vacuum => {
                    journal.vacuum().await?;
                    0
                }
            };
            Result::Ok(Outcome {
                removed,
                taken: start.elapsed().as_secs_f64(),
                cpu: (cpu() - before).as_secs_f64(),
                bytes: [idle, memory()?.1],
            })
        })?;
        println!("{}", serde_json::to_string(&outcome)?);
        Ok(())
    }
}

/// Prunes and vacuums a journal, and prints what that takes. Entries before a time are removed.
///
/// # Errors
/// When the journal cannot be used, or no entry is removed.
pub(crate) async fn run(path: &Path, before: DateTime<Utc>) -> Result<()> {
    let journal = SqliteJournal::open(path)?;
    // What counts against a budget of all time stays.
    journal.remove_budget(BudgetKey::new("USD", Period::Total)).await?;
    add_events(path)?;
    println!(
        "| operation | entries removed | s | CPU, s | file before, MB | after | on disk at most, MB | \
        memory when open, MiB | at most |"
    );
    println!("|{}", "---|".repeat(9));
    let mut waits = String::new();
    for (operation, name) in [(Operation::Prune, "prune"), (Operation::Vacuum, "vacuum")] {
        let size = || std::fs::metadata(path).map(|file| file.len() / 1_000_000);
        let old = size()?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["upkeep-one", operation.to_possible_value().ok_or("no name")?.get_name()])
            .arg(path)
            .arg(before.to_rfc3339())
            .stdout(Stdio::piped())
            .spawn()?;
        let (submissions, most_bytes) = submit(&journal, &mut child, name).await?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("{name} failed: {}", output.status).into());
        }
        let outcome: Outcome = serde_json::from_slice(&output.stdout)?;
        if name == "prune" && outcome.removed == 0 {
            return Err("no entry was removed".into());
        }
        let [idle, most] = outcome.bytes.map(|bytes| bytes >> 20);
        println!(
            "| {name} | {} | {:.1} | {:.1} | {old} | {} | {} | {idle} | {most} |",
            outcome.removed,
            outcome.taken,
            outcome.cpu,
            size()?,
            most_bytes / 1_000_000,
        );
        let times = [0.5, 0.99, 1.0].map(|part| format!("{:.0}", quantile(&submissions.taken, part)));
        let (count, failed) = (submissions.taken.len(), submissions.failed.len());
        writeln!(waits, "| {name} | {count} | {} | {failed} |", times.join(" | "))?;
        for error in submissions.failed {
            eprintln!("{name}: a submission failed: {error}");
        }
    }
    println!("\n| meanwhile | submissions of another process | ms, p50 | p99 | longest | failed |");
    println!("|{}\n{waits}", "---|".repeat(6));
    Ok(())
}

/// Gives each entry the events of the first, which the copies lack.
fn add_events(path: &Path) -> Result<()> {
    let database = Connection::open(path)?;
    database.execute_batch(
        "INSERT INTO events (intent, at, event)
            SELECT submissions.intent, begun, event FROM submissions, (SELECT event FROM events WHERE intent = 'first')
            WHERE submissions.intent NOT IN (SELECT intent FROM events);",
    )?;
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// Submits until a process ends. Also returns the most bytes that its open files had.
async fn submit(journal: &SqliteJournal, child: &mut Child, name: &str) -> Result<(Submissions, u64)> {
    let most = Arc::new(AtomicU64::new(0));
    let (watched, process) = (Arc::clone(&most), child.id());
    let watching = tokio::spawn(async move {
        loop {
            watched.fetch_max(open_bytes(process), Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
    });
    let mut submissions = Submissions::default();
    while child.try_wait()?.is_none() {
        let mut intent = intent(&format!("{name}-{}", submissions.taken.len()))?;
        // No task of an account is removed while it has a submission whose status is unknown.
        "another account".clone_into(&mut intent.account);
        let start = Instant::now();
        let recorded = record(journal, intent).await;
        submissions.taken.push(start.elapsed().as_secs_f64() * 1e3);
        submissions.failed.extend(recorded.err().map(|error| error.to_string()));
        tokio::time::sleep(PAUSE).await;
    }
    watching.abort();
    Ok((submissions, most.load(Ordering::Relaxed)))
}

/// Bytes of a process's open files, with temporary ones that have no name. Linux only.
fn open_bytes(process: u32) -> u64 {
    let opened = std::fs::read_dir(format!("/proc/{process}/fd"));
    let files = opened.into_iter().flatten().flatten();
    let sizes: BTreeMap<_, _> = files
        .filter_map(|file| {
            Some((
                std::fs::read_link(file.path()).ok()?,
                std::fs::metadata(file.path()).ok()?,
            ))
        })
        .filter(|(_, file)| file.is_file())
        .map(|(name, file)| (name, file.len()))
        .collect();
    sizes.values().sum()
}
