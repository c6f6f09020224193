//! When to poll next: pure functions.
//!
//! A poll before a task can have finished is wasted, and a pause while it is likely to have finished adds delay. The
//! next poll is therefore scheduled where delay and request cost together are lowest for the probability that the task
//! has finished. Probabilities come from the durations of earlier tasks ([`Durations`]), and initially from the
//! vendors' published figures.

use std::time::Duration;

use videogen_wire::facts::Poll;

use super::Durations;
use crate::model::TimeScale;

/// Longest `Retry-After` that is honored.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// Number of polls in which a completed task may lack its URL before this is final.
pub(crate) const URL_GRACE: u8 = 3;
/// The longest pause by default, so that a quick task is found soon even if all earlier ones took long.
const LONGEST: Duration = Duration::from_secs(60);
/// Cost of a request in delay, as a fraction of the shortest pause.
const REQUEST_COST: f64 = 0.045;
/// Jitter of a poll, as a fraction of the shortest pause, so that many waiters do not poll at once.
const JITTER: f64 = 0.1;

/// Polling policy: the limits of pauses, and the cost of a request. Option of [waits](crate::wait), or for your own loop.
///
/// ```
/// use std::time::Duration;
/// use videogen::Vendor;
/// use videogen::poll::{Durations, PollState, PollPolicy};
///
/// let policy = PollPolicy::advised(&Vendor::ALL[0].facts().poll);
/// let mut seen = Durations::default();
/// for seconds in 115..125 {
///     seen.observe(Duration::from_secs(seconds), Duration::from_secs(seconds));
/// }
/// // Rarely while the task cannot have finished, then often.
/// let start = PollState::default();
/// assert!(policy.pause(&seen, &start) > Duration::from_secs(40));
/// let likely = PollState { elapsed: Duration::from_secs(118), polls: 3, ..start };
/// assert!(policy.pause(&seen, &likely) < Duration::from_secs(10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PollPolicy {
    /// Shortest and longest pause before the first poll.
    pub first: (Duration, Duration),
    /// Shortest pause between two polls.
    pub shortest: Duration,
    /// Longest pause between two polls.
    pub longest: Duration,
    /// Cost of a request, in seconds of delay. Lower values poll more often.
    pub request_cost: f64,
    /// Speed of the tasks' time. Observed durations are in that time, everything else is in real time.
    pub(crate) scale: TimeScale,
}

/// State of a wait, from which the next pause is computed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PollState {
    /// Time since the task was submitted.
    pub elapsed: Duration,
    /// Number of polls so far.
    pub polls: u32,
    /// Result of the last poll.
    pub last: LastPoll,
    /// Random jitter in `0.0..=1.0`; clamped.
    pub jitter: f64,
}

/// Result of the last poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LastPoll {
    /// The task has not ended, or was not polled yet.
    #[default]
    Running,
    /// The task is completed, but its URL is still missing.
    NoUrl,
    /// The poll failed; the duration is the `Retry-After` (zero if none).
    Failed(Duration),
    /// The poll was refused, maybe temporarily; the next one follows after this duration, or the shortest pause.
    Refused(Duration),
}

impl PollPolicy {
    /// Returns the policy for a vendor's polling advice: never more often than advised, and less often while a task
    /// cannot have finished.
    ///
    /// The advised longest pause may be exceeded, up to 1 minute, because polls of a task that cannot have finished are
    /// wasted.
    #[must_use]
    pub fn advised(advice: &Poll) -> Self {
        let [first, shortest, longest] = [advice.first, advice.every.0, advice.every.1].map(Duration::from_secs);
        let policy = Self::within(shortest, longest.max(LONGEST));
        Self {
            first: (first, policy.longest.max(first)),
            ..policy
        }
    }

    /// Returns a policy with pauses between `shortest` and `longest`.
    #[must_use]
    pub fn within(shortest: Duration, longest: Duration) -> Self {
        let longest = longest.max(shortest);
        Self {
            first: (shortest, longest),
            shortest,
            longest,
            request_cost: shortest.as_secs_f64() * REQUEST_COST,
            scale: TimeScale::default(),
        }
    }

    /// Returns the same policy for a faster time scale.
    pub(crate) fn at(self, scale: TimeScale) -> Self {
        Self {
            first: (scale.real(self.first.0), scale.real(self.first.1)),
            shortest: scale.real(self.shortest),
            longest: scale.real(self.longest),
            request_cost: self.request_cost / scale.factor(),
            scale,
        }
    }

    /// Sets the pause before the first poll.
    #[must_use]
    pub fn first(mut self, first: Duration) -> Self {
        self.first = (first, first);
        self
    }

    /// Sets the cost of a request, in seconds of delay.
    #[must_use]
    pub fn request_cost(mut self, seconds: f64) -> Self {
        self.request_cost = seconds;
        self
    }

    /// Returns the pause before the next poll. `seen` are the durations of similar tasks.
    ///
    /// The pause stays within the limits, unless the vendor's `Retry-After` is longer.
    #[must_use]
    pub fn pause(&self, seen: &Durations, state: &PollState) -> Duration {
        let (least, most) = if state.polls == 0 {
            self.first
        } else {
            (self.shortest, self.longest)
        };
        let most = most.max(least);
        let ideal = match state.last {
            LastPoll::NoUrl | LastPoll::Refused(_) => least,
            _ if least == most => least,
            _ => {
                // Converted to the tasks' time, and back.
                let factor = self.scale.factor();
                let seconds = |time: Duration| time.as_secs_f64() * factor;
                let (from, to) = (seconds(least), seconds(most));
                let request_cost = if self.request_cost.is_finite() {
                    self.request_cost.max(0.0)
                } else {
                    0.0
                };
                let next = seen.next(seconds(state.elapsed), from, to, request_cost * factor);
                Duration::try_from_secs_f64(next / factor).unwrap_or(most)
            }
        };
        let jitter = if state.jitter.is_finite() {
            state.jitter.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let pause = ideal
            .saturating_add(self.shortest.mul_f64(JITTER * jitter))
            .clamp(least, most);
        match state.last {
            LastPoll::Failed(least) | LastPoll::Refused(least) => pause.max(self.scale.real(least)),
            _ => pause,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
