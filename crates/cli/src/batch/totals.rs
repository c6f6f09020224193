//! What the jobs of a batch cost together, as the ledger counts it.

use futures_util::StreamExt as _;
use videogen::journal::{Amounts, Ledger, State};
use videogen::price::Decimal;

use super::item::Job;
use super::run::Batch;
use super::together::together;
use super::view::{Counts, NOT_SUBMITTED, UNFINISHED, word};
use crate::exit::Failure;
use crate::result::{BatchTotals as Totals, Outcome};

impl Batch {
    /// What all submissions of the jobs cost, by the journal. Of a job that it does not have, the results file counts.
    /// Counts the jobs `without_result` by what the journal has of them.
    pub(crate) async fn totals(&self, counts: &mut Counts, without_result: &[usize]) -> Result<Totals, Failure> {
        let mut ledger = Ledger::default();
        let mut totals = Totals {
            jobs: self.jobs.len(),
            ..Totals::default()
        };
        let mut read = together(self.jobs.iter().map(|job| self.attempts(job))).enumerate();
        while let Some((index, attempts)) = read.next().await {
            let attempts = attempts?;
            for (_, entry) in &attempts {
                ledger.add(entry, None);
            }
            let last = attempts.last().map(|(_, entry)| entry);
            if last.is_none() {
                self.add_recorded(&self.jobs[index], &mut totals);
            }
            if without_result.contains(&index) {
                counts.add(
                    match last {
                        Some(entry) if entry.is_open() => word(Outcome::Ambiguous),
                        Some(entry) if entry.state == State::Accepted => UNFINISHED,
                        _ => NOT_SUBMITTED,
                    },
                    None,
                );
            }
        }
        totals.outcomes = counts.by_outcome();
        for spend in ledger.groups {
            totals.unknown_cost += spend.unknown;
            totals.not_billed += spend.not_billed;
            for amounts in spend.amounts {
                let Amounts {
                    currency,
                    entered,
                    reported,
                    computed,
                    estimated,
                    reserved,
                    uncertain,
                    ..
                } = amounts;
                let known = [entered, computed, estimated]
                    .into_iter()
                    .fold(reported, Decimal::saturating_add);
                let cost = totals.in_currency(currency);
                cost.cost = cost.cost.saturating_add(known);
                cost.reserved = cost.reserved.saturating_add(reserved);
                cost.uncertain = cost.uncertain.saturating_add(uncertain);
            }
        }
        Ok(totals)
    }

    /// Adds a job by its line in the results file.
    fn add_recorded(&self, job: &Job, totals: &mut Totals) {
        let Some(known) = self
            .recorded(job)
            .filter(|known| !matches!(known.outcome, Outcome::Rejected | Outcome::Skipped))
        else {
            return;
        };
        match &known.cost {
            Some(cost) => {
                let sum = totals.in_currency(cost.money.currency.clone());
                sum.cost = sum.cost.saturating_add(cost.money.amount);
            }
            None => totals.unknown_cost += 1,
        }
    }
}
