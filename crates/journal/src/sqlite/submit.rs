//! The records of submissions.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use videogen::Timestamp;
use videogen::journal::{Entry, Event, Intent, JournalError, Started, Subject};

use super::row::{entry, log, new, put, put_changed};
use super::{budget, owner, repeat};
use crate::owner::Owner;
use crate::system;

/// The path and [identity](system::identity) of a file when it was opened.
pub(super) type Opened = (PathBuf, Option<(u64, u64)>);

/// Begins a submission. In a transaction.
pub(super) fn begin(
    connection: &Connection,
    intent: &Intent,
    owner: Option<&Owner>,
    opened: Option<&Opened>,
) -> Result<Started, JournalError> {
    if let Some((path, identity)) = opened {
        unchanged(path, *identity)?;
    }
    if let Some(first) = repeat::find(connection, intent)? {
        return Ok(Started::Repeated(Box::new(first)));
    }
    let at = intent.at;
    // The task of an unreadable record may exist, so it is an error.
    let entry = match entry(connection, "key", &intent.key, intent.scope().as_deref())? {
        None => Entry::begin(intent.clone()),
        Some(known) => match known.begin_again(intent.clone()) {
            Some(entry) => entry,
            None => return Ok(Started::Known(Box::new(known))),
        },
    };
    // An earlier attempt with this key counts nothing.
    if let Some(over) = budget::decide(connection, &entry.intent)? {
        // Only sums have been stored.
        return Ok(Started::OverBudget(Box::new(over)));
    }
    put(connection, &entry)?;
    log(connection, &entry.intent.id, at, &Event::Started)?;
    if let Some(owner) = owner {
        owner::begin(connection, owner, &entry.intent.id)?;
    }
    Ok(new(entry))
}

/// The entry of a subject.
fn find(connection: &Connection, subject: &Subject) -> Result<Option<Entry>, JournalError> {
    match subject {
        Subject::Intent(id) | Subject::Attempt { id, .. } => entry(connection, "intent", id, None),
        Subject::Task { task, scope } => entry(connection, "task", &task.to_string(), Some(scope)),
    }
}

/// The answer to an event that changes nothing, as most polls do. `None`: it changes the entry.
pub(super) fn known(
    connection: &Connection,
    subject: &Subject,
    event: &Event,
    now: Timestamp,
) -> Result<Option<Option<Entry>>, JournalError> {
    let Some(mut entry) = find(connection, subject)? else {
        return Ok(Some(None));
    };
    let is_changed = entry.apply(subject, event.clone(), now)?;
    Ok((!is_changed).then_some(Some(entry)))
}

/// Records an event. In a transaction.
pub(super) fn record(
    connection: &Connection,
    subject: &Subject,
    event: &Event,
    now: Timestamp,
) -> Result<Option<Entry>, JournalError> {
    let Some(mut entry) = find(connection, subject)? else {
        return Ok(None);
    };
    if entry.apply(subject, event.clone(), now)? {
        put_changed(connection, &entry)?;
        if !matches!(event, Event::Alive { .. }) {
            log(connection, &entry.intent.id, now, event)?;
        }
    }
    Ok(Some(entry))
}

/// Rejects a file that is no longer the one at its path: who opens the path next would not see the submission, and
/// would pay for its key again.
fn unchanged(path: &Path, identity: Option<(u64, u64)>) -> Result<(), JournalError> {
    let shown = path.display();
    match system::identity(path) {
        Ok(now) if now == identity => Ok(()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(JournalError::new(format!(
            "the journal {shown} cannot be checked: {error}"
        ))),
        _ => Err(JournalError::new(format!(
            "the journal {shown} was lost: the file was removed or replaced while it was open; put it back, or open the \
             journal again"
        ))),
    }
}
