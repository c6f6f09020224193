//! A free call that shows whether a vendor accepts a key.

use std::time::Duration;

use videogen::facts::Operation;
use videogen::task::ListQuery;
use videogen::{Client, Error, ErrorKind, TaskId};

/// How long a vendor may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// The id of no task.
const NO_TASK: &str = "00000000-0000-4000-8000-000000000000";

/// Reads the balance or the first page of tasks, or else looks up a task that does not exist. Lists of models are not used: some
/// need no key.
///
/// # Errors
/// When the vendor does not accept the key, or does not answer.
pub(crate) async fn probe(client: &Client) -> Result<(), Error> {
    let vendor = client.vendor();
    if vendor.supports(Operation::Balance) {
        return client.balance().await.map(drop);
    }
    if vendor.supports(Operation::List) {
        return client.list(&ListQuery::default()).await.map(drop);
    }
    let family = vendor.facts().families.first().map_or("videos", |family| family.name);
    // Some ids begin with a part of the model.
    let model: Vec<&str> = vendor.default_model().split('/').take(2).collect();
    let mut failed = None;
    for id in [NO_TASK.to_owned(), format!("{}/{NO_TASK}", model.join("/"))] {
        let Some(task) = TaskId::new(vendor, family, id) else {
            continue;
        };
        match client.get(&task).await {
            Ok(_) => return Ok(()),
            // Nothing was sent.
            Err(error) if error.status().is_none() && is_unknown(&error) => failed = Some(error),
            Err(error) if is_unknown(&error) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Whether it is about the task: only a known account gets such an answer.
fn is_unknown(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidRequest)
}
