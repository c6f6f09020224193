//! What differs between operating systems: only this module has code for one of them.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as platform;
#[cfg(unix)]
use unix as platform;

pub(crate) use platform::{children_cpu, cpu, thread_cpu};
