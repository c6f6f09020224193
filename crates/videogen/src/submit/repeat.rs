//! The same request again, refused before anything is sent.

use chrono::{SecondsFormat, Utc};

use super::options::SubmitOptions;
use crate::client::{Client, journal_error};
use crate::journal::{Entry, Intent, State};
use crate::model::{Delivery, Error, ErrorKind, Expected, Operation, Timestamp, VideoRequest};
use crate::upload::Contents;

impl Client {
    /// Rejects a request that repeats a submission now. The record of the submission decides again.
    pub(crate) async fn refuse_repeated(&self, request: &VideoRequest, options: &SubmitOptions) -> Result<(), Error> {
        if options.refuse_repeated_within.is_none() || options.idempotency_key.is_some() {
            return Ok(());
        }
        let not_sent = |error: Error| error.with_delivery(Delivery::NotSent);
        options.check(self.0.journal.is_some()).map_err(not_sent)?;
        let files = self.probed(request).await?;
        let contents = Contents::of(request, &files).await.map_err(not_sent)?;
        let digests = self.fingerprints(request, request, &contents).await.map_err(not_sent)?;
        let recorded = digests.into_iter().next().unwrap_or_default();
        self.not_repeated(&self.intent(options, request, &contents, recorded, Expected::default()))
            .await
    }

    /// The same with the intent.
    pub(super) async fn not_repeated(&self, intent: &Intent) -> Result<(), Error> {
        let journal = self
            .0
            .journal
            .as_ref()
            .filter(|_| intent.refuse_repeated_within.is_some());
        let Some(journal) = journal else { return Ok(()) };
        match journal.repeated(intent.clone()).await.map_err(journal_error)? {
            Some(first) => Err(self.repeated(&first)),
            None => Ok(()),
        }
    }

    pub(super) fn repeated(&self, first: &Entry) -> Error {
        let (id, now) = (&first.intent.id, Utc::now());
        let when = when(first.intent.at, now);
        let message = match first.state {
            State::Sending if first.is_in_flight(now) => format!("the same request is being submitted, as {id}"),
            State::Sending | State::Ambiguous => {
                format!("the same request was submitted {when} as {id}, and whether it was accepted is unknown")
            }
            _ => format!("the same request was submitted {when}"),
        };
        let error = Error::new(ErrorKind::Repeated, message)
            .during(self.0.vendor, Operation::Submit)
            .with_submission(id)
            .with_delivery(Delivery::NotSent)
            .with_advice("to submit and pay again, leave out SubmitOptions::refuse_repeated_within");
        match &first.task {
            Some(task) => error.with_task(task),
            None => error,
        }
    }
}

/// `3 min ago`, or a time that this clock has not reached.
fn when(at: Timestamp, now: Timestamp) -> String {
    match now.signed_duration_since(at).num_seconds() {
        ..-1 => format!(
            "at {}, by a clock set back since",
            at.to_rfc3339_opts(SecondsFormat::Secs, true)
        ),
        seconds @ ..120 => format!("{} s ago", seconds.max(0)),
        seconds @ ..7200 => format!("{} min ago", seconds / 60),
        seconds => format!("{} h ago", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_age_is_shown_in_one_unit() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a time");
        let ago = |seconds| when(now - TimeDelta::seconds(seconds), now);
        assert_eq!(ago(-3600), "at 2026-11-21T13:00:00Z, by a clock set back since");
        assert_eq!([ago(-1), ago(0), ago(119)], ["0 s ago", "0 s ago", "119 s ago"]);
        assert_eq!([ago(120), ago(7199)], ["2 min ago", "119 min ago"]);
        assert_eq!([ago(7200), ago(90_000)], ["2 h ago", "25 h ago"]);
    }
}
