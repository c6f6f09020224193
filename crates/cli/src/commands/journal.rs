//! `videogen journal`.

mod copy;

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};
use videogen::journal::{Entry, Pages, Query};
use videogen::{ErrorKind, Timestamp, Vendor};
use videogen_journal::{Health, Kept, Prune, Pruned, Store};

use crate::csv;
use crate::exit::{Failure, INVALID, IO};
use crate::invocation::Invocation;
use crate::journal::{JournalArgs, failure, named, unreadable};
use crate::nearest;
use crate::output::{Output, moment};
use crate::since::since;
use crate::text;

/// Entries younger than this are never removed.
const YOUNG: TimeDelta = TimeDelta::days(1);
/// A file up to this size is compacted at once: other processes wait for it for a few seconds at most.
const COMPACTED: u64 = 256 << 20;

#[derive(Subcommand)]
pub(crate) enum JournalCommand {
    /// Remove old submissions that are finished and downloaded
    Prune(PruneArgs),
    /// Print the submissions as JSON lines or CSV
    Export(ExportArgs),
    /// Check the file, and count what is in it
    Check,
    /// Copy a journal into another one: a file into a database, or back
    Copy(copy::CopyArgs),
}

#[derive(Args)]
pub(crate) struct PruneArgs {
    /// Remove submissions older than this: 90d, 2026-06-01; at least 1d.
    #[arg(long, value_name = "TIME", value_parser = since)]
    older_than: Timestamp,
    /// Remove nothing; print what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// Also those with an idempotency key, which can then be paid for again.
    #[arg(long)]
    keys: bool,
    /// Also jobs of batches; a batch that is run again pays for them again.
    #[arg(long, requires = "keys")]
    batches: bool,
    /// Also completed tasks whose videos were not downloaded.
    #[arg(long)]
    include_undownloaded: bool,
    /// Compact the file, however large it is; writers wait meanwhile.
    #[arg(long, conflicts_with = "dry_run")]
    vacuum: bool,
}

#[derive(Args)]
pub(crate) struct ExportArgs {
    /// Format.
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: ExportFormat,
    /// Since a date (UTC), a time, or a duration ago: 2026-11-01, 30d, 12h.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Only this status, such as completed.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only this vendor.
    #[arg(long, value_name = "VENDOR")]
    vendor: Option<Vendor>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// One JSON object per line, as recorded
    Jsonl,
    /// One row per submission
    Csv,
}

pub(crate) async fn journal(
    command: JournalCommand,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        JournalCommand::Prune(args) => prune(&args, &journal.open_existing()?, output).await,
        JournalCommand::Export(args) => export(&args, &journal.open_existing()?, output).await,
        JournalCommand::Check => check(&journal.open_existing()?, output).await,
        JournalCommand::Copy(args) => copy::copy(&args, journal, output).await,
    }
}

async fn prune(args: &PruneArgs, journal: &Arc<Store>, output: &Output) -> Result<ExitCode, Failure> {
    if args.older_than > Utc::now() - YOUNG {
        let message = format!(
            "--older-than: {} is less than a day ago; use at least 1d",
            moment(args.older_than)
        );
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let mut prune = Prune::before(args.older_than);
    (prune.keys, prune.groups) = (args.keys, args.batches);
    (prune.undownloaded, prune.dry_run) = (args.include_undownloaded, args.dry_run);
    let pruned = journal.prune(prune).await.map_err(failure)?;
    let size = || {
        let metadata = journal.path().and_then(|path| std::fs::metadata(path).ok());
        metadata.map_or(0, |metadata| metadata.len())
    };
    let before = size();
    let is_compacted = !args.dry_run && (args.vacuum || (pruned.removed > 0 && before <= COMPACTED));
    if is_compacted {
        journal.vacuum().await.map_err(failure)?;
    }
    let kept: Map<String, Value> = pruned
        .kept
        .iter()
        .map(|(reason, count)| (reason.as_str().to_owned(), json!(count)))
        .collect();
    let document = json!({
        "removed": pruned.removed, "dry_run": args.dry_run, "before": pruned.before, "kept": kept,
        "bytes_before": before, "bytes": size(),
    });
    output.result(&document, Vec::new, || {
        let mut lines = vec![summary(&pruned, args.dry_run)];
        if pruned.before < args.older_than {
            lines.push(format!(
                "  kept all from {} on, before {}: budgets and `spend` count the running month and periods",
                moment(pruned.before),
                moment(args.older_than)
            ));
        }
        lines.extend(
            pruned
                .kept
                .iter()
                .map(|(reason, count)| format!("  kept {count}: {}", why(*reason))),
        );
        if is_compacted && journal.path().is_none() {
            lines.push("The space of removed submissions is free for new ones.".to_owned());
        } else if is_compacted {
            lines.push(format!("The file has {} bytes, before {before}.", size()));
        } else if pruned.removed > 0 && !args.dry_run {
            let command = Invocation::new("journal prune")
                .option("--older-than", Some("90d"))
                .flag("--vacuum", true);
            lines.push(format!(
                "Their space is reused by new submissions. To return it to the disk while nothing else runs: {command}"
            ));
        }
        lines.join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn summary(pruned: &Pruned, dry_run: bool) -> String {
    let verb = if dry_run { "Would remove" } else { "Removed" };
    let before = moment(pruned.before);
    let submissions = if pruned.removed == 1 {
        "submission"
    } else {
        "submissions"
    };
    format!("{verb} {} {submissions} from before {before}.", pruned.removed)
}

/// Why entries stay, and what to do.
fn why(reason: Kept) -> String {
    let recover = || Invocation::new("recover");
    match reason {
        Kept::Open => format!("their submission status is unknown; resolve them with {}", recover()),
        Kept::Unfinished => format!(
            "their tasks had not ended, or files are missing; finish them with {}",
            recover().flag("--wait", true)
        ),
        Kept::Undownloaded => "paid for and not downloaded; to remove them, add --include-undownloaded".to_owned(),
        Kept::Key => "their idempotency keys prevent a second payment; to remove them, add --keys".to_owned(),
        Kept::Group => {
            "jobs of batches, which a second run would pay for again; to remove them, add --keys --batches".to_owned()
        }
        Kept::Budget => "they count against a budget for the total".to_owned(),
        Kept::Account => format!(
            "their account has a submission of unknown status; resolve it with {}",
            recover()
        ),
        Kept::Unreadable => format!("they cannot be read; see {}", Invocation::new("journal").arg("check")),
        _ => "another reason".to_owned(),
    }
}

async fn export(args: &ExportArgs, journal: &Arc<Store>, output: &Output) -> Result<ExitCode, Failure> {
    if !output.is_text() && !output.is_quiet() {
        let message = "journal export has its own formats: use --format jsonl instead of --json";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    if let Some(status) = &args.status {
        nearest::status(status, true)
            .map_err(|rule| Failure::new(INVALID, ErrorKind::InvalidRequest, format!("--status {status}: {rule}")))?;
    }
    let mut query = Query::default();
    (query.vendor, query.since) = (args.vendor, args.since);
    if let Some(status) = &args.status {
        query = query.status(status);
    }
    let print = |lines: Vec<String>| match lines.is_empty() {
        true => Ok(()),
        false => output.part(String::new, || lines.join("\n")),
    };
    if args.format == ExportFormat::Csv {
        print(vec![COLUMNS.join(",")])?;
    }
    let mut pages = Pages::new(&**journal, query);
    let mut records = Vec::new();
    while let Some(page) = pages.next().await.map_err(failure)? {
        print(match args.format {
            ExportFormat::Jsonl => page.entries.iter().map(text::json_line).collect(),
            ExportFormat::Csv => page.entries.iter().map(|entry| csv::row(cells(entry))).collect(),
        })?;
        records.extend(page.unreadable);
    }
    if let Some(text) = unreadable(&records) {
        output.note(&text);
        return Ok(ExitCode::from(IO));
    }
    Ok(ExitCode::SUCCESS)
}

/// The columns of CSV.
const COLUMNS: [&str; 14] = [
    "submitted",
    "id",
    "key",
    "account",
    "scope",
    "vendor",
    "model",
    "task",
    "status",
    "counts_as",
    "amount",
    "currency",
    "file",
    "prompt",
];

fn cells(entry: &Entry) -> [String; 14] {
    let intent = &entry.intent;
    let charge = entry.charge();
    let (amount, currency) = match charge.money {
        Some(money) => (money.amount.normalize().to_string(), money.currency),
        None => Default::default(),
    };
    let path = entry.file.as_ref().filter(|file| file.placed);
    [
        moment(intent.at),
        intent.id.clone(),
        intent.key.clone(),
        intent.account.clone(),
        intent.scope().unwrap_or_default(),
        intent.vendor.to_string(),
        intent.model.clone(),
        entry.task.as_ref().map(ToString::to_string).unwrap_or_default(),
        entry.status_name().to_owned(),
        json!(charge.kind).as_str().unwrap_or_default().to_owned(),
        amount,
        currency,
        path.map(|saved| saved.path.to_string_lossy().to_string())
            .unwrap_or_default(),
        intent.prompt.clone(),
    ]
}

async fn check(journal: &Arc<Store>, output: &Output) -> Result<ExitCode, Failure> {
    let health = journal.health().await.map_err(failure)?;
    let kept = journal.replay().await.map_err(failure)?.left;
    let kept: Vec<Value> = kept
        .iter()
        .map(|kept| json!({"path": kept.path.to_string_lossy(), "task": kept.task, "reason": kept.reason}))
        .collect();
    let document = json!({
        "path": journal.name(), "good": health.is_good(), "schema": health.schema, "damage": health.damage,
        "submissions": health.submissions, "open": health.open, "unfinished": health.unfinished,
        "unreadable_count": health.unreadable, "unreadable": health.records,
        "bytes": health.bytes, "free_bytes": health.free_bytes, "warnings": journal.warnings(), "may_write": journal.may_write(), "unrecorded": kept,
    });
    output.result(&document, Vec::new, || checked(journal, &health, &kept))?;
    Ok(ExitCode::from(if health.is_good() && kept.is_empty() { 0 } else { IO }))
}

fn checked(journal: &Store, health: &Health, kept: &[Value]) -> String {
    let mut lines = vec![format!(
        "{}: schema {}, {} bytes, {} of them free",
        named(journal),
        health.schema,
        health.bytes,
        health.free_bytes
    )];
    lines.push(format!(
        "{}: {} of unknown status, {} unfinished, {} unreadable",
        text::counted(health.submissions, "submission"),
        health.open,
        health.unfinished,
        health.unreadable
    ));
    if health.open + health.unfinished > 0 {
        lines.push(format!(
            "To resolve and finish them, use: {}",
            Invocation::new("recover").flag("--wait", true)
        ));
    }
    lines.extend(health.damage.iter().map(|line| format!("damaged: {line}")));
    lines.extend(unreadable(&health.records));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines.extend(kept.iter().map(|file| {
        format!(
            "{} was paid for and is not recorded: {}\n  To save its video: {}\n  When it needs no record any more, remove {}",
            file["task"].as_str().unwrap_or("A task"),
            text(&file["reason"]),
            Invocation::new("download").arg(file["task"].as_str().unwrap_or("TASK")),
            text(&file["path"]),
        )
    }));
    if !journal.may_write() {
        lines.push("warning: this user may not change the journal, so nothing can be submitted with it".to_owned());
    }
    lines.extend(journal.warnings().iter().map(|warning| format!("warning: {warning}")));
    if health.is_good() {
        let what = journal.path().map_or("journal", |_| "file");
        lines.push(format!("The {what} is intact."));
    } else if !health.damage.is_empty() && journal.path().is_none() {
        lines.push("Restore the database from a backup, or save what can be read: videogen journal export".to_owned());
    } else if !health.damage.is_empty() {
        lines.push("Restore the file from a backup, or save what can be read: videogen journal export".to_owned());
    }
    lines.join("\n")
}
