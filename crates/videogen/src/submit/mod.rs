//! Submitting, and finding a submission again whose answer was lost.
//!
//! Floor 5: depends on `client` and the floors below; knows nothing of the other activities.

mod adopt;
mod comparison;
mod intent;
mod reconcile;
mod settle;
mod submission;

pub use reconcile::{LostSubmission, ReconcileOptions, Recovered};
pub use submission::SubmitOptions;
