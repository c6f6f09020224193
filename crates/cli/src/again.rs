//! The same request again.

use std::sync::LazyLock;
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use uuid::Uuid;
use videogen::journal::{Entry, Journal as _, Query};
use videogen::submit::SubmitOptions;
use videogen::{Client, Delivery, ErrorKind, TaskId};
use videogen_journal::Store;

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

/// The options by which a job of a batch is compared with earlier submissions. Those of the same batch are one call, in all its
/// runs.
pub(crate) fn of_batch(name: &str) -> SubmitOptions {
    let mut options = SubmitOptions::default().refuse_repeated_within(WITHIN);
    options.call = Some(format!("batch:{name}"));
    options
}

/// The earlier submissions that one like `first`, an entry's id, repeats: the oldest first.
pub(crate) async fn earlier(client: &Client, journal: &Store, first: &str) -> Vec<Entry> {
    let found = async |query: Query| journal.find(query).await.map(|found| found.entries).unwrap_or_default();
    let Some(first) = found(Query::default().intent(first)).await.pop() else {
        return Vec::new();
    };
    let mut intent = first.intent.clone();
    intent.id = Uuid::now_v7().to_string();
    intent.key.clone_from(&intent.id);
    (intent.at, intent.call, intent.refuse_repeated_within) = (Utc::now(), None, Some(WITHIN));
    let query = client.journal_query().vendor(client.vendor());
    let mut entries = found(query.since(intent.at - WITHIN)).await;
    entries.retain(|entry| entry.is_repeated_by(&intent));
    entries.reverse();
    entries
}

/// Adds what to do about a request that was submitted before. `wait`: the command that gets its files.
pub(crate) fn hint(failure: Failure, wait: impl FnOnce(&TaskId) -> Invocation) -> Failure {
    let is_unsent = failure.error.delivery == Some(Delivery::NotSent);
    if failure.error.kind == ErrorKind::Conflict.into() && is_unsent {
        return failure.hint("To submit (and pay) again, use a new --idempotency-key");
    }
    if failure.error.kind != ErrorKind::Repeated.into() {
        return failure;
    }
    let first = match failure.task() {
        Some(task) => format!("Wait for it with: {}", wait(&task)),
        None => format!("Look it up with: {}", Invocation::new("recover")),
    };
    failure.hint(&first).hint("To submit (and pay) again, add: --again")
}
