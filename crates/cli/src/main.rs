//! The `videogen` command.

mod account;
mod commands;
mod exit;
mod files;
mod follow;
mod interrupt;
mod invocation;
mod journal;
mod listen;
mod lost;
mod output;
mod output_file;
mod request_args;
mod request_file;
mod submission;
mod text;
mod webhook;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::account::TaskArgs;
use crate::commands::{cancel, download, generate, list, models, plan, recover, schema, sim, status, wait};
use crate::exit::{Failure, stoppable};
use crate::journal::JournalArgs;
use crate::output::Output;

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
    Generate(Box<generate::GenerateArgs>),
    /// Print the exact request that `generate` would send, or every rule it breaks. Sends nothing, needs no key.
    Plan(Box<plan::PlanArgs>),
    /// Show the status of a task.
    Status(TaskArgs),
    /// Wait for one or more tasks to finish.
    Wait(wait::WaitArgs),
    /// Download the video of a finished task.
    Download(download::DownloadArgs),
    /// Cancel a task (AllToken only).
    Cancel(TaskArgs),
    /// List the tasks of an account, newest first (Token360, AllToken), or with --local the submissions of this
    /// machine.
    List(list::ListArgs),
    /// Find submissions whose response was lost, and resume unfinished tasks. Submits nothing.
    Recover(recover::RecoverArgs),
    /// Show the limits of each model.
    Models(models::ModelsArgs),
    /// Print the JSON Schema of a request or a task.
    Schema(schema::SchemaArgs),
    /// Run the simulator: the APIs of the three vendors on this machine, free of charge.
    Sim(sim::SimArgs),
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
        // Time to delete partial files, without waiting for a journal locked by another program.
        runtime.shutdown_timeout(Duration::from_secs(1));
    }
    code
}

async fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // `--json` applies even if the rest of the command line is invalid.
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
        Command::Generate(args) => generate::generate(*args, &journal, &output).await,
        Command::Plan(args) => plan::plan(*args, &output),
        Command::Status(args) => stoppable(status::status(args, &journal, &output)).await,
        Command::Wait(args) => wait::wait(args, &journal, &output).await,
        Command::Download(args) => download::download(args, &journal, &output).await,
        Command::Cancel(args) => stoppable(cancel::cancel(args, &journal, &output)).await,
        Command::List(args) => stoppable(list::list(args, &journal, &output)).await,
        Command::Recover(args) => recover::recover(args, &journal, &output).await,
        Command::Models(args) => stoppable(models::models(args, &output)).await,
        Command::Schema(args) => schema::schema(&args, &output),
        Command::Sim(args) => sim::sim(args, &output).await,
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
