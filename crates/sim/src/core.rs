//! What all parts of one simulator share.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::fault::Faults;
use crate::links::Links;
use crate::store::Store;
use crate::task::Pace;

pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    pub(crate) webhook_secret: Option<String>,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) links: Links,
    pub(crate) background: Background,
    pub(crate) ids: Ids,
}

/// Connections and deliveries under way. They end with the simulator.
pub(crate) struct Background(Mutex<Option<JoinSet<()>>>);

impl Background {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(JoinSet::new())))
    }

    /// Starts something, unless the simulator has ended.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(set) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // What has ended meanwhile is let go of.
            while set.try_join_next().is_some() {}
            set.spawn(work);
        }
    }

    /// Stops everything; nothing can be started after that. Dropping the result does not wait.
    pub(crate) fn stop(&self) -> JoinSet<()> {
        let set = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut set = set.unwrap_or_default();
        set.abort_all();
        set
    }
}

/// Ids that differ within a simulator and, very likely, between simulators.
pub(crate) struct Ids {
    salt: u32,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new() -> Self {
        // The low half is as random as the whole.
        Self {
            salt: random() as u32,
            next: AtomicU64::new(1),
        }
    }

    pub(crate) fn next(&self, prefix: &str) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{prefix}{:08x}{number:06x}", self.salt)
    }
}

/// A random number from the standard library's seeds; good enough for a simulator's secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
