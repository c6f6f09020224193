//! One output file, checked before anything is paid for.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use same_file::Handle;
use videogen::journal::{FileKind, further_video};
use videogen::{Client, Downloaded, ErrorKind, TaskId};

use crate::exit::{Failure, IO};
use crate::output::file as file_name;

/// The folder, next to an output file, with locks named after the files being written.
const RESERVED: &str = ".videogen-reserved";
/// Free bytes required in a folder; less counts as a full disk.
const ROOM: usize = 64 * 1024;
/// How long another run may take to write its owner after it has reserved a name.
const PATIENCE: Duration = Duration::from_secs(1);

/// An output file: the path as given, and resolved.
#[derive(Clone)]
pub(crate) struct OutputFile {
    /// As given, for messages.
    pub(crate) given: PathBuf,
    /// Absolute, with all symbolic links resolved. The file itself need not exist.
    pub(crate) real: PathBuf,
}

impl OutputFile {
    /// Resolves a path, and rejects one that cannot be a file. An existing file is allowed at this point.
    pub(crate) fn resolve(given: &Path) -> Result<Self, Failure> {
        let shown = file_name(given);
        let ends_in_separator = given.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        let name = given.file_name();
        let Some(name) = name.filter(|_| !ends_in_separator && !given.is_dir()) else {
            return Err(io_failure(format!("{shown} is a folder; name a file")));
        };
        let real = match given.symlink_metadata() {
            Ok(found) if found.is_symlink() => given.canonicalize().map_err(|error| {
                let end = fs::read_link(given).unwrap_or_default();
                io_failure(format!(
                    "{shown} is a symbolic link to {}, which cannot be written: {error}; remove the link or name its target",
                    file_name(&end)
                ))
            })?,
            _ => canonical_folder(folder_of(given))?.join(name),
        };
        if real.exists() && !real.is_file() {
            return Err(io_failure(format!("{shown} is not a regular file")));
        }
        Ok(Self {
            given: given.to_owned(),
            real,
        })
    }

    /// A further video next to this one, by its number from 2.
    pub(crate) fn further(&self, number: u16) -> Self {
        Self {
            given: further_video(&self.given, number),
            real: further_video(&self.real, number),
        }
    }

    /// The file, if it is in place according to the journal.
    pub(crate) async fn saved(&self, client: &Client, id: &TaskId, kind: FileKind) -> Option<Downloaded> {
        let found = client.saved_file(id, kind, &self.real).await?;
        Some(self.named(found))
    }

    /// The downloaded file with its path as given.
    pub(crate) fn named(&self, mut downloaded: Downloaded) -> Downloaded {
        downloaded.path.clone_from(&self.given);
        downloaded
    }

    /// Whether both are the same file: by path or, if they exist, by device and inode.
    pub(crate) fn is_same(&self, other: &Path) -> bool {
        self.real == *other || same_file::is_same_file(&self.real, other).unwrap_or(false)
    }

    /// Whether the path exists.
    pub(crate) fn exists(&self) -> bool {
        self.real.symlink_metadata().is_ok()
    }
}

/// Reserves an output file for one run: no other run, and no other output of this run, can reserve the same file
/// meanwhile.
///
/// It is a lock on an empty file of the same name in a folder next to it. So the file system decides which names are
/// valid, and which are equal; and the lock of a process ends with it.
pub(crate) struct Reservation {
    path: PathBuf,
    /// Locked until dropped. `None`: shared with a run of the same owner.
    lock: Option<File>,
}

impl Reservation {
    /// Reserves `file` for `owner`. Runs with the same owner share it.
    pub(crate) fn new(file: &OutputFile, owner: Option<&str>) -> Result<Self, Failure> {
        let folder = folder_of(&file.real);
        let reserved = folder.join(RESERVED);
        let path = reserved.join(file.real.file_name().unwrap_or_default());
        let cannot = |error: &io::Error| io_failure(format!("cannot write {}: {error}", file_name(&file.given)));
        let owner = owner.map_or(0, |owner| {
            let mut hasher = DefaultHasher::new();
            owner.hash(&mut hasher);
            hasher.finish()
        });
        let start = Instant::now();
        loop {
            match fs::create_dir(&reserved) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(cannot(&error)),
                _ => {}
            }
            let opened = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path);
            let mut lock = match opened {
                Ok(lock) => lock,
                // The previous run has just removed the folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound && start.elapsed() < PATIENCE => continue,
                Err(error) => {
                    let _ = fs::remove_dir(&reserved);
                    return Err(cannot(&error));
                }
            };
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    let mut holder = [0; 8];
                    let has_owner = lock.read_exact(&mut holder).is_ok();
                    if has_owner && owner != 0 && u64::from_le_bytes(holder) == owner {
                        return Ok(Self { path, lock: None });
                    }
                    if !has_owner && start.elapsed() < PATIENCE {
                        std::thread::sleep(Duration::from_millis(5));
                        continue;
                    }
                    return Err(io_failure(format!(
                        "{} is being written by another run of this command; name another file",
                        file_name(&file.given)
                    )));
                }
                // Without file locks, the second run fails when it places its file.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            // The previous holder may have removed the name between the two calls.
            let is_named = || Ok(Handle::from_path(&path)? == Handle::from_file(lock.try_clone()?)?);
            if !io::Result::unwrap_or(is_named(), false) && start.elapsed() < PATIENCE {
                continue;
            }
            let written = lock.set_len(0).and_then(|()| lock.write_all(&owner.to_le_bytes()));
            let reservation = Self { path, lock: Some(lock) };
            return match written {
                Ok(()) => Ok(reservation),
                Err(error) => Err(cannot(&error)),
            };
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.lock.is_some() {
            // While still locked, so that no other run can reserve it in between.
            let _ = fs::remove_file(&self.path);
            // Only if empty.
            let _ = fs::remove_dir(folder_of(&self.path));
        }
    }
}

/// Creates a folder and those above it, unless it exists.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| io_failure(format!("cannot create the folder {}: {error}", file_name(folder))))
}

/// The resolved folder, after a check that files can be written there.
pub(crate) fn writable_folder(folder: &Path) -> Result<PathBuf, Failure> {
    let folder = canonical_folder(folder)?;
    let try_it = || {
        let mut file = tempfile::tempfile_in(&folder)?;
        file.write_all(&[0; ROOM])?;
        file.flush()
    };
    try_it().map_err(|error: io::Error| io_failure(format!("cannot write into {}: {error}", file_name(&folder))))?;
    Ok(folder)
}

fn canonical_folder(folder: &Path) -> Result<PathBuf, Failure> {
    folder.canonicalize().map_err(|error| {
        let shown = if folder == Path::new(".") {
            "the current folder".into()
        } else {
            folder.to_string_lossy()
        };
        let advice = match error.kind() {
            io::ErrorKind::NotFound if folder != Path::new(".") => "; add --parents to create it",
            _ => "",
        };
        io_failure(format!("cannot write into {shown}: {error}{advice}"))
    })
}

/// The folder of a path.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

pub(crate) fn io_failure(message: String) -> Failure {
    Failure::new(IO, ErrorKind::Io, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(path: &Path) -> OutputFile {
        OutputFile::resolve(path).unwrap_or_else(|failure| panic!("{}", failure.message))
    }

    fn refusal<T>(result: Result<T, Failure>) -> String {
        result.err().map(|failure| failure.message).unwrap_or_default()
    }

    #[test]
    fn a_name_is_reserved_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        let first = Reservation::new(&file(&path), None).ok().unwrap();
        let other = folder.path().join("b.mp4");
        let second = Reservation::new(&file(&other), Some("k")).ok().unwrap();
        for owner in [None, Some("k")] {
            let message = refusal(Reservation::new(&file(&folder.path().join("./a.mp4")), owner));
            assert!(message.contains("another run"), "{message}");
        }
        assert!(refusal(Reservation::new(&file(&other), None)).contains("another run"));
        // The same key means the same submission.
        let shared = Reservation::new(&file(&other), Some("k")).ok().unwrap();
        drop(shared);
        assert!(refusal(Reservation::new(&file(&other), None)).contains("another run"));
        drop((first, second));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // A killed run leaves no lock.
        fs::create_dir(folder.path().join(RESERVED)).unwrap();
        fs::write(folder.path().join(RESERVED).join("a.mp4"), "").unwrap();
        drop(Reservation::new(&file(&path), None).ok().unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn one_of_many_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        for _ in 0..20 {
            let begin = std::sync::Barrier::new(8);
            let end = std::sync::Barrier::new(8);
            let holders: usize = std::thread::scope(|scope| {
                let runs: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            begin.wait();
                            let reservation = Reservation::new(&file(&path), None);
                            end.wait();
                            usize::from(reservation.is_ok())
                        })
                    })
                    .collect();
                runs.into_iter().map(|run| run.join().unwrap()).sum()
            });
            assert_eq!(holders, 1);
        }
    }

    #[test]
    fn names_that_the_file_system_rejects() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("x".repeat(256));
        assert!(refusal(Reservation::new(&file(&long), None)).contains("cannot write"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
