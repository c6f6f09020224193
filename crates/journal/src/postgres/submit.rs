//! The beginning of submissions, and their events.

use videogen::journal::{Entry, Event, Intent, Started, Subject};

use super::PostgresJournal;
use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use super::row::{find, put, value};
use super::session::Session;
use super::{budget, owner, select};
use crate::selection::repeated_since;

impl PostgresJournal {
    /// One attempt of a call to begin a submission. `call` identifies the call, so that it knows its own commit again if the
    /// answer to that was lost.
    pub(super) async fn begin_once(&self, intent: &Intent, call: &str) -> Result<Started, Fault> {
        let session = self.session().await?;
        session.begin().await?;
        let started = self.begin_in(&session, intent.clone(), call).await;
        session.end(started).await
    }

    /// Returns whether to commit, too.
    async fn begin_in(&self, session: &Session, intent: Intent, call: &str) -> Result<(Started, bool), Fault> {
        let skew = self.lock(session, &intent).await?;
        let intent = skew.intent(intent);
        if let Some(first) = select::repeated(session, &intent).await? {
            return Ok((Started::Repeated(Box::new(first)), false));
        }
        let found = find(session, "key", &intent.key, intent.scope().as_deref(), true).await?;
        let before = match found {
            Some(found) if found.call.as_deref() == Some(call) => {
                // An earlier attempt of this call was committed.
                return Ok((new(&found.entry), false));
            }
            found => found.map(|found| found.entry),
        };
        let at = intent.at;
        let entry = match &before {
            None => Entry::begin(intent),
            Some(known) => match known.begin_again(intent) {
                Some(entry) => entry,
                None => return Ok((Started::Known(Box::new(skew.entry(known.clone()))), false)),
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
        if let Some(over) = budget::check(session, &entry.intent, true).await? {
            return Ok((Started::OverBudget(Box::new(over)), false));
        }
        put(
            session,
            before.as_ref(),
            &entry,
            Some(call),
            Some((at, &Event::Started)),
        )
        .await?;
        if let Some(owner) = &self.owner {
            owner::begin(session, owner, &entry.intent.id).await?;
        }
        Ok((new(&entry), true))
    }

    /// Locks what calls with the same key or request share, and returns how the clocks differ. Budgets cannot be set
    /// meanwhile.
    async fn lock(&self, session: &Session, intent: &Intent) -> Result<Skew, Fault> {
        let sql = format!(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0)),
                CASE WHEN $4::boolean THEN pg_advisory_xact_lock(hashtextextended($3, 0))
                    ELSE pg_advisory_xact_lock_shared(hashtextextended($3, 0)) END, {NOW}"
        );
        // What may repeat another submission waits for all others of the request.
        let is_guarded = repeated_since(intent).is_some();
        let request = self.lock_name("request", &intent.request_hash);
        let key = self.lock_name("key", &intent.key);
        let row = session
            .row(&sql, &[&self.lock_name("budgets", ""), &key, &request, &is_guarded])
            .await?;
        let now = row.as_ref().map_or(Ok(0), |row| value(row, 3))?;
        Ok(Skew::of(time(now)))
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
            let Some(found) = find(&session, column, &value, scope, false).await? else {
                session.close();
                return Ok(None);
            };
            let mut entry = found.entry;
            if !entry.apply(subject, event.clone(), found.now)? {
                session.close();
                return Ok(Some(Skew::of(found.now).entry(entry)));
            }
        }
        session.begin().await?;
        let recorded = async {
            let Some(found) = find(&session, column, &value, scope, true).await? else {
                return Ok((None, false));
            };
            let (before, skew) = (found.entry, Skew::of(found.now));
            let mut entry = before.clone();
            let event = skew.event(event.clone());
            let is_changed = entry.apply(subject, event.clone(), found.now)?;
            if is_changed {
                let logged = Some((found.now, &event)).filter(|_| !matches!(event, Event::Alive { .. }));
                put(&session, Some(&before), &entry, None, logged).await?;
            }
            Ok((Some(skew.entry(entry)), is_changed))
        };
        let recorded = recorded.await;
        session.end(recorded).await
    }
}

fn new(entry: &Entry) -> Started {
    Started::New {
        id: entry.intent.id.clone(),
        attempt: entry.attempts,
    }
}
