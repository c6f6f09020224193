//! The task of each callback token.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::TokenHash;
use crate::model::TaskId;

/// State of a token. Without a task until its submission has returned.
#[derive(Clone, Default)]
pub(crate) struct Binding {
    pub(crate) task: Option<TaskId>,
    /// A delivery arrived and is not handled yet.
    pub(crate) is_hinted: bool,
}

/// Keyed by hash, so that the time of a lookup reveals nothing about tokens.
#[derive(Default)]
pub(crate) struct Bindings(Mutex<HashMap<TokenHash, Binding>>);

impl Bindings {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Binding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a token. An existing binding is kept.
    pub(crate) fn expect(&self, hash: TokenHash) {
        self.lock().entry(hash).or_default();
    }

    /// Binds the token, and returns whether a delivery was waiting for that.
    pub(crate) fn bind(&self, hash: TokenHash, task: &TaskId) -> bool {
        let mut bindings = self.lock();
        let binding = bindings.entry(hash).or_default();
        binding.task = Some(task.clone());
        binding.is_hinted
    }

    /// The token's task, for a delivery; remembers the delivery if unbound. `None`: unknown token.
    pub(crate) fn hint(&self, hash: &TokenHash) -> Option<Option<TaskId>> {
        let mut bindings = self.lock();
        let binding = bindings.get_mut(hash)?;
        // Seen by a later `bind`: both hold the lock.
        binding.is_hinted |= binding.task.is_none();
        Some(binding.task.clone())
    }

    /// Marks the waiting delivery as handled.
    pub(crate) fn settle(&self, hash: &TokenHash) {
        if let Some(binding) = self.lock().get_mut(hash) {
            binding.is_hinted = false;
        }
    }

    /// The task bound to a token.
    pub(crate) fn bound(&self, hash: &TokenHash) -> Option<TaskId> {
        self.lock().get(hash)?.task.clone()
    }

    /// The bound task that the vendor calls `id`.
    pub(crate) fn task(&self, id: &str) -> Option<TaskId> {
        let bindings = self.lock();
        bindings.values().find_map(|binding| {
            binding
                .task
                .as_ref()
                .filter(|task| task.id() == id || task.own() == id)
                .cloned()
        })
    }

    pub(crate) fn forget(&self, hash: &TokenHash) {
        self.lock().remove(hash);
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }
}
