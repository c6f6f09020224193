//! Caps of what a submission may cost, checked before anything is sent: its own, and the budgets of the journal.

use std::collections::BTreeMap;

use super::options::SubmitOptions;
use crate::client::Client;
use crate::journal::{Intent, OverBudget};
use crate::model::{
    CostLimit, CostLimitKind, Delivery, Error, ErrorKind, Estimate, Expected, Operation, Reserved, VideoRequest,
};
use crate::rules::cost::Order;
use crate::rules::media::Files;
use crate::upload::Contents;

impl Client {
    /// What a valid request may cost, by the prices of this client.
    pub(super) fn estimate(&self, request: &VideoRequest, files: &Files) -> Estimate {
        Order::new(self.0.vendor, request, files, self.0.is_own_server).cost(&self.0.prices)
    }

    /// Rejects a submission that may cost more than [`SubmitOptions::max_cost`].
    pub(super) fn within_cap(&self, options: &SubmitOptions, estimate: &Estimate) -> Result<(), Error> {
        let Some(most) = &options.max_cost else { return Ok(()) };
        let (message, cost_known) = match estimate {
            Estimate::Known(cost) if cost.currency == most.currency => {
                if cost.high <= most.amount {
                    return Ok(());
                }
                let message =
                    format!("over the maximum cost: the submission may cost {cost}, and the maximum is {most}");
                (message, true)
            }
            _ if options.allow_unknown_cost && !most.amount.is_zero() => return Ok(()),
            Estimate::Known(cost) => {
                let own = &most.currency;
                let message = format!(
                    "the submission is priced at {cost}, and the maximum cost is {most}: its cost in {own} is unknown"
                );
                (message, false)
            }
            Estimate::Unknown { reason, .. } => {
                let message =
                    format!("the cost of the submission is unknown ({reason}), and the maximum cost is {most}");
                (message, false)
            }
        };
        let kind = CostLimitKind::MaxCost;
        Err(self.refused(
            message,
            CostLimit {
                kind,
                cost_known,
                exhausted: !cost_known && most.amount.is_zero(),
                all_vendors: true,
                currency: most.currency.clone(),
                other_cost: estimate
                    .known()
                    .filter(|_| !cost_known)
                    .map(|cost| Reserved::from(cost).most()),
            },
        ))
    }

    /// Rejects a submission that the journal's budgets do not allow now. Its record decides again.
    pub(super) async fn within_budgets(&self, intent: &Intent) -> Result<(), Error> {
        let Some(journal) = &self.0.journal else { return Ok(()) };
        match journal.over_budget(intent.clone()).await.map_err(Error::from)? {
            Some(over) => Err(self.over_budget(&over)),
            None => Ok(()),
        }
    }

    /// Checks that several submissions together are within [`SubmitOptions::max_cost`] and the budgets of the journal, before the
    /// first one is sent. It reserves nothing: each submission is checked again when it is recorded.
    ///
    /// # Errors
    /// `budget` when a limit does not allow them; `journal` when the journal cannot be read.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, requests: Vec<videogen::VideoRequest>) -> Result<(), videogen::Error> {
    /// use videogen::submit::SubmitOptions;
    ///
    /// let plans = requests.iter().map(|request| client.plan(request)).collect::<Result<Vec<_>, _>>()?;
    /// let estimates: Vec<_> = plans.iter().map(|plan| plan.cost().clone()).collect();
    /// client.check_total_cost(&estimates, &SubmitOptions::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn check_total_cost(&self, estimates: &[Estimate], options: &SubmitOptions) -> Result<(), Error> {
        let mut totals: BTreeMap<&str, Reserved> = BTreeMap::new();
        for cost in estimates.iter().filter_map(Estimate::known) {
            match totals.get_mut(cost.currency.as_str()) {
                Some(total) => {
                    // A sum that is too large to be represented is too large for every limit.
                    total.amount = total.amount.saturating_add(cost.high);
                    total.low = total.low.saturating_add(cost.low);
                }
                None => drop(totals.insert(&cost.currency, Reserved::from(cost))),
            }
        }
        let what = match estimates.len() {
            1 => "the submission".to_owned(),
            count => format!("the {count} submissions"),
        };
        let has_unknown = estimates.iter().any(|estimate| estimate.known().is_none());
        if let Some(most) = &options.max_cost {
            let kind = CostLimitKind::MaxCost;
            let total = totals.get(most.currency.as_str());
            if let Some(total) = total.filter(|total| total.amount > most.amount) {
                let message = format!(
                    "over the maximum cost: {what} may cost {}{}, and the maximum is {most}",
                    total.most(),
                    if estimates.len() == 1 { "" } else { " together" }
                );
                return Err(self.refused(
                    message,
                    CostLimit {
                        kind,
                        cost_known: true,
                        exhausted: false,
                        all_vendors: true,
                        currency: most.currency.clone(),
                        other_cost: None,
                    },
                ));
            }
            let is_allowed = options.allow_unknown_cost && !most.amount.is_zero();
            if (has_unknown || totals.len() > usize::from(total.is_some())) && !is_allowed {
                let message = format!(
                    "the cost of {what} in {} is unknown, and the maximum cost is {most}",
                    most.currency
                );
                return Err(self.refused(
                    message,
                    CostLimit {
                        kind,
                        cost_known: false,
                        exhausted: most.amount.is_zero(),
                        all_vendors: true,
                        currency: most.currency.clone(),
                        // A sum of several currencies has none.
                        other_cost: match (has_unknown, totals.len()) {
                            (false, 1) => totals.values().next().map(Reserved::most),
                            _ => None,
                        },
                    },
                ));
            }
        }
        let Some(journal) = &self.0.journal else { return Ok(()) };
        for total in totals.into_values().map(Some).chain(has_unknown.then_some(None)) {
            let request = VideoRequest::default();
            let expected = Expected {
                estimate: total,
                ..Expected::default()
            };
            let intent = self.intent(options, &request, &Contents::default(), String::new(), expected);
            if let Some(over) = journal.over_budget(intent).await.map_err(Error::from)? {
                let message = over.describe(&what);
                return Err(self.refused(message, over.limit()));
            }
        }
        Ok(())
    }

    pub(super) fn over_budget(&self, over: &OverBudget) -> Error {
        self.refused(over.to_string(), over.limit())
    }

    fn refused(&self, message: String, limit: CostLimit) -> Error {
        Error::new(ErrorKind::Budget, message)
            .with_cost_limit(limit)
            .during(self.0.vendor, Operation::Submit)
            .with_delivery(Delivery::NotSent)
    }
}
