//! Waiting for many tasks at once.

use futures_util::future::BoxFuture;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use futures_util::stream::{self, FuturesUnordered, StreamExt as _};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use videogen_wire::facts::RateLimit;

use crate::client::Client;
use crate::client::Permit;
use crate::model::{Error, Operation, TaskId, TaskPage, Timestamp, VideoTask};
use crate::wait::job::Job;
use crate::wait::options::{age, policy};
use crate::wait::polled::Polled;
use crate::wait::schedule::{Ended, Schedule};
use crate::wait::sweep::{Listing, Lists, Request};

/// How a [`Watcher`] waits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WatcherOptions {
    /// Wait before the first poll of a task. `None`: as for one task, see [`WaitOptions`](crate::WaitOptions).
    pub first: Option<Duration>,
    /// Shortest and longest wait between polls of one task. `None`: as for one task.
    pub every: Option<(Duration, Duration)>,
    /// How often the account may be asked; all limits hold at once, for all that is asked through this client and its
    /// clones. Empty: what the vendor documents, or else 100 requests in 10 seconds.
    pub limits: Vec<RateLimit>,
    /// Requests on their way at once, 1 at least.
    pub in_flight: usize,
    /// Whether to ask by page through the vendor's list, where it has one and that takes fewer requests.
    pub lists: bool,
}

impl Default for WatcherOptions {
    /// The vendor's pace and limits, 32 requests on their way, lists where they help.
    fn default() -> Self {
        Self {
            first: None,
            every: None,
            limits: Vec::new(),
            in_flight: 32,
            lists: true,
        }
    }
}

impl WatcherOptions {
    /// Sets the wait before the first poll of a task.
    #[must_use]
    pub fn first(mut self, first: Duration) -> Self {
        self.first = Some(first);
        self
    }

    /// Sets the shortest and the longest wait between polls of one task.
    #[must_use]
    pub fn every(mut self, shortest: Duration, longest: Duration) -> Self {
        self.every = Some((shortest, longest.max(shortest)));
        self
    }

    /// Adds a limit: at most `limit` requests in any `per` seconds. The first replaces those that the vendor documents.
    #[must_use]
    pub fn limit(mut self, limit: u32, per: u64) -> Self {
        self.limits.push(RateLimit { limit, per });
        self
    }

    /// Sets how many requests may be on their way at once.
    #[must_use]
    pub fn in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Sets whether to ask by page.
    #[must_use]
    pub fn lists(mut self, lists: bool) -> Self {
        self.lists = lists;
        self
    }
}

/// A task to be waited for, and what is known of it. An id is enough; the whole task as it was submitted tells its model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Watched {
    /// The task.
    pub id: TaskId,
    /// Its model, to know how long it will take.
    pub model: Option<String>,
    /// When it was submitted, by this machine's clock. `None`: what the vendor says.
    pub submitted: Option<Timestamp>,
    /// How long to wait at most; the wait then ends with `timeout`. `None`: until the task has ended.
    pub timeout: Option<Duration>,
}

impl Watched {
    /// Nothing but its name is known.
    #[must_use]
    pub fn new(id: TaskId) -> Self {
        Self {
            id,
            model: None,
            submitted: None,
            timeout: None,
        }
    }

    /// Sets the time limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets when it was submitted.
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

impl From<&VideoTask> for Watched {
    fn from(task: &VideoTask) -> Self {
        Self {
            model: task.model.clone(),
            ..Self::new(task.id.clone())
        }
    }
}

/// Waits for thousands of tasks of one account, within what it may ask.
///
/// It runs only while somebody waits for [`next`](Self::next): there is no task in the background. All methods take `&self`,
/// so an `Arc` of it can be shared with what receives webhooks.
///
/// ```no_run
/// # async fn example(client: videogen::Client, requests: Vec<videogen::VideoRequest>) -> Result<(), videogen::Error> {
/// let watcher = client.watcher();
/// for request in &requests {
///     watcher.add(&client.submit(request).await?);
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
}

type Flight = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A request that has ended.
enum Response {
    Poll(Job, Box<Polled>),
    Page(Result<TaskPage, Error>),
}

impl Client {
    /// Waits for many tasks at once. See [`Watcher`].
    #[must_use]
    pub fn watcher(&self) -> Watcher {
        Watcher::new(self, WatcherOptions::default())
    }
}

impl Watcher {
    /// A watcher of the account of `client`, without tasks so far.
    #[must_use]
    pub fn new(client: &Client, options: WatcherOptions) -> Self {
        let vendor = client.0.vendor;
        let listing = match (
            options.lists && vendor.supports(Operation::List),
            vendor.list_query().contains(&"after"),
        ) {
            (false, _) => Listing::None,
            (true, false) => Listing::Newest,
            (true, true) => Listing::Pages,
        };
        if !options.limits.is_empty() {
            client.0.account.pace().set_limits(&options.limits);
        }
        let policy = policy(&vendor.facts().poll, client.0.scale, options.first, options.every);
        Self {
            client: client.clone(),
            in_flight: options.in_flight.max(1),
            schedule: Mutex::new(Schedule::new(policy, Lists::new(listing))),
            changed: Notify::new(),
            flights: tokio::sync::Mutex::new(FuturesUnordered::new()),
        }
    }

    /// Waits for a task too. `false` when it is waited for already: that stays one wait, with what was told first.
    pub fn add(&self, task: impl Into<Watched>) -> bool {
        let Watched {
            id,
            model,
            submitted,
            timeout,
        } = task.into();
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

    /// Waits for a task no longer. `false` when it was not waited for.
    pub fn remove(&self, id: &TaskId) -> bool {
        let removed = self.schedule().remove(id);
        self.changed.notify_one();
        removed
    }

    /// Somebody says that the task has ended, such as a webhook that proves nothing: it is asked about next, but not more than
    /// once a second. `false` when it is not waited for.
    pub fn wake(&self, id: &TaskId) -> bool {
        let known = self.schedule().wake(id, Instant::now());
        self.changed.notify_one();
        known
    }

    /// Takes a task as a verified webhook told it: when it has ended, so has the wait, without a poll. A completed task without
    /// its URL is asked about. `false` when the wait goes on, or the task is not waited for.
    pub fn offer(&self, task: VideoTask) -> bool {
        let mut book = self.client.0.account.durations();
        let ended = self.schedule().offer(task, Instant::now(), &mut book);
        drop(book);
        self.changed.notify_one();
        ended
    }

    /// Tasks that are waited for, those included that have ended and were not given out yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.schedule().len()
    }

    /// Whether nothing is waited for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next task that has ended, as it is then, or why waiting for it has ended; `None` when no tasks are left. Each task
    /// comes out once. Failures that may pass end no wait.
    ///
    /// Dropping the future loses nothing. When several wait at once, one of them makes the requests; it has to be polled.
    pub async fn next(&self) -> Option<(TaskId, Result<VideoTask, Error>)> {
        self.drive().await
    }

    /// The tasks as a stream that owns the watcher: `Unpin` and `'static`, for combinators and `select!`. It ends like
    /// [`next`](Self::next), when no task is left; a clone of the `Arc` adds and wakes tasks meanwhile.
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
            // Kept from round to round, so as not to lose its place.
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
                }
            }
        })
    }

    /// Waits until there is a task to wait for: what a service does when [`next`](Self::next) has given `None`.
    pub async fn added(&self) {
        while self.is_empty() {
            self.changed.notified().await;
        }
        // What it was told may have been meant for somebody in `next`.
        self.changed.notify_one();
    }

    fn send(&self, request: Request, permit: Permit) -> Flight {
        let client = self.client.clone();
        Box::pin(async move {
            match request {
                Request::Poll(job) => {
                    let polled = client.poll(&job.id).await;
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
        let mut book = self.client.0.account.durations();
        let mut schedule = self.schedule();
        match response {
            Response::Poll(job, polled) => {
                let now = Instant::now();
                schedule.date(&job, polled.submitted, now);
                schedule.answered(&job, polled.result, now, &mut book);
            }
            Response::Page(result) => schedule.listed(result, Instant::now(), &mut book),
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tasks of a [`Watcher`] as they end; made by [`Watcher::stream`].
#[must_use = "a stream does nothing until it is polled"]
pub struct EndedTasks(Pin<Box<dyn Stream<Item = Ended> + Send>>);

impl EndedTasks {
    pub(crate) fn of(ended: impl Stream<Item = Ended> + Send + 'static) -> Self {
        Self(Box::pin(ended))
    }

    /// The next task that has ended, or an error that ended its wait; `None` when no task is left.
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
