//! Unix.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Whether these are of one file.
pub(crate) fn are_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Whether the file may have another name, a hard link.
pub(crate) fn may_have_other_names(file: &File) -> bool {
    !file.metadata().is_ok_and(|found| found.nlink() == 1)
}

/// Whether both files belong to one user.
pub(crate) fn have_same_owner(one: &File, other: &File) -> bool {
    let owner = |file: &File| file.metadata().ok().map(|found| found.uid());
    owner(one).is_some() && owner(one) == owner(other)
}

/// Waits until the names in a folder are on disk. Some file systems cannot.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
