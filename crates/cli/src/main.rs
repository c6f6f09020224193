//! The `videogen` command.

mod account;
mod again;
mod batch;
mod cap;
mod clips;
mod commands;
mod config;
mod cost;
mod csv;
mod diagnosis;
mod ended;
mod environment;
mod error;
mod events;
mod exit;
mod files;
mod follow;
mod help;
mod input;
mod interrupt;
mod invocation;
mod journal;
mod keys;
mod late;
mod listen;
mod lost;
mod nearest;
mod notes;
mod options;
mod output;
mod output_file;
mod price_file;
mod probe;
mod progress;
mod request_args;
mod request_file;
mod result;
mod routes;
mod server;
mod several;
mod sidecar;
mod since;
mod submission;
mod system;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod unsaved;
mod uploads;
mod usage;
mod user_file;
mod webhook;
mod words;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use videogen::ErrorKind;

use crate::account::TaskArgs;
use crate::commands::{
    assets, balance, budget, cancel, completions, download, gallery, generate, list, man, models, open, plan, prices,
    recover, schema, sim, spend, status, wait,
};
use crate::commands::{doctor, login, logout};
use crate::exit::{Failure, stoppable};
use crate::journal::JournalArgs;
use crate::keys::EnvFileArgs;
use crate::output::{Output, OutputArgs};

/// Generate video at Token360, ToAPIs, AllToken, ModelArk, OpenRouter, Replicate or fal.
#[derive(Parser)]
#[command(name = "videogen", version, after_help = help::ROOT, max_term_width = help::WIDTH)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    output: OutputArgs,

    #[command(flatten)]
    journal: JournalArgs,

    #[command(flatten)]
    env_file: EnvFileArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Submit a prompt, wait for the video and download it.
    #[command(after_help = help::GENERATE)]
    Generate(Box<generate::GenerateArgs>),
    /// Generate the videos of many jobs from a file; run it again to continue.
    #[command(after_help = help::BATCH, arg = help::hidden("no_journal", "no-journal", &[]))]
    Batch(Box<commands::batch::BatchArgs>),
    /// Print the request that `generate` would send, without sending it; needs no key.
    #[command(after_help = help::PLAN, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Plan(Box<plan::PlanArgs>),
    /// Show the status of a task.
    #[command(after_help = help::STATUS)]
    Status(TaskArgs),
    /// Wait for one or more tasks to finish.
    #[command(after_help = help::WAIT)]
    Wait(wait::WaitArgs),
    /// Download the video of a finished task.
    #[command(after_help = help::DOWNLOAD)]
    Download(download::DownloadArgs),
    /// Open the video of a task, or the link to it, with the default program.
    #[command(after_help = help::OPEN, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Open(open::OpenArgs),
    /// Cancel a task (AllToken, Replicate, fal; ModelArk while it is queued).
    #[command(after_help = help::CANCEL)]
    Cancel(TaskArgs),
    /// List tasks, newest first (not ToAPIs, OpenRouter, fal; all with --local).
    #[command(after_help = help::LIST, arg = help::hidden("events", "events", &["json", "quiet"]))]
    List(list::ListArgs),
    /// Find lost submissions and list unfinished tasks; submits nothing.
    #[command(after_help = help::RECOVER)]
    Recover(recover::RecoverArgs),
    /// Follow, recover and download what any process submitted, until it is stopped.
    #[command(after_help = help::WORKER)]
    Worker(commands::worker::WorkerArgs),
    /// Show the limits of each model.
    #[command(after_help = help::MODELS, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Models(models::ModelsArgs),
    /// List the prices of the models, and set your own.
    #[command(after_help = help::PRICES, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Prices(PricesArgs),
    /// Show the balance of the account, which also checks the key (ToAPIs only).
    #[command(after_help = help::BALANCE, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Balance(balance::BalanceArgs),
    /// Show what the submissions in the journal cost.
    #[command(after_help = help::SPEND, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Spend(spend::SpendArgs),
    /// Limit what the submissions of a day, week or month may cost together.
    #[command(after_help = help::BUDGET, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Budget(BudgetArgs),
    /// Check keys, vendors, journal and files, and print what to do.
    #[command(after_help = help::DOCTOR, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Doctor(doctor::DoctorArgs),
    /// Store the API key of a vendor.
    #[command(after_help = help::LOGIN, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Login(login::LoginArgs),
    /// Remove the stored API key of a vendor.
    #[command(after_help = help::LOGOUT, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Logout(logout::LogoutArgs),
    /// Show the configuration, or change a value in it.
    #[command(after_help = help::CONFIG, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Config(commands::config::ConfigArgs),
    /// Check, export or prune the journal.
    #[command(after_help = help::JOURNAL, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Journal(JournalCommandArgs),
    /// Upload local files, and manage what a vendor keeps of them.
    #[command(after_help = help::ASSETS, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Assets(AssetsArgs),
    /// Write a web page that shows the clips in a folder; loads nothing from a network.
    #[command(after_help = help::GALLERY, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Gallery(gallery::GalleryArgs),
    /// Print the JSON Schema of what the commands read and write.
    #[command(after_help = help::SCHEMA, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Schema(schema::SchemaArgs),
    /// Run a local simulator of the vendors' APIs.
    #[command(after_help = help::SIM, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Sim(sim::SimArgs),
    /// Print a completion script for a shell.
    #[command(after_help = help::COMPLETIONS, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write those of all commands.
    #[command(after_help = help::MAN, arg = help::hidden("events", "events", &["json", "quiet"]))]
    Man(man::ManArgs),
}

impl Command {
    /// Whether it uses the configuration. What only prints, or may correct the file, works without a valid one.
    fn is_configured(&self) -> bool {
        match self {
            Self::Schema(_) | Self::Sim(_) | Self::Completions(_) | Self::Man(_) => false,
            Self::Config(args) => args.needs_valid_file(),
            _ => true,
        }
    }

    /// Whether it has results of tasks.
    fn has_events(&self) -> bool {
        match self {
            Self::Recover(args) => args.waits(),
            _ => matches!(
                self,
                Self::Generate(_)
                    | Self::Batch(_)
                    | Self::Wait(_)
                    | Self::Download(_)
                    | Self::Status(_)
                    | Self::Cancel(_)
                    | Self::Worker(_)
            ),
        }
    }

    /// Whether it reports invalid values of options together with what else is wrong.
    fn reports_options(&self) -> bool {
        matches!(
            self,
            Self::Generate(_) | Self::Plan(_) | Self::Batch(_) | Self::Wait(_) | Self::Recover(_)
        )
    }

    /// Whether it writes a video to standard output.
    fn streams(&self) -> bool {
        match self {
            Self::Generate(args) => args.file.streams(),
            Self::Wait(wait::WaitArgs { save, .. }) | Self::Download(download::DownloadArgs { save, .. }) => {
                save.file.streams()
            }
            _ => false,
        }
    }
}

#[derive(Args)]
struct BudgetArgs {
    #[command(subcommand)]
    command: budget::BudgetCommand,
}

#[derive(Args)]
struct JournalCommandArgs {
    #[command(subcommand)]
    command: commands::journal::JournalCommand,
}

#[derive(Args)]
struct PricesArgs {
    #[command(subcommand)]
    command: prices::PricesCommand,
}

#[derive(Args)]
struct AssetsArgs {
    #[command(subcommand)]
    command: assets::AssetsCommand,
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(exit::IO, ErrorKind::Io, format!("cannot start the runtime: {error}"));
            Output::new(&OutputArgs::default()).failure(&failure);
            return ExitCode::from(failure.code);
        }
    };
    let code = runtime.block_on(run());
    if interrupt::has_been() {
        // Time to close or delete partial files, without waiting for a journal locked by another program.
        runtime.shutdown_timeout(Duration::from_secs(1));
    }
    code
}

async fn run() -> ExitCode {
    // Known before the rest of the command line, for help and for errors in it.
    let color = terminal::color_of_words(std::env::args_os());
    terminal::set_color(color);
    let mut command = Cli::command().color(color);
    let parsed = command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|matches| {
            options::record(&command, &matches);
            Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
        });
    let cli = match parsed {
        Ok(cli) => cli,
        // `--json` and `--events` apply even if the rest of the command line is invalid.
        Err(error) if error.use_stderr() => {
            let args = OutputArgs::of_words(std::env::args_os());
            Output::new(&args).failure(&usage::failure(&command, std::env::args_os().collect(), &error));
            return ExitCode::from(exit::INVALID);
        }
        Err(error) => error.exit(),
    };
    terminal::set_color(cli.output.color);
    let (output, mut journal) = (Output::new(&cli.output), cli.journal);
    let mut invalid = Failure::of_options(late::invalid());
    if let Some(failure) = invalid.take_if(|_| !cli.command.reports_options()) {
        output.failure(&failure);
        return ExitCode::from(failure.code);
    }
    if cli.output.events && !cli.command.has_events() {
        let message =
            "--events is for generate, batch, wait, download, status, cancel, worker and recover --wait; use --json";
        output.failure(&Failure::new(exit::INVALID, ErrorKind::InvalidRequest, message));
        return ExitCode::from(exit::INVALID);
    }
    let output = match cli.command.streams() {
        true => match output.beside_a_stream() {
            Ok(output) => output,
            Err(failure) => {
                output.failure(&failure);
                return ExitCode::from(failure.code);
            }
        },
        false => output,
    };
    let loaded = cli.env_file.load(&output).map(|()| match cli.command.is_configured() {
        true => config::load(files::check_default_output),
        false => Ok(()),
    });
    let mut broken = None;
    match loaded {
        Ok(Err(failure)) if matches!(cli.command, Command::Doctor(_)) => broken = Some(failure),
        Err(failure) | Ok(Err(failure)) => {
            let failure = failure.and(invalid);
            output.failure(&failure);
            return ExitCode::from(failure.code);
        }
        Ok(Ok(())) => {}
    }
    journal.configure(config::get().journal.clone());
    if config::get().uses_keyring {
        keys::use_keyring();
    }
    invocation::repeat([journal.options(), cli.env_file.options()].concat());
    let result = match cli.command {
        Command::Generate(args) => generate::generate(*args, invalid, &journal, &output).await,
        Command::Batch(args) => commands::batch::batch(*args, invalid, &journal, &output).await,
        Command::Plan(args) => plan::plan(*args, invalid, &journal, &output).await,
        Command::Status(args) => stoppable(status::status(args, &journal, &output)).await,
        Command::Wait(args) => wait::wait(args, invalid, &journal, &output).await,
        Command::Download(args) => download::download(args, &journal, &output).await,
        Command::Open(args) => open::open(args, &journal, &output).await,
        Command::Cancel(args) => stoppable(cancel::cancel(args, &journal, &output)).await,
        Command::List(args) => stoppable(list::list(args, &journal, &output)).await,
        Command::Recover(args) => recover::recover(args, invalid, &journal, &output).await,
        Command::Worker(args) => commands::worker::worker(args, &journal, &output).await,
        Command::Balance(args) => stoppable(balance::balance(args, &output)).await,
        Command::Models(args) => stoppable(models::models(args, &output)).await,
        Command::Spend(args) => stoppable(spend::spend(args, &journal, &output)).await,
        Command::Budget(args) => stoppable(budget::budget(args.command, &journal, &output)).await,
        Command::Doctor(args) => stoppable(doctor::doctor(args, broken, &journal, &output)).await,
        Command::Login(args) => login::login(args, &output).await,
        Command::Logout(args) => logout::logout(&args, &output),
        Command::Config(args) => commands::config::config(args, &journal, &output),
        Command::Journal(args) => stoppable(commands::journal::journal(args.command, &journal, &output)).await,
        Command::Prices(args) => stoppable(prices::prices(args.command, &output)).await,
        Command::Assets(args) => stoppable(assets::assets(args.command, &journal, &output)).await,
        Command::Gallery(args) => stoppable(gallery::gallery(args, &journal, &output)).await,
        Command::Schema(args) => schema::schema(&args, &output),
        Command::Sim(args) => sim::sim(args, &output).await,
        Command::Completions(args) => completions::completions(&args, Cli::command(), &output),
        Command::Man(args) => man::man(&args, Cli::command(), &output),
    };
    if let Some(text) = crate::journal::leave().await {
        output.announce(&text);
    }
    output.release();
    match result {
        Ok(code) => code,
        Err(failure) => {
            let Failure { code, .. } = failure;
            output.failure(&keys::with_place(failure));
            ExitCode::from(code)
        }
    }
}
