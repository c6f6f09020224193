//! Turns of one account for all processes that share a journal: reserved there in blocks, and used here within a short time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use videogen_wire::facts::RateLimit;

use crate::journal::{Journal, Turns};
use crate::model::TimeScale;

/// Fraction of a window within which a turn must be used, and by which requests may be delayed on their way.
const SLACK: u32 = 20;
/// How far a block reaches, in real time, and its most turns.
const BLOCK: Duration = Duration::from_secs(1);
const MOST: u32 = 1_000;
/// How long limits are kept by this process alone after the journal could not be used.
const ALONE: Duration = Duration::from_secs(5);
/// How long a single turn waits for the journal, and how often it is tried.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(200);
/// How often a single turn is reserved again because the journal was slow.
const LATE: u32 = 3;
/// How long a waiter relies on notifications, because another one may have taken the turn.
const TRUST: Duration = Duration::from_secs(1);

/// The turns of one limit of an account.
#[derive(Clone)]
pub(crate) struct SharedTurns(Arc<Shared>);

struct Shared {
    journal: Arc<dyn Journal>,
    account: String,
    origin: String,
    limit: &'static str,
    state: Mutex<State>,
    reserved: Notify,
}

#[derive(Default)]
struct State {
    /// When each turn begins and ends, in order.
    turns: VecDeque<(Instant, Instant)>,
    /// Number of turns to reserve next, and of those used since the last time.
    next: u32,
    used: u32,
    is_reserving: bool,
    /// The journal could not be used, or keeps no turns.
    alone_until: Option<Instant>,
}

/// A turn that was reserved alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SingleTurn {
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
}

impl fmt::Debug for SharedTurns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTurns")
            .field("limit", &self.0.limit)
            .finish_non_exhaustive()
    }
}

/// Time between two requests, and how long a turn can be used, within all limits. `None` without limits.
fn spacing(limits: &[RateLimit], scale: TimeScale) -> Option<(Duration, Duration)> {
    let window = |limit: &RateLimit| scale.real(Duration::from_secs(limit.per.clamp(1, 86_400)));
    let slack = limits.iter().map(|limit| window(limit) / SLACK).min()?;
    // Used up to `slack` late and `slack` longer on its way, a window contains (window + 2 slack) / interval of them.
    let interval = |limit: &RateLimit| (window(limit) + 2 * slack) / limit.limit.max(1);
    Some((limits.iter().map(interval).max()?, slack))
}

impl SharedTurns {
    /// The turns of the limit with this name.
    pub(crate) fn new(journal: Arc<dyn Journal>, account: String, origin: String, limit: &'static str) -> Self {
        Self(Arc::new(Shared {
            journal,
            account,
            origin,
            limit,
            state: Mutex::new(State {
                next: 1,
                ..State::default()
            }),
            reserved: Notify::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next turn within these limits, and returns when it is. `None`: the journal keeps no turns, or cannot be used
    /// now. Nothing that others need is held while waiting.
    pub(crate) async fn next(&self, limits: &[RateLimit], scale: TimeScale) -> Option<Instant> {
        let (interval, slack) = spacing(limits, scale)?;
        loop {
            let reserved = self.0.reserved.notified();
            {
                let now = Instant::now();
                let mut state = self.state();
                if state.alone_until.is_some_and(|until| until > now) {
                    return None;
                }
                while state.turns.front().is_some_and(|(_, end)| *end < now) {
                    state.turns.pop_front();
                }
                if let Some((begin, _)) = state.turns.pop_front() {
                    state.used += 1;
                    return Some(begin);
                }
                if !state.is_reserving {
                    // As many as were used of the last ones, and more if that was all of them.
                    let most = u32::try_from(BLOCK.as_nanos() / interval.as_nanos().max(1)).unwrap_or(MOST);
                    let count = if state.used >= state.next {
                        state.next * 2
                    } else {
                        state.used
                    };
                    (state.next, state.used) = (count.clamp(1, most.clamp(1, MOST)), 0);
                    state.is_reserving = true;
                    // In a task, because a waiter may not be polled any more.
                    tokio::spawn(self.clone().reserve(interval, slack, state.next));
                }
            }
            let _ = timeout(TRUST, reserved).await;
        }
    }

    /// Reserves the next turn within these limits just before it is used. While the journal cannot be used, waits for it for a
    /// while: otherwise all that wait would be sent at once when it is back. `None`: it keeps no turns, or still cannot be used.
    pub(crate) async fn single(&self, limits: &[RateLimit], scale: TimeScale) -> Option<SingleTurn> {
        let (interval, slack) = spacing(limits, scale)?;
        let Shared {
            journal,
            account,
            origin,
            limit,
            ..
        } = &*self.0;
        let begun = Instant::now();
        let mut late = 0;
        loop {
            let asked = Instant::now();
            match journal
                .reserve_turns(Turns::new(account, origin, limit, interval))?
                .await
            {
                Ok(wait) => {
                    // It was reserved between the two times. With a journal that is always slow, rather late than never.
                    let answered = Instant::now();
                    if answered - asked <= slack || late == LATE {
                        let begin = answered + wait;
                        let end = begin + slack;
                        return Some(SingleTurn { begin, end });
                    }
                    late += 1;
                }
                Err(_) if begun.elapsed() < PATIENCE => sleep(AGAIN).await,
                Err(_) => return None,
            }
        }
    }

    async fn reserve(self, interval: Duration, slack: Duration, count: u32) {
        let Shared {
            journal,
            account,
            origin,
            limit,
            ..
        } = &*self.0;
        let _reserving = Reserving(&self);
        let asked = Instant::now();
        let turns = Turns::new(account, origin, limit, interval).count(count);
        let wait = match journal.reserve_turns(turns) {
            Some(reserving) => reserving.await.ok(),
            None => {
                self.state().alone_until = Some(Instant::now() + ALONE);
                return;
            }
        };
        let answered = Instant::now();
        let mut state = self.state();
        let Some(wait) = wait else {
            state.alone_until = Some(answered + ALONE);
            return;
        };
        // It was reserved between the two times.
        let turns = (0..count).map(|number| wait + interval * number);
        let turns = turns.map(|after| (answered + after, asked + after + slack));
        state.turns.extend(turns);
    }
}

/// A reservation in progress.
struct Reserving<'a>(&'a SharedTurns);

impl Drop for Reserving<'_> {
    fn drop(&mut self) {
        self.0.state().is_reserving = false;
        self.0.0.reserved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_hold_with_slack() {
        const LIMITS: &[RateLimit] = &[RateLimit { limit: 300, per: 60 }, RateLimit { limit: 50, per: 10 }];
        let (interval, slack) = spacing(LIMITS, TimeScale::default()).unwrap_or_default();
        assert_eq!(
            (interval, slack),
            (Duration::from_millis(220), Duration::from_millis(500))
        );
        assert_eq!(spacing(&[], TimeScale::default()), None);
    }
}
