//! The command line, apart from the process, so that tests can call it.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::{Parser, Subcommand};

use crate::exit::CANNOT;
use crate::{ci, diff, docs, generate, lint, new_vendor, report};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Maintainer's commands", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Generate(generate::Arguments),
    Lint(lint::Arguments),
    /// Tell what changed between two states of the specs, and what that means for a client.
    ///
    /// Each change is breaking (something that worked fails, is lost or no longer compiles), behaviour (it works, but
    /// not as it did), addition or docs. With one argument: that against the working tree.
    ///
    /// Exit codes: 0 no change; 1 changes, none breaking; 2 breaking (or the command line is wrong); 100 a side cannot
    /// be read.
    Diff(diff::Arguments),
    /// Write one Markdown page on what changed between two states: on the wire, in Rust, in models, in snapshots.
    ///
    /// Exit codes: 0 written, whatever it says; 100 a side cannot be read, or the file cannot be written.
    Report(report::Arguments),
    /// Compare saved documentation pages with specs/VENDOR.yaml.
    ///
    /// Tells what a page has and the spec lacks or has otherwise, what the spec has from this page and the page does not
    /// show, and what moved since the page was kept. Differences that specs/pages/VENDOR/NAME.yaml explains are counted,
    /// not reported; an explanation that is no longer needed is reported.
    ///
    /// Exit codes: 0 all in agreement; 1 a page differs; 3 a page was not understood (nothing is concluded from it), or
    /// not kept as it shows less than the kept one; 100 a file or a spec cannot be read. Of several pages, the highest.
    Docs(docs::Arguments),
    /// Write a new vendor's spec, generated crate, adapter and snapshots, and register it.
    ///
    /// The skeleton compiles and works as its spec says, which is of no vendor; what is left to do is printed.
    ///
    /// Exit codes: 0 written; 1 refused, and nothing written; 100 a file cannot be written.
    NewVendor(new_vendor::Arguments),
    /// Run all that CI runs: `bash .ci/run`.
    ///
    /// Exit codes: those of .ci/run; 100 it cannot be run.
    Ci,
}

/// Runs a command on the repository at `root`. Returns the exit code.
pub fn run<A: Into<OsString> + Clone>(
    args: impl IntoIterator<Item = A>,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let command = match Cli::try_parse_from(args) {
        Ok(cli) => cli.command,
        Err(error) => {
            // Help goes to standard output and is no failure.
            let _ = if error.use_stderr() {
                write!(err, "{error}")
            } else {
                write!(out, "{error}")
            };
            return u8::try_from(error.exit_code()).unwrap_or(CANNOT);
        }
    };
    // The report is written at the end, so that a reader who has seen enough does not change the exit code.
    let mut report = Vec::new();
    let result = match command {
        Command::Generate(arguments) => arguments.run(root, &mut report),
        Command::Diff(arguments) => arguments.run(root, &mut report),
        Command::Report(arguments) => arguments.run(root, &mut report),
        Command::Lint(arguments) => Ok(lint::run(&arguments, root, &mut report, err)),
        Command::Docs(arguments) => docs::run(root, &arguments, &mut report),
        Command::NewVendor(arguments) => new_vendor::run(&arguments, root, &mut report, err),
        Command::Ci => ci::run(root),
    };
    let _ = out.write_all(&report);
    match result {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(err, "error: {error}");
            CANNOT
        }
    }
}
