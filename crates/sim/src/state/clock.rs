//! Simulated time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

/// Clock of a simulator's tasks, links and webhooks.
///
/// Simulated time starts at zero, passes `speed` times as fast as tokio's clock (so that a paused
/// one stops it), and can be moved ahead by hand. A manual clock has speed zero: only `advance` moves it,
/// which makes a test with real sockets deterministic.
///
/// Clones share one clock.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    start: Instant,
    wall: DateTime<Utc>,
    speed: f64,
    skipped: watch::Sender<Duration>,
}

impl Clock {
    /// Returns a clock that runs `speed` times as fast as real time; a speed that is not a positive number
    /// makes a manual clock.
    pub fn running(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 0.0 };
        Self(Arc::new(Inner {
            start: Instant::now(),
            wall: Utc::now(),
            speed,
            skipped: watch::Sender::new(Duration::ZERO),
        }))
    }

    /// Returns a clock that only [`advance`](Self::advance) moves.
    pub fn manual() -> Self {
        Self::running(0.0)
    }

    /// Returns the clock, set `by` ahead of this machine's clock, or behind it. Clones made before are not changed.
    pub fn offset_by(self, by: TimeDelta) -> Self {
        Self(Arc::new(Inner {
            start: self.0.start,
            wall: self.0.wall + by,
            speed: self.0.speed,
            skipped: watch::Sender::new(*self.0.skipped.borrow()),
        }))
    }

    /// Moves the clock ahead, and wakes the sleepers that are due.
    pub fn advance(&self, by: Duration) {
        self.0.skipped.send_modify(|skipped| *skipped += by);
    }

    /// Returns the speed of simulated time, as a multiple of real time; zero for a manual clock.
    pub fn speed(&self) -> f64 {
        self.0.speed
    }

    /// Returns simulated time since the start.
    pub fn now(&self) -> Duration {
        self.real().mul_f64(self.0.speed) + *self.0.skipped.borrow()
    }

    /// Returns the time of day in answers. It is not sped up, because clients compare a
    /// task's creation with their own clocks.
    pub fn wall_time(&self) -> DateTime<Utc> {
        let real = if self.0.speed > 0.0 {
            self.real()
        } else {
            Duration::ZERO
        };
        after(self.0.wall, real + *self.0.skipped.borrow())
    }

    /// A simulated time as unix seconds, for the expiry of links.
    pub(crate) fn unix(&self, moment: Duration) -> i64 {
        after(self.0.wall, moment).timestamp()
    }

    /// Waits until a simulated time.
    pub async fn sleep_until(&self, moment: Duration) {
        let mut skipped = self.0.skipped.subscribe();
        loop {
            skipped.mark_unchanged();
            let now = self.now();
            if now >= moment {
                return;
            }
            let left = moment - now;
            let pass = async {
                if self.0.speed > 0.0 {
                    // Rounded up, to avoid a busy loop at the end.
                    let real = left.div_f64(self.0.speed) + Duration::from_millis(1);
                    tokio::time::sleep(real).await;
                } else {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = pass => {}
                // The sender lives as long as `self`, so this only ever reports a move.
                _ = skipped.changed() => {}
            }
        }
    }

    fn real(&self) -> Duration {
        self.0.start.elapsed()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("now", &self.now())
            .field("speed", &self.0.speed)
            .finish()
    }
}

/// Adds a duration to a time; saturates.
pub(crate) fn after(start: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by)
        .ok()
        .and_then(|by| start.checked_add_signed(by))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_running_clock_multiplies_tokio_time() {
        let clock = Clock::running(60.0);
        let wall = clock.wall_time();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.now(), Duration::from_secs(120));
        assert_eq!(
            clock.wall_time().timestamp() - wall.timestamp(),
            2,
            "the time of day keeps its pace"
        );
        clock.advance(Duration::from_secs(30));
        assert_eq!(clock.now(), Duration::from_secs(150));
    }

    #[tokio::test(start_paused = true)]
    async fn sleeping_takes_a_fraction_of_real_time() {
        let clock = Clock::running(10.0);
        let before = Instant::now();
        clock.sleep_until(Duration::from_secs(50)).await;
        let took = before.elapsed();
        assert!(
            took >= Duration::from_secs(5) && took < Duration::from_millis(5_050),
            "{took:?}"
        );
    }

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleepers() {
        let clock = Clock::manual();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(Duration::from_secs(3_600)).await }
        });
        clock.advance(Duration::from_secs(3_599));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
    }
}
