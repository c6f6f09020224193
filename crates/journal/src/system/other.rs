//! Windows. Files of a user have the access rules of their folder.
#![allow(clippy::unnecessary_wraps, reason = "they can fail on Unix")]

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

pub(crate) fn links(_: &Metadata) -> u64 {
    1
}

pub(crate) fn identity(_: &Path) -> io::Result<Option<(u64, u64)>> {
    Ok(None)
}

pub(crate) fn owner_only(_: &mut OpenOptions) {}

pub(crate) fn restrict(_: &File) -> io::Result<()> {
    Ok(())
}

pub(crate) fn owner_only_folder(_: &mut DirBuilder) {}

pub(crate) fn restrict_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A folder cannot be synced.
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// There are no sockets with a path.
#[cfg(feature = "postgres")]
pub(crate) fn host_or_socket(host: &tokio_postgres::config::Host) -> Result<&str, &Path> {
    match host {
        tokio_postgres::config::Host::Tcp(host) => Ok(host),
    }
}
