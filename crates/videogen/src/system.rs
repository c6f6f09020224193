//! What differs between operating systems: only this module has code for one of them.

#[cfg_attr(unix, path = "system/unix.rs")]
#[cfg_attr(not(unix), path = "system/other.rs")]
mod platform;

pub(crate) use platform::{are_same, have_same_owner, may_have_other_names, sync_folder};
