//! One record: which columns it has, and how they are read. The same in every engine.

use videogen::TaskId;
use videogen::journal::{Entry, JournalError, Unreadable};
use videogen::price::Money;

use crate::error::broken;

/// A text column, or what it has instead of text.
pub(crate) type Text = Result<String, &'static str>;

/// The columns that an entry is read from.
pub(crate) struct Columns {
    /// What the record is called if its id cannot be read.
    pub(crate) place: String,
    pub(crate) intent: Text,
    pub(crate) key: Text,
    pub(crate) task: Text,
    pub(crate) entry: Text,
}

impl Columns {
    /// The entry, or why it cannot be read.
    pub(crate) fn read(self) -> Result<Entry, Unreadable> {
        let unreadable = |reason: String| {
            let id = self.intent.clone().unwrap_or_else(|_| self.place.clone());
            Unreadable::new(id, reason).task(self.task.clone().ok())
        };
        let entry = match &self.entry {
            Ok(entry) => entry,
            Err(kind) => return Err(unreadable(format!("column entry: {kind} where JSON text should be"))),
        };
        let entry: Entry = match serde_json::from_str(entry) {
            Ok(entry) => entry,
            Err(error) => return Err(unreadable(format!("column entry: {error}"))),
        };
        // The columns must match the entry.
        let task = self.task.as_ref().ok().map(|task| task.parse::<TaskId>().ok());
        let columns = [
            ("intent", self.intent.as_ref() == Ok(&entry.intent.id)),
            ("key", self.key.as_ref() == Ok(&entry.intent.key)),
            ("task", task == entry.task.clone().map(Some)),
        ];
        match columns.iter().find(|(_, agrees)| !agrees) {
            Some((name, _)) => Err(unreadable(format!("column {name} contradicts column entry"))),
            None => Ok(entry),
        }
    }
}

/// The values of the columns that are computed from an entry; the others are its fields.
pub(crate) struct Values {
    pub(crate) scope: Option<String>,
    pub(crate) task: Option<String>,
    /// Milliseconds since 1970.
    pub(crate) begun: i64,
    /// The whole entry as JSON.
    pub(crate) entry: String,
    /// What it counts in each of at most two currencies.
    pub(crate) counted: Option<Money>,
    pub(crate) other_counted: Option<Money>,
    pub(crate) charge: &'static str,
}

impl Values {
    pub(crate) fn of(entry: &Entry) -> Result<Self, JournalError> {
        let mut counted = entry.counted().into_iter();
        Ok(Self {
            scope: entry.intent.scope(),
            task: entry.task.as_ref().map(ToString::to_string),
            begun: entry.intent.at.timestamp_millis(),
            entry: serde_json::to_string(entry).map_err(broken)?,
            counted: counted.next(),
            other_counted: counted.next(),
            charge: entry.charge().kind.as_str(),
        })
    }
}

/// The error of a task that another submission has.
pub(crate) fn taken(task: &str) -> JournalError {
    JournalError::new(format!("the task {task} already belongs to another submission"))
}
