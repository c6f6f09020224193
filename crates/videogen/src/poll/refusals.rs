//! Which failed polls are repeated, and for how long. Pure functions.
//!
//! An accepted task may be billed, so a refused poll is not final at once: a gateway's error page and a task that
//! is not visible yet look like any other refusal. A refused key is: only its owner can change that, and the wait can resume.

use std::time::Duration;

use super::{LastPoll, MAX_RETRY_AFTER};
use crate::model::{Error, ErrorKind, TaskId};

/// How long an accepted task may not be found by the vendor yet.
pub(crate) const SETTLING: Duration = Duration::from_secs(60);
/// How long an id without a known submission may be unknown to the vendor.
const STRANGE: Duration = Duration::from_secs(5);
/// How long responses may be unreadable, such as the pages of a proxy.
const UNREADABLE: Duration = Duration::from_secs(5 * 60);
/// Minimum number of refused polls, regardless of time.
const LEAST: u32 = 2;
/// Statuses that refuse the key or the balance, which no repetition changes. A 403 may also be a gateway's, so it is
/// repeated once.
const ACCOUNT: [u16; 2] = [401, 402];
/// Longest pause between two of them, unless `Retry-After` is longer.
const PAUSE_CAP: Duration = Duration::from_secs(30);

/// What is known about the polled task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing: the id may never have existed.
    Nothing,
    /// It was submitted this long ago.
    Submitted(Duration),
    /// The vendor has shown it before.
    Found,
}

/// The refused polls of a task since its last response.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Refusals {
    count: u32,
    /// Time of the first one, from the start of the wait.
    first: Duration,
}

impl Refusals {
    /// Whether to poll again after `error`, and the shortest pause. `None`: polling ends. `waited` is the time since
    /// the start of the wait.
    ///
    /// Temporary failures do not end a wait; its timeout does. A `Retry-After` longer than
    /// the honored maximum delays a poll, and does not end the wait.
    pub(crate) fn again(&mut self, error: &Error, known: Known, waited: Duration) -> Option<Again> {
        let retry_after = error.retry_after().unwrap_or_default().min(MAX_RETRY_AFTER);
        if may_pass(error) {
            return Some(Again::Failed(retry_after));
        }
        if !is_answer(error) {
            return None;
        }
        if self.count == 0 {
            self.first = waited;
        }
        self.count = self.count.saturating_add(1);
        let patience = match (error.kind(), known) {
            (ErrorKind::NotFound, Known::Nothing) => STRANGE,
            (ErrorKind::NotFound, Known::Submitted(age)) => {
                // The age at the first refusal.
                let age = age.saturating_sub(waited - self.first);
                SETTLING.saturating_sub(age).max(STRANGE)
            }
            (ErrorKind::Auth | ErrorKind::Balance, _) => Duration::ZERO,
            (ErrorKind::Decode, _) => UNREADABLE,
            _ => SETTLING,
        };
        let least = match error.status() {
            Some(status) if ACCOUNT.contains(&status) => 1,
            _ => LEAST,
        };
        let is_over = self.count >= least && waited - self.first >= patience;
        let pause = Duration::from_secs(1 << (self.count - 1).min(5)).min(PAUSE_CAP);
        (!is_over).then_some(Again::Refused(pause.max(retry_after)))
    }

    /// A poll succeeded.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The next poll after a failed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// As scheduled, but not before this pause.
    Failed(Duration),
    /// After this pause.
    Refused(Duration),
}

impl From<Again> for LastPoll {
    fn from(again: Again) -> Self {
        match again {
            Again::Failed(pause) => Self::Failed(pause),
            Again::Refused(pause) => Self::Refused(pause),
        }
    }
}

/// Whether a failure is temporary. An unreadable response and a 4xx status may not be.
fn may_pass(error: &Error) -> bool {
    let is_refusal = error.kind() == ErrorKind::Vendor
        && error
            .status()
            .is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 425));
    error.is_retryable() && error.kind() != ErrorKind::Decode && !is_refusal
}

/// Whether the vendor, or a gateway, has responded. Requests that are rejected before they are sent are rejected each
/// time.
fn is_answer(error: &Error) -> bool {
    error.status().is_some() || !matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Config)
}

impl Known {
    /// The error that ends a wait: the vendor's error for an id that may never have existed, or `poll_refused` for a
    /// task that exists.
    pub(crate) fn ending(self, task: &TaskId, error: Error) -> Error {
        let may_not_exist = error.kind() == ErrorKind::NotFound || !is_answer(&error);
        if self == Self::Nothing && may_not_exist {
            return error;
        }
        Error::poll_refused(task, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn answer(kind: ErrorKind) -> Error {
        Error::new(kind, "x").with_answer(400, None, None, None)
    }

    /// When polling ends if every poll is refused with the same error, and the number of polls.
    fn end(kind: ErrorKind, known: impl Fn(Duration) -> Known) -> (u64, u32) {
        let (mut refusals, mut waited, mut polls) = (Refusals::default(), Duration::ZERO, 1);
        while let Some(again) = refusals.again(&answer(kind), known(waited), waited) {
            let Again::Refused(pause) = again else {
                panic!("{kind} {again:?}")
            };
            waited += pause;
            polls += 1;
        }
        (waited.as_secs(), polls)
    }

    #[test]
    fn refusals_end_polling_after_their_time() {
        let submitted = |age: u64| move |waited| Known::Submitted(seconds(age) + waited);
        assert_eq!(end(ErrorKind::NotFound, |_| Known::Nothing), (7, 4));
        assert_eq!(end(ErrorKind::NotFound, submitted(0)), (61, 7));
        assert_eq!(end(ErrorKind::NotFound, submitted(50)), (15, 5));
        assert_eq!(end(ErrorKind::NotFound, submitted(3_600)), (7, 4));
        assert_eq!(end(ErrorKind::NotFound, |_| Known::Found), (61, 7));
        for kind in [
            ErrorKind::InvalidRequest,
            ErrorKind::Conflict,
            ErrorKind::Moderated,
            ErrorKind::Vendor,
        ] {
            assert_eq!(end(kind, |_| Known::Found), (61, 7), "{kind}");
        }
        for kind in [ErrorKind::Auth, ErrorKind::Balance] {
            assert_eq!(end(kind, submitted(0)), (1, 2), "{kind}");
        }
        for status in [401, 402] {
            let error = Error::new(ErrorKind::Auth, "x").with_answer(status, None, None, None);
            assert_eq!(Refusals::default().again(&error, Known::Found, Duration::ZERO), None);
        }
        assert_eq!(end(ErrorKind::Decode, submitted(0)), (301, 15));
    }

    #[test]
    fn one_refusal_after_a_long_outage_ends_nothing() {
        let mut refusals = Refusals::default();
        for waited in [0, 600, 1_200] {
            let outage = Error::new(ErrorKind::Transport, "x");
            let again = refusals.again(&outage, Known::Nothing, seconds(waited));
            assert_eq!(again, Some(Again::Failed(Duration::ZERO)));
        }
        let again = refusals.again(&answer(ErrorKind::NotFound), Known::Nothing, seconds(1_201));
        assert_eq!(again, Some(Again::Refused(seconds(1))));
    }

    #[test]
    fn requests_that_were_not_sent_are_final() {
        for kind in [ErrorKind::InvalidRequest, ErrorKind::Config] {
            let error = Error::new(kind, "x");
            assert_eq!(Refusals::default().again(&error, Known::Found, Duration::ZERO), None);
        }
    }

    #[test]
    fn a_long_retry_after_is_capped() {
        let hour = seconds(3_600);
        for (retry_after, honored) in [(hour / 60, hour / 60), (2 * hour, hour), (Duration::MAX, hour)] {
            let error = Error::new(ErrorKind::RateLimited, "x").after(Some(retry_after));
            let again = Refusals::default().again(&error, Known::Found, Duration::ZERO);
            assert_eq!(again, Some(Again::Failed(honored)));
        }
    }
}
