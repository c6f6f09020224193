//! `cargo xtask lint`: which files, how the findings are told, and the exit code.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::{Finding, lint};
use crate::SpecError;
use crate::cli::CANNOT;
use crate::generate::vendors;
use crate::spec::visible;

/// Exit code: something was found.
pub const FINDINGS: u8 = 1;

/// Find everything in the specs that would be swallowed, misread or refused.
///
/// Exit codes: 0 nothing found; 1 findings; 100 a file cannot be read, whatever was found in the others.
#[derive(Args)]
pub struct LintArgs {
    /// Vendors, by the name of their spec file, or paths of spec files; all of `specs/` when none is named.
    #[arg(value_name = "VENDOR|FILE")]
    specs: Vec<String>,
    /// Print one JSON document: `findings` (file, line, pointer, rule, reason, fix) and `unreadable` (file, reason).
    #[arg(long)]
    json: bool,
}

/// Everything that one run has to say.
#[derive(Serialize)]
struct Report {
    files: usize,
    findings: Vec<Finding>,
    unreadable: Vec<Unreadable>,
}

#[derive(Serialize)]
struct Unreadable {
    file: String,
    reason: String,
}

impl From<SpecError> for Unreadable {
    fn from(error: SpecError) -> Self {
        Self {
            file: error.file,
            reason: error.reason,
        }
    }
}

/// Lints the specs of the repository at `root`. Returns the exit code.
pub fn run(args: &LintArgs, root: &Path, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let report = read(&args.specs, root);
    let text = if args.json {
        serde_json::to_string_pretty(&report).map_or_else(|error| error.to_string(), |text| text + "\n")
    } else {
        report.text()
    };
    // A reader who has seen enough does not change the exit code.
    let _ = out.write_all(text.as_bytes());
    if !args.json {
        for Unreadable { file, reason } in &report.unreadable {
            let _ = writeln!(err, "error: {}: {reason}", visible(file));
        }
    }
    if !report.unreadable.is_empty() {
        CANNOT
    } else if !report.findings.is_empty() {
        FINDINGS
    } else {
        0
    }
}

fn read(asked: &[String], root: &Path) -> Report {
    let mut report = Report {
        files: 0,
        findings: Vec::new(),
        unreadable: Vec::new(),
    };
    let mut files: Vec<String> = Vec::new();
    let is_path = |name: &&String| name.contains(['/', '\\']) || Path::new(name).extension().is_some();
    let (paths, names): (Vec<&String>, Vec<&String>) = asked.iter().partition(is_path);
    files.extend(paths.into_iter().cloned());
    // Each on its own, so that one unknown vendor does not hide the others.
    let groups: Vec<Vec<String>> = names.into_iter().map(|name| vec![name.clone()]).collect();
    for group in if asked.is_empty() { vec![Vec::new()] } else { groups } {
        match vendors(root, &group) {
            Ok(vendors) => files.extend(vendors.iter().map(|vendor| format!("specs/{vendor}.yaml"))),
            Err(error) => report.unreadable.push(error.into()),
        }
    }
    files.sort();
    files.dedup();
    std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(|| read_one(file, root))).collect();
        for thread in threads {
            // A panic goes on as if there were no threads.
            match thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
                Ok(findings) => {
                    report.files += 1;
                    report.findings.extend(findings);
                }
                Err(error) => report.unreadable.push(error.into()),
            }
        }
    });
    report
}

/// What is wrong in one file.
fn read_one(file: &str, root: &Path) -> Result<Vec<Finding>, SpecError> {
    // A path is the caller's own; a vendor's file is the repository's. `join` keeps an absolute path as it is.
    let path = if Path::new(file).exists() {
        Path::new(file).to_owned()
    } else {
        root.join(file)
    };
    let text = std::fs::read_to_string(path).map_err(|error| SpecError {
        file: file.to_owned(),
        pointer: String::new(),
        reason: error.to_string(),
    })?;
    lint(file, &text)
}

impl Report {
    fn text(&self) -> String {
        let mut text = String::new();
        for Finding {
            file,
            line,
            pointer,
            rule,
            reason,
            fix,
        } in &self.findings
        {
            let place = if pointer.is_empty() { "/" } else { pointer.as_str() };
            let [file, place, reason, fix] = [file, place, reason, fix].map(visible);
            let _ = writeln!(text, "{file}:{line}: {place}: {reason} [{rule}]\n    fix: {fix}");
        }
        let _ = match self.findings.len() {
            0 => writeln!(text, "specs read: {}, nothing found", self.files),
            found => writeln!(text, "specs read: {}, findings: {found}", self.files),
        };
        text
    }
}
