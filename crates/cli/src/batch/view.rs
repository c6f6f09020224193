//! Progress of a batch: on a terminal a total below the lines of the running jobs, elsewhere a line for each outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use videogen::ErrorKind;
use videogen::price::{CostLimitKind, Decimal, Money};

use super::attempt::is_final;
use super::item::Job;
use crate::error::ErrorDocument;
use crate::invocation::Invocation;
use crate::output::Output;
use crate::progress::Total;
use crate::result::{Outcome, TaskResult};
use crate::terminal::{fit, time};
use crate::text::{many, visible};

/// How many jobs have which outcome, and what they cost.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts {
    outcomes: BTreeMap<&'static str, usize>,
    cost: BTreeMap<String, Decimal>,
    /// Jobs that a limit of cost did not allow.
    over_budget: usize,
    /// Of those, how many a limit refuses because their cost is unknown.
    unknown_cost: usize,
    /// The currencies in which those are priced, where `--max-cost` has another.
    other_currencies: BTreeSet<String>,
    /// Jobs that only `--retry-failed` submits again.
    final_refusals: usize,
}

/// The order in which outcomes are shown.
const SHOWN: [&str; 7] = [
    "done",
    "failed",
    "rejected",
    "ambiguous",
    "skipped",
    UNFINISHED,
    NOT_SUBMITTED,
];
/// Jobs that have a task, and were left before their files were complete.
pub(super) const UNFINISHED: &str = "unfinished";
/// Jobs that an interrupt kept from being submitted.
pub(super) const NOT_SUBMITTED: &str = "not_submitted";

pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Rejected => "rejected",
        Outcome::Ambiguous => "ambiguous",
        Outcome::Skipped => "skipped",
        Outcome::Running | Outcome::NotFound => UNFINISHED,
    }
}

impl Counts {
    pub(super) fn add(&mut self, word: &'static str, cost: Option<&Money>) {
        *self.outcomes.entry(word).or_default() += 1;
        if let Some(cost) = cost {
            *self.cost.entry(cost.currency.clone()).or_default() += cost.amount;
        }
    }

    fn over(&self) -> usize {
        self.outcomes.values().sum()
    }

    /// Why a job was refused.
    pub(super) fn add_refusal(&mut self, error: &ErrorDocument) {
        let kind = error.kind.as_str();
        let unknown = error
            .cost_limit
            .as_ref()
            .filter(|limit| !limit.cost_known && !limit.exhausted);
        let is_unknown = unknown.is_some();
        let other = unknown.filter(|limit| limit.kind == CostLimitKind::MaxCost);
        let other = other.and_then(|limit| limit.other_cost.as_ref());
        self.other_currencies.extend(other.map(|cost| cost.currency.clone()));
        self.over_budget += usize::from(kind == ErrorKind::Budget.as_str() && !is_unknown);
        self.unknown_cost += usize::from(is_unknown);
        self.final_refusals += usize::from(is_final(kind));
    }

    /// What to do about the jobs that have no video. `retried`: those that had failed before were submitted again.
    pub(crate) fn advice(&self, retried: bool) -> Vec<String> {
        let over = (self.over_budget > 0).then(|| {
            let (jobs, are) = (many(self.over_budget, "job"), if self.over_budget == 1 { "is" } else { "are" });
            format!(
                "{jobs} {are} over --max-cost or a budget. Raise it and run the same command again: that submits them. Budgets: {}",
                Invocation::new("budget").arg("list")
            )
        });
        let failed = self.of("failed") + self.final_refusals > 0;
        let retry = failed.then(|| match retried {
            true => "To submit what failed or was refused once more, run the same command again.".to_owned(),
            false => "To submit what failed or was refused again, add: --retry-failed".to_owned(),
        });
        let unknown = (self.unknown_cost > 0).then(|| {
            let others = self.other_currencies.iter();
            let others: String = others
                .map(|currency| format!(" To limit what is priced in {currency}, use: --max-cost AMOUNT{currency}."))
                .collect();
            format!(
                "The cost of {} is unknown, and there is a limit.{others} To submit at an unknown cost, add: \
                 --allow-unknown-cost. To set your own price, see: {}",
                many(self.unknown_cost, "job"),
                Invocation::new("prices").arg("set").flag("--help", true)
            )
        });
        over.into_iter().chain(unknown).chain(retry).collect()
    }

    pub(crate) fn of(&self, word: &str) -> usize {
        self.outcomes.get(word).copied().unwrap_or_default()
    }

    /// The number of jobs with each outcome.
    pub(super) fn by_outcome(&self) -> BTreeMap<&'static str, usize> {
        self.outcomes.clone()
    }

    /// `12 done, 1 failed`.
    pub(crate) fn outcomes(&self) -> String {
        let shown = SHOWN.iter().filter_map(|word| match self.of(word) {
            0 => None,
            count => Some(format!("{count} {}", word.replace('_', " "))),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// `9.07 USD`; empty if nothing is known.
    pub(crate) fn cost(&self) -> String {
        let amounts = self
            .cost
            .iter()
            .map(|(currency, amount)| format!("{} {currency}", amount.normalize()));
        amounts.collect::<Vec<_>>().join(" and ")
    }
}

/// The progress of a batch.
pub(super) struct View<'a> {
    output: &'a Output,
    total: Total,
    /// The parts of the total.
    parts: Arc<Mutex<Vec<(u8, String)>>>,
    all: usize,
    /// Whether the jobs are at several vendors.
    several: bool,
    counts: Counts,
}

impl<'a> View<'a> {
    pub(super) fn new(output: &'a Output, all: usize, several: bool) -> Self {
        let parts: Arc<Mutex<Vec<(u8, String)>>> = Arc::default();
        let shown = Arc::clone(&parts);
        let total = Total::new(output, move |state, width| {
            let mut parts = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
            parts.push((5, time(state.elapsed())));
            fit(&parts, width)
        });
        Self {
            output,
            total,
            parts,
            all,
            several,
            counts: Counts::default(),
        }
    }

    /// The outcome of a job. `is_new`: this run has found it out.
    pub(super) fn over(&mut self, job: &Job, outcome: Outcome, cost: Option<&Money>, result: Option<&TaskResult>) {
        self.counts.add(word(outcome), cost);
        if let Some(error) = result
            .and_then(|result| result.error.as_ref())
            .filter(|_| outcome == Outcome::Rejected)
        {
            self.counts.add_refusal(error);
        }
        let Some(result) = result.filter(|_| self.output.is_text()) else {
            return;
        };
        let mut line = format!("{}: {}", job.id, word(outcome));
        if self.several && result.id.is_some() {
            line.push_str(&format!(" at {}", result.vendor.name()));
        }
        if let Some(path) = result.names().first().filter(|_| outcome == Outcome::Done) {
            line.push_str(&format!(", {path}"));
        }
        if let Some(machine) = &result.machine {
            line.push_str(&format!(" on {}", visible(machine)));
        }
        if let Some(cost) = cost {
            line.push_str(&format!(" ({} {})", cost.amount.normalize(), cost.currency));
        }
        if let Some(error) = &result.error {
            line.push_str(&format!(": {}", error.message));
            // The others have advice for all of them.
            if let Some(hint) = error.hint.as_ref().filter(|_| outcome == Outcome::Running) {
                line.push_str(&format!("\n{hint}"));
            }
        }
        // On a terminal, the total has most jobs, and those that an interrupt leaves.
        let is_news = outcome != Outcome::Done && (outcome != Outcome::Running || result.error.is_some());
        if is_news || !self.output.shows_progress() {
            self.output.note(&line);
        }
    }

    /// Updates the total.
    pub(super) fn update(&self, running: usize) {
        let waiting = self.all.saturating_sub(self.counts.over() + running);
        let mut parts = vec![(0, format!("{} of {} done", self.counts.of("done"), self.all))];
        for word in SHOWN.iter().filter(|word| **word != "done") {
            if self.counts.of(word) > 0 {
                parts.push((1, format!("{} {word}", self.counts.of(word))));
            }
        }
        parts.push((2, format!("{running} running")));
        if waiting > 0 {
            parts.push((4, format!("{waiting} waiting")));
        }
        if !self.counts.cost().is_empty() {
            parts.push((3, format!("{} so far", self.counts.cost())));
        }
        *self.parts.lock().unwrap_or_else(PoisonError::into_inner) = parts;
    }

    pub(super) fn end(self) -> Counts {
        drop(self.total);
        self.counts
    }
}
