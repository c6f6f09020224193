//! What all clones of a client share about their account: its pace, and how long its tasks take.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use videogen_wire::facts::RateLimit;

use crate::pace::{Blocked, Outcome, Pace, Turn};
use crate::{Client, DurationBook, Error, ErrorKind};

/// How long a waiter trusts to be told that it may look again. What was told to a future that nobody drives must not hold up
/// the rest.
const TRUST: Duration = Duration::from_secs(1);
/// The same where there are so many that others are told all the time.
const TRUST_MANY: Duration = Duration::from_secs(30);

/// Shared by all clones of a client.
#[derive(Debug, Clone)]
pub(crate) struct Account(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pace: Mutex<Pace>,
    durations: Mutex<DurationBook>,
    /// Somebody who found the account full may look again.
    freed: Notify,
}

/// Leave for one request. Dropping it unused gives the turn back.
#[derive(Debug)]
pub(crate) struct Leave {
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
    pub(crate) fn new(limits: &[RateLimit]) -> Self {
        Self(Arc::new(Shared {
            pace: Mutex::new(Pace::new(limits)),
            durations: Mutex::default(),
            freed: Notify::new(),
        }))
    }

    pub(crate) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn durations(&self) -> MutexGuard<'_, DurationBook> {
        self.0.durations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn, in the order of coming as far as possible. Nothing is held while waiting that others need: a future
    /// that is not driven holds nobody up.
    pub(crate) async fn leave(&self) -> Leave {
        loop {
            let freed = self.0.freed.notified();
            let now = Instant::now();
            let reserved = self.pace().reserve(now);
            match reserved {
                Ok(turn) => {
                    let mut leave = Leave {
                        account: self.clone(),
                        state: State::Reserved(turn),
                    };
                    if turn.at > now {
                        sleep_until(turn.at).await;
                    }
                    if self.pace().stands(Instant::now()) {
                        leave.state = State::Sent;
                        self.0.freed.notify_one();
                        return leave;
                    }
                }
                Err(Blocked::Until(until)) => sleep_until(until).await,
                Err(blocked) => {
                    let trust = if blocked == Blocked::Full { TRUST } else { TRUST_MANY };
                    // Whether told or not, it looks again.
                    let _ = timeout(trust.mul_f64(1.0 + fastrand::f64()), freed).await;
                }
            }
        }
    }

    /// Leave for a read that the caller asked for: it waits only while the vendor wants to be left alone, and not longer than
    /// `patience`.
    ///
    /// # Errors
    /// `rate_limited` when the vendor wants more.
    async fn at_once(&self, patience: Duration) -> Result<Leave, Error> {
        let now = Instant::now();
        let asked = self.pace().asked(now).map(|until| until - now);
        match asked {
            Some(wait) if wait > patience => {
                let message = "the vendor asked this account to wait, so nothing was sent";
                return Err(Error::new(ErrorKind::RateLimited, message).after(Some(wait)));
            }
            Some(wait) => sleep(wait).await,
            None => {}
        }
        self.pace().count(Instant::now());
        Ok(Leave {
            account: self.clone(),
            state: State::Sent,
        })
    }
}

impl Leave {
    /// Tells what became of the request.
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

impl Drop for Leave {
    fn drop(&mut self) {
        self.end(None);
    }
}

impl Client {
    /// Makes a read at the account's pace, and lets the account learn from it.
    pub(crate) async fn paced<T>(&self, read: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let leave = self.0.account.at_once(self.0.retry.patience).await?;
        let result = read.await;
        leave.settle(&result);
        result
    }
}
