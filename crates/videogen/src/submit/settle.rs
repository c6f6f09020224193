//! Decisions of the caller about an entry of the journal.

use chrono::Utc;

use crate::client::{Client, journal_error};
use crate::journal::{Destination, Entry, Event, Query, Subject};
use crate::model::{Error, ErrorKind, Reconciled, TaskId, TaskStatus};

impl Client {
    /// Records where the files of a task are to be written, for a task that was submitted without
    /// [`SubmitOptions::target`](crate::SubmitOptions::target), or with another one. Until they are there, [`recover`](Self::recover) returns it as
    /// unfinished.
    ///
    /// # Errors
    /// `journal` when it cannot be written.
    pub async fn record_target(&self, task: &TaskId, target: Destination) -> Result<(), Error> {
        if let Some(journal) = &self.0.journal {
            let recorded = journal.record(self.subject(task), Event::Target { target });
            recorded.await.map_err(journal_error)?;
        }
        Ok(())
    }

    /// The journal's entry of an idempotency key; `None` without a journal, or when the key is new.
    ///
    /// # Errors
    /// `journal` when it cannot be read.
    pub async fn recorded_with_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let by_key = Query {
            key: Some(self.judge().name(key)),
            scope: Some(self.scope()),
            ..Query::default()
        };
        Ok(self.known(by_key).await?.pop())
    }

    /// Decides what became of an open submission: it made `task`, or none.
    ///
    /// Before a submission is dismissed its task is looked for once more: a dismissed key submits again, and pays again.
    ///
    /// # Errors
    /// `config` without a journal; `not_found` when it has no such entry; `conflict` when its fate is known already, or when
    /// it is to be dismissed and there are candidates, also weak ones, or the vendor cannot tell: see
    /// [`dismiss_despite_candidates`](Self::dismiss_despite_candidates); `journal` when it cannot be written, or the task is another submission's. With a task also as
    /// [`get`](Self::get), which is asked first.
    pub async fn settle(&self, intent: &str, task: Option<&TaskId>) -> Result<Entry, Error> {
        self.decide(intent, task, false).await
    }

    /// Decides that an open submission made no task, whatever the vendor shows. If it did make one, submitting again pays
    /// twice.
    ///
    /// # Errors
    /// As [`settle`](Self::settle), but for candidates.
    pub async fn dismiss_despite_candidates(&self, intent: &str) -> Result<Entry, Error> {
        self.decide(intent, None, true).await
    }

    async fn decide(&self, intent: &str, task: Option<&TaskId>, despite: bool) -> Result<Entry, Error> {
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
        if task.is_none() && !despite {
            self.refuse_to_dismiss(&entry).await?;
        }
        let event = match task {
            Some(task) => Event::Found {
                task: task.clone(),
                status: self.of_no_other(task, intent).await?,
            },
            None => Event::Dismissed,
        };
        let recorded = journal.record(Subject::Intent(entry.intent.id), event).await;
        recorded.map_err(journal_error)?.ok_or_else(missing)
    }

    /// The status of a task that the journal knows as no other submission's.
    async fn of_no_other(&self, task: &TaskId, intent: &str) -> Result<TaskStatus, Error> {
        let taken = || {
            let message = format!("the task {task} is another submission's already");
            Error::new(ErrorKind::Journal, message)
        };
        if self.knows(task, None, Some(intent)).await? {
            return Err(taken());
        }
        let found = self.get(task).await?;
        match self.is_known(&found, Some(intent)).await? {
            true => Err(taken()),
            false => Ok(found.status),
        }
    }

    /// Looks for the task of a submission that is to be dismissed.
    async fn refuse_to_dismiss(&self, entry: &Entry) -> Result<(), Error> {
        let why = match self.reconcile(&entry.ambiguity()).await {
            Ok(Reconciled::NotFound) => return Ok(()),
            Ok(Reconciled::Found(task)) => format!("its task is {}", task.id),
            Ok(Reconciled::Candidates(found)) => {
                let shown = found
                    .iter()
                    .map(|candidate| format!("{} ({})", candidate.task.id, candidate.grade));
                format!("it may be {}", shown.collect::<Vec<_>>().join(" or "))
            }
            Ok(Reconciled::OutOfSight) => "the vendor does not show all tasks since it was sent".to_owned(),
            Ok(Reconciled::CannotTell) => "the vendor's list does not show the prompts of its tasks".to_owned(),
            Err(error) => format!("its task cannot be looked for: {error}"),
        };
        let message = format!("the submission {} is not dismissed: {why}", entry.intent.id);
        Err(Error::new(ErrorKind::Conflict, message))
    }
}
