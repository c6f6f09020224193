//! A free call that shows whether a vendor accepts a key.

use std::time::Duration;

use videogen::facts::Operation;
use videogen::task::ListQuery;
use videogen::{Client, Error, ErrorKind, TaskId};

/// How long a vendor may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// The id of no task.
const NO_TASK: &str = "00000000-0000-4000-8000-000000000000";

/// Reads the balance or a page of tasks, or else looks up a task that does not exist. Lists of models are not used: some
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
        return client.list(&ListQuery::default().limit(1)).await.map(drop);
    }
    let family = vendor.facts().families.first().map_or("videos", |family| family.name);
    let Some(task) = TaskId::new(vendor, family, NO_TASK) else {
        return Ok(());
    };
    match client.get(&task).await {
        // Only a known account gets such an answer.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidRequest) => Ok(()),
        answer => answer.map(drop),
    }
}
