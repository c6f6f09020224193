//! `videogen wait`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use videogen::TaskId;
use videogen::wait::WaitOptions;

use crate::account;
use crate::exit::Failure;
use crate::follow::{ended, resume_hint, show, wait_for};
use crate::journal::JournalArgs;
use crate::output::Output;

mod many;

#[derive(Args)]
pub(crate) struct WaitArgs {
    /// Task ids, as `generate` printed them: vendor:family:id.
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<TaskId>,
    /// Base URL to use instead of the vendor's.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Stop waiting after SECONDS; the tasks keep running.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    timeout: u64,
}

pub(crate) async fn wait(args: WaitArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let timeout = Duration::from_secs(args.timeout);
    let [id] = args.tasks.as_slice() else {
        return many::wait(&args.tasks, args.base_url.as_deref(), timeout, journal, output).await;
    };
    let client = account::client(id.vendor(), args.base_url.as_deref(), journal.open_if_there(output))?;
    let options = WaitOptions::default()
        .timeout(timeout)
        .poll(client.poll_policy().first(Duration::ZERO));
    let task = wait_for(&client, id, options, std::future::pending(), output)
        .await
        .map_err(|failure| {
            let failure = resume_hint(failure, id, args.base_url.as_deref());
            failure.about(id).of_task(id, None)
        })?;
    let failure = ended(&task).err();
    show(&client, &task, failure.as_ref(), output).await?;
    Ok(failure.map_or(ExitCode::SUCCESS, |failure| ExitCode::from(failure.code)))
}
