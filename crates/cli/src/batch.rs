//! Batches: many jobs from one file, each submitted at most once however often the program is stopped and run again.
//!
//! Jobs are read and checked as a whole ([`reader`], [`plan`]) before anything is sent. Then each job is a submission with
//! a key of the journal, made of the batch and the job ([`run`]); its outcome is appended to a file ([`results`]).

mod attempt;
mod changed;
pub(crate) mod claim;
pub(crate) mod clients;
pub(crate) mod describe;
mod earlier;
mod fetch;
pub(crate) mod item;
pub(crate) mod limits;
mod outputs;
pub(crate) mod plan;
pub(crate) mod preview;
mod quotes;
pub(crate) mod reader;
mod repeats;
pub(crate) mod results;
pub(crate) mod run;
pub(crate) mod schedule;
mod together;
pub(crate) mod totals;
pub(crate) mod vars;
pub(crate) mod view;
mod written;
