//! Which token stands for which task.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::TokenHash;
use crate::model::TaskId;

/// What a token stands for. A submission that is still on its way has no task yet.
#[derive(Clone, Default)]
pub(crate) struct Binding {
    pub(crate) task: Option<TaskId>,
    /// A delivery came and led to nothing yet.
    pub(crate) is_hinted: bool,
}

/// Looked up by hash, so how long it takes tells nothing of any token.
#[derive(Default)]
pub(crate) struct Bindings(Mutex<HashMap<TokenHash, Binding>>);

impl Bindings {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Binding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Knows the token from now on. A task that it is bound to already stays.
    pub(crate) fn expect(&self, hash: TokenHash) {
        self.lock().entry(hash).or_default();
    }

    /// Binds the token, and tells whether a delivery was waiting for that.
    pub(crate) fn bind(&self, hash: TokenHash, task: &TaskId) -> bool {
        let mut bindings = self.lock();
        let binding = bindings.entry(hash).or_default();
        binding.task = Some(task.clone());
        binding.is_hinted
    }

    /// What the token stands for, now that a delivery has come. `None`: it is not known.
    pub(crate) fn hint(&self, hash: &TokenHash) -> Option<Option<TaskId>> {
        let mut bindings = self.lock();
        let binding = bindings.get_mut(hash)?;
        // Whoever binds it sees this; the lock leaves no moment between the two.
        binding.is_hinted |= binding.task.is_none();
        Some(binding.task.clone())
    }

    /// The delivery that was waiting has been seen to.
    pub(crate) fn settle(&self, hash: &TokenHash) {
        if let Some(binding) = self.lock().get_mut(hash) {
            binding.is_hinted = false;
        }
    }

    /// The task that the address is bound to.
    pub(crate) fn bound(&self, hash: &TokenHash) -> Option<TaskId> {
        self.lock().get(hash)?.task.clone()
    }

    /// The bound task that the vendor calls `id`.
    pub(crate) fn task(&self, id: &str) -> Option<TaskId> {
        let bindings = self.lock();
        bindings
            .values()
            .find_map(|binding| binding.task.as_ref().filter(|task| task.id() == id).cloned())
    }

    pub(crate) fn forget(&self, hash: &TokenHash) {
        self.lock().remove(hash);
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }
}
