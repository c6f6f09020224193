//! The calls of the journal.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;
use videogen::Timestamp;
use videogen::journal::{
    BoxFuture, Budget, BudgetKey, Changes, Entry, Event, Found, GroupBy, Intent, Journal, JournalError, OverBudget,
    Query, Started, Subject, Topic, Turns, UploadKey, UploadLease, UploadRecord,
};
use videogen::price::Decimal;

use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use super::row::value;
use super::session::Session;
use super::{ATTEMPT, PostgresJournal, UNTIL_KEPT, budget, copy, health, owner, prune, select, spend, turns, upload};
use crate::health::Health;
use crate::owner::{Account, Owner, Taken, Unfinished};
use crate::prune::{Prune, Pruned};
use crate::spend::{Origins, Spent};
use crate::spool::{Kept, Replayed, Spool, Unrecorded, kept_error};
use crate::stored::{Stored, StoredBudget, Upload, Written};

/// Runs a call without a transaction, again if it fails for another reason than its own.
macro_rules! on {
    ($journal:expr, |$session:ident| $work:expr) => {
        $journal
            .retried(|| async {
                let $session = $journal.session().await?;
                let result = $work.await?;
                $session.close();
                Ok(result)
            })
            .await
    };
}

/// The same in a transaction.
macro_rules! within {
    ($journal:expr, $begin:literal, |$session:ident| $work:expr) => {
        $journal
            .retried(|| async {
                let $session = $journal.session().await?;
                $session.batch($begin).await?;
                let result = $work.await;
                $session.end(result.map(|result| (result, true))).await
            })
            .await
    };
}

impl PostgresJournal {
    /// Returns the events of a submission, in order. Events that this version cannot read are omitted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn events(&self, intent: &str) -> Result<Vec<(Timestamp, Event)>, JournalError> {
        on!(self, |session| events(&session, intent))
    }

    /// Returns the [scopes](Intent::scope) of the submissions, with the [origins](Intent::origin) in each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn origins(&self) -> Result<Origins, JournalError> {
        on!(self, |session| budget::origins(&session))
    }

    /// Returns what the submissions since a time cost. Reads a long journal faster than [`Ledger`](videogen::journal::Ledger).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn spend(&self, since: Option<Timestamp>, by: Option<GroupBy>) -> Result<Spent, JournalError> {
        let since = since.map_or(i64::MIN, |since| since.timestamp_millis());
        within!(self, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", |session| {
            spend::sum(&session, since, by)
        })
    }

    /// Returns the number of submissions in a [scope](Intent::scope), in the current period of a budget, whose cost it
    /// [cannot count](Budget::misses).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn missed(&self, budget: Budget, scope: impl Into<String>) -> Result<u64, JournalError> {
        let scope = scope.into();
        within!(
            self,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            |session| async {
                let now = now(&session).await?;
                let start = budget.key.period.start(now);
                let start = start.map_or(i64::MIN, |start| start.timestamp_millis());
                spend::missed(&session, &budget, &scope, start).await
            }
        )
    }

    /// Removes old entries that no promise depends on. Other processes can write meanwhile.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn prune(&self, prune: Prune) -> Result<Pruned, JournalError> {
        if !prune.dry_run {
            self.writable()?;
        }
        let mut pruned = Pruned::new(prune.before);
        let mut after = None;
        loop {
            (pruned, after) = within!(self, "BEGIN", |session| async {
                let now = now(&session).await?;
                prune::batch(&session, prune, after.as_ref(), now, pruned.clone()).await
            })?;
            if after.is_none() {
                return Ok(pruned);
            }
        }
    }

    /// Makes the space of removed entries available to new ones. Other processes can write meanwhile.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn vacuum(&self) -> Result<(), JournalError> {
        self.writable()?;
        let tables = "submissions, events, totals, uploads, upload_leases, budgets, owners, owned, turns, claims";
        // It takes as long as it needs.
        let vacuumed = self.retried_within(Duration::MAX, || async {
            let session = self.session().await?;
            // The connection is closed afterwards, and its settings with it.
            session.batch("SET statement_timeout TO 0").await?;
            session.batch(&format!("VACUUM (ANALYZE) {tables}")).await
        });
        vacuumed.await
    }

    /// Reads all records, and checks them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn health(&self) -> Result<Health, JournalError> {
        self.checked(None).await
    }

    /// Does the same within a time limit. Returns `None` if it was not enough.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn health_within(&self, limit: Duration) -> Result<Option<Health>, JournalError> {
        match timeout(limit, self.checked(Some(limit))).await {
            Ok(checked) => checked.map(Some),
            Err(_) => Ok(None),
        }
    }

    async fn checked(&self, limit: Option<Duration>) -> Result<Health, JournalError> {
        // The server ends a statement when nothing waits for it any more, and not earlier. Zero: no limit.
        let limit = limit.map_or(0, |limit| i32::try_from(limit.as_millis() + 1).unwrap_or(0));
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout TO {limit}");
        let checked = self.retried_within(Duration::MAX, || async {
            let session = self.session().await?;
            session.batch(&begin).await?;
            let health = health::check(&session, &self.shared.schema).await;
            session.end(health.map(|health| (health, true))).await
        });
        checked.await
    }
}

async fn events(session: &Session, intent: &str) -> Result<Vec<(Timestamp, Event)>, Fault> {
    let sql = "SELECT at, event FROM events WHERE intent = $1 ORDER BY id";
    let mut events = Vec::new();
    for row in session.rows(sql, &[&intent]).await? {
        let at = Timestamp::from_timestamp_millis(value(&row, 0)?);
        let event = serde_json::from_str(value(&row, 1)?).ok();
        events.extend(at.zip(event));
    }
    Ok(events)
}

/// The time of the database.
async fn now(session: &Session) -> Result<Timestamp, Fault> {
    let row = session.row(&format!("SELECT {NOW}"), &[]).await?;
    Ok(time(row.as_ref().map_or(Ok(0), |row| value(row, 0))?))
}

impl PostgresJournal {
    /// Returns the files of the tasks that are kept, and not recorded yet.
    #[must_use]
    pub fn kept(&self) -> Vec<PathBuf> {
        let kept = self.spool.iter().flat_map(Spool::kept);
        kept.map(|kept| kept.map_or_else(|(path, _)| path, |kept| kept.path))
            .collect()
    }

    /// Records the tasks of this journal that were kept while the database was down.
    ///
    /// # Errors
    /// When the database cannot be used: the tasks are still kept.
    pub async fn replay(&self) -> Result<Replayed, JournalError> {
        let mut replayed = Replayed::default();
        let Some(spool) = &self.spool else { return Ok(replayed) };
        for kept in spool.kept() {
            let kept = match kept {
                Ok(kept) => kept,
                Err((path, reason)) => {
                    let task = None;
                    replayed.left.push(Unrecorded { path, task, reason });
                    continue;
                }
            };
            let Kept { subject, event, .. } = &kept;
            let recorded = self.attempted(ATTEMPT, || self.record_once(subject, event)).await;
            let reason = match recorded {
                Ok(Some(_)) => {
                    replayed.recorded += 1;
                    // If it stays, it is recorded again, which changes nothing.
                    let _ = std::fs::remove_file(&kept.path);
                    continue;
                }
                Ok(None) => "the journal has no record of its submission".to_owned(),
                Err(fault @ (Fault::Rule(_) | Fault::Refused(_))) => fault.error(&self.shared.name).to_string(),
                Err(fault) => return Err(fault.error(&self.shared.name)),
            };
            replayed.left.push(kept.left(reason));
        }
        Ok(replayed)
    }
}

/// Owners.
impl PostgresJournal {
    pub(crate) async fn enter(&self, owner: &Owner) -> Result<(), JournalError> {
        self.writable()?;
        within!(self, "BEGIN", |session| owner::enter(&session, owner))
    }

    pub(crate) async fn extend(&self, owner: &Owner) -> Result<bool, JournalError> {
        self.writable()?;
        on!(self, |session| owner::extend(&session, owner))
    }

    pub(crate) async fn take_over(
        &self,
        owner: &Owner,
        accounts: &[Account],
        limit: u32,
    ) -> Result<Option<Taken>, JournalError> {
        self.writable()?;
        within!(self, "BEGIN", |session| owner::take_over(
            &session, owner, accounts, limit
        ))
    }

    pub(crate) async fn unfinished(&self, accounts: &[Account]) -> Result<Unfinished, JournalError> {
        on!(self, |session| owner::unfinished(&session, accounts))
    }

    pub(crate) async fn take(&self, owner: &Owner, intent: &str) -> Result<bool, JournalError> {
        self.writable()?;
        on!(self, |session| owner::take(&session, owner, intent))
    }

    pub(crate) async fn claim(&self, owner: &Owner, name: &str) -> Result<bool, JournalError> {
        self.writable()?;
        on!(self, |session| owner::claim(&session, owner, name))
    }

    pub(crate) async fn unclaim(&self, owner: &Owner, name: &str) -> Result<(), JournalError> {
        self.writable()?;
        on!(self, |session| owner::unclaim(&session, owner, name))
    }

    pub(crate) async fn release(&self, owner: &Owner, intent: &str) -> Result<(), JournalError> {
        self.writable()?;
        on!(self, |session| owner::release(&session, owner, intent))
    }

    pub(crate) async fn leave(&self, owner: &Owner) -> Result<(), JournalError> {
        self.writable()?;
        within!(self, "BEGIN", |session| owner::leave(&session, owner))
    }
}

/// Copies.
impl PostgresJournal {
    /// The next records after an id, in the order of the ids.
    pub(crate) async fn read_stored(&self, after: Option<String>, limit: u32) -> Result<Vec<Stored>, JournalError> {
        within!(self, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", |session| {
            copy::read(&session, after.as_deref(), limit.into())
        })
    }

    /// Stores records that it does not have.
    pub(crate) async fn write_stored(&self, records: Vec<Stored>) -> Result<Written, JournalError> {
        self.writable()?;
        within!(self, "BEGIN", |session| copy::write(&session, &records))
    }

    pub(crate) async fn stored_uploads(&self) -> Result<Vec<Upload>, JournalError> {
        on!(self, |session| copy::uploads(&session))
    }

    /// Stores uploads, unless there are newer ones, and returns the number of stored ones.
    pub(crate) async fn store_uploads(&self, uploads: Vec<Upload>) -> Result<u64, JournalError> {
        self.writable()?;
        within!(self, "BEGIN", |session| copy::put_uploads(&session, &uploads))
    }

    pub(crate) async fn stored_budgets(&self) -> Result<Vec<StoredBudget>, JournalError> {
        on!(self, |session| copy::budgets(&session))
    }

    /// Stores budgets that it does not have, and returns their number.
    pub(crate) async fn store_budgets(&self, budgets: Vec<StoredBudget>) -> Result<u64, JournalError> {
        self.writable()?;
        let lock = self.lock_name("budgets", "");
        within!(self, "BEGIN", |session| async {
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            session.run(sql, &[&lock]).await?;
            copy::put_budgets(&session, &budgets).await
        })
    }
}

impl Journal for PostgresJournal {
    fn begin(&self, intent: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
        Box::pin(async move {
            self.writable()?;
            let call = Uuid::now_v7().to_string();
            self.retried(|| self.begin_once(&intent, &call)).await
        })
    }

    fn record(&self, subject: Subject, event: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        Box::pin(async move {
            self.writable()?;
            let event = self.placed_here(event);
            let spool = self.spool.as_ref().filter(|_| Spool::takes(&subject, &event));
            let recording = self.attempted(ATTEMPT, || self.record_once(&subject, &event));
            let recorded = match spool {
                // The caller waits for it, and the end of its program.
                Some(_) => timeout(UNTIL_KEPT, recording)
                    .await
                    .unwrap_or_else(|_| Err(Fault::Unknown("no answer".to_owned()))),
                None => recording.await,
            };
            match (recorded, spool) {
                (Ok(None), Some(spool)) => {
                    // A replica that took over may lack the submission.
                    let _ = spool.keep(&subject, &event);
                    Ok(None)
                }
                (Ok(entry), _) => Ok(entry),
                (Err(fault @ (Fault::Rule(_) | Fault::Refused(_))), _) | (Err(fault), None) => {
                    Err(fault.error(&self.shared.name))
                }
                (Err(fault), Some(spool)) => {
                    let error = fault.error(&self.shared.name);
                    Err(kept_error(&error, spool.keep(&subject, &event)))
                }
            }
        })
    }

    fn find(&self, query: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
        Box::pin(async move { on!(self, |session| select::find(&session, query.clone())) })
    }

    fn over_budget(&self, intent: Intent) -> BoxFuture<'_, Result<Option<OverBudget>, JournalError>> {
        Box::pin(async move {
            on!(self, |session| async {
                let intent = Skew::of(now(&session).await?).intent(intent.clone());
                let sql = budget::applying(false);
                let budgets = session.rows(&sql, &[&intent.vendor.as_str()]).await?;
                budget::check(&session, &intent, &budgets).await
            })
        })
    }

    fn repeated(&self, intent: Intent) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
        Box::pin(async move {
            on!(self, |session| async {
                let intent = Skew::of(now(&session).await?).intent(intent.clone());
                select::repeated(&session, &intent).await
            })
        })
    }

    fn budgets(&self, scope: String) -> BoxFuture<'_, Result<Vec<(Budget, Decimal)>, JournalError>> {
        Box::pin(async move {
            on!(self, |session| async {
                let now = now(&session).await?;
                budget::all(&session, &scope, now).await
            })
        })
    }

    fn set_budget(&self, budget: Budget) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            self.writable()?;
            let lock = self.lock_name("budgets", "");
            within!(self, "BEGIN", |session| async {
                // A submission that did not see it is committed before it.
                let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
                session.run(sql, &[&lock]).await?;
                budget::put(&session, &budget).await
            })
        })
    }

    fn remove_budget(&self, key: BudgetKey) -> BoxFuture<'_, Result<bool, JournalError>> {
        Box::pin(async move {
            self.writable()?;
            on!(self, |session| budget::remove(&session, &key))
        })
    }

    fn find_upload(&self, key: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
        Box::pin(async move { on!(self, |session| upload::find(&session, &key)) })
    }

    fn record_upload(&self, record: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            self.writable()?;
            on!(self, |session| upload::put(&session, &record))
        })
    }

    fn forget_upload(&self, record: UploadRecord) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            self.writable()?;
            on!(self, |session| upload::remove(&session, &record))
        })
    }

    fn lease_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
        Box::pin(async move {
            self.writable()?;
            let key = &lease.key;
            let parts = [&key.account, &key.origin, key.vendor.as_str(), &key.way, &key.sha256];
            let lock = self.lock_name("upload", &parts.join("/"));
            within!(self, "BEGIN", |session| upload::lease(&session, &lease, &lock))
        })
    }

    fn release_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
        Box::pin(async move {
            self.writable()?;
            on!(self, |session| upload::release(&session, &lease))
        })
    }

    fn changes(&self, topic: Topic) -> Option<Changes> {
        self.shared.hub.subscribe(topic)
    }

    fn reserve_turns(&self, turns: Turns) -> Option<BoxFuture<'_, Result<Duration, JournalError>>> {
        if self.shared.is_read_only {
            return None;
        }
        // Each attempt reserves, so an unanswered one is not repeated.
        Some(Box::pin(async move {
            let reserved = self.clone().patience(Duration::ZERO);
            on!(reserved, |session| turns::reserve(&session, &turns))
        }))
    }
}

impl PostgresJournal {
    /// The event, with the machine that has its file.
    fn placed_here(&self, mut event: Event) -> Event {
        if let Event::Placing { file, .. } | Event::Downloaded { file, .. } = &mut event {
            file.machine.get_or_insert_with(|| self.machine.clone());
        }
        event
    }
}
