//! Several submissions of one command: sent one after the other, waited for together.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::task::JoinSet;
use videogen::VideoTask;

use super::job::Job;
use super::run::{Run, code_of};
use crate::ended::Ended;
use crate::error::{CommandKind, ErrorDocument};
use crate::exit::{AMBIGUOUS, Failure, worst};
use crate::follow::left;
use crate::interrupt::{self, Interrupt, interrupted};
use crate::progress::Tally;
use crate::result::{Outcome, TaskResult};

/// The last submission that was tried.
#[derive(Clone, Copy)]
struct Last {
    /// From 1.
    number: usize,
    /// Whether it may have been accepted.
    is_unknown: bool,
}

/// Submits each job, waits for the tasks, and shows all results in the order of the command line. A submission that is not accepted
/// is the last one; the tasks that exist are still waited for.
pub(super) async fn generate(run: Run, jobs: Vec<Job>) -> Result<ExitCode, Failure> {
    let run = Arc::new(run);
    let count = jobs.len();
    let mut accepted: Vec<(usize, Job, VideoTask)> = Vec::new();
    let mut ends: BTreeMap<usize, Ended> = BTreeMap::new();
    let mut last: Option<Last> = None;
    for (index, mut job) in jobs.into_iter().enumerate() {
        if let Some(last) = last {
            ends.insert(index, not_sent(&run, &job, last));
            continue;
        }
        run.under_way.next(index + 1, !accepted.is_empty());
        match submit(&run, &mut job).await {
            Ok(task) => accepted.push((index, job, task)),
            // Nothing was sent by this command.
            Err(failure) if accepted.is_empty() && failure.result.is_none() => return Err(failure),
            Err(failure) => {
                last = Some(Last {
                    number: index + 1,
                    is_unknown: failure.code == AMBIGUOUS,
                });
                let rest = match count - index - 1 {
                    0 => String::new(),
                    left => format!("\nNot submitted: {left} more of {count}."),
                };
                // The whole message is in the results, which follow when the other tasks have ended.
                if !accepted.is_empty() {
                    let reason = failure.message.lines().next().unwrap_or_default();
                    run.output
                        .note(&format!("Submission {} of {count}: {reason}{rest}", index + 1));
                }
                ends.insert(index, refused(&run, &job, index + 1, failure));
            }
        }
    }
    let tally = Tally::new(&run.output, accepted.len());
    let mut waits = JoinSet::new();
    for (index, job, task) in accepted {
        let run = Arc::clone(&run);
        waits.spawn(async move { (index, finish(&run, &job, task).await) });
    }
    // Events are printed as tasks end. If one cannot be printed, the other tasks are still waited for.
    let mut printed = Ok(());
    let mut print = |index: usize, one: &mut Ended| {
        one.result.item = Some((index + 1).to_string());
        let done = run.output.ended(&one.result);
        if printed.is_ok() {
            printed = done;
        }
    };
    ends.iter_mut().for_each(|(index, one)| print(*index, one));
    while let Some(joined) = waits.join_next().await {
        match joined.map_err(tokio::task::JoinError::try_into_panic) {
            Ok((index, mut one)) => {
                tally.ended(one.code == 0);
                print(index, &mut one);
                ends.insert(index, one);
            }
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // Only when the runtime ends.
            Err(Err(_)) => {}
        }
    }
    drop(tally);
    let code = worst(ends.values().map(|one| one.code));
    let texts: Vec<String> = ends.values().map(|one| one.text.clone()).collect();
    let results: Vec<TaskResult> = ends.into_values().map(|one| one.result).collect();
    run.output.results(&results, || texts.join("\n"))?;
    printed?;
    Ok(ExitCode::from(interrupt::last().map_or(code, Interrupt::code)))
}

/// Submits one job when the vendor's documented limits allow it.
async fn submit(run: &Run, job: &mut Job) -> Result<VideoTask, Failure> {
    tokio::select! {
        // An interrupt during the submission before stops this one.
        biased;
        interrupt = interrupted() => {
            Err(Failure::interrupted(interrupt, "interrupted before this request was submitted"))
        }
        () = std::future::ready(()) => run.submit(job).await,
    }
}

/// Waits for the task of a job, and downloads its files.
async fn finish(run: &Run, job: &Job, submitted: VideoTask) -> Ended {
    let id = submitted.id.clone();
    let finished = match interrupt::last().filter(|_| run.waits) {
        Some(interrupt) => {
            let failure = left(interrupt, &id, Some(&submitted.status));
            Err(failure.of_task(&id, Some(&submitted)))
        }
        None => run.finish(job, submitted, None).await,
    };
    match finished {
        Ok((task, files)) => {
            let (result, text) = run.result(job, &task, files.as_ref());
            match files {
                Some(_) => Ended {
                    code: 0,
                    result,
                    text: format!("{id}  {}", text.replace('\n', &format!("\n{id}  "))),
                },
                None => Ended {
                    code: code_of(&task),
                    result,
                    text,
                },
            }
        }
        Err(failure) => Ended::failed(&id, run.paid(job, &id, failure)),
    }
}

/// A submission that is the last one, because it was not accepted, or the user interrupted it.
fn refused(run: &Run, job: &Job, number: usize, failure: Failure) -> Ended {
    let result = failure.result().unwrap_or_else(|| {
        let result = TaskResult::new(run.senders.first.vendor(), Outcome::Skipped);
        run.describe(&job.facts, result).failed(failure.document())
    });
    Ended {
        code: failure.code,
        result,
        text: format!("submission {number}  {}", failure.message),
    }
}

/// A submission after the last one.
fn not_sent(run: &Run, job: &Job, last: Last) -> Ended {
    let (kind, message) = match interrupt::last() {
        Some(_) => (
            CommandKind::Interrupted,
            "not submitted: the command was interrupted".to_owned(),
        ),
        None if last.is_unknown => (
            CommandKind::NotSubmitted,
            format!(
                "not submitted, because the status of submission {} is unknown: it may have been accepted and billed",
                last.number
            ),
        ),
        None => (
            CommandKind::NotSubmitted,
            format!("not submitted, because submission {} was not accepted", last.number),
        ),
    };
    let result = TaskResult::new(run.senders.first.vendor(), Outcome::Skipped);
    let result = run.describe(&job.facts, result);
    let text = format!("{}  {message}", prompt(job));
    Ended {
        // That of the last one counts.
        code: 0,
        result: result.failed(Some(ErrorDocument::new(kind, message))),
        text,
    }
}

/// The beginning of a prompt, in quotes.
fn prompt(job: &Job) -> String {
    let beginning: String = job.request.prompt.chars().take(40).collect();
    let more = if beginning.len() < job.request.prompt.len() {
        "..."
    } else {
        ""
    };
    format!("\"{beginning}{more}\"")
}
