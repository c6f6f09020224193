//! Options of a submission.

use std::time::Duration;

use crate::client::no_journal;
use crate::journal::{Destination, Group};
use crate::model::{Error, ErrorKind, Money};

/// Options of a submission.
///
/// ```
/// use videogen::submit::SubmitOptions;
/// use videogen::journal::Destination;
///
/// let options = SubmitOptions::default()
///     .idempotency_key("order-4711")
///     .target(Destination::file("boat.mp4"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubmitOptions {
    /// Idempotency key: at most one task per key; see [`Client::submit_with_key`](crate::Client::submit_with_key).
    pub idempotency_key: Option<String>,
    /// Output files of the task; requires a journal. It commits them before anything is sent, so that [`Client::recover`](crate::Client::recover) returns
    /// the task as unfinished until they exist. Submitting does not download anything.
    pub target: Option<Destination>,
    /// The most that the submission may cost by its [estimate](crate::price::Estimate); otherwise it fails with the kind
    /// `budget` before anything is sent. A cost that is unknown, or in another currency, is refused too.
    pub max_cost: Option<Money>,
    /// The group that the submission belongs to, which may have a maximum cost for all its submissions together; requires a
    /// journal. It is checked like the journal's budgets.
    pub group: Option<Group>,
    /// Whether a submission whose cost is unknown is allowed under [`max_cost`](Self::max_cost) and under the journal's
    /// [budgets](crate::journal::Budget).
    pub allow_unknown_cost: bool,
    /// Whether to return `ambiguous_submit` at once if the idempotency key has an earlier submission whose status is unknown.
    /// Otherwise the call waits while that may be in flight, and then searches for its task.
    pub without_search: bool,
    /// Refuse the submission with the kind `repeated` if the same request was submitted within this time; requires a journal.
    /// See [`refuse_repeated_within`](Self::refuse_repeated_within).
    pub refuse_repeated_within: Option<Duration>,
    /// Id of the call that the submission belongs to. Submissions of one call do not count as repeated.
    pub call: Option<String>,
    /// Whether to wait until the submission is within the limits that the vendor documents for an account. See
    /// [`within_rate_limits`](Self::within_rate_limits).
    pub within_rate_limits: bool,
}

impl SubmitOptions {
    /// Sets the idempotency key.
    #[must_use]
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// Sets the output files of the task.
    #[must_use]
    pub fn target(mut self, target: Destination) -> Self {
        self.target = Some(target);
        self
    }

    /// Sets the most that the submission may cost.
    ///
    /// ```
    /// use videogen::submit::SubmitOptions;
    ///
    /// let options = SubmitOptions::default().max_cost("2.50".parse()?);
    /// # Ok::<(), videogen::price::ParseMoneyError>(())
    /// ```
    #[must_use]
    pub fn max_cost(mut self, most: Money) -> Self {
        self.max_cost = Some(most);
        self
    }

    /// Sets the group that the submission belongs to.
    ///
    /// ```
    /// use videogen::journal::Group;
    /// use videogen::submit::SubmitOptions;
    ///
    /// let group = Group::new("spring campaign").max_cost("50".parse()?);
    /// let options = SubmitOptions::default().group(group);
    /// # Ok::<(), videogen::price::ParseMoneyError>(())
    /// ```
    #[must_use]
    pub fn group(mut self, group: Group) -> Self {
        self.group = Some(group);
        self
    }

    /// Allows a submission whose cost is unknown, in spite of a maximum cost and budgets.
    #[must_use]
    pub fn allow_unknown_cost(mut self, allow: bool) -> Self {
        self.allow_unknown_cost = allow;
        self
    }

    /// Neither waits nor searches for the task of an earlier submission with the same idempotency key.
    #[must_use]
    pub fn without_search(mut self) -> Self {
        self.without_search = true;
        self
    }

    /// Refuses the submission if the same request was submitted to the same account within this time, so that a command that
    /// is run twice by mistake pays once. The error has the kind [`Repeated`](ErrorKind::Repeated), and names the earlier
    /// submission and its task; nothing is sent. Requires a journal, whose transaction decides, so that one of several
    /// processes submits.
    ///
    /// Only submissions that have a video, or may have one, count: none that was refused or provably not sent, and no task
    /// that failed or was cancelled. A submission with an idempotency key is never refused, but it counts for others.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// use std::time::Duration;
    /// use videogen::ErrorKind;
    /// use videogen::submit::SubmitOptions;
    ///
    /// let options = SubmitOptions::default().refuse_repeated_within(Duration::from_secs(600));
    /// match client.submit_with(&request, options).await {
    ///     Err(error) if error.kind() == ErrorKind::Repeated => println!("already submitted: {:?}", error.task()),
    ///     result => println!("submitted {}", result?.id),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn refuse_repeated_within(mut self, within: Duration) -> Self {
        self.refuse_repeated_within = Some(within);
        self
    }

    /// Sets the id of the call that the submission belongs to, which must be unique, such as a UUID. For variations: the
    /// submissions of one call do not count as [repeated](Self::refuse_repeated_within).
    #[must_use]
    pub fn call(mut self, id: impl Into<String>) -> Self {
        self.call = Some(id.into());
        self
    }

    /// Sets whether to wait until the submission is within the limits that the vendor documents for an account, instead of
    /// submitting at once. They hold for all submissions with this option of one client and its clones; with a journal that
    /// [keeps turns](crate::journal::Journal::reserve_turns), such as a database, for those of all processes that share it.
    /// [`Client::stop_retrying`](crate::Client::stop_retrying) ends the wait: nothing is sent, and the error has the kind
    /// `rate_limited`.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, requests: Vec<videogen::VideoRequest>) -> Result<(), videogen::Error> {
    /// use videogen::submit::SubmitOptions;
    ///
    /// for request in &requests {
    ///     let options = SubmitOptions::default().within_rate_limits(true);
    ///     client.submit_with(request, options).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn within_rate_limits(mut self, wait: bool) -> Self {
        self.within_rate_limits = wait;
        self
    }

    /// Rejects what cannot be honored.
    pub(super) fn check(&self, has_journal: bool) -> Result<(), Error> {
        if self.idempotency_key.is_some() && !has_journal {
            return Err(no_journal("an idempotency key"));
        }
        if self.target.is_some() && !has_journal {
            return Err(no_journal("SubmitOptions::target, the output files,"));
        }
        if self.group.is_some() && !has_journal {
            return Err(no_journal("SubmitOptions::group"));
        }
        if self.refuse_repeated_within.is_some() && !has_journal {
            return Err(no_journal("SubmitOptions::refuse_repeated_within"));
        }
        if self.idempotency_key.as_ref().is_some_and(|key| key.trim().is_empty()) {
            let message = "the idempotency key is empty: use one that names this request, such as an order number";
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(())
    }
}
