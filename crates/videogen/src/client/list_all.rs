//! Stream of an account's tasks over all pages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::Client;
use crate::model::{Error, ErrorKind, ListQuery, Operation, VideoTask};

/// Stream of an account's tasks; returned by [`Client::list_all`].
#[must_use = "a stream does nothing until it is polled"]
pub struct TaskList(Pin<Box<dyn Stream<Item = Result<VideoTask, Error>> + Send>>);

impl Client {
    /// Returns a stream of all tasks that match `query`. Each page is requested when its first task is polled.
    ///
    /// The stream ends after an error; errors are the same as of [`list`](Self::list). A next page that cannot be requested is
    /// one too, after the tasks of the page before.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let mut tasks = client.list_all(videogen::task::ListQuery::default());
    /// while let Some(task) = tasks.next().await {
    ///     let task = task?;
    ///     println!("{} {}", task.id, task.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_all(&self, query: ListQuery) -> TaskList {
        let pages = stream::try_unfold(Some((self.clone(), query)), |state| async {
            let Some((client, mut query)) = state else {
                return Ok::<_, Error>(None);
            };
            let page = client.list(&query).await?;
            let next = page.next.filter(|next| {
                // A vendor that returns the same page again has no more.
                query.after.replace(next.clone()).as_ref() != Some(next)
            });
            let broken = page.incomplete.map(|reason| {
                let error = Error::new(ErrorKind::Decode, reason);
                Err(error.during(client.vendor(), Operation::List))
            });
            let rest = next.map(|_| (client, query));
            let tasks = page.tasks.into_iter().map(Ok).chain(broken);
            Ok(Some((stream::iter(tasks), rest)))
        });
        TaskList(pages.try_flatten().boxed())
    }
}

impl TaskList {
    /// Returns the next task, or `None` after the last task or an error.
    pub async fn next(&mut self) -> Option<Result<VideoTask, Error>> {
        self.0.next().await
    }
}

impl Stream for TaskList {
    type Item = Result<VideoTask, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for TaskList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskList").finish_non_exhaustive()
    }
}
