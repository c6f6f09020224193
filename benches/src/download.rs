//! A large file: throughput compared with curl and handwritten `reqwest` code, and peak memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use videogen::download::DownloadOptions;
use videogen::{TaskStatus, Vendor, VideoTask};

use crate::bodies;
use crate::contenders::facade;
use crate::measure::{Rounds, Spread, children_cpu, memory};
use crate::result::Result;
use crate::server::Server;

/// One download.
#[derive(Debug, Args)]
pub struct One {
    by: By,
    base_url: String,
    bytes: u64,
    target: PathBuf,
}

/// The downloader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// curl alone. It does not wait for the disk.
    Curl,
    /// curl, then `sync` for the file.
    CurlSync,
    /// `reqwest` into a `tokio` file, chunk by chunk. It does not wait for the disk.
    Reqwest,
    /// The same, then a sync.
    ReqwestSync,
    /// `Client::download_with`, which syncs file and folder, renames, and checks whether the file is complete.
    Videogen,
}

const ALL: [By; 5] = [By::CurlSync, By::Curl, By::Reqwest, By::ReqwestSync, By::Videogen];

/// Result of a download, with memory in bytes.
#[derive(Debug, Serialize, Deserialize)]
struct Outcome {
    idle: u64,
    peak: u64,
}

/// Prints throughput and memory.
///
/// # Errors
/// When a download fails, or curl is missing.
pub fn run(quick: bool, folder: &Path) -> Result<()> {
    let (rounds, bytes) = if quick { (1, 64 << 20) } else { (7, 1 << 30) };
    let server = Server::start()?;
    let folder = tempfile::tempdir_in(folder)?;
    let names = [
        "curl, then sync",
        "curl",
        "reqwest by hand",
        "reqwest by hand, synced",
        "videogen",
    ];
    let (mut rates, mut cpu) = (Rounds::new(names), Rounds::new(names));
    let mut memory = vec![Vec::new(); ALL.len()];
    for round in 0..rounds {
        for which in rates.order(round) {
            let target = folder.path().join("clip.mp4");
            let (start, before) = (Instant::now(), children_cpu()?);
            let outcome = fetch(ALL[which], &server, bytes, &target)?;
            rates.note(which, (bytes >> 20) as f64 / start.elapsed().as_secs_f64());
            cpu.note(which, (children_cpu()? - before).as_secs_f64());
            memory[which].extend(outcome.map(|outcome| (outcome.peak - outcome.idle) as f64 / f64::from(1 << 20)));
            if std::fs::metadata(&target)?.len() != bytes {
                return Err("a file of another size".into());
            }
            std::fs::remove_file(&target)?;
            // Pending writes of one must not slow the next one down.
            Command::new("sync").arg("-f").arg(folder.path()).status()?;
        }
    }
    println!(
        "{} MiB over loopback to {}\n",
        bytes >> 20,
        folder.path().parent().unwrap_or(folder.path()).display()
    );
    println!(
        "| contender | MiB/s | throughput to the first | CPU, s | memory above idle, MiB |\n|---|---|---|---|---|"
    );
    for (which, (name, rate, ratio)) in rates.rows().enumerate() {
        let memory = if memory[which].is_empty() {
            "–".to_owned()
        } else {
            format!("{:.1}", Spread::of(&memory[which]))
        };
        let busy = cpu.taken(which);
        println!("| {name} | {rate:.0} | {ratio:.2} | {busy:.2} | {memory} |");
    }
    Ok(())
}

fn fetch(by: By, server: &Server, bytes: u64, target: &Path) -> Result<Option<Outcome>> {
    let succeeded = |command: &mut Command| match command.status()? {
        status if status.success() => Result::Ok(()),
        status => Err(format!("{command:?}: {status}").into()),
    };
    if matches!(by, By::Curl | By::CurlSync) {
        let url = format!("{}/file/{bytes}", server.base_url());
        succeeded(Command::new("curl").args(["-s", "-f", "-o"]).arg(target).arg(url))?;
        if by == By::CurlSync {
            succeeded(Command::new("sync").arg(target))?;
        }
        return Ok(None);
    }
    let name = by.to_possible_value().ok_or("no name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["download-one", name.get_name(), &server.base_url(), &bytes.to_string()])
        .arg(target)
        .stderr(Stdio::inherit())
        .output()?;
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}

impl One {
    /// Downloads, and prints the result as JSON.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let url = format!("{}/file/{}", self.base_url, self.bytes);
            match self.by {
                By::Videogen => self.by_videogen(&url).await,
                _ => self.by_hand(&url).await,
            }
        })?;
        println!("{}", serde_json::to_string(&outcome)?);
        Ok(())
    }

    async fn by_videogen(&self, url: &str) -> Result<Outcome> {
        let client = facade(Vendor::Token360, &self.base_url)?;
        let task: VideoTask = serde_json::from_value(json!({
            "id": bodies::id(Vendor::Token360, 0)?, "status": TaskStatus::Completed, "vendor_status": "completed",
            "video": {"url": url},
        }))?;
        let (idle, _) = memory()?;
        let options = DownloadOptions::default()
            .max_bytes(u64::MAX)
            .idle_timeout(Duration::from_secs(60));
        client.download_with(&task, &self.target, options, |_, _| {}).await?;
        Ok(Outcome {
            idle,
            peak: memory()?.1,
        })
    }

    async fn by_hand(&self, url: &str) -> Result<Outcome> {
        let client = crate::contenders::plain().build()?;
        let (idle, _) = memory()?;
        let mut response = client.get(url).send().await?.error_for_status()?;
        let mut file = tokio::fs::File::create(&self.target).await?;
        while let Some(chunk) = response.chunk().await? {
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        if self.by == By::ReqwestSync {
            file.sync_all().await?;
        }
        Ok(Outcome {
            idle,
            peak: memory()?.1,
        })
    }
}
