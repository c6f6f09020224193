//! `cargo run --release -p videogen-benches -- <benchmark>`; see `BENCHMARKS.md`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use videogen_benches::{Result, build, decode, download, generation, journal, per_call, policy, server, waiting};

#[derive(Parser)]
#[command(about = "What videogen costs, measured. The figures are in BENCHMARKS.md.")]
struct Args {
    #[command(subcommand)]
    benchmark: Benchmark,
    /// Only shows that it runs: its figures mean nothing.
    #[arg(long, global = true)]
    quick: bool,
    /// Where files are written. Default: the system's folder for temporary files.
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Benchmark {
    /// CPU time of `get` and `submit`, beside the same by hand.
    PerCall,
    /// Reading an answer, without network.
    Decode,
    /// Up to 50,000 tasks in flight.
    Waiting,
    /// Requests and delay of our polling, beside fixed intervals.
    Policy,
    /// A large file, beside curl and reqwest.
    Download,
    /// Submissions with and without a journal.
    Journal,
    /// Cold builds of a minimal application; minutes of them, also when quick.
    Build,
    /// `cargo xtask generate`, `lint` and `diff`.
    Generation,
    /// All but the last two.
    All,
    /// A thousand calls of one contender, for a profiler.
    Only(per_call::Only),
    /// The server of the others.
    #[command(hide = true)]
    Serve,
    /// One row of `waiting`, which runs each in a process of its own; also for a profiler.
    WaitingOne(waiting::One),
    /// One run of `download`, in a process of its own.
    #[command(hide = true)]
    DownloadOne(download::One),
    /// One writer of `journal`, in a process of its own.
    #[command(hide = true)]
    JournalOne(journal::One),
}

fn main() -> Result<()> {
    let Args {
        benchmark,
        quick,
        folder,
    } = Args::parse();
    let folder = folder.unwrap_or_else(std::env::temp_dir);
    match benchmark {
        Benchmark::PerCall => per_call::run(quick),
        Benchmark::Decode => decode::run(quick),
        Benchmark::Waiting => waiting::run(quick),
        Benchmark::Policy => policy::run(quick),
        Benchmark::Download => download::run(quick, &folder),
        Benchmark::Journal => journal::run(quick, &folder),
        Benchmark::Build => build::run(quick, &folder),
        Benchmark::Generation => generation::run(),
        Benchmark::All => {
            per_call::run(quick)?;
            decode::run(quick)?;
            waiting::run(quick)?;
            policy::run(quick)?;
            download::run(quick, &folder)?;
            journal::run(quick, &folder)
        }
        Benchmark::Only(only) => only.run(),
        Benchmark::Serve => server::serve(),
        Benchmark::WaitingOne(one) => one.run(),
        Benchmark::DownloadOne(one) => one.run(),
        Benchmark::JournalOne(one) => one.run(),
    }
}
