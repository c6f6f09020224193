//! `videogen cancel`.

use std::process::ExitCode;

use videogen::{ErrorKind, VideoTask};

use crate::account::TaskArgs;
use crate::exit::{Failure, TIMEOUT};
use crate::follow::{self, of_read};
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::output::{Output, shown};
use crate::result::TaskResult;

pub(crate) async fn cancel(args: TaskArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let client = args.client(journal, output)?;
    let task = match client.cancel(&args.task).await {
        Ok(task) => task,
        Err(error) => return Err(of_read(&client, &args.task, error.into()).await),
    };
    if !task.status.is_ended() {
        return Err(not_yet(&task));
    }
    follow::show(&client, &task, output).await?;
    Ok(ExitCode::SUCCESS)
}

/// The error when the vendor accepts the cancellation but the task has not ended yet.
fn not_yet(task: &VideoTask) -> Failure {
    let message = format!(
        "{} accepted the cancellation, but {} is still {}, and may be billed",
        task.id.vendor().name(),
        task.id,
        shown(&task.status)
    );
    let again = Invocation::new("status").arg(task.id.to_string());
    let mut failure = Failure::new(TIMEOUT, ErrorKind::Timeout, message).about(&task.id);
    failure = failure.hint(&format!("Look again with: {again}"));
    failure.result = Some(Box::new(TaskResult::of(task)));
    failure
}
