//! Result of a search for a lost task.

use crate::model::VideoTask;

/// What became of an ambiguous submission, as far as the vendor can tell.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reconciled {
    /// The vendor knows it by the caller's own id: this is the task.
    Found(Box<VideoTask>),
    /// Tasks that it may be. Any other writer on the account could have made them too, so none is taken for it.
    Candidates(Vec<VideoTask>),
    /// Nothing fits. Right after a broken connection that proves nothing: ask again over some minutes.
    NotFound,
    /// Nothing that the vendor shows fits, but it does not show all since it was sent: look into its console.
    OutOfSight,
}
