//! What differs between operating systems: only this module has code for one of them.

#[cfg_attr(unix, path = "system/unix.rs")]
#[cfg_attr(not(unix), path = "system/other.rs")]
mod platform;

#[cfg(feature = "postgres")]
pub(crate) use platform::{host_or_socket, sync_folder};
pub(crate) use platform::{identity, links, owner_only, owner_only_folder, restrict, restrict_folder};
