//! Wait for many tasks at once.

use futures_util::future::BoxFuture;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, FuturesUnordered, StreamExt as _};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::client::Client;
use crate::client::Permit;
use crate::journal::{Changes, Topic};
use crate::model::{Error, Operation, TaskId, TaskPage, VideoTask};
use crate::transport::trace::{WaitSpan, WaitSpans};
use crate::wait::job::Job;
use crate::wait::options::{WaitEvent, WatcherOptions, age};
use crate::wait::polled::Polled;
use crate::wait::schedule::{Ended, Schedule};
use crate::wait::sweep::{Listing, Lists, Request};
use crate::wait::watch::{last_response, no_response};
use crate::wait::watched::Watched;

/// Waits for thousands of tasks of one account, within its rate limit.
///
/// It polls only while a caller awaits [`next`](Self::next); there is no background task. All methods take `&self`, so an
/// `Arc` of it can be shared with a webhook handler.
///
/// ```no_run
/// # async fn example(client: videogen::Client, requests: Vec<videogen::VideoRequest>) -> Result<(), videogen::Error> {
/// let watcher = client.watcher();
/// for request in &requests {
///     watcher.add(client.submit(request).await?);
/// }
/// while let Some((id, result)) = watcher.next().await {
///     match result {
///         Ok(task) => println!("{id} is {}", task.status),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Watcher {
    client: Client,
    in_flight: usize,
    schedule: Mutex<Schedule>,
    /// Tasks were added, woken or ended from outside.
    changed: Notify,
    flights: tokio::sync::Mutex<FuturesUnordered<Flight>>,
    spans: WaitSpans,
    seen: Option<Seen>,
    /// The ends of tasks, as other processes record them.
    ends: tokio::sync::Mutex<Option<Changes>>,
}

/// Called with the events of all tasks.
type Seen = Box<dyn Fn(&TaskId, WaitEvent<'_>) + Send + Sync>;

type Flight = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Response to a request.
enum Response {
    Poll(Job, Box<Polled>),
    Page(Result<TaskPage, Error>),
}

impl Client {
    /// Returns a [`Watcher`] with default options, which waits for many tasks at once.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, ids: Vec<videogen::TaskId>) {
    /// let watcher = client.watcher();
    /// for id in &ids {
    ///     watcher.add(id);
    /// }
    /// while let Some((id, result)) = watcher.next().await {
    ///     println!("{id} has ended: {}", result.is_ok());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn watcher(&self) -> Watcher {
        Watcher::new(self, WatcherOptions::default())
    }
}

impl Watcher {
    /// Creates a watcher for the account of `client`, without tasks; see [`WatcherOptions`].
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// use videogen::wait::{Watcher, WatcherOptions};
    ///
    /// let watcher = Watcher::new(&client, WatcherOptions::default().in_flight(8));
    /// assert!(watcher.is_empty());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn new(client: &Client, options: WatcherOptions) -> Self {
        let vendor = client.0.vendor;
        let listing = match (
            options.lists && vendor.supports(Operation::List),
            vendor.lists_by("after"),
        ) {
            (false, _) => Listing::None,
            (true, false) => Listing::Newest,
            (true, true) => Listing::Pages,
        };
        if !options.limits.is_empty() {
            client.0.account.pace().set_limits(&options.limits);
        }
        let policy = client.policy(options.poll);
        Self {
            client: client.clone(),
            in_flight: options.in_flight.max(1),
            schedule: Mutex::new(Schedule::new(policy, Lists::new(listing))),
            changed: Notify::new(),
            flights: tokio::sync::Mutex::new(FuturesUnordered::new()),
            spans: WaitSpans::default(),
            seen: None,
            ends: tokio::sync::Mutex::default(),
        }
    }

    /// Calls `seen` with each response about a task, and with each failed poll that is retried; see
    /// [`Client::wait_observed`]. The last response about a task comes before [`next`](Self::next) returns it. Polls by
    /// list are responses too. A second call replaces the first.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// use videogen::wait::WaitEvent;
    ///
    /// let watcher = client.watcher().observe(|id, event| match event {
    ///     WaitEvent::Answered(task) => println!("{id} is {}", task.status),
    ///     WaitEvent::Retrying(error) => eprintln!("{id}: {error}"),
    ///     _ => {}
    /// });
    /// assert!(watcher.is_empty());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn observe(mut self, seen: impl Fn(&TaskId, WaitEvent<'_>) + Send + Sync + 'static) -> Self {
        self.seen = Some(Box::new(seen));
        self
    }

    /// Adds a task. Returns `false` when it was already added; its first options then remain in effect. The wait for a task
    /// of another vendor ends at once with `invalid_request`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// let watcher = client.watcher();
    /// let id: videogen::TaskId = "token360:videos:task-1".parse()?;
    /// assert!(watcher.is_empty());
    /// assert!(watcher.add(&id));
    /// assert!(!watcher.add(&id));
    /// assert_eq!(watcher.len(), 1);
    /// # Ok(()) }
    /// ```
    pub fn add(&self, task: impl Into<Watched>) -> bool {
        let Watched {
            id,
            model,
            submitted,
            timeout,
        } = task.into();
        self.spans.begin(&id);
        if let Err(error) = self.client.check_owner(&id) {
            let added = self.schedule().refuse(id, error);
            self.changed.notify_one();
            return added;
        }
        let account = &self.client.0.account;
        let age = submitted.map(age).or_else(|| account.accepted(&id));
        let book = account.durations();
        let added = self
            .schedule()
            .add(id, model.as_deref(), age, timeout, Instant::now(), &book);
        drop(book);
        self.changed.notify_one();
        added
    }

    /// Removes a task. Returns `false` when it was not in the watcher.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// # let watcher = client.watcher();
    /// let id: videogen::TaskId = "token360:videos:task-1".parse()?;
    /// watcher.add(&id);
    /// assert!(watcher.remove(&id));
    /// assert!(!watcher.remove(&id));
    /// # Ok(()) }
    /// ```
    pub fn remove(&self, id: &TaskId) -> bool {
        let removed = self.schedule().remove(id);
        self.spans.forget(id);
        self.changed.notify_one();
        removed
    }

    /// Hints that a task may have finished (for example, an unsigned webhook arrived): it is polled next, at most once
    /// per second. Returns `false` when it is not in the watcher.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// # let watcher = client.watcher();
    /// let id: videogen::TaskId = "token360:videos:task-1".parse()?;
    /// assert!(!watcher.wake(&id));
    /// watcher.add(&id);
    /// assert!(watcher.wake(&id));
    /// # Ok(()) }
    /// ```
    pub fn wake(&self, id: &TaskId) -> bool {
        let known = self.schedule().wake(id, Instant::now());
        self.changed.notify_one();
        known
    }

    /// Accepts a task from a verified webhook. If the task has ended, its wait ends without a poll; a completed task
    /// without a URL is polled. Returns `false` when the wait continues, or the task is not in the watcher.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// # let json = r#"{"id": "token360:videos:task-1", "status": "failed", "vendor_status": "failed"}"#;
    /// # let event = serde_json::from_str::<videogen::VideoTask>(json)?;
    /// let watcher = client.watcher();
    /// let task: videogen::VideoTask = event; // the task of a `webhook::Event`
    /// watcher.add(&task);
    /// assert!(watcher.offer(task.clone()));
    /// // No poll is needed.
    /// assert_eq!(watcher.next().await.unwrap().1?, task);
    /// assert!(watcher.next().await.is_none());
    /// # Ok(()) }
    /// ```
    pub fn offer(&self, task: VideoTask) -> bool {
        let mut book = self.client.0.account.durations();
        let ended = self.schedule().offer(task, Instant::now(), &mut book);
        drop(book);
        self.changed.notify_one();
        ended
    }

    /// Returns the number of tasks, including those that have ended and were not returned by [`next`](Self::next) yet.
    /// See [`add`](Self::add).
    #[must_use]
    pub fn len(&self) -> usize {
        self.schedule().len()
    }

    /// Returns whether the watcher has no tasks; see [`add`](Self::add).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the next task that has ended, or the error that ended its wait; `None` when no tasks are left. Each task
    /// is returned once. Temporary failures do not end a wait.
    ///
    /// Cancel safe. When several callers await it, one of them makes the requests and must be polled.
    pub async fn next(&self) -> Option<(TaskId, Result<VideoTask, Error>)> {
        let ended = self.drive().await;
        if let Some((id, result)) = &ended {
            self.spans.end(id, result);
        }
        ended
    }

    /// Returns a stream of the tasks as they end, which owns the watcher: `Unpin` and `'static`, for combinators and
    /// `select!`. It ends like [`next`](Self::next) when no tasks are left; use a clone of the `Arc` to add and wake
    /// tasks.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, ids: Vec<videogen::TaskId>) {
    /// let watcher = std::sync::Arc::new(client.watcher());
    /// for id in &ids {
    ///     watcher.add(id);
    /// }
    /// let mut ended = watcher.stream();
    /// while let Some((id, result)) = ended.next().await {
    ///     println!("{id}: {}", result.is_ok());
    /// }
    /// # }
    /// ```
    pub fn stream(self: Arc<Self>) -> EndedTasks {
        let ended = stream::unfold(self, |watcher| async {
            let ended = watcher.next().await?;
            Some((ended, watcher))
        });
        EndedTasks::of(ended)
    }

    fn drive(&self) -> BoxFuture<'_, Option<Ended>> {
        Box::pin(async move {
            let mut flights = self.flights.lock().await;
            let mut ends = self.ends.lock().await;
            if ends.is_none()
                && let Some(journal) = &self.client.0.journal
            {
                *ends = journal.changes(Topic::Ends);
            }
            // Kept across iterations, so that it keeps its place in the queue.
            let mut permit: Option<Pin<Box<dyn Future<Output = Permit> + Send>>> = None;
            loop {
                let (has_work, at) = {
                    let mut schedule = self.schedule();
                    schedule.tick(Instant::now());
                    if let Some(ended) = schedule.pop_ended() {
                        return Some(ended);
                    }
                    if schedule.len() == 0 {
                        flights.clear();
                        schedule.abandon();
                        return None;
                    }
                    (
                        schedule.has_work() && flights.len() < self.in_flight,
                        schedule.next_time(),
                    )
                };
                if !has_work {
                    permit = None;
                } else if permit.is_none() {
                    let account = self.client.0.account.clone();
                    permit = Some(Box::pin(async move { account.permit().await }));
                }
                tokio::select! {
                    Some(response) = flights.next(), if !flights.is_empty() => self.take(response),
                    granted = async { permit.as_mut()?.as_mut().await.into() }, if permit.is_some() => {
                        permit = None;
                        let request = self.schedule().request(Instant::now());
                        if let (Some(request), Some(granted)) = (request, granted) {
                            flights.push(self.send(request, granted));
                        }
                    }
                    () = sleep_until(at.unwrap_or_else(Instant::now)), if at.is_some() => {}
                    () = self.changed.notified() => {}
                    Some(ended) = async { Some(ends.as_mut()?.end().await) }, if ends.is_some() => {
                        self.schedule().wake(&ended, Instant::now());
                    }
                }
            }
        })
    }

    /// Waits until a task is added, for services that continue after [`next`](Self::next) returned `None`.
    ///
    /// ```no_run
    /// # async fn example(watcher: videogen::wait::Watcher) {
    /// loop {
    ///     watcher.added().await;
    ///     while let Some((id, result)) = watcher.next().await {
    ///         println!("{id} has ended: {}", result.is_ok());
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn added(&self) {
        while self.is_empty() {
            self.changed.notified().await;
        }
        // The notification may have been meant for a caller of `next`.
        self.changed.notify_one();
    }

    fn send(&self, request: Request, permit: Permit) -> Flight {
        let client = self.client.clone();
        let span = match &request {
            Request::Poll(job) => self.spans.of(&job.id),
            Request::Page(_) => WaitSpan::default(),
        };
        let deadline = match &request {
            Request::Poll(job) => self.schedule().deadline(job),
            Request::Page(_) => None,
        };
        Box::pin(async move {
            match request {
                Request::Poll(job) => {
                    let poll = span.within(client.poll(&job.id));
                    let polled = match deadline {
                        Some(deadline) => timeout_at(last_response(deadline), poll)
                            .await
                            .unwrap_or_else(|_| Polled {
                                result: Err(no_response()),
                                submitted: None,
                            }),
                        None => poll.await,
                    };
                    permit.settle(&polled.result);
                    Response::Poll(job, Box::new(polled))
                }
                Request::Page(query) => {
                    let result = client.list_once(&query, false).await;
                    permit.settle(&result);
                    Response::Page(result)
                }
            }
        })
    }

    fn take(&self, response: Response) {
        // Without the locks, because the callee may use the watcher.
        match &response {
            Response::Poll(job, polled) => {
                if let Ok(task) = &polled.result {
                    self.saw(&job.id, WaitEvent::Answered(task));
                }
            }
            Response::Page(Ok(page)) => {
                for task in &page.tasks {
                    self.saw(&task.id, WaitEvent::Answered(task));
                }
            }
            Response::Page(Err(_)) => {}
        }
        let mut book = self.client.0.account.durations();
        let mut schedule = self.schedule();
        let now = Instant::now();
        match response {
            Response::Poll(job, polled) => {
                schedule.date(&job, polled.submitted, now);
                let failure = schedule.answered(&job, polled.result, now, &mut book);
                drop((schedule, book));
                if let Some(error) = failure {
                    self.saw(&job.id, WaitEvent::Retrying(&error));
                }
            }
            Response::Page(result) => schedule.listed(result, now, &mut book),
        }
    }

    /// Reports an event of a task that is waited for.
    fn saw(&self, id: &TaskId, event: WaitEvent<'_>) {
        if let Some(seen) = &self.seen
            && self.schedule().is_waiting(id)
        {
            seen(id, event);
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stream of the tasks of a [`Watcher`] as they end; returned by [`Watcher::stream`].
#[must_use = "a stream does nothing until it is polled"]
pub struct EndedTasks(Pin<Box<dyn Stream<Item = Ended> + Send>>);

impl EndedTasks {
    pub(crate) fn of(ended: impl Stream<Item = Ended> + Send + 'static) -> Self {
        Self(Box::pin(ended))
    }

    /// Returns the next task that has ended, or the error that ended its wait; `None` when no tasks are left.
    pub async fn next(&mut self) -> Option<Ended> {
        self.0.next().await
    }
}

impl Stream for EndedTasks {
    type Item = Ended;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for EndedTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndedTasks").finish_non_exhaustive()
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher")
            .field("client", &self.client)
            .field("tasks", &self.len())
            .finish_non_exhaustive()
    }
}
