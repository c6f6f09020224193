//! Jobs whose requests were submitted a short time ago: by another batch, or by `generate`.

use std::collections::HashMap;
use std::path::Path;

use videogen::{Client, Error, ErrorKind, Vendor};

use super::item::Job;
use crate::again;
use crate::error::JobProblem;
use crate::exit::{Failure, REPEATED};
use crate::invocation::Invocation;
use crate::output::file;
use crate::text::many;

/// Jobs that are listed in a message.
const LISTED: usize = 20;

/// A job that repeats an earlier submission.
pub(super) struct Repeat {
    pub(super) line: usize,
    pub(super) item: String,
    /// With the submission and its task.
    pub(super) error: Error,
}

impl Repeat {
    /// For programs.
    fn problem(&self) -> JobProblem {
        JobProblem {
            item: Some(self.item.clone()),
            submission: self.error.submission().map(str::to_owned),
            task: self.error.task().cloned().map(Box::new),
            vendor: self.error.vendor(),
            ..JobProblem::new(self.line, format!("{:#}", self.error))
        }
    }
}

/// The submission that a job of the batch `name` repeats, at any of its vendors. One whose first frame does not exist yet is
/// not compared.
///
/// # Errors
/// When the journal cannot be read.
pub(super) async fn of(
    job: &Job,
    name: &str,
    clients: &HashMap<Vendor, Option<Client>>,
) -> Result<Option<Repeat>, Failure> {
    if job.after.is_some() {
        return Ok(None);
    }
    let options = again::of_batch(name);
    for route in &job.routes {
        let Some(client) = clients.get(&route.vendor).and_then(Option::as_ref) else {
            continue;
        };
        // What is wrong with the request, its submission reports.
        let Ok(request) = route.request(&job.request) else {
            continue;
        };
        match client.check_earlier(&request, &options).await {
            Err(error) if error.kind() == ErrorKind::Repeated => {
                let (line, item) = (job.line, job.id.clone());
                return Ok(Some(Repeat { line, item, error }));
            }
            Err(error) if error.kind() == ErrorKind::Journal => return Err(error.into()),
            _ => {}
        }
    }
    Ok(None)
}

/// Refuses the batch in the file `path`.
pub(super) fn refused(path: &Path, repeats: &[Repeat]) -> Failure {
    let heading = match repeats.len() {
        1 => format!("{}: a job repeats an earlier submission", file(path)),
        count => format!("{}: {count} jobs repeat earlier submissions", file(path)),
    };
    // Whether one without a task was accepted is unknown.
    let first = match repeats.iter().any(|repeat| repeat.error.task().is_none()) {
        true => format!("Look them up with: {}", Invocation::new("recover")),
        false => format!("Show them with: {}", Invocation::new("list").flag("--local", true)),
    };
    let message = format!("{heading}\n{}", listed(repeats));
    let mut failure = Failure::new(REPEATED, ErrorKind::Repeated, message);
    failure.error.jobs = repeats.iter().map(Repeat::problem).collect();
    failure.hint(&first).hint("To submit (and pay) again, add: --again")
}

/// The jobs, a line for each.
pub(super) fn listed(repeats: &[Repeat]) -> String {
    let line = |repeat: &Repeat| format!("  line {} ({}): {:#}", repeat.line, repeat.item, repeat.error);
    let mut lines: Vec<String> = repeats.iter().take(LISTED).map(line).collect();
    if repeats.len() > LISTED {
        lines.push(format!("  and {} more", many(repeats.len() - LISTED, "job")));
    }
    lines.join("\n")
}
