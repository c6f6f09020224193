//! Commands about one task.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use videogen::{Client, DownloadOptions, Downloaded, ErrorKind, TaskId, TaskStatus, VideoTask, WaitOptions};

use crate::exit::{Failure, INTERRUPTED, NO_VIDEO};
use crate::output::{Output, task_text};
use crate::{DownloadArgs, FileArgs, TaskArgs, WaitArgs, account};

pub(crate) async fn status(args: TaskArgs, output: &Output) -> Result<ExitCode, Failure> {
    let task = client(&args)?.get(&args.task).await?;
    show(&task, output);
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn wait(args: WaitArgs, output: &Output) -> Result<ExitCode, Failure> {
    let client = client(&args.task)?;
    let options = WaitOptions::default()
        .timeout(Duration::from_secs(args.timeout))
        .first(Duration::ZERO);
    let task = wait_for(&client, &args.task.task, options, output).await?;
    show(&task, output);
    Ok(match ended(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.code),
    })
}

pub(crate) async fn download(args: DownloadArgs, output: &Output) -> Result<ExitCode, Failure> {
    let target = Target::new(args.file)?;
    let client = client(&args.task)?;
    let task = client.get(&args.task.task).await?;
    let file = target.fetch(&client, &task, output).await?;
    let document = json!({"task": task, "file": {"path": file.path, "bytes": file.bytes}});
    output.result(&document, || format!("{}: {} bytes", file.path.display(), file.bytes));
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn cancel(args: TaskArgs, output: &Output) -> Result<ExitCode, Failure> {
    let task = client(&args)?.cancel(&args.task).await?;
    show(&task, output);
    Ok(ExitCode::SUCCESS)
}

/// Waits with progress. An interrupt ends the waiting, not the task.
pub(super) async fn wait_for(
    client: &Client,
    id: &TaskId,
    options: WaitOptions,
    output: &Output,
) -> Result<VideoTask, Failure> {
    let mut waiting = output.waiting();
    let result = tokio::select! {
        result = client.wait_with(id, options, |task| waiting.seen(task)) => result.map_err(Failure::from),
        _ = tokio::signal::ctrl_c() => {
            let message = format!("interrupted; {id} goes on");
            Err(Failure::new(INTERRUPTED, "interrupted", message))
        }
    };
    waiting.done();
    result.map_err(|failure| match failure.code {
        5 | INTERRUPTED => failure.hint(&format!("Go on with: videogen wait {id}")),
        _ => failure,
    })
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
        format!("{} is {}{reason}", task.id, task.status),
    );
    failure.json["task"] = json!(task);
    Err(failure)
}

/// Where a video is to go.
pub(super) struct Target {
    path: Option<PathBuf>,
    options: DownloadOptions,
}

impl Target {
    /// Refuses a file that exists before anything is paid for.
    pub(super) fn new(args: FileArgs) -> Result<Self, Failure> {
        let io = |message: String| Err(Failure::new(7, "io", message));
        if let Some(path) = &args.output {
            if path.exists() && !args.overwrite {
                return io(format!("{} exists; add --overwrite to replace it", path.display()));
            }
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                return io(format!("there is no folder {}", folder.display()));
            }
        }
        Ok(Self {
            path: args.output,
            options: DownloadOptions::default().overwrite(args.overwrite),
        })
    }

    pub(super) async fn fetch(
        &self,
        client: &Client,
        task: &VideoTask,
        output: &Output,
    ) -> Result<Downloaded, Failure> {
        let path = self.path.clone().unwrap_or_else(|| default_path(&task.id));
        let bar = output.fetching();
        let result = client
            .download_with(task, &path, self.options.clone(), |bytes, total| {
                if let Some(total) = total {
                    bar.set_length(total);
                }
                bar.set_position(bytes);
            })
            .await;
        bar.finish_and_clear();
        result.map_err(|error| {
            let hint = format!("Try again with: videogen download {}", task.id);
            Failure::from(error).hint(&hint)
        })
    }
}

/// The vendor's id as a file name in this folder.
fn default_path(id: &TaskId) -> PathBuf {
    let name: String = id
        .id()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    Path::new(&name).with_extension("mp4")
}

fn client(args: &TaskArgs) -> Result<Client, Failure> {
    account::client(args.task.vendor(), args.base_url.as_deref())
}

fn show(task: &VideoTask, output: &Output) {
    output.result(&json!({"task": task}), || task_text(task));
}
