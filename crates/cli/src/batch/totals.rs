//! What the jobs of a batch cost together, as the ledger counts it.

use std::fmt;

use videogen::journal::{Amounts, Ledger};
use videogen::price::Decimal;

use super::attempt::key;
use super::run::Batch;
use super::view::Counts;
use crate::exit::Failure;
use crate::result::{BatchCost as Cost, BatchTotals as Totals, Outcome};

impl Batch {
    /// What all submissions of the jobs cost, by the journal. Of a job that it does not have, the results file counts.
    pub(crate) async fn totals(&self, counts: &Counts) -> Result<Totals, Failure> {
        let mut ledger = Ledger::default();
        let mut totals = Totals {
            jobs: self.jobs.len(),
            outcomes: counts.by_outcome(),
            ..Totals::default()
        };
        for job in &self.jobs {
            let mut is_known = false;
            for attempt in 1.. {
                match self.vendors.entry(&key(&self.name, &job.id, attempt)).await? {
                    Some(entry) => ledger.add(&entry, None),
                    None => break,
                }
                is_known = true;
            }
            if !is_known {
                self.add_recorded(&job.id, &mut totals);
            }
        }
        for spend in ledger.groups {
            totals.unknown_cost += spend.unknown;
            totals.not_billed += spend.not_billed;
            for amounts in spend.amounts {
                let Amounts {
                    currency,
                    reported,
                    computed,
                    estimated,
                    reserved,
                    uncertain,
                    ..
                } = amounts;
                let known = [computed, estimated]
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
    fn add_recorded(&self, job: &str, totals: &mut Totals) {
        let results = self.results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = results.of(job).filter(|known| known.simulated == self.simulated);
        let Some(known) = known.filter(|known| !matches!(known.outcome, Outcome::Rejected | Outcome::Skipped)) else {
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

impl Totals {
    fn in_currency(&mut self, currency: String) -> &mut Cost {
        let place = self.costs.iter().position(|cost| cost.currency == currency);
        let place = place.unwrap_or_else(|| {
            self.costs.push(Cost {
                currency,
                cost: Decimal::ZERO,
                reserved: Decimal::ZERO,
                uncertain: Decimal::ZERO,
            });
            self.costs.len() - 1
        });
        &mut self.costs[place]
    }
}

/// `9.07 USD, up to 0.8 USD uncertain, 2 of unknown cost`; empty if there is nothing to say.
impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        type Kind = (fn(&Cost) -> Decimal, &'static str, &'static str);
        let kinds: [Kind; 3] = [
            (|cost| cost.cost, "", ""),
            (|cost| cost.reserved, "up to ", " reserved"),
            (|cost| cost.uncertain, "up to ", " uncertain"),
        ];
        let mut parts: Vec<String> = Vec::new();
        for (amount, before, after) in kinds {
            let costs = self.costs.iter().filter(|cost| !amount(cost).is_zero());
            let amounts: Vec<String> = costs
                .map(|cost| format!("{} {}", amount(cost).normalize(), cost.currency))
                .collect();
            if !amounts.is_empty() {
                parts.push(format!("{before}{}{after}", amounts.join(" and ")));
            }
        }
        if self.unknown_cost > 0 {
            parts.push(format!("{} of unknown cost", self.unknown_cost));
        }
        f.write_str(&parts.join(", "))
    }
}
