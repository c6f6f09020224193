//! Rate limit of one account, shared by all callers: one budget, one `Retry-After`, one backoff.
//!
//! A pure state machine; `client::account` waits for it.

use std::time::Duration;

use tokio::time::Instant;
use videogen_wire::facts::RateLimit;

use crate::model::{Error, ErrorKind, TimeScale};
use crate::poll::MAX_RETRY_AFTER;

/// If no limit is documented: ten requests per second.
const UNDOCUMENTED: &[RateLimit] = &[RateLimit { limit: 100, per: 10 }];
/// Fraction of a window by which requests may be early, so that they need not be evenly spaced.
const EARLY: u32 = 20;
/// Consecutive failures, of any tasks, after which the vendor counts as down.
const DOWN: u32 = 5;
/// Longest first pause once it is down; it doubles up to the cap.
const BACKOFF: Duration = Duration::from_secs(1);
const BACKOFF_CAP: Duration = Duration::from_secs(30);
/// Number of requests in flight at which the recovery from an outage is complete.
const RECOVERED: u32 = 32;
/// A request without a result for this long no longer blocks others: its future may not be polled.
const FORGOTTEN: Duration = Duration::from_secs(45);
/// How far ahead turns are reserved.
const HORIZON: Duration = Duration::from_secs(5);

/// What the result of a request shows about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The vendor responds.
    Answered,
    /// The vendor throttles: no requests for this long.
    Slower(Option<Duration>),
    /// It failed, or was not reached.
    Failed,
}

impl Outcome {
    pub(crate) fn of<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Answered,
            Err(error) if error.kind() == ErrorKind::RateLimited => Self::Slower(error.retry_after()),
            Err(error) if error.is_retryable() => match error.retry_after() {
                Some(retry_after) => Self::Slower(Some(retry_after)),
                None => Self::Failed,
            },
            // A refusal is a response.
            Err(_) => Self::Answered,
        }
    }
}

/// When a request may be sent, and how to return that turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) at: Instant,
    before: Option<Instant>,
    after: Instant,
}

/// Why there is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// No requests until then.
    Until(Instant),
    /// During recovery from an outage, enough requests are in flight.
    Full,
    /// All near turns are reserved; the next one is then.
    Later(Instant),
}

/// The state of one account.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Speed of the vendor's time, in which limits and `Retry-After` are stated.
    pub(crate) scale: TimeScale,
    /// The documented limits; otherwise those in use are a guess.
    limits: Vec<RateLimit>,
    interval: Duration,
    early: Duration,
    /// When the next request would be due with even spacing.
    next: Option<Instant>,
    /// End of the vendor's `Retry-After`.
    throttled_until: Option<Instant>,
    /// End of the pause because the vendor is down.
    backoff: Option<Instant>,
    failures: u32,
    in_flight: u32,
    /// How many requests may be in flight during recovery from an outage.
    room: Option<u32>,
    last_turn: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(limits: &[RateLimit], scale: TimeScale) -> Self {
        let mut pace = Self {
            scale,
            limits: Vec::new(),
            interval: Duration::ZERO,
            early: Duration::ZERO,
            next: None,
            throttled_until: None,
            backoff: None,
            failures: 0,
            in_flight: 0,
            room: None,
            last_turn: None,
        };
        pace.set_limits(limits);
        pace
    }

    /// Replaces the limits; all apply at once. Without any, the default applies.
    pub(crate) fn set_limits(&mut self, limits: &[RateLimit]) {
        self.limits = limits.to_vec();
        let limits = if limits.is_empty() { UNDOCUMENTED } else { limits };
        // With requests up to `early` before even spacing, a window contains (window + early) / interval of them.
        let scale = self.scale;
        let window = |limit: &RateLimit| scale.real(Duration::from_secs(limit.per.clamp(1, 86_400)));
        self.early = limits
            .iter()
            .map(|limit| window(limit) / EARLY)
            .min()
            .unwrap_or_default();
        let interval = |limit: &RateLimit| (window(limit) + self.early) / limit.limit.max(1);
        self.interval = limits.iter().map(interval).max().unwrap_or_default();
    }

    /// The documented limits.
    pub(crate) fn limits(&self) -> &[RateLimit] {
        &self.limits
    }

    /// The documented limits, or the guess.
    pub(crate) fn limits_in_use(&self) -> &[RateLimit] {
        if self.limits.is_empty() {
            UNDOCUMENTED
        } else {
            &self.limits
        }
    }

    /// When the next request is allowed, if not now.
    fn closed(&self, now: Instant) -> Option<Instant> {
        self.throttled_until.max(self.backoff).filter(|until| *until > now)
    }

    /// End of the vendor's `Retry-After`, if in the future.
    pub(crate) fn throttled_until(&self, now: Instant) -> Option<Instant> {
        self.throttled_until.filter(|until| *until > now)
    }

    /// Reserves the next turn for a direct call, which may also probe a vendor that is down. A
    /// guessed limit does not delay it; waits for tasks make room for it.
    pub(crate) fn reserve_at_once(&mut self, now: Instant) -> Result<Turn, Blocked> {
        if let Some(until) = self.throttled_until(now) {
            return Err(Blocked::Until(until));
        }
        if !self.limits.is_empty() {
            return self.turn(now);
        }
        let after = self.next.map_or(now, |next| next.max(now)) + self.interval;
        let turn = Turn {
            at: now,
            before: self.next,
            after: after.min(now + HORIZON),
        };
        self.next = Some(turn.after);
        self.last_turn = Some(now);
        self.in_flight += 1;
        Ok(turn)
    }

    /// Reserves the next turn. It counts as in flight from here on, until [`resolve`](Self::resolve).
    pub(crate) fn reserve(&mut self, now: Instant) -> Result<Turn, Blocked> {
        if let Some(until) = self.closed(now) {
            return Err(Blocked::Until(until));
        }
        let forgotten = self.last_turn.is_none_or(|last| last + FORGOTTEN <= now);
        if self.room.is_some_and(|room| self.in_flight >= room) && !forgotten {
            return Err(Blocked::Full);
        }
        self.turn(now)
    }

    fn turn(&mut self, now: Instant) -> Result<Turn, Blocked> {
        let even = self.next.map_or(now, |next| next.max(now));
        let at = even.checked_sub(self.early).unwrap_or(now).max(now);
        if at > now + HORIZON {
            return Err(Blocked::Later(at - HORIZON));
        }
        let turn = Turn {
            at,
            before: self.next,
            after: even + self.interval,
        };
        self.next = Some(turn.after);
        self.last_turn = Some(now);
        self.in_flight += 1;
        Ok(turn)
    }

    /// Whether the account was throttled since the turn was reserved.
    pub(crate) fn is_current(&self, now: Instant) -> bool {
        self.closed(now).is_none()
    }

    /// Returns an unused turn.
    pub(crate) fn give_back(&mut self, turn: Turn) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.next == Some(turn.after) {
            self.next = turn.before;
        }
    }

    /// Reports the result of a request; `None` if unknown. `chance` is from 0 to 1.
    pub(crate) fn settle(&mut self, now: Instant, outcome: Option<Outcome>, chance: f64) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match outcome {
            None => {}
            Some(Outcome::Answered) => {
                self.failures = 0;
                self.backoff = None;
                // One more for each result, so the number doubles with each round.
                self.room = self.room.map(|room| room + 1).filter(|room| *room < RECOVERED);
            }
            Some(Outcome::Slower(Some(retry_after))) => {
                let until = now + self.scale.real(retry_after.min(MAX_RETRY_AFTER));
                self.throttled_until = self.throttled_until.max(Some(until));
                self.room = Some(1);
            }
            // Requests that were in flight when the account was throttled add no information.
            Some(_) if self.closed(now).is_some() => {}
            Some(outcome) => {
                self.failures = self.failures.saturating_add(1);
                if outcome != Outcome::Failed {
                    self.failures = self.failures.max(DOWN);
                }
                if self.failures >= DOWN {
                    let doubled = BACKOFF
                        .saturating_mul(1 << (self.failures - DOWN).min(16))
                        .min(BACKOFF_CAP);
                    self.backoff = Some(now + self.scale.real(doubled).mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0)));
                    self.room = Some(1);
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A documented limit applies to direct calls too, a guessed one only to waits.
    #[tokio::test(start_paused = true)]
    async fn direct_calls_are_delayed_by_documented_limits_only() {
        let now = Instant::now();
        let latest = |limits: &[RateLimit]| {
            let mut pace = Pace::new(limits, TimeScale::default());
            let turns = (0..100).map(|_| pace.reserve_at_once(now).map_or(now + HORIZON, |turn| turn.at));
            turns.max().unwrap()
        };
        assert_eq!(latest(&[]), now);
        assert!(latest(&[RateLimit { limit: 100, per: 10 }]) >= now + HORIZON);
        let mut pace = Pace::new(&[], TimeScale::default());
        for _ in 0..1000 {
            pace.reserve_at_once(now).unwrap();
        }
        assert!(pace.reserve(now).is_ok(), "a waiter gets a near turn");
    }

    /// Waits for the next turn, in simulated time.
    fn turn(pace: &mut Pace, now: &mut Instant) {
        loop {
            match pace.reserve(*now) {
                Ok(turn) => {
                    *now = turn.at;
                    return;
                }
                Err(Blocked::Until(until)) => *now = until,
                Err(_) => *now += SECOND / 100,
            }
        }
    }

    #[test]
    fn every_window_holds() {
        let mut random = fastrand::Rng::with_seed(5);
        for limits in [
            &[RateLimit { limit: 3000, per: 60 }, RateLimit { limit: 500, per: 10 }][..],
            &[RateLimit { limit: 10, per: 1 }, RateLimit { limit: 100, per: 60 }],
            &[RateLimit { limit: 1, per: 10 }],
            &[],
        ] {
            let (mut pace, start) = (Pace::new(limits, TimeScale::default()), Instant::now());
            let (mut now, mut sent) = (start, Vec::new());
            for _ in 0..5_000 {
                // Occasional pauses, followed by bursts.
                if random.u32(0..200) == 0 {
                    now += SECOND.mul_f64(20.0 * random.f64());
                }
                turn(&mut pace, &mut now);
                pace.settle(now, Some(Outcome::Answered), 0.5);
                sent.push(now - start);
            }
            let limits = if limits.is_empty() { UNDOCUMENTED } else { limits };
            for limit in limits {
                let (size, per) = (limit.limit as usize, Duration::from_secs(limit.per));
                let closest = sent.windows(size + 1).map(|sent| sent[size] - sent[0]).min().unwrap();
                assert!(closest >= per, "{} requests in {closest:?}", size + 1);
            }
        }
    }

    #[test]
    fn a_requested_budget_is_used() {
        let mut pace = Pace::new(&[RateLimit { limit: 500, per: 10 }], TimeScale::default());
        let start = Instant::now();
        let mut now = start;
        for _ in 0..4_700 {
            turn(&mut pace, &mut now);
            pace.settle(now, Some(Outcome::Answered), 0.5);
        }
        assert!(now - start < 100 * SECOND, "{:?}", now - start);
    }

    #[test]
    fn retry_after_applies_to_all_requests_and_is_capped() {
        let (mut pace, now) = (Pace::new(&[], TimeScale::default()), Instant::now());
        pace.reserve(now).unwrap();
        pace.settle(now, Some(Outcome::Slower(Some(20 * SECOND))), 0.5);
        assert_eq!(pace.reserve(now + 19 * SECOND), Err(Blocked::Until(now + 20 * SECOND)));
        // The response of a request in flight does not cancel it.
        pace.settle(now + SECOND, Some(Outcome::Answered), 0.5);
        pace.settle(now + SECOND, Some(Outcome::Failed), 0.5);
        assert_eq!(pace.reserve(now + 19 * SECOND), Err(Blocked::Until(now + 20 * SECOND)));
        assert!(pace.reserve(now + 20 * SECOND).is_ok());
        pace.settle(now + 20 * SECOND, Some(Outcome::Slower(Some(Duration::MAX))), 0.5);
        assert_eq!(
            pace.throttled_until(now + 21 * SECOND),
            Some(now + 20 * SECOND + MAX_RETRY_AFTER)
        );
    }

    #[test]
    fn an_outage_is_probed_and_left_slowly() {
        let (mut pace, start) = (Pace::new(&[], TimeScale::default()), Instant::now());
        let (mut now, mut requests) = (start, 0);
        while now < start + 600 * SECOND {
            turn(&mut pace, &mut now);
            pace.settle(now, Some(Outcome::Failed), 0.0);
            requests += 1;
        }
        assert!((20..60).contains(&requests), "{requests}");
        // One probe at a time, then a few more with each answer.
        turn(&mut pace, &mut now);
        assert_eq!(pace.reserve(now), Err(Blocked::Full));
        let mut in_flight = 1;
        for _ in 0..4 {
            for _ in 0..in_flight {
                pace.settle(now, Some(Outcome::Answered), 0.5);
            }
            let room = 2 * in_flight;
            for _ in 0..room {
                turn(&mut pace, &mut now);
            }
            assert_eq!(pace.reserve(now), Err(Blocked::Full));
            in_flight = room;
        }
    }

    #[test]
    fn a_request_that_is_not_polled_does_not_block_others() {
        let (mut pace, mut now) = (Pace::new(&[], TimeScale::default()), Instant::now());
        for _ in 0..DOWN {
            pace.reserve(now).unwrap();
            pace.settle(now, Some(Outcome::Failed), 0.0);
        }
        turn(&mut pace, &mut now);
        assert_eq!(pace.reserve(now), Err(Blocked::Full));
        assert!(pace.reserve(now + FORGOTTEN).is_ok());
    }

    #[test]
    fn errors_are_classified_for_the_account() {
        let outcome = |kind| Outcome::of(&Err::<(), _>(Error::new(kind, "x")));
        assert_eq!(outcome(ErrorKind::RateLimited), Outcome::Slower(None));
        assert_eq!(outcome(ErrorKind::Transport), Outcome::Failed);
        assert_eq!(outcome(ErrorKind::NotFound), Outcome::Answered);
        let throttled = Error::new(ErrorKind::Vendor, "x").after(Some(SECOND));
        assert_eq!(Outcome::of(&Err::<(), _>(throttled)), Outcome::Slower(Some(SECOND)));
    }
}
