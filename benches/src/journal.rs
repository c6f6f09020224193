//! Cost of a journal per submission, and maximum submissions per second with one file.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use videogen::{Client, RetryPolicy, Vendor};
use videogen_journal::SqliteJournal;

use crate::contenders::{facade, request};
use crate::measure::{Rounds, cpu, median};
use crate::result::Result;
use crate::server::Server;

/// One submitting process.
#[derive(Debug, Args)]
pub struct One {
    base_url: String,
    file: PathBuf,
    seconds: f64,
    at_once: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    submissions: u64,
    /// Seconds.
    taken: f64,
}

fn journalled(base_url: &str, file: &Path) -> Result<Client> {
    let builder = Client::builder(Vendor::Token360)
        .key("sk-bench".to_owned())
        .base_url(base_url);
    let journal = Arc::new(SqliteJournal::open(file)?);
    Ok(builder.retry(RetryPolicy::never()).journal(journal).build()?)
}

/// Prints both.
///
/// # Errors
/// When a submission fails.
pub fn run(quick: bool, folder: &Path) -> Result<()> {
    let folder = tempfile::tempdir_in(folder)?;
    let server = Server::start()?;
    cost(quick, &server, folder.path())?;
    throughput(quick, &server, folder.path())
}

fn cost(quick: bool, server: &Server, folder: &Path) -> Result<()> {
    let (rounds, calls) = if quick { (1, 4) } else { (15, 60) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let clients = [
        facade(Vendor::Token360, &server.base_url())?,
        journalled(&server.base_url(), &folder.join("cost.db"))?,
    ];
    let names = ["without", "with a journal"];
    let (mut wall, mut busy) = (Rounds::new(names), Rounds::new(names));
    for round in 0..=rounds {
        for which in wall.order(round) {
            let (start, before) = (Instant::now(), cpu());
            runtime.block_on(async {
                for _ in 0..calls {
                    clients[which].submit(&request()).await?;
                }
                Result::Ok(())
            })?;
            if round > 0 {
                wall.note(which, start.elapsed().as_secs_f64() * 1e3 / f64::from(calls));
                busy.note(which, (cpu() - before).as_secs_f64() * 1e3 / f64::from(calls));
            }
        }
    }
    println!("| submission | wall, ms | ratio | CPU, ms | ratio |\n|---|---|---|---|---|");
    for ((name, wall, ratio), (_, busy, busy_ratio)) in wall.rows().zip(busy.rows()) {
        println!("| {name} | {wall:.2} | {ratio:.2} | {busy:.3} | {busy_ratio:.2} |");
    }
    println!();
    Ok(())
}

fn throughput(quick: bool, server: &Server, folder: &Path) -> Result<()> {
    let (rounds, seconds) = if quick { (1, 0.2) } else { (5, 5.0) };
    let shapes = [(1, 1), (1, 8), (8, 1), (8, 4)];
    let mut rates = vec![Vec::new(); shapes.len()];
    for round in 0..rounds {
        for (which, (processes, at_once)) in shapes.into_iter().enumerate() {
            let file = folder.join(format!("rate-{round}-{which}.db"));
            // Created before, so that no process waits for the tables.
            SqliteJournal::open(&file)?;
            let children: Vec<Child> = (0..processes)
                .map(|_| {
                    Command::new(std::env::current_exe()?)
                        .args(["journal-one", &server.base_url()])
                        .arg(&file)
                        .args([seconds.to_string(), at_once.to_string()])
                        .stdout(Stdio::piped())
                        .spawn()
                })
                .collect::<std::io::Result<_>>()?;
            let mut rate = 0.0;
            for child in children {
                let outcome: Outcome = serde_json::from_slice(&child.wait_with_output()?.stdout)?;
                rate += outcome.submissions as f64 / outcome.taken;
            }
            rates[which].push(rate);
        }
    }
    println!("| processes on one file | at once in each | submissions per second |\n|---|---|---|");
    for ((processes, at_once), rates) in shapes.into_iter().zip(rates) {
        println!("| {processes} | {at_once} | {:.0} |", median(&rates));
    }
    Ok(())
}

impl One {
    /// Submits for the given time, and prints the result as JSON.
    ///
    /// # Errors
    /// When a submission fails, or is not in the journal.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = journalled(&self.base_url, &self.file)?;
        let start = Instant::now();
        let until = start + Duration::from_secs_f64(self.seconds);
        let submissions = runtime.block_on(async {
            let mut workers = JoinSet::new();
            for _ in 0..self.at_once {
                let client = client.clone();
                workers.spawn(async move {
                    let mut submissions = 0;
                    while Instant::now() < until {
                        let task = client.submit(&request()).await?;
                        if let Some(reason) = task.journal_error {
                            return Err(reason.into());
                        }
                        submissions += 1;
                    }
                    Ok(submissions)
                });
            }
            workers.join_all().await.into_iter().sum::<Result<u64>>()
        })?;
        let outcome = Outcome {
            submissions,
            taken: start.elapsed().as_secs_f64(),
        };
        println!("{}", serde_json::to_string(&outcome)?);
        Ok(())
    }
}
