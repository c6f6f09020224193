//! What is on this machine: files, journal, budgets.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use videogen::Vendor;
use videogen::journal::{Journal as _, JournalError, JournalErrorKind};
use videogen_journal::Store;

use crate::config;
use crate::diagnosis::{BudgetReport, FileReport, Finding, JournalReport, JournalState};
use crate::exit::{Failure, IO};
use crate::invocation::Invocation;
use crate::journal::{JournalArgs, PUBLIC, failure, is_there, opened_to_read, spooling};
use crate::keys;
use crate::price_file::{self, Prices};
use crate::probe::LIMIT;
use crate::text::counted;
use crate::unsaved::unsaved;

/// What the report calls the stored keys.
const KEYS: &str = "keys";

/// The user's files.
pub(crate) fn files(broken: Option<Failure>, problems: &mut Vec<Finding>) -> Vec<FileReport> {
    let has_keys = Vendor::ALL.iter().any(|vendor| keys::has(*vendor));
    let mut add = |file: &'static str, path: Option<PathBuf>, failure: Option<Failure>, command: String| {
        let report = FileReport {
            file,
            exists: path.as_ref().is_some_and(|path| path.exists()),
            path: path.map(|path| path.to_string_lossy().to_string()),
            valid: failure.is_none(),
        };
        if let Some(failure) = failure {
            problems.push(Finding {
                // A vendor whose key is elsewhere can be used without the stored ones.
                exit_code: Some(failure.code).filter(|_| file != KEYS || !has_keys),
                message: failure.error.message,
                command,
            });
        }
        report
    };
    let edit = Invocation::new("config").arg("path").to_string();
    let keys = keys::check().err();
    // `Protect it with: chmod ...`
    let remedy = keys.as_ref().and_then(|failure| {
        let (_, command) = failure.error.hint.as_deref()?.split_once(": ")?;
        Some(command.to_owned())
    });
    vec![
        add("configuration", config::path().ok(), broken, edit),
        add(
            "prices",
            price_file::path().ok(),
            Prices::read().err(),
            Invocation::new("prices").flag("--help", true).to_string(),
        ),
        add(
            KEYS,
            keys::path(),
            keys,
            remedy.unwrap_or_else(|| Invocation::new("login").flag("--help", true).to_string()),
        ),
    ]
}

/// The journal, and the budgets in it.
pub(crate) async fn journal(journal: &JournalArgs, problems: &mut Vec<Finding>) -> (JournalReport, Vec<BudgetReport>) {
    let mut report = JournalReport::default();
    let check = Invocation::new("journal").arg("check");
    let mut unusable = |failed: Failure, command: &Invocation| {
        problems.push(Finding {
            exit_code: Some(failed.code),
            message: failed.error.message,
            command: command.to_string(),
        });
    };
    let path = match journal.place() {
        Ok((path, _)) => path,
        Err(failed) => {
            let help = Invocation::new("journal").flag("--help", true);
            unusable(failed, &help);
            return (report, Vec::new());
        }
    };
    report.path = Some(Store::without_password(&path).to_string_lossy().to_string());
    report.exists = is_there(&path);
    let opened = match report.exists {
        true => opened_to_read(&path).map(|opened| Some(Arc::new(opened))),
        false => Store::check(&path).map(|()| None),
    };
    let opened = match opened {
        Ok(Some(opened)) => opened,
        Ok(None) => return (report, Vec::new()),
        // The first submission creates it.
        Err(error) if error.kind() == JournalErrorKind::Missing => {
            report.exists = false;
            return (report, Vec::new());
        }
        Err(error) => {
            not_used(&mut report, &error);
            unusable(failure(error), &check);
            return (report, Vec::new());
        }
    };
    health(&opened, &path, &mut report, problems).await;
    let kept = spooling((*opened).clone()).kept().len();
    if kept > 0 {
        problems.push(Finding {
            exit_code: None,
            message: format!(
                "{} that {} paid for while the database was down, and not recorded yet",
                counted(kept as u64, "task"),
                if kept == 1 { "was" } else { "were" }
            ),
            command: check.to_string(),
        });
    }
    let budgets = budgets(&opened, problems).await;
    (report, budgets)
}

/// Reports a journal that cannot be used.
fn not_used(report: &mut JournalReport, error: &JournalError) {
    report.state = match error.kind() {
        JournalErrorKind::Unavailable => JournalState::Unreachable,
        _ => JournalState::Unusable,
    };
    // Otherwise it may be sound.
    report.healthy = (error.kind() == JournalErrorKind::Other).then_some(false);
}

async fn health(journal: &Store, path: &Path, report: &mut JournalReport, problems: &mut Vec<Finding>) {
    let check = Invocation::new("journal").arg("check");
    report.bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    problems.extend(journal.warnings().iter().map(|warning| Finding {
        exit_code: None,
        message: format!("the journal's database: {warning}"),
        command: check.to_string(),
    }));
    let health = match journal.health_within(LIMIT).await {
        Ok(Some(health)) => health,
        Err(error) => {
            not_used(report, &error);
            problems.push(Finding {
                exit_code: Some(IO),
                message: error.to_string(),
                command: check.to_string(),
            });
            return;
        }
        // It is large, which is no problem.
        Ok(None) => {
            report.state = JournalState::Unchecked;
            problems.push(Finding {
                exit_code: None,
                message: format!("the journal is too large to be checked within {} s", LIMIT.as_secs()),
                command: check.to_string(),
            });
            return;
        }
    };
    report.healthy = Some(health.is_good());
    report.state = match (health.is_good(), journal.may_write()) {
        (false, _) => JournalState::Damaged,
        (true, true) => JournalState::Intact,
        (true, false) => JournalState::ReadOnly,
    };
    if journal.path().is_none() {
        report.bytes = health.bytes;
    }
    let undownloaded = unsaved(journal).await.map_or(0, |found| found.entries.len() as u64);
    let unfinished = health.unfinished + undownloaded;
    (report.submissions, report.unknown, report.unfinished) = (health.submissions, health.open, unfinished);
    let mut add = |is_problem: bool, exit_code: Option<u8>, message: String, command: Invocation| {
        if is_problem {
            problems.push(Finding {
                exit_code,
                message,
                command: command.to_string(),
            });
        }
    };
    add(
        report.state == JournalState::ReadOnly,
        Some(IO),
        match journal.path() {
            Some(_) => {
                "the journal's file cannot be written by this user, so nothing can be submitted with it".to_owned()
            }
            None => {
                "the user of the journal's database may only read it, so nothing can be submitted with it; grant it \
                     INSERT, UPDATE and DELETE on the tables"
                    .to_owned()
            }
        },
        check.clone(),
    );
    let damage = health.damage.first().cloned().unwrap_or_default();
    add(
        !health.damage.is_empty(),
        Some(IO),
        format!("the journal is damaged: {damage}"),
        check.clone(),
    );
    add(
        health.unreadable > 0,
        None,
        format!("records of the journal that cannot be read: {}", health.unreadable),
        check,
    );
    add(
        health.open > 0,
        None,
        format!("submissions of unknown status: {}", health.open),
        Invocation::new("recover"),
    );
    add(
        unfinished > 0,
        None,
        format!("unfinished tasks, or tasks whose files are missing: {unfinished}"),
        Invocation::new("recover").flag("--wait", true),
    );
}

async fn budgets(journal: &Store, problems: &mut Vec<Finding>) -> Vec<BudgetReport> {
    let Ok(budgets) = journal.budgets(PUBLIC.to_owned()).await else {
        return Vec::new();
    };
    let mut reports = Vec::new();
    for (budget, counted) in budgets {
        let left = budget.amount - counted;
        if left <= videogen::price::Decimal::ZERO {
            problems.push(Finding {
                exit_code: None,
                message: format!("nothing is left of the budget {budget}"),
                command: Invocation::new("budget").arg("list").to_string(),
            });
        }
        reports.push(BudgetReport {
            budget: budget.to_string(),
            counted: counted.normalize().to_string(),
            left: left.normalize().to_string(),
        });
    }
    reports
}
