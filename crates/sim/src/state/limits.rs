//! Requests of each account per time, within the limits that its vendor documents.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::spec::{Operation, RateLimit, Spec, Vendor};
use crate::state::owner::Owner;

/// The requests that were allowed, by vendor, account, and whether they were submissions.
type Allowed = HashMap<(Vendor, Owner, bool), VecDeque<Duration>>;

/// The limits, if they are enforced.
pub(crate) struct Limits(Option<Mutex<State>>);

#[derive(Default)]
struct State {
    allowed: Allowed,
    refused: u64,
}

impl Limits {
    pub(crate) fn new(enforced: bool) -> Self {
        Self(enforced.then(Mutex::default))
    }

    /// Counts a request at this simulated time.
    ///
    /// # Errors
    /// Too many requests were allowed before: how long until the next one is.
    pub(crate) fn take(
        &self,
        vendor: Vendor,
        spec: &Spec,
        owner: Owner,
        operation: Operation,
        now: Duration,
    ) -> Result<(), Duration> {
        let limits = match operation {
            Operation::Submit => &spec.submit_limits,
            Operation::Get | Operation::List | Operation::Cancel => &spec.query_limits,
            _ => return Ok(()),
        };
        let (Some(state), false) = (&self.0, limits.is_empty()) else {
            return Ok(());
        };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (vendor, owner, operation == Operation::Submit);
        let wait = wait(state.allowed.entry(key).or_default(), limits, now);
        if let Some(wait) = wait {
            state.refused += 1;
            return Err(wait);
        }
        Ok(())
    }

    /// Number of requests that were refused.
    pub(crate) fn refused(&self) -> u64 {
        let state = self.0.as_ref().map(|state| state.lock());
        state.map_or(0, |state| state.unwrap_or_else(PoisonError::into_inner).refused)
    }
}

/// Adds a request to those that were allowed, or returns how long it is too early.
fn wait(allowed: &mut VecDeque<Duration>, limits: &[RateLimit], now: Duration) -> Option<Duration> {
    let free = limits.iter().filter_map(|limit| {
        let most = usize::try_from(limit.limit).unwrap_or(usize::MAX);
        let first = allowed.len().checked_sub(most).and_then(|at| allowed.get(at))?;
        Some(*first + Duration::from_secs(limit.per.into()))
    });
    if let Some(free) = free.max().filter(|free| *free > now) {
        return Some(free - now);
    }
    allowed.push_back(now);
    let most = limits.iter().map(|limit| limit.limit).max().unwrap_or_default();
    while allowed.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        allowed.pop_front();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_holds() {
        let limits = [RateLimit { limit: 3, per: 60 }, RateLimit { limit: 2, per: 10 }];
        let mut allowed = VecDeque::new();
        let mut at = |seconds| wait(&mut allowed, &limits, Duration::from_secs(seconds));
        assert_eq!((at(0), at(1)), (None, None));
        assert_eq!(at(2), Some(Duration::from_secs(8)));
        assert_eq!(at(10), None);
        assert_eq!(at(12), Some(Duration::from_secs(48)));
        assert_eq!(at(60), None);
    }
}
