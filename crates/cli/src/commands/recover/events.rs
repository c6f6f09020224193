//! The results of `recover --wait --events`: one for each submission.

use videogen::journal::Entry;
use videogen::lost::Recovered;
use videogen::{ErrorKind, TaskStatus};

use super::resumed::advice;
use crate::exit::{AMBIGUOUS, Failure};
use crate::journal::unreadable;
use crate::output::Output;
use crate::result::{Outcome, TaskResult};

/// A submission that was resolved, and whose task has ended.
pub(super) fn resolved(entry: &Entry) -> TaskResult {
    let outcome = match (&entry.task, &entry.status) {
        (Some(_), Some(TaskStatus::Completed)) => Outcome::Done,
        (Some(_), _) => Outcome::Failed,
        (None, _) => Outcome::Rejected,
    };
    TaskResult {
        id: entry.task.clone(),
        ..TaskResult::new(entry.intent.vendor, outcome)
    }
}

/// The submissions that no task was found for, as events.
pub(super) fn lost(all: &Recovered, keyless: &[Entry], output: &Output) -> Result<(), Failure> {
    let lost = all.open.iter().map(|lost| (&lost.entry, advice(lost)));
    let in_flight = all.in_flight.iter().map(|entry| {
        let advice = format!(
            "{}: in flight, or its sender has just died; retry in a few seconds",
            entry.intent.id
        );
        (entry, advice)
    });
    let others = keyless.iter().filter(|entry| entry.is_open()).map(|entry| {
        let advice = format!(
            "{}: of another account or base URL; set its key and base URL",
            entry.intent.id
        );
        (entry, advice)
    });
    for (entry, advice) in lost.chain(in_flight).chain(others) {
        let failure = Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, advice);
        let result = TaskResult::new(entry.intent.vendor, Outcome::Ambiguous).failed(Some((*failure.error).clone()));
        output.ended(&TaskResult {
            model: Some(entry.intent.model.clone()),
            prompt: Some(entry.intent.prompt.clone()),
            ..result
        })?;
    }
    if let Some(text) = unreadable(&all.unreadable) {
        output.note(&text);
    }
    Ok(())
}
