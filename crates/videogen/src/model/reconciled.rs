//! Result of a search for a lost task.

use crate::model::{Candidate, VideoTask};

/// Result of a search for the task of a submission with an unknown status.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reconciled {
    /// The task was found: by its client reference, or because the caller is the account's only writer and exactly one task
    /// matches in every respect.
    Found(Box<VideoTask>),
    /// Possible tasks, the best match first. Other writers on the account may have created them, so none is adopted.
    Candidates(Vec<Candidate>),
    /// No task matches. Shortly after a broken connection this is no proof: search again for a few minutes.
    NotFound,
    /// No listed task matches, but the list does not reach back to the submission. Check the vendor's console.
    ListTruncated,
    /// No listed task matches, but the list does not show the prompts of some tasks of that time. Check the vendor's
    /// console.
    PromptsNotShown,
}
