//! State shared by all clones of a client: the account's pace, and the durations of its tasks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};
use videogen_wire::facts::RateLimit;

use super::turns::SharedTurns;
use crate::model::{Error, ErrorKind, TaskId, TimeScale};
use crate::poll::DurationBook;
use crate::transport::pace::{Blocked, Outcome, Pace, Turn};

/// How long a waiter relies on notifications. A notification may go to a future that is not polled, which must not
/// block the others.
const TRUST: Duration = Duration::from_secs(1);
/// Maximum number of remembered submissions.
const ACCEPTED: usize = 1_024;
/// The same when the next turn is later than that.
const TRUST_MANY: Duration = Duration::from_secs(30);

/// Shared by all clones of a client.
#[derive(Debug, Clone)]
pub(crate) struct Account(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pace: Mutex<Pace>,
    durations: Mutex<DurationBook>,
    /// The tasks that were accepted last, and when: a vendor may not show them yet.
    accepted: Mutex<VecDeque<(TaskId, Instant)>>,
    /// Notifies waiters that found the account full.
    freed: Notify,
    /// The turns of all processes that share a journal.
    turns: Option<SharedTurns>,
}

/// Permit for one request. Dropping it unused returns the turn.
#[derive(Debug)]
pub(crate) struct Permit {
    account: Account,
    state: State,
}

#[derive(Debug)]
enum State {
    Reserved(Turn),
    Sent,
    Settled,
}

impl Account {
    pub(crate) fn new(limits: &[RateLimit], scale: TimeScale, turns: Option<SharedTurns>) -> Self {
        Self(Arc::new(Shared {
            pace: Mutex::new(Pace::new(limits, scale)),
            durations: Mutex::default(),
            accepted: Mutex::default(),
            freed: Notify::new(),
            turns,
        }))
    }

    /// When the next turn is among all processes that share the journal. `guessed`: also if no limit is documented.
    async fn shared_turn(&self, guessed: bool) -> Option<Instant> {
        let turns = self.0.turns.as_ref()?;
        let (limits, scale) = {
            let pace = self.pace();
            let limits = if guessed { pace.limits_in_use() } else { pace.limits() };
            (limits.to_vec(), pace.scale)
        };
        turns.next(&limits, scale).await
    }

    pub(crate) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn durations(&self) -> MutexGuard<'_, DurationBook> {
        self.0.durations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that the vendor accepted a task just now.
    pub(crate) fn accept(&self, task: &TaskId) {
        let mut accepted = self.0.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        if accepted.len() >= ACCEPTED {
            accepted.pop_front();
        }
        accepted.push_back((task.clone(), Instant::now()));
    }

    /// How long ago the vendor accepted a task, if remembered.
    pub(crate) fn accepted(&self, task: &TaskId) -> Option<Duration> {
        let accepted = self.0.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, at) = accepted.iter().rev().find(|(known, _)| known == task)?;
        Some(at.elapsed())
    }

    /// Waits for a turn, roughly in order of arrival. Nothing that others need is held while waiting, so a future that
    /// is not polled does not block others.
    pub(crate) async fn permit(&self) -> Permit {
        loop {
            let freed = self.0.freed.notified();
            let now = Instant::now();
            let reserved = self.pace().reserve(now);
            match reserved {
                Ok(turn) => {
                    let mut permit = Permit {
                        account: self.clone(),
                        state: State::Reserved(turn),
                    };
                    if turn.at > now {
                        sleep_until(turn.at).await;
                    }
                    if let Some(at) = self.shared_turn(true).await {
                        sleep_until(at).await;
                    }
                    if self.pace().is_current(Instant::now()) {
                        permit.state = State::Sent;
                        self.0.freed.notify_one();
                        return permit;
                    }
                }
                Err(Blocked::Until(until)) => sleep_until(until).await,
                Err(Blocked::Full) => look_again(now, freed).await,
                Err(Blocked::Later(until)) => look_again(until, freed).await,
            }
        }
    }

    /// Returns a permit for a direct call: waits while the vendor's `Retry-After` applies or the budget is
    /// used up, but not for a turn later than `patience`.
    ///
    /// # Errors
    /// `rate_limited` when there is no earlier turn.
    pub(super) async fn at_once(&self, patience: Duration) -> Result<Permit, Error> {
        let start = Instant::now();
        loop {
            let freed = self.0.freed.notified();
            let now = Instant::now();
            let reserved = self.pace().reserve_at_once(now);
            let at = match reserved {
                Ok(turn) => turn.at,
                Err(Blocked::Until(until) | Blocked::Later(until)) => until,
                Err(Blocked::Full) => now,
            };
            let permit = reserved.map(|turn| Permit {
                account: self.clone(),
                state: State::Reserved(turn),
            });
            let limited = |at: Instant| {
                let message = "the account is rate limited, so nothing was sent";
                Error::new(ErrorKind::RateLimited, message).after(Some(self.pace().scale.vendors(at - now)))
            };
            if at - start > patience {
                return Err(limited(at));
            }
            match permit {
                Ok(mut permit) => {
                    if at > now {
                        sleep_until(at).await;
                    }
                    if let Some(at) = self.shared_turn(false).await {
                        if at - start > patience {
                            return Err(limited(at));
                        }
                        sleep_until(at).await;
                    }
                    // The vendor may have sent a longer `Retry-After` meanwhile.
                    if self.pace().throttled_until(Instant::now()).is_none() {
                        permit.state = State::Sent;
                        self.0.freed.notify_one();
                        return Ok(permit);
                    }
                }
                Err(Blocked::Until(until)) => sleep_until(until).await,
                Err(_) => look_again(at, freed).await,
            }
        }
    }
}

/// Waits for a notification, or a random time if none arrives, so that waiters do not all wake at once.
async fn look_again(until: Instant, freed: impl Future<Output = ()>) {
    let wait = until.saturating_duration_since(Instant::now());
    let wait = wait.clamp(TRUST, TRUST_MANY).mul_f64(1.0 + fastrand::f64());
    let _ = timeout(wait, freed).await;
}

impl Permit {
    /// Reports the result of the request.
    pub(crate) fn settle<T>(mut self, result: &Result<T, Error>) {
        self.end(Some(Outcome::of(result)));
    }

    fn end(&mut self, outcome: Option<Outcome>) {
        match std::mem::replace(&mut self.state, State::Settled) {
            State::Settled => return,
            State::Reserved(turn) => self.account.pace().give_back(turn),
            State::Sent => self.account.pace().settle(Instant::now(), outcome, fastrand::f64()),
        }
        self.account.0.freed.notify_one();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.end(None);
    }
}
