//! Recording what the user found on a vendor's bill.

use chrono::Utc;

use super::{Entry, Event, Journal, Query, Settlement, Subject};
use crate::model::{Error, ErrorKind, TaskId};

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
