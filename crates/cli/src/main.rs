//! The `videogen` command.

mod account;
mod commands;
mod exit;
mod interrupt;
mod invocation;
mod journal;
mod listen;
mod output;
mod request_args;
mod request_file;
mod submission;
mod text;
mod webhook;

use std::process::ExitCode;
use std::time::Duration;

use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};
use videogen::TaskId;

use crate::account::AccountArgs;
use crate::exit::{Failure, stoppable};
use crate::journal::JournalArgs;
use crate::output::Output;
use crate::request_args::RequestArgs;
use crate::webhook::WebhookArgs;

/// Generate video at Token360, ToAPIs and AllToken: submit, wait, download.
#[derive(Parser)]
#[command(version, after_help = exit::HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Print one JSON document on standard output, and no progress.
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten)]
    journal: JournalArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Submit a prompt, wait for the video and download it.
    Generate(Box<GenerateArgs>),
    /// Show the exact request that `generate` would send, or every rule it breaks. Sends nothing, needs no key.
    Plan(Box<PlanArgs>),
    /// Show how a task stands.
    Status(TaskArgs),
    /// Wait until a task has ended, or all of several.
    Wait(WaitArgs),
    /// Download the video of a finished task.
    Download(DownloadArgs),
    /// End a task that has not ended yet. Only some vendors can.
    Cancel(TaskArgs),
    /// List the tasks of an account, newest first. Only some vendors can; with --local, what this machine submitted.
    List(ListArgs),
    /// Look for submissions whose answer was lost, and go on with tasks that were left. Submits nothing.
    Recover(RecoverArgs),
    /// Show what each model takes.
    Models(ModelsArgs),
    /// Print the JSON Schema of a request or a task.
    Schema(SchemaArgs),
    /// Run the simulator: the three vendors' APIs on this machine, free of charge.
    Sim(SimArgs),
}

#[derive(Args)]
struct GenerateArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Run against an embedded simulator: no key, no network, no cost. The video is a test card.
    #[arg(long, conflicts_with = "base_url")]
    simulate: bool,
    /// Make one task at most for this key, however often and from wherever it is submitted with the same journal; a later
    /// call goes on with the first one's task.
    #[arg(long, value_name = "KEY", value_parser = idempotency_key)]
    idempotency_key: Option<String>,
    /// When an answer is lost: look for the task for so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    look_for: u64,
    /// No other program submits with this account: when an answer is lost, adopt the only task that fits in every respect
    #[arg(long)]
    adopt: bool,
    /// Return once the task is accepted.
    #[arg(long, conflicts_with_all = ["output", "last_frame_output", "overwrite"])]
    no_wait: bool,
    /// Give up waiting after so many seconds. The task goes on.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    timeout: u64,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    webhook: WebhookArgs,
}

#[derive(Args)]
struct FileArgs {
    /// Where to write the video; by default VENDOR.FAMILY.ID.mp4, after the task’s id, in this folder.
    #[arg(short, long, value_name = "PATH", value_parser = PathBufValueParser::new().try_map(file_to_write))]
    output: Option<std::path::PathBuf>,
    /// Where to write the last frame, an image. `generate --return-last-frame` writes it beside the video by default, with
    /// .last-frame.png in the place of its ending; `download` writes it only where this option says.
    #[arg(long, value_name = "PATH", value_parser = PathBufValueParser::new().try_map(file_to_write))]
    last_frame_output: Option<std::path::PathBuf>,
    /// Replace files that exist.
    #[arg(long)]
    overwrite: bool,
}

/// A path to write to. Standard output is none, so that no file called `-` is paid for.
fn file_to_write(path: std::path::PathBuf) -> Result<std::path::PathBuf, String> {
    if path.as_os_str() == "-" {
        return Err(
            "writing to standard output is not supported; name a file, or ./- for a file of that name".to_owned(),
        );
    }
    Ok(path)
}

fn idempotency_key(key: &str) -> Result<String, String> {
    if key.trim().is_empty() {
        return Err("the key is empty; use one that names this request, such as an order number".to_owned());
    }
    Ok(key.to_owned())
}

#[derive(Args)]
struct PlanArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Plan for every model of every vendor, or of the one that --vendor names: who can run this, and what stands in the
    /// way elsewhere. A model that a request file names is replaced.
    #[arg(long, conflicts_with = "model")]
    all: bool,
}

#[derive(Args)]
struct SchemaArgs {
    /// Which one.
    of: SchemaOf,
}

#[derive(Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// What `generate --request` takes.
    Request,
    /// What `--json` shows of a task.
    Task,
}

#[derive(Args)]
struct TaskArgs {
    /// The task, as `generate` printed it: vendor:family:id.
    task: TaskId,
    /// Base URL instead of the vendor's own.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

#[derive(Args)]
struct WaitArgs {
    /// The tasks, as `generate` printed them: vendor:family:id.
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<TaskId>,
    /// Base URL instead of the vendor's own.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Give up waiting after so many seconds. The task goes on.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    timeout: u64,
}

#[derive(Args)]
struct DownloadArgs {
    #[command(flatten)]
    task: TaskArgs,
    #[command(flatten)]
    file: FileArgs,
}

#[derive(Args)]
struct RecoverArgs {
    /// Settle this submission by hand: with --task or --dismiss.
    #[arg(value_name = "SUBMISSION", requires = "verdict")]
    submission: Option<String>,
    /// The task that it made.
    #[arg(long, value_name = "TASK", requires = "submission", group = "verdict")]
    task: Option<TaskId>,
    /// It made no task. Asks for confirmation where it may have made one
    #[arg(long, requires = "submission", group = "verdict")]
    dismiss: bool,
    /// Dismiss without confirmation
    #[arg(long, requires = "dismiss")]
    yes: bool,
    /// No other program submits with this account: adopt the only task that fits in every respect
    #[arg(long, group = "verdict")]
    adopt: bool,
    /// Look for so many seconds, with growing pauses. 0: look once.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    within: u64,
    /// Wait for tasks that have not ended, and write their files to where the submissions were to write them.
    #[arg(long, conflicts_with = "dismiss")]
    wait: bool,
    #[command(flatten)]
    account: AccountArgs,
}

#[derive(Args)]
struct ListArgs {
    #[command(flatten)]
    account: AccountArgs,
    /// What this machine submitted, as its journal has it. Asks no vendor.
    #[arg(long, conflicts_with_all = ["after", "before", "oldest_first", "base_url"])]
    local: bool,
    /// Page size, 1 to 100.
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Only tasks after this vendor id: the next page.
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// Only tasks before this vendor id.
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// Oldest first.
    #[arg(long)]
    oldest_first: bool,
    /// Only tasks that stand so: queued, in_progress, completed, failed, cancelled or expired.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
}

#[derive(Args)]
struct ModelsArgs {
    #[command(flatten)]
    account: AccountArgs,
    /// Ask the vendor for its list, instead of showing what this program knows. Only some vendors can.
    #[arg(long)]
    live: bool,
}

#[derive(Args)]
struct SimArgs {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    listen: std::net::SocketAddr,
    /// How many times faster than real time tasks run.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    speed: f64,
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(exit::IO, "io", format!("cannot start the runtime: {error}"));
            Output::new(false).failure(&failure);
            return ExitCode::from(failure.code);
        }
    };
    let code = runtime.block_on(run());
    if interrupt::has_been() {
        // A file is still cleaned up; a journal that another program has locked is not waited for.
        runtime.shutdown_timeout(Duration::from_secs(1));
    }
    code
}

async fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // `--json` is kept even where the rest of the command line cannot be read.
        Err(error) if error.use_stderr() => {
            let message = error.render().to_string();
            let message = message.trim().trim_start_matches("error: ");
            let json = std::env::args_os().any(|arg| arg == "--json");
            Output::new(json).failure(&Failure::new(exit::INVALID, "invalid_request", message));
            return ExitCode::from(exit::INVALID);
        }
        Err(error) => error.exit(),
    };
    let (output, journal) = (Output::new(cli.json), cli.journal);
    invocation::repeat(journal.options());
    let result = match cli.command {
        Command::Generate(args) => commands::generate(*args, &journal, &output).await,
        Command::Plan(args) => commands::plan(*args, &output),
        Command::Status(args) => stoppable(commands::status(args, &journal, &output)).await,
        Command::Wait(args) => commands::wait(args, &journal, &output).await,
        Command::Download(args) => commands::download(args, &journal, &output).await,
        Command::Cancel(args) => stoppable(commands::cancel(args, &journal, &output)).await,
        Command::List(args) => stoppable(commands::list(args, &journal, &output)).await,
        Command::Recover(args) => commands::recover(args, &journal, &output).await,
        Command::Models(args) => stoppable(commands::models(args, &output)).await,
        Command::Schema(args) => commands::schema(&args, &output),
        Command::Sim(args) => commands::sim(args, &output).await,
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            let Failure { code, .. } = failure;
            output.failure(&failure);
            ExitCode::from(code)
        }
    }
}
