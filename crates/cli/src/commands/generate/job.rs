//! One submission of the command: its request, its files, and what is known before it is sent.

use std::collections::BTreeSet;

use videogen::journal::State;
use videogen::{Client, ErrorKind, VideoRequest};

use crate::account::{left_to_the_vendor, overridden};
use crate::exit::{Failure, INVALID};
use crate::files::Target;
use crate::output::Output;
use crate::request_args::MOST;
use crate::result::RequestFacts;

/// A request, and what becomes of it.
pub(super) struct Job {
    pub(super) request: VideoRequest,
    /// Its idempotency key.
    pub(super) key: Option<String>,
    /// Its output files. `None`: the command does not wait.
    pub(super) target: Option<Target>,
    pub(super) facts: RequestFacts,
}

/// The key of one of several requests, by its number from 1.
pub(super) fn numbered(key: &str, (index, count): (usize, usize)) -> String {
    match count {
        1 => key.to_owned(),
        _ => format!("{key}-{index}"),
    }
}

/// Rejects what several submissions of one command cannot share. `listens`: whether webhooks are received.
pub(super) fn check_several(requests: &[VideoRequest], listens: bool) -> Result<(), Failure> {
    let count = requests.len();
    if count < 2 {
        return Ok(());
    }
    let mut faults = Vec::new();
    if count > usize::from(MOST) {
        faults.push(format!(
            "{count} submissions in one command; at most {MOST} are possible, for more there is `batch`"
        ));
    }
    // A negative seed is random.
    let is_fixed = |request: &VideoRequest| request.seed.is_some_and(|seed| seed >= 0);
    let repeats = |(index, request): (usize, &VideoRequest)| requests[..index].contains(request);
    if requests.iter().any(is_fixed) && requests.iter().enumerate().any(repeats) {
        let message = "with a fixed seed, several videos of one prompt are the same video; remove the seed, or --count";
        faults.push(message.to_owned());
    }
    if requests.iter().any(|request| request.client_reference.is_some()) {
        faults.push(format!(
            "client_reference identifies one request, but there are {count}; remove it"
        ));
    }
    if listens {
        faults.push(format!(
            "--listen-for-webhook is for one task, but there are {count}; remove it"
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(INVALID, ErrorKind::InvalidRequest, faults.join("\n"))),
    }
}

impl Job {
    /// Whether its key has a task already, or may have one. Then it costs nothing more.
    pub(super) async fn is_submitted(&self, client: &Client) -> Result<bool, Failure> {
        let Some(key) = &self.key else { return Ok(false) };
        let entry = client.journal_entry_with_key(key).await?;
        Ok(entry.is_some_and(|entry| matches!(entry.state, State::Sending | State::Accepted | State::Ambiguous)))
    }

    /// Plans the request, and notes what the user should know. `noted`: what was noted for other requests.
    pub(super) fn plan(
        &mut self,
        client: &Client,
        noted: &mut BTreeSet<String>,
        output: &Output,
    ) -> Result<(), Failure> {
        let plan = client.plan(&self.request)?;
        let mut notes = left_to_the_vendor(&plan, &self.request);
        self.facts.estimate = Some(plan.cost().clone());
        self.facts.overridden = plan.overridden;
        self.facts.notes = plan.notes;
        self.facts.vendor_decides = plan.vendor_decides;
        notes.extend(self.facts.notes.iter().map(|note| format!("Note: {note}")));
        notes.extend(self.facts.overridden.iter().map(overridden));
        for note in notes {
            if noted.insert(note.clone()) {
                output.note(&note);
            }
        }
        Ok(())
    }
}
