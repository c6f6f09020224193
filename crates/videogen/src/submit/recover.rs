//! Recovery after a restart: open and unfinished submissions in the journal.

use std::time::Duration;

use chrono::Utc;
use tokio::time::{Instant, sleep};

use crate::client::{Client, no_journal};
use crate::journal::{Entry, Query, Unreadable};
use crate::model::{Candidate, Error, ErrorKind, Grade, Reconciled};
use crate::submit::listing::Listing;
use crate::submit::reconcile::{ReconcileOptions, gap};

/// Result of [`Client::recover`]: the open and unfinished submissions in the journal.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Recovered {
    /// Submissions whose task was found.
    pub found: Vec<Entry>,
    /// Submissions whose status is still unknown.
    pub open: Vec<LostSubmission>,
    /// Submissions in flight, or whose sending process died a few seconds ago.
    pub in_flight: Vec<Entry>,
    /// Submissions whose task had not ended when last checked, or whose output files are missing.
    pub unfinished: Vec<Entry>,
    /// Records of open or unfinished submissions that cannot be read. They are not changed.
    pub unreadable: Vec<Unreadable>,
}

/// A submission whose status is still unknown after a search for its task.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LostSubmission {
    /// The submission.
    pub entry: Entry,
    /// Possible tasks, the best match first.
    pub candidates: Vec<Candidate>,
    /// Why the search was inconclusive: it failed, or the vendor does not list everything. `None`: no task was found.
    pub inconclusive: Option<String>,
}

impl Client {
    /// Recovers submissions after a restart: searches for the task of every submission of this account whose status is
    /// unknown, for at most `within` (zero: one search each), and returns the tasks that had not ended when last
    /// checked.
    ///
    /// Submissions in flight in another process are included, which is harmless.
    ///
    /// # Errors
    /// `config` without a journal; `journal` when it cannot be read. If a search fails, its submission stays open.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let recovered = client.recover(std::time::Duration::from_secs(60)).await?;
    /// for entry in &recovered.unfinished {
    ///     if let Some(id) = &entry.task {
    ///         client.wait(id).await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recover(&self, within: Duration) -> Result<Recovered, Error> {
        self.recover_with(ReconcileOptions::default().within(within)).await
    }

    /// Recovers submissions after a restart, like [`recover`](Self::recover), with options.
    ///
    /// # Errors
    /// The same as [`recover`](Self::recover).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let options = videogen::lost::ReconcileOptions::default().sole_writer(true);
    /// let recovered = client.recover_with(options).await?;
    /// println!("{} unresolved", recovered.open.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn recover_with(&self, options: ReconcileOptions) -> Result<Recovered, Error> {
        let within = options.within;
        if self.0.journal.is_none() {
            return Err(no_journal("recovering submissions"));
        }
        let is_open = Query {
            open: true,
            ..self.journal_query()
        };
        let mut recovered = Recovered::default();
        let (start, mut looks) = (Instant::now(), 0);
        let mut lost: Vec<(LostSubmission, bool)> = Vec::new();
        let found = self.found(is_open).await?;
        recovered.unreadable = found.unreadable;
        for entry in found.entries {
            lost.push((
                LostSubmission {
                    entry,
                    candidates: Vec::new(),
                    inconclusive: None,
                },
                true,
            ));
        }
        loop {
            let mut listing = Listing::default();
            for (lost, continues) in lost.iter_mut().filter(|(_, continues)| *continues) {
                *continues = self.search_again(lost, options.sole_writer, &mut listing).await;
            }
            let left = within.saturating_sub(start.elapsed());
            if left.is_zero() || lost.iter().all(|(_, continues)| !continues) {
                break;
            }
            sleep(gap(looks).min(left)).await;
            looks += 1;
        }
        // Their current state.
        for (mut lost, _) in lost {
            let by_id = Query::default().intent(&lost.entry.intent.id);
            if let Some(now) = self.found(by_id).await?.entries.pop() {
                lost.entry = now;
            }
            if lost.entry.task.is_some() {
                recovered.found.push(lost.entry);
            } else if lost.entry.is_in_flight(Utc::now()) {
                recovered.in_flight.push(lost.entry);
            } else if lost.entry.is_open() {
                recovered.open.push(lost);
            }
        }
        let is_unfinished = Query {
            unfinished: true,
            ..self.journal_query()
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

    /// Searches once. Returns whether another search may find more.
    async fn search_again(&self, lost: &mut LostSubmission, sole_writer: bool, listing: &mut Listing) -> bool {
        lost.inconclusive = None;
        match self.look(&lost.entry.ambiguity(), sole_writer, listing).await {
            Ok(Reconciled::Found(task)) => {
                if let Some(reason) = &task.journal_error {
                    lost.inconclusive = Some(format!("its task is {}, but it cannot be recorded: {reason}", task.id));
                    lost.candidates = vec![Candidate {
                        task: *task,
                        grade: Grade::Strong,
                        reasons: Vec::new(),
                    }];
                }
                false
            }
            Ok(Reconciled::Candidates(tasks)) => {
                lost.candidates = tasks;
                false
            }
            Ok(Reconciled::NotFound) => true,
            Ok(Reconciled::ListTruncated) => {
                lost.inconclusive = Some("the vendor's list does not reach back to the submission".to_owned());
                false
            }
            Ok(Reconciled::PromptsNotShown) => {
                lost.inconclusive = Some("the vendor's list does not show the prompts of its tasks".to_owned());
                true
            }
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                lost.inconclusive = Some(error.message().to_owned());
                false
            }
            Err(error) => {
                // Without the calls of the library to make.
                lost.inconclusive = Some(format!("{error:#}"));
                error.is_retryable()
            }
        }
    }
}
