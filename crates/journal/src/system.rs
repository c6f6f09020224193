//! What differs between operating systems: only this module has code for one of them.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use other as platform;
#[cfg(unix)]
use unix as platform;

#[cfg(feature = "postgres")]
pub(crate) use platform::host_or_socket;
pub(crate) use platform::{identity, links, owner_only, owner_only_folder, restrict, restrict_folder, sync_folder};
