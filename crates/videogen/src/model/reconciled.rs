//! Result of a search for a lost task.

use crate::model::{Candidate, VideoTask};

/// What became of an ambiguous submission, as far as the vendor can tell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reconciled {
    /// This is the task: the vendor knows it by the caller's own id, or the caller is the account's only writer and exactly
    /// one task fits in every respect.
    Found(Box<VideoTask>),
    /// Tasks that it may be, the best first. Any other writer on the account could have made them too, so none is adopted.
    Candidates(Vec<Candidate>),
    /// Nothing fits. Right after a broken connection that proves nothing: ask again over some minutes.
    NotFound,
    /// Nothing that the vendor shows fits, but it does not show all since it was sent: look into its console.
    OutOfSight,
    /// Nothing that the vendor lists fits, but there are tasks of that time whose prompts the list does not show: look into
    /// its console.
    CannotTell,
}
