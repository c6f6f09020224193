//! Maintainer's commands of the `videogen` repository.
//!
//! This crate reads `specs/` and writes `crates/raw/`. It uses none of the workspace's own crates, so that it still
//! runs when they do not compile. It is a library too, so that tests can call it.
//!
//! Each command is a folder: `mod.rs` has its arguments and its flow, the files next to it are its parts. Commands do
//! not use each other; code that two of them share is in [`spec`] and `cargo`. [`cli`] uses them all, and hands itself to
//! `absorb`, which runs others by their command lines.

mod absorb;
mod cargo;
mod ci;
pub mod cli;
pub mod diff;
pub mod docs;
pub mod exit;
pub mod generate;
pub mod lint;
mod new_vendor;
pub mod report;
mod snapshots;
pub mod spec;
