//! `videogen download`.

use std::process::ExitCode;

use clap::Args;
use videogen::{Client, TaskId, VideoTask};

use crate::account;
use crate::ended::{Ended, check_base_url, distinct};
use crate::exit::{Failure, stoppable};
use crate::files::{Files, SaveArgs, Target};
use crate::follow::of_read;
use crate::interrupt::Interrupt;
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::output::Output;
use crate::result::TaskResult;

#[derive(Args)]
pub(crate) struct DownloadArgs {
    /// Task ids, as `generate` printed them: vendor:family:id.
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<TaskId>,
    /// Base URL to use instead of the vendor's.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
}

/// A task and its output files, which are `None` if their names depend on what the vendor reports.
struct Job<'a> {
    id: &'a TaskId,
    client: Client,
    target: Option<Target>,
    place: (usize, usize),
}

pub(crate) async fn download(
    mut args: DownloadArgs,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    args.save.file.complete(output);
    let ids = distinct(&args.tasks);
    let base_url = args.base_url.as_deref();
    check_base_url(&ids, base_url, "download")?;
    let mut jobs = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        let client = account::client(id.vendor(), base_url, journal.open_if_there(output), output)?;
        let place = (index + 1, ids.len());
        let target = args.save.early_target(&client, id, place, &journal.files()).await?;
        let target = target.map(|target| target.at_base_url(args.base_url.clone()));
        jobs.push(Job {
            id,
            client,
            target,
            place,
        });
    }
    if let [job] = jobs.as_mut_slice() {
        let (task, files) = fetch(&args, job, journal, output).await?;
        output.task(TaskResult::with_files(&task, files.saved()), || files.text(""))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (mut code, mut results, mut texts) = (0, Vec::new(), Vec::new());
    let mut stopped = None;
    for job in &mut jobs {
        let one = match stopped {
            None => fetch(&args, job, journal, output).await,
            Some(_) => Err(job.again(&args)),
        };
        let one = match one {
            Ok((task, files)) => Ended::saved(&task, &files),
            Err(failure) => {
                stopped = stopped.or(failure.is_interrupt().then_some(failure.code));
                Ended::failed(job.id, failure)
            }
        };
        output.ended(&one.result)?;
        code = code.max(one.code);
        results.push(one.result);
        texts.push(one.text);
    }
    output.results(&results, || texts.join("\n"))?;
    Ok(ExitCode::from(stopped.unwrap_or(code)))
}

impl Job<'_> {
    /// The failure of a download that an interrupt prevented.
    fn again(&self, args: &DownloadArgs) -> Failure {
        let failure = Failure::interrupted(Interrupt::CtrlC, "interrupted before its download began");
        let target = self.target.as_ref();
        match target.and_then(|target| target.later(self.id)) {
            Some(download) => failure.hint(&format!("Download it with: {download}")),
            None => {
                let download = args.save.repeat(Invocation::new("download").arg(self.id.to_string()));
                let download = download.option("--base-url", args.base_url.as_ref());
                failure.hint(&format!("Download it with: {download}"))
            }
        }
    }
}

/// Looks the task up, and downloads its files.
async fn fetch(
    args: &DownloadArgs,
    job: &mut Job<'_>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<(VideoTask, Files), Failure> {
    let (client, id) = (&job.client, job.id);
    let task = match stoppable(async { Ok(client.get(id).await?) }).await {
        Ok(task) => task,
        Err(failure) => return Err(of_read(client, id, failure).await),
    };
    let target = match job.target.take() {
        Some(target) => target,
        None => {
            let model = task.model.as_deref().unwrap_or_default();
            let target = args.save.target(client, id, model, job.place, &journal.files()).await?;
            target.at_base_url(args.base_url.clone())
        }
    };
    let fetched = target.fetch(client, &task, output).await;
    let files = fetched.map_err(|failure| failure.about(id).of_task(id, Some(&task)))?;
    target.replace_blocked(client, id).await;
    Ok((task, files))
}
