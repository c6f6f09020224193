//! Windows: it compiles there, and measures nothing.

use std::time::Duration;

use crate::result::Result;

pub(crate) fn cpu() -> Duration {
    Duration::ZERO
}

pub(crate) fn thread_cpu() -> Duration {
    Duration::ZERO
}

pub(crate) fn children_cpu() -> Result<Duration> {
    Err("CPU time can be measured on Linux and macOS only: run the benchmarks there".into())
}
