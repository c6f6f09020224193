//! Which submissions the maximum cost and the budgets allow, as a run decides it for one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use videogen::Vendor;
use videogen::journal::{Budget, Entry, Journal as _, Period};
use videogen::price::{Decimal, Estimate, Money};
use videogen_journal::Store;

use crate::exit::Failure;
use crate::journal::failure;

/// What `--max-cost` and `--allow-unknown-cost` say.
pub(crate) struct Caps {
    pub(crate) max_cost: Option<Money>,
    pub(crate) allow_unknown_cost: bool,
}

/// A budget, and what counts against it.
struct Counted {
    budget: Budget,
    /// With the most that the submissions so far may cost.
    most: Decimal,
    /// Without them: they may be refused, or cost less.
    least: Decimal,
}

/// A limit that does not allow a submission.
#[derive(Debug, Clone)]
pub(super) struct Over {
    /// Which one, with what counts against it.
    pub(super) limit: String,
    /// Whether it allows the submission after all, if others cost less than their most or are refused.
    pub(super) is_open: bool,
}

/// The limits, with what counts against each.
pub(super) struct Limits<'a> {
    caps: &'a Caps,
    journal: Option<Arc<Store>>,
    /// By the scope of the base URL.
    budgets: HashMap<String, Vec<Counted>>,
    /// What the earlier submissions of the batch count, by scope and currency.
    earlier: HashMap<(String, String), Decimal>,
}

impl<'a> Limits<'a> {
    pub(super) fn new(caps: &'a Caps, journal: Option<Arc<Store>>) -> Self {
        Self {
            caps,
            journal,
            budgets: HashMap::new(),
            earlier: HashMap::new(),
        }
    }

    /// Counts an earlier submission of the batch.
    pub(super) fn count(&mut self, entry: &Entry) {
        let scope = entry.intent.scope().unwrap_or_default();
        for Money { amount, currency, .. } in entry.counted() {
            *self.earlier.entry((scope.clone(), currency)).or_default() += amount;
        }
    }

    /// Reserves what a submission may cost. Returns the limit that does not allow it.
    pub(super) async fn reserve(
        &mut self,
        vendor: Vendor,
        scope: &str,
        estimate: &Estimate,
    ) -> Result<Option<Over>, Failure> {
        let allow_unknown = self.caps.allow_unknown_cost;
        let budgets = self.of(scope).await?;
        let known = |budget: &Budget| {
            let cost = estimate.known()?;
            (cost.currency == budget.key.currency).then_some(cost)
        };
        let applying = budgets.iter_mut().filter(|counted| counted.budget.applies_to(vendor));
        let mut applying: Vec<&mut Counted> = applying.collect();
        let over = applying.iter().find(|counted| match known(&counted.budget) {
            Some(cost) => counted.most.saturating_add(cost.high) > counted.budget.amount,
            None => counted.most >= counted.budget.amount || !allow_unknown,
        });
        if let Some(Counted { budget, most, least }) = over {
            let limit = match &budget.key.group {
                Some(_) => format!("--max-cost {} {}", budget.amount, budget.key.currency),
                None => format!("the budget of {budget}"),
            };
            let is_open = match known(budget) {
                Some(cost) => least.saturating_add(cost.high) <= budget.amount,
                None => allow_unknown && *least < budget.amount,
            };
            let limit = match known(budget) {
                None if *most < budget.amount => format!("of unknown cost, under {limit}"),
                _ => format!("over {limit} ({} spent or reserved)", most.normalize()),
            };
            return Ok(Some(Over { limit, is_open }));
        }
        for counted in &mut applying {
            if let Some(cost) = known(&counted.budget) {
                counted.most = counted.most.saturating_add(cost.high);
            }
        }
        Ok(None)
    }

    async fn of(&mut self, scope: &str) -> Result<&mut Vec<Counted>, Failure> {
        if !self.budgets.contains_key(scope) {
            let budgets = match &self.journal {
                Some(journal) => journal.budgets(scope.to_owned()).await.map_err(failure)?,
                None => Vec::new(),
            };
            let counted = |(budget, counted)| Counted {
                budget,
                most: counted,
                least: counted,
            };
            let mut budgets: Vec<Counted> = budgets.into_iter().map(counted).collect();
            if let Some(most) = &self.caps.max_cost {
                let mut budget = Budget::new(most.clone(), Period::Total);
                budget.key.group = Some("batch".to_owned());
                let key = (scope.to_owned(), most.currency.clone());
                budgets.push(counted((budget, self.earlier.get(&key).copied().unwrap_or_default())));
            }
            self.budgets.insert(scope.to_owned(), budgets);
        }
        Ok(self.budgets.entry(scope.to_owned()).or_default())
    }
}
