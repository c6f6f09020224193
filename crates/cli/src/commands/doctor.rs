//! `videogen doctor`.

use std::process::ExitCode;

use clap::Args;
use videogen_journal::Store;

use crate::diagnosis::{
    BudgetReport, Diagnosis, DiskReport, FileReport, Finding, JournalReport, JournalState, VendorReport,
};
use crate::exit::{ACCOUNT, Failure};
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::output::{Output, table};
use crate::text::counted;

mod disk;
mod local;
mod vendor;

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Check only this machine; send nothing.
    #[arg(long)]
    offline: bool,
}

/// `broken`: why the configuration cannot be used.
pub(crate) async fn doctor(
    args: DoctorArgs,
    broken: Option<Failure>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut problems = Vec::new();
    let files = local::files(broken, &mut problems);
    let (journal, budgets) = local::journal(journal, &mut problems).await;
    let file = journal.path.as_deref().filter(|path| !Store::is_url(path));
    let disks = disk::free(file, &mut problems);
    let vendors = vendor::check(args.offline, &mut problems).await;
    if vendors.is_empty() {
        problems.push(Finding {
            exit_code: Some(ACCOUNT),
            message: "no vendor has an API key".to_owned(),
            command: format!("{} VENDOR", Invocation::new("login")),
        });
    }
    // Stable: those that prevent everything first.
    problems.sort_by_key(|problem| problem.exit_code.is_none());
    let code = problems.iter().find_map(|problem| problem.exit_code);
    let diagnosis = Diagnosis {
        usable: code.is_none(),
        version: env!("CARGO_PKG_VERSION"),
        files,
        journal,
        disks,
        vendors,
        budgets,
        problems,
    };
    output.result(&diagnosis, Vec::new, || text(&diagnosis))?;
    Ok(code.map_or(ExitCode::SUCCESS, ExitCode::from))
}

fn text(diagnosis: &Diagnosis) -> String {
    let files = diagnosis.files.iter().map(file_row);
    let mut parts = vec![table(
        &["file", "state", "path"],
        files.chain([journal_row(&diagnosis.journal)]),
    )];
    if !diagnosis.disks.is_empty() {
        let row = |one: &DiskReport| vec![one.holds.to_owned(), disk::shown(one.free_bytes), one.path.clone()];
        parts.push(table(&["disk of", "free", "folder"], diagnosis.disks.iter().map(row)));
    }
    if !diagnosis.vendors.is_empty() {
        let heads = ["vendor", "key from", "key", "answer", "clock", "facts of", "base URL"];
        parts.push(table(&heads, diagnosis.vendors.iter().map(vendor_row)));
    }
    if !diagnosis.budgets.is_empty() {
        let row = |one: &BudgetReport| vec![one.budget.clone(), one.counted.clone(), one.left.clone()];
        parts.push(table(
            &["budget", "spent or reserved", "left"],
            diagnosis.budgets.iter().map(row),
        ));
    }
    let found = diagnosis.problems.iter();
    let found: Vec<String> = found
        .map(|problem| format!("- {}\n  {}", problem.message.replace('\n', "\n  "), problem.command))
        .collect();
    parts.push(match found.is_empty() {
        true => "No problems.".to_owned(),
        false => format!("Problems:\n{}", found.join("\n")),
    });
    parts.join("\n\n")
}

fn file_row(report: &FileReport) -> Vec<String> {
    let state = match (report.valid, report.exists) {
        (false, _) => "unusable",
        (true, true) => "valid",
        (true, false) => "none",
    };
    let path = report.path.clone().unwrap_or_default();
    vec![report.file.to_owned(), state.to_owned(), path]
}

fn journal_row(report: &JournalReport) -> Vec<String> {
    let state = match report.state {
        JournalState::None => "none".to_owned(),
        JournalState::Intact | JournalState::ReadOnly => format!(
            "{}, {}, {}",
            if report.state == JournalState::Intact {
                "intact"
            } else {
                "read-only"
            },
            counted(report.submissions, "submission"),
            counted(report.bytes, "byte")
        ),
        JournalState::Damaged => "damaged".to_owned(),
        JournalState::Unchecked => "not checked".to_owned(),
        JournalState::Unusable => "unusable".to_owned(),
        JournalState::Unreachable => "unreachable".to_owned(),
    };
    let path = report.path.clone().unwrap_or_default();
    vec!["journal".to_owned(), state, path]
}

fn vendor_row(report: &VendorReport) -> Vec<String> {
    let key = match report.key_accepted {
        Some(true) => "accepted",
        Some(false) => "refused",
        None => "not checked",
    };
    let answer = match (report.round_trip_ms, report.reachable) {
        (Some(milliseconds), Some(true)) => format!("{milliseconds} ms"),
        (_, Some(false)) => "none".to_owned(),
        _ => "-".to_owned(),
    };
    let clock = report.clock_skew_seconds;
    vec![
        report.vendor.to_string(),
        report.key_from.to_owned(),
        key.to_owned(),
        answer,
        clock.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:+} s")),
        report.facts_read.to_owned(),
        report.base_url.clone(),
    ]
}
