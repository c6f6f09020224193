//! The beginning of submissions, and their events.
//!
//! A call waits for the database twice: for what it reads under its locks, and for what it writes, with the commit.

use videogen::Timestamp;
use videogen::journal::{Entry, Event, Intent, Started, Subject};

use super::PostgresJournal;
use super::change::Change;
use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use super::notices::{notice, notify};
use super::row::{found, one, value};
use super::session::Session;
use super::{budget, select};
use crate::selection::repeated_since;

/// What a call to begin a submission has found.
enum Step {
    /// Nothing is stored.
    End(Started),
    /// An attempt begins, instead of an earlier one if there is one.
    Begin(Box<Option<Entry>>, Box<Entry>),
}

impl PostgresJournal {
    /// One attempt of a call to begin a submission. `call` identifies the call, so that it knows its own commit again if the
    /// answer to that was lost.
    pub(super) async fn begin_once(&self, intent: &Intent, call: &str) -> Result<Started, Fault> {
        let session = self.session().await?;
        let (at, before, entry) = match self.step(&session, intent.clone(), call).await {
            Ok((at, Step::Begin(before, entry))) => (at, before, entry),
            Ok((_, Step::End(started))) => return session.end(Ok((started, false))).await,
            Err(fault) => return session.end(Err(fault)).await,
        };
        if let Some(owner) = &self.owner {
            owner.entering();
        }
        let change = Change {
            before: (*before).as_ref(),
            entry: &entry,
            call: Some(call),
            event: Some((at, &Event::Started)),
            owner: self.owner.as_ref(),
        };
        change.commit(session).await?;
        Ok(new(&entry))
    }

    /// Begins a transaction, locks what calls with the same key or request share, and decides. Budgets cannot be set meanwhile.
    async fn step(&self, session: &Session, intent: Intent, call: &str) -> Result<(Timestamp, Step), Fault> {
        let scope = intent.scope();
        let lock = session.prepare(&locking()).await?;
        let find = session.prepare(&one("key", scope.as_deref(), true)).await?;
        let applying = session.prepare(&budget::applying(true)).await?;
        // What may repeat another submission waits for all others of the request.
        let is_guarded = repeated_since(&intent).is_some();
        let [locked, records, budgets] = session
            .begin_with([
                (
                    &lock,
                    &[
                        &self.lock_name("budgets", ""),
                        &self.lock_name("key", &intent.key),
                        &self.lock_name("request", &intent.request_hash),
                        &is_guarded,
                    ],
                ),
                (&find, &[&intent.key, &scope]),
                (&applying, &[&intent.vendor.as_str()]),
            ])
            .await?;
        let now = locked.first().map_or(Ok(0), |row| value(row, 3))?;
        let skew = Skew::of(time(now));
        let intent = skew.intent(intent);
        let at = intent.at;
        let end = |started| Ok((at, Step::End(started)));
        if let Some(first) = select::repeated(session, &intent).await? {
            return end(Started::Repeated(Box::new(first)));
        }
        let before = match found(&records)? {
            // An earlier attempt of this call was committed.
            Some(found) if found.call.as_deref() == Some(call) => return end(new(&found.entry)),
            found => found.map(|found| found.entry),
        };
        let entry = match &before {
            None => Entry::begin(intent),
            Some(known) => match known.begin_again(intent) {
                Some(entry) => entry,
                None => return end(Started::Known(Box::new(skew.entry(known.clone())))),
            },
        };
        if let Some(group) = entry.intent.group.as_ref().filter(|group| group.max_cost.is_some()) {
            session
                .run(
                    "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                    &[&self.lock_name("group", &group.name)],
                )
                .await?;
        }
        // An earlier attempt with this key counts nothing.
        if let Some(over) = budget::check(session, &entry.intent, &budgets).await? {
            return end(Started::OverBudget(Box::new(over)));
        }
        Ok((at, Step::Begin(Box::new(before), Box::new(entry))))
    }

    /// The name of a lock in the database, which has the locks of all programs.
    pub(super) fn lock_name(&self, kind: &str, name: &str) -> String {
        format!(
            "videogen/{}/{kind}/{}",
            self.shared.schema,
            name.replace('\0', "\u{fffd}")
        )
    }

    /// One attempt to record an event. A repeated event changes nothing.
    pub(super) async fn record_once(&self, subject: &Subject, event: &Event) -> Result<Option<Entry>, Fault> {
        let (column, value, scope) = match subject {
            Subject::Intent(id) | Subject::Attempt { id, .. } => ("intent", id.clone(), None),
            Subject::Task { task, scope } => ("task", task.to_string(), Some(scope.as_str())),
        };
        let session = self.session().await?;
        // Most polls change nothing, and lock nothing.
        if matches!(event, Event::Status { .. } | Event::Cost { .. }) {
            let rows = session.rows(&one(column, scope, false), &[&value, &scope]).await?;
            let Some(found) = found(&rows)? else {
                session.close();
                return Ok(None);
            };
            let mut entry = found.entry;
            if !entry.apply(subject, event.clone(), found.now)? {
                session.close();
                return Ok(Some(Skew::of(found.now).entry(entry)));
            }
        }
        let find = session.prepare(&one(column, scope, true)).await?;
        let read = async {
            let [rows] = session.begin_with([(&find, &[&value, &scope])]).await?;
            let Some(found) = found(&rows)? else {
                return Ok(None);
            };
            let mut entry = found.entry.clone();
            let stored = Skew::of(found.now).event(event.clone());
            let is_changed = entry.apply(subject, stored.clone(), found.now)?;
            Ok(Some((found, entry, stored, is_changed)))
        };
        let (found, entry, stored) = match read.await {
            Ok(Some((found, entry, stored, true))) => (found, entry, stored),
            Ok(Some((found, entry, _, false))) => {
                return session.end(Ok((Some(Skew::of(found.now).entry(entry)), false))).await;
            }
            Ok(None) => return session.end(Ok((None, false))).await,
            Err(fault) => return session.end(Err(fault)).await,
        };
        let change = Change {
            before: Some(&found.entry),
            entry: &entry,
            call: None,
            event: Some((found.now, &stored)).filter(|_| !matches!(stored, Event::Alive { .. })),
            owner: None,
        };
        change.commit(session).await?;
        if let Some(notice) = notice(&entry, &stored) {
            notify(&self.shared.notices, &self.shared.pool, &self.shared.schema, notice).await;
        }
        Ok(Some(Skew::of(found.now).entry(entry)))
    }
}

/// Locks whether budgets change, `$1`, a key, `$2`, and a request, `$3`: that one only for this call if `$4`. Selects the time,
/// too.
fn locking() -> String {
    format!(
        "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0)),
            CASE WHEN $4::boolean THEN pg_advisory_xact_lock(hashtextextended($3, 0))
                ELSE pg_advisory_xact_lock_shared(hashtextextended($3, 0)) END, {NOW}"
    )
}

fn new(entry: &Entry) -> Started {
    Started::New {
        id: entry.intent.id.clone(),
        attempt: entry.attempts,
    }
}
