//! Jobs that have another request than the one that was submitted under their id, by the results file or the journal.

use videogen::journal::Entry;
use videogen::submit::SubmitOptions;
use videogen::{Client, ErrorKind};

use super::item::Job;
use super::results::Recorded;
use crate::error::JobProblem;

/// The part of a masked prompt that hides the rest.
const MASKED: &str = "[masked]";

/// What is wrong with a changed job.
fn problem(job: &Job) -> JobProblem {
    let text = format!(
        "{}: its request differs from the one that was submitted under this id; use a new id, or for another batch another --name",
        job.id
    );
    JobProblem {
        item: Some(job.id.clone()),
        ..JobProblem::new(job.line, text)
    }
}

/// The problem of a job that the results file has with another request.
pub(super) fn since_result(job: &Job, known: Option<&Recorded>) -> Option<JobProblem> {
    let known = known.filter(|known| known.may_have_task())?;
    let sha256 = known.request_sha256.as_ref()?;
    (*sha256 != job.sha256).then(|| problem(job))
}

/// The problem of a job that the journal has with another request, under `key`. `client`: of the vendor of the submission.
pub(super) async fn since_entry(job: &Job, key: &str, entry: &Entry, client: Option<&Client>) -> Option<JobProblem> {
    let client = client.filter(|client| client.owns(entry))?;
    let options = SubmitOptions::default().idempotency_key(key);
    let routes = job.routes.iter().filter(|route| route.vendor == client.vendor());
    let requests: Vec<_> = routes.filter_map(|route| route.request(&job.request).ok()).collect();
    let mut is_changed = !requests.is_empty();
    for request in requests {
        is_changed &= match job.after {
            // Its first frame is not known.
            Some(_) => {
                let known = &entry.intent.prompt;
                request.model != entry.intent.model || (*known != request.prompt && !known.contains(MASKED))
            }
            None => {
                let checked = client.check_earlier(&request, &options).await;
                checked.is_err_and(|error| error.kind() == ErrorKind::Conflict)
            }
        };
    }
    is_changed.then(|| problem(job))
}
