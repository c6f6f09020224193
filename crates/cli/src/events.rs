//! Events of tasks, one JSON object per line, for programs that follow a command while it runs. Depends on
//! the documents and `text`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{SubsecRound as _, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use videogen::{TaskId, TaskStatus, Timestamp, Vendor};

use crate::error::ErrorDocument;
use crate::result::TaskResult;
use crate::text;

/// One line of `--events`. The first line names the task, or the job of a batch, if there is one; only uploads come before it.
/// The last line of each of them is its `result`.
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
    /// Id of the job in its batch, or the number of the submission in a command with several, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a str>,
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
    /// A vendor has not taken a request, and the next one of several is tried. `vendor` of the event is the one that refused.
    Refused {
        /// Why.
        error: &'a ErrorDocument,
        /// The vendor that is tried next.
        next: Vendor,
    },
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
    /// An upload made progress; at most once per second for each file.
    Uploading {
        /// The file.
        file: &'a str,
        /// Bytes sent. A retry begins again at the first byte.
        bytes: u64,
        /// Size of the file.
        total: u64,
    },
    /// The vendor checks an uploaded file, which has a status for the first time.
    Checking {
        /// The file.
        file: &'a str,
        /// Id of its asset.
        asset: &'a str,
        /// Status of the asset.
        status: String,
    },
    /// Requests can use a file.
    Uploaded {
        /// The file.
        file: &'a str,
        /// Whether it was uploaded before, and nothing was sent now.
        reused: bool,
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
        #[schemars(with = "TaskResult")]
        result: Shown<'a>,
    },
    /// The command failed before it had a result for any task. It submitted nothing.
    Error {
        /// Why.
        error: &'a ErrorDocument,
    },
}

/// A result.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Shown<'a> {
    /// Of a task.
    New(&'a TaskResult),
    /// Of a job, as its batch records it.
    Recorded(&'a Value),
}

/// What an event is about.
#[derive(Default)]
pub(crate) struct About<'a> {
    pub(crate) vendor: Option<Vendor>,
    pub(crate) id: Option<&'a TaskId>,
    /// Id of the job in its batch; that of a known task is added.
    pub(crate) item: Option<&'a str>,
}

/// The events of a command.
pub(crate) struct EventLog {
    /// Lines without a task that wait for the first line with one, so that this line is the first.
    held: Mutex<Option<Vec<String>>>,
    /// The job of each task of a batch, or its number in the command.
    items: Mutex<HashMap<TaskId, String>>,
}

impl Default for EventLog {
    fn default() -> Self {
        Self {
            held: Mutex::new(Some(Vec::new())),
            items: Mutex::default(),
        }
    }
}

impl EventLog {
    /// Names the job of a task for all of its events.
    pub(crate) fn name(&self, id: &TaskId, item: &str) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.insert(id.clone(), item.to_owned());
    }

    /// Prints an event at once.
    ///
    /// # Errors
    /// When `print` fails.
    pub(crate) fn write<E>(
        &self,
        about: &About<'_>,
        what: What<'_>,
        print: impl Fn(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_last = matches!(what, What::Result { .. } | What::Error { .. });
        let is_upload = matches!(
            what,
            What::Uploading { .. } | What::Checking { .. } | What::Uploaded { .. }
        );
        let at = Utc::now().trunc_subsecs(3);
        let About { vendor, id, item } = *about;
        let line = {
            let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            let item = item.or_else(|| items.get(id?).map(String::as_str));
            text::json_line(&Event {
                at,
                id,
                vendor,
                item,
                what,
            })
        };
        let is_named = id.is_some() || item.is_some();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.as_mut() {
            None => print(&line),
            Some(_) if is_upload => print(&line),
            Some(lines) if !is_named && !is_last => {
                lines.push(line);
                Ok(())
            }
            Some(_) => {
                let earlier = held.take().unwrap_or_default();
                let before = if is_named { vec![line.clone()] } else { Vec::new() };
                let after = if is_named { Vec::new() } else { vec![line] };
                before
                    .into_iter()
                    .chain(earlier)
                    .chain(after)
                    .try_for_each(|line| print(&line))
            }
        }
    }

    /// Prints the lines that waited for a task to be named, and holds none from now on.
    ///
    /// # Errors
    /// When `print` fails.
    pub(crate) fn release<E>(&self, print: impl Fn(&str) -> Result<(), E>) -> Result<(), E> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        held.iter().flatten().try_for_each(|line| print(line))
    }
}
