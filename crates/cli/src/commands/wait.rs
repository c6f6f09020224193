//! `videogen wait`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use videogen::TaskId;
use videogen::wait::WaitOptions;

use self::resume::Resume;
use crate::account;
use crate::config;
use crate::ended::{check_base_url, distinct, save};
use crate::exit::Failure;
use crate::files::SaveArgs;
use crate::follow::{ended, of_other_key, resume_with, show, wait_for};
use crate::journal::JournalArgs;
use crate::late::{Valid, late, seconds};
use crate::output::Output;
use crate::result::TaskResult;

mod many;
mod resume;

#[derive(Args)]
pub(crate) struct WaitArgs {
    /// Task ids, as `generate` printed them: vendor:family:id.
    #[arg(required = true, value_name = "TASK", value_parser = late(str::parse::<TaskId>))]
    tasks: Vec<Valid<TaskId>>,
    /// Base URL to use instead of the vendor's.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Stop waiting after SECONDS; the tasks keep running [default: 1800].
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds())]
    timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) save: SaveArgs,
}

pub(crate) async fn wait(
    args: WaitArgs,
    invalid: Option<Failure>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let timeout = config::get().timeout(args.timeout);
    let tasks: Vec<TaskId> = args.tasks.iter().flatten().cloned().collect();
    let ids = distinct(&tasks);
    let mut faults = Vec::from_iter(invalid);
    faults.extend(args.save.check_output().err());
    faults.extend(check_base_url(&ids, args.base_url.as_deref(), "wait for").err());
    if let Some(failure) = Failure::all(faults) {
        return Err(failure.and(args.save.file.check_folders().err()));
    }
    let [id] = tasks.as_slice() else {
        let resume = Resume {
            save: &args.save,
            base_url: args.base_url.as_deref(),
            timeout: args.timeout,
        };
        return many::wait(&ids, resume, timeout, journal, output).await;
    };
    let client = account::client(
        id.vendor(),
        args.base_url.as_deref(),
        journal.open_if_there(output),
        output,
    )?;
    let early = match args.save.saves() {
        true => args.save.early_target(&client, id, (1, 1), &journal.files()).await?,
        false => None,
    };
    let options = WaitOptions::default()
        .timeout(timeout)
        .poll(client.poll_policy().first(Duration::ZERO));
    let task = match wait_for(&client, id, options, std::future::pending(), output).await {
        Ok(task) => task,
        Err(failure) => {
            let resume = Resume {
                save: &args.save,
                base_url: args.base_url.as_deref(),
                timeout: args.timeout,
            };
            let failure = of_other_key(&client, id, failure).await;
            let failure = resume_with(failure, id, &resume.command(id, early.as_ref()));
            return Err(failure.about(id).of_task(id, None));
        }
    };
    if args.save.saves() {
        ended(&task).map_err(|failure| failure.of_task(id, Some(&task)))?;
        let target = match early {
            Some(target) => target,
            None => {
                let model = task.model.as_deref().unwrap_or_default();
                args.save.target(&client, id, model, (1, 1), &journal.files()).await?
            }
        };
        let target = target.at_base_url(args.base_url.clone());
        let files = save(&target, &client, &task, output).await?;
        output.task(TaskResult::with_files(&task, files.saved()), || files.text(""))?;
        return Ok(ExitCode::SUCCESS);
    }
    let failure = ended(&task).err();
    show(&client, &task, output).await?;
    Ok(failure.map_or(ExitCode::SUCCESS, |failure| ExitCode::from(failure.code)))
}
