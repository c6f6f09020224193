//! Events of submissions in progress.

use std::fmt;
use std::sync::Arc;

use crate::model::TaskId;

/// Event of a submission in progress, passed to [`ClientBuilder::on_submission`](crate::ClientBuilder::on_submission).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmitEvent {
    /// The journal has recorded the submission under this id; it is sent next.
    Recorded(String),
    /// The vendor accepted the submission as this task. The journal has yet to record that.
    Accepted(TaskId),
}

/// Called with each event of each submission.
#[derive(Clone)]
pub(crate) struct Observer(Arc<dyn Fn(&SubmitEvent) + Send + Sync>);

impl Observer {
    pub(crate) fn new(observe: impl Fn(&SubmitEvent) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }

    pub(crate) fn notify(&self, event: &SubmitEvent) {
        (self.0)(event);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
