//! Cost of a journal per submission, and maximum submissions per second with one file or database.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use videogen::{Client, RetryPolicy, Vendor};
use videogen_journal::{SqliteJournal, Store};

use crate::contenders::{facade, request};
use crate::intents::{intent, record};
use crate::measure::{Rounds, Spread, cpu};
use crate::result::Result;
use crate::server::Server;

/// One submitting process.
#[derive(Debug, Args)]
pub struct One {
    base_url: String,
    seconds: f64,
    at_once: usize,
    /// File, or URL of a database.
    journal: Option<String>,
}

/// A process that records submissions and sends none.
#[derive(Debug, Args)]
pub struct Alone {
    seconds: f64,
    at_once: usize,
    file: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    submissions: u64,
    /// Seconds.
    taken: f64,
}

/// Environment variable with the URL of a PostgreSQL server, whose schemas the benchmark creates and leaves.
const POSTGRES: &str = "VIDEOGEN_TEST_POSTGRES";

fn client(base_url: &str, journal: Option<&str>, runtime: &Runtime) -> Result<Client> {
    let builder = Client::builder(Vendor::Token360)
        .key("sk-bench".to_owned())
        .base_url(base_url)
        .retry(RetryPolicy::never());
    let builder = match journal {
        Some(journal) => builder.journal(runtime.block_on(Store::open(journal))?),
        None => builder,
    };
    Ok(builder.build()?)
}

/// Prints the cost, and the maximum rates.
///
/// # Errors
/// When a submission fails.
pub fn run(quick: bool, folder: &Path) -> Result<()> {
    let folder = tempfile::tempdir_in(folder)?;
    let server = Server::start()?;
    cost(quick, &server, folder.path())?;
    throughput(quick, &server, folder.path())?;
    engines(quick, &server, folder.path())?;
    alone(quick, folder.path())
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

fn cost(quick: bool, server: &Server, folder: &Path) -> Result<()> {
    let (rounds, calls) = if quick { (1, 4) } else { (15, 60) };
    let runtime = runtime()?;
    let clients = [
        facade(Vendor::Token360, &server.base_url())?,
        client(&server.base_url(), Some(&path(folder, "cost.db")), &runtime)?,
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
    let shapes = [(8, 1), (8, 4)];
    let mut rates = vec![Vec::new(); shapes.len()];
    for round in 0..rounds {
        for (which, (processes, at_once)) in shapes.into_iter().enumerate() {
            let file = path(folder, &format!("rate-{round}-{which}.db"));
            let rate = rate(server, Some(&file), processes, at_once, seconds)?;
            rates[which].push(rate);
        }
    }
    println!("| processes on one file | at once in each | submissions per second |\n|---|---|---|");
    for ((processes, at_once), rates) in shapes.into_iter().zip(rates) {
        println!("| {processes} | {at_once} | {:.0} |", Spread::of(&rates));
    }
    Ok(())
}

/// Submissions per second.
fn rate(server: &Server, journal: Option<&str>, processes: usize, at_once: usize, seconds: f64) -> Result<f64> {
    if let Some(journal) = journal {
        // Created before, so that no process waits for the tables.
        runtime()?.block_on(Store::open(journal))?;
    }
    let arguments = ["journal-one".to_owned(), server.base_url()]
        .into_iter()
        .chain([seconds.to_string(), at_once.to_string()])
        .chain(journal.map(str::to_owned));
    rate_of(processes, &arguments.collect::<Vec<_>>())
}

/// Submissions per second of processes with these arguments.
fn rate_of(processes: usize, arguments: &[String]) -> Result<f64> {
    let children: Vec<Child> = (0..processes)
        .map(|_| {
            Command::new(std::env::current_exe()?)
                .args(arguments)
                .stdout(Stdio::piped())
                .spawn()
        })
        .collect::<std::io::Result<_>>()?;
    let mut rate = 0.0;
    for child in children {
        let outcome: Outcome = serde_json::from_slice(&child.wait_with_output()?.stdout)?;
        rate += outcome.submissions as f64 / outcome.taken;
    }
    Ok(rate)
}

/// One process with a file, with a database, and without a journal: the most that the rest allows.
fn engines(quick: bool, server: &Server, folder: &Path) -> Result<()> {
    let url = std::env::var(POSTGRES).ok();
    if url.is_none() {
        println!("\nPostgreSQL: skipped; name a server in {POSTGRES}");
    }
    let (rounds, seconds) = if quick { (1, 0.2) } else { (5, 3.0) };
    let shapes = [1, 8, 64];
    let mut rates = shapes.map(|_| Rounds::new(["SQLite", "PostgreSQL", "without a journal"]));
    for round in 0..rounds {
        for (rates, at_once) in rates.iter_mut().zip(shapes) {
            let name = format!("bench_{}_{round}_{at_once}", std::process::id());
            for which in rates.order(round) {
                let journal = match (which, &url) {
                    (0, _) => Some(path(folder, &format!("{name}.db"))),
                    (1, Some(url)) => {
                        let join = if url.contains('?') { '&' } else { '?' };
                        Some(format!("{url}{join}options=-csearch_path%3D{name}"))
                    }
                    (1, None) => continue,
                    _ => None,
                };
                rates.note(which, rate(server, journal.as_deref(), 1, at_once, seconds)?);
            }
        }
    }
    println!(
        "\n| at once | SQLite, per second | PostgreSQL, per second | ratio to SQLite | without a journal, per second |"
    );
    println!("|---|---|---|---|---|");
    for (at_once, rates) in shapes.into_iter().zip(rates) {
        let (sqlite, without) = (rates.taken(0), rates.taken(2));
        let (postgres, ratio) = match url {
            Some(_) => (format!("{:.0}", rates.taken(1)), rates.ratio(1).to_string()),
            None => ("not measured".to_owned(), "not measured".to_owned()),
        };
        println!("| {at_once} | {sqlite:.0} | {postgres} | {ratio} | {without:.0} |");
    }
    Ok(())
}

/// The journal without client and vendor.
fn alone(quick: bool, folder: &Path) -> Result<()> {
    let (rounds, seconds) = if quick { (1, 0.2) } else { (5, 3.0) };
    let shapes = [1, 8, 64];
    let mut rates = shapes.map(|_| Vec::new());
    for round in 0..rounds {
        for (rates, at_once) in rates.iter_mut().zip(shapes) {
            let file = path(folder, &format!("alone-{round}-{at_once}.db"));
            let arguments = [
                "journal-alone".to_owned(),
                seconds.to_string(),
                at_once.to_string(),
                file,
            ];
            rates.push(rate_of(1, &arguments)?);
        }
    }
    println!("\n| at once | intents and tasks recorded, SQLite alone, per second |\n|---|---|");
    for (at_once, rates) in shapes.into_iter().zip(rates) {
        println!("| {at_once} | {:.0} |", Spread::of(&rates));
    }
    Ok(())
}

impl Alone {
    /// Records submissions for the given time, and prints the result as JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn run(self) -> Result<()> {
        let journal = SqliteJournal::open(&self.file)?;
        let intent = intent("")?;
        let start = Instant::now();
        let until = start + Duration::from_secs_f64(self.seconds);
        let submissions = runtime()?.block_on(async {
            let mut workers = JoinSet::new();
            for worker in 0..self.at_once {
                let (journal, intent) = (journal.clone(), intent.clone());
                workers.spawn(async move {
                    let mut submissions = 0;
                    while Instant::now() < until {
                        let id = format!("{worker:04}-{submissions:08}");
                        let mut intent = intent.clone();
                        (intent.id, intent.key) = (id.clone(), id);
                        record(&journal, intent).await?;
                        submissions += 1;
                    }
                    Ok(submissions)
                });
            }
            workers.join_all().await.into_iter().sum::<Result<u64>>()
        })?;
        print(submissions, start)
    }
}

fn print(submissions: u64, start: Instant) -> Result<()> {
    let outcome = Outcome {
        submissions,
        taken: start.elapsed().as_secs_f64(),
    };
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}

impl One {
    /// Submits for the given time, and prints the result as JSON.
    ///
    /// # Errors
    /// When a submission fails, or is not in the journal.
    pub fn run(self) -> Result<()> {
        let runtime = runtime()?;
        let client = client(&self.base_url, self.journal.as_deref(), &runtime)?;
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
        print(submissions, start)
    }
}
