//! Waiting for one task with progress, and messages about unfinished tasks. Uses no command.

use videogen::journal::Entry;
use videogen::wait::WaitOptions;
use videogen::{Client, ErrorKind, TaskId, TaskStatus, VideoTask};

use crate::exit::{Failure, NO_VIDEO};
use crate::interrupt::{Interrupt, interrupted};
use crate::invocation::Invocation;
use crate::output::kept::{removal_note, removed};
use crate::output::task::task_text;
use crate::output::{Output, file, shown};
use crate::progress;
use crate::result::TaskResult;

/// Waits with progress, by polling and for a task from `other`. An interrupt ends the wait, not the task.
pub(crate) async fn wait_for(
    client: &Client,
    id: &TaskId,
    options: WaitOptions,
    other: impl Future<Output = VideoTask>,
    output: &Output,
) -> Result<VideoTask, Failure> {
    // Before anything is on the screen.
    let interrupt = interrupted();
    let mut waiting = progress::waiting(client, id, output).await;
    let result = tokio::select! {
        result = client.wait_observed(id, options, |event| waiting.event(id, event)) => Ok(result.map_err(Failure::from)),
        task = other => Ok(Ok(task)),
        interrupt = interrupt => Err(interrupt),
    };
    result.unwrap_or_else(|interrupt| Err(left(interrupt, id, waiting.status())))
}

/// The failure when the user interrupts the wait; `status` is the last known status.
pub(crate) fn left(interrupt: Interrupt, id: &TaskId, status: Option<&TaskStatus>) -> Failure {
    let message = match status {
        Some(status) if status.is_ended() => format!("interrupted; {id} is {}", shown(status)),
        Some(status @ TaskStatus::Unknown(_)) => {
            format!("interrupted; {id} was accepted; its status is {}", shown(status))
        }
        Some(status) => format!("interrupted; {id} is still running ({})", shown(status)),
        None => format!("interrupted; {id} was not cancelled"),
    };
    Failure::interrupted(interrupt, message).about(id)
}

/// The command that waits for a task.
pub(crate) fn wait_command(id: &TaskId, base_url: Option<&str>) -> Invocation {
    Invocation::new("wait")
        .arg(id.to_string())
        .option("--base-url", base_url)
}

/// The hint to resume the wait for a task.
pub(crate) fn resume_hint(failure: Failure, id: &TaskId, base_url: Option<&str>) -> Failure {
    resume_with(failure, id, &wait_command(id, base_url))
}

/// The same with another command.
pub(crate) fn resume_with(failure: Failure, id: &TaskId, command: &Invocation) -> Failure {
    if !failure.is_left() {
        return failure;
    }
    let failure = failure.hint(&format!("Resume with: {command}"));
    match removal_note(id.vendor()) {
        Some(note) => failure.hint(&note),
        None => failure,
    }
}

/// Fails if an ended task has no video, or none any more, and says what is known of its bill.
pub(crate) fn ended(task: &VideoTask) -> Result<(), Failure> {
    without_video(task).map_err(|failure| match billed(task) {
        Some(text) => failure.hint(&text),
        None => failure,
    })
}

/// Whether a task that ended without a video is billed, as far as that is known.
fn billed(task: &VideoTask) -> Option<String> {
    let status = &task.status;
    if !status.is_ended() || status.is_completed() {
        return None;
    }
    let name = task.id.vendor().name();
    Some(match task.cost() {
        Some(cost) => format!("It cost {cost}."),
        None if task.id.vendor().facts().billing.free.contains(&status.as_str()) => {
            format!("{name} does not bill it.")
        }
        None => {
            let settle = Invocation::new("spend")
                .arg("settle")
                .arg(task.id.to_string())
                .arg("AMOUNT");
            format!(
                "No page of {name} says whether it is billed; its estimate counts as uncertain until you enter what the bill \
                 shows: {settle}"
            )
        }
    })
}

/// Fails if an ended task has no video, or none any more.
pub(crate) fn without_video(task: &VideoTask) -> Result<(), Failure> {
    if task.status == TaskStatus::Completed && !task.is_removed() {
        return Ok(());
    }
    let reason = task
        .error
        .as_ref()
        .map(|error| format!(": {error}"))
        .unwrap_or_default();
    // The kinds that the library reports for such a task.
    let kind = match task.error.as_ref().map(|error| error.kind) {
        Some(ErrorKind::Moderated) => ErrorKind::Moderated,
        _ => ErrorKind::NoVideo,
    };
    let message = match task.is_removed() {
        true => format!("{} was completed, but {}", task.id, removed(task.id.vendor())),
        false => format!("{} is {}{reason}", task.id, shown(&task.status)),
    };
    let mut failure = Failure::new(NO_VIDEO, kind, message).about(&task.id);
    failure.result = Some(Box::new(TaskResult::of(task)));
    Err(failure)
}

/// Prints a task as the result of a command. `error`: why it is not done, if that matters to the command.
pub(crate) async fn show(
    client: &Client,
    task: &VideoTask,
    error: Option<&Failure>,
    output: &Output,
) -> Result<(), Failure> {
    let entry = client.journal_entry(&task.id).await.ok().flatten();
    let next = without_link(task).or_else(|| unwritten(&entry?));
    let result = TaskResult {
        next: next.clone(),
        ..TaskResult::of(task).failed(error.and_then(Failure::document))
    };
    let hint = error.and_then(|failure| failure.error.hint.clone());
    output.task(result, || {
        let parts = [Some(task_text(task)), hint, next];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    })
}

/// The hint for a task that the vendor reports as completed without a link to its video.
fn without_link(task: &VideoTask) -> Option<String> {
    let is_without = task.status.is_completed() && task.video.is_none() && !task.is_removed();
    is_without.then(|| {
        let id = task.id.to_string();
        let vendor = task.id.vendor();
        format!(
            "{} reports completion without a link to the video. Wait for the link with: {}\nIf it does not come, the response \
             may have it in another place: {}",
            vendor.name(),
            Invocation::new("wait").arg(id.clone()),
            Invocation::new("status").arg(id).flag("--json", true)
        )
    })
}

/// The hint for an ended task whose files are not in place.
pub(crate) fn unwritten(entry: &Entry) -> Option<String> {
    let id = entry.task.as_ref()?;
    let is_unwritten = entry.status == Some(TaskStatus::Completed) && entry.is_unfinished();
    let path = entry.target.as_ref().filter(|_| is_unwritten)?.video_of(id);
    Some(format!(
        "Its files are not in {} yet. Download them with: {}",
        file(&path),
        Invocation::new("recover").flag("--wait", true)
    ))
}
