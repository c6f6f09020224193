//! What a client writes into its journal.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::Utc;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Destination, Entry, Event, FileKind, Intent, Query, Reason, SavedFile, Subject};
use crate::reconcile::journal_error;
use crate::{Capabilities, Client, Downloaded, Error, ErrorKind, SubmitOptions, TaskId, VideoRequest, VideoTask};

impl Client {
    /// The account, as a journal names it: a fingerprint of vendor and key that tells nothing of the key.
    #[must_use]
    pub fn account(&self) -> String {
        let key = self.0.key.expose_secret();
        sha256(format!("{}\n{key}", self.0.vendor).as_bytes())[..16].to_owned()
    }

    /// What is to be committed before `request` is sent.
    /// `asked` as the caller put it, `request` as it is sent.
    pub(crate) fn intent(&self, options: &SubmitOptions, asked: &VideoRequest, request: &VideoRequest) -> Intent {
        let vendor = self.0.vendor;
        let rules = Capabilities::of(vendor, &request.model);
        let id = Uuid::now_v7().to_string();
        // With an id of its own the vendor can find it again for sure.
        let own = || {
            let finds = vendor.finds_by_reference().is_some() && rules.field("client_reference").is_some();
            finds.then(|| id.clone())
        };
        // Where the vendor calls may have a token of its own each time, and is no part of what is asked for.
        let mut asked = json!(asked);
        if let Some(asked) = asked.as_object_mut() {
            asked.remove("callback_url");
        }
        let now = Utc::now();
        Intent {
            key: match &options.idempotency_key {
                Some(key) => self.keepable_key(key),
                None => id.clone(),
            },
            account: self.account(),
            vendor,
            family: rules.family.name.to_owned(),
            model: request.model.clone(),
            prompt: self.judge().hide(&request.prompt),
            client_reference: request
                .client_reference
                .as_deref()
                .map(|own| self.judge().hide(own))
                .or_else(own),
            request_hash: sha256(asked.to_string().as_bytes()),
            request: self.keepable(json!(request)),
            at: now,
            until: now,
            target: options.target.clone(),
            id,
        }
    }

    /// The caller's key; where it is, or holds, a secret, what stands for it.
    fn keepable_key(&self, key: &str) -> String {
        let hidden = self.judge().hide(key);
        if hidden == key {
            return hidden;
        }
        format!("{hidden}#{}", &sha256(key.as_bytes())[..32])
    }

    /// A request without what may not be kept: of URLs only the hosts remain, of media inside it their digests.
    fn keepable(&self, value: Value) -> Value {
        match value {
            Value::String(text) if text.starts_with("data:") => {
                let media_type = text[5..].split([';', ',']).next().unwrap_or_default();
                json!(format!("data:{media_type};sha256,{}", sha256(text.as_bytes())))
            }
            Value::String(text) => json!(self.judge().hide(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.keepable(item)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| (self.judge().hide(&name), self.keepable(value)))
                .collect(),
            scalar => scalar,
        }
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

    /// The journal's entry of an idempotency key; `None` without a journal, or when the key is new.
    ///
    /// # Errors
    /// `journal` when it cannot be read.
    pub async fn recorded_with_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let by_key = Query {
            key: Some(self.keepable_key(key)),
            ..Query::default()
        };
        Ok(self.found(by_key).await?.pop())
    }

    /// The file at `path`, if the journal knows it as this file of the task and it is still as it was written. Nothing has
    /// to be downloaded then. A file that a process left in its place when it was killed is recorded.
    ///
    /// Size and content are compared, so the whole file is read.
    pub async fn saved(&self, task: &TaskId, kind: FileKind, path: impl AsRef<Path>) -> Option<Downloaded> {
        let path = path.as_ref().to_owned();
        let entry = self.recorded(task).await.ok()??;
        let file = entry.saved(kind)?.clone();
        let (known, place) = (file.clone(), path.clone());
        let is_there = tokio::task::spawn_blocking(move || known.is_at(&place)).await;
        if !is_there.is_ok_and(|is_there| is_there) {
            return None;
        }
        if !file.placed {
            self.note_download(task, kind, Ok(&file)).await;
        }
        Some(Downloaded {
            path,
            bytes: file.bytes?,
        })
    }

    async fn note_task(&self, task: &TaskId, event: Event) {
        if let Some(journal) = &self.0.journal {
            // A journal that cannot be written must not keep a paid video from its owner.
            let _ = journal.note(Subject::Task(task.clone()), event).await;
        }
    }

    /// Records where the files of a task are to be written, for a task that was submitted without
    /// [`SubmitOptions::target`], or with another one. Until they are there, [`recover`](Self::recover) returns it as
    /// unfinished.
    ///
    /// # Errors
    /// `journal` when it cannot be written.
    pub async fn note_target(&self, task: &TaskId, target: Destination) -> Result<(), Error> {
        if let Some(journal) = &self.0.journal {
            let noted = journal.note(Subject::Task(task.clone()), Event::Target { target });
            noted.await.map_err(journal_error)?;
        }
        Ok(())
    }

    /// Decides what became of an open submission: it made `task`, or none.
    ///
    /// # Errors
    /// `config` without a journal; `not_found` when it has no such entry; `conflict` when its fate is known already;
    /// `journal` when it cannot be written, or the task is another submission's. With a task also as
    /// [`get`](Self::get), which is asked first.
    pub async fn settle(&self, intent: &str, task: Option<&TaskId>) -> Result<Entry, Error> {
        let Some(journal) = &self.0.journal else {
            return Err(Error::new(
                ErrorKind::Config,
                "there is no journal to settle anything in",
            ));
        };
        let by_id = Query {
            intent: Some(intent.to_owned()),
            ..Query::default()
        };
        let missing = || Error::new(ErrorKind::NotFound, format!("the journal has no submission {intent}"));
        let entry = self.found(by_id).await?.pop().ok_or_else(missing)?;
        if !entry.is_open() {
            let message = format!("the submission {intent} is {} already", entry.state.as_str());
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if task.is_none() && entry.is_under_way(Utc::now()) {
            let message = format!("the submission {intent} is being sent at this moment; ask again when it is not");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let event = match task {
            Some(task) => Event::Found {
                task: task.clone(),
                status: self.get(task).await?.status,
            },
            None => Event::Dismissed,
        };
        let noted = journal.note(Subject::Intent(entry.intent.id), event).await;
        noted.map_err(journal_error)?.ok_or_else(missing)
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}
