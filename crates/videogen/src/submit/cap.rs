//! Caps of what a submission may cost, checked before anything is sent: its own, and the budgets of the journal.

use url::Url;

use super::options::SubmitOptions;
use crate::client::{Client, is_own_server, journal_error};
use crate::journal::{Intent, OverBudget};
use crate::model::{CostLimit, CostLimitKind, Delivery, Error, ErrorKind, Estimate, Operation, VideoRequest};
use crate::rules::cost::Order;
use crate::rules::media::Files;

impl Client {
    /// What a valid request may cost, by the prices of this client.
    pub(super) fn estimate(&self, request: &VideoRequest, files: &Files) -> Estimate {
        let is_own = Url::parse(&self.0.base_url).is_ok_and(|url| is_own_server(self.0.vendor, &url));
        Order::new(self.0.vendor, request, files, is_own).cost(&self.0.prices)
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
            _ if options.allow_unknown_cost => return Ok(()),
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
                exhausted: false,
            },
        ))
    }

    /// Rejects a submission that the journal's budgets do not allow now. Its record decides again.
    pub(super) async fn within_budgets(&self, intent: &Intent) -> Result<(), Error> {
        let Some(journal) = &self.0.journal else { return Ok(()) };
        match journal.over_budget(intent.clone()).await.map_err(journal_error)? {
            Some(over) => Err(self.over_budget(&over)),
            None => Ok(()),
        }
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
