//! The plan of `--dry-run`: all jobs, what earlier runs have made of them, and what the submissions of the others cost.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use videogen::journal::{Entry, Journal as _, Query, State};
use videogen::{Client, TaskStatus, Vendor};
use videogen_journal::Store;

use super::attempt::{has_failed, is_final, key};
use super::changed;
use super::item::Job;
use super::limits::{Caps, Limits, Over};
use super::plan;
use super::repeats::{self, Repeat};
use super::results::Recorded;
use super::together::together;
use crate::account;
use crate::cost::Total;
use crate::error::JobProblem;
use crate::exit::Failure;
use crate::journal::failure;
use crate::output::{file, fitted};
use crate::result::Outcome;
use crate::text::many;

/// The scope of all hosts of the public internet.
const PUBLIC: &str = "public";

/// What a run would do with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fate {
    /// What earlier runs have made of it.
    earlier: Option<&'static str>,
    /// Whether it would be submitted.
    submits: bool,
    /// Whether it has a task that this run cannot continue, and no files where it would write them.
    is_out_of_reach: bool,
}

/// The plan of a batch.
pub(crate) struct Preview<'a> {
    jobs: &'a [Job],
    fates: Vec<Fate>,
    /// The limit that does not allow a job, or the jobs that follow it.
    over: Vec<Option<Over>>,
    /// What must be mended before anything is sent.
    problems: Vec<JobProblem>,
    /// The jobs that repeat earlier submissions.
    repeats: Vec<Repeat>,
}

/// What is submitted again.
#[derive(Clone, Copy)]
pub(crate) struct Again {
    /// Jobs that failed.
    pub(crate) failed: bool,
    /// Requests that were submitted a short time ago, by another batch or command.
    pub(crate) repeated: bool,
}

/// What was read before the journal: files appear after the record of their task.
pub(crate) struct Found<'a> {
    pub(crate) recorded: &'a HashMap<String, Recorded>,
    /// Of each job, the file in its way.
    pub(crate) in_the_way: Vec<Option<String>>,
}

impl<'a> Preview<'a> {
    /// Looks the jobs of the batch `name` up in the journal and in the results file.
    pub(crate) async fn new(
        jobs: &'a [Job],
        name: &str,
        journal: Option<Arc<Store>>,
        found: &Found<'_>,
        again: Again,
        caps: &Caps,
    ) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        let mut limits = Limits::new(caps, journal.clone());
        let mut clients: HashMap<Vendor, Option<Client>> = HashMap::new();
        for route in jobs.iter().flat_map(|job| &job.routes) {
            clients
                .entry(route.vendor)
                .or_insert_with(|| client(route.vendor, journal.clone()));
        }
        let mut own = Vec::with_capacity(jobs.len());
        let look_up = |job| look_up(job, name, journal.as_ref(), found.recorded.get(&job.id), &clients);
        let mut looked_up = together(jobs.iter().map(look_up)).zip(stream::iter(jobs));
        while let Some((looked_up, job)) = looked_up.next().await {
            let (attempts, problem) = looked_up?;
            problems.extend(problem);
            for (_, entry) in &attempts {
                limits.count(entry);
            }
            let (last, known) = (attempts.last(), found.recorded.get(&job.id));
            own.push(match last {
                Some((_, entry)) => {
                    let client = clients.get(&entry.intent.vendor).and_then(Option::as_ref);
                    let has_files =
                        || known.is_some_and(|known| known.has_files(&job.output, job.last_frame().as_deref()));
                    Fate {
                        is_out_of_reach: client.is_some_and(|client| !client.owns(entry)) && !has_files(),
                        ..of_entry(entry, again.failed)
                    }
                }
                None => of_record(known, again.failed),
            });
        }
        let fates: Vec<Fate> = (0..jobs.len()).map(|index| in_chain(index, jobs, &own)).collect();
        for ((job, fate), reason) in jobs.iter().zip(&fates).zip(&found.in_the_way) {
            let reason = reason.as_ref().filter(|_| fate.submits);
            problems.extend(reason.map(|reason| JobProblem {
                item: Some(job.id.clone()),
                ..JobProblem::new(job.line, format!("output: {reason}"))
            }));
        }
        problems.sort_by_key(|problem| problem.line);
        drop(looked_up);
        let mut repeats = Vec::new();
        let is_compared = journal.is_some() && !again.repeated;
        let submitted = jobs.iter().zip(&fates).filter(|(_, fate)| fate.submits && is_compared);
        let mut compared = together(submitted.map(|(job, _)| repeats::of(job, name, &clients)));
        while let Some(repeat) = compared.next().await {
            repeats.extend(repeat?);
        }
        drop(compared);
        let mut preview = Self {
            jobs,
            over: vec![None; jobs.len()],
            fates,
            problems,
            repeats,
        };
        for index in 0..jobs.len() {
            preview.over[index] = preview.limit(index, &mut limits, &clients).await?;
        }
        Ok(preview)
    }

    /// Reserves what a job may cost at the first of its vendors that the limits allow. Returns the limit that allows none.
    async fn limit(
        &self,
        index: usize,
        limits: &mut Limits<'_>,
        clients: &HashMap<Vendor, Option<Client>>,
    ) -> Result<Option<Over>, Failure> {
        let job = &self.jobs[index];
        if !self.fates[index].submits {
            return Ok(None);
        }
        if let Some(before) = job.after
            && let Some(over) = &self.over[before]
        {
            return Ok(Some(Over {
                limit: format!("after the job {}", self.jobs[before].id),
                is_open: over.is_open,
            }));
        }
        let mut first = None;
        for (route, estimate) in job.routes.iter().zip(&job.estimates) {
            let scope = clients.get(&route.vendor).and_then(Option::as_ref).map(Client::scope);
            let scope = scope.unwrap_or_else(|| PUBLIC.to_owned());
            match limits.reserve(route.vendor, &scope, estimate).await? {
                None => return Ok(None),
                Some(limit) => first = first.or(Some(limit)),
            }
        }
        Ok(first)
    }

    /// Rejects jobs whose requests have changed, or whose files exist. `path`: the file of the jobs.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Failure> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(plan::refused(path, &self.problems)),
        }
    }

    /// Rejects jobs that repeat earlier submissions.
    pub(crate) fn check_repeats(&self, path: &Path) -> Result<(), Failure> {
        match self.repeats.is_empty() {
            true => Ok(()),
            false => Err(repeats::refused(path, &self.repeats)),
        }
    }

    /// Whether a run would submit every job that it should.
    pub(crate) fn is_allowed(&self) -> bool {
        self.over.iter().all(Option::is_none)
    }

    /// The number of jobs that the limits do not allow, by limit. `open`: of those that they may allow.
    fn refusals(&self, open: bool) -> BTreeMap<&str, usize> {
        let mut refusals = BTreeMap::new();
        for over in self.over.iter().flatten().filter(|over| over.is_open == open) {
            *refusals.entry(over.limit.as_str()).or_default() += 1;
        }
        refusals
    }

    fn submitted(&self) -> Vec<&Job> {
        let jobs = self.jobs.iter().zip(&self.fates);
        jobs.filter(|(_, fate)| fate.submits).map(|(job, _)| job).collect()
    }

    pub(crate) fn document(&self) -> Value {
        let submitted = self.submitted();
        let total = Total::of(submitted.iter().map(|job| job.estimates.as_slice()));
        let job = |((job, fate), over): ((&Job, &Fate), &Option<Over>)| {
            json!({
                "line": job.line,
                "item": job.id,
                "after": job.after.map(|before| &self.jobs[before].id),
                "vendors": job.routes.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "model": job.request.model,
                "output": job.output.to_string_lossy(),
                "estimates": job.estimates,
                "notes": job.notes,
                "earlier": fate.earlier,
                "submits": fate.submits,
                "over": over.as_ref().map(|over| &over.limit),
                "repeats": self.repeats.iter().find(|repeat| repeat.line == job.line).map(|repeat| json!({
                    "submission": repeat.error.submission(),
                    "task": repeat.error.task(),
                })),
            })
        };
        json!({
            "jobs": self.jobs.iter().zip(&self.fates).zip(&self.over).map(job).collect::<Vec<_>>(),
            "submissions": submitted.len(),
            "allowed": submitted.len() - self.over.iter().flatten().count(),
            "cost": total.known.iter().map(|(currency, (low, high))| json!({
                "currency": currency, "low": low, "high": high,
            })).collect::<Vec<_>>(),
            "unknown_cost": total.unknown,
        })
    }

    /// The ids of the jobs that would be submitted.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.submitted().into_iter().map(|job| job.id.clone()).collect()
    }

    pub(crate) fn text(&self) -> String {
        let submitted = self.submitted();
        let vendors = |job: &Job| job.routes.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let rows = self.jobs.iter().zip(&self.fates).map(|(job, fate)| {
            let costs: Vec<String> = job.estimates.iter().map(ToString::to_string).collect();
            let after = job.after.map(|before| self.jobs[before].id.clone()).unwrap_or_default();
            let cost = match fate.submits {
                true => costs.join(" or "),
                false => fate.earlier.unwrap_or_default().to_owned(),
            };
            vec![job.id.clone(), after, vendors(job), file(&job.output), cost]
        });
        let rows = fitted(&["job", "after", "vendor", "file", "cost"], rows);
        let count = submitted.len();
        let total = Total::of(submitted.iter().map(|job| job.estimates.as_slice())).to_string();
        let total = if total.is_empty() { total } else { format!(": {total}") };
        let jobs = many(self.jobs.len(), "job");
        let mut text = format!("{rows}\n{jobs}, {}{total}", many(count, "paid submission"));
        let over = self.over.iter().flatten().count();
        let mut before = format!("\nThe limits allow {} of them. ", count - over);
        for (is_open, heading) in [
            (true, "Others are submitted only if these cost less, or are refused:"),
            (false, "Not submitted:"),
        ] {
            let refusals = self.refusals(is_open);
            if !refusals.is_empty() {
                text.push_str(&format!("{before}{heading}"));
                "\n".clone_into(&mut before);
            }
            for (limit, jobs) in refusals {
                text.push_str(&format!("\n  {} {limit}", many(jobs, "job")));
            }
        }
        if !self.repeats.is_empty() {
            let listed = repeats::listed(&self.repeats);
            text.push_str(&format!(
                "\nRepeats of earlier submissions, refused without --again:\n{listed}"
            ));
        }
        text
    }
}

/// The client of a vendor, if there is an API key.
fn client(vendor: Vendor, journal: Option<Arc<Store>>) -> Option<Client> {
    account::builder(vendor, None, journal).ok()?.build().ok()
}

/// The attempts of a job that the journal has, and what is wrong with the job as it is now.
async fn look_up(
    job: &Job,
    name: &str,
    journal: Option<&Arc<Store>>,
    known: Option<&Recorded>,
    clients: &HashMap<Vendor, Option<Client>>,
) -> Result<(Vec<(u32, Entry)>, Option<JobProblem>), Failure> {
    let mut attempts = Vec::new();
    if let Some(journal) = journal {
        for attempt in 1.. {
            match entry(job, &key(name, &job.id, attempt), journal, clients).await? {
                Some(entry) => attempts.push((attempt, entry)),
                None => break,
            }
        }
    }
    let changed = changed::since_result(job, known);
    let is_vouched = known.is_some_and(|known| known.request_sha256.as_ref() == Some(&job.sha256));
    let problem = match attempts.last() {
        Some((attempt, entry)) if changed.is_none() && !is_vouched => {
            let client = clients.get(&entry.intent.vendor).and_then(Option::as_ref);
            changed::since_entry(job, &key(name, &job.id, *attempt), entry, client).await
        }
        _ => changed,
    };
    Ok((attempts, problem))
}

/// The submission of a job under a key, at whichever vendor it is. Without an API key, the account is not compared.
async fn entry(
    job: &Job,
    key: &str,
    journal: &Arc<Store>,
    clients: &HashMap<Vendor, Option<Client>>,
) -> Result<Option<Entry>, Failure> {
    let mut refused = None;
    for route in &job.routes {
        let found = match clients.get(&route.vendor).and_then(Option::as_ref) {
            Some(client) => client.journal_entry_with_key(key).await?,
            None => {
                let by_key = Query::default().key(key).vendor(route.vendor);
                journal.find(by_key).await.map_err(failure)?.entries.pop()
            }
        };
        match found {
            Some(entry) if entry.state == State::Accepted || entry.is_open() => return Ok(Some(entry)),
            Some(entry) => refused = Some(entry),
            None => {}
        }
    }
    Ok(refused)
}

fn fate(earlier: Option<&'static str>, submits: bool) -> Fate {
    Fate {
        earlier,
        submits,
        is_out_of_reach: false,
    }
}

fn of_entry(entry: &Entry, retry_failed: bool) -> Fate {
    match entry.state {
        State::Sending | State::Ambiguous => fate(Some("ambiguous"), false),
        State::Accepted if has_failed(entry) => fate(Some("failed"), retry_failed),
        State::Accepted if entry.status == Some(TaskStatus::Completed) && !entry.is_unfinished() => {
            fate(Some("done"), false)
        }
        State::Accepted if entry.status == Some(TaskStatus::Completed) => fate(Some("completed"), false),
        State::Accepted => fate(Some("running"), false),
        State::Rejected => {
            let is_final = entry
                .reason
                .as_ref()
                .is_some_and(|reason| is_final(reason.kind.as_str()));
            fate(Some("rejected"), retry_failed || !is_final)
        }
        _ => fate(None, true),
    }
}

/// Without the journal's record of the job.
fn of_record(known: Option<&Recorded>, retry_failed: bool) -> Fate {
    match known.map(|known| (known.outcome, known)) {
        Some((Outcome::Done, _)) => fate(Some("done"), false),
        Some((Outcome::Ambiguous, _)) => fate(Some("ambiguous"), false),
        Some((Outcome::Failed, _)) => fate(Some("failed"), retry_failed),
        Some((Outcome::Rejected, known)) => {
            let is_final = known.error.as_ref().is_some_and(|error| is_final(&error.kind));
            fate(Some("rejected"), retry_failed || !is_final)
        }
        _ => fate(None, true),
    }
}

/// A job that follows another one without a video is skipped.
fn in_chain(index: usize, jobs: &[Job], own: &[Fate]) -> Fate {
    let mut before = jobs[index].after.filter(|_| own[index].submits);
    while let Some(at) = before {
        if !own[at].submits {
            let is_lost =
                own[at].is_out_of_reach || matches!(own[at].earlier, Some("failed" | "rejected" | "ambiguous"));
            return match is_lost {
                true => fate(Some("skipped"), false),
                false => own[index],
            };
        }
        before = jobs[at].after;
    }
    own[index]
}
