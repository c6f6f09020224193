//! Ids and random numbers.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Ids that are unique within a simulator and, very likely, between simulators.
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
