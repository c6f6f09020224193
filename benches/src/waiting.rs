//! Many tasks in flight: memory, CPU, requests, delay.
//!
//! Each run is a separate process. The sockets are real, the clock is paused: it jumps to the next timer whenever
//! nothing else can run, so that minutes of waiting take seconds and the delays are the policy's alone. The vendor runs
//! in the same thread, because a paused clock must see all pending work; its cost is measured and subtracted.

use std::process::Command;
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use videogen::Vendor;
use videogen::wait::{Watched, Watcher, WatcherOptions};

use crate::bodies;
use crate::measure::{cpu, memory, quantile};
use crate::plot::{self, Series};
use crate::result::Result;

mod vendor;

use vendor::Stub;

/// A vendor, whether its list is used, requests in ten seconds if not the documented limit, and a description.
type Mode = (Vendor, bool, Option<u32>, &'static str);

const MODES: [Mode; 4] = [
    (Vendor::ToApis, false, None, "ToAPIs: 500 in 10 s, no list"),
    (Vendor::Token360, false, None, "Token360: 100 in 10 s, one by one"),
    (Vendor::Token360, true, None, "Token360: 100 in 10 s, by page"),
    (Vendor::Token360, true, Some(500), "the same, set to 500 in 10 s"),
];

/// One run.
#[derive(Debug, Args)]
pub struct One {
    vendor: Vendor,
    tasks: usize,
    /// Polls via lists, if the vendor supports them.
    #[arg(long)]
    lists: bool,
    /// Requests in ten seconds, instead of the documented limit.
    #[arg(long)]
    limit: Option<u32>,
    /// Lets the clock run, for this many seconds only.
    #[arg(long)]
    real: Option<u64>,
}

/// Result of a run.
#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    /// Bytes per task when all are in flight, and at the peak.
    bytes: f64,
    peak: f64,
    /// CPU milliseconds per task and minute in flight.
    cpu: f64,
    requests: f64,
    /// Seconds from the end of a task to its report.
    delay: [f64; 2],
    /// Seconds until the last report.
    last: f64,
}

/// Duration of a task: 30 s to 5 min.
fn duration(number: usize) -> Duration {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let normal = (0..12).map(|_| random.f64()).sum::<f64>() - 6.0;
    Duration::from_secs_f64((90.0 * (0.5 * normal).exp()).clamp(30.0, 300.0))
}

/// Prints the table and draws the plots.
///
/// # Errors
/// When a run fails.
pub fn run(quick: bool) -> Result<()> {
    let sizes: &[usize] = if quick { &[100] } else { &[100, 1_000, 10_000, 50_000] };
    println!(
        "| vendor's limits | tasks | memory per task, B | at most | CPU per task and minute, µs | requests per task | delay p50, s | p99 | all finished after, s |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let (mut requests, mut delays, mut costs) = (Vec::new(), Vec::new(), Vec::new());
    for (vendor, lists, limit, name) in MODES {
        let mut outcomes = Vec::new();
        for tasks in sizes {
            let outcome = in_process(vendor, *tasks, lists, limit, None)?;
            println!(
                "| {name} | {tasks} | {:.0} | {:.0} | {:.0} | {:.2} | {:.1} | {:.1} | {:.0} |",
                outcome.bytes,
                outcome.peak,
                outcome.cpu * 1e3,
                outcome.requests,
                outcome.delay[0],
                outcome.delay[1],
                outcome.last
            );
            outcomes.push((*tasks as f64, outcome));
        }
        let series = |value: fn(&Outcome) -> f64| Series {
            name: name.to_owned(),
            points: outcomes
                .iter()
                .map(|(tasks, outcome)| (*tasks, value(outcome)))
                .collect(),
            labels: Vec::new(),
            joined: true,
        };
        requests.push(series(|outcome| outcome.requests));
        delays.push(series(|outcome| outcome.delay[1]));
        costs.push(series(|outcome| outcome.cpu * 1e3));
    }
    if quick {
        return Ok(());
    }
    let real = in_process(Vendor::ToApis, 1_000, false, None, Some(60))?;
    println!(
        "\nWith the clock running, 1,000 tasks for 60 s: {:.0} µs of CPU per task and minute.",
        real.cpu * 1e3
    );
    for (name, title, series) in [
        ("waiting-requests.svg", "requests per task", requests),
        ("waiting-delay.svg", "delay p99, s", delays),
        ("waiting-cpu.svg", "CPU per task and minute, µs", costs),
    ] {
        plot::write(name, title, ["tasks in flight", title], &series)?;
    }
    Ok(())
}

fn in_process(vendor: Vendor, tasks: usize, lists: bool, limit: Option<u32>, real: Option<u64>) -> Result<Outcome> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["waiting-one", vendor.as_str(), &tasks.to_string()]);
    command.args(lists.then_some("--lists"));
    if let Some(limit) = limit {
        command.args(["--limit", &limit.to_string()]);
    }
    if let Some(seconds) = real {
        command.args(["--real", &seconds.to_string()]);
    }
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

impl One {
    /// Runs, and prints the result as JSON.
    ///
    /// # Errors
    /// When a task ends otherwise than it should.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(self.real.is_none())
            .build()?;
        let outcome = runtime.block_on(self.measure())?;
        println!("{}", serde_json::to_string(&outcome)?);
        Ok(())
    }

    async fn measure(self) -> Result<Outcome> {
        // Each pause is lengthened randomly.
        fastrand::seed(7);
        let Self {
            vendor,
            tasks,
            lists,
            limit,
            real,
        } = self;
        let stub = Stub::start(vendor, tasks, duration).await?;
        let client = crate::contenders::facade(vendor, &stub.base_url)?;
        // The HTTP client, the connection and other one-time costs are not the tasks' cost.
        client.get(&bodies::id(vendor, 0)?).await?;
        // Written to, so that its pages are there.
        let mut delays = vec![f64::MAX; tasks];
        let mut told = 0;
        let (before, _) = memory()?;
        let (start, cpu_before, vendor_before) = (Instant::now(), cpu(), stub.cpu());
        let options = WatcherOptions::default().lists(lists);
        let options = limit
            .into_iter()
            .fold(options, |options, limit| options.limit(limit, 10));
        let watcher = Watcher::new(&client, options);
        let submitted = Utc::now();
        for number in 0..tasks {
            watcher.add(Watched::new(bodies::id(vendor, number)?).submitted(submitted));
        }
        let (added, _) = memory()?;
        stub.restart();
        let until = real.map(|seconds| start + Duration::from_secs(seconds));
        let mut in_flight = 0.0;
        while let Some((id, result)) = next(&watcher, until).await {
            result?;
            let taken = duration(vendor::number(id.id())?);
            in_flight += start.elapsed().as_secs_f64();
            delays[told] = start.elapsed().saturating_sub(taken).as_secs_f64();
            told += 1;
        }
        in_flight += (tasks - told) as f64 * start.elapsed().as_secs_f64();
        let spent = (cpu() - cpu_before).saturating_sub(stub.cpu() - vendor_before);
        let (_, most) = memory()?;
        if until.is_none() && told != tasks {
            return Err(format!("{told} of {tasks} tasks were told").into());
        }
        delays.truncate(told);
        let each = |bytes: u64| bytes.saturating_sub(before) as f64 / tasks as f64;
        Ok(Outcome {
            bytes: each(added),
            peak: each(most),
            cpu: spent.as_secs_f64() * 1e3 / (in_flight / 60.0),
            requests: stub.requests() as f64 / tasks as f64,
            delay: [quantile(&delays, 0.5), quantile(&delays, 0.99)],
            last: start.elapsed().as_secs_f64(),
        })
    }
}

async fn next(watcher: &Watcher, until: Option<Instant>) -> Option<(videogen::TaskId, Result<videogen::VideoTask>)> {
    let next = watcher.next();
    let ended = match until {
        Some(until) => tokio::time::timeout_at(until, next).await.ok()?,
        None => next.await,
    };
    ended.map(|(id, result)| (id, result.map_err(Into::into)))
}
