//! Search for the task of a submission whose response was lost. Nothing is ever submitted here.

use std::time::Duration;

use chrono::Utc;
use tokio::time::{Instant, sleep};

use crate::client::Client;
use crate::journal::{BoxFuture, Event, Query, Subject};
use crate::model::mask::is_masked;
use crate::model::{Ambiguity, Candidate, Error, ErrorKind, Evidence, ListQuery, Operation, Reconciled, TaskId};
use crate::submit::comparison::{Comparison, Match};
use crate::submit::listing::Listing;

/// Number of candidates whose parameters are compared.
const COMPARED: usize = 20;
/// Maximum number of list pages to search.
const PAGES: usize = 50;

/// Options of a search for a lost submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReconcileOptions {
    /// How long to search, with growing pauses. Zero: search once.
    pub within: Duration,
    /// Whether all programs that submit with this account use the same journal. Then a sole
    /// [`Grade::Strong`](crate::lost::Grade::Strong) candidate is adopted.
    pub sole_writer: bool,
}

impl ReconcileOptions {
    /// Sets how long to search.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// Sets whether a sole strong candidate is adopted.
    #[must_use]
    pub fn sole_writer(mut self, sole_writer: bool) -> Self {
        self.sole_writer = sole_writer;
        self
    }
}

/// Pause between two searches, which grows.
pub(super) fn gap(looks: u32) -> Duration {
    Duration::from_secs(2).saturating_mul(1 << looks.min(5))
}

impl Client {
    /// Searches once for the task of a submission with an unknown status. Nothing is submitted.
    ///
    /// The result is certain only with vendors that look up tasks by client reference, if the reference was used once.
    /// With vendors that list tasks, possible matches are returned as [candidates](Candidate), strong or weak, because
    /// other writers on the account may have created them. Prompts, models and times are compared tolerantly, because
    /// lists change them, and times are corrected by the clock difference shown by the `Date` header. Tasks of other
    /// submissions in the journal are excluded.
    ///
    /// Shortly after a broken connection, not finding a task is no proof: see
    /// [`reconcile_within`](Self::reconcile_within). If the vendor's list has no pages, the newest 100 tasks are
    /// searched.
    ///
    /// # Errors
    /// `unsupported` when the vendor supports neither lookups nor lists; `invalid_request` for a submission to another
    /// vendor; `journal`; otherwise the same as [`get`](Self::get) and [`list`](Self::list).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// use videogen::lost::Reconciled;
    ///
    /// if let Err(error) = client.submit(&request).await
    ///     && let Some(ambiguity) = error.ambiguity()
    /// {
    ///     match client.reconcile(ambiguity).await? {
    ///         Reconciled::Found(task) => println!("accepted as {}", task.id),
    ///         other => println!("not resolved: {other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reconcile(&self, ambiguity: &Ambiguity) -> Result<Reconciled, Error> {
        self.look(ambiguity, false, &mut Listing::default()).await
    }

    /// Searches once, in the pages of `listing`.
    pub(super) fn look<'a>(
        &'a self,
        ambiguity: &'a Ambiguity,
        sole_writer: bool,
        listing: &'a mut Listing,
    ) -> BoxFuture<'a, Result<Reconciled, Error>> {
        Box::pin(async move {
            let vendor = self.0.vendor;
            self.check_vendor("the submission", ambiguity.vendor)?;
            let by_reference = vendor.finds_by_reference().zip(ambiguity.client_reference.as_ref());
            // A masked reference differs from the one that was sent.
            let by_reference = by_reference
                .filter(|(_, reference)| !is_masked(reference))
                .and_then(|(family, reference)| TaskId::new(vendor, family, reference.as_str()));
            let reconciled = match by_reference {
                Some(id) => self.look_up(ambiguity, &id).await,
                None if vendor.supports(Operation::List) => self.look_through(ambiguity, listing).await,
                None => Err(self.not_searchable()),
            };
            let reconciled = match (reconciled, self.named_in_response(ambiguity).await?) {
                (Ok(Reconciled::Found(task)), _) => Reconciled::Found(task),
                (Ok(Reconciled::Candidates(mut found)), mut named) => {
                    found.retain(|found| named.iter().all(|named| named.task.id != found.task.id));
                    named.append(&mut found);
                    Reconciled::Candidates(named)
                }
                (result, named) if named.is_empty() => result?,
                (_, named) => Reconciled::Candidates(named),
            };
            let reconciled = match reconciled {
                Reconciled::Candidates(found) if sole_writer => self.adopt(ambiguity, found).await?,
                other => other,
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
                Reconciled::ListTruncated | Reconciled::PromptsNotShown => return Ok(reconciled),
                Reconciled::Candidates(_) | Reconciled::NotFound => Event::NotFound {
                    after: u64::try_from(after).unwrap_or_default(),
                },
            };
            let recorded = journal.record(Subject::Intent(intent), event).await;
            Ok(match reconciled {
                Reconciled::Found(mut task) => {
                    match recorded {
                        Ok(entry) => {
                            if let Some(entry) = entry {
                                task.expect(entry.intent.expected());
                            }
                            self.record_cost(&task, None).await;
                        }
                        Err(error) => task.journal_error = Some(error.to_string()),
                    }
                    Reconciled::Found(task)
                }
                // A failed search needs no record.
                other => other,
            })
        })
    }

    /// Searches for the task of a submission with an unknown status, with growing pauses, until it is found, there are
    /// candidates, or `within` has elapsed. Temporary failures are retried.
    ///
    /// # Errors
    /// The same as [`reconcile`](Self::reconcile), when the last search failed.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, ambiguity: videogen::lost::Ambiguity) -> Result<(), videogen::Error> {
    /// let result = client.reconcile_within(&ambiguity, std::time::Duration::from_secs(300)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reconcile_within(&self, ambiguity: &Ambiguity, within: Duration) -> Result<Reconciled, Error> {
        self.reconcile_with(ambiguity, ReconcileOptions::default().within(within))
            .await
    }

    /// Searches for the task of a submission with an unknown status, like [`reconcile_within`](Self::reconcile_within),
    /// with options.
    ///
    /// # Errors
    /// The same as [`reconcile`](Self::reconcile), when the last search failed.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, ambiguity: videogen::lost::Ambiguity) -> Result<(), videogen::Error> {
    /// let options = videogen::lost::ReconcileOptions::default().sole_writer(true);
    /// let result = client.reconcile_with(&ambiguity, options).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reconcile_with(&self, ambiguity: &Ambiguity, options: ReconcileOptions) -> Result<Reconciled, Error> {
        let within = options.within;
        let start = Instant::now();
        let mut looks = 0;
        loop {
            let result = self.look(ambiguity, options.sole_writer, &mut Listing::default()).await;
            let left = within.saturating_sub(start.elapsed());
            let continues = match &result {
                Ok(reconciled) => matches!(reconciled, Reconciled::NotFound | Reconciled::PromptsNotShown),
                Err(error) => error.is_retryable(),
            };
            if !continues || left.is_zero() {
                return result;
            }
            sleep(gap(looks).min(left)).await;
            looks += 1;
        }
    }

    /// Error for a submission whose task cannot be searched for.
    fn not_searchable(&self) -> Error {
        let vendor = self.0.vendor;
        let otherwise = match vendor.finds_by_reference() {
            Some(_) => ", and finds only those submitted with a client reference",
            None => "",
        };
        let message = format!(
            "its task cannot be searched for: {} lists no tasks{otherwise}",
            vendor.name()
        );
        Error::new(ErrorKind::Unsupported, message)
    }

    /// Looks the task up by client reference.
    async fn look_up(&self, ambiguity: &Ambiguity, id: &TaskId) -> Result<Reconciled, Error> {
        let mut task = match self.get(id).await {
            Ok(task) => task,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Reconciled::NotFound),
            Err(error) => return Err(error),
        };
        // The reference may have been used before, and a response may contain no task.
        let own = task.vendor_id.take();
        let names_it = own.is_some();
        // Its family is the one it was submitted to, not the one of the lookup.
        let own = own.unwrap_or_else(|| id.id().to_owned());
        let is_known = self.0.vendor.families().any(|family| family == ambiguity.family);
        let family = if is_known { &ambiguity.family } else { id.family() };
        task.id = TaskId::new(self.0.vendor, family, own).unwrap_or(task.id);
        if self.is_known(&task, ambiguity.intent.as_deref()).await? {
            return Ok(Reconciled::NotFound);
        }
        let shared = Query {
            client_reference: Some(id.id().to_owned()),
            limit: Some(2),
            ..self.journal_query()
        };
        let shared = self.found(shared).await?;
        let is_sole = shared.entries.len() + shared.unreadable.len() < 2;
        let hide = |text: &str| self.judge().hide(text);
        let comparison = Comparison::new(ambiguity, self.clock_skew(), &hide);
        if names_it && is_sole && comparison.agrees(&task) {
            return Ok(Reconciled::Found(Box::new(task)));
        }
        Ok(Reconciled::Candidates(vec![
            comparison.candidate(task, Evidence::SameReference),
        ]))
    }

    /// The tasks named in the response to the submission.
    async fn named_in_response(&self, ambiguity: &Ambiguity) -> Result<Vec<Candidate>, Error> {
        let mut named = Vec::new();
        for id in &ambiguity.possible_tasks {
            // A task that cannot be polled now is still named by the ambiguity.
            if let Ok(task) = self.get(id).await
                && !self.is_known(&task, ambiguity.intent.as_deref()).await?
            {
                let hide = |text: &str| self.judge().hide(text);
                let comparison = Comparison::new(ambiguity, self.clock_skew(), &hide);
                named.push(comparison.candidate(task, Evidence::NamedInResponse));
            }
        }
        Ok(named)
    }

    /// Searches the account's list, newest first.
    async fn look_through(&self, ambiguity: &Ambiguity, listing: &mut Listing) -> Result<Reconciled, Error> {
        let hide = |text: &str| self.judge().hide(text);
        let mut candidates = Vec::new();
        let mut query = ListQuery {
            limit: self.0.vendor.lists_by("limit").then_some(100),
            ..ListQuery::default()
        };
        // Whether all tasks since the submission were listed and readable; whether a task without a prompt may be it.
        let age = (Utc::now() - ambiguity.sent_at).num_seconds();
        let kept = self.0.vendor.facts().tasks.kept;
        let is_listed = kept.is_none_or(|kept| u64::try_from(age).unwrap_or_default() < kept);
        let (mut is_whole, mut is_unclear) = (is_listed, false);
        for pages in 1.. {
            let page = listing.page(self, &query).await?;
            let comparison = Comparison::new(ambiguity, self.clock_skew(), &hide);
            is_whole &= page.unreadable == 0 && page.incomplete.is_none();
            // Proves nothing where the order is another.
            let is_newest_first = page.tasks.is_sorted_by(|task, next| task.created_at >= next.created_at);
            let older = is_newest_first && page.tasks.iter().any(|task| comparison.is_before(task));
            let is_full = page.tasks.len() >= 100;
            for task in &page.tasks {
                let matched = comparison.compare(task);
                if matched == Match::None || self.is_known(task, ambiguity.intent.as_deref()).await? {
                    continue;
                }
                match matched {
                    Match::Candidate(grade, reasons) => candidates.push(Candidate {
                        task: task.clone(),
                        grade,
                        reasons,
                    }),
                    _ => is_unclear = true,
                }
            }
            match page.next.clone() {
                // Newest first: after the first that is too old, all are.
                _ if older => break,
                Some(next) if pages < PAGES && query.after.as_ref() != Some(&next) => query.after = Some(next),
                Some(_) => {
                    is_whole = false;
                    break;
                }
                // A list without pages may be incomplete.
                None => {
                    is_whole &= !is_full || query.after.is_some();
                    break;
                }
            }
        }
        // A list may show less of a task than a poll does.
        let comparison = Comparison::new(ambiguity, self.clock_skew(), &hide);
        let mut compared = Vec::new();
        for (index, listed) in candidates.into_iter().enumerate() {
            let is_bare =
                listed.reasons.contains(&Evidence::PromptNotShown) || ambiguity.agrees(&listed.task).is_none();
            let whole = match index < COMPARED && is_bare {
                true => self.get(&listed.task.id).await.ok(),
                false => None,
            };
            match whole.map(|task| (comparison.compare(&task), task)) {
                Some((Match::Candidate(grade, reasons), task)) if comparison.shows_more(&task, &listed) => {
                    compared.push(Candidate { task, grade, reasons });
                }
                // The polled task shows the prompt, and it differs.
                Some((Match::None, task)) if comparison.shows_more(&task, &listed) => {}
                _ => compared.push(listed),
            }
        }
        let mut candidates = compared;
        if candidates.is_empty() {
            return Ok(match (is_whole, is_unclear) {
                (false, _) => Reconciled::ListTruncated,
                (true, true) => Reconciled::PromptsNotShown,
                (true, false) => Reconciled::NotFound,
            });
        }
        let has = |candidate: &Candidate, evidence| candidate.reasons.contains(&evidence);
        if candidates
            .iter()
            .any(|candidate| has(candidate, Evidence::SameParameters))
        {
            candidates.retain(|candidate| !has(candidate, Evidence::OtherParameters));
        }
        candidates.sort_by_key(|candidate| candidate.grade);
        Ok(Reconciled::Candidates(candidates))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit() {
        let gaps: Vec<u64> = (0..8).map(|looks| gap(looks).as_secs()).collect();
        assert_eq!(gaps, [2, 4, 8, 16, 32, 64, 64, 64]);
    }
}
