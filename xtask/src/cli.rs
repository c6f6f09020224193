//! The command line, apart from the process, so that tests can call it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::{Parser, Subcommand};

use crate::facts::Facts;
use crate::readme::with_table;
use crate::spec::Spec;
use crate::{ci, docs, generate, lint, new_vendor, tree};

/// Exit code: generated files differ from what the specs give.
pub const STALE: u8 = 4;
/// Exit code: a spec cannot be turned into code.
pub const CANNOT: u8 = 100;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Maintainer's commands", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write crates/raw/<vendor> from specs/<vendor>.yaml.
    ///
    /// Exit codes: 0 done, or nothing stale; 4 stale (with --check); 100 a spec cannot be turned into code.
    Generate {
        /// Vendors, by the name of their spec file; all when none is named.
        vendors: Vec<String>,
        /// Write nothing; compare and name every file that is stale, missing or left over.
        #[arg(long)]
        check: bool,
    },
    Lint(lint::command::LintArgs),
    /// Tell what changed between two states of the specs, and what that means for a client.
    ///
    /// Each change is breaking (something that worked fails, is lost or no longer compiles), behaviour (it works, but
    /// not as it did), addition or docs. With one argument: that against the working tree.
    ///
    /// Exit codes: 0 no change; 1 changes, none breaking; 2 breaking (or the command line is wrong); 100 a side cannot
    /// be read.
    Diff(crate::diff::command::Arguments),
    /// Write one Markdown page on what changed between two states: on the wire, in Rust, in models, in snapshots.
    ///
    /// Exit codes: 0 written, whatever it says; 100 a side cannot be read, or the file cannot be written.
    Report(crate::report::Arguments),
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
        Command::Generate { vendors, check } => generate(root, &vendors, check, &mut report),
        Command::Diff(arguments) => arguments.run(root, &mut report),
        Command::Report(arguments) => arguments.run(root, &mut report),
        Command::Lint(arguments) => Ok(lint::command::run(&arguments, root, &mut report, err)),
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

/// Writes what `vendors` (all, if none is named) give, and the README's table; or checks it.
///
/// # Errors
/// When a spec cannot be turned into code, or a file cannot be written.
pub(crate) fn generate(
    root: &Path,
    vendors: &[String],
    check: bool,
    out: &mut dyn Write,
) -> Result<u8, Box<dyn std::error::Error>> {
    let mut stale = false;
    let mut facts = BTreeMap::new();
    for vendor in generate::vendors(root, vendors)? {
        let (wanted, told) = generate::with_facts(&Spec::load(root, &vendor)?)?;
        let folder = root.join("crates/raw").join(&vendor);
        let changes = tree::compare(&folder, &wanted)?;
        if check {
            for change in &changes {
                writeln!(out, "{}", change.describe(&format!("crates/raw/{vendor}")))?;
            }
            stale |= !changes.is_empty();
        } else {
            tree::apply(&folder, &changes)?;
            writeln!(out, "crates/raw/{vendor}: {}", tree::summary(&changes))?;
        }
        facts.insert(vendor, told);
    }
    let known = generate::vendors(root, &[])?;
    // A crate whose spec is gone is left over as a whole.
    if vendors.is_empty() {
        for entry in std::fs::read_dir(root.join("crates/raw"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !known.contains(&name) {
                writeln!(out, "left over: crates/raw/{name} has no specs/{name}.yaml; delete it")?;
                stale |= check;
            }
        }
    }
    // The README's table shows all vendors, whichever were asked for.
    for vendor in known {
        if let Entry::Vacant(place) = facts.entry(vendor) {
            let spec = Spec::load(root, place.key())?;
            place.insert(Facts::read(&spec)?);
        }
    }
    stale |= readme(root, &facts.into_values().collect::<Vec<_>>(), check, out)?;
    if stale {
        writeln!(
            out,
            "The generated code does not match the specs. Run: cargo xtask generate"
        )?;
        return Ok(STALE);
    }
    Ok(0)
}

/// The README's table of these vendors. Tells whether it is stale.
fn readme(root: &Path, all: &[Facts], check: bool, out: &mut dyn Write) -> Result<bool, Box<dyn std::error::Error>> {
    let path = root.join("README.md");
    let old = std::fs::read_to_string(&path)?;
    let new = with_table(&old, all).ok_or("README.md lacks the marks of its table of fields")?;
    if old == new {
        return Ok(false);
    }
    let change = tree::Change {
        path: "README.md".into(),
        old: Some(old),
        new: Some(new),
    };
    if check {
        writeln!(out, "{}", change.describe("."))?;
    } else {
        tree::apply(root, &[change])?;
        writeln!(out, "README.md: wrote the table of fields")?;
    }
    Ok(check)
}
