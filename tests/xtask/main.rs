//! The maintainer's commands, on the real specs and on planted errors.
#![allow(clippy::unwrap_used)]

mod absorb;
mod accepted;
mod bodies;
mod ci;
mod commands;
mod diff;
mod docs;
mod lint;
mod new_vendor;
mod probe;
mod report;
mod snapshots;
