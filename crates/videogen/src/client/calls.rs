//! The simple calls: status, cancel, list, models, balance.

use std::collections::HashMap;
use std::pin::pin;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;

use super::Client;
use super::account::Permit;
use crate::model::{
    Balance, Error, ErrorKind, ListQuery, ListedModel, Operation, Raw, TaskId, TaskPage, TaskRef, TaskStatus, Vendor,
    VideoTask,
};
use crate::transport::retry::retrying;
use crate::vendors::{Call, RawPage, dispatch, listed};

impl Client {
    /// Makes a read at the account's pace, and reports its result to the account.
    pub(crate) async fn paced<T>(&self, read: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let permit = self.permit_at_once().await?;
        let result = read.await;
        permit.settle(&result);
        result
    }

    /// Boxed, so that it is compiled once and not into each read.
    fn permit_at_once(&self) -> BoxFuture<'_, Result<Permit, Error>> {
        let patience = self.0.scale.real(self.0.retry.max_retry_after);
        Box::pin(self.0.account.at_once(patience))
    }

    /// Returns the task's current status, with one request (plus retries).
    ///
    /// # Errors
    /// `invalid_request` for a task of another vendor; `not_found`, or any failure of the network or the vendor.
    /// [`Error::task`] contains the task id.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let task = client.get(&id).await?;
    /// println!("{}: {}", task.id, task.status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(&self, task: impl TaskRef) -> Result<VideoTask, Error> {
        self.get_by_id(task.task_id()).await
    }

    async fn get_by_id(&self, id: &TaskId) -> Result<VideoTask, Error> {
        // Not after a turn at the account's pace.
        self.check(id)?;
        retrying!(self.retries(), async {
            // Pinned here so that it is not moved again for every future around it.
            let read = pin!(self.get_once(id));
            // Also where nothing was sent.
            self.paced(read).await.map_err(|error| error.with_task(id))
        })
    }

    /// One request, without the account's pace, which waits apply themselves.
    pub(crate) async fn get_once(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.check(id)?;
        let call = self.call(&self.0.http.read);
        let result = self.timed(dispatch::get(self.0.vendor, &call, id)).await;
        let mut task = self.task(Operation::Get, id, result, &call)?;
        self.record_status(&mut task).await;
        Ok(task)
    }

    /// Cancels a task and returns its new status.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no cancel operation; `invalid_request` for a task of another vendor; `conflict` when
    /// the task has already ended, or when it runs and the vendor cancels only queued tasks.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let task = client.cancel(&id).await?;
    /// assert!(task.status.is_ended());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn cancel(&self, task: impl TaskRef) -> Result<VideoTask, Error> {
        let id = task.task_id();
        self.check(id)?;
        self.offered(Operation::Cancel)?;
        let when = self.0.vendor.facts().tasks.cancel_when;
        let mut is_sent = false;
        // In one slot, so that little time passes between the look and the cancellation.
        let cancelled = self.paced(async {
            if !when.is_empty() {
                let task = self.get_once(id).await?;
                if !when.contains(&task.status.as_str()) {
                    return Err(self.not_cancellable(&task, when));
                }
            }
            is_sent = true;
            self.cancel_once(id).await
        });
        let cancelled = cancelled.await.map_err(|error| error.with_task(id));
        match cancelled {
            Ok(Some(mut task)) => {
                self.record_status(&mut task).await;
                Ok(task)
            }
            // The task may have changed its status since the look.
            Err(error) if is_sent && !when.is_empty() => match self.get(id).await {
                Ok(task) if task.status == TaskStatus::Cancelled => Ok(task),
                Ok(task) if !when.contains(&task.status.as_str()) => Err(self.not_cancellable(&task, when)),
                _ => Err(error),
            },
            // The cancellation succeeded, but the response does not contain the task's status.
            Ok(None) => self.get(id).await.map_err(|error| match error.kind() {
                ErrorKind::NotFound if !when.is_empty() => self.vanished(id),
                _ => error,
            }),
            Err(error) if error.kind() == ErrorKind::Decode => self.get(id).await,
            // The vendor may have cancelled it all the same.
            Err(error) if is_sent && error.is_retryable() => match self.get(id).await {
                Ok(task) if task.status == TaskStatus::Cancelled => Ok(task),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// One request. `None`: it was cancelled, and the response shows no task.
    async fn cancel_once(&self, id: &TaskId) -> Result<Option<VideoTask>, Error> {
        let call = self.call(&self.0.http.read);
        let result = match self.timed(dispatch::cancel(self.0.vendor, &call, id)).await {
            Ok(None) => {
                let read = self
                    .judge()
                    .read(Operation::Cancel, Ok(()), self.exchange(&call).as_ref());
                return read.map(|_| None);
            }
            Ok(Some(task)) => Ok(task),
            Err(error) => Err(error),
        };
        self.task(Operation::Cancel, id, result, &call).map(Some)
    }

    /// Error for a task that is unknown after its cancellation: it ended between the look and the cancellation.
    fn vanished(&self, id: &TaskId) -> Error {
        let vendor = self.0.vendor;
        let message = format!(
            "not cancelled: the task ended just before the cancellation, and {} deleted its record",
            vendor.name()
        );
        Error::new(ErrorKind::NotFound, message)
            .during(vendor, Operation::Cancel)
            .with_task(id)
    }

    /// Error for a task in a status in which the vendor's operation would do something else than cancel it.
    fn not_cancellable(&self, task: &VideoTask, when: &[&str]) -> Error {
        let vendor = self.0.vendor;
        let message = format!(
            "not cancelled: the task is {}, and {} cancels only tasks that are {}",
            task.status,
            vendor.name(),
            when.join(" or ")
        );
        Error::new(ErrorKind::Conflict, message)
            .during(vendor, Operation::Cancel)
            .with_task(&task.id)
    }

    /// Returns one page of the account's tasks, newest first by default. [`list_all`](Self::list_all) returns all
    /// pages.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no list operation; `invalid_request` when it does not support a filter. A next page
    /// that cannot be requested is no error: see [`TaskPage::incomplete`].
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let page = client.list(&videogen::task::ListQuery::default()).await?;
    /// for task in &page.tasks {
    ///     println!("{} is {}", task.id, task.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list(&self, query: &ListQuery) -> Result<TaskPage, Error> {
        self.offered(Operation::List)?;
        let vendor = self.0.vendor;
        let violations = query.check(vendor);
        if !violations.is_empty() {
            return Err(Error::invalid(vendor, violations));
        }
        retrying!(self.retries(), self.paced(self.list_once(query, true)))
    }

    /// One request. Without `raws` the tasks lack their raw JSON, which would be copied for each of them.
    pub(crate) async fn list_once(&self, query: &ListQuery, raws: bool) -> Result<TaskPage, Error> {
        let vendor = self.0.vendor;
        let call = self.call(&self.0.http.read);
        let result = self.timed(dispatch::list(vendor, &call, query)).await;
        let exchange = self.exchange(&call);
        let result = match (result, &exchange) {
            (Ok(page), Some(exchange)) => Ok(dispatch::next_page(vendor, page, &exchange.url)),
            (result, _) => result,
        };
        let judge = self.judge();
        let (page, raw) = match judge.read(Operation::List, result, exchange.as_ref()) {
            // For an account without tasks, the list is empty or missing.
            Err(error)
                if error.kind() == ErrorKind::Decode
                    && judge.is_null(exchange.as_ref(), dispatch::list_member(vendor)) =>
            {
                (RawPage::default(), Bytes::new())
            }
            result => result?,
        };
        let items = raws.then(|| items(&raw, dispatch::list_member(vendor))).flatten();
        let mut items = items.unwrap_or_default();
        items.resize(page.tasks.len(), Raw::default());
        let read = page.tasks.len();
        let tasks: Vec<VideoTask> = page
            .tasks
            .into_iter()
            .zip(items)
            .filter_map(|(task, raw)| {
                let mut task = task?;
                judge.finish(&mut task, raw);
                Some(task)
            })
            .collect();
        Ok(TaskPage {
            unreadable: read - tasks.len(),
            tasks,
            next: page.next,
            incomplete: page.incomplete,
            total: page.total,
        })
    }

    /// Requests the vendor's list of models. [`Capabilities`](crate::facts::Capabilities) describes the models that
    /// this version knows, without a request; [`compare_models`](crate::facts::compare_models) compares the two.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// for model in client.models().await? {
    ///     println!("{}", model.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn models(&self) -> Result<Vec<ListedModel>, Error> {
        self.offered(Operation::Models)?;
        retrying!(self.retries(), self.paced(self.models_once()))
    }

    async fn models_once(&self) -> Result<Vec<ListedModel>, Error> {
        let call = self.call(&self.0.http.read);
        let result = self.timed(dispatch::models(self.0.vendor, &call)).await;
        let (judge, exchange) = (self.judge(), self.exchange(&call));
        let (models, answer) = judge.read(Operation::Models, result, exchange.as_ref())?;
        let mut models = models.ok_or_else(|| judge.refused(Operation::Models, exchange.as_ref()))?;
        listed::read(
            self.0.vendor,
            &mut models,
            &serde_json::from_slice(&answer).unwrap_or_default(),
        );
        Ok(models.into_iter().map(|model| listed::cleaned(&judge, model)).collect())
    }

    /// Queries the balance of the account. It costs nothing, so it also shows whether a key works.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation; `auth` when the key is refused.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let balance = client.balance().await?;
    /// if let (Some(credits), Some(rate)) = (balance.remaining_credits, balance.credits_per_usd) {
    ///     println!("{:.2} USD", credits / rate);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn balance(&self) -> Result<Balance, Error> {
        self.offered(Operation::Balance)?;
        retrying!(self.retries(), self.paced(self.balance_once()))
    }

    async fn balance_once(&self) -> Result<Balance, Error> {
        let call = self.call(&self.0.http.read);
        let result = self.timed(dispatch::balance(self.0.vendor, &call)).await;
        let judge = self.judge();
        let exchange = self.exchange(&call);
        let (balance, _) = judge.read(Operation::Balance, result, exchange.as_ref())?;
        balance.ok_or_else(|| judge.refused(Operation::Balance, exchange.as_ref()))
    }

    fn task(
        &self,
        operation: Operation,
        id: &TaskId,
        result: Result<VideoTask, crate::vendors::CallError>,
        call: &Call<'_>,
    ) -> Result<VideoTask, Error> {
        let exchange = self.exchange(call);
        let read = self.judge().read(operation, result, exchange.as_ref());
        let (task, raw) = read.map_err(|error| error.with_task(id))?;
        let mut task = task.called(id);
        self.judge().finish(&mut task, Raw::of(raw));
        task.request_id = self.judge().request_of(exchange.as_ref()).or(task.request_id);
        Ok(task)
    }

    /// Refuses an operation that the vendor does not support, with the vendors that do.
    pub(crate) fn offered(&self, operation: Operation) -> Result<(), Error> {
        let vendor = self.0.vendor;
        if vendor.supports(operation) {
            return Ok(());
        }
        let others: Vec<_> = Vendor::ALL
            .iter()
            .filter(|vendor| vendor.supports(operation))
            .map(|vendor| vendor.name())
            .collect();
        let message = format!("not supported by this vendor; supported by: {}", others.join(", "));
        Err(Error::new(ErrorKind::Unsupported, message).during(vendor, operation))
    }

    /// Rejects a task of another vendor, and an id that would change the URL path.
    fn check(&self, id: &TaskId) -> Result<(), Error> {
        let wrong = |message: String| Err(Error::new(ErrorKind::InvalidRequest, message).with_task(id));
        self.check_owner(id)?;
        let vendor = self.0.vendor;
        if !vendor.families().any(|known| known == id.family()) {
            let known: Vec<_> = vendor.families().collect();
            return wrong(format!(
                "unknown endpoint family `{}` in the task id; this version knows of {vendor}: {}. Use the version that \
                 created the task",
                id.family(),
                known.join(", ")
            ));
        }
        if dispatch::task_id(vendor, "", id.id().to_owned()).is_none() {
            return wrong(format!(
                "incomplete task id: `{}` is only a part of it; use the id that the submission returned",
                id.id()
            ));
        }
        if !id.is_path_safe() {
            return wrong(
                "invalid task id: it must not contain a backslash, nor path segments that are empty, `.` or `..`"
                    .to_owned(),
            );
        }
        Ok(())
    }
}

/// The raw entries of a list.
fn items(page: &[u8], member: &str) -> Option<Vec<Raw>> {
    let members: HashMap<String, &RawValue> = serde_json::from_slice(page).ok()?;
    let items: Vec<&RawValue> = serde_json::from_slice(members.get(member)?.get().as_bytes()).ok()?;
    // Copied one by one, so that a stored task does not keep the whole page in memory.
    Some(
        items
            .iter()
            .map(|item| Raw::of(Bytes::copy_from_slice(item.get().as_bytes())))
            .collect(),
    )
}
