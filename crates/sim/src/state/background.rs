//! Work in the background.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;

/// Connections and deliveries in progress. They stop with the simulator.
pub(crate) struct Background(Mutex<Option<JoinSet<()>>>);

impl Background {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(JoinSet::new())))
    }

    /// Starts a future, unless the simulator has stopped.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(set) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // Frees finished tasks.
            while set.try_join_next().is_some() {}
            set.spawn(work);
        }
    }

    /// Stops everything; nothing can be started afterwards. Dropping the result does not wait.
    pub(crate) fn stop(&self) -> JoinSet<()> {
        let set = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut set = set.unwrap_or_default();
        set.abort_all();
        set
    }
}
