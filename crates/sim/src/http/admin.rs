//! The simulator's own pages: `GET /_sim/stats` and `GET /_sim/tasks`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::state::{Core, Stats, TaskReport, reports};

pub(crate) async fn stats(State(core): State<Arc<Core>>) -> Json<Stats> {
    Json(core.stats())
}

pub(crate) async fn tasks(State(core): State<Arc<Core>>) -> Json<Vec<TaskReport>> {
    Json(reports(&core, 0))
}
