//! `videogen journal copy`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::ErrorKind;
use videogen_journal::{Copied, Store};

use crate::exit::{Failure, INVALID, IO};
use crate::invocation::Invocation;
use crate::journal::{JournalArgs, failure, is_there, named, opened, opened_to_read, spooling};
use crate::output::{Output, file as shown};
use crate::text::counted;

#[derive(Args)]
pub(crate) struct CopyArgs {
    /// Journal file or PostgreSQL URL to copy; it is not changed.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// Journal file or PostgreSQL URL to copy into; created if it does not exist.
    #[arg(value_name = "TO")]
    to: PathBuf,
}

pub(super) async fn copy(args: &CopyArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let refused = |message: String| Failure::new(INVALID, ErrorKind::InvalidRequest, message);
    if !journal.options().is_empty() {
        let message = "journal copy takes its journals as FROM and TO; remove --journal and --no-journal";
        return Err(refused(message.to_owned()));
    }
    let (from, to) = (&args.from, &args.to);
    for place in [from, to] {
        Store::check(place).map_err(|error| refused(error.to_string()))?;
    }
    if from == to {
        return Err(refused(format!("FROM and TO are the same journal, {}", shown(from))));
    }
    if !is_there(from) {
        return Err(refused(format!("there is no journal at {}", shown(from))));
    }
    let source = opened_to_read(from).map_err(failure)?;
    let kept = spooling(source.clone()).kept().len();
    if kept > 0 {
        let message = format!(
            "{} that {} paid for while the database was down {} not recorded in {} yet, so the copy would not have them",
            counted(kept as u64, "task"),
            if kept == 1 { "was" } else { "were" },
            if kept == 1 { "is" } else { "are" },
            named(&source)
        );
        let check = Invocation::new("journal")
            .arg("check")
            .option("--journal", Some(&named(&source)));
        return Err(refused(message).hint(&format!("Record them first, with: {check}")));
    }
    let target = opened(to).map_err(failure)?;
    let copied = videogen_journal::copy(&source, &target).await;
    let copied = copied.map_err(|error| Failure::new(IO, ErrorKind::Journal, error.to_string()))?;
    let Copied {
        submissions,
        updated,
        unchanged,
        events,
        uploads,
        budgets,
        ..
    } = copied;
    let document = json!({
        "from": source.name(), "to": target.name(), "submissions": submissions, "updated": updated, "unchanged": unchanged,
        "events": events, "uploads": uploads, "budgets": budgets, "warnings": target.warnings(),
    });
    output.result(&document, Vec::new, || text(&copied, &source, &target))?;
    Ok(ExitCode::SUCCESS)
}

fn text(copied: &Copied, source: &Store, target: &Store) -> String {
    let mut lines = vec![format!(
        "Copied {} with {}, {} and {} from {} to {}.",
        counted(copied.submissions, "submission"),
        counted(copied.events, "event"),
        counted(copied.uploads, "upload"),
        counted(copied.budgets, "budget"),
        named(source),
        named(target)
    )];
    if copied.updated > 0 {
        let updated = counted(copied.updated, "submission");
        let are = if copied.updated == 1 { "is" } else { "are" };
        lines.push(format!("{updated} of an earlier copy {are} up to date now."));
    }
    if copied.unchanged > 0 {
        lines.push(format!(
            "{} {} already there.",
            counted(copied.unchanged, "submission"),
            if copied.unchanged == 1 { "was" } else { "were" }
        ));
    }
    lines.extend(target.warnings().iter().map(|warning| format!("warning: {warning}")));
    lines.join("\n")
}
