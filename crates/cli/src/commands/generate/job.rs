//! One submission of the command: its request, its files, and what is known before it is sent.

use std::collections::BTreeSet;

use videogen::facts::Capabilities;
use videogen::journal::State;
use videogen::price::Estimate;
use videogen::submit::SubmitOptions;
use videogen::{Vendor, VideoRequest};

use super::senders::Senders;

use crate::account::{left_to_the_vendor, overridden};
use crate::again;
use crate::error::ErrorDocument;
use crate::exit::Failure;
use crate::files::Target;
use crate::options;
use crate::output::Output;
use crate::result::{Configured, RequestFacts};

/// A request, and what becomes of it.
pub(super) struct Job {
    pub(super) request: VideoRequest,
    /// Its idempotency key.
    pub(super) key: Option<String>,
    /// Its output files. `None`: the command does not wait.
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
) -> Result<(), Failure> {
    let mut faults = Vec::new();
    for job in jobs {
        let mut options = options.clone();
        options.idempotency_key.clone_from(&job.key);
        if let Err(failure) = senders.check_earlier(&job.request, &options).await {
            faults.push(again::hint(failure, base_url));
        }
    }
    Failure::all(faults).map_or(Ok(()), Err)
}

impl Job {
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
            let mut notes = left_to_the_vendor(&plan, &request);
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
