//! Submissions that the vendor answers with an existing task: HTTP 409 that names one.

use crate::client::Client;
use crate::journal::{Event, Reason};
use crate::model::{Error, ErrorKind, VideoTask};
use crate::submit::comparison::Comparison;

impl Client {
    /// Turns a conflict that names one task into that task, so that the caller does not pay twice. The status of the
    /// submission stays unknown if the vendor does not have the task, or the task shows another model or prompt.
    pub(super) async fn existing(&self, conflict: Error) -> Result<VideoTask, Error> {
        let Some(known) = conflict.ambiguity().filter(|_| conflict.status() == Some(409)) else {
            return Err(conflict);
        };
        let [id] = known.possible_tasks.as_slice() else {
            return Err(conflict);
        };
        let mut task = match self.get_once(id).await {
            Ok(task) => task,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(conflict),
            // A later wait polls it again.
            Err(_) => VideoTask::new(id.clone(), String::new()),
        };
        let hide = |text: &str| self.judge().hide(text);
        if Comparison::new(known, self.clock_skew(), &hide).is_contradicted_by(&task) {
            return Err(conflict);
        }
        task.already_submitted = true;
        Ok(task)
    }

    /// The journal event of a submission's `result`. A task belongs to one entry: an existing task that
    /// another entry has is not accepted again.
    pub(super) async fn outcome(&self, intent: &str, result: &Result<VideoTask, Error>) -> Option<Event> {
        let task = match result {
            Ok(task) => task,
            Err(error) => return Event::failed(error),
        };
        if task.already_submitted && self.is_known(task, Some(intent)).await.unwrap_or(false) {
            let message = format!("the vendor already has a task for this request: {}", task.id);
            let reason = Reason::from(&Error::new(ErrorKind::Conflict, message));
            return Some(Event::Rejected { reason });
        }
        Some(Event::Accepted {
            task: task.id.clone(),
            status: task.status.clone(),
        })
    }
}
