//! One submission: the interrupts, and the search for a task whose response was lost.

use std::pin::pin;
use std::time::Instant;

use videogen::lost::{ReconcileOptions, Reconciled};
use videogen::submit::SubmitOptions;
use videogen::{Error, VideoRequest, VideoTask};

use super::senders::Senders;
use crate::exit::{Failure, INVALID, IO};
use crate::follow;
use crate::interrupt::interrupted;
use crate::invocation::Invocation;
use crate::lost;
use crate::output::{Output, elapsed};
use crate::submission::Submission;

/// Submits. An interrupt waits for the response of a submission in flight, because without it the
/// task may exist and its id is unknown. A second interrupt exits.
pub(super) async fn submit(
    senders: &Senders,
    request: &VideoRequest,
    options: SubmitOptions,
    search: ReconcileOptions,
    under_way: &Submission,
    output: &Output,
) -> Result<(VideoTask, Vec<Error>), Failure> {
    let mut submission = pin!(senders.submit(request, options));
    let interrupt = tokio::select! {
        result = &mut submission => {
            return match result {
                Ok(accepted) => Ok(accepted),
                Err(error) => {
                    let found = find(senders, request, error, search, output).await?;
                    Ok((found, Vec::new()))
                }
            };
        }
        interrupt = interrupted() => {
            if let Some(failure) = under_way.idle(interrupt) {
                return Err(failure);
            }
            senders.stop();
            interrupt
        }
    };
    output.announce(match under_way.task() {
        Some(_) => "Interrupted; waiting for the journal to record the task. Interrupt again to exit.",
        None => "Interrupted during the submission; waiting for the response. Interrupt again to exit.",
    });
    tokio::select! {
        result = &mut submission => {
            let (task, _) = result.map_err(|error| lost(error, output))?;
            Err(follow::left(interrupt, &task.id, Some(&task.status)))
        }
        interrupt = interrupted() => Err(under_way.abandoned(senders.first.vendor(), interrupt)),
    }
}

/// The failure of a submission. Why other vendors did not take it was noted as it happened.
fn refused(error: Error, output: &Output) -> Failure {
    let noted: Vec<String> = error
        .other_vendors()
        .iter()
        // These are found before any vendor is tried.
        .filter(|other| output.is_text() && other.violations().is_empty())
        .map(|other| format!("\n  {}", format!("{other:#}").replace('\n', "\n  ")))
        .collect();
    let mut failure = Failure::from(error);
    for text in noted {
        failure.message = failure.message.replacen(&text, "", 1);
    }
    failure
}

/// The failure of a submission; if the journal has its status as unknown, with what to do about it.
fn lost(error: Error, output: &Output) -> Failure {
    let advice = advice(&error);
    let failure = refused(error, output);
    match advice {
        Some(advice) => failure.hint(&advice),
        None => failure,
    }
}

/// What to do about a submission whose status the journal has as unknown.
fn advice(error: &Error) -> Option<String> {
    let ambiguity = error.ambiguity()?;
    let submission = ambiguity.intent.as_deref()?;
    Some(lost::advice(ambiguity.vendor, ambiguity.is_searchable(), submission))
}

/// Searches for the task of a submission with unknown status. Only one that is found by its client reference, or that
/// the user allows to be adopted, is used; other candidates are listed, and nothing is resubmitted.
async fn find(
    senders: &Senders,
    request: &VideoRequest,
    error: Error,
    options: ReconcileOptions,
    output: &Output,
) -> Result<VideoTask, Failure> {
    let search = options.within;
    let Some(ambiguity) = error.ambiguity().filter(|ambiguity| ambiguity.is_searchable()) else {
        return Err(lost(error, output));
    };
    if search.is_zero() {
        return Err(lost(error, output));
    }
    let client = senders.of(ambiguity.vendor)?;
    output.note(&format!(
        "The response to the submission was lost; searching for its task for {} s.",
        search.as_secs()
    ));
    let begun = Instant::now();
    let found = tokio::select! {
        found = client.reconcile_with(ambiguity, options) => Some(found),
        _ = interrupted() => None,
    };
    let (vendor, model) = (ambiguity.vendor, ambiguity.model.clone());
    let next = advice(&error);
    let mut failure = refused(error, output);
    match found {
        Some(Ok(Reconciled::Found(mut task))) => {
            output.note(&format!("Found: {}.", task.id));
            // What was sent is reported for a found task too.
            let plan = client.plan(senders.request_at(request, vendor, Some(&model)))?;
            (task.notes, task.adjustments) = (plan.notes, plan.adjustments);
            return Ok(*task);
        }
        Some(Ok(Reconciled::Candidates(tasks))) => {
            failure.error.candidates = lost::candidates(&tasks);
            failure = failure.hint(&format!("Possible task: {}.", lost::listed(&tasks)));
        }
        Some(Ok(Reconciled::ListTruncated)) => {
            failure = failure.hint("The vendor does not list all tasks since the submission; check its console.");
        }
        Some(Ok(Reconciled::PromptsNotShown)) => {
            let text = "Inconclusive: the vendor's list shows no prompts; check its console.";
            failure = failure.hint(text);
        }
        Some(Ok(Reconciled::NotFound)) => {
            let text = format!("Not found within {}.", elapsed(begun.elapsed()));
            failure = failure.hint(&text);
        }
        Some(Err(error)) => failure = failure.hint(&format!("The search for its task failed: {error:#}.")),
        _ => {}
    }
    Err(match next {
        Some(next) => failure.hint(&next),
        None => failure,
    })
}

/// The failure of a request whose key has a task already: such as a file that has gone since.
pub(super) async fn with_known_task(senders: &Senders, key: &str, failure: Failure) -> Failure {
    let entry = senders.vendors.entry(key).await.ok().flatten();
    match entry.and_then(|entry| entry.task) {
        Some(task) if matches!(failure.code, INVALID | IO) => {
            let list = Invocation::new("list").flag("--local", true);
            failure.hint(&format!(
                "The key {key} has the task {task} already; see it with: {list}"
            ))
        }
        _ => failure,
    }
}
