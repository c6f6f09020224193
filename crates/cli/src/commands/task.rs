//! Commands about one task.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use videogen::journal::Entry;
use videogen::{Client, ErrorKind, TaskId, TaskStatus, VideoTask, WaitOptions};

use super::target::Target;
use super::wait_all::wait_all;
use crate::exit::{Failure, NO_VIDEO, stoppable};
use crate::interrupt::{Interrupt, interrupted};
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::output::{Output, file, shown, task_text};
use crate::{DownloadArgs, TaskArgs, WaitArgs, account};

pub(crate) async fn status(args: TaskArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let client = client(&args, journal, output)?;
    let task = client.get(&args.task).await?;
    show(&client, &task, output).await?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn wait(args: WaitArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let [id] = args.tasks.as_slice() else {
        return wait_all(&args, journal, output).await;
    };
    let client = account::client(id.vendor(), args.base_url.as_deref(), journal.open_if_there(output))?;
    let options = WaitOptions::default()
        .timeout(Duration::from_secs(args.timeout))
        .first(Duration::ZERO);
    let task = wait_for(&client, id, options, std::future::pending(), output)
        .await
        .map_err(|failure| resume_hint(failure, id, args.base_url.as_deref()))?;
    show(&client, &task, output).await?;
    Ok(match ended(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.code),
    })
}

pub(crate) async fn download(args: DownloadArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let id = &args.task.task;
    let target =
        Target::new(args.file, false, Some(&id.to_string()), &journal.files())?.at_base_url(args.task.base_url.clone());
    let client = client(&args.task, journal, output)?;
    // A journal that cannot be read only knows of nothing.
    target.check_free(client.recorded(id).await.ok().flatten().as_ref())?;
    let task = stoppable(async { Ok(client.get(id).await?) }).await?;
    let files = target.fetch(&client, &task, output).await?;
    let mut document = json!({"task": task});
    files.show_in(&mut document);
    output.result(&document, || files.text(""))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn cancel(args: TaskArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let client = client(&args, journal, output)?;
    let task = client.cancel(&args.task).await?;
    show(&client, &task, output).await?;
    Ok(ExitCode::SUCCESS)
}

/// Waits with progress, by polling and for what is `told` besides. An interrupt ends the waiting, not the task.
pub(super) async fn wait_for(
    client: &Client,
    id: &TaskId,
    options: WaitOptions,
    told: impl Future<Output = VideoTask>,
    output: &Output,
) -> Result<VideoTask, Failure> {
    let mut waiting = output.waiting();
    let result = tokio::select! {
        result = client.wait_observed(id, options, |event| waiting.event(id, event)) => Ok(result.map_err(Failure::from)),
        task = told => Ok(Ok(task)),
        interrupt = interrupted() => Err(interrupt),
    };
    let result = result.unwrap_or_else(|interrupt| Err(left(interrupt, id, waiting.status())));
    waiting.done();
    result
}

/// The user left a task whose status was last seen as `status`.
pub(super) fn left(interrupt: Interrupt, id: &TaskId, status: Option<&TaskStatus>) -> Failure {
    let message = match status {
        Some(status) if status.is_terminal() => format!("interrupted; {id} is {}", shown(status)),
        Some(status) => format!("interrupted; {id} is still running ({})", shown(status)),
        None => format!("interrupted; {id} was not cancelled"),
    };
    let mut failure = Failure::interrupted(interrupt, message);
    failure.json["task"] = json!(id);
    failure
}

/// The command that waits for a task.
pub(super) fn wait_command(id: &TaskId, base_url: Option<&str>) -> Invocation {
    Invocation::new("wait")
        .arg(id.to_string())
        .option("--base-url", base_url)
}

/// How to continue with a task that was left before its end.
pub(super) fn resume_hint(failure: Failure, id: &TaskId, base_url: Option<&str>) -> Failure {
    if failure.is_left() {
        failure.hint(&format!("Resume with: {}", wait_command(id, base_url)))
    } else {
        failure
    }
}

/// Whether a task that has ended has a video.
pub(super) fn ended(task: &VideoTask) -> Result<(), Failure> {
    if task.status == TaskStatus::Completed {
        return Ok(());
    }
    let reason = task
        .error
        .as_ref()
        .map(|error| format!(": {error}"))
        .unwrap_or_default();
    let kind = task.error.as_ref().map_or(ErrorKind::NoVideo, |error| error.kind);
    let mut failure = Failure::new(
        NO_VIDEO,
        kind.as_str(),
        format!("{} is {}{reason}", task.id, shown(&task.status)),
    );
    failure.json["task"] = json!(task);
    Err(failure)
}

fn client(args: &TaskArgs, journal: &JournalArgs, output: &Output) -> Result<Client, Failure> {
    let journal = journal.open_if_there(output);
    account::client(args.task.vendor(), args.base_url.as_deref(), journal)
}

async fn show(client: &Client, task: &VideoTask, output: &Output) -> Result<(), Failure> {
    let entry = client.recorded(&task.id).await.ok().flatten();
    let next = entry.and_then(|entry| unwritten(&entry));
    let mut document = json!({"task": task});
    if let Some(next) = &next {
        document["next"] = next.as_str().into();
    }
    output.result(&document, || match next {
        Some(next) => format!("{}\n{next}", task_text(task)),
        None => task_text(task),
    })
}

/// What to do about a task that has ended, and whose files are not where they were to be written.
pub(super) fn unwritten(entry: &Entry) -> Option<String> {
    let id = entry.task.as_ref()?;
    let is_unwritten = entry.status == Some(TaskStatus::Completed) && entry.is_unfinished();
    let path = entry.target.as_ref().filter(|_| is_unwritten)?.video_of(id);
    Some(format!(
        "Its files have not been written to {} yet. Write them with: {}",
        file(&path),
        Invocation::new("recover").flag("--wait", true)
    ))
}
