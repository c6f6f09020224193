//! Tasks that could not be recorded because the database was down after the vendor had accepted them. Each is kept in a file of a
//! folder of this machine until it is recorded. Several journals may share the folder: each has an id, which does not depend on how
//! the URL of its database is written.

#![cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "a file is on this machine"))]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use videogen::TaskId;
use videogen::journal::{Event, JournalError, Subject};

use crate::system;

/// A folder with a file for each task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// The id of the journal.
    journal: String,
}

/// A task that is kept.
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    /// The id of the journal.
    journal: String,
    pub(crate) subject: Subject,
    pub(crate) event: Event,
}

/// What became of the tasks that were kept; see [`Store::replay`](crate::Store::replay).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// Number of tasks that are recorded now.
    pub recorded: usize,
    /// The tasks that are left.
    pub left: Vec<Unrecorded>,
}

/// A task that was kept while a database was down, and cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unrecorded {
    /// The file that keeps it.
    pub path: PathBuf,
    /// The task; `None` if the file cannot be read.
    pub task: Option<TaskId>,
    /// Why it cannot be recorded.
    pub reason: String,
}

impl Spool {
    pub(crate) fn new(folder: &Path, journal: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            journal: journal.to_owned(),
        }
    }

    /// Whether the event has a task that was paid for, and its submission can be named.
    pub(crate) fn takes(subject: &Subject, event: &Event) -> bool {
        task(event).is_some() && !matches!(subject, Subject::Task { .. })
    }

    /// Keeps an event on disk, and returns the path of its file.
    pub(crate) fn keep(&self, subject: &Subject, event: &Event) -> io::Result<PathBuf> {
        let (id, attempt) = match subject {
            Subject::Intent(id) => (id, None),
            Subject::Attempt { id, attempt } => (id, Some(*attempt)),
            Subject::Task { .. } => return Err(io::Error::other("it names no submission")),
        };
        fs::create_dir_all(&self.folder)?;
        let name = id.replace(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-', "_");
        let path = self.folder.join(format!("{name}.{}.json", attempt.unwrap_or_default()));
        let document = json!({"journal": self.journal, "intent": id, "attempt": attempt, "event": event});
        // Complete or not at all.
        let partial = path.with_extension(format!("{}.partial", std::process::id()));
        let mut file = File::create(&partial)?;
        file.write_all(document.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&partial, &path)?;
        system::sync_folder(&self.folder)?;
        Ok(path)
    }

    /// The tasks of this journal that are kept, and the files that cannot be read.
    pub(crate) fn kept(&self) -> Vec<Result<Kept, (PathBuf, String)>> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
        paths.sort();
        paths
            .into_iter()
            .map(|path| read(&path).map_err(|reason| (path, reason)))
            .filter(|kept| kept.as_ref().map_or(true, |kept| kept.journal == self.journal))
            .collect()
    }
}

/// The task that was paid for.
fn task(event: &Event) -> Option<&TaskId> {
    match event {
        Event::Accepted { task, .. } | Event::Found { task, .. } => Some(task),
        _ => None,
    }
}

impl Kept {
    /// It is left, for a reason.
    pub(crate) fn left(self, reason: String) -> Unrecorded {
        Unrecorded {
            task: task(&self.event).cloned(),
            path: self.path,
            reason,
        }
    }
}

fn read(path: &Path) -> Result<Kept, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let journal = document["journal"].as_str().unwrap_or_default().to_owned();
    let id = document["intent"].as_str().ok_or("it names no submission")?.to_owned();
    let attempt = document["attempt"].as_u64().and_then(|attempt| attempt.try_into().ok());
    let event = serde_json::from_value(document["event"].take()).map_err(|error| error.to_string())?;
    let subject = match attempt {
        Some(attempt) => Subject::Attempt { id, attempt },
        None => Subject::Intent(id),
    };
    Ok(Kept {
        path: path.to_owned(),
        journal,
        subject,
        event,
    })
}

/// The error of an event that was not recorded, with where it is kept.
pub(crate) fn kept_error(error: &JournalError, kept: io::Result<PathBuf>) -> JournalError {
    match kept {
        Ok(path) => JournalError::new(format!(
            "{error}; the task is kept in {} and recorded when the journal can be used again",
            path.display()
        ))
        .kept(),
        Err(reason) => JournalError::new(format!(
            "{error}; and the task cannot be kept on this machine: {reason}"
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(&folder.path().join("spool"), "own");
        assert!(spool.kept().is_empty());
        let event: Event = serde_json::from_value(json!({
            "event": "accepted", "task": "ark:contents:a", "status": "queued",
        }))
        .unwrap();
        let subject = Subject::Attempt {
            id: "order/7".to_owned(),
            attempt: 2,
        };
        assert!(Spool::takes(&subject, &event) && !Spool::takes(&subject, &Event::Dismissed));
        let path = spool.keep(&subject, &event).unwrap();
        // A second try keeps it once.
        assert_eq!(spool.keep(&subject, &event).unwrap(), path);
        fs::write(folder.path().join("spool/odd.json"), "{").unwrap();
        let kept = spool.kept();
        assert!(kept[0].is_err() && kept.len() == 2);
        let found = kept[1].as_ref().ok().unwrap();
        assert_eq!((&found.path, &found.subject, &found.event), (&path, &subject, &event));
        // Another journal leaves it.
        assert_eq!(Spool::new(&folder.path().join("spool"), "other").kept().len(), 1);
    }
}
