//! Benchmarks of videogen. Results and commands are in `BENCHMARKS.md`.
//!
//! Each figure is a ratio to a reference measured alternately in the same run, so that a busy machine slows both
//! down. Time is CPU time of this process where relevant; the server is a separate process.

pub mod bodies;
pub mod build;
pub mod contenders;
pub mod decode;
pub mod download;
pub mod drift;
pub mod generation;
mod intents;
pub mod journal;
pub mod long_journal;
pub mod measure;
pub mod per_call;
pub mod plot;
pub mod policy;
pub mod result;
pub mod server;
mod system;
pub mod tls;
pub mod upkeep;
pub mod waiting;

pub use result::Result;
