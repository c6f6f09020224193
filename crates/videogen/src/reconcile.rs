//! Looking for the task of a submission whose answer was lost. Nothing is ever submitted here.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use crate::journal::{Entry, Event, JournalError, Query, Subject};
use crate::{Ambiguity, Client, Error, ErrorKind, ListQuery, Reconciled, TaskId, VideoTask};

/// Of so many candidates the parameters are compared.
const COMPARED: usize = 20;

/// What a client found when it went through its journal.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Recovered {
    /// Submissions whose task was not known, and now is.
    pub found: Vec<Entry>,
    /// Submissions whose fate is still not known, each with the tasks that it may be.
    pub open: Vec<(Entry, Vec<VideoTask>)>,
    /// Submissions whose task has not ended yet, as far as is known: to be waited for.
    pub unfinished: Vec<Entry>,
}

/// The pauses between two looks, growing.
fn gap(looks: u32) -> Duration {
    Duration::from_secs(2).saturating_mul(1 << looks.min(5))
}

impl Client {
    /// Looks for the task of an ambiguous submission, once. Nothing is submitted.
    ///
    /// Only a vendor that finds tasks by the caller's own id can tell for sure, provided the id was used once. Where the
    /// vendor lists tasks, those that it may be are candidates: any other writer on the account could have made them too.
    /// Tasks that the journal knows as somebody else's are none; those whose parameters differ are none when others agree.
    /// An absence right after a broken connection proves nothing: see [`reconcile_within`](Self::reconcile_within). Of a
    /// vendor whose list has no pages, the newest 100 tasks are looked at.
    ///
    /// # Errors
    /// `unsupported` where the vendor can neither look up nor list; `invalid_request` for a submission to another vendor;
    /// `journal`; else as [`get`](Self::get) and [`list`](Self::list).
    pub async fn reconcile(&self, ambiguity: &Ambiguity) -> Result<Reconciled, Error> {
        let vendor = self.0.vendor;
        if ambiguity.vendor != vendor {
            return Err(self.foreign("the submission"));
        }
        let by_reference = vendor.finds_by_reference().zip(ambiguity.client_reference.as_ref());
        let by_reference = by_reference.and_then(|(family, reference)| TaskId::new(vendor, family, reference.as_str()));
        let reconciled = match by_reference {
            Some(id) => self.look_up(ambiguity, &id).await?,
            None => self.look_through(ambiguity).await?,
        };
        if let (Some(intent), Some(journal)) = (&ambiguity.intent, &self.0.journal) {
            let after = Timestamp::now().duration_since(ambiguity.sent_at).as_secs();
            let event = match &reconciled {
                Reconciled::Found(task) => Event::Found {
                    task: task.id.clone(),
                    status: task.status.clone(),
                },
                _ => Event::NotFound {
                    after: u64::try_from(after).unwrap_or_default(),
                },
            };
            journal
                .note(Subject::Intent(intent.clone()), event)
                .await
                .map_err(journal_error)?;
        }
        Ok(reconciled)
    }

    /// Looks for the task of an ambiguous submission with growing pauses, until it is found, there are candidates, or the
    /// time is up. A failure to ask is not the end of it while there is time.
    ///
    /// # Errors
    /// As [`reconcile`](Self::reconcile), when the last look failed.
    pub async fn reconcile_within(&self, ambiguity: &Ambiguity, within: Duration) -> Result<Reconciled, Error> {
        let start = Instant::now();
        let mut looks = 0;
        loop {
            let result = self.reconcile(ambiguity).await;
            let left = within.saturating_sub(start.elapsed());
            let goes_on = match &result {
                Ok(reconciled) => *reconciled == Reconciled::NotFound,
                Err(error) => error.is_retryable(),
            };
            if !goes_on || left.is_zero() {
                return result;
            }
            sleep(gap(looks).min(left)).await;
            looks += 1;
        }
    }

    /// Goes through the journal after a start: looks for the task of every submission of this account whose fate is not
    /// known, for `within` at most (zero: one look each), and tells which tasks have not ended yet.
    ///
    /// What somebody else is sending at this moment is looked for too, which does no harm.
    ///
    /// # Errors
    /// `config` without a journal; `journal` when it cannot be read. A look that fails leaves its submission open.
    pub async fn recover(&self, within: Duration) -> Result<Recovered, Error> {
        if self.0.journal.is_none() {
            let message = "there is no journal to recover from";
            return Err(Error::new(ErrorKind::Config, message));
        }
        let of_account = || Query {
            account: Some(self.account()),
            ..Query::default()
        };
        let is_open = Query {
            open: true,
            ..of_account()
        };
        let mut recovered = Recovered::default();
        let mut open: Vec<_> = self
            .found(is_open)
            .await?
            .into_iter()
            .map(|entry| (entry, Vec::new()))
            .collect();
        let (start, mut looks) = (Instant::now(), 0);
        loop {
            let mut still = Vec::new();
            for (entry, mut candidates) in open {
                match self.reconcile(&entry.ambiguity()).await {
                    Ok(Reconciled::Found(_)) => {
                        let by_id = Query {
                            intent: Some(entry.intent.id.clone()),
                            ..Query::default()
                        };
                        recovered.found.extend(self.found(by_id).await?);
                        continue;
                    }
                    Ok(Reconciled::Candidates(tasks)) => candidates = tasks,
                    Ok(Reconciled::NotFound) | Err(_) => {}
                }
                still.push((entry, candidates));
            }
            open = still;
            let left = within.saturating_sub(start.elapsed());
            if left.is_zero() || open.iter().all(|(_, candidates)| !candidates.is_empty()) {
                break;
            }
            sleep(gap(looks).min(left)).await;
            looks += 1;
        }
        // As they stand now.
        for (entry, candidates) in open {
            let by_id = Query {
                intent: Some(entry.intent.id.clone()),
                ..Query::default()
            };
            let now = self.found(by_id).await?.pop().unwrap_or(entry);
            if now.is_open() {
                recovered.open.push((now, candidates));
            } else if now.task.is_some() {
                recovered.found.push(now);
            }
        }
        let is_unfinished = Query {
            unfinished: true,
            ..of_account()
        };
        recovered.unfinished = self.found(is_unfinished).await?;
        Ok(recovered)
    }

    /// By the caller's own id.
    async fn look_up(&self, ambiguity: &Ambiguity, id: &TaskId) -> Result<Reconciled, Error> {
        let mut task = match self.get(id).await {
            Ok(task) => task,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Reconciled::NotFound),
            Err(error) => return Err(error),
        };
        // The same id may have been used before, and an answer may name no task at all.
        let names_it = task.id != *id && ambiguity.is_about(&task);
        // It belongs to the family it was sent to, not to the one it was looked up by.
        task.id = TaskId::new(self.0.vendor, ambiguity.family.as_str(), task.id.id()).unwrap_or(task.id);
        if self.is_known(&task.id, ambiguity).await? {
            return Ok(Reconciled::NotFound);
        }
        let shared = Query {
            client_reference: Some(id.id().to_owned()),
            account: Some(self.account()),
            limit: Some(2),
            ..Query::default()
        };
        Ok(if names_it && self.found(shared).await?.len() < 2 {
            Reconciled::Found(Box::new(task))
        } else {
            Reconciled::Candidates(vec![task])
        })
    }

    /// By the account's list, newest first.
    async fn look_through(&self, ambiguity: &Ambiguity) -> Result<Reconciled, Error> {
        let mut candidates = Vec::new();
        let mut query = ListQuery {
            limit: Some(100),
            ..ListQuery::default()
        };
        let hide = |text: &str| self.judge().hide(text);
        loop {
            let page = self.list(&query).await?;
            let older = page.tasks.iter().any(|task| ambiguity.is_after(task));
            for task in page.tasks {
                if ambiguity.may_be(&task, hide) && !self.is_known(&task.id, ambiguity).await? {
                    candidates.push(task);
                }
            }
            match page.next {
                // Newest first: beyond the first that is too old, all are.
                Some(next) if !older => query.after = Some(next),
                _ => break,
            }
        }
        if candidates.is_empty() {
            return Ok(Reconciled::NotFound);
        }
        // A list may show less of a task than the task itself does.
        for task in candidates.iter_mut().take(COMPARED) {
            if ambiguity.agrees(task).is_none()
                && let Ok(whole) = self.get(&task.id).await
            {
                *task = whole;
            }
        }
        if candidates.iter().any(|task| ambiguity.agrees(task) == Some(true)) {
            candidates.retain(|task| ambiguity.agrees(task) != Some(false));
        }
        Ok(Reconciled::Candidates(candidates))
    }

    /// Whether the journal knows the task as that of another submission.
    async fn is_known(&self, task: &TaskId, ambiguity: &Ambiguity) -> Result<bool, Error> {
        let by_task = Query {
            task: Some(task.clone()),
            ..Query::default()
        };
        let found = self.found(by_task).await?;
        Ok(found
            .iter()
            .any(|entry| Some(&entry.intent.id) != ambiguity.intent.as_ref()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_and_stay_short_enough_to_end() {
        let gaps: Vec<u64> = (0..8).map(|looks| gap(looks).as_secs()).collect();
        assert_eq!(gaps, [2, 4, 8, 16, 32, 64, 64, 64]);
    }
}
