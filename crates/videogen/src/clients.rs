//! Several clients behind one interface.
//!
//! Floor 7: selects a client for each call by model or task; the calls themselves belong to the activities below.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::stream;

use crate::client::Client;
use crate::download::options::Downloaded;
use crate::model::{Capabilities, Error, ErrorKind, TaskRef, Vendor, VideoRequest, VideoTask};
use crate::wait::{EndedTasks, Watched, Watcher};

/// Clients of several vendors. A request is sent to the vendor that serves its model; calls about a task go to the task's
/// vendor.
///
/// ```no_run
/// # async fn example() -> Result<(), videogen::Error> {
/// use videogen::{Client, Clients, Vendor, VideoRequest};
///
/// let clients = Clients::new([Client::from_env(Vendor::Token360)?, Client::from_env(Vendor::ToApis)?]);
/// let tasks = [
///     clients.submit(VideoRequest::new("seedance-2.0", "a paper boat")).await?,
///     clients.submit(VideoRequest::new("doubao-seedance-1-5-pro", "a kite")).await?,
/// ];
/// let mut ended = clients.wait_all(&tasks)?;
/// while let Some((id, result)) = ended.next().await {
///     let task = result?;
///     println!("{id}: {}", task.status);
///     if task.status.is_completed() {
///         clients.download(&task, format!("{}.mp4", id.id())).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Clients(Vec<Client>);

impl Clients {
    /// Creates a set with one client for each vendor. A later client replaces an earlier one of the same vendor.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// use videogen::{Client, Clients, Vendor};
    ///
    /// let client = |vendor| Client::builder(vendor).key("sk-test").build();
    /// let clients = Clients::new([client(Vendor::Token360)?, client(Vendor::ToApis)?]);
    ///
    /// let vendors: Vec<Vendor> = clients.iter().map(Client::vendor).collect();
    /// assert_eq!(vendors, [Vendor::Token360, Vendor::ToApis]);
    /// assert_eq!(clients.of(Vendor::ToApis)?.vendor(), Vendor::ToApis);
    /// assert!(clients.of(Vendor::AllToken).is_err());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Self {
        let mut kept: Vec<Client> = Vec::new();
        for client in clients {
            kept.retain(|other| other.vendor() != client.vendor());
            kept.push(client);
        }
        Self(kept)
    }

    /// Creates a client for each vendor whose API key is set in the environment.
    ///
    /// # Errors
    /// `config` when a key is set and its client cannot be built, for example because of an invalid base URL.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), videogen::Error> {
    /// // Reads TOKEN360_API_KEY, TOAPIS_API_KEY and ALLTOKEN_API_KEY.
    /// let clients = videogen::Clients::from_env()?;
    /// for client in clients.iter() {
    ///     println!("{}", client.vendor().name());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        let has_key = |vendor: &&Vendor| std::env::var(vendor.facts().key_env).is_ok_and(|key| !key.trim().is_empty());
        let clients: Result<Vec<Client>, Error> = Vendor::ALL
            .iter()
            .filter(has_key)
            .map(|v| Client::from_env(*v))
            .collect();
        Ok(Self(clients?))
    }

    /// Iterates over the clients; see [`new`](Self::new).
    pub fn iter(&self) -> impl Iterator<Item = &Client> {
        self.0.iter()
    }

    /// Returns the client of a vendor; see [`new`](Self::new).
    ///
    /// # Errors
    /// `config` when the set has none.
    pub fn of(&self, vendor: Vendor) -> Result<&Client, Error> {
        self.0.iter().find(|client| client.vendor() == vendor).ok_or_else(|| {
            let message = format!(
                "no client for {}; set {} or add one",
                vendor.name(),
                vendor.facts().key_env
            );
            Error::new(ErrorKind::Config, message)
        })
    }

    /// Returns the client that serves `model`: the only client whose vendor's spec lists it, or the only client in the set.
    ///
    /// # Errors
    /// `config` when no client's vendor lists the model, or several do; select one with [`of`](Self::of).
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// # use videogen::{Client, Clients, Vendor};
    /// # let client = |vendor| Client::builder(vendor).key("sk-test").build();
    /// let clients = Clients::new([client(Vendor::Token360)?, client(Vendor::ToApis)?]);
    /// assert_eq!(clients.for_model("seedance-2.0")?.vendor(), Vendor::Token360);
    /// assert_eq!(clients.for_model("doubao-seedance-1-5-pro")?.vendor(), Vendor::ToApis);
    /// assert!(clients.for_model("unknown-model").is_err());
    /// # Ok(()) }
    /// ```
    pub fn for_model(&self, model: &str) -> Result<&Client, Error> {
        if let [only] = self.0.as_slice() {
            return Ok(only);
        }
        let serves = |client: &&Client| Capabilities::of(client.vendor(), model).is_known();
        let found: Vec<&Client> = self.0.iter().filter(serves).collect();
        match found.as_slice() {
            [client] => Ok(client),
            several => {
                let names = |clients: &[&Client]| {
                    let names: Vec<_> = clients.iter().map(|client| client.vendor().name()).collect();
                    names.join(", ")
                };
                let message = if several.is_empty() {
                    let all: Vec<&Client> = self.0.iter().collect();
                    format!(
                        "no client serves the model `{model}`; available clients: {}",
                        names(&all)
                    )
                } else {
                    format!(
                        "several clients serve the model `{model}`: {}; select one by its vendor",
                        names(several)
                    )
                };
                Err(Error::new(ErrorKind::Config, message))
            }
        }
    }

    /// Submits `request` with the client that serves its model.
    ///
    /// # Errors
    /// The same as [`for_model`](Self::for_model) and [`Client::submit`].
    pub async fn submit(&self, request: impl Borrow<VideoRequest>) -> Result<VideoTask, Error> {
        let request = request.borrow();
        self.for_model(&request.model)?.submit(request).await
    }

    /// Returns the client of a task's vendor.
    ///
    /// # Errors
    /// `config` when the set has none.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// # use videogen::{Client, Clients, TaskId, Vendor};
    /// # let client = |vendor| Client::builder(vendor).key("sk-test").build();
    /// let clients = Clients::new([client(Vendor::Token360)?, client(Vendor::ToApis)?]);
    /// let id: TaskId = "toapis:generations:task-1".parse()?;
    /// assert_eq!(clients.for_task(&id)?.vendor(), Vendor::ToApis);
    /// # Ok(()) }
    /// ```
    pub fn for_task(&self, task: impl TaskRef) -> Result<&Client, Error> {
        let id = task.task_id();
        self.of(id.vendor()).map_err(|error| error.with_task(id))
    }

    /// Waits for one task.
    ///
    /// # Errors
    /// The same as [`for_task`](Self::for_task) and [`Client::wait`].
    ///
    /// ```no_run
    /// # async fn example(clients: videogen::Clients) -> Result<(), videogen::Error> {
    /// let id: videogen::TaskId = "toapis:generations:task-1".parse()?;
    /// println!("{}", clients.wait(&id).await?.status);
    /// # Ok(()) }
    /// ```
    pub async fn wait(&self, task: impl TaskRef) -> Result<VideoTask, Error> {
        self.for_task(&task)?.wait(task.task_id()).await
    }

    /// Downloads the video of a task.
    ///
    /// # Errors
    /// The same as [`for_task`](Self::for_task) and [`Client::download`].
    pub async fn download(&self, task: impl TaskRef, path: impl AsRef<Path>) -> Result<Downloaded, Error> {
        self.for_task(&task)?.download(task, path).await
    }

    /// Returns a stream of the tasks as they end, of any vendors; it uses one [`Watcher`] for each vendor.
    ///
    /// # Errors
    /// `config` when the set has no client for a task's vendor.
    pub fn wait_all(&self, tasks: impl IntoIterator<Item: Into<Watched>>) -> Result<EndedTasks, Error> {
        let mut watchers: HashMap<Vendor, Watcher> = HashMap::new();
        for task in tasks {
            let task = task.into();
            let client = self.for_task(&task.id)?;
            watchers
                .entry(client.vendor())
                .or_insert_with(|| client.watcher())
                .add(task);
        }
        let streams = watchers.into_values().map(|watcher| Arc::new(watcher).stream());
        Ok(EndedTasks::of(stream::select_all(streams)))
    }
}

impl FromIterator<Client> for Clients {
    fn from_iter<I: IntoIterator<Item = Client>>(clients: I) -> Self {
        Self::new(clients)
    }
}
