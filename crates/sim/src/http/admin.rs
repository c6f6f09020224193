//! The simulator's own pages: `GET /_sim/stats`, `GET /_sim/tasks` and `GET /_sim/clock`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::state::{Core, Stats, TaskReport, reports};

pub(crate) async fn stats(State(core): State<Arc<Core>>) -> Json<Stats> {
    Json(core.store.stats())
}

pub(crate) async fn tasks(State(core): State<Arc<Core>>) -> Json<Vec<TaskReport>> {
    Json(reports(&core, 0))
}

/// The speed of simulated time, for clients that adapt their polling to it.
pub(crate) async fn clock(State(core): State<Arc<Core>>) -> Json<Value> {
    Json(json!({"speed": core.clock.speed()}))
}
