//! What differs between operating systems: only this module has code for one of them.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as platform;
#[cfg(unix)]
use unix as platform;

pub(crate) use platform::{are_same, have_same_owner, may_have_other_names, sync_folder};
