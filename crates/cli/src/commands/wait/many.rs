//! Waiting for several tasks at once.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

use tokio::task::JoinSet;
use videogen::wait::{Watched, Watcher, WatcherOptions};
use videogen::{ErrorKind, TaskId, Vendor, VideoTask};

use crate::account;
use crate::exit::{Failure, INVALID};
use crate::follow::{ended as judge, left, resume_hint};
use crate::interrupt::{Interrupt, interrupted};
use crate::journal::JournalArgs;
use crate::output::{Output, shown, task_text};
use crate::result::TaskResult;

/// The end of the wait for a task.
struct Ended {
    code: u8,
    result: TaskResult,
    text: String,
}

impl Ended {
    fn of(id: &TaskId, waited: Result<VideoTask, Failure>) -> Self {
        match waited {
            Ok(task) => {
                let failure = judge(&task).err();
                let result = TaskResult::of(&task);
                Self {
                    code: failure.as_ref().map_or(0, |failure| failure.code),
                    text: task_text(&task),
                    result: result.failed(failure.as_ref().and_then(Failure::document)),
                }
            }
            Err(failure) => {
                let failure = failure.about(id);
                Self {
                    code: failure.code,
                    text: format!("{id}  {}", failure.message),
                    result: TaskResult::left(id).failed(failure.document()),
                }
            }
        }
    }
}

/// Waits for each task, and shows them in the order of the arguments.
pub(crate) async fn wait(
    tasks: &[TaskId],
    base_url: Option<&str>,
    timeout: Duration,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut ids: Vec<TaskId> = Vec::new();
    for id in tasks {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    let mut ended = HashMap::new();
    let waiting = wait_for(&ids, base_url, timeout, &mut ended, journal, output);
    let interrupt = tokio::select! {
        result = waiting => result.map(|()| None)?,
        interrupt = interrupted() => Some(interrupt),
    };
    let (mut code, mut results, mut texts) = (0, Vec::new(), Vec::new());
    for id in &ids {
        let one = match ended.remove(id) {
            Some(one) => one,
            None => {
                // Without an interrupt every wait has ended.
                let failure = left(interrupt.unwrap_or(Interrupt::CtrlC), id, None);
                let one = Ended::of(id, Err(resume_hint(failure, id, base_url)));
                output.ended(&one.result)?;
                one
            }
        };
        code = code.max(one.code);
        results.push(one.result);
        texts.push(one.text);
    }
    output.results(&results, || texts.join("\n"))?;
    Ok(ExitCode::from(interrupt.map_or(code, Interrupt::code)))
}

/// One watcher for each vendor, all at once.
async fn wait_for(
    ids: &[TaskId],
    base_url: Option<&str>,
    timeout: Duration,
    ended: &mut HashMap<TaskId, Ended>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<(), Failure> {
    let mut watchers: HashMap<Vendor, Watcher> = HashMap::new();
    for id in ids {
        if !watchers.contains_key(&id.vendor()) {
            if base_url.is_some() && !watchers.is_empty() {
                let message = "--base-url is for one vendor, but these tasks are from several";
                return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message)
                    .hint("Set base URLs in the environment (such as TOKEN360_BASE_URL), or wait for each vendor's tasks separately."));
            }
            let client = account::client(id.vendor(), base_url, journal.open_if_there(output))?;
            // Polls at once: the tasks may have ended long ago.
            let now = client.poll_policy().first(Duration::ZERO);
            let watcher = Watcher::new(&client, WatcherOptions::default().poll(now));
            watchers.insert(id.vendor(), watcher);
        }
        let watched = Watched::new(id.clone()).timeout(timeout);
        watchers[&id.vendor()].add(watched);
    }
    let mut next = JoinSet::new();
    let wait = |watcher: Watcher| async move { (watcher.next().await, watcher) };
    for watcher in watchers.into_values() {
        next.spawn(wait(watcher));
    }
    while let Some(result) = next.join_next().await {
        let Ok((Some((id, result)), watcher)) = result else {
            continue;
        };
        next.spawn(wait(watcher));
        let result = result.map_err(|error| resume_hint(Failure::from(error), &id, base_url));
        if output.is_text() {
            match &result {
                Ok(task) => output.note(&format!("{id} is {}", shown(&task.status))),
                Err(failure) => output.note(&failure.message),
            }
        }
        let one = Ended::of(&id, result);
        output.ended(&one.result)?;
        ended.insert(id, one);
    }
    Ok(())
}
