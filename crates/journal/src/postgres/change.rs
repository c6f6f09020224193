//! Writing one record.

use videogen::Timestamp;
use videogen::journal::{Entry, Event};
use videogen::price::Money;

use super::fault::Fault;
use super::owner;
use super::row::looked_up;
use super::session::{Query, Session};
use crate::error::broken;
use crate::owner::Owner;
use crate::record::{Values, taken};

/// The columns of a stored record, in the order of the values of a [`Change`].
const STORED: &str = "intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, vendor_id, \
    vendor, counted, currency, group_name, status, other_counted, other_currency, request_hash, model, charge, call";
const VALUES: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15, $16, $17, \
    $18::text::numeric, $19, $20, $21, $22, $23";
/// The values of a record that replaces another one: its call is kept unless there is another one.
const VALUES_KEPT: &str = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::numeric, $15, $16, $17, \
    $18::text::numeric, $19, $20, $21, $22, coalesce($23, call)";

/// A change of one record.
pub(super) struct Change<'a> {
    /// The stored entry, whose record must be locked. `None`: there is none.
    pub(super) before: Option<&'a Entry>,
    pub(super) entry: &'a Entry,
    /// The call that begins an attempt.
    pub(super) call: Option<&'a str>,
    /// What is logged, and when it happened.
    pub(super) event: Option<(Timestamp, &'a Event)>,
    /// The owner of a submission that begins.
    pub(super) owner: Option<&'a Owner>,
}

impl Change<'_> {
    /// Stores it, and commits the transaction of the session.
    ///
    /// # Errors
    /// [`taken`] if another record has the task: nothing is stored then.
    pub(super) async fn commit(self, session: Session) -> Result<(), Fault> {
        let (entry, intent) = (self.entry, &self.entry.intent);
        let values = Values::of(entry)?;
        let stored = match self.before {
            None => format!("INSERT INTO submissions ({STORED}, is_owned) VALUES ({VALUES}, $26) RETURNING intent"),
            Some(_) => format!(
                "UPDATE submissions SET ({STORED}, revision) = ROW ({VALUES_KEPT}, revision + 1) WHERE intent = $1
                    AND NOT ($26 AND EXISTS (SELECT FROM submissions WHERE task = $7
                        AND ($5::text IS NULL OR scope IS NULL OR scope = $5) AND intent <> $1))
                    RETURNING intent"
            ),
        };
        let sql = format!(
            "WITH stored AS ({stored}), logged AS (INSERT INTO events (intent, at, event)
                SELECT intent, $24::bigint, $25 FROM stored WHERE $25::text IS NOT NULL)
            SELECT FROM stored"
        );
        let (first, second) = (&values.counted, &values.other_counted);
        let amount = |money: &Option<Money>| money.as_ref().map(|money| money.amount.to_string());
        let currency = |money: &Option<Money>| {
            let money = money.as_ref();
            money.map(|money| looked_up(&money.currency).into_owned())
        };
        let short = |text: &Option<String>| text.as_ref().map(|text| looked_up(text).into_owned());
        let at = self.event.map_or(0, |(at, _)| at.timestamp_millis());
        let event = self.event.map(|(_, event)| serde_json::to_string(event)).transpose();
        let event = event.map_err(broken)?;
        // Of a new record, whether it has an owner; otherwise whether its task is new.
        let mark = match self.before {
            None => self.owner.is_some(),
            Some(before) => before.task != entry.task,
        };
        let statement = session.prepare(&sql).await?;
        let put: Query<'_> = (
            &statement,
            &[
                &intent.id,
                &intent.key,
                &intent.account,
                &intent.origin,
                &values.scope,
                &short(&intent.client_reference),
                &values.task,
                &entry.is_open(),
                &entry.is_unfinished(),
                &values.begun,
                &values.entry,
                &short(&entry.vendor_id),
                &intent.vendor.as_str(),
                &amount(first),
                &currency(first),
                &intent.group.as_ref().map(|group| looked_up(&group.name)),
                &looked_up(entry.status_name()),
                &amount(second),
                &currency(second),
                &intent.request_hash,
                &looked_up(&intent.model),
                &values.charge,
                &self.call,
                &at,
                &event,
                &mark,
            ],
        );
        let stored = match self.owner {
            None => {
                let [stored] = session.commit_with([put]).await?;
                stored
            }
            Some(owner) => {
                let beginning = session.prepare(&owner::beginning()).await?;
                let begin: Query<'_> = (&beginning, &[&owner.id(), &owner.millis(), &intent.id]);
                let [stored, _] = session.commit_with([put, begin]).await?;
                stored
            }
        };
        match &values.task {
            _ if !stored.is_empty() => Ok(()),
            Some(task) => Err(taken(task).into()),
            None => Err(Fault::Conflict("the record was removed meanwhile".to_owned())),
        }
    }
}
