//! Maintainer's commands of the `videogen` repository.
//!
//! This crate reads `specs/` and writes `crates/raw/`; it uses none of the workspace's own crates, so that it still runs
//! when they do not compile. It is a library too, so that tests can ask it what is stale.

mod ci;
pub mod cli;
pub mod diff;
pub mod docs;
pub mod enums;
pub mod facts;
pub mod generate;
pub mod lint;
pub mod names;
mod new_vendor;
pub mod readme;
pub mod relax;
pub mod repeated;
pub mod report;
pub mod spec;
pub mod surface;
pub mod tables;
pub mod tree;

pub use spec::SpecError;
