//! Copies of a journal into another one, of either engine.

use videogen::journal::JournalError;

use crate::store::{Store, either};
use crate::stored::Written;

/// Records of one transaction.
const BATCH: u32 = 200;

/// Result of [`copy`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// Submissions that were copied.
    pub submissions: u64,
    /// Submissions of an earlier copy that were brought up to date.
    pub updated: u64,
    /// Submissions that the target already had.
    pub unchanged: u64,
    /// Events that were copied.
    pub events: u64,
    /// Uploads that were copied.
    pub uploads: u64,
    /// Budgets that were copied.
    pub budgets: u64,
}

impl Copied {
    fn add(&mut self, written: Written) {
        self.submissions += written.inserted;
        self.updated += written.replaced;
        self.unchanged += written.kept;
        self.events += written.events;
    }
}

/// Copies all submissions with their events, all uploads and budgets into another journal. Entries stay as they are, also those
/// that this version cannot read. What the target has besides stays; sums count both. A copy that was interrupted can be made
/// again, and copies the rest.
///
/// Other processes should not use the source meanwhile: what they record later may be missing in the copy.
///
/// # Errors
/// When a journal cannot be read or written; a submission is in flight; the target has another submission with the same key or
/// task, a submission that was changed there since an earlier copy, or a budget with other values.
///
/// ```no_run
/// # async fn run() -> Result<(), videogen::journal::JournalError> {
/// use videogen_journal::{Store, copy};
///
/// let file = Store::open_read_only("videogen.db").await?;
/// let copied = copy(&file, &Store::open("postgresql://videogen@db.example/jobs").await?).await?;
/// println!("{} submissions", copied.submissions);
/// # Ok(())
/// # }
/// ```
pub async fn copy(from: &Store, to: &Store) -> Result<Copied, JournalError> {
    let mut copied = Copied::default();
    // First, so that no submission of the target exceeds them.
    let budgets = either!(from, journal => journal.stored_budgets().await)?;
    copied.budgets = either!(to, journal => journal.store_budgets(budgets).await)?;
    let mut after = None;
    loop {
        let records = either!(from, journal => journal.read_stored(after, BATCH).await)?;
        let Some(last) = records.last() else { break };
        after = Some(last.intent.clone());
        for record in &records {
            record.at_rest()?;
        }
        copied.add(either!(to, journal => journal.write_stored(records).await)?);
    }
    match to {
        Store::Sqlite(journal) => journal.end_stored().await?,
        // Its triggers keep the sums.
        #[cfg(feature = "postgres")]
        Store::Postgres(_) => {}
    }
    let uploads = either!(from, journal => journal.stored_uploads().await)?;
    copied.uploads = either!(to, journal => journal.store_uploads(uploads).await)?;
    Ok(copied)
}
