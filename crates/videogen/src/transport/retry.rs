//! Retries of calls that are safe to repeat.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::sync::watch;

use super::trace;
use crate::model::{Error, ErrorKind, TimeScale};

/// Retry policy for failed calls.
///
/// A submission is resent only when the vendor provably did not accept it: the connection was never established, or the
/// vendor answered 429. Reads are retried after temporary failures. All calls of a client share one retry budget, so
/// that an outage is not amplified: each retry takes from it, and each success gives a little back. Interrupted
/// downloads resume; attempts that make progress do not count.
///
/// ```
/// use std::time::Duration;
/// use videogen::RetryPolicy;
///
/// let policy = RetryPolicy::default().retries(5).base_delay(Duration::from_millis(200));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Maximum number of retries of a call.
    pub retries: u32,
    /// Maximum pause before the first retry. It doubles with each retry; the actual pause is a random part of it.
    pub base_delay: Duration,
    /// Maximum pause, unless `Retry-After` is longer.
    pub max_delay: Duration,
    /// Longest `Retry-After` that is waited for; with a longer one the error is returned.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    /// 3 retries, with pauses of up to 500 ms, doubled each time up to 10 s; `Retry-After` up to 30 s.
    fn default() -> Self {
        Self {
            retries: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(10),
            max_retry_after: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without retries.
    #[must_use]
    pub fn never() -> Self {
        Self {
            retries: 0,
            ..Self::default()
        }
    }

    /// Sets the maximum number of retries.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the maximum pause before the first retry.
    #[must_use]
    pub fn base_delay(mut self, base_delay: Duration) -> Self {
        self.base_delay = base_delay;
        self
    }

    /// Sets the maximum pause, which `Retry-After` may exceed.
    #[must_use]
    pub fn max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = max_delay;
        self
    }

    /// Sets the longest `Retry-After` that is waited for.
    #[must_use]
    pub fn max_retry_after(mut self, max_retry_after: Duration) -> Self {
        self.max_retry_after = max_retry_after;
        self
    }

    /// How long to pause before retry number `done` (from 0) after `error`, with `chance` between 0 and 1. `None`: the
    /// error is final.
    fn pause(&self, error: &Error, done: u32, chance: f64) -> Option<Duration> {
        // A refused key or an unreadable body would fail again.
        let may_pass = error.is_retryable() && error.kind() != ErrorKind::Decode;
        let retry_after = error.retry_after().unwrap_or_default();
        if done >= self.retries || !may_pass || retry_after > self.max_retry_after {
            return None;
        }
        let longest = self.base_delay.saturating_mul(1 << done.min(16)).min(self.max_delay);
        Some(longest.mul_f64(chance.clamp(0.0, 1.0)).max(retry_after))
    }
}

/// Reads `Retry-After`, in seconds or as a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    Some((at - Utc::now()).to_std().unwrap_or_default())
}

/// Remaining retries, in tenths.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU32,
    /// Whether retries are still allowed.
    open: watch::Sender<bool>,
    /// Speed of the vendor's time, in which pauses are stated.
    scale: TimeScale,
}

/// Ten retries; then one more for ten successes.
const FULL: u32 = 100;
const RETRY: u32 = 10;
const SUCCESS: u32 = 1;

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: AtomicU32::new(FULL),
            open: watch::Sender::new(true),
            scale: TimeScale::default(),
        }
    }
}

impl Budget {
    /// A full budget, with a time scale for pauses.
    pub(crate) fn new(scale: TimeScale) -> Self {
        Self {
            scale,
            ..Self::default()
        }
    }

    fn take(&self) -> bool {
        let take = |left: u32| left.checked_sub(RETRY);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }

    /// Ends every pause, and allows no more retries.
    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    /// Whether it was closed.
    pub(crate) fn is_closed(&self) -> bool {
        !*self.open.borrow()
    }

    /// Waits until it is closed.
    pub(crate) async fn closed(&self) {
        // The sender lives as long as this budget.
        let _ = self.open.subscribe().wait_for(|open| !open).await;
    }

    /// Pauses. Returns whether the budget is still open after that.
    async fn pause(&self, pause: Duration) -> bool {
        let mut open = self.open.subscribe();
        let closed = open.wait_for(|open| !open);
        tokio::time::timeout(self.scale.real(pause), closed).await.is_err()
    }

    fn give_back(&self) {
        let give = |left: u32| Some((left + SUCCESS).min(FULL));
        // The closure always returns a value.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

/// The retries of one call.
pub(crate) struct Retries<'a> {
    policy: &'a RetryPolicy,
    budget: &'a Budget,
    done: u32,
    free: bool,
}

impl<'a> Retries<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy, budget: &'a Budget) -> Self {
        Self {
            policy,
            budget,
            done: 0,
            free: false,
        }
    }

    /// Reports that the last attempt made progress. The next one continues it, so it counts as the first and takes
    /// nothing from the budget: received bytes are not requested again.
    pub(crate) fn progressed(&mut self) {
        self.done = 0;
        self.free = true;
    }

    pub(crate) fn succeeded(&self) {
        self.budget.give_back();
    }

    /// Pauses before the next attempt. Boxed, so that it is compiled once and not into each call.
    ///
    /// # Errors
    /// `error`, when it is final or the budget is spent.
    pub(crate) fn pause(&mut self, error: Error) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async {
            match self.policy.pause(&error, self.done, fastrand::f64()) {
                Some(pause) if std::mem::take(&mut self.free) || self.budget.take() => {
                    self.done += 1;
                    trace::retrying(&error, pause);
                    if self.budget.pause(pause).await {
                        Ok(())
                    } else {
                        Err(error)
                    }
                }
                _ => Err(error),
            }
        })
    }
}

/// Makes a call until it succeeds, the error is final, or the budget is spent. A macro, because a closure that borrows
/// its callee would make futures that are not `Send`.
macro_rules! retrying {
    ($retries:expr, $call:expr) => {{
        let mut retries = $retries;
        loop {
            match $call.await {
                Ok(value) => {
                    retries.succeeded();
                    break Ok(value);
                }
                Err(error) => retries.pause(error).await?,
            }
        }
    }};
}
pub(crate) use retrying;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Delivery;

    fn error(kind: ErrorKind, delivery: Option<Delivery>, retry_after: Option<u64>) -> Error {
        let error = Error::new(kind, "x").with_answer(429, None, None, retry_after.map(Duration::from_secs));
        match delivery {
            Some(delivery) => error.with_delivery(delivery),
            None => error,
        }
    }

    #[test]
    fn only_submissions_that_were_provably_not_accepted_are_resent() {
        use Delivery::{Ambiguous, NotSent, Rejected};
        let policy = RetryPolicy::default();
        for (kind, delivery, again) in [
            (ErrorKind::Transport, NotSent, true),
            (ErrorKind::RateLimited, Rejected, true),
            (ErrorKind::Config, NotSent, false),
            (ErrorKind::InvalidRequest, Rejected, false),
            (ErrorKind::Balance, Rejected, false),
            (ErrorKind::Moderated, Rejected, false),
            (ErrorKind::AmbiguousSubmit, Ambiguous, false),
            (ErrorKind::RateLimited, Ambiguous, false),
        ] {
            let error = error(kind, Some(delivery), None);
            assert_eq!(policy.pause(&error, 0, 0.5).is_some(), again, "{kind} {delivery:?}");
        }
    }

    #[test]
    fn pauses_grow_are_random_and_honour_the_vendor() {
        let policy = RetryPolicy::default();
        let passing = error(ErrorKind::Transport, None, None);
        assert_eq!(policy.pause(&passing, 0, 1.0), Some(Duration::from_millis(500)));
        assert_eq!(policy.pause(&passing, 2, 1.0), Some(Duration::from_secs(2)));
        assert_eq!(policy.pause(&passing, 2, 0.0), Some(Duration::ZERO));
        assert_eq!(policy.pause(&passing, 3, 1.0), None);
        assert_eq!(
            policy.retries(99).pause(&passing, 60, 1.0),
            Some(Duration::from_secs(10))
        );
        let retry_after = error(ErrorKind::RateLimited, None, Some(7));
        assert_eq!(policy.pause(&retry_after, 0, 0.1), Some(Duration::from_secs(7)));
        assert_eq!(
            policy.pause(&error(ErrorKind::RateLimited, None, Some(31)), 0, 0.1),
            None
        );
    }

    /// A shutdown does not wait for a pause to end, and nothing is sent after it.
    #[tokio::test(start_paused = true)]
    async fn a_closed_budget_ends_the_pauses() {
        let (policy, budget, mut tries) = (
            RetryPolicy::default().base_delay(Duration::from_secs(9)),
            Budget::default(),
            0,
        );
        let started = tokio::time::Instant::now();
        let call = async {
            let result: Result<(), Error> = async {
                retrying!(Retries::new(&policy, &budget), async {
                    tries += 1;
                    Err::<(), _>(error(ErrorKind::RateLimited, None, Some(20)))
                })
            }
            .await;
            result
        };
        let leave = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            budget.close();
        };
        let (result, ()) = tokio::join!(call, leave);
        assert_eq!(result.unwrap_err().kind(), ErrorKind::RateLimited);
        assert_eq!((tries, started.elapsed()), (1, Duration::from_secs(1)));
    }

    /// An outage: every call fails, and after ten retries in total each call is one request.
    #[tokio::test(start_paused = true)]
    async fn an_outage_is_not_amplified() {
        let (policy, budget, mut requests) = (RetryPolicy::default(), Budget::default(), 0);
        for _ in 0..1000 {
            let result: Result<(), Error> = async {
                retrying!(Retries::new(&policy, &budget), async {
                    requests += 1;
                    Err::<(), _>(error(ErrorKind::Transport, None, None))
                })
            }
            .await;
            result.unwrap_err();
        }
        assert_eq!(requests, 1010);
        // Successes restore the budget.
        for _ in 0..FULL {
            Retries::new(&policy, &budget).succeeded();
        }
        assert!(budget.take());
    }
}
