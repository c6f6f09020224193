//! Reports on tasks.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::spec::Problem;
use crate::state::assets::UsedAsset;
use crate::state::bill::Bill;
use crate::state::delivery::Delivery;
use crate::state::plan::State;
use crate::state::shared::Core;
use crate::state::task::Task;

/// Report on a task. Contains no key and no URL.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TaskReport {
    /// The vendor's short name.
    pub vendor: &'static str,
    /// The task's id.
    pub id: String,
    /// The operation that created it.
    pub operation: &'static str,
    /// Model id.
    pub model: String,
    /// The prompt as submitted.
    pub prompt: String,
    /// `queued`, `in_progress`, `completed`, `failed`, `expired` or `cancelled`, at every vendor.
    pub status: &'static str,
    /// Progress in percent.
    pub progress: u8,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Number of frames.
    pub frames: u32,
    /// Frames per second.
    pub fps: u32,
    /// Its price: of the request, or nothing if the task ended with a status that the vendor does not bill.
    pub cost: Bill,
    /// The caller's id for the request.
    pub client_reference: Option<String>,
    /// Members of the request that the vendor does not document.
    pub unknown_members: Vec<String>,
    /// Unverified rules that the request violates, each with the member and the rule.
    pub unverified_rules: Vec<String>,
    /// Uploaded files and assets that it uses, in the order of the inputs.
    pub assets: Vec<UsedAsset>,
    /// Delivery of its webhook, if one was requested.
    pub webhook: Option<Delivery>,
}

impl TaskReport {
    pub(crate) fn new(task: &Task, now: Duration) -> Self {
        let State { status, progress, .. } = task.state(now);
        Self {
            vendor: task.vendor.slug(),
            id: task.id.clone(),
            operation: task.operation,
            model: task.model.clone(),
            prompt: task.prompt.clone(),
            status: status.word(),
            progress,
            created_at: task.wall,
            width: task.shape.width,
            height: task.shape.height,
            frames: task.shape.frames,
            fps: task.shape.fps,
            cost: task.cost(now),
            client_reference: task.reference.clone(),
            unknown_members: task.unknown_members.clone(),
            unverified_rules: task.unverified_rules.iter().map(Problem::printable).collect(),
            assets: task.assets.clone(),
            webhook: task.callback.as_ref().map(|_| task.delivery()),
        }
    }
}

/// The tasks of a simulator without the `known` oldest, the oldest first.
pub(crate) fn reports(core: &Core, known: usize) -> Vec<TaskReport> {
    let now = core.clock.now();
    let tasks = core.store.all();
    tasks
        .iter()
        .skip(known)
        .map(|task| TaskReport::new(task, now))
        .collect()
}
