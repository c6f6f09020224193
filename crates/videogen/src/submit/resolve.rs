//! Decisions of the caller about a journal entry.

use chrono::Utc;

use crate::client::{Client, no_journal};
use crate::journal::{Destination, Entry, Event, Query, State, Subject};
use crate::model::{Error, ErrorKind, Grade, Reconciled, TaskId, VideoTask};
use crate::submit::adopt::Owner;
use crate::submit::comparison::{Comparison, Match};
use crate::vendors::dispatch;

/// The id as this library has it, of one that may be a part of it.
fn whole(task: &TaskId, model: &str) -> TaskId {
    let id = dispatch::task_id(task.vendor(), model, task.id().to_owned());
    let whole = id.and_then(|id| TaskId::new(task.vendor(), task.family(), id));
    whole.unwrap_or_else(|| task.clone())
}

impl Client {
    /// Records the output files of a task that was submitted without
    /// [`SubmitOptions::target`](crate::submit::SubmitOptions::target), or replaces them. [`recover`](Self::recover)
    /// returns the task as unfinished until the files exist.
    ///
    /// # Errors
    /// `config` without a journal; `not_found` when the journal has no such task; `journal` when it cannot be written;
    /// `invalid_request` for a task of another vendor.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// client.record_target(&id, videogen::journal::Destination::file("boat.mp4")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn record_target(&self, task: &TaskId, target: Destination) -> Result<(), Error> {
        self.check_owner(task)?;
        let Some(journal) = &self.0.journal else {
            return Err(no_journal("recording output files").with_task(task));
        };
        let recorded = journal.record(self.subject(task), Event::Target { target });
        match recorded.await.map_err(Error::from)? {
            Some(_) => Ok(()),
            None => Err(Error::new(ErrorKind::NotFound, "the journal has no such task").with_task(task)),
        }
    }

    /// Returns the journal entry of an idempotency key, or `None` without a journal or when the key is new.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// if let Some(entry) = client.journal_entry_with_key("order-4711").await? {
    ///     println!("{}", entry.state.as_str());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn journal_entry_with_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let by_key = Query::default().key(self.judge().name(key)).scope(self.scope());
        Ok(self.known(by_key).await?.pop())
    }

    /// Resolves an open submission by hand: it created `task`, or (`None`) it is dismissed because it created no task. A
    /// dismissal or a task that was wrong is corrected by a later call.
    ///
    /// Before dismissing, the client searches for the task once more, because a dismissed key can be submitted, and
    /// billed, again.
    ///
    /// # Errors
    /// `config` without a journal; `not_found` when the journal has no such entry; `conflict` when the entry is already
    /// resolved otherwise, when the task belongs to another submission, or when it would be dismissed although there are candidates
    /// (even weak ones) or the search is inconclusive: see
    /// [`dismiss_despite_candidates`](Self::dismiss_despite_candidates); `conflict` that names the task
    /// ([`Error::task`](crate::Error::task)) when the task shows another model, prompt or time than the submission, or
    /// matches another open submission equally well: see
    /// [`resolve_despite_differences`](Self::resolve_despite_differences); `journal` when the journal cannot be written. With
    /// a task, also the errors of [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// for lost in client.recover(std::time::Duration::ZERO).await?.open {
    ///     client.resolve(&lost.entry.intent.id, Some(&id)).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resolve(&self, intent: &str, task: Option<&TaskId>) -> Result<Entry, Error> {
        self.decide(intent, task, false).await
    }

    /// Dismisses an open submission even if there are candidates. If it did create a task, submitting again pays twice.
    ///
    /// # Errors
    /// The same as [`resolve`](Self::resolve), except for candidates.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, intent: &str) -> Result<(), videogen::Error> {
    /// client.dismiss_despite_candidates(intent).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn dismiss_despite_candidates(&self, intent: &str) -> Result<Entry, Error> {
        self.decide(intent, None, true).await
    }

    /// Records that a submission created `task`, even if the task shows another model, prompt or time, or matches
    /// another open submission.
    ///
    /// # Errors
    /// The same as [`resolve`](Self::resolve), except for differences.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, intent: &str, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// client.resolve_despite_differences(intent, &id).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resolve_despite_differences(&self, intent: &str, task: &TaskId) -> Result<Entry, Error> {
        self.decide(intent, Some(task), true).await
    }

    async fn decide(&self, intent: &str, task: Option<&TaskId>, despite: bool) -> Result<Entry, Error> {
        let Some(journal) = &self.0.journal else {
            return Err(no_journal("resolving a submission"));
        };
        let by_id = Query::default().intent(intent);
        let missing = || Error::new(ErrorKind::NotFound, format!("no submission {intent} in the journal"));
        let entry = self.known(by_id).await?.pop().ok_or_else(missing)?;
        // The vendor's console may show only a part of the id.
        let whole = task.map(|task| whole(task, &entry.intent.model));
        let task = whole.as_ref();
        if task.is_some() && entry.task.as_ref() == task {
            return Ok(entry);
        }
        // What the user decided can be corrected, so that a paid task is not lost.
        let is_corrected =
            (entry.task_entered && entry.task.as_ref() != task) || (task.is_some() && entry.state == State::Dismissed);
        if !entry.is_open() && !is_corrected {
            let of = entry.task.as_ref().map(|task| format!(": it created {task}"));
            let of = of.unwrap_or_default();
            let message = format!("submission {intent} is already {}{of}", entry.state.as_str());
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if task.is_none() && entry.is_in_flight(Utc::now()) {
            let message = format!("submission {intent} is in flight; retry in a few seconds");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if task.is_some() && entry.intent.scope().is_some_and(|scope| scope != self.scope()) {
            let message = format!(
                "submission {intent} was sent to {}, but this client uses {}; use that base URL",
                entry.intent.origin.as_deref().unwrap_or_default(),
                self.origin()
            );
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if task.is_none() && !despite {
            self.refuse_to_dismiss(&entry).await?;
        }
        let found = match task {
            Some(task) => Some(self.of_no_other(task, intent).await?),
            None => None,
        };
        if let (Some(found), false) = (&found, despite) {
            self.refuse_another(&entry, found)?;
            self.refuse_doubtful(&entry, found).await?;
        }
        let event = match &found {
            Some(found) => Event::Assigned {
                task: found.id.clone(),
                status: found.status.clone(),
            },
            None => Event::Dismissed,
        };
        let recorded = journal.record(Subject::Intent(entry.intent.id), event).await;
        let entry = recorded.map_err(Error::from)?.ok_or_else(missing)?;
        let Some(mut found) = found else { return Ok(entry) };
        found.expect(entry.expected());
        let with_cost = self.record_cost(&found, entry.cost.as_ref()).await;
        Ok(with_cost.unwrap_or(entry))
    }

    /// A task, which must not belong to another submission in the journal.
    async fn of_no_other(&self, task: &TaskId, intent: &str) -> Result<VideoTask, Error> {
        let taken = |owner: Owner| {
            let correct = match owner.entered {
                true => "; if that is wrong, correct or dismiss that submission first",
                false => "",
            };
            let message = format!("the task {task} already belongs to submission {}{correct}", owner.id);
            Error::new(ErrorKind::Conflict, message)
        };
        if let Some(owner) = self.owner_of(task, None, Some(intent)).await? {
            return Err(taken(owner));
        }
        let found = self.get(task).await?;
        match self
            .owner_of(&found.id, found.vendor_id.as_deref(), Some(intent))
            .await?
        {
            Some(owner) => Err(taken(owner)),
            None => Ok(found),
        }
    }

    /// Refuses a task that shows that it is of another submission.
    fn refuse_another(&self, entry: &Entry, found: &VideoTask) -> Result<(), Error> {
        let hide = |text: &str| self.judge().hide(text);
        let ambiguity = entry.ambiguity();
        let differences = Comparison::new(&ambiguity, self.clock_skew(), &hide).differences(found);
        if differences.is_empty() {
            return Ok(());
        }
        let message = format!(
            "{} does not look like the task of submission {}: {}",
            found.id,
            entry.intent.id,
            differences.join("; ")
        );
        let advice = "if it is, call Client::resolve_despite_differences";
        Err(Error::new(ErrorKind::Conflict, message)
            .with_task(&found.id)
            .with_advice(advice))
    }

    /// Refuses a task that matches another open submission equally well.
    async fn refuse_doubtful(&self, entry: &Entry, found: &VideoTask) -> Result<(), Error> {
        let hide = |text: &str| self.judge().hide(text);
        let grade = |entry: &Entry| match Comparison::new(&entry.ambiguity(), self.clock_skew(), &hide).compare(found) {
            Match::Candidate(grade, _) => Some(grade == Grade::Strong),
            Match::Unclear | Match::None => None,
        };
        let names = |entry: &Entry| entry.intent.client_reference == found.client_reference;
        if found.client_reference.is_some() && names(entry) {
            return Ok(());
        }
        let open = Query {
            open: true,
            ..self.journal_query()
        };
        let own = grade(entry);
        let others = self.found(open).await?.entries;
        let mut others = others.iter().filter(|other| other.intent.id != entry.intent.id);
        let Some(other) = others.find(|other| grade(other).is_some_and(|strong| Some(strong) >= own)) else {
            return Ok(());
        };
        let message = format!(
            "{} may also be the task of submission {}, which matches it as well as {}",
            found.id, other.intent.id, entry.intent.id
        );
        let advice = "if it is not, call Client::resolve_despite_differences";
        Err(Error::new(ErrorKind::Conflict, message)
            .with_task(&found.id)
            .with_advice(advice))
    }

    /// Searches for the task of a submission that would be dismissed.
    async fn refuse_to_dismiss(&self, entry: &Entry) -> Result<(), Error> {
        let why = match self.reconcile(&entry.ambiguity()).await {
            Ok(Reconciled::NotFound) => return Ok(()),
            Ok(Reconciled::Found(task)) => {
                let recorded = match &task.journal_error {
                    None => "the journal has recorded it".to_owned(),
                    Some(reason) => format!("the journal could not record it: {reason}"),
                };
                let message = format!(
                    "submission {} was not dismissed, because its task was found: {}; {recorded}",
                    entry.intent.id, task.id
                );
                return Err(Error::new(ErrorKind::Conflict, message).with_task(&task.id));
            }
            Ok(Reconciled::Candidates(found)) => {
                let shown = found
                    .iter()
                    .map(|candidate| format!("{} ({})", candidate.task.id, candidate.grade));
                format!("it may be {}", shown.collect::<Vec<_>>().join(" or "))
            }
            Ok(Reconciled::ListTruncated) => "the vendor's list does not reach back to the submission".to_owned(),
            Ok(Reconciled::PromptsNotShown) => "the vendor's list does not show the prompts of its tasks".to_owned(),
            Err(error) if error.kind() == ErrorKind::Unsupported => error.message().to_owned(),
            Err(error) => format!("the search for its task failed: {error}"),
        };
        let message = format!("submission {} was not dismissed: {why}", entry.intent.id);
        let advice =
            "if it created a task, pass that task; if it created none, call Client::dismiss_despite_candidates";
        Err(Error::new(ErrorKind::Conflict, message).with_advice(advice))
    }
}
