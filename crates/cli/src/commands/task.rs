//! Commands about one task.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use videogen::{Client, DownloadOptions, Downloaded, ErrorKind, TaskId, TaskStatus, VideoTask, WaitOptions};

use super::wait_all::wait_all;
use crate::exit::{Failure, INTERRUPTED, IO, NO_VIDEO, TIMEOUT};
use crate::output::{Output, task_text};
use crate::{DownloadArgs, FileArgs, TaskArgs, WaitArgs, account};

pub(crate) async fn status(args: TaskArgs, output: &Output) -> Result<ExitCode, Failure> {
    let task = client(&args)?.get(&args.task).await?;
    show(&task, output)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn wait(args: WaitArgs, output: &Output) -> Result<ExitCode, Failure> {
    let [id] = args.tasks.as_slice() else {
        return wait_all(&args, output).await;
    };
    let client = account::client(id.vendor(), args.base_url.as_deref())?;
    let options = WaitOptions::default()
        .timeout(Duration::from_secs(args.timeout))
        .first(Duration::ZERO);
    let task = wait_for(&client, id, options, output)
        .await
        .map_err(|failure| resume_hint(failure, id))?;
    show(&task, output)?;
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
    let document = json!({"task": task, "file": file_document(&file)});
    output.result(&document, || format!("{}: {} bytes", file.path.display(), file.bytes))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn cancel(args: TaskArgs, output: &Output) -> Result<ExitCode, Failure> {
    let task = client(&args)?.cancel(&args.task).await?;
    show(&task, output)?;
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
        _ = tokio::signal::ctrl_c() => Err(interrupted(id)),
    };
    waiting.done();
    result
}

/// The user left; the task did not.
pub(super) fn interrupted(id: &TaskId) -> Failure {
    let mut failure = Failure::new(INTERRUPTED, "interrupted", format!("interrupted; {id} goes on"));
    failure.json["task"] = json!(id);
    failure
}

/// How to go on with a task that was left before its end.
pub(super) fn resume_hint(failure: Failure, id: &TaskId) -> Failure {
    match failure.code {
        TIMEOUT | INTERRUPTED => failure.hint(&format!("Go on with: videogen wait {id}")),
        _ => failure,
    }
}

/// A downloaded file for programs. A path that is not Unicode is shown as nearly as JSON can.
pub(super) fn file_document(file: &Downloaded) -> Value {
    json!({"path": file.path.to_string_lossy(), "bytes": file.bytes})
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
    /// Refuses a place that cannot take the file, before anything is paid for.
    pub(super) fn new(args: FileArgs) -> Result<Self, Failure> {
        let target = Self {
            path: args.output,
            options: DownloadOptions::default().overwrite(args.overwrite),
        };
        if let Some(path) = &target.path {
            target.check(path)?;
        }
        Ok(target)
    }

    fn check(&self, path: &Path) -> Result<(), Failure> {
        let io = |message: String| Err(Failure::new(IO, "io", message));
        let name = path.display();
        let ends_in_separator = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        if path.is_dir() || ends_in_separator || path.file_name().is_none() {
            return io(format!("{name} is a folder; name a file"));
        }
        if path.exists() {
            if !path.is_file() {
                return io(format!("{name} is not a regular file"));
            }
            if !self.options.overwrite {
                return io(format!("{name} exists; add --overwrite to replace it"));
            }
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        match tempfile::tempfile_in(folder) {
            Ok(_) => Ok(()),
            Err(error) => io(format!("cannot write into {}: {error}", folder.display())),
        }
    }

    /// Fetches the video of `task`. An interrupt leaves no partial file behind.
    pub(super) async fn fetch(
        &self,
        client: &Client,
        task: &VideoTask,
        output: &Output,
    ) -> Result<Downloaded, Failure> {
        let path = self.path.clone().unwrap_or_else(|| default_path(&task.id));
        self.check(&path)?;
        let bar = output.fetching();
        let fetching = client.download_with(task, &path, self.options.clone(), |bytes, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(bytes);
        });
        let result = tokio::select! {
            result = fetching => result,
            _ = tokio::signal::ctrl_c() => {
                bar.finish_and_clear();
                return Err(interrupted(&task.id).hint(&self.again(&task.id)));
            }
        };
        bar.finish_and_clear();
        result.map_err(|error| match error.kind() {
            // Another try cannot help these.
            ErrorKind::NoVideo | ErrorKind::InvalidRequest => error.into(),
            ErrorKind::NotReady => Failure::from(error).hint(&format!("Go on with: videogen wait {}", task.id)),
            _ => Failure::from(error).hint(&self.again(&task.id)),
        })
    }

    fn again(&self, id: &TaskId) -> String {
        let path = self
            .path
            .as_ref()
            .map(|path| format!(" -o {}", path.display()))
            .unwrap_or_default();
        let overwrite = if self.options.overwrite { " --overwrite" } else { "" };
        format!("Try again with: videogen download {id}{path}{overwrite}")
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

fn show(task: &VideoTask, output: &Output) -> Result<(), Failure> {
    output.result(&json!({"task": task}), || task_text(task))
}
