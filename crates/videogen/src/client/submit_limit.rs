//! When a submission may be sent within the limits that the vendor documents for an account: by what this process has sent, and
//! by the turns of all processes that share a journal.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, sleep_until};
use videogen_wire::facts::RateLimit;

use super::turns::{SharedTurns, SingleTurn};
use crate::model::TimeScale;

/// Fraction of a window by which requests may be delayed on their way.
const SLACK: u32 = 20;

/// The limits of submissions. Clones share them.
#[derive(Clone)]
pub(crate) struct SubmitLimiter(Arc<Shared>);

struct Shared {
    limits: &'static [RateLimit],
    turns: Option<SharedTurns>,
    window: Mutex<Window>,
    /// Notifies the one that waits for a place in the window.
    freed: Notify,
    /// Permits are given one after the other, so that no more than one turn is reserved ahead.
    queue: Queue<()>,
    /// The next turn. What is recorded as being sent waits only here, in front of the queue.
    head: Queue<()>,
}

/// What this process sends.
#[derive(Debug, Default)]
struct Window {
    /// When the last submissions were sent.
    sent: VecDeque<Instant>,
    /// Number of permits that are not used yet. They may be used at any time, so they count like what was sent just now.
    unused: usize,
}

/// Permit to send one submission. Dropping it unused returns it.
pub(crate) struct SubmitPermit {
    limiter: SubmitLimiter,
    reserved: Option<SingleTurn>,
    is_used: bool,
}

impl fmt::Debug for SubmitPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubmitPermit")
            .field("reserved", &self.reserved)
            .finish_non_exhaustive()
    }
}

impl Window {
    /// Gives a permit at `now`, or returns when to look again; `None`: when a permit was used or returned.
    fn take(&mut self, now: Instant, limits: &[RateLimit], scale: TimeScale) -> Result<(), Option<Instant>> {
        let mut free = now;
        for limit in limits {
            let most = usize::try_from(limit.limit).unwrap_or(usize::MAX).max(1);
            let left = most.checked_sub(self.unused).filter(|left| *left > 0).ok_or(None)?;
            let window = scale.real(Duration::from_secs(limit.per));
            let first = self.sent.len().checked_sub(left).and_then(|at| self.sent.get(at));
            free = free.max(first.map_or(now, |first| *first + window + window / SLACK));
        }
        if free > now {
            return Err(Some(free));
        }
        self.unused += 1;
        Ok(())
    }

    /// Uses a permit.
    fn send(&mut self, now: Instant, limits: &[RateLimit]) {
        self.unused -= 1;
        self.sent.push_back(now);
        let most = limits.iter().map(|limit| limit.limit).max().unwrap_or_default();
        while self.sent.len() > usize::try_from(most).unwrap_or(usize::MAX) {
            self.sent.pop_front();
        }
    }
}

impl SubmitLimiter {
    /// The limits of an account. `turns`: those that a journal keeps.
    pub(crate) fn new(limits: &'static [RateLimit], turns: Option<SharedTurns>) -> Self {
        Self(Arc::new(Shared {
            limits,
            turns,
            window: Mutex::default(),
            freed: Notify::new(),
            queue: Queue::default(),
            head: Queue::default(),
        }))
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.0.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a submission may be sent, in order of arrival. Dropping the future leaves the queue.
    pub(crate) async fn permit(&self, scale: TimeScale) -> SubmitPermit {
        let limits = self.0.limits;
        let _queue = self.0.queue.lock().await;
        loop {
            let freed = self.0.freed.notified();
            let taken = self.window().take(Instant::now(), limits, scale);
            match taken {
                Ok(()) => break,
                Err(Some(at)) => sleep_until(at).await,
                Err(None) => freed.await,
            }
        }
        let mut permit = SubmitPermit {
            limiter: self.clone(),
            reserved: None,
            is_used: false,
        };
        permit.renew(scale).await;
        permit
    }
}

impl SubmitPermit {
    /// Waits for another turn, unless that of the permit can still be used: the journal may have been slow since.
    pub(crate) async fn renew(&mut self, scale: TimeScale) {
        let Shared {
            turns: Some(turns),
            limits,
            head,
            ..
        } = &*self.limiter.0
        else {
            return;
        };
        if limits.is_empty() || self.reserved.is_some_and(|turn| turn.end >= Instant::now()) {
            return;
        }
        let _head = head.lock().await;
        self.reserved = turns.single(limits, scale).await;
        if let Some(turn) = &self.reserved {
            sleep_until(turn.begin).await;
        }
    }

    /// Uses the permit: the submission is sent now.
    pub(crate) fn send(mut self) {
        self.is_used = true;
        self.limiter.window().send(Instant::now(), self.limiter.0.limits);
        self.limiter.0.freed.notify_one();
    }
}

impl Drop for SubmitPermit {
    fn drop(&mut self) {
        if !self.is_used {
            self.limiter.window().unused -= 1;
            self.limiter.0.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: &[RateLimit] = &[RateLimit { limit: 5, per: 60 }, RateLimit { limit: 2, per: 10 }];

    #[test]
    fn every_limit_holds() {
        let mut window = Window::default();
        let begin = Instant::now();
        let after = |seconds: f64| begin + Duration::from_secs_f64(seconds);
        let mut tried = |at, factor| {
            let taken = window.take(at, LIMITS, TimeScale::new(factor).unwrap_or_default());
            if taken.is_ok() {
                window.send(at, LIMITS);
            }
            taken
        };
        assert_eq!((tried(begin, 1.0), tried(begin, 1.0)), (Ok(()), Ok(())));
        assert_eq!(tried(after(1.0), 1.0), Err(Some(after(10.5))));
        assert_eq!((tried(after(10.5), 1.0), tried(after(10.5), 1.0)), (Ok(()), Ok(())));
        assert_eq!(tried(after(21.0), 1.0), Ok(()));
        assert_eq!(tried(after(22.0), 1.0), Err(Some(after(63.0))));
        assert_eq!(tried(after(22.0), 10.0), Ok(()));
    }

    /// Submissions wait for a slow journal: what has a permit may be sent at any time.
    #[tokio::test(start_paused = true)]
    async fn unused_permits_count() {
        let limiter = SubmitLimiter::new(LIMITS, None);
        let (begin, scale) = (Instant::now(), TimeScale::default());
        let (first, second) = (limiter.permit(scale).await, limiter.permit(scale).await);
        let waiting = {
            let limiter = limiter.clone();
            tokio::spawn(async move {
                let permit = limiter.permit(scale).await;
                permit.send();
                Instant::now()
            })
        };
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert!(!waiting.is_finished());
        first.send();
        tokio::time::sleep(Duration::from_secs(1)).await;
        second.send();
        assert_eq!(waiting.await.ok(), Some(begin + Duration::from_secs_f64(110.5)));
        // One that is returned is given to another one.
        drop(limiter.permit(scale).await);
        let returned = Instant::now();
        drop(limiter.permit(scale).await);
        assert_eq!(returned, Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn without_limits_nothing_waits() {
        let limiter = SubmitLimiter::new(&[], None);
        let begin = Instant::now();
        for _ in 0..1_000 {
            limiter.permit(TimeScale::default()).await.send();
        }
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
