//! Free calls with a limit of time: one that shows whether a vendor accepts a key, and the list of models.

use std::time::Duration;

use tokio::time::timeout;
use videogen::facts::{ListedModel, Operation};
use videogen::task::ListQuery;
use videogen::{Client, Error, ErrorKind, TaskId};

use crate::exit::{Failure, VENDOR};

/// How long a vendor may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// How long to wait for a vendor's list of models, with retries.
const PATIENCE: Duration = Duration::from_secs(12);

/// The models that a vendor lists.
///
/// # Errors
/// When the vendor does not list them in time, with its host.
pub(crate) async fn models(client: &Client) -> Result<Vec<ListedModel>, Failure> {
    match timeout(PATIENCE, client.models()).await {
        Ok(models) => Ok(models?),
        Err(_) => {
            let (name, host) = (client.vendor().name(), host(client));
            let message = format!("{name}: {host} did not respond within {} s", PATIENCE.as_secs());
            Err(Failure::new(VENDOR, ErrorKind::Transport, message))
        }
    }
}

/// The host that a client calls, with the port of a local one.
fn host(client: &Client) -> String {
    let origin = client.origin();
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    host.split('/').next().unwrap_or(host).to_owned()
}

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
