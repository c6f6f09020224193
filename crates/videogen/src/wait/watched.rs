//! A task in a watcher.

use std::time::Duration;

use crate::model::{TaskId, Timestamp, VideoTask};

/// A task to wait for. An id is enough; a task that was just submitted also provides the model.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use videogen::wait::Watched;
/// use videogen::{Client, TaskId, Timestamp, Vendor};
///
/// let client = Client::builder(Vendor::Token360).key("sk-test").build()?;
/// let id: TaskId = "token360:videos:task-1".parse()?;
/// let submitted: Timestamp = "2026-11-27T08:00:00Z".parse()?;
/// let task = Watched::new(id).submitted(submitted).timeout(Duration::from_secs(600));
/// assert!(client.watcher().add(task));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Watched {
    /// The task.
    pub id: TaskId,
    /// Model, to estimate the duration.
    pub model: Option<String>,
    /// Time of submission, by this machine's clock. `None`: the time that the vendor reports.
    pub submitted: Option<Timestamp>,
    /// Timeout, after which the wait ends with a `timeout` error. `None`: until the task has ended.
    pub timeout: Option<Duration>,
}

impl Watched {
    /// Creates an item from a task id alone.
    #[must_use]
    pub fn new(id: TaskId) -> Self {
        Self {
            id,
            model: None,
            submitted: None,
            timeout: None,
        }
    }

    /// Sets the timeout.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the time of submission.
    #[must_use]
    pub fn submitted(mut self, at: Timestamp) -> Self {
        self.submitted = Some(at);
        self
    }
}

impl From<TaskId> for Watched {
    fn from(id: TaskId) -> Self {
        Self::new(id)
    }
}

impl From<&TaskId> for Watched {
    fn from(id: &TaskId) -> Self {
        Self::new(id.clone())
    }
}

impl From<VideoTask> for Watched {
    fn from(task: VideoTask) -> Self {
        Self {
            model: task.model,
            ..Self::new(task.id)
        }
    }
}

impl From<&VideoTask> for Watched {
    fn from(task: &VideoTask) -> Self {
        Self {
            model: task.model.clone(),
            ..Self::new(task.id.clone())
        }
    }
}
