//! `videogen open`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::journal::{Journal as _, Query};
use videogen::{ErrorKind, TaskId, Video};

use crate::account::TaskArgs;
use crate::exit::{Failure, INVALID, IO, NO_VIDEO, TIMEOUT, stoppable};
use crate::follow;
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::output::{Output, file, shown as status_text};

#[derive(Args)]
pub(crate) struct OpenArgs {
    #[command(flatten)]
    task: TaskArgs,
    /// Print the path or the link, and open nothing.
    #[arg(long)]
    print: bool,
}

/// Opens the downloaded video of a task, or else the vendor's link to it.
pub(crate) async fn open(args: OpenArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let id = &args.task.task;
    if let Some(path) = downloaded(id, journal, output).await {
        let shown = file(&path);
        if !args.print {
            start(path.as_os_str(), &shown)?;
        }
        let document = json!({"task": id, "file": path.to_string_lossy()});
        output.product(&document, || shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    let video = stoppable(link(&args.task, journal, output)).await?;
    let url = video.url.expose();
    if args.print {
        output.product(&json!({"task": id, "url": url}), || url.to_owned())?;
        return Ok(ExitCode::SUCCESS);
    }
    // The link is a credential: without --print it appears in no text.
    let host = video.url.to_string();
    start(url.as_ref(), &host)?;
    output.product(&json!({"task": id, "url": host}), || host)?;
    Ok(ExitCode::SUCCESS)
}

/// The downloaded video according to the journal, if it is there.
async fn downloaded(id: &TaskId, journal: &JournalArgs, output: &Output) -> Option<PathBuf> {
    let journal = journal.open_if_there(output)?;
    let found = journal.find(Query::default().task(id.clone())).await.ok()?;
    let saved = found.entries.into_iter().next()?.file.filter(|saved| saved.placed)?;
    if !saved.path.is_file() {
        output.note(&format!("{} does not exist any more.", file(&saved.path)));
        return None;
    }
    Some(saved.path)
}

/// The vendor's link to the video.
async fn link(task: &TaskArgs, journal: &JournalArgs, output: &Output) -> Result<Video, Failure> {
    let id = &task.task;
    let download = Invocation::new("download")
        .arg(id.to_string())
        .option("--base-url", task.base_url.as_ref());
    if id.vendor().facts().result_url.key_on_own_origin {
        let message = format!("the links of {} need the API key", id.vendor().name());
        return Err(Failure::new(INVALID, ErrorKind::Unsupported, message)
            .about(id)
            .hint(&format!("Download the video with: {download}")));
    }
    let shown = task.client(journal, output)?.get(id).await?;
    if !shown.status.is_ended() {
        let message = format!("{id} is {} and has no video yet", status_text(&shown.status));
        let wait = follow::wait_command(id, task.base_url.as_deref());
        return Err(Failure::new(TIMEOUT, ErrorKind::NotReady, message)
            .about(id)
            .hint(&format!("Wait for it with: {wait}")));
    }
    follow::ended(&shown).map_err(|mut failure| {
        // It is no result of this command.
        failure.result = None;
        failure
    })?;
    let none = || Failure::new(NO_VIDEO, ErrorKind::NoVideo, format!("{id} has no video")).about(id);
    shown.video.ok_or_else(none)
}

/// Opens a path or a link with the program that the platform has for it; `shown` is its name in an error.
fn start(target: &OsStr, shown: &str) -> Result<(), Failure> {
    let is_web = |target: &str| target.starts_with("https://") || target.starts_with("http://");
    if !Path::new(target).is_absolute() && !target.to_str().is_some_and(is_web) {
        let message = format!("{shown} is not a web link, so it was not opened");
        return Err(Failure::new(IO, ErrorKind::InvalidRequest, message));
    }
    open::that_detached(target).map_err(|error| {
        let message = format!("cannot open {shown}: no program could be started ({})", error.kind());
        Failure::new(IO, ErrorKind::Io, message).hint("Add --print to print the path or the link.")
    })
}
