//! What has been handled, so that a repeat comes to nothing.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many are remembered. The oldest is forgotten first; a repeat of it would be a second event.
const CAPACITY: usize = 10_000;

#[derive(Default)]
struct Entries {
    done: HashSet<String>,
    order: VecDeque<String>,
    busy: HashSet<String>,
}

/// Names of events or tasks that were handled, or are being handled.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Entries>);

/// What is known of a name.
pub(crate) enum Claim<'a> {
    /// Nothing yet; it is the holder's to handle.
    Mine(Held<'a>),
    /// Somebody is handling it at this moment.
    Busy,
    /// It was handled.
    Done,
}

/// The right to handle what has this name. Dropped without [`done`](Self::done), it leaves no trace.
pub(crate) struct Held<'a> {
    ledger: &'a Ledger,
    name: String,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// It was handled, and is not to be handled again.
    pub(crate) fn done(self) {
        let mut entries = self.ledger.lock();
        if entries.order.len() >= CAPACITY
            && let Some(oldest) = entries.order.pop_front()
        {
            entries.done.remove(&oldest);
        }
        entries.done.insert(self.name.clone());
        entries.order.push_back(self.name.clone());
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.ledger.lock().busy.remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(ledger: &Ledger, name: &str) -> bool {
        match ledger.claim(name.to_owned()) {
            Claim::Mine(held) => {
                held.done();
                true
            }
            Claim::Busy | Claim::Done => false,
        }
    }

    #[test]
    fn once_each_and_no_more_than_so_many() {
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
    fn what_was_given_up_can_be_claimed_again() {
        let ledger = Ledger::default();
        let held = ledger.claim("a".to_owned());
        assert!(matches!(held, Claim::Mine(_)));
        assert!(matches!(ledger.claim("a".to_owned()), Claim::Busy));
        drop(held);
        assert!(handle(&ledger, "a"));
        assert!(matches!(ledger.claim("a".to_owned()), Claim::Done));
    }
}
