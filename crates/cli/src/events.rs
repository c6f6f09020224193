//! Events of tasks, one JSON object per line, for programs that follow a command while it runs. Depends on
//! the documents and `text`.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use chrono::{SubsecRound as _, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use videogen::{TaskId, TaskStatus, Timestamp, Vendor};

use crate::error::ErrorDocument;
use crate::result::TaskResult;
use crate::text;

/// One line of `--events`. The first line names the task, if there is one, and the last line of each task is its `result`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Event<'a> {
    /// When it happened.
    at: Timestamp,
    /// The task.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a TaskId>,
    /// Its vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<Vendor>,
    /// What happened.
    #[serde(flatten)]
    what: What<'a>,
}

/// What happened.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum What<'a> {
    /// The vendor has the task, from this or an earlier submission.
    Submitted,
    /// A status that the command saw for the first time.
    Status {
        /// The status.
        status: &'a TaskStatus,
        /// Progress in percent, if the vendor reports it.
        #[serde(skip_serializing_if = "Option::is_none")]
        progress: Option<u8>,
    },
    /// Progress of a task with the same status.
    Progress {
        /// In percent.
        progress: u8,
    },
    /// A poll failed and is retried.
    Retrying {
        /// Why.
        error: &'a ErrorDocument,
    },
    /// A download made progress; at most once per second for each file.
    Downloading {
        /// The file.
        path: Cow<'a, str>,
        /// Bytes received.
        bytes: u64,
        /// Size of the file, if it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        total: Option<u64>,
    },
    /// A file is complete.
    Downloaded {
        /// The file.
        path: Cow<'a, str>,
        /// Its size.
        bytes: u64,
    },
    /// A note for people.
    Note {
        /// Its text.
        text: &'a str,
    },
    /// The outcome of the task; nothing follows.
    Result {
        /// The same as in the document of `--json`.
        result: &'a TaskResult,
    },
    /// The command failed before it had a result for any task. It submitted nothing.
    Error {
        /// Why.
        error: &'a ErrorDocument,
    },
}

/// The events of a command.
pub(crate) struct EventLog {
    /// Lines without a task that wait for the first line with one, so that this line is the first.
    held: Mutex<Option<Vec<String>>>,
}

impl Default for EventLog {
    fn default() -> Self {
        Self {
            held: Mutex::new(Some(Vec::new())),
        }
    }
}

impl EventLog {
    /// Prints an event at once.
    ///
    /// # Errors
    /// When `print` fails.
    pub(crate) fn write<E>(
        &self,
        vendor: Option<Vendor>,
        id: Option<&TaskId>,
        what: What<'_>,
        print: impl Fn(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_last = matches!(what, What::Result { .. } | What::Error { .. });
        let at = Utc::now().trunc_subsecs(3);
        let line = text::json_line(&Event { at, id, vendor, what });
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.as_mut() {
            None => print(&line),
            Some(lines) if id.is_none() && !is_last => {
                lines.push(line);
                Ok(())
            }
            Some(_) => {
                let earlier = held.take().unwrap_or_default();
                let before = if id.is_some() { vec![line.clone()] } else { Vec::new() };
                let after = if id.is_some() { Vec::new() } else { vec![line] };
                before
                    .into_iter()
                    .chain(earlier)
                    .chain(after)
                    .try_for_each(|line| print(&line))
            }
        }
    }
}
