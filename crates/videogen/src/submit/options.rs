//! Options of a submission.

use crate::client::no_journal;
use crate::journal::Destination;
use crate::model::{Error, ErrorKind};

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

    /// Rejects what cannot be honored.
    pub(super) fn check(&self, has_journal: bool) -> Result<(), Error> {
        if self.idempotency_key.is_some() && !has_journal {
            return Err(no_journal("an idempotency key"));
        }
        if self.target.is_some() && !has_journal {
            return Err(no_journal("SubmitOptions::target, the output files,"));
        }
        if self.idempotency_key.as_ref().is_some_and(|key| key.trim().is_empty()) {
            let message = "the idempotency key is empty: use one that names this request, such as an order number";
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        Ok(())
    }
}
