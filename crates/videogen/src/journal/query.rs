//! Selection of entries: the subject of an event, and queries.

use serde::{Deserialize, Serialize};

use crate::model::{TaskId, TaskStatus, Timestamp, Vendor};

/// Subject of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The entry with this id.
    Intent(String),
    /// One attempt of the entry with this id.
    Attempt {
        /// Id of the entry.
        id: String,
        /// Number of the attempt, from 1.
        attempt: u32,
    },
    /// The entry that created this task.
    Task {
        /// The task.
        task: TaskId,
        /// The [scope](crate::journal::Intent::scope) of the base URL of the task.
        scope: String,
    },
}

/// Filter of journal entries. Fields that are not set match everything.
///
/// ```
/// use videogen::journal::Query;
///
/// let query = Query::default().key("order-4711").unfinished(true).limit(10);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Query {
    /// Entries of this account; see [`Client::account`](crate::Client::account).
    pub account: Option<String>,
    /// Entries with this [origin](crate::journal::Intent::origin), or without one.
    pub origin: Option<String>,
    /// Entries in this [scope](crate::journal::Intent::scope), or without one.
    pub scope: Option<String>,
    /// The entry with this id.
    pub intent: Option<String>,
    /// Entries with this idempotency key.
    pub key: Option<String>,
    /// The entry that created this task.
    pub task: Option<TaskId>,
    /// Whose task has this [other id](crate::journal::Entry::vendor_id) in the vendor's answers.
    pub vendor_id: Option<String>,
    /// Entries with this client reference.
    pub client_reference: Option<String>,
    /// Only entries whose submission status is unknown.
    pub open: bool,
    /// Only entries whose task had not ended when last checked, or whose output files are missing.
    pub unfinished: bool,
    /// Entries whose last attempt was submitted at this time or later.
    pub since: Option<Timestamp>,
    /// Entries of this vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// Entries with this [status](crate::journal::Entry::status_name): that of the task, or of a submission without a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Entries after this position: the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Position>,
    /// Maximum number of entries.
    pub limit: Option<u32>,
}

/// A position in the entries of a journal, which are sorted by time, newest first, and by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Position {
    /// Time of the last attempt.
    pub at: Timestamp,
    /// Id of the entry.
    pub id: String,
}

impl Position {
    /// Creates the position of an entry.
    pub fn new(at: Timestamp, id: impl Into<String>) -> Self {
        Self { at, id: id.into() }
    }
}

impl Query {
    /// Selects the entries of an account; see [`Client::account`](crate::Client::account).
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Selects the entries with this [origin](crate::journal::Intent::origin), or without one.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Selects the entries in this [scope](crate::journal::Intent::scope), or without one.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Selects the entry with this id.
    #[must_use]
    pub fn intent(mut self, intent: impl Into<String>) -> Self {
        self.intent = Some(intent.into());
        self
    }

    /// Selects the entries with this idempotency key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Selects the entry that created this task.
    #[must_use]
    pub fn task(mut self, task: TaskId) -> Self {
        self.task = Some(task);
        self
    }

    /// Selects the entries whose task has this [other id](crate::journal::Entry::vendor_id) in the vendor's responses.
    #[must_use]
    pub fn vendor_id(mut self, vendor_id: impl Into<String>) -> Self {
        self.vendor_id = Some(vendor_id.into());
        self
    }

    /// Selects the entries with this client reference.
    #[must_use]
    pub fn client_reference(mut self, client_reference: impl Into<String>) -> Self {
        self.client_reference = Some(client_reference.into());
        self
    }

    /// Selects the entries whose submission status is unknown.
    #[must_use]
    pub fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// Selects the entries whose task had not ended when last checked, or whose output files are missing.
    #[must_use]
    pub fn unfinished(mut self, unfinished: bool) -> Self {
        self.unfinished = unfinished;
        self
    }

    /// Selects the entries whose last attempt was submitted at this time or later.
    #[must_use]
    pub fn since(mut self, since: Timestamp) -> Self {
        self.since = Some(since);
        self
    }

    /// Selects the entries of a vendor.
    #[must_use]
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }

    /// Selects the entries with this [status](crate::journal::Entry::status_name). A vendor's word for a status is accepted.
    #[must_use]
    pub fn status(mut self, status: impl AsRef<str>) -> Self {
        self.status = Some(TaskStatus::from_vendor(status.as_ref()).as_str().to_owned());
        self
    }

    /// Selects the entries after a position: the next page.
    #[must_use]
    pub fn after(mut self, position: Position) -> Self {
        self.after = Some(position);
        self
    }

    /// Sets the maximum number of entries.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}
