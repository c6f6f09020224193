//! Reads and writes of the client's journal: task status and files.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::Client;
use crate::journal::{Entry, Event, FileKind, Found, JournalError, Query, Reason, SavedFile, Subject};
use crate::model::address::scope;
use crate::model::mask::sha256;
use crate::model::{Error, ErrorKind, TaskCost, TaskId, Vendor, VideoTask};

impl Client {
    /// Returns the account's id in the journal: a fingerprint of vendor and API key, from which the key cannot be
    /// derived.
    ///
    /// ```no_run
    /// # fn example(client: videogen::Client) {
    /// println!("{} {}", client.account(), client.origin());
    /// # }
    /// ```
    #[must_use]
    pub fn account(&self) -> String {
        fingerprint(self.0.vendor, &self.0.key)
    }

    /// Returns the origin of the base URL as recorded in the journal: scheme, host and port, and a digest of the path
    /// (which may contain a token).
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// let gateway = videogen::Client::builder(videogen::Vendor::ToApis).key("sk-test").base_url("http://127.0.0.1:8787");
    /// assert_eq!(gateway.build()?.origin(), "http://127.0.0.1:8787");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn origin(&self) -> String {
        origin(&self.0.base_url)
    }

    /// Returns the scope of this client's keys and tasks, and of what its submissions count against budgets; see
    /// [`Intent::scope`](crate::journal::Intent::scope).
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// let client = videogen::Client::builder(videogen::Vendor::ToApis).key("sk-test").build()?;
    /// assert_eq!(client.scope(), "public");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn scope(&self) -> String {
        scope(&self.origin())
    }

    /// Returns whether a submission was made with this client's account and base URL. For entries of older versions,
    /// which lack the base URL, only the account is compared.
    ///
    /// ```no_run
    /// # fn example(client: videogen::Client, entries: Vec<videogen::journal::Entry>) {
    /// let own = entries.iter().filter(|entry| client.owns(entry)).count();
    /// # }
    /// ```
    #[must_use]
    pub fn owns(&self, entry: &Entry) -> bool {
        let intent = &entry.intent;
        intent.account == self.account() && intent.origin.as_ref().is_none_or(|origin| *origin == self.origin())
    }

    /// Returns a journal query for the submissions that this client [owns](Self::owns).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, journal: impl videogen::journal::Journal)
    /// # -> Result<(), videogen::journal::JournalError> {
    /// let entries = journal.find(client.journal_query()).await?.entries;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn journal_query(&self) -> Query {
        Query::default().account(self.account()).origin(self.origin())
    }

    /// Records a task's status and cost, and adds its estimate. Failures are ignored: the vendor can be polled again.
    pub(crate) async fn record_status(&self, task: &mut VideoTask) {
        let status = Event::Status {
            status: task.status.clone(),
            error: task.error.clone(),
            vendor_id: task.vendor_id.clone(),
            word: Some(task.vendor_status.clone())
                .filter(|word| !word.is_empty() && task.status.is_ended() && !task.status.is_completed()),
            units: task.usage.as_ref().and_then(|usage| usage.billable_units),
            videos: u16::try_from(task.videos().count()).ok().filter(|videos| *videos > 1),
        };
        let Some(entry) = self.record_task(&task.id, status).await else {
            return;
        };
        task.expect(entry.expected());
        self.record_cost(task, entry.cost.as_ref()).await;
    }

    /// Records what a task cost, if that is known and not `recorded` yet. If this process dies before, the estimate counts, and
    /// the next poll records the cost. Returns the entry, if it was recorded.
    pub(crate) async fn record_cost(&self, task: &VideoTask, recorded: Option<&TaskCost>) -> Option<Entry> {
        let cost = task.cost_by_vendor().filter(|cost| recorded != Some(cost))?;
        self.record_task(&task.id, Event::Cost { cost }).await
    }

    /// Records a complete file that is about to be moved to its place, so that it is known even if this
    /// process dies.
    pub(crate) async fn record_placing(&self, task: &TaskId, kind: FileKind, file: &SavedFile) {
        let file = file.clone();
        self.record_task(task, Event::Placing { kind, file }).await;
    }

    /// Records that a file of a task is in its place, or why it could not be downloaded.
    pub(crate) async fn record_download(&self, task: &TaskId, kind: FileKind, result: Result<&SavedFile, &Error>) {
        let event = match result {
            Ok(file) => Event::Downloaded {
                kind,
                file: file.clone(),
            },
            Err(error) => Event::DownloadFailed {
                kind,
                reason: Reason::from(error),
            },
        };
        self.record_task(task, event).await;
    }

    /// Records that a reader received all bytes of a file.
    pub(crate) async fn record_streamed(&self, task: &TaskId, kind: FileKind, bytes: u64) {
        let file = SavedFile {
            path: "-".into(),
            bytes: Some(bytes),
            sha256: None,
            placed: true,
            machine: None,
        };
        self.record_download(task, kind, Ok(&file)).await;
    }

    /// Returns the entry of the task, if there is one.
    async fn record_task(&self, task: &TaskId, event: Event) -> Option<Entry> {
        let journal = self.0.journal.as_ref()?;
        // A journal failure must not prevent the download of a paid video.
        journal.record(self.subject(task), event).await.ok().flatten()
    }

    /// Returns the journal entry of a task, or `None` without a journal or when it has no entry for the task.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// if let Some(entry) = client.journal_entry(&id).await? {
    ///     println!("submitted at {}", entry.intent.at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn journal_entry(&self, task: &TaskId) -> Result<Option<Entry>, Error> {
        let by_task = Query::default().task(task.clone()).scope(self.scope());
        Ok(self.known(by_task).await?.pop())
    }

    /// The subject of events about a task of this client.
    pub(crate) fn subject(&self, task: &TaskId) -> Subject {
        Subject::Task {
            task: task.clone(),
            scope: self.scope(),
        }
    }

    /// Queries the journal; returns no entries without one.
    pub(crate) async fn found(&self, query: Query) -> Result<Found, Error> {
        match &self.0.journal {
            Some(journal) => journal.find(query).await.map_err(Error::from),
            None => Ok(Found::default()),
        }
    }

    /// Entries of the journal; fails if a matching one cannot be read.
    pub(crate) async fn known(&self, query: Query) -> Result<Vec<Entry>, Error> {
        let mut found = self.found(query).await?;
        match found.unreadable.pop() {
            Some(record) => Err(JournalError::from(record).into()),
            None => Ok(found.entries),
        }
    }
}

/// The id of an account in the journal.
pub(super) fn fingerprint(vendor: Vendor, key: &SecretString) -> String {
    let key = key.expose_secret();
    sha256(format!("{vendor}\n{key}").as_bytes())[..16].to_owned()
}

/// The origin of a base URL as recorded in the journal.
pub(super) fn origin(base_url: &str) -> String {
    let Ok(url) = Url::parse(base_url) else {
        return base_url.to_owned();
    };
    let origin = url.origin().ascii_serialization();
    match url.path().trim_end_matches('/') {
        "" => origin,
        path => format!("{origin}/{}", &sha256(path.as_bytes())[..8]),
    }
}

/// Error of a call that does nothing without a journal.
pub(crate) fn no_journal(what: &str) -> Error {
    Error::new(ErrorKind::Config, format!("{what} requires a journal"))
        .with_advice("set one with ClientBuilder::journal")
}
