//! The simulator's own pages: `GET /_sim/stats` and `GET /_sim/tasks`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::core::Core;
use crate::store::Stats;
use crate::task::TaskReport;

pub(crate) async fn stats(State(core): State<Arc<Core>>) -> Json<Stats> {
    Json(core.store.stats())
}

pub(crate) async fn tasks(State(core): State<Arc<Core>>) -> Json<Vec<TaskReport>> {
    Json(reports(&core, 0))
}

/// All tasks, the oldest first.
pub(crate) fn reports(core: &Core, known: usize) -> Vec<TaskReport> {
    let now = core.clock.now();
    let tasks = core.store.all();
    tasks
        .iter()
        .skip(known)
        .map(|task| TaskReport::new(task, now))
        .collect()
}
