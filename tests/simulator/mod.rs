//! End-to-end tests of the simulator: over real HTTP, with a manual clock.
#![allow(clippy::unwrap_used)]

mod assets;
mod clients;
mod clips;
mod errors;
mod faults;
mod files;
mod groups;
mod life;
mod lists;
mod requests;
mod start;
mod strict;
pub(crate) mod support;
mod webhooks;
