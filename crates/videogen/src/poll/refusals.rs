//! Which failed polls are made again, and until when: pure.
//!
//! A task that was accepted may be billed, so a refusal of its poll is not believed at once: a gateway's error page, a key
//! that is being rotated and a task that is not visible yet look like any other refusal.

use std::time::Duration;

use super::{BELIEVED, LastPoll};
use crate::model::{Error, ErrorKind, TaskId};

/// A vendor may not find a task yet that it has just accepted.
pub(crate) const SETTLING: Duration = Duration::from_secs(60);
/// How long an id may stay unknown that nothing here knows as submitted.
const STRANGE: Duration = Duration::from_secs(5);
/// How long the account may be refused. Only its owner can mend that.
const ACCOUNT: Duration = Duration::from_secs(10);
/// How long answers may be unreadable, such as the pages of a proxy.
const UNREADABLE: Duration = Duration::from_secs(5 * 60);
/// Refused polls at least, whatever the time.
const LEAST: u32 = 2;
/// Longest pause between two of them, unless the vendor asks for more.
const PAUSE_CAP: Duration = Duration::from_secs(30);

/// What is known of the task that a poll was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing: the id may never have existed.
    Nothing,
    /// It was submitted so long ago.
    Submitted(Duration),
    /// The vendor has shown it before.
    Found,
}

/// The polls of a task that were refused since its last answer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Refusals {
    count: u32,
    /// When the first was, counted from the beginning of the wait.
    first: Duration,
}

impl Refusals {
    /// Whether to poll again after `error`, and how long to pause at least. `None`: the polling ends. `waited` counts from
    /// the beginning of the wait.
    ///
    /// A failure that may pass by itself ends no wait: that is what the time limit is for. A vendor that asks for a longer
    /// pause than it is believed costs a late poll, not the task.
    pub(crate) fn again(&mut self, error: &Error, known: Known, waited: Duration) -> Option<Again> {
        let asked = error.retry_after().unwrap_or_default().min(BELIEVED);
        if may_pass(error) {
            return Some(Again::Failed(asked));
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
                // As it was at the first refusal.
                let age = age.saturating_sub(waited - self.first);
                SETTLING.saturating_sub(age).max(STRANGE)
            }
            (ErrorKind::Auth | ErrorKind::Balance, _) => ACCOUNT,
            (ErrorKind::Decode, _) => UNREADABLE,
            _ => SETTLING,
        };
        let is_over = self.count >= LEAST && waited - self.first >= patience;
        let pause = Duration::from_secs(1 << (self.count - 1).min(5)).min(PAUSE_CAP);
        (!is_over).then_some(Again::Refused(pause.max(asked)))
    }

    /// The task was shown.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// How to go on after a poll that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// As before, after so long at least.
    Failed(Duration),
    /// After so long.
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

/// Whether a failure passes by itself. An unreadable answer and a status that blames the request need not.
fn may_pass(error: &Error) -> bool {
    let is_refusal = error.kind() == ErrorKind::Vendor
        && error
            .status()
            .is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 425));
    error.is_retryable() && error.kind() != ErrorKind::Decode && !is_refusal
}

/// Whether the vendor, or something in between, has answered. What is refused before it is sent is refused each time.
fn is_answer(error: &Error) -> bool {
    error.status().is_some() || !matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::Config)
}

impl Known {
    /// What ends a wait with `error`: what the vendor says of an id that may never have existed, or that a task which
    /// exists could not be followed.
    pub(crate) fn ending(self, task: &TaskId, error: Error) -> Error {
        let may_not_exist = error.kind() == ErrorKind::NotFound || !is_answer(&error);
        if self == Self::Nothing && may_not_exist {
            return error;
        }
        Error::not_followed(task, error)
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

    /// When the polls of a task end that are all refused alike, and how many there are.
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
    fn refusals_end_the_polling_in_their_time() {
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
            assert_eq!(end(kind, submitted(0)), (15, 5), "{kind}");
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
    fn what_was_not_sent_is_final() {
        for kind in [ErrorKind::InvalidRequest, ErrorKind::Config] {
            let error = Error::new(kind, "x");
            assert_eq!(Refusals::default().again(&error, Known::Found, Duration::ZERO), None);
        }
    }

    #[test]
    fn a_vendor_is_not_believed_for_ever() {
        let hour = seconds(3_600);
        for (asked, believed) in [(hour / 60, hour / 60), (2 * hour, hour), (Duration::MAX, hour)] {
            let error = Error::new(ErrorKind::RateLimited, "x").after(Some(asked));
            let again = Refusals::default().again(&error, Known::Found, Duration::ZERO);
            assert_eq!(again, Some(Again::Failed(believed)));
        }
    }
}
