//! Recording what the user found on a vendor's bill.

use chrono::Utc;

use super::{Entry, Event, Intent, Journal, Query, Settlement, State, Subject};
use crate::model::{Error, ErrorKind, TaskCost, TaskId, Timestamp};

/// Result of [`settle`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settled {
    /// The submission before.
    pub before: Entry,
    /// The submission now.
    pub entry: Entry,
}

/// Records what a vendor billed for a submission, as the user found it: what budgets and the [ledger](super::Ledger) count
/// changes in the same transaction. A later settlement replaces it, and `None` removes it. The cost that the vendor reports
/// is recorded as before, but counts no more.
///
/// `id` is that of the submission or of its task. A submission of unknown status can only be settled as not billed, and stays
/// open: it counts again if its task is found.
///
/// # Errors
/// `not_found` for an unknown id; `conflict` if it names several submissions, and for one that is in flight, that created no task,
/// or whose status is unknown; `invalid_request` for a negative amount, and for another currency than that of the submission's
/// price; `journal` if the journal cannot be read or written.
///
/// ```no_run
/// use videogen::journal::{Journal, Settlement, settle};
///
/// async fn correct(journal: &dyn Journal) -> Result<(), Box<dyn std::error::Error>> {
///     let billed = Settlement::billed("1.20".parse()?).note("invoice 2026-11");
///     let settled = settle(journal, "token360:videos:video-4f1c", Some(billed)).await?;
///     println!("{:?} instead of {:?}", settled.entry.charge(), settled.before.charge());
///     Ok(())
/// }
/// ```
pub async fn settle(journal: &dyn Journal, id: &str, settlement: Option<Settlement>) -> Result<Settled, Error> {
    let query = match id.parse::<TaskId>() {
        Ok(task) => Query::default().task(task),
        Err(_) => Query::default().intent(id),
    };
    let mut found = journal.find(query).await?;
    if let Some(record) = found.unreadable.pop() {
        return Err(Error::new(ErrorKind::Journal, record.to_string()));
    }
    let missing = || {
        let message = format!("the journal has no submission {id}, and no task with this id");
        Error::new(ErrorKind::NotFound, message)
    };
    let before = found.entries.pop().ok_or_else(missing)?;
    if !found.entries.is_empty() {
        let others = found.entries.iter().chain([&before]);
        let ids: Vec<&str> = others.map(|entry| entry.intent.id.as_str()).collect();
        let message = format!(
            "{id} is the task of several submissions, to different addresses; name one of them: {}",
            ids.join(", ")
        );
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    if let Some(settlement) = &settlement {
        before.may_settle(settlement, Utc::now())?;
    }
    let subject = Subject::Intent(before.intent.id.clone());
    let recorded = journal.record(subject, Event::Settled { settlement }).await?;
    let entry = recorded.ok_or_else(missing)?;
    Ok(Settled { before, entry })
}

impl Entry {
    /// Checks that a settlement can be recorded at `at`; see [`settle`](super::settle).
    pub(super) fn may_settle(&self, settlement: &Settlement, at: Timestamp) -> Result<(), Error> {
        let id = &self.intent.id;
        let message = match self.state {
            State::Rejected | State::NotSent | State::Dismissed => {
                let state = self.state.as_str();
                format!("submission {id} is {state}: it created no task, so it costs nothing")
            }
            _ if self.is_in_flight(at) => format!("submission {id} is in flight; retry in a few seconds"),
            State::Sending | State::Ambiguous if settlement.money.is_some() => format!(
                "the status of submission {id} is unknown; before its cost, record its task, or that it created none"
            ),
            State::Sending | State::Ambiguous | State::Accepted => return settlement.check(&self.currencies()),
        };
        Err(Error::new(ErrorKind::Conflict, message))
    }

    /// The currencies of what is known of its cost.
    fn currencies(&self) -> Vec<&str> {
        let Intent {
            estimate, unit_price, ..
        } = &self.intent;
        let estimate = estimate.as_ref().map(|estimate| estimate.currency.as_str());
        let unit = unit_price.as_ref().map(|price| price.currency.as_str());
        let cost = self.cost.as_ref().map(|cost| cost.money.currency.as_str());
        let mut known: Vec<&str> = [estimate, unit, cost].into_iter().flatten().collect();
        known.dedup();
        known
    }

    /// Returns what it was billed, as the user entered it.
    #[must_use]
    pub fn entered(&self) -> Option<TaskCost> {
        let money = self.settled.as_ref()?.money.clone();
        let currency = || self.currencies().first().map(|known| (*known).to_owned());
        Some(TaskCost::entered(money, currency))
    }
}
