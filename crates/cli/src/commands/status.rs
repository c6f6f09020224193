//! `videogen status`.

use std::process::ExitCode;

use crate::account::TaskArgs;
use crate::exit::Failure;
use crate::follow::{self, of_read};
use crate::journal::JournalArgs;
use crate::output::Output;

pub(crate) async fn status(args: TaskArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let client = args.client(journal, output)?;
    let task = match client.get(&args.task).await {
        Ok(task) => task,
        Err(error) => return Err(of_read(&client, &args.task, error.into()).await),
    };
    follow::show(&client, &task, output).await?;
    Ok(ExitCode::SUCCESS)
}
