//! Unix.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Number of names of a file.
pub(crate) fn links(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// The device and inode of the file at `path`, on systems that have them. While the file is open, no other file gets the same.
pub(crate) fn identity(path: &Path) -> io::Result<Option<(u64, u64)>> {
    path.metadata().map(|metadata| Some((metadata.dev(), metadata.ino())))
}

/// A new file is for its owner only.
pub(crate) fn owner_only(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Makes a file its owner's only, whatever the umask.
pub(crate) fn restrict(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// A new folder is for its owner only.
pub(crate) fn owner_only_folder(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

/// Makes a folder its owner's only, whatever the umask.
pub(crate) fn restrict_folder(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// Waits until the names in a folder are on disk.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The name of a host, or else the folder of its socket.
#[cfg(feature = "postgres")]
pub(crate) fn host_or_socket(host: &tokio_postgres::config::Host) -> Result<&str, &Path> {
    use tokio_postgres::config::Host;

    match host {
        Host::Tcp(host) => Ok(host),
        Host::Unix(path) => Err(path),
    }
}
