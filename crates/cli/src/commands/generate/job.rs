//! One submission of the command: its request, its files, and what is known before it is sent.

use std::collections::BTreeSet;

use videogen::facts::Capabilities;
use videogen::journal::{Entry, State};
use videogen::price::Estimate;
use videogen::submit::{Note, SubmitOptions};
use videogen::{ErrorKind, TaskId, Vendor, VideoRequest};
use videogen_journal::Store;

use super::senders::Senders;

use crate::again;
use crate::error::ErrorDocument;
use crate::exit::Failure;
use crate::files::Target;
use crate::follow::wait_command;
use crate::invocation::Invocation;
use crate::journal::name;
use crate::notes::{on_plan, overridden};
use crate::options;
use crate::output::{Output, elapsed};
use crate::result::{Configured, RequestFacts};
use crate::several::of_prompts;

/// A request, and what becomes of it.
pub(super) struct Job {
    pub(super) request: VideoRequest,
    /// Its idempotency key.
    pub(super) key: Option<String>,
    /// Its output files. `None`: the command does not wait, and names none.
    pub(super) target: Option<Target>,
    pub(super) facts: RequestFacts,
    /// The vendors that may take it, in the order in which they are tried, once it is planned.
    pub(super) ways: Vec<Way>,
    /// Why vendors did not take it before another one did.
    pub(super) refused_by: Vec<ErrorDocument>,
}

/// A vendor that may take a request.
pub(super) struct Way {
    pub(super) vendor: Vendor,
    pub(super) model: String,
    pub(super) facts: RequestFacts,
}

/// The key of one of several requests, by its number from 1.
pub(super) fn numbered(key: &str, (index, count): (usize, usize)) -> String {
    match count {
        1 => key.to_owned(),
        _ => format!("{key}-{index}"),
    }
}

/// Rejects submissions that repeat earlier ones, or whose keys have other requests, before the first one is sent.
pub(super) async fn check_earlier(
    jobs: &[Job],
    senders: &Senders,
    options: &SubmitOptions,
    base_url: Option<&str>,
    journal: Option<&Store>,
) -> Result<(), Failure> {
    let mut faults = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let is_same = |other: &&Job| other.key.is_none() && other.request == job.request;
        if job.key.is_none() && jobs[..index].iter().any(|other| is_same(&other)) {
            // Reported with the first of them.
            continue;
        }
        let mut options = options.clone();
        options.idempotency_key.clone_from(&job.key);
        let Err(failure) = senders.check_earlier(&job.request, &options).await else {
            continue;
        };
        let first = match (failure.error.vendor(), failure.error.submission.as_deref(), journal) {
            (Some(vendor), Some(id), Some(journal)) if failure.error.kind == ErrorKind::Repeated.into() => {
                again::earlier(senders.of(vendor)?, journal, id).await
            }
            _ => Vec::new(),
        };
        faults.push((
            index,
            match first.is_empty() {
                true => again::hint(failure, |id| job.wait_for(id, base_url)),
                false => {
                    let same: Vec<&Job> = jobs.iter().filter(is_same).collect();
                    let only = same.len() == jobs.len();
                    of_several(failure, &first, &same, only, base_url)
                }
            },
        ));
    }
    let requests: Vec<&VideoRequest> = jobs.iter().map(|job| &job.request).collect();
    Failure::all(of_prompts(&requests, faults)).map_or(Ok(()), Err)
}

/// Adds what to do about the earlier submissions of the same request as that of `jobs`: each once, with its own files. `only`: the
/// command has no other jobs.
fn of_several(failure: Failure, first: &[Entry], jobs: &[&Job], only: bool, base_url: Option<&str>) -> Failure {
    let has_target = |job: &&Job, entry: &Entry| {
        let target = job.target.as_ref().and_then(Target::destination);
        target.is_some() && target == entry.target.as_ref()
    };
    let mut left: Vec<&Job> = jobs.to_vec();
    let mut of: Vec<Option<&Job>> = Vec::new();
    for entry in first {
        let own = left.iter().position(|job| has_target(job, entry));
        of.push(own.map(|place| left.remove(place)));
    }
    let mut left = left.into_iter();
    let mut hints: Vec<String> = Vec::new();
    for (entry, own) in first.iter().zip(of) {
        let own = own.or_else(|| left.next());
        let hint = match (&entry.task, own) {
            (Some(id), Some(job)) => format!("Wait for it with: {}", job.wait_for(id, base_url)),
            (Some(id), None) => format!("Wait for it with: {}", wait_command(id, base_url)),
            (None, _) => format!("Look it up with: {}", Invocation::new("recover")),
        };
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    let missing = left.count();
    if missing > 0 {
        hints.push(format!("Not submitted yet: {missing} of {}", jobs.len()));
    }
    hints.push(match missing > 0 && only {
        true => format!("To submit (and pay) only what is missing, add: --count {missing} --again"),
        false => "To submit (and pay) again, add: --again".to_owned(),
    });
    hints.iter().fold(failure, |failure, hint| failure.hint(hint))
}

impl Job {
    /// The command that waits for a task, and downloads it to the files of this job.
    pub(super) fn wait_for(&self, id: &TaskId, base_url: Option<&str>) -> Invocation {
        let wait = wait_command(id, base_url);
        match &self.target {
            Some(target) => target.options_for(id, wait),
            None => wait,
        }
    }

    /// Whether its key has a task already, or may have one. Then it costs nothing more.
    pub(super) async fn is_submitted(&self, senders: &Senders) -> Result<bool, Failure> {
        let Some(key) = &self.key else { return Ok(false) };
        let entry = senders.vendors.entry(key).await?;
        Ok(entry.is_some_and(|entry| matches!(entry.state, State::Sending | State::Accepted | State::Ambiguous)))
    }

    /// Plans the request, and notes what the user should know. `noted`: what was noted for other requests.
    pub(super) fn plan(
        &mut self,
        senders: &Senders,
        noted: &mut BTreeSet<String>,
        output: &Output,
    ) -> Result<(), Failure> {
        for plan in senders.plans(&self.request)? {
            let (vendor, model) = (plan.vendor, plan.model.clone());
            let request = senders.request_at(&self.request, vendor, Some(&model));
            let mut notes = on_plan(&plan, &request);
            let own = |one: &&Configured| !one.key.starts_with("vendor.") || one.is_of(vendor);
            let facts = RequestFacts {
                from_config: self.facts.from_config.iter().filter(own).cloned().collect(),
                model_known: Some(plan.model_known),
                did_you_mean: Capabilities::nearest(vendor, &model).filter(|_| !plan.model_known),
                estimate: Some(plan.cost().clone()),
                overridden: plan.overridden,
                notes: plan.notes,
                vendor_decides: plan.vendor_decides,
                ..RequestFacts::default()
            };
            let at = match senders.router {
                Some(_) => format!("{}: ", vendor.name()),
                None => String::new(),
            };
            notes.extend(
                facts
                    .notes
                    .iter()
                    .map(|one| format!("{at}Note: {}", options::note(one))),
            );
            notes.extend(
                facts
                    .overridden
                    .iter()
                    .map(|violation| format!("{at}{}", overridden(violation))),
            );
            for note in notes {
                if noted.insert(note.clone()) {
                    output.note(&note);
                }
            }
            self.ways.push(Way { vendor, model, facts });
        }
        if let Some(first) = self.ways.first() {
            self.facts = first.facts.clone();
        }
        Ok(())
    }

    /// Notes that the same request was submitted a short time ago under another key, or without one.
    pub(super) async fn note_earlier(&mut self, senders: &Senders, options: &SubmitOptions, output: &Output) {
        let Some(key) = &self.key else { return };
        let mut options = options.clone();
        options.idempotency_key = Some(key.clone());
        for way in &self.ways {
            let request = senders.request_at(&self.request, way.vendor, Some(&way.model));
            let Ok(client) = senders.of(way.vendor) else { continue };
            // What is wrong ends the submission.
            let Ok(Some(first)) = client.earlier_submission(&request, &options).await else {
                continue;
            };
            // The same submission, which another process has just begun.
            if first.intent.key == *key {
                continue;
            }
            let age = chrono::Utc::now().signed_duration_since(first.intent.at);
            let with = match first.intent.key == first.intent.id {
                true => "without a key".to_owned(),
                false => format!("with the key {}", first.intent.key),
            };
            let reason = format!(
                "the same request was submitted {} ago {with}, as {}; this key is new, so it is submitted and paid again",
                elapsed(age.to_std().unwrap_or_default()),
                name(&first)
            );
            output.warn(&format!("--idempotency-key {key}: {reason}."));
            self.facts.notes.push(Note::new("idempotency_key", key, reason));
            return;
        }
    }

    /// What it may cost at each vendor.
    pub(super) fn estimates(&self) -> Vec<(Vendor, Estimate)> {
        let of_way = |way: &Way| Some((way.vendor, way.facts.estimate.clone()?));
        self.ways.iter().filter_map(of_way).collect()
    }

    /// Keeps what is known of the vendor that took it. `model`: as submitted.
    pub(super) fn taken_by(&mut self, vendor: Vendor, model: Option<&str>) {
        let is_of = |way: &&Way| way.vendor == vendor;
        let exact = self
            .ways
            .iter()
            .find(|way| is_of(way) && Some(way.model.as_str()) == model);
        if let Some(way) = exact.or_else(|| self.ways.iter().find(is_of)) {
            self.facts = way.facts.clone();
        }
    }
}
