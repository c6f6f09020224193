//! Changes of responses on demand.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::spec::Operation;

type Change = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// The changes of responses, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Rewrites(Mutex<Vec<(Operation, Change)>>);

impl Rewrites {
    pub(crate) fn add(&self, operation: Operation, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        changes.push((operation, Arc::new(change)));
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Changes the answer to an operation.
    pub(crate) fn apply(&self, operation: Operation, body: &mut Value) {
        let changes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (_, change) in changes.iter().filter(|(own, _)| *own == operation) {
            change(body);
        }
    }
}

impl fmt::Debug for Rewrites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewrites").finish_non_exhaustive()
    }
}
