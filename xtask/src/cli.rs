//! The command line, apart from the process, so that tests can call it.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::exit::CANNOT;
use crate::{absorb, ci, diff, docs, generate, lint, new_vendor, report, snapshots};

#[derive(Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    about = "Maintainer's commands",
    disable_version_flag = true,
    max_term_width = 100
)]
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
    #[command(
        after_help = "Examples:\n  cargo xtask generate\n  cargo xtask generate toapis\n  cargo xtask generate --check"
    )]
    Generate(generate::Arguments),
    #[command(
        after_help = "Examples:\n  cargo xtask lint\n  cargo xtask lint token360 draft.yaml\n  cargo xtask lint --json"
    )]
    Lint(lint::Arguments),
    /// Show what changed between two states of the specs, and what it breaks
    ///
    /// Each change is breaking (something that worked fails, is lost or no longer compiles), behaviour (it works, but
    /// differently), addition or docs. With one argument, compares it with the working tree.
    ///
    /// Exit codes: 0 no change; 1 changes, none breaking; 2 breaking changes, or invalid arguments; 100 a state cannot
    /// be read.
    #[command(after_help = "Examples:\n  cargo xtask diff HEAD\n  cargo xtask diff main HEAD")]
    Diff(diff::Arguments),
    /// Write a Markdown report on what changed between two states of the specs
    ///
    /// It covers the wire, the generated Rust, the models' limits and the snapshots.
    ///
    /// Exit codes: 0 written, or (with --check) all versions suffice; 1 a version is too small for its changes; 100 a state
    /// cannot be read, or the file cannot be written.
    #[command(
        after_help = "Examples:\n  cargo xtask report HEAD --out target/report.md\n  cargo xtask report v0.1.0 --changelog\n  cargo xtask report v0.1.0 --check"
    )]
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
    #[command(
        after_help = "Examples:\n  cargo xtask docs toapis seedance-2.mdx\n  cargo xtask docs toapis page.html --page seedance_2\n  cargo xtask docs toapis clone/docs/en/api-reference --json\n  cargo xtask docs toapis seedance-2.mdx --keep\n  cargo xtask docs toapis --fetch"
    )]
    Docs(docs::Arguments),
    /// Run all tests and write their snapshots
    ///
    /// Deletes snapshots that no test uses, and says which were written, changed and deleted.
    ///
    /// Exit codes: 0 all tests pass, and every snapshot is up to date and used; 1 tests fail, or (with --check) snapshots
    /// are pending or unused; 2 invalid arguments; 100 the tests cannot run.
    #[command(after_help = "Examples:\n  cargo xtask snapshots\n  cargo xtask snapshots --check")]
    Snapshots(snapshots::Arguments),
    /// Write a new vendor's spec, generated crate, adapter and snapshots
    ///
    /// Also registers the vendor wherever vendors are listed. The skeleton compiles; the remaining steps are printed.
    ///
    /// Exit codes: 0 written; 1 refused, nothing written; 100 a file cannot be written.
    #[command(after_help = "Examples:\n  cargo xtask new-vendor acme\n  cargo xtask new-vendor acme --paging cursor")]
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
            let text = error.to_string();
            // Help goes to standard output and succeeds.
            let _ = if error.use_stderr() {
                write!(err, "{text}")
            } else {
                write!(out, "{text}")
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
        Command::Ci => ci::run(root),
        // These write as they go: they take minutes.
        Command::Snapshots(arguments) => snapshots::run(&arguments, root, out),
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

#[cfg(test)]
mod tests {
    #[test]
    fn no_line_of_any_help_is_long() {
        for command in [
            "",
            "absorb",
            "generate",
            "lint",
            "diff",
            "report",
            "docs",
            "snapshots",
            "new-vendor",
            "ci",
        ] {
            let mut out = Vec::new();
            let args = ["xtask", command, "--help"].into_iter().filter(|word| !word.is_empty());
            assert_eq!(
                super::run(args, std::path::Path::new("."), &mut out, &mut Vec::new()),
                0
            );
            let out = String::from_utf8(out).expect("help is text");
            assert!(out.contains("Usage: cargo xtask"), "{out}");
            assert_eq!(out.lines().find(|line| line.chars().count() > 100), None, "{command}");
            assert!(
                ["", "ci"].contains(&command) || out.contains("\n  cargo xtask "),
                "{command}: {out}"
            );
        }
    }
}
