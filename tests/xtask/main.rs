//! The maintainer's commands, on the real specs and on planted errors.
#![allow(clippy::unwrap_used)]

mod commands;
mod diff;
mod docs;
mod lint;
mod report;
