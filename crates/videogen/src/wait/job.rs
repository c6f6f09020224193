//! One poll that a schedule asks for.

use std::sync::Arc;

use crate::model::TaskId;

/// A poll to be made.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: Arc<TaskId>,
    pub(super) slot: usize,
    pub(super) turn: u64,
}
