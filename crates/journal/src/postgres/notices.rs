//! Notices of events for other processes. They are hints, and sent after the commit: a transaction that sends one commits alone,
//! because PostgreSQL sends them in the order of the commits.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::Pool;
use serde_json::json;
use tokio::time::timeout;
use videogen::journal::{Entry, Event};

use super::fault::Fault;
use super::session::Session;

/// The longest one that PostgreSQL sends, in bytes.
const LONGEST: usize = 7999;
/// How long a call waits until they are sent.
const PATIENCE: Duration = Duration::from_secs(1);

/// Those that have not been sent.
#[derive(Default)]
pub(super) struct Notices {
    waiting: Mutex<Vec<String>>,
    /// Held while some are sent, so that the others gather.
    sending: tokio::sync::Mutex<()>,
}

impl Notices {
    fn add(&self, notice: String) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether others wait for such an event.
fn is_awaited(event: &Event) -> bool {
    matches!(
        event,
        Event::Accepted { .. }
            | Event::Rejected { .. }
            | Event::NotSent { .. }
            | Event::Ambiguous { .. }
            | Event::Found { .. }
            | Event::Assigned { .. }
            | Event::Dismissed
            | Event::Status { .. }
    )
}

/// Returns the notice for a stored event; `None` if no other process waits for such an event.
pub(super) fn notice(entry: &Entry, event: &Event) -> Option<String> {
    let task = entry.task.as_ref().map(ToString::to_string);
    let notice = json!({"submission": entry.intent.id, "task": task, "status": entry.status_name()});
    is_awaited(event)
        .then(|| notice.to_string())
        .filter(|notice| notice.len() <= LONGEST)
}

/// Notifies other processes, as far as possible: they look anyway, from time to time.
pub(super) async fn notify(notices: &Notices, pool: &Pool, schema: &str, notice: String) {
    notices.add(notice);
    let _ = timeout(PATIENCE, send(notices, pool, schema)).await;
}

/// Sends what is waiting, unless another call does meanwhile.
async fn send(notices: &Notices, pool: &Pool, schema: &str) -> Result<(), Fault> {
    let _turn = notices.sending.lock().await;
    let waiting = notices.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let session = Session::new(pool).await?;
    let sql = "SELECT pg_notify('videogen_' || md5($1), notice) FROM unnest($2::text[]) AS notice";
    session.rows(sql, &[&schema, &waiting]).await?;
    session.close();
    Ok(())
}
