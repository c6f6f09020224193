//! Progress of a batch: one line on a terminal, a line for each outcome elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::ProgressBar;
use videogen::ErrorKind;
use videogen::price::{Decimal, Money};

use super::item::Job;
use super::run::is_final;
use crate::invocation::Invocation;
use crate::output::{Output, label, style};
use crate::result::{Outcome, TaskResult};
use crate::text::many;

/// How many jobs have which outcome, and what they cost.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counts {
    outcomes: BTreeMap<&'static str, usize>,
    cost: BTreeMap<String, Decimal>,
    /// Jobs that a limit of cost did not allow.
    over_budget: usize,
    /// Jobs that only `--retry-failed` submits again.
    final_refusals: usize,
}

/// The order in which outcomes are shown.
const SHOWN: [&str; 6] = ["done", "failed", "rejected", "ambiguous", "skipped", "left"];

pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed => "failed",
        Outcome::Rejected => "rejected",
        Outcome::Ambiguous => "ambiguous",
        Outcome::Skipped => "skipped",
        Outcome::Running | Outcome::NotFound => "left",
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
    pub(super) fn add_refusal(&mut self, kind: &str) {
        self.over_budget += usize::from(kind == ErrorKind::Budget.as_str());
        self.final_refusals += usize::from(is_final(kind));
    }

    /// What to do about the jobs that have no video.
    pub(crate) fn advice(&self) -> Vec<String> {
        let over = (self.over_budget > 0).then(|| {
            let (jobs, are) = (many(self.over_budget, "job"), if self.over_budget == 1 { "is" } else { "are" });
            format!(
                "{jobs} {are} over --max-cost or a budget. Raise it and run the same command again: that submits them. Budgets: {}",
                Invocation::new("budget").arg("list")
            )
        });
        let failed = self.of("failed") + self.final_refusals > 0;
        let retry = failed.then(|| "To submit what failed or was refused again, add: --retry-failed".to_owned());
        over.into_iter().chain(retry).collect()
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
            count => Some(format!("{count} {word}")),
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
    bar: ProgressBar,
    all: usize,
    counts: Counts,
}

impl<'a> View<'a> {
    pub(super) fn new(output: &'a Output, all: usize) -> Self {
        let bar = match output.shows_progress() {
            true => {
                let bar = ProgressBar::new_spinner();
                bar.set_style(style("{spinner} {elapsed} {wide_msg}"));
                bar.enable_steady_tick(Duration::from_millis(120));
                bar
            }
            false => ProgressBar::hidden(),
        };
        Self {
            output,
            bar,
            all,
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
            self.counts.add_refusal(error.kind.as_str());
        }
        let Some(result) = result.filter(|_| self.output.is_text()) else {
            return;
        };
        let mut line = format!("{}: {}", job.id, word(outcome));
        if let Some(path) = result.names().first().filter(|_| outcome == Outcome::Done) {
            line.push_str(&format!(", {path}"));
        }
        if let Some(cost) = cost {
            line.push_str(&format!(" ({} {})", cost.amount.normalize(), cost.currency));
        }
        if let Some(error) = &result.error {
            line.push_str(&format!(": {}", error.message));
        }
        // The outcomes of most jobs are not news on a terminal.
        if !self.output.shows_progress() || outcome != Outcome::Done {
            self.bar.suspend(|| self.output.note(&line));
        }
    }

    /// Updates the line.
    pub(super) fn update(&self, running: usize) {
        let waiting = self.all.saturating_sub(self.counts.over() + running);
        let mut text = format!("{} of {} done, {running} running", self.counts.of("done"), self.all);
        for word in SHOWN.iter().filter(|word| **word != "done") {
            if self.counts.of(word) > 0 {
                text.push_str(&format!(", {} {word}", self.counts.of(word)));
            }
        }
        if waiting > 0 {
            text.push_str(&format!(", {waiting} waiting"));
        }
        if !self.counts.cost().is_empty() {
            text.push_str(&format!("; {} so far", self.counts.cost()));
        }
        label(&self.bar, &text);
    }

    pub(super) fn end(self) -> Counts {
        self.bar.finish_and_clear();
        self.counts
    }
}
