//! What a client writes into its journal.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::Utc;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{Entry, Event, Intent, Query, Reason, Subject};
use crate::address::scope;
use crate::reconcile::journal_error;
use crate::{Capabilities, Client, Downloaded, Error, ErrorKind, TaskId, VideoRequest, VideoTask};

impl Client {
    /// The account, as a journal names it: a fingerprint of vendor and key that tells nothing of the key.
    #[must_use]
    pub fn account(&self) -> String {
        let key = self.0.key.expose_secret();
        sha256(format!("{}\n{key}", self.0.vendor).as_bytes())[..16].to_owned()
    }

    /// Where this client sends its requests, as a journal names it: scheme, host and port of the base URL, and a digest of its
    /// path, which may hold a token.
    #[must_use]
    pub fn origin(&self) -> String {
        let base_url = &self.0.base_url;
        let Ok(url) = Url::parse(base_url) else {
            return base_url.clone();
        };
        let origin = url.origin().ascii_serialization();
        match url.path().trim_end_matches('/') {
            "" => origin,
            path => format!("{origin}/{}", &sha256(path.as_bytes())[..8]),
        }
    }

    /// The scope of this client's keys and tasks; see [`Intent::scope`].
    pub(crate) fn scope(&self) -> String {
        scope(&self.origin())
    }

    /// Whether a submission was made with this client's account at its base URL. Where an older version did not record the
    /// base URL, the account alone decides.
    #[must_use]
    pub fn owns(&self, entry: &Entry) -> bool {
        let intent = &entry.intent;
        intent.account == self.account() && intent.origin.as_ref().is_none_or(|origin| *origin == self.origin())
    }

    /// A query for what this client [owns](Self::owns).
    #[must_use]
    pub fn own(&self) -> Query {
        Query {
            account: Some(self.account()),
            origin: Some(self.origin()),
            ..Query::default()
        }
    }

    /// What is to be committed before `request` is sent.
    /// `asked` as the caller put it, `request` as it is sent.
    pub(crate) fn intent(&self, key: Option<&str>, asked: &VideoRequest, request: &VideoRequest) -> Intent {
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
            key: key.map_or_else(|| id.clone(), |key| self.keepable_key(key)),
            account: self.account(),
            origin: Some(self.origin()),
            vendor,
            family: rules.family.name.to_owned(),
            model: self.judge().hide(&request.model),
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
    pub(crate) fn keepable(&self, value: Value) -> Value {
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

    /// Notes where the video of a task went, or why it did not arrive.
    pub(crate) async fn note_download(&self, task: &TaskId, result: &Result<Downloaded, Error>) {
        let event = match result {
            Ok(file) => Event::Downloaded {
                // The program may be elsewhere when it is read.
                path: absolute(&file.path),
                bytes: file.bytes,
            },
            Err(error) => Event::DownloadFailed {
                reason: Reason::from(error),
            },
        };
        self.note_task(task, event).await;
    }

    async fn note_task(&self, task: &TaskId, event: Event) {
        if let Some(journal) = &self.0.journal {
            // A journal that cannot be written must not keep a paid video from its owner.
            let _ = journal.note(self.subject(task), event).await;
        }
    }

    fn subject(&self, task: &TaskId) -> Subject {
        Subject::Task {
            task: task.clone(),
            scope: self.scope(),
        }
    }

    /// Notes where the video of a task is to go, so that [`recover`](Self::recover) can tell.
    ///
    /// # Errors
    /// `journal` when it cannot be written.
    pub async fn note_target(&self, task: &TaskId, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = absolute(path.as_ref());
        if let Some(journal) = &self.0.journal {
            let noted = journal.note(self.subject(task), Event::Target { path });
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
        let entry = self.known(by_id).await?.pop().ok_or_else(missing)?;
        if !entry.is_open() {
            let message = format!("the submission {intent} is {} already", entry.state.as_str());
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if task.is_none() && entry.is_under_way(Utc::now()) {
            let message = format!("the submission {intent} is being sent at this moment; ask again when it is not");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if task.is_some() && entry.intent.scope().is_some_and(|scope| scope != self.scope()) {
            let message = format!(
                "the submission {intent} was sent to {}, and this client is for {}; use that base URL",
                entry.intent.origin.as_deref().unwrap_or_default(),
                self.origin()
            );
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

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn sha256(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    let digits = digest.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}
