//! Files that the user and the command both edit: their folder, locks and atomic replacement. Depends on nothing else in
//! this crate.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};

/// The path of a file in the folder for configuration; `None` without a home folder.
pub(crate) fn in_config_folder(name: &str) -> Option<PathBuf> {
    let folders = choose_native_strategy().ok()?;
    Some(folders.config_dir().join("videogen").join(name))
}

/// A path in which `~/` stands for the home folder.
pub(crate) fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => path.into(),
    }
}

/// The text of a file, empty if there is none.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

/// The line, from 1, of a place in a text.
pub(crate) fn line(text: &str, place: Option<Range<usize>>) -> usize {
    let start = place.map_or(0, |place| place.start).min(text.len());
    text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Lets no other process change the file until the lock is dropped. Creates its folder.
///
/// # Errors
/// When the folder or the lock cannot be created, or something else than a file has the name.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    // A device would be replaced.
    if path.exists() && !path.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // The file itself is replaced by each change, so another one is locked. It stays: to remove it would let two in.
    let place = resolved(path)?;
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(".lock");
    let lock = place.with_file_name(name);
    let lock = File::options().create(true).truncate(false).write(true).open(lock)?;
    lock.lock()?;
    Ok(lock)
}

/// Replaces a file, or that to which it is a link, in one step. Only its owner may read it.
///
/// # Errors
/// When it cannot be written. It is unchanged then.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = resolved(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// The path of the file, or of that to which it is a link, in a folder that exists.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path.canonicalize().unwrap_or_else(|_| path.to_owned()))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(path)
}
