//! Polling until a task has ended.

use std::time::Duration;

use videogen_wire::facts::Poll;

use crate::{Error, ErrorKind};

/// A vendor may not find a task yet that it has just accepted.
const SETTLING: Duration = Duration::from_secs(60);
/// How often a completed task may lack its URL before that is taken for an answer.
pub(crate) const URL_GRACE: u32 = 3;

/// How to wait.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// How long to wait at most. The task goes on after that, and can be waited for again.
    pub timeout: Duration,
    /// Wait before the first poll. `None`: what the vendor advises.
    pub first: Option<Duration>,
    /// Shortest and longest wait between polls. `None`: what the vendor advises.
    pub every: Option<(Duration, Duration)>,
}

impl Default for WaitOptions {
    /// Half an hour at the vendor's pace.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30 * 60),
            first: None,
            every: None,
        }
    }
}

impl WaitOptions {
    /// Sets the time limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the wait before the first poll.
    #[must_use]
    pub fn first(mut self, first: Duration) -> Self {
        self.first = Some(first);
        self
    }

    /// Sets the shortest and the longest wait between polls.
    #[must_use]
    pub fn every(mut self, shortest: Duration, longest: Duration) -> Self {
        self.every = Some((shortest, longest.max(shortest)));
        self
    }

    /// How long to pause before poll number `polls` (from 0), with `chance` between 0 and 1.
    pub(crate) fn pause(&self, advice: &Poll, polls: u32, chance: f64) -> Duration {
        if polls == 0 {
            return self.first.unwrap_or(Duration::from_secs(advice.first));
        }
        let (shortest, longest) = self
            .every
            .unwrap_or((Duration::from_secs(advice.every.0), Duration::from_secs(advice.every.1)));
        // Grows by a quarter each time; the jitter keeps many waiters from asking at once.
        let growth = 1.25_f64.powi(polls.min(32).cast_signed() - 1) * (1.0 + 0.2 * chance);
        let grown = Duration::try_from_secs_f64(shortest.as_secs_f64() * growth).unwrap_or(Duration::MAX);
        grown.min(longest).max(shortest)
    }
}

/// Whether to go on polling after `error`, and how long the vendor wants to be left alone. `None`: the error is final.
pub(crate) fn after_error(error: &Error, elapsed: Duration) -> Option<Duration> {
    let again = match error.kind() {
        ErrorKind::NotFound => elapsed < SETTLING,
        _ => error.is_retryable(),
    };
    again.then(|| error.retry_after().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADVICE: Poll = Poll {
        first: 5,
        every: (5, 10),
        give_up: None,
    };

    #[test]
    fn the_pace_stays_within_the_advice() {
        let options = WaitOptions::default();
        assert_eq!(options.pause(&ADVICE, 0, 0.5), Duration::from_secs(5));
        let mut last = Duration::ZERO;
        for polls in 1..100 {
            for chance in [0.0, 0.5, 1.0] {
                let pause = options.pause(&ADVICE, polls, chance);
                assert!(
                    (Duration::from_secs(5)..=Duration::from_secs(10)).contains(&pause),
                    "{polls} {pause:?}"
                );
            }
            let pause = options.pause(&ADVICE, polls, 0.0);
            assert!(pause >= last);
            last = pause;
        }
        assert_eq!(last, Duration::from_secs(10));
    }

    #[test]
    fn a_fresh_task_may_be_unknown_for_a_minute() {
        let missing = Error::new(ErrorKind::NotFound, "no such task");
        assert_eq!(after_error(&missing, Duration::from_secs(59)), Some(Duration::ZERO));
        assert_eq!(after_error(&missing, Duration::from_secs(60)), None);
        let refused = Error::new(ErrorKind::Auth, "no");
        assert_eq!(after_error(&refused, Duration::ZERO), None);
    }
}
