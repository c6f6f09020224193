//! When to ask next: pure functions of what is known.
//!
//! A poll before a task can be done is wasted, and a pause while it is likely to be done is delay. So the next poll is put
//! where it costs least: delay and the price of the request together, for the chance that the task is done by then. The
//! chances come from the tasks seen so far ([`Durations`]), and from what vendors publish until there are any.

use std::time::Duration;

use videogen_wire::facts::Poll;

use super::Durations;
use crate::model::TimeScale;

/// Longest that a vendor's wish to be left alone is believed.
pub(crate) const BELIEVED: Duration = Duration::from_secs(3600);
/// How often a completed task may lack its URL before that is taken for an answer.
pub(crate) const URL_GRACE: u8 = 3;
/// The longest pause at the vendor's own pace: where all tasks seen so far take long, a quick one is not left lying.
const LONGEST: Duration = Duration::from_secs(60);
/// What a request may cost in delay, as a part of the shortest pause.
const PRICE: f64 = 0.045;
/// How far chance moves a poll, as a part of the shortest pause: it keeps many waiters from asking at once.
const JITTER: f64 = 0.1;

/// How a task is polled: the bounds of every pause, and what a request is worth.
///
/// ```
/// use std::time::Duration;
/// use videogen::{Durations, PollState, PollPolicy, Vendor};
///
/// let policy = PollPolicy::advised(&Vendor::ALL[0].facts().poll);
/// let mut seen = Durations::default();
/// for seconds in 115..125 {
///     seen.observe(Duration::from_secs(seconds), Duration::from_secs(seconds));
/// }
/// // Not while it cannot be done, then closely.
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
    /// Delay, in seconds for each task, that one request less is worth. Lower is denser.
    pub price: f64,
    /// How fast the tasks' time passes; durations seen are in that time, everything else is in this machine's.
    pub(crate) scale: TimeScale,
}

/// The state at which the next poll is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PollState {
    /// Time since the task was submitted.
    pub elapsed: Duration,
    /// Polls made so far.
    pub polls: u32,
    /// What the last poll told.
    pub last: LastPoll,
    /// A number from 0 to 1 by lot; what is outside is taken for the nearer end.
    pub chance: f64,
}

/// What the last poll told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LastPoll {
    /// The task has not ended, or nothing was asked yet.
    #[default]
    Running,
    /// The task is completed, and its URL is still missing.
    NoUrl,
    /// The poll failed, and the vendor wants to be left alone for so long.
    Failed(Duration),
    /// The poll was refused, which may pass: another follows after so long, or after the shortest pause.
    Refused(Duration),
}

impl PollPolicy {
    /// The vendor's own pace: never denser than it advises, and looser while a task cannot be done yet.
    ///
    /// The advice's longest pause is exceeded on purpose, up to a minute: a poll of a task that cannot be done yet is
    /// wasted, however often the vendor would bear it. The shortest pauses are kept to; nothing else of it is.
    #[must_use]
    pub fn advised(advice: &Poll) -> Self {
        let [first, shortest, longest] = [advice.first, advice.every.0, advice.every.1].map(Duration::from_secs);
        let policy = Self::within(shortest, longest.max(LONGEST));
        Self {
            first: (first, policy.longest.max(first)),
            ..policy
        }
    }

    /// Pauses between `shortest` and `longest`.
    #[must_use]
    pub fn within(shortest: Duration, longest: Duration) -> Self {
        let longest = longest.max(shortest);
        Self {
            first: (shortest, longest),
            shortest,
            longest,
            price: shortest.as_secs_f64() * PRICE,
            scale: TimeScale::default(),
        }
    }

    /// The same pace where time passes so much faster.
    pub(crate) fn at(self, scale: TimeScale) -> Self {
        Self {
            first: (scale.real(self.first.0), scale.real(self.first.1)),
            shortest: scale.real(self.shortest),
            longest: scale.real(self.longest),
            price: self.price / scale.factor(),
            scale,
        }
    }

    /// Sets the pause before the first poll.
    #[must_use]
    pub fn first(mut self, first: Duration) -> Self {
        self.first = (first, first);
        self
    }

    /// Sets what one request is worth, in seconds of delay.
    #[must_use]
    pub fn price(mut self, seconds: f64) -> Self {
        self.price = seconds;
        self
    }

    /// How long to pause before the next poll. `seen` are the durations of like tasks.
    ///
    /// The pause is never shorter than the bound, nor longer than the other one, except where the vendor asks for more.
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
                // In the time of the tasks, and back.
                let factor = self.scale.factor();
                let seconds = |time: Duration| time.as_secs_f64() * factor;
                let (from, to) = (seconds(least), seconds(most));
                let price = if self.price.is_finite() {
                    self.price.max(0.0)
                } else {
                    0.0
                };
                let next = seen.next(seconds(state.elapsed), from, to, price * factor);
                Duration::try_from_secs_f64(next / factor).unwrap_or(most)
            }
        };
        let chance = if state.chance.is_finite() {
            state.chance.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let pause = ideal
            .saturating_add(self.shortest.mul_f64(JITTER * chance))
            .clamp(least, most);
        match state.last {
            LastPoll::Failed(asked) | LastPoll::Refused(asked) => pause.max(self.scale.real(asked)),
            _ => pause,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
