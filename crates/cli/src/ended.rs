//! The end of one of several tasks, as a result and as text.

use std::collections::HashMap;

use videogen::{ErrorKind, TaskId, Vendor, VideoTask};

use crate::exit::{Failure, INVALID};
use crate::files::{Files, Target};
use crate::follow;
use crate::output::Output;
use crate::output::task::task_text;
use crate::result::TaskResult;

/// The end of the work on a task.
pub(crate) struct Ended {
    pub(crate) code: u8,
    pub(crate) result: TaskResult,
    pub(crate) text: String,
}

impl Ended {
    /// A task that ended, without its files.
    pub(crate) fn task(task: &VideoTask) -> Self {
        let failure = follow::ended(task).err();
        Self {
            code: failure.as_ref().map_or(0, |failure| failure.code),
            text: task_text(task),
            result: TaskResult::of(task).failed(failure.as_ref().and_then(Failure::document)),
        }
    }

    /// A task whose files are complete.
    pub(crate) fn saved(task: &VideoTask, files: &Files) -> Self {
        Self {
            code: 0,
            text: format!(
                "{}  {}",
                task.id,
                files.text("").replace('\n', &format!("\n{}  ", task.id))
            ),
            result: TaskResult::with_files(task, files.saved()),
        }
    }

    /// A task that the command left before it was done.
    pub(crate) fn failed(id: &TaskId, failure: Failure) -> Self {
        let failure = failure.about(id);
        Self {
            code: failure.code,
            text: format!("{id}  {}", failure.message),
            result: failure
                .result()
                .unwrap_or_else(|| TaskResult::left(id).failed(failure.document())),
        }
    }
}

/// Downloads the files of a task that ended.
pub(crate) async fn save(
    target: &Target,
    client: &videogen::Client,
    task: &VideoTask,
    output: &Output,
) -> Result<Files, Failure> {
    follow::ended(task)?;
    let fetched = target.fetch(client, task, output).await;
    let files = fetched.map_err(|failure| failure.about(&task.id).of_task(&task.id, Some(task)))?;
    target.replace_blocked(client, &task.id).await;
    Ok(files)
}

/// Each task once, in the order given.
pub(crate) fn distinct(tasks: &[TaskId]) -> Vec<TaskId> {
    let mut ids: Vec<TaskId> = Vec::new();
    for id in tasks {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

/// Rejects a base URL for several vendors.
pub(crate) fn check_base_url(ids: &[TaskId], base_url: Option<&str>, then: &str) -> Result<(), Failure> {
    let vendors: HashMap<Vendor, ()> = ids.iter().map(|id| (id.vendor(), ())).collect();
    if base_url.is_none() || vendors.len() < 2 {
        return Ok(());
    }
    let message = "--base-url is for one vendor, but these tasks are from several";
    Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message).hint(&format!(
        "Set base URLs in the environment (such as TOKEN360_BASE_URL), or {then} each vendor's tasks separately."
    )))
}
