//! The same request again, refused before anything is sent.

use std::borrow::Borrow;

use chrono::{SecondsFormat, Utc};

use super::options::SubmitOptions;
use crate::client::Client;
use crate::journal::{Entry, Intent, State};
use crate::model::{Delivery, Error, ErrorKind, Expected, Operation, Timestamp, VideoRequest};
use crate::rules::adjust::adjust;
use crate::upload::Contents;

/// A request as the journal compares it with earlier submissions.
pub(crate) struct Comparable {
    /// The record that would be committed.
    pub(crate) intent: Intent,
    digests: Vec<String>,
}

impl Client {
    /// Checks that [`submit_with`](Self::submit_with) would not refuse `request` because of an earlier submission: it repeats
    /// one ([`SubmitOptions::refuse_repeated_within`]), or its idempotency key belongs to another request. For several
    /// submissions, before the first one is sent. It reserves nothing: each submission is checked again when it is recorded.
    ///
    /// # Errors
    /// `repeated` and `conflict` as of [`submit_with`](Self::submit_with); `config` without a journal, `journal` when it cannot be
    /// read, and `io` when a local file cannot.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, requests: Vec<videogen::VideoRequest>) -> Result<(), videogen::Error> {
    /// use std::time::Duration;
    /// use videogen::submit::SubmitOptions;
    ///
    /// let options = SubmitOptions::default().refuse_repeated_within(Duration::from_secs(600));
    /// for request in &requests {
    ///     client.check_earlier(request, &options).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn check_earlier(
        &self,
        request: impl Borrow<VideoRequest>,
        options: &SubmitOptions,
    ) -> Result<(), Error> {
        match self.comparable(request.borrow(), options).await? {
            Some(Comparable { intent, .. }) if options.idempotency_key.is_none() => self.not_repeated(&intent).await,
            Some(Comparable { intent, digests }) => match self.taken(&intent).await? {
                Some(entry) => self.is_the_same(&entry, &digests),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Returns the earlier submission that `request` repeats within [`SubmitOptions::refuse_repeated_within`], although its new
    /// idempotency key allows it. `None` if its key has a submission already, which is then the only one.
    ///
    /// # Errors
    /// `config` without a journal, `journal` when it cannot be read, and `io` when a local file cannot.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// use std::time::Duration;
    /// use videogen::submit::SubmitOptions;
    ///
    /// let options = SubmitOptions::default().idempotency_key("order-4711").refuse_repeated_within(Duration::from_secs(600));
    /// if let Some(earlier) = client.earlier_submission(&request, &options).await? {
    ///     eprintln!("the same request was submitted at {} as {:?}", earlier.intent.at, earlier.task);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn earlier_submission(
        &self,
        request: impl Borrow<VideoRequest>,
        options: &SubmitOptions,
    ) -> Result<Option<Entry>, Error> {
        let found = self.comparable(request.borrow(), options).await?;
        let (Some(Comparable { mut intent, .. }), Some(journal)) = (found, &self.0.journal) else {
            return Ok(None);
        };
        if intent.refuse_repeated_within.is_none() || self.taken(&intent).await?.is_some() {
            return Ok(None);
        }
        // As if it had no key.
        intent.key.clone_from(&intent.id);
        journal.repeated(intent).await.map_err(Error::from)
    }

    /// What is compared with earlier submissions. `None`: `options` require no comparison.
    pub(crate) async fn comparable(
        &self,
        request: &VideoRequest,
        options: &SubmitOptions,
    ) -> Result<Option<Comparable>, Error> {
        if options.refuse_repeated_within.is_none() && options.idempotency_key.is_none() {
            return Ok(None);
        }
        let not_sent = |error: Error| error.with_delivery(Delivery::NotSent);
        options.check(self.0.journal.is_some()).map_err(not_sent)?;
        let files = self.probed(request).await?;
        let contents = Contents::of(request, &files).await.map_err(not_sent)?;
        // Without adjustments, the submission refuses it.
        let adjusted =
            adjust(self.0.vendor, request, &files).map_or_else(|_| request.clone(), |(adjusted, _)| adjusted);
        let digests = self
            .fingerprints(request, &adjusted, &contents)
            .await
            .map_err(not_sent)?;
        let recorded = digests.first().cloned().unwrap_or_default();
        let intent = self.intent(options, &adjusted, &contents, recorded, Expected::default());
        Ok(Some(Comparable { intent, digests }))
    }

    /// Rejects a request that repeats a submission now. The record of the submission decides again.
    pub(crate) async fn not_repeated(&self, intent: &Intent) -> Result<(), Error> {
        let journal = self
            .0
            .journal
            .as_ref()
            .filter(|_| intent.refuse_repeated_within.is_some());
        let Some(journal) = journal else { return Ok(()) };
        match journal.repeated(intent.clone()).await.map_err(Error::from)? {
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
