//! What `recover` found.

use std::time::Duration;

use serde_json::{Value, json};
use videogen::Timestamp;
use videogen::journal::Entry;
use videogen::lost::LostSubmission;

use crate::exit::{Failure, NO_VIDEO};
use crate::files::Files;
use crate::lost::{by_hand, listed};
use crate::output::{elapsed, moment};
use crate::result::{Outcome, TaskResult};

/// An unfinished submission, and its result now.
pub(super) struct Resumed {
    pub(super) entry: Entry,
    pub(super) result: Result<Option<Files>, Failure>,
    /// When its video can no longer be downloaded, if that is known.
    pub(super) end: Option<Timestamp>,
}

impl Resumed {
    /// Whether its files are complete.
    pub(super) fn is_downloaded(&self) -> bool {
        matches!(self.result, Ok(Some(_)))
    }

    /// As JSON.
    pub(super) fn document(&self) -> Value {
        let mut document = json!(self.entry);
        let more = match &self.result {
            Ok(Some(files)) => json!(files.saved()),
            Ok(None) => json!(self.end.map(|end| json!({"download_until": moment(end)}))),
            Err(failure) => json!({"error": failure.error}),
        };
        if let (Value::Object(members), Value::Object(more)) = (&mut document, more) {
            members.extend(more);
        }
        document
    }

    /// As the last event of the task.
    pub(super) fn result(&self) -> TaskResult {
        let entry = &self.entry;
        let outcome = match &self.result {
            Ok(Some(_)) => Outcome::Done,
            Err(failure) if failure.code == NO_VIDEO => Outcome::Failed,
            _ => Outcome::Running,
        };
        let known = self.result.as_ref().err().and_then(Failure::result);
        let result = known.unwrap_or_else(|| TaskResult::new(entry.intent.vendor, outcome));
        TaskResult {
            id: entry.task.clone(),
            files: match &self.result {
                Ok(Some(files)) => files.saved(),
                _ => result.files.clone(),
            },
            error: self.result.as_ref().err().map(|failure| (*failure.error).clone()),
            model: Some(entry.intent.model.clone()),
            prompt: Some(entry.intent.prompt.clone()),
            ..result
        }
    }
}

/// What to do about a submission that stays open.
pub(super) fn advice(lost: &LostSubmission) -> String {
    let LostSubmission {
        entry,
        candidates,
        inconclusive,
        ..
    } = lost;
    let id = &entry.intent.id;
    let found = if !entry.ambiguity().is_searchable() {
        let reason = inconclusive.as_deref().unwrap_or("its task cannot be searched for");
        format!("{id}: {reason}. Check the vendor's console.")
    } else if let Some(inconclusive) = inconclusive {
        format!("{id}: the search was inconclusive: {inconclusive}. Check the vendor's console.")
    } else if candidates.is_empty() {
        let sought = elapsed(Duration::from_secs(entry.not_found_after.unwrap_or_default()));
        format!("{id}: not found {sought} after it was sent. Check the vendor's console.")
    } else {
        format!("{id}: possible task: {}.", listed(candidates))
    };
    format!("{found}\n  {}", by_hand(id, false).replace('\n', "\n  "))
}
