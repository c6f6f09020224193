//! Recording what a client learns of its tasks in its journal, and reading it back.

use secrecy::ExposeSecret as _;

use super::Client;
use crate::journal::{Entry, Event, FileKind, JournalError, Query, Reason, SavedFile, Subject, sha256};
use crate::model::{Error, ErrorKind, TaskId, VideoTask};

impl Client {
    /// The account, as a journal names it: a fingerprint of vendor and key that tells nothing of the key.
    #[must_use]
    pub fn account(&self) -> String {
        let key = self.0.key.expose_secret();
        sha256(format!("{}\n{key}", self.0.vendor).as_bytes())[..16].to_owned()
    }

    /// Notes how a task stands. That it could not be noted costs nothing: the vendor can be asked again.
    pub(crate) async fn note_status(&self, task: &VideoTask) {
        let status = Event::Status {
            status: task.status.clone(),
            error: task.error.clone(),
        };
        self.note_task(&task.id, status).await;
    }

    /// Records a complete file that is about to be moved to its place, so that it is known there whatever ends this
    /// process.
    pub(crate) async fn note_placing(&self, task: &TaskId, kind: FileKind, file: &SavedFile) {
        let file = file.clone();
        self.note_task(task, Event::Placing { kind, file }).await;
    }

    /// Records that a file of a task is in its place, or why it could not be downloaded.
    pub(crate) async fn note_download(&self, task: &TaskId, kind: FileKind, result: Result<&SavedFile, &Error>) {
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
        self.note_task(task, event).await;
    }

    async fn note_task(&self, task: &TaskId, event: Event) {
        if let Some(journal) = &self.0.journal {
            // A journal that cannot be written must not keep a paid video from its owner.
            let _ = journal.note(Subject::Task(task.clone()), event).await;
        }
    }

    /// The journal's entry of a task; `None` without a journal, or when it does not know the task.
    ///
    /// # Errors
    /// `journal` when it cannot be read.
    pub async fn recorded(&self, task: &TaskId) -> Result<Option<Entry>, Error> {
        let by_task = Query {
            task: Some(task.clone()),
            ..Query::default()
        };
        Ok(self.found(by_task).await?.pop())
    }

    /// Entries of the journal; none without one.
    pub(crate) async fn found(&self, query: Query) -> Result<Vec<Entry>, Error> {
        match &self.0.journal {
            Some(journal) => journal.find(query).await.map_err(journal_error),
            None => Ok(Vec::new()),
        }
    }
}

pub(crate) fn journal_error(error: JournalError) -> Error {
    Error::new(ErrorKind::Journal, error.to_string())
}
