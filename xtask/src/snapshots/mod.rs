//! `cargo xtask snapshots`: runs the tests, writes their snapshots and deletes those that no test uses; or checks them.
//!
//! Arguments and the flow; `files` finds snapshots and compares their contents, `failing` runs the tests.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use self::files::Files;
use crate::cargo::cargo;

mod failing;
mod files;

/// Exit code: tests fail, or files are left over.
const FAULTS: u8 = 1;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write and delete nothing; fail on a snapshot that is new, changed, pending or unused
    #[arg(long)]
    check: bool,
}

/// Runs the tests of the repository at `root`, whose output is passed on. Returns the exit code.
///
/// # Errors
/// When Cargo cannot be run, a file cannot be read, written or deleted, or the tests do not report their snapshots.
pub(crate) fn run(arguments: &Arguments, root: &Path, out: &mut dyn Write) -> Result<u8, Box<dyn Error>> {
    let before = Files::find(root)?;
    let references = tempfile::NamedTempFile::new()?;
    let mut tests = cargo(root);
    tests
        // All tests, since those that fail hide nothing of the others then.
        .args(["test", "--workspace", "--no-fail-fast"])
        .args((!arguments.check).then_some("--quiet"))
        // A new or changed snapshot fails a check, and leaves no file behind to be committed by accident.
        .env("INSTA_UPDATE", if arguments.check { "no" } else { "always" })
        .env("INSTA_SNAPSHOT_REFERENCES_FILE", references.path())
        .env_remove("INSTA_FORCE_PASS")
        .env_remove("INSTA_PENDING_DIR");
    let (status, failed) = failing::run(&mut tests, out)?;
    let after = Files::find(root)?;
    for (verb, file) in before.changes(&after) {
        writeln!(out, "{verb} {}", file.display())?;
    }
    if !status.success() {
        for test in &failed {
            writeln!(out, "failed: {test}")?;
        }
        // A test that fails may not reach its other snapshots.
        writeln!(out, "Tests fail, so unused snapshots were not looked for.")?;
        if arguments.check {
            writeln!(
                out,
                "Write snapshots that are new or changed with: cargo xtask snapshots"
            )?;
        }
        return Ok(FAULTS);
    }
    let used = used(references.path())?;
    if used.is_empty() && !after.snapshots.is_empty() {
        return Err("no test reported a snapshot that it uses; nothing was deleted".into());
    }
    let is_used = |file: &PathBuf| root.join(file).canonicalize().is_ok_and(|file| used.contains(&file));
    let unused = after.snapshots.keys().filter(|file| !is_used(file));
    // Tests that pass leave none of their own.
    let left: Vec<&PathBuf> = unused.chain(&after.pending).collect();
    for file in &left {
        if !arguments.check {
            fs::remove_file(root.join(file))?;
        }
        let verb = if arguments.check { "left over:" } else { "deleted" };
        writeln!(out, "{verb} {}, which no test uses", file.display())?;
    }
    writeln!(out, "{} snapshots are up to date and used", used.len())?;
    if arguments.check && !left.is_empty() {
        writeln!(out, "Delete what is left over with: cargo xtask snapshots")?;
        return Ok(FAULTS);
    }
    Ok(0)
}

/// The snapshots that tests used, as they reported them.
fn used(references: &Path) -> std::io::Result<BTreeSet<PathBuf>> {
    let text = fs::read_to_string(references)?;
    Ok(text
        .lines()
        .filter_map(|file| Path::new(file).canonicalize().ok())
        .collect())
}
