//! Polling until a task has ended.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use videogen_wire::facts::Poll;

use crate::{Client, Error, ErrorKind, TaskId, TaskStatus, VideoTask};

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

impl Client {
    /// Polls until the task has ended, at the vendor's pace, for half an hour at most.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    pub async fn wait(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.wait_with(id, WaitOptions::default(), |_| {}).await
    }

    /// Polls until the task has ended. `seen` is called with every answer.
    ///
    /// A task that failed is an `Ok` too: look at [`VideoTask::status`]. Failures that may pass (of the network, of the
    /// vendor, too many requests) do not end the wait. Dropping the future loses nothing: the task goes on, and can be
    /// waited for again.
    ///
    /// # Errors
    /// `timeout` when the time is up; `no_video` when the task is completed and still has no URL after a few polls; else
    /// what ended the polling. [`Error::task`] names the task.
    pub async fn wait_with(
        &self,
        id: &TaskId,
        options: WaitOptions,
        mut seen: impl FnMut(&VideoTask),
    ) -> Result<VideoTask, Error> {
        let start = Instant::now();
        // Beyond what the clock can tell there is no deadline.
        let deadline = start.checked_add(options.timeout);
        let left = || {
            deadline.map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            })
        };
        let advice = self.0.vendor.facts().poll;
        let (mut polls, mut without_url, mut hold, mut found) = (0_u32, 0_u32, Duration::ZERO, false);
        loop {
            let pause = options.pause(&advice, polls, fastrand::f64()).max(hold);
            // The last poll is made when the time is up, not before: what ended meanwhile is found.
            let is_last = pause >= left();
            sleep(pause.min(left())).await;
            polls = polls.saturating_add(1);
            hold = Duration::ZERO;
            let trouble = match self.get_once(id).await {
                Ok(task) => {
                    found = true;
                    seen(&task);
                    if task.status == TaskStatus::Completed && task.video.is_none() {
                        without_url += 1;
                        if without_url >= URL_GRACE {
                            let message = "the task is completed, but the vendor gives no URL for the video";
                            return Err(Error::new(ErrorKind::NoVideo, message).with_task(id));
                        }
                    } else if task.status.is_terminal() {
                        return Ok(task);
                    }
                    String::new()
                }
                Err(error) => {
                    hold = match after_error(&error, start.elapsed()) {
                        Some(hold) => hold,
                        None => return Err(error),
                    };
                    if is_last && !found && error.kind() == ErrorKind::NotFound {
                        return Err(error);
                    }
                    format!("; the last poll failed: {}", error.message())
                }
            };
            if is_last {
                let seconds = options.timeout.as_secs();
                let message = format!("not done after {seconds} s; it goes on, and can be waited for again{trouble}");
                return Err(Error::new(ErrorKind::Timeout, message).with_task(id));
            }
        }
    }
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
