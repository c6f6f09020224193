//! One poll requested by a schedule.

use std::sync::Arc;

use crate::model::TaskId;

/// A poll to make.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: Arc<TaskId>,
    pub(super) slot: usize,
    pub(super) turn: u64,
}
