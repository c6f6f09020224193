//! How fast one account may be asked, whoever asks: one budget, one memory of what the vendor said, one backing off.
//!
//! A pure state machine; [`account`](crate::account) waits for it.

use std::time::Duration;

use tokio::time::Instant;
use videogen_wire::facts::RateLimit;

use crate::{Error, ErrorKind};

/// Where no limit is documented: ten requests a second.
const UNDOCUMENTED: &[RateLimit] = &[RateLimit { limit: 100, per: 10 }];
/// Part of a window by which requests may come early, so that they need not come at even distances.
const EARLY: u32 = 20;
/// Failures in a row, of whatever task, after which it is the vendor that is down.
const DOWN: u32 = 5;
/// Longest first pause once it is down; it doubles up to the cap.
const BACKOFF: Duration = Duration::from_secs(1);
const BACKOFF_CAP: Duration = Duration::from_secs(30);
/// Longest that a vendor's wish to be left alone is believed.
const BELIEVED: Duration = Duration::from_secs(3600);
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
    /// All turns of the near future are given out.
    Later,
}

/// The state of one account.
#[derive(Debug)]
pub(crate) struct Pace {
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
    pub(crate) fn new(limits: &[RateLimit]) -> Self {
        let mut pace = Self {
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
        let limits = if limits.is_empty() { UNDOCUMENTED } else { limits };
        // With requests up to `early` ahead of even distances, a window holds (window + early) / interval of them.
        let window = |limit: &RateLimit| Duration::from_secs(limit.per.clamp(1, 86_400));
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

    /// Reserves the next turn. It counts as in flight from here on, until [`settle`](Self::settle).
    pub(crate) fn reserve(&mut self, now: Instant) -> Result<Turn, Blocked> {
        if let Some(until) = self.closed(now) {
            return Err(Blocked::Until(until));
        }
        let forgotten = self.last_turn.is_none_or(|last| last + FORGOTTEN <= now);
        if self.room.is_some_and(|room| self.in_flight >= room) && !forgotten {
            return Err(Blocked::Full);
        }
        let even = self.next.map_or(now, |next| next.max(now));
        let at = even.checked_sub(self.early).unwrap_or(now).max(now);
        if at > now + HORIZON {
            return Err(Blocked::Later);
        }
        Ok(self.take(now, at, even))
    }

    /// Counts a request that does not wait for the budget.
    pub(crate) fn count(&mut self, now: Instant) -> Turn {
        let even = self.next.map_or(now, |next| next.max(now));
        self.take(now, now, even)
    }

    fn take(&mut self, now: Instant, at: Instant, even: Instant) -> Turn {
        let turn = Turn {
            at,
            before: self.next,
            after: even + self.interval,
        };
        self.next = Some(turn.after);
        self.last_turn = Some(now);
        self.in_flight += 1;
        turn
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
                let until = now + asked.min(BELIEVED);
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
                    self.backoff = Some(now + doubled.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0)));
                    self.room = Some(1);
                }
            }
        }
    }
}
