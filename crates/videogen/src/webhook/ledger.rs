//! Handled deliveries, to detect repeats.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use crate::model::Timestamp;

/// Minimum number of remembered names. Beyond that the oldest is forgotten first; a repeat of it would be a second
/// event.
const CAPACITY: usize = 10_000;

#[derive(Default)]
struct Entries {
    done: HashSet<String>,
    order: VecDeque<(Timestamp, String)>,
    busy: HashSet<String>,
}

/// Names of events or tasks that were handled, or are being handled, for the lifetime of the process.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Mutex<Entries>,
    /// How long all are remembered, whatever their number: while a repeat would still be accepted. `None`: they are
    /// only limited in number.
    kept: Option<TimeDelta>,
}

/// Result of claiming a name.
pub(crate) enum Claim<'a> {
    /// New; the holder handles it.
    Mine(Held<'a>),
    /// It is being handled.
    Busy,
    /// It was handled.
    Done,
}

/// The right to handle a name. Dropped without [`done`](Self::done), the name can be claimed again.
pub(crate) struct Held<'a> {
    ledger: &'a Ledger,
    name: String,
}

impl Ledger {
    pub(crate) fn new(kept: Option<TimeDelta>) -> Self {
        Self {
            kept,
            ..Self::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn claim(&self, name: String) -> Claim<'_> {
        let mut entries = self.lock();
        if entries.done.contains(&name) {
            Claim::Done
        } else if entries.busy.insert(name.clone()) {
            Claim::Mine(Held { ledger: self, name })
        } else {
            Claim::Busy
        }
    }
}

impl Held<'_> {
    /// Marks the name as handled.
    pub(crate) fn done(self, now: Timestamp) {
        let mut entries = self.ledger.lock();
        let kept = self.ledger.kept;
        let is_old = |(then, _): &&(Timestamp, String)| kept.is_none_or(|kept| now - *then > kept);
        while entries.order.len() >= CAPACITY
            && entries.order.front().filter(is_old).is_some()
            && let Some((_, oldest)) = entries.order.pop_front()
        {
            entries.done.remove(&oldest);
        }
        entries.done.insert(self.name.clone());
        entries.order.push_back((now, self.name.clone()));
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.ledger.lock().busy.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn handle(ledger: &Ledger, name: &str) -> bool {
        handle_at(ledger, name, 0)
    }

    fn handle_at(ledger: &Ledger, name: &str, second: i64) -> bool {
        match ledger.claim(name.to_owned()) {
            Claim::Mine(held) => {
                held.done(Timestamp::from_timestamp(second, 0).unwrap());
                true
            }
            Claim::Busy | Claim::Done => false,
        }
    }

    #[test]
    fn each_name_is_handled_once_and_the_number_is_limited() {
        let ledger = Ledger::default();
        for number in 0..CAPACITY {
            assert!(handle(&ledger, &number.to_string()));
        }
        assert!(!handle(&ledger, "0"), "all of them are remembered");
        assert!(handle(&ledger, "one more"));
        assert!(handle(&ledger, "0"), "the oldest was forgotten");
        assert!(!handle(&ledger, "2"));
        let entries = ledger.lock();
        assert_eq!((entries.done.len(), entries.order.len()), (CAPACITY, CAPACITY));
        assert!(entries.busy.is_empty());
    }

    #[test]
    fn all_names_are_kept_while_a_repeat_would_be_accepted() {
        let ledger = Ledger::new(Some(TimeDelta::seconds(600)));
        for number in 0..3 * CAPACITY {
            assert!(handle_at(&ledger, &number.to_string(), 0));
        }
        assert!(!handle_at(&ledger, "0", 600));
        assert!(handle_at(&ledger, "one more", 600));
        assert!(!handle_at(&ledger, "0", 600));
        // Older names are forgotten, down to the minimum number.
        assert!(handle_at(&ledger, "another", 601));
        assert_eq!(ledger.lock().order.len(), CAPACITY);
        assert_eq!(ledger.lock().done.len(), CAPACITY);
        assert!(!handle_at(&ledger, &(3 * CAPACITY - 1).to_string(), 601));
    }

    #[test]
    fn a_dropped_claim_can_be_claimed_again() {
        let ledger = Ledger::default();
        let held = ledger.claim("a".to_owned());
        assert!(matches!(held, Claim::Mine(_)));
        assert!(matches!(ledger.claim("a".to_owned()), Claim::Busy));
        drop(held);
        assert!(handle(&ledger, "a"));
        assert!(matches!(ledger.claim("a".to_owned()), Claim::Done));
    }
}
