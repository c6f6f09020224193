//! One account at one vendor.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use videogen_wire::Session;

use crate::adapters::{Call, ListedModel, RawPage};
use crate::adjust::fit;
use crate::download::{self, DownloadOptions, Downloaded};
use crate::http::Http;
use crate::outcome::Judge;
use crate::retry::{Budget, Retries, retrying};
use crate::wait::{self, WaitOptions};
use crate::{
    Ambiguity, Capabilities, ClientBuilder, Delivery, Error, ErrorKind, ListQuery, Plan, Reconciled, RetryPolicy,
    TaskId, TaskPage, TaskStatus, Vendor, VideoRequest, VideoTask,
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

/// A client for one account at one vendor. Cloning is cheap and shares connections.
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

    /// Submits `request`. One call makes one task at most: it is sent again only when it provably was not accepted.
    ///
    /// # Errors
    /// `invalid_request` with every violation, before anything is sent. Else [`Error::delivery`] tells whether the vendor
    /// refused, nothing was sent, or (`ambiguous_submit`) nobody knows: then the task may exist and be billed, and
    /// [`Error::ambiguity`] carries all that is known.
    pub async fn submit(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        let vendor = self.0.vendor;
        let (request, adjustments) = fit(vendor, request).map_err(|left| Error::invalid(vendor, left))?;
        let mut task = self.submit_retrying(&request).await?;
        task.adjustments = adjustments;
        Ok(task)
    }

    async fn submit_retrying(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        retrying!(self.retries(), self.submit_once(request))
    }

    /// One request.
    async fn submit_once(&self, request: &VideoRequest) -> Result<VideoTask, Error> {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let family = rules.family.name;
        let sent_at = Timestamp::now();
        let call = self.call(&self.0.http.submit);
        let result = vendor.submit(&call, request, &rules).await;
        let exchange = call.session.exchange();
        let judge = self.judge();
        judge.submission(family, result, exchange.as_ref()).map_err(|error| {
            if error.delivery() != Some(Delivery::Ambiguous) {
                return error;
            }
            let ambiguity = Ambiguity {
                vendor,
                family: family.to_owned(),
                model: request.model.clone(),
                prompt: request.prompt.clone(),
                client_reference: request.client_reference.clone(),
                sent_at,
                status: error.status(),
                request_id: error.request_id().map(str::to_owned),
                possible_task: error.task().cloned(),
                answer: judge.beginning(exchange.as_ref()),
            };
            error.with_ambiguity(ambiguity)
        })
    }

    /// Looks for the task of an ambiguous submission, once. Nothing is submitted.
    ///
    /// Only a vendor that finds tasks by the caller's own id can tell for sure. Where the vendor lists tasks, those that it
    /// may be are candidates: any other writer on the account could have made them too. An absence right after a broken
    /// connection proves nothing; ask again over some minutes. Of a vendor whose list has no pages, the newest 100 tasks are
    /// looked at.
    ///
    /// # Errors
    /// `unsupported` where the vendor can neither look up nor list; `invalid_request` for a submission to another vendor;
    /// else as [`get`](Self::get) and [`list`](Self::list).
    pub async fn reconcile(&self, ambiguity: &Ambiguity) -> Result<Reconciled, Error> {
        let vendor = self.0.vendor;
        if ambiguity.vendor != vendor {
            return Err(self.foreign("the submission"));
        }
        if let (Some(family), Some(reference)) = (vendor.finds_by_reference(), &ambiguity.client_reference)
            && let Some(id) = TaskId::new(vendor, family, reference.as_str())
        {
            return match self.get(&id).await {
                // The same id may have been used before, and an answer may name no task at all.
                Ok(mut task) if task.id != id && ambiguity.is_about(&task) => {
                    // It belongs to the family it was sent to, not to the one it was looked up by.
                    task.id = TaskId::new(vendor, ambiguity.family.as_str(), task.id.id()).unwrap_or(task.id);
                    Ok(Reconciled::Found(Box::new(task)))
                }
                Ok(task) => Ok(Reconciled::Candidates(vec![task])),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Reconciled::NotFound),
                Err(error) => Err(error),
            };
        }
        let mut candidates = Vec::new();
        let mut query = ListQuery {
            limit: Some(100),
            ..ListQuery::default()
        };
        loop {
            let page = self.list(&query).await?;
            let older = page.tasks.iter().any(|task| ambiguity.is_after(task));
            candidates.extend(page.tasks.into_iter().filter(|task| ambiguity.may_be(task)));
            match page.next {
                // Newest first: beyond the first that is too old, all are.
                Some(next) if !older => query.after = Some(next),
                _ => break,
            }
        }
        Ok(if candidates.is_empty() {
            Reconciled::NotFound
        } else {
            Reconciled::Candidates(candidates)
        })
    }

    fn retries(&self) -> Retries<'_> {
        Retries::new(&self.0.retry, &self.0.budget)
    }

    /// Asks how a task stands.
    ///
    /// # Errors
    /// `not_found`, or any failure of the network or the vendor; [`Error::task`] names the task.
    pub async fn get(&self, id: &TaskId) -> Result<VideoTask, Error> {
        retrying!(self.retries(), self.get_once(id))
    }

    /// One request. Waiting has a pace of its own.
    async fn get_once(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.check(id)?;
        let call = self.call(&self.0.http.read);
        let result = self.0.vendor.get(&call, id).await;
        self.task(Operation::Get, id, result, &call)
    }

    /// Ends a task that has not ended yet.
    ///
    /// # Errors
    /// `unsupported` where the vendor has no such operation; `conflict` when the task has ended already.
    pub async fn cancel(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.offered(Operation::Cancel)?;
        self.check(id)?;
        let call = self.call(&self.0.http.read);
        let result = self.0.vendor.cancel(&call, id).await;
        match self.task(Operation::Cancel, id, result, &call) {
            // It worked, and the answer does not show how the task stands now.
            Err(error) if error.kind() == ErrorKind::Decode => self.get(id).await,
            result => result,
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
        retrying!(self.retries(), self.list_once(query))
    }

    async fn list_once(&self, query: &ListQuery) -> Result<TaskPage, Error> {
        let vendor = self.0.vendor;
        let call = self.call(&self.0.http.read);
        let result = vendor.list(&call, query).await;
        let exchange = call.session.exchange();
        let judge = self.judge();
        let (page, mut raw) = match judge.read(Operation::List, result, exchange.as_ref()) {
            // An account without tasks is told by an empty list, or by none at all.
            Err(error)
                if error.kind() == ErrorKind::Decode && judge.is_null(exchange.as_ref(), vendor.list_member()) =>
            {
                (RawPage::default(), Value::Null)
            }
            result => result?,
        };
        let mut items = match raw.get_mut(vendor.list_member()) {
            Some(Value::Array(items)) => std::mem::take(items),
            _ => Vec::new(),
        };
        items.resize(page.tasks.len(), Value::Null);
        let read = page.tasks.len();
        let tasks: Vec<VideoTask> = page
            .tasks
            .into_iter()
            .zip(items)
            .filter_map(|(task, raw)| Some(judge.finish(task?, raw)))
            .collect();
        Ok(TaskPage {
            unreadable: read - tasks.len(),
            tasks,
            next: page.next,
            total: page.total,
        })
    }

    /// Asks the vendor for its models. What this library knows of them without asking is in [`Capabilities`].
    ///
    /// # Errors
    /// `unsupported` where the vendor has no such operation.
    pub async fn models(&self) -> Result<Vec<ListedModel>, Error> {
        self.offered(Operation::Models)?;
        retrying!(self.retries(), self.models_once())
    }

    async fn models_once(&self) -> Result<Vec<ListedModel>, Error> {
        let call = self.call(&self.0.http.read);
        let result = self.0.vendor.models(&call).await;
        let (models, _) = self
            .judge()
            .read(Operation::Models, result, call.session.exchange().as_ref())?;
        Ok(models)
    }

    /// Polls until the task has ended, at the vendor's pace, for half an hour at most.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    pub async fn wait(&self, id: &TaskId) -> Result<VideoTask, Error> {
        self.wait_with(id, WaitOptions::default(), |_| {}).await
    }

    /// Polls until the task has ended. `seen` is called with every answer.
    ///
    /// A task that failed is an `Ok` too: look at [`VideoTask::status`]. Failures that may pass (of the network, of the
    /// vendor, too many requests) do not end the wait. Dropping the future loses nothing: the task goes on, and can be
    /// waited for again.
    ///
    /// # Errors
    /// `timeout` when the time is up; `no_video` when the task is completed and still has no URL after a few polls; else
    /// what ended the polling. [`Error::task`] names the task.
    pub async fn wait_with(
        &self,
        id: &TaskId,
        options: WaitOptions,
        mut seen: impl FnMut(&VideoTask),
    ) -> Result<VideoTask, Error> {
        let start = Instant::now();
        // Beyond what the clock can tell there is no deadline.
        let deadline = start.checked_add(options.timeout);
        let left = || {
            deadline.map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            })
        };
        let advice = self.0.vendor.facts().poll;
        let (mut polls, mut without_url, mut hold, mut found) = (0_u32, 0_u32, Duration::ZERO, false);
        loop {
            let pause = options.pause(&advice, polls, fastrand::f64()).max(hold);
            // The last poll is made when the time is up, not before: what ended meanwhile is found.
            let is_last = pause >= left();
            sleep(pause.min(left())).await;
            polls = polls.saturating_add(1);
            hold = Duration::ZERO;
            let trouble = match self.get_once(id).await {
                Ok(task) => {
                    found = true;
                    seen(&task);
                    if task.status == TaskStatus::Completed && task.video.is_none() {
                        without_url += 1;
                        if without_url >= wait::URL_GRACE {
                            let message = "the task is completed, but the vendor gives no URL for the video";
                            return Err(Error::new(ErrorKind::NoVideo, message).with_task(id));
                        }
                    } else if task.status.is_terminal() {
                        return Ok(task);
                    }
                    String::new()
                }
                Err(error) => {
                    hold = match wait::after_error(&error, start.elapsed()) {
                        Some(hold) => hold,
                        None => return Err(error),
                    };
                    if is_last && !found && error.kind() == ErrorKind::NotFound {
                        return Err(error);
                    }
                    format!("; the last poll failed: {}", error.message())
                }
            };
            if is_last {
                let seconds = options.timeout.as_secs();
                let message = format!("not done after {seconds} s; it goes on, and can be waited for again{trouble}");
                return Err(Error::new(ErrorKind::Timeout, message).with_task(id));
            }
        }
    }

    /// Downloads the finished video to `path`, which must not exist yet.
    ///
    /// # Errors
    /// As [`download_with`](Self::download_with).
    pub async fn download(&self, task: &VideoTask, path: impl AsRef<Path>) -> Result<Downloaded, Error> {
        self.download_with(task, path, DownloadOptions::default(), |_, _| {})
            .await
    }

    /// Downloads the finished video to `path`. `progress` is called with the bytes so far and, where known, in all.
    ///
    /// The file is written beside `path` and put in place when it is whole. A link that has expired is renewed where the
    /// vendor can. The API key is not sent to the file's host.
    ///
    /// # Errors
    /// `no_video` when the task has none, with the reason it failed; `io` when the file cannot be written or exists;
    /// `transport` when it cannot be fetched.
    pub async fn download_with(
        &self,
        task: &VideoTask,
        path: impl AsRef<Path>,
        options: DownloadOptions,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<Downloaded, Error> {
        let (file, path) = (&self.0.http.file, path.as_ref());
        let url = download::result_url(task)?;
        match download::fetch(file, url, path, &options, &mut progress).await {
            Err(failure) if failure.is_gone() => {
                if !self.0.vendor.facts().result_url.refreshable {
                    return Err(failure.into_error(&task.id, "the link has expired and this vendor cannot renew it"));
                }
                let fresh = self.get(&task.id).await?;
                let url = download::result_url(&fresh)?;
                let again = download::fetch(file, url, path, &options, &mut progress).await;
                again.map_err(|failure| failure.into_error(&task.id, "a renewed link does not work either"))
            }
            result => result.map_err(|failure| failure.into_error(&task.id, "the video cannot be fetched")),
        }
    }

    fn call<'a>(&'a self, http: &'a reqwest::Client) -> Call<'a> {
        Call {
            base_url: &self.0.base_url,
            http,
            session: self.0.session.call(),
        }
    }

    fn judge(&self) -> Judge<'_> {
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
        let (task, raw) = read.map_err(|error| error.with_task(id))?;
        Ok(self.judge().finish(task, raw))
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
    fn foreign(&self, what: &str) -> Error {
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
