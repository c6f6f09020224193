//! Submission of requests, and recovery of submissions whose response was lost.
//!
//! Floor 5: depends on `client` and the floors below. It may not use the other activities.

mod adopt;
mod comparison;
mod existing;
mod intent;
mod reconcile;
mod recover;
mod settle;
mod submission;

pub use reconcile::ReconcileOptions;
pub use recover::{LostSubmission, Recovered};
pub use submission::SubmitOptions;
