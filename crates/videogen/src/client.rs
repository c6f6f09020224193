//! One account at one vendor.

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;
use serde_json::value::RawValue;
use tokio::sync::watch;
use videogen_wire::Session;

use crate::account::Account;
use crate::adapters::{Call, ListedModel, RawPage};
use crate::builder::Observer;
use crate::http::Http;
use crate::journal::Journal;
use crate::outcome::Judge;
use crate::retry::{Budget, Retries, retrying};
use crate::task::Raw;
use crate::{
    ClientBuilder, Error, ErrorKind, ListQuery, Plan, RetryPolicy, TaskId, TaskPage, Vendor, VideoRequest, VideoTask,
};

/// Something a vendor can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Create a task.
    Submit,
    /// Ask how a task stands.
    Get,
    /// End a task.
    Cancel,
    /// List tasks.
    List,
    /// List models.
    Models,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submit => "submit",
            Self::Get => "get",
            Self::Cancel => "cancel",
            Self::List => "list",
            Self::Models => "models",
        })
    }
}

/// A client for one account at one vendor. Cloning is cheap; clones share connections, and the pace of the account: when the
/// vendor asks one of them to slow down, all do.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) vendor: Vendor,
    pub(crate) base_url: String,
    pub(crate) key: SecretString,
    pub(crate) session: Session,
    pub(crate) http: Http,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
    pub(crate) journal: Option<Arc<dyn Journal>>,
    pub(crate) observer: Option<Observer>,
    /// How many submissions have been sent and are not answered and noted yet.
    pub(crate) on_their_way: watch::Sender<usize>,
    /// Longer than any submission under way.
    pub(crate) patience: Duration,
    pub(crate) account: Account,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("vendor", &self.0.vendor)
            .field("base_url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Begins to set up a client for `vendor`.
    pub fn builder(vendor: Vendor) -> ClientBuilder {
        ClientBuilder::new(vendor)
    }

    /// A client with key and base URL from the environment; see [`ClientBuilder::build`].
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn from_env(vendor: Vendor) -> Result<Self, Error> {
        Self::builder(vendor).build()
    }

    /// The vendor.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.0.vendor
    }

    /// Checks `request` and builds what [`submit`](Self::submit) would send, without sending it.
    ///
    /// # Errors
    /// `invalid_request` with every violation.
    pub fn plan(&self, request: &VideoRequest) -> Result<Plan, Error> {
        crate::plan(self.0.vendor, Some(&self.0.base_url), request)
    }

    /// Ends every pause before another try, of this client and its clones, and lets nothing be sent again. What is on its
    /// way is still answered: for a program that is asked to end.
    pub fn stop_retrying(&self) {
        self.0.budget.close();
    }

    pub(crate) fn retries(&self) -> Retries<'_> {
        Retries::new(&self.0.retry, &self.0.budget)
    }

    /// Asks how a task stands.
    ///
    /// # Errors
    /// `not_found`, or any failure of the network or the vendor; [`Error::task`] names the task.
    pub async fn get(&self, id: &TaskId) -> Result<VideoTask, Error> {
        retrying!(self.retries(), async {
            // Pinned here, it is not moved once more for every future around it.
            let read = pin!(self.get_once(id));
            // Also where nothing was sent.
            self.paced(read).await.map_err(|error| error.with_task(id))
        })
    }

    /// One request. Waiting has a pace of its own.
    pub(crate) async fn get_once(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.check(id)?;
        let call = self.call(&self.0.http.read);
        let result = self.0.vendor.get(&call, id).await;
        let task = self.task(Operation::Get, id, result, &call)?;
        self.note_status(&task).await;
        Ok(task)
    }

    /// Ends a task that has not ended yet.
    ///
    /// # Errors
    /// `unsupported` where the vendor has no such operation; `conflict` when the task has ended already.
    pub async fn cancel(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.offered(Operation::Cancel)?;
        self.check(id)?;
        let cancelled = self.paced(async {
            let call = self.call(&self.0.http.read);
            let result = self.0.vendor.cancel(&call, id).await;
            self.task(Operation::Cancel, id, result, &call)
        });
        match cancelled.await.map_err(|error| error.with_task(id)) {
            // It worked, and the answer does not show how the task stands now.
            Err(error) if error.kind() == ErrorKind::Decode => self.get(id).await,
            Err(error) => Err(error),
            Ok(task) => {
                self.note_status(&task).await;
                Ok(task)
            }
        }
    }

    /// Lists the account's tasks, newest first.
    ///
    /// # Errors
    /// `unsupported` where the vendor has no such operation; `invalid_request` for a filter that it has not.
    pub async fn list(&self, query: &ListQuery) -> Result<TaskPage, Error> {
        self.offered(Operation::List)?;
        let vendor = self.0.vendor;
        let violations = query.check(vendor);
        if !violations.is_empty() {
            return Err(Error::invalid(vendor, violations));
        }
        retrying!(self.retries(), self.paced(self.list_once(query, true)))
    }

    /// One request. Without `raws` the tasks lack their raw JSON, which is cut out and copied for each of them.
    pub(crate) async fn list_once(&self, query: &ListQuery, raws: bool) -> Result<TaskPage, Error> {
        let vendor = self.0.vendor;
        let call = self.call(&self.0.http.read);
        let result = vendor.list(&call, query).await;
        let exchange = call.session.exchange();
        let judge = self.judge();
        let (page, raw) = match judge.read(Operation::List, result, exchange.as_ref()) {
            // An account without tasks is told by an empty list, or by none at all.
            Err(error)
                if error.kind() == ErrorKind::Decode && judge.is_null(exchange.as_ref(), vendor.list_member()) =>
            {
                (RawPage::default(), Bytes::new())
            }
            result => result?,
        };
        let items = raws.then(|| items(&raw, vendor.list_member())).flatten();
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
            total: page.total,
        })
    }

    /// Asks the vendor for its models. What this library knows of them without asking is in
    /// [`Capabilities`](crate::Capabilities).
    ///
    /// # Errors
    /// `unsupported` where the vendor has no such operation.
    pub async fn models(&self) -> Result<Vec<ListedModel>, Error> {
        self.offered(Operation::Models)?;
        retrying!(self.retries(), self.paced(self.models_once()))
    }

    async fn models_once(&self) -> Result<Vec<ListedModel>, Error> {
        let call = self.call(&self.0.http.read);
        let result = self.0.vendor.models(&call).await;
        let (models, _) = self
            .judge()
            .read(Operation::Models, result, call.session.exchange().as_ref())?;
        Ok(models)
    }

    pub(crate) fn call<'a>(&'a self, http: &'a reqwest::Client) -> Call<'a> {
        Call {
            base_url: &self.0.base_url,
            http,
            session: self.0.session.call(),
        }
    }

    pub(crate) fn judge(&self) -> Judge<'_> {
        Judge {
            vendor: self.0.vendor,
            key: &self.0.key,
        }
    }

    fn task(
        &self,
        operation: Operation,
        id: &TaskId,
        result: Result<VideoTask, crate::adapters::NoValue>,
        call: &Call<'_>,
    ) -> Result<VideoTask, Error> {
        let read = self.judge().read(operation, result, call.session.exchange().as_ref());
        let (mut task, raw) = read.map_err(|error| error.with_task(id))?;
        self.judge().finish(&mut task, Raw::of(raw));
        Ok(task)
    }

    /// Refuses an operation that the vendor does not have, and tells who has it.
    fn offered(&self, operation: Operation) -> Result<(), Error> {
        let vendor = self.0.vendor;
        if vendor.supports(operation) {
            return Ok(());
        }
        let others: Vec<_> = Vendor::ALL
            .iter()
            .filter(|vendor| vendor.supports(operation))
            .map(|vendor| vendor.name())
            .collect();
        let message = format!("has no `{operation}` operation; supported by: {}", others.join(", "));
        Err(Error::new(ErrorKind::Unsupported, message).during(vendor, operation))
    }

    /// What belongs to another vendor.
    pub(crate) fn foreign(&self, what: &str) -> Error {
        let message = format!("this client is for {}, {what} is not", self.0.vendor.name());
        Error::new(ErrorKind::InvalidRequest, message)
    }

    /// Refuses a task of another vendor, and an id that would lead to another path.
    fn check(&self, id: &TaskId) -> Result<(), Error> {
        let wrong = |message: String| Err(Error::new(ErrorKind::InvalidRequest, message).with_task(id));
        if id.vendor() != self.0.vendor {
            return Err(self.foreign("the task").with_task(id));
        }
        if !id.is_path_safe() {
            return wrong("the task id cannot stand in a URL".to_owned());
        }
        Ok(())
    }
}

/// The entries of a list, as they came.
fn items(page: &[u8], member: &str) -> Option<Vec<Raw>> {
    let members: HashMap<String, &RawValue> = serde_json::from_slice(page).ok()?;
    let items: Vec<&RawValue> = serde_json::from_slice(members.get(member)?.get().as_bytes()).ok()?;
    // Each by itself: a task that is kept does not keep its whole page.
    Some(
        items
            .iter()
            .map(|item| Raw::of(Bytes::copy_from_slice(item.get().as_bytes())))
            .collect(),
    )
}
