//! Arguments that name a task.

use crate::model::{TaskId, VideoTask};

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::TaskId {}
    impl Sealed for super::VideoTask {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

/// A task or a task id, owned or borrowed: the argument of every call about a task.
///
/// ```no_run
/// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
/// let task = client.submit(videogen::VideoRequest::new("seedance-2.0", "a paper boat")).await?;
/// client.wait(&task).await?;
/// client.wait(&task.id).await?;
/// # Ok(())
/// # }
/// ```
pub trait TaskRef: sealed::Sealed + Send + Sync {
    /// Returns the task's id.
    fn task_id(&self) -> &TaskId;

    /// Returns the task, if the argument is one.
    fn task(&self) -> Option<&VideoTask> {
        None
    }
}

impl TaskRef for TaskId {
    fn task_id(&self) -> &TaskId {
        self
    }
}

impl TaskRef for VideoTask {
    fn task_id(&self) -> &TaskId {
        &self.id
    }

    fn task(&self) -> Option<&VideoTask> {
        Some(self)
    }
}

impl<T: TaskRef + ?Sized> TaskRef for &T {
    fn task_id(&self) -> &TaskId {
        (**self).task_id()
    }

    fn task(&self) -> Option<&VideoTask> {
        (**self).task()
    }
}
