//! `videogen download`.

use std::process::ExitCode;

use clap::Args;

use crate::account::TaskArgs;
use crate::exit::{Failure, stoppable};
use crate::files::{FileArgs, Target};
use crate::journal::JournalArgs;
use crate::output::Output;
use crate::result::TaskResult;

#[derive(Args)]
pub(crate) struct DownloadArgs {
    #[command(flatten)]
    task: TaskArgs,
    #[command(flatten)]
    file: FileArgs,
}

pub(crate) async fn download(args: DownloadArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let id = &args.task.task;
    let target =
        Target::new(args.file, false, Some(&id.to_string()), &journal.files())?.at_base_url(args.task.base_url.clone());
    let client = args.task.client(journal, output)?;
    // An unreadable journal counts as one without an entry.
    target.check_free(client.journal_entry(id).await.ok().flatten().as_ref())?;
    let task = stoppable(async { Ok(client.get(id).await?) }).await?;
    let files = target
        .fetch(&client, &task, output)
        .await
        .map_err(|failure| failure.about(id).of_task(id, Some(&task)))?;
    target.replace_blocked(&client, id).await;
    output.task(TaskResult::with_files(&task, files.saved()), || files.text(""))?;
    Ok(ExitCode::SUCCESS)
}
