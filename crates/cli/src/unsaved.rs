//! What is left to do: also completed tasks that have no output file, and whose videos were never downloaded. Uses no command.

use std::time::Duration;

use chrono::Utc;
use videogen::journal::{Entry, FileKind, Found, Journal as _, JournalError, Query};
use videogen::{TaskStatus, Timestamp};
use videogen_journal::Store;

/// How long such a task is listed: also where a vendor renews its links, or documents no end.
const LISTED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The tasks of the journal whose videos were never downloaded and can still be.
///
/// # Errors
/// When the journal cannot be read.
pub(crate) async fn unsaved(journal: &Store) -> Result<Found, JournalError> {
    unsaved_within(journal, LISTED).await
}

/// Those that were submitted in the last `time`.
///
/// # Errors
/// When the journal cannot be read.
pub(crate) async fn unsaved_within(journal: &Store, time: Duration) -> Result<Found, JournalError> {
    let now = Utc::now();
    let completed = Query::default().status(TaskStatus::Completed.as_str());
    let mut found = journal.find(completed.since(now - time.min(LISTED))).await?;
    found.entries.retain(|entry| is_unsaved(entry) && now < until(entry));
    Ok(found)
}

/// The open and unfinished submissions in the journal, and those whose videos were never downloaded.
///
/// # Errors
/// When the journal cannot be read.
pub(crate) async fn left(journal: &Store) -> Result<Found, JournalError> {
    let mut left = journal.find(Query::default().open(true)).await?;
    let unfinished = journal.find(Query::default().unfinished(true)).await?;
    for found in [unfinished, unsaved(journal).await?] {
        left.entries.extend(found.entries);
        for record in found.unreadable {
            if !left.unreadable.contains(&record) {
                left.unreadable.push(record);
            }
        }
    }
    Ok(left)
}

/// Whether its video was saved nowhere, although it is completed. Where an output file is named, `is_unfinished` decides.
fn is_unsaved(entry: &Entry) -> bool {
    entry.status == Some(TaskStatus::Completed)
        && entry.task.is_some()
        && entry.target.is_none()
        && !entry.is_without_video()
        && entry.saved_file(FileKind::Video).is_none_or(|file| !file.placed)
}

/// Until when its video can be downloaded, as far as the journal knows: its last change is not before the end of the task.
pub(crate) fn until(entry: &Entry) -> Timestamp {
    let listed = entry.intent.at + LISTED;
    match entry.intent.vendor.keeps_files_for() {
        Some(kept) => listed.min(entry.updated_at + kept),
        None => listed,
    }
}
