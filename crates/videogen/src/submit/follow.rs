//! The result of a submission that another call, or another process, makes with the same key.

use std::time::Duration;

use chrono::{SecondsFormat, Utc};
use tokio::time::{Instant, sleep};

use super::options::SubmitOptions;
use crate::client::{Client, SubmitEvent};
use crate::journal::{Entry, Query, State, Topic};
use crate::model::{Delivery, Error, ErrorKind, Operation, Reconciled, VideoTask};

/// When the journal is read again: soon, and then less often.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LOOK: Duration = Duration::from_millis(500);
/// The same if the journal notifies of changes.
const LOOK_NOTIFIED: Duration = Duration::from_secs(2);

impl Client {
    /// Returns the result of an earlier submission with the same key.
    pub(super) async fn follow(
        &self,
        mut entry: Entry,
        digests: &[String],
        options: &SubmitOptions,
    ) -> Result<VideoTask, Error> {
        if matches!(entry.state, State::Sending | State::Ambiguous) && !options.without_search {
            self.notify(|| SubmitEvent::Known(entry.intent.id.clone()));
        }
        let key = entry.intent.key.clone();
        // The system clock of the lease may be set back; this one is monotonic.
        let begun = Instant::now();
        let mut pause = FIRST_LOOK;
        let mut changes = None;
        loop {
            self.is_the_same(&entry, digests)?;
            match entry.state {
                State::Accepted => {
                    return entry.to_task().ok_or_else(|| {
                        let message =
                            format!("the journal has no task for the idempotency key {key}, although it was accepted");
                        Error::new(ErrorKind::Journal, message)
                    });
                }
                State::Rejected => return Err(entry.failure(Delivery::Rejected)),
                State::NotSent => return Err(entry.failure(Delivery::NotSent)),
                State::Dismissed => {
                    let message = format!(
                        "the submission with the idempotency key {key} was dismissed in the meantime; submit it again"
                    );
                    return Err(Error::new(ErrorKind::Conflict, message).with_delivery(Delivery::NotSent));
                }
                State::Sending | State::Ambiguous if options.without_search => {
                    return Err(entry.failure(Delivery::Ambiguous).with_ambiguity(entry.ambiguity()));
                }
                State::Sending if entry.is_in_flight(Utc::now()) && begun.elapsed() < self.0.patience => {}
                State::Sending | State::Ambiguous => {
                    return match self.reconcile(&entry.ambiguity()).await {
                        Ok(Reconciled::Found(mut task)) => {
                            task.already_submitted = true;
                            Ok(*task)
                        }
                        // Whatever the search failed with, the status is still unknown.
                        _ => Err(entry.failure(Delivery::Ambiguous).with_ambiguity(entry.ambiguity())),
                    };
                }
            }
            if changes.is_none()
                && let Some(journal) = &self.0.journal
            {
                changes = journal.changes(Topic::Submission(entry.intent.id.clone()));
            }
            match &mut changes {
                Some(changes) => {
                    changes.within(pause).await;
                    pause = (pause * 2).min(LOOK_NOTIFIED);
                }
                None => {
                    sleep(pause).await;
                    pause = (pause * 2).min(LOOK);
                }
            }
            let found = self.known(Query::default().intent(&entry.intent.id));
            match found.await?.pop() {
                Some(found) => entry = found,
                None => {
                    return Err(Error::new(
                        ErrorKind::Journal,
                        format!("the idempotency key {key} is no longer in the journal"),
                    ));
                }
            }
        }
    }

    pub(super) fn is_the_same(&self, entry: &Entry, digests: &[String]) -> Result<(), Error> {
        let first = &entry.intent;
        let (what, same) = if first.vendor != self.0.vendor {
            let vendor = first.vendor.name();
            (format!("at another vendor, {vendor}"), format!("submit it to {vendor}"))
        } else if first.account != self.account() {
            let (name, variable) = (first.vendor.name(), first.vendor.facts().key_env);
            (
                format!("with another API key of {name}, so its task may belong to another account"),
                format!("set {variable} to the API key that was used then"),
            )
        } else if !self.owns(entry) {
            let origin = first.origin.as_deref().unwrap_or_default();
            (format!("with the base URL {origin}"), "use that base URL".to_owned())
        } else if !digests.contains(&first.request_hash) {
            (
                "for a different request".to_owned(),
                "resend the identical request".to_owned(),
            )
        } else {
            return Ok(());
        };
        let message = format!(
            "idempotency key {} was already used {what} ({}); {same}",
            first.key,
            first.at.to_rfc3339_opts(SecondsFormat::Secs, true)
        );
        let mut error = Error::new(ErrorKind::Conflict, message)
            .with_delivery(Delivery::NotSent)
            .with_advice("to submit and pay again, use a new idempotency key");
        if let Some(task) = &entry.task {
            error = error.with_task(task);
        }
        Err(error.during(self.0.vendor, Operation::Submit))
    }
}
