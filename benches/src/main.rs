//! `cargo run --release -p videogen-benches -- <benchmark>`; see `BENCHMARKS.md`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use videogen_benches::{
    Result, build, decode, download, drift, generation, journal, long_journal, measure, per_call, policy, server, tls,
    upkeep, waiting,
};

#[derive(Parser)]
#[command(about = "What videogen costs, measured. The figures are in BENCHMARKS.md.")]
struct Args {
    #[command(subcommand)]
    benchmark: Benchmark,
    /// Only check that it runs; the figures are meaningless.
    #[arg(long, global = true)]
    quick: bool,
    /// Folder for files. Default: the system's folder for temporary files.
    #[arg(long, global = true)]
    folder: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Benchmark {
    /// CPU time of `get` and `submit`, compared with handwritten code.
    PerCall,
    /// CPU time of `get` over TLS, compared with handwritten code.
    Tls,
    /// Parsing a response, without network.
    Decode,
    /// Up to 50,000 tasks in flight.
    Waiting,
    /// Requests and delay of the polling policy, compared with fixed intervals.
    Policy,
    /// The same where durations drift through the day.
    Drift,
    /// A large file, compared with curl and reqwest.
    Download,
    /// Submissions with and without a journal.
    Journal,
    /// A journal with a million entries, and its upkeep; needs 7 GB of disk.
    LongJournal,
    /// Cold builds of a minimal application; takes minutes, also with --quick.
    Build,
    /// `cargo xtask generate`, `lint` and `diff`.
    Generation,
    /// All except the last two.
    All,
    /// A thousand calls of one contender, for a profiler.
    Only(per_call::Only),
    /// The server for the other benchmarks.
    #[command(hide = true)]
    Serve {
        /// Serves TLS with a new certificate for `localhost`, and writes it to this file.
        #[arg(long)]
        certificate: Option<PathBuf>,
    },
    /// The client of `tls`, in a separate process that trusts the certificate.
    #[command(hide = true)]
    TlsOne(tls::One),
    /// One row of `waiting`, in a separate process; also for a profiler.
    WaitingOne(waiting::One),
    /// One run of `download`, in a separate process.
    #[command(hide = true)]
    DownloadOne(download::One),
    /// One writer of `journal`, in a separate process.
    #[command(hide = true)]
    JournalOne(journal::One),
    /// One run of a journal without client and vendor, in a separate process; also for a profiler.
    #[command(hide = true)]
    JournalAlone(journal::Alone),
    /// `prune` or `vacuum` of a journal, in a separate process; also for a profiler.
    #[command(hide = true)]
    UpkeepOne(upkeep::One),
}

fn main() -> Result<()> {
    let Args {
        benchmark,
        quick,
        folder,
    } = Args::parse();
    // An error on systems that do not report CPU time.
    measure::children_cpu()?;
    let folder = folder.unwrap_or_else(std::env::temp_dir);
    match benchmark {
        Benchmark::PerCall => per_call::run(quick),
        Benchmark::Tls => tls::run(quick),
        Benchmark::Decode => decode::run(quick),
        Benchmark::Waiting => waiting::run(quick),
        Benchmark::Policy => policy::run(quick),
        Benchmark::Drift => {
            drift::run(quick);
            Ok(())
        }
        Benchmark::Download => download::run(quick, &folder),
        Benchmark::Journal => journal::run(quick, &folder),
        Benchmark::LongJournal => long_journal::run(quick, &folder),
        Benchmark::Build => build::run(quick, &folder),
        Benchmark::Generation => generation::run(),
        Benchmark::All => {
            per_call::run(quick)?;
            tls::run(quick)?;
            decode::run(quick)?;
            waiting::run(quick)?;
            policy::run(quick)?;
            drift::run(quick);
            download::run(quick, &folder)?;
            journal::run(quick, &folder)?;
            long_journal::run(quick, &folder)
        }
        Benchmark::Only(only) => only.run(),
        Benchmark::Serve { certificate } => server::serve(certificate.as_deref()),
        Benchmark::TlsOne(one) => one.run(quick),
        Benchmark::WaitingOne(one) => one.run(),
        Benchmark::DownloadOne(one) => one.run(),
        Benchmark::JournalOne(one) => one.run(),
        Benchmark::JournalAlone(alone) => alone.run(),
        Benchmark::UpkeepOne(one) => one.run(),
    }
}
