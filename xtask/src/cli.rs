//! The command line, apart from the process, so that tests can call it.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::exit::CANNOT;
use crate::{absorb, ci, diff, docs, generate, lint, new_vendor, report, snapshots};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Maintainer's commands", disable_version_flag = true)]
struct Cli {
    /// Repository to work on [default: the one that this command belongs to]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Do the whole round after a vendor's documentation changed, step by step
    ///
    /// Stops at the first step that needs you, and says what to do. Run it again to go on: a step that is done passes. On a
    /// terminal with EDITOR set, it opens the places to edit one after the other; otherwise it lists them.
    ///
    /// Exit codes: 0 all steps passed; 1 a step needs you; 2 invalid arguments; 100 a step cannot run.
    #[command(after_help = absorb::help())]
    Absorb(absorb::Arguments),
    Generate(generate::Arguments),
    Lint(lint::Arguments),
    /// Show what changed between two states of the specs, and what it breaks
    ///
    /// Each change is breaking (something that worked fails, is lost or no longer compiles), behaviour (it works, but
    /// differently), addition or docs. With one argument, compares it with the working tree.
    ///
    /// Exit codes: 0 no change; 1 changes, none breaking; 2 breaking changes, or invalid arguments; 100 a state cannot
    /// be read.
    Diff(diff::Arguments),
    /// Write a Markdown report on what changed between two states of the specs
    ///
    /// It covers the wire, the generated Rust, the models' limits and the snapshots.
    ///
    /// Exit codes: 0 written; 100 a state cannot be read, or the file cannot be written.
    Report(report::Arguments),
    /// Compare documentation pages and OpenAPI documents with specs/VENDOR.yaml
    ///
    /// Reads saved HTML, MDX sources, Markdown, copied text, OpenAPI 3.0 and 3.1, and folders of them. Reports what differs
    /// between page and spec in both directions, and what changed since the page was last kept; changed lines that nothing
    /// understands are shown. Differences that specs/pages/VENDOR/NAME.yaml explains are counted, not listed; an
    /// explanation that is no longer needed is reported.
    ///
    /// Exit codes: 0 page and spec agree, and the text is the kept one; 1 a page differs, or a page in a folder is like
    /// those of the spec and not in x-pages; 2 invalid arguments; 3 a page, or a change of its text, was not understood, or
    /// a page was not kept because it shows less than the kept one; 100 a file or a spec cannot be read. With several
    /// pages, the highest of their codes.
    Docs(docs::Arguments),
    /// Run all tests and write their snapshots
    ///
    /// Deletes snapshots that no test uses, and says which were written, changed and deleted.
    ///
    /// Exit codes: 0 all tests pass, and every snapshot is up to date and used; 1 tests fail, or (with --check) snapshots
    /// are pending or unused; 2 invalid arguments; 100 the tests cannot run.
    Snapshots(snapshots::Arguments),
    /// Write a new vendor's spec, generated crate, adapter and snapshots
    ///
    /// Also registers the vendor wherever vendors are listed. The skeleton compiles; the remaining steps are printed.
    ///
    /// Exit codes: 0 written; 1 refused, nothing written; 100 a file cannot be written.
    NewVendor(new_vendor::Arguments),
    /// Run everything that CI runs: `bash .ci/run`
    ///
    /// Exit codes: those of .ci/run; 100 the script cannot be run.
    Ci,
}

/// Runs a command on the repository at `root`. Returns the exit code.
pub fn run<A: Into<OsString> + Clone>(
    args: impl IntoIterator<Item = A>,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let Cli { root: other, command } = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and succeeds.
            let _ = if error.use_stderr() {
                write!(err, "{error}")
            } else {
                write!(out, "{error}")
            };
            return u8::try_from(error.exit_code()).unwrap_or(CANNOT);
        }
    };
    let root = other.as_deref().unwrap_or(root);
    // The report is written at the end, so that a closed pipe does not change the exit code.
    let mut report = Vec::new();
    let result = match command {
        Command::Generate(arguments) => arguments.run(root, &mut report),
        Command::Diff(arguments) => arguments.run(root, &mut report),
        Command::Report(arguments) => arguments.run(root, &mut report),
        Command::Lint(arguments) => Ok(lint::run(&arguments, root, &mut report, err)),
        Command::Docs(arguments) => docs::run(root, &arguments, &mut report),
        Command::NewVendor(arguments) => new_vendor::run(&arguments, root, &mut report, err),
        Command::Snapshots(arguments) => snapshots::run(&arguments, root, &mut report),
        Command::Ci => ci::run(root),
        // Writes as it goes: its steps take minutes.
        Command::Absorb(arguments) => {
            let again = |args: &[String], out: &mut dyn Write, err: &mut dyn Write| {
                run(
                    std::iter::once("xtask").chain(args.iter().map(String::as_str)),
                    root,
                    out,
                    err,
                )
            };
            absorb::run(&arguments, root, &again, out, err)
        }
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
