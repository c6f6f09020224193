//! Options and results of a search for lost submissions.

use std::time::Duration;

use crate::journal::{Entry, Unreadable};
use crate::model::Candidate;

/// Result of [`Client::recover`](crate::Client::recover): the open and unfinished submissions in the journal.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Recovered {
    /// Submissions whose task was found.
    pub found: Vec<Entry>,
    /// Submissions whose status is still unknown.
    pub open: Vec<LostSubmission>,
    /// Submissions in flight, or whose sending process died a few seconds ago.
    pub under_way: Vec<Entry>,
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
    pub trouble: Option<String>,
}

/// Options of a search for a lost submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReconcileOptions {
    /// How long to search, with growing pauses. Zero: search once.
    pub within: Duration,
    /// Whether all programs that submit with this account use the same journal. Then a sole [`Grade::Strong`](crate::Grade::Strong) candidate is
    /// adopted.
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
