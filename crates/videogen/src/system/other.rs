//! Windows.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// Whether these may be of one file: the second is no link.
pub(crate) fn are_same(_: &Metadata, other: &Metadata) -> bool {
    other.is_file()
}

pub(crate) fn may_have_other_names(_: &File) -> bool {
    false
}

pub(crate) fn have_same_owner(_: &File, _: &File) -> bool {
    true
}

/// A folder cannot be synced.
#[allow(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
