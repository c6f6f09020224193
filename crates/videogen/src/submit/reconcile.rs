//! Looking for the task of a submission whose answer was lost. Nothing is ever submitted here.

use std::time::Duration;

use chrono::Utc;
use tokio::time::{Instant, sleep};

use crate::client::Client;
use crate::journal::{BoxFuture, Entry, Event, Query, Subject, Unreadable};
use crate::model::mask::is_masked;
use crate::model::{Ambiguity, Error, ErrorKind, ListQuery, Reconciled, TaskId, VideoTask};

/// Of so many candidates the parameters are compared.
const COMPARED: usize = 20;
/// So many pages of a list are looked at.
const PAGES: usize = 50;

/// What a client found when it went through its journal.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Recovered {
    /// Submissions whose task was not known, and now is.
    pub found: Vec<Entry>,
    /// Submissions whose fate is still not known.
    pub open: Vec<Lost>,
    /// Submissions that are being sent at this moment, or whose sender died some seconds ago.
    pub under_way: Vec<Entry>,
    /// Submissions whose task has not ended yet, as far as is known: to be waited for.
    pub unfinished: Vec<Entry>,
    /// Records of open or unfinished submissions that cannot be read, and are left as they are.
    pub unreadable: Vec<Unreadable>,
}

/// A submission whose fate is still not known after it was looked for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Lost {
    /// The submission.
    pub entry: Entry,
    /// Tasks that it may be.
    pub candidates: Vec<VideoTask>,
    /// Why looking for it tells nothing: the vendor could not be asked, or does not show all. `None`: it is not there.
    pub trouble: Option<String>,
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
        self.look(ambiguity).await
    }

    fn look<'a>(&'a self, ambiguity: &'a Ambiguity) -> BoxFuture<'a, Result<Reconciled, Error>> {
        Box::pin(async move {
            let vendor = self.0.vendor;
            if ambiguity.vendor != vendor {
                return Err(self.foreign("the submission"));
            }
            let by_reference = vendor.finds_by_reference().zip(ambiguity.client_reference.as_ref());
            // What was recorded without its URL or key is not what was sent.
            let by_reference = by_reference
                .filter(|(_, reference)| !is_masked(reference))
                .and_then(|(family, reference)| TaskId::new(vendor, family, reference.as_str()));
            let reconciled = match by_reference {
                Some(id) => self.look_up(ambiguity, &id).await?,
                None => self.look_through(ambiguity).await?,
            };
            let Some((intent, journal)) = ambiguity.intent.clone().zip(self.0.journal.as_ref()) else {
                return Ok(reconciled);
            };
            let after = (Utc::now() - ambiguity.sent_at).num_seconds();
            let event = match &reconciled {
                Reconciled::Found(task) => Event::Found {
                    task: task.id.clone(),
                    status: task.status.clone(),
                },
                Reconciled::OutOfSight => return Ok(reconciled),
                Reconciled::Candidates(_) | Reconciled::NotFound => Event::NotFound {
                    after: u64::try_from(after).unwrap_or_default(),
                },
            };
            let noted = journal.note(Subject::Intent(intent), event).await;
            Ok(match reconciled {
                Reconciled::Found(mut task) => {
                    task.unrecorded = noted.err().map(|error| error.to_string());
                    Reconciled::Found(task)
                }
                // What was in vain needs no record.
                other => other,
            })
        })
    }

    /// Looks for the task of an ambiguous submission with growing pauses, until it is found, there are candidates, or the
    /// time is up. A failure to ask that may pass is not the end of it while there is time.
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
        let is_open = Query {
            open: true,
            ..self.own()
        };
        let mut recovered = Recovered::default();
        let (start, mut looks) = (Instant::now(), 0);
        let mut lost: Vec<(Lost, bool)> = Vec::new();
        let found = self.found(is_open).await?;
        recovered.unreadable = found.unreadable;
        for entry in found.entries {
            lost.push((
                Lost {
                    entry,
                    candidates: Vec::new(),
                    trouble: None,
                },
                true,
            ));
        }
        loop {
            for (lost, goes_on) in lost.iter_mut().filter(|(_, goes_on)| *goes_on) {
                *goes_on = self.look_again(lost).await;
            }
            let left = within.saturating_sub(start.elapsed());
            if left.is_zero() || lost.iter().all(|(_, goes_on)| !goes_on) {
                break;
            }
            sleep(gap(looks).min(left)).await;
            looks += 1;
        }
        // As they stand now.
        for (mut lost, _) in lost {
            let by_id = Query {
                intent: Some(lost.entry.intent.id.clone()),
                ..Query::default()
            };
            if let Some(now) = self.found(by_id).await?.entries.pop() {
                lost.entry = now;
            }
            if lost.entry.task.is_some() {
                recovered.found.push(lost.entry);
            } else if lost.entry.is_under_way(Utc::now()) {
                recovered.under_way.push(lost.entry);
            } else if lost.entry.is_open() {
                recovered.open.push(lost);
            }
        }
        let is_unfinished = Query {
            unfinished: true,
            ..self.own()
        };
        let found = self.found(is_unfinished).await?;
        recovered.unfinished = found.entries;
        for record in found.unreadable {
            if !recovered.unreadable.contains(&record) {
                recovered.unreadable.push(record);
            }
        }
        Ok(recovered)
    }

    /// One look. Tells whether another one may tell more.
    async fn look_again(&self, lost: &mut Lost) -> bool {
        lost.trouble = None;
        match self.reconcile(&lost.entry.ambiguity()).await {
            Ok(Reconciled::Found(task)) => {
                if let Some(reason) = &task.unrecorded {
                    lost.trouble = Some(format!("it is {}, which cannot be recorded: {reason}", task.id));
                    lost.candidates = vec![*task];
                }
                false
            }
            Ok(Reconciled::Candidates(tasks)) => {
                lost.candidates = tasks;
                false
            }
            Ok(Reconciled::NotFound) => true,
            Ok(Reconciled::OutOfSight) => {
                lost.trouble = Some("the vendor does not show all tasks since it was sent".to_owned());
                false
            }
            Err(error) => {
                lost.trouble = Some(error.to_string());
                error.is_retryable()
            }
        }
    }

    /// By the caller's own id.
    async fn look_up(&self, ambiguity: &Ambiguity, id: &TaskId) -> Result<Reconciled, Error> {
        let mut task = match self.get(id).await {
            Ok(task) => task,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Reconciled::NotFound),
            Err(error) => return Err(error),
        };
        // The same id may have been used before, and an answer may name no task at all.
        let own = task.vendor_id.take();
        let names_it = own.is_some() && task.created_at.is_some() && ambiguity.is_about(&task);
        let is_of_model = task
            .model
            .as_ref()
            .is_none_or(|model| self.judge().hide(model) == ambiguity.model);
        // It belongs to the family it was sent to, not to the one it was looked up by.
        let own = own.unwrap_or_else(|| id.id().to_owned());
        task.id = TaskId::new(self.0.vendor, ambiguity.family.as_str(), own).unwrap_or(task.id);
        if self.is_known(&task.id, ambiguity).await? {
            return Ok(Reconciled::NotFound);
        }
        let shared = Query {
            client_reference: Some(id.id().to_owned()),
            limit: Some(2),
            ..self.own()
        };
        let shared = self.found(shared).await?;
        Ok(
            if names_it && is_of_model && shared.entries.len() + shared.unreadable.len() < 2 {
                Reconciled::Found(Box::new(task))
            } else {
                Reconciled::Candidates(vec![task])
            },
        )
    }

    /// By the account's list, newest first.
    async fn look_through(&self, ambiguity: &Ambiguity) -> Result<Reconciled, Error> {
        let mut candidates = Vec::new();
        let mut query = ListQuery {
            limit: Some(100),
            ..ListQuery::default()
        };
        let hide = |text: &str| self.judge().hide(text);
        // Whether all since it was sent was shown, and could be read.
        let mut is_whole = true;
        for pages in 1.. {
            let page = self.list(&query).await?;
            is_whole &= page.unreadable == 0;
            let older = page.tasks.iter().any(|task| ambiguity.is_after(task));
            let is_full = page.tasks.len() >= 100;
            for task in page.tasks {
                if ambiguity.may_be(&task, hide) && !self.is_known(&task.id, ambiguity).await? {
                    candidates.push(task);
                }
            }
            match page.next {
                // Newest first: beyond the first that is too old, all are.
                _ if older => break,
                Some(next) if pages < PAGES && query.after.as_ref() != Some(&next) => query.after = Some(next),
                Some(_) => {
                    is_whole = false;
                    break;
                }
                // A list without pages ends where it is cut off.
                None => {
                    is_whole &= !is_full || query.after.is_some();
                    break;
                }
            }
        }
        if candidates.is_empty() {
            return Ok(if is_whole {
                Reconciled::NotFound
            } else {
                Reconciled::OutOfSight
            });
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
            scope: Some(self.scope()),
            ..Query::default()
        };
        let found = self.found(by_task).await?;
        let is_another = |id: &String| Some(id) != ambiguity.intent.as_ref();
        Ok(found.entries.iter().any(|entry| is_another(&entry.intent.id))
            || found.unreadable.iter().any(|record| is_another(&record.id)))
    }
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
