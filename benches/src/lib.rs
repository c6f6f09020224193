//! What videogen costs, measured. The figures, and the command beside each, are in `BENCHMARKS.md`.
//!
//! Each figure is a ratio to something else that is measured in the same run, in turns, so that a busy machine slows both
//! down. Time is CPU time of this process wherever that is the question; the server it talks to is a process of its own.

pub mod bodies;
pub mod build;
pub mod contenders;
pub mod decode;
pub mod download;
pub mod generation;
pub mod journal;
pub mod measure;
pub mod per_call;
pub mod plot;
pub mod policy;
pub mod result;
pub mod server;
pub mod waiting;

pub use result::Result;
