//! The same request again.

use std::sync::LazyLock;
use std::time::Duration;

use clap::Args;
use uuid::Uuid;
use videogen::submit::SubmitOptions;
use videogen::{ErrorKind, TaskId};

use crate::exit::Failure;
use crate::invocation::Invocation;

/// For how long the same request is refused.
const WITHIN: Duration = Duration::from_secs(600);
/// The submissions of this process are one call.
static CALL: LazyLock<String> = LazyLock::new(|| Uuid::now_v7().to_string());

#[derive(Args)]
pub(crate) struct AgainArgs {
    /// Submit (and pay) even if the same request was submitted 10 minutes ago.
    #[arg(long, conflicts_with = "idempotency_key")]
    again: bool,
}

impl AgainArgs {
    /// Adds them to the options of paid submissions that are recorded in a journal. One with a key is not affected.
    pub(crate) fn apply(&self, options: &mut SubmitOptions) {
        options.call = Some(CALL.clone());
        options.refuse_repeated_within = (!self.again).then_some(WITHIN);
    }
}

/// Adds what to do about a request that was submitted before. `wait`: the command that gets its files.
pub(crate) fn hint(failure: Failure, wait: impl FnOnce(&TaskId) -> Invocation) -> Failure {
    if failure.error.kind != ErrorKind::Repeated.into() {
        return failure;
    }
    let first = match failure.task() {
        Some(task) => format!("Wait for it with: {}", wait(&task)),
        None => format!("Look it up with: {}", Invocation::new("recover")),
    };
    failure.hint(&first).hint("To submit (and pay) again, add: --again")
}
