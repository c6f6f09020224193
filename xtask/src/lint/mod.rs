//! `cargo xtask lint`: arguments, which files, and the exit code; how findings are shown is in `report`.
//!
//! The rules are in [`crate::spec::rules`], because generating and adding a vendor need them too.

use std::io::Write;
use std::path::Path;

use clap::Args;

use self::report::{Report, Unreadable};
use crate::exit::CANNOT;
use crate::spec::visible;

mod report;

/// Exit code: findings.
pub const FINDINGS: u8 = 1;

/// Check the specs for anything that would be dropped, misread or rejected
///
/// Exit codes: 0 nothing found; 1 findings; 100 a file cannot be read, with or without findings in the others.
#[derive(Args)]
pub struct Arguments {
    /// Vendors, by the name of their spec file, or paths of spec files [default: all of specs/]
    #[arg(value_name = "VENDOR|FILE")]
    specs: Vec<String>,
    /// Print JSON: `findings` (file, line, pointer, rule, reason, fix) and `unreadable` (file, reason)
    #[arg(long)]
    json: bool,
}

/// Lints the specs of the repository at `root`. Returns the exit code.
pub fn run(args: &Arguments, root: &Path, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let report = Report::read(&args.specs, root);
    let text = if args.json {
        serde_json::to_string_pretty(&report).map_or_else(|error| error.to_string(), |text| text + "\n")
    } else {
        report.text()
    };
    // A closed pipe does not change the exit code.
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
