//! Submissions: from a request to a task.
//!
//! Contains the checks against the spec's schema and `x-models`, and the creation of the
//! task. Nothing here uses the HTTP layer or sends a webhook. It imports the floors below: `spec`,
//! `media`, `state` and `dialects`.

mod billing;
mod conditions;
mod create;
mod rules;
mod switches;

pub(crate) use create::create;
