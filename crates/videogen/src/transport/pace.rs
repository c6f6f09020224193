//! How fast one account may be asked, whoever asks: one budget, one memory of what the vendor said, one backing off.
//!
//! A pure state machine; [`account`](crate::account) waits for it.

use std::time::Duration;

use tokio::time::Instant;
use videogen_wire::facts::RateLimit;

use crate::model::{Error, ErrorKind, TimeScale};
use crate::poll::BELIEVED;

/// Where no limit is documented: ten requests a second.
const UNDOCUMENTED: &[RateLimit] = &[RateLimit { limit: 100, per: 10 }];
/// Part of a window by which requests may come early, so that they need not come at even distances.
const EARLY: u32 = 20;
/// Failures in a row, of whatever task, after which it is the vendor that is down.
const DOWN: u32 = 5;
/// Longest first pause once it is down; it doubles up to the cap.
const BACKOFF: Duration = Duration::from_secs(1);
const BACKOFF_CAP: Duration = Duration::from_secs(30);
/// Requests in flight after which, coming back from trouble, their number is not watched any more.
const RECOVERED: u32 = 32;
/// A request of which nothing was heard for so long does not hold up others: nobody may be driving it.
const FORGOTTEN: Duration = Duration::from_secs(45);
/// How far ahead turns are given out.
const HORIZON: Duration = Duration::from_secs(5);

/// What an answer, or none, says of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The vendor is there.
    Answered,
    /// It asks to be asked less, from so long on.
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
                Some(asked) => Self::Slower(Some(asked)),
                None => Self::Failed,
            },
            // It was understood and refused: that is an answer.
            Err(_) => Self::Answered,
        }
    }
}

/// When a request may be sent, and how to give that turn back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) at: Instant,
    before: Option<Instant>,
    after: Instant,
}

/// Why there is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// The account is left alone until then.
    Until(Instant),
    /// While coming back from trouble, enough requests are in flight.
    Full,
    /// All turns of the near future are given out; there is none before then.
    Later(Instant),
}

/// The state of one account.
#[derive(Debug)]
pub(crate) struct Pace {
    /// How fast the vendor's time passes, in which limits and wishes are stated.
    pub(crate) scale: TimeScale,
    /// Whether the limits are our own guess, because nobody documents any.
    is_guess: bool,
    interval: Duration,
    early: Duration,
    /// When the next request would come at even distances.
    next: Option<Instant>,
    /// Until when the vendor asked to be left alone.
    asked: Option<Instant>,
    /// Until when it is left alone because it is down.
    backoff: Option<Instant>,
    failures: u32,
    in_flight: u32,
    /// How many may be in flight, while coming back from trouble.
    room: Option<u32>,
    last_turn: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(limits: &[RateLimit], scale: TimeScale) -> Self {
        let mut pace = Self {
            scale,
            is_guess: true,
            interval: Duration::ZERO,
            early: Duration::ZERO,
            next: None,
            asked: None,
            backoff: None,
            failures: 0,
            in_flight: 0,
            room: None,
            last_turn: None,
        };
        pace.set_limits(limits);
        pace
    }

    /// Takes on other limits; all hold at once. None at all stands for the usual ones.
    pub(crate) fn set_limits(&mut self, limits: &[RateLimit]) {
        self.is_guess = limits.is_empty();
        let limits = if self.is_guess { UNDOCUMENTED } else { limits };
        // With requests up to `early` ahead of even distances, a window holds (window + early) / interval of them.
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

    /// When the account may be asked again, if not now.
    fn closed(&self, now: Instant) -> Option<Instant> {
        self.asked.max(self.backoff).filter(|until| *until > now)
    }

    /// Until when the vendor asked to be left alone, if longer than until now.
    pub(crate) fn asked(&self, now: Instant) -> Option<Instant> {
        self.asked.filter(|until| *until > now)
    }

    /// Reserves the next turn for what somebody wants to know at once: they may try whether a vendor that is down is back. A
    /// limit that nobody documents is no reason to keep them waiting; those who wait for tasks make room for them.
    pub(crate) fn reserve_at_once(&mut self, now: Instant) -> Result<Turn, Blocked> {
        if let Some(until) = self.asked(now) {
            return Err(Blocked::Until(until));
        }
        if !self.is_guess {
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

    /// Reserves the next turn. It counts as in flight from here on, until [`settle`](Self::settle).
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

    /// Whether the account was closed since the turn was given.
    pub(crate) fn stands(&self, now: Instant) -> bool {
        self.closed(now).is_none()
    }

    /// Takes a turn back that was not used.
    pub(crate) fn give_back(&mut self, turn: Turn) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.next == Some(turn.after) {
            self.next = turn.before;
        }
    }

    /// A request was sent and has ended; `None` when its outcome is not known. `chance` is from 0 to 1.
    pub(crate) fn settle(&mut self, now: Instant, outcome: Option<Outcome>, chance: f64) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match outcome {
            None => {}
            Some(Outcome::Answered) => {
                self.failures = 0;
                self.backoff = None;
                // One more each time, so twice as many with each round.
                self.room = self.room.map(|room| room + 1).filter(|room| *room < RECOVERED);
            }
            Some(Outcome::Slower(Some(asked))) => {
                let until = now + self.scale.real(asked.min(BELIEVED));
                self.asked = self.asked.max(Some(until));
                self.room = Some(1);
            }
            // What was on its way when the account was closed says nothing new.
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

    /// A documented limit holds for what is asked at once, too; a guess only for those who wait.
    #[tokio::test(start_paused = true)]
    async fn what_is_asked_at_once_is_held_up_by_documented_limits_only() {
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
        assert!(
            pace.reserve(now).is_ok(),
            "whoever waits gets a turn in the near future"
        );
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
                // Now and then nobody asks for a while, and then many do.
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
    fn a_budget_that_is_asked_for_is_used() {
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
    fn what_the_vendor_asks_holds_for_all_and_is_not_believed_for_ever() {
        let (mut pace, now) = (Pace::new(&[], TimeScale::default()), Instant::now());
        pace.reserve(now).unwrap();
        pace.settle(now, Some(Outcome::Slower(Some(20 * SECOND))), 0.5);
        assert_eq!(pace.reserve(now + 19 * SECOND), Err(Blocked::Until(now + 20 * SECOND)));
        // An answer that was on its way does not take it back.
        pace.settle(now + SECOND, Some(Outcome::Answered), 0.5);
        pace.settle(now + SECOND, Some(Outcome::Failed), 0.5);
        assert_eq!(pace.reserve(now + 19 * SECOND), Err(Blocked::Until(now + 20 * SECOND)));
        assert!(pace.reserve(now + 20 * SECOND).is_ok());
        pace.settle(now + 20 * SECOND, Some(Outcome::Slower(Some(Duration::MAX))), 0.5);
        assert_eq!(pace.asked(now + 21 * SECOND), Some(now + 20 * SECOND + BELIEVED));
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
    fn a_request_that_nobody_drives_holds_nobody_up() {
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
    fn what_an_error_says_of_the_account() {
        let outcome = |kind| Outcome::of(&Err::<(), _>(Error::new(kind, "x")));
        assert_eq!(outcome(ErrorKind::RateLimited), Outcome::Slower(None));
        assert_eq!(outcome(ErrorKind::Transport), Outcome::Failed);
        assert_eq!(outcome(ErrorKind::NotFound), Outcome::Answered);
        let asked = Error::new(ErrorKind::Vendor, "x").after(Some(SECOND));
        assert_eq!(Outcome::of(&Err::<(), _>(asked)), Outcome::Slower(Some(SECOND)));
    }
}
