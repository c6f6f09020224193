//! Submissions per time to one vendor: its documented limits.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use videogen::facts::RateLimit;

/// The recent submissions to one vendor.
pub(crate) struct Pace {
    limits: &'static [RateLimit],
    sent: Mutex<VecDeque<Instant>>,
}

impl Pace {
    pub(crate) fn new(limits: &'static [RateLimit]) -> Self {
        Self {
            limits,
            sent: Mutex::default(),
        }
    }

    /// Waits until the next submission is within all limits. `speed`: that of the vendor's time.
    pub(crate) async fn turn(&self, speed: f64) {
        while let Some(at) = self.next(Instant::now(), speed) {
            sleep_until(at).await;
        }
    }

    /// Takes a turn at `now`, or returns when to look again.
    fn next(&self, now: Instant, speed: f64) -> Option<Instant> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.limits.iter().filter_map(|limit| {
            let most = usize::try_from(limit.limit).unwrap_or(usize::MAX).max(1);
            let first = sent.len().checked_sub(most).and_then(|at| sent.get(at))?;
            Some(*first + Duration::from_secs(limit.per).div_f64(speed.max(1.0)))
        });
        if let Some(at) = free.max().filter(|at| *at > now) {
            return Some(at);
        }
        let most = self.limits.iter().map(|limit| limit.limit).max().unwrap_or_default();
        if most > 0 {
            sent.push_back(now);
            while sent.len() > usize::try_from(most).unwrap_or(usize::MAX) {
                sent.pop_front();
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_holds() {
        const LIMITS: &[RateLimit] = &[RateLimit { limit: 5, per: 60 }, RateLimit { limit: 2, per: 10 }];
        let pace = Pace::new(LIMITS);
        let begin = Instant::now();
        let after = |seconds: f64| begin + Duration::from_secs_f64(seconds);
        let turn = |at| pace.next(at, 1.0);
        assert_eq!((turn(begin), turn(begin)), (None, None));
        assert_eq!(turn(after(1.0)), Some(after(10.0)));
        assert_eq!(
            (turn(after(10.0)), turn(after(10.0)), turn(after(20.0))),
            (None, None, None)
        );
        assert_eq!(turn(after(21.0)), Some(after(60.0)));
        assert_eq!(pace.next(after(21.0), 10.0), None);
        assert!((0..100).all(|_| Pace::new(&[]).next(begin, 1.0).is_none()));
    }
}
