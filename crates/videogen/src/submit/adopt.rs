//! Which task may be adopted for a lost submission: none that belongs to another submission in the journal.

use crate::client::Client;
use crate::journal::{Entry, Pages, Query};
use crate::model::{Ambiguity, Candidate, Error, Grade, Reconciled, TaskId, VideoTask};
use crate::submit::comparison::{Comparison, Match};

/// Maximum number of recorded tasks that are polled for their other ids.
const POLLED: usize = 20;

/// The submission that a task belongs to.
#[derive(Debug, Default)]
pub(super) struct Owner {
    /// Its id; empty without a journal.
    pub(super) id: String,
    /// Whether the user entered the task.
    pub(super) entered: bool,
}

impl Client {
    /// The only strong candidate, if it matches no other open submission.
    pub(super) async fn adopt(&self, ambiguity: &Ambiguity, found: Vec<Candidate>) -> Result<Reconciled, Error> {
        let mut strong = found.iter().filter(|candidate| candidate.grade == Grade::Strong);
        let (Some(only), None) = (strong.next(), strong.next()) else {
            return Ok(Reconciled::Candidates(found));
        };
        let open = Query {
            open: true,
            ..self.journal_query()
        };
        let open = self.found(open).await?;
        let hide = |text: &str| self.judge().hide(text);
        let is_wanted = open.entries.iter().any(|entry| {
            let other = entry.ambiguity();
            let fit = Comparison::new(&other, self.clock_skew(), &hide).compare(&only.task);
            Some(&entry.intent.id) != ambiguity.intent.as_ref() && fit != Match::None
        });
        let is_doubtful = is_wanted || !open.unreadable.is_empty();
        if is_doubtful
            || !self.learn_other_ids(&only.task).await?
            || self.is_known(&only.task, ambiguity.intent.as_deref()).await?
        {
            return Ok(Reconciled::Candidates(found));
        }
        Ok(Reconciled::Found(Box::new(only.task.clone())))
    }

    /// Polls the recorded tasks that `found` may be under another id, so that the journal has the ids of their
    /// responses.
    /// `false`: one of them could not be polled, or there are too many.
    async fn learn_other_ids(&self, found: &VideoTask) -> Result<bool, Error> {
        let hide = |text: &str| self.judge().hide(text);
        let is_alike = |entry: &Entry| {
            let known = entry.ambiguity();
            entry.vendor_id.is_none() && Comparison::new(&known, self.clock_skew(), &hide).compare(found) != Match::None
        };
        let mut unnamed: Vec<TaskId> = Vec::new();
        if let Some(journal) = &self.0.journal {
            let mut pages = Pages::new(&**journal, self.journal_query());
            while let Some(page) = pages.next().await.map_err(Error::from)? {
                let alike = page.entries.into_iter().filter(is_alike);
                unnamed.extend(alike.filter_map(|entry| entry.task));
                if unnamed.len() > POLLED {
                    break;
                }
            }
        }
        for task in unnamed.iter().take(POLLED) {
            if self.get(task).await.is_err() {
                return Ok(false);
            }
        }
        Ok(unnamed.len() <= POLLED)
    }

    /// Whether the task, by any of its ids, belongs to another submission than `intent`: one in the journal, or without a journal
    /// one of this client.
    pub(super) async fn is_known(&self, task: &VideoTask, intent: Option<&str>) -> Result<bool, Error> {
        let owner = self.owner_of(&task.id, task.vendor_id.as_deref(), intent).await?;
        Ok(owner.is_some())
    }

    /// That other submission, by the task's id and the other id in the vendor's responses.
    pub(super) async fn owner_of(
        &self,
        task: &TaskId,
        vendor_id: Option<&str>,
        intent: Option<&str>,
    ) -> Result<Option<Owner>, Error> {
        let other = vendor_id.and_then(|id| TaskId::new(self.0.vendor, task.family(), id));
        // Without a journal, what this client saw accepted belongs to other submissions.
        if self.0.journal.is_none() {
            let was_accepted = |id: &TaskId| self.0.account.accepted(id).is_some();
            let is_known = was_accepted(task) || other.as_ref().is_some_and(was_accepted);
            return Ok(is_known.then(Owner::default));
        }
        let scoped = Query::default().scope(self.scope());
        let by_task = |task: &TaskId| scoped.clone().task(task.clone());
        let by_vendor_id = |id: &str| Query {
            vendor_id: Some(id.to_owned()),
            ..self.journal_query()
        };
        let queries = [
            Some(by_task(task)),
            other.as_ref().map(by_task),
            Some(by_vendor_id(task.id())),
            vendor_id.map(by_vendor_id),
        ];
        let is_another = |id: &String| Some(id.as_str()) != intent;
        for query in queries.into_iter().flatten() {
            let found = self.found(query).await?;
            let entry = found.entries.iter().find(|entry| is_another(&entry.intent.id));
            let unreadable = found.unreadable.iter().find(|record| is_another(&record.id));
            let entered = entry.is_some_and(|entry| entry.task_entered);
            let id = entry
                .map(|entry| &entry.intent.id)
                .or(unreadable.map(|record| &record.id));
            if let Some(id) = id.cloned() {
                return Ok(Some(Owner { id, entered }));
            }
        }
        Ok(None)
    }
}
