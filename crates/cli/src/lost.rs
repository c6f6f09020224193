//! Submissions whose responses were lost, as every command shows them. Uses no command.

use std::time::Duration;

use videogen::journal::Journal as _;
use videogen::lost::Candidate;
use videogen::{Client, Vendor};
use videogen_journal::Store;

use crate::error::CandidateDocument;
use crate::invocation::Invocation;
use crate::output::Output;

/// Candidates as JSON.
pub(crate) fn candidates(found: &[Candidate]) -> Vec<CandidateDocument> {
    found.iter().map(Into::into).collect()
}

/// Candidates as text.
pub(crate) fn listed(found: &[Candidate]) -> String {
    let one = |found: &Candidate| {
        let reasons: Vec<String> = found.reasons.iter().map(ToString::to_string).collect();
        format!("{} ({}: {})", found.task.id, found.grade, reasons.join(", "))
    };
    found.iter().map(one).collect::<Vec<_>>().join(" or ")
}

/// How to find out about a submission with unknown status.
pub(crate) fn advice(vendor: Vendor, is_searchable: bool, submission: &str) -> String {
    if is_searchable {
        return format!("Search for it with: {}", Invocation::new("recover"));
    }
    format!(
        "{} lists no tasks; check its console.\n{}",
        vendor.name(),
        by_hand(submission, false)
    )
}

/// The commands that resolve a submission by hand; `confirmed`: without asking again.
pub(crate) fn by_hand(submission: &str, confirmed: bool) -> String {
    let recover = || Invocation::new("recover").arg(submission);
    format!(
        "If it created TASK (the id that the console shows, or vendor:family:id): {}\nIf it created none: {}",
        recover().option("--task", Some("TASK")),
        recover().flag("--dismiss", true).flag("--yes", confirmed)
    )
}

/// Maximum number of lost submissions searched for before another submission.
const LOOKED_FOR: usize = 3;
/// Maximum time for these searches.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reports the account's open submissions of earlier runs, and searches once for them if `search`. Failures do not affect
/// this run.
pub(crate) async fn earlier(client: &Client, journal: &Store, search: bool, output: &Output) {
    let mut open = client.journal_query();
    open.open = true;
    let now = chrono::Utc::now();
    let found = journal.find(open).await.unwrap_or_default();
    for record in &found.unreadable {
        output.note(&format!("Journal: {record}. It was not changed."));
    }
    let mut left = found.entries;
    left.retain(|entry| !entry.is_in_flight(now));
    // Each may page through the vendor's list while the user waits.
    if search
        && (1..=LOOKED_FOR).contains(&left.len())
        && let Ok(Ok(recovered)) = tokio::time::timeout(PATIENCE, client.recover(Duration::ZERO)).await
    {
        for entry in &recovered.found {
            if let Some(task) = &entry.task {
                output.note(&format!("Recovered a lost submission: {task}"));
            }
        }
        left = recovered.open.into_iter().map(|lost| lost.entry).collect();
    }
    match left.len() {
        0 => {}
        1 => output.note(&format!(
            "An earlier submission is still open; see: {}",
            Invocation::new("recover")
        )),
        open => output.note(&format!(
            "{open} earlier submissions are still open; see: {}",
            Invocation::new("recover")
        )),
    }
}
