//! Several clients under one roof.
//!
//! Floor 6: chooses a client for each call, and knows nothing of what the call does.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream;

use crate::client::Client;
use crate::model::{Capabilities, Error, ErrorKind, TaskRef, Vendor, VideoRequest, VideoTask};
use crate::wait::{EndedTasks, Watched, Watcher};

/// Clients of several vendors: a request goes to the one that serves its model, a task to the one that made it.
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
///     println!("{id}: {}", result?.status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Clients(Vec<Client>);

impl Clients {
    /// These clients, one for each vendor. Of two for one vendor the later replaces the earlier.
    #[must_use]
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Self {
        let mut kept: Vec<Client> = Vec::new();
        for client in clients {
            kept.retain(|other| other.vendor() != client.vendor());
            kept.push(client);
        }
        Self(kept)
    }

    /// A client for each vendor whose key is in the environment; none where there is no key.
    ///
    /// # Errors
    /// `config` when a key is set and the client cannot be made, such as by an unusable base URL.
    pub fn from_env() -> Result<Self, Error> {
        let has_key = |vendor: &&Vendor| std::env::var(vendor.facts().key_env).is_ok_and(|key| !key.trim().is_empty());
        let clients: Result<Vec<Client>, Error> = Vendor::ALL
            .iter()
            .filter(has_key)
            .map(|v| Client::from_env(*v))
            .collect();
        Ok(Self(clients?))
    }

    /// Every client.
    pub fn iter(&self) -> impl Iterator<Item = &Client> {
        self.0.iter()
    }

    /// The client of a vendor.
    ///
    /// # Errors
    /// `config` when there is none.
    pub fn of(&self, vendor: Vendor) -> Result<&Client, Error> {
        self.0.iter().find(|client| client.vendor() == vendor).ok_or_else(|| {
            let message = format!("there is no client for {}", vendor.name());
            Error::new(ErrorKind::Config, message)
        })
    }

    /// The client that serves `model`: the only one whose vendor's spec names it, or the only client there is.
    ///
    /// # Errors
    /// `config` when no client's vendor names the model, or several do; choose with [`of`](Self::of) then.
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
                        "no client serves the model `{model}`; there are clients for: {}",
                        names(&all)
                    )
                } else {
                    format!(
                        "several clients serve the model `{model}`: {}; choose one by its vendor",
                        names(several)
                    )
                };
                Err(Error::new(ErrorKind::Config, message))
            }
        }
    }

    /// Submits `request` to the client that serves its model.
    ///
    /// # Errors
    /// As [`for_model`](Self::for_model) and [`Client::submit`].
    pub async fn submit(&self, request: impl Borrow<VideoRequest>) -> Result<VideoTask, Error> {
        let request = request.borrow();
        self.for_model(&request.model)?.submit(request).await
    }

    /// The client that made a task.
    ///
    /// # Errors
    /// `config` when there is no client for its vendor.
    pub fn for_task(&self, task: impl TaskRef) -> Result<&Client, Error> {
        let id = task.task_id();
        self.of(id.vendor()).map_err(|error| error.with_task(id))
    }

    /// Waits for one task.
    ///
    /// # Errors
    /// As [`for_task`](Self::for_task) and [`Client::wait`].
    pub async fn wait(&self, task: impl TaskRef) -> Result<VideoTask, Error> {
        self.for_task(&task)?.wait(task.task_id()).await
    }

    /// Waits for tasks of any of the vendors: a stream of the tasks as they end, one [`Watcher`] for each vendor.
    ///
    /// # Errors
    /// `config` when there is no client for the vendor of a task.
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
