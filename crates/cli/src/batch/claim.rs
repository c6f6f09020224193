//! One process at a time works on a job: a lock on a file next to the journal. It ends with its process, so what a killed one
//! leaves is taken over at once.
//!
//! The journal alone decides whether a submission is made. The lock spares a second process the work.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use same_file::Handle;

/// The locks of a batch.
pub(crate) struct Claims(PathBuf);

/// A lock, until it is dropped.
pub(super) struct Claim {
    path: PathBuf,
    file: File,
}

impl Claims {
    /// The locks of the batch `name` in the journal at `journal`.
    pub(crate) fn new(journal: &Path, name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let mut folder = journal.as_os_str().to_owned();
        folder.push(format!("-batch-{:016x}", hasher.finish()));
        Self(folder.into())
    }

    /// Locks a job; `None` if another process has it.
    pub(super) fn claim(&self, job: &str) -> io::Result<Option<Claim>> {
        let path = self.0.join(job);
        loop {
            fs::create_dir_all(&self.0)?;
            let opened = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path);
            let file = match opened {
                // The holder has just removed the folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                opened => opened?,
            };
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(None),
                // Without file locks, both do the work.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            // The holder may have removed the name between the two calls.
            let is_named = || Ok(Handle::from_path(&path)? == Handle::from_file(file.try_clone()?)?);
            if io::Result::unwrap_or(is_named(), false) {
                return Ok(Some(Claim { path, file }));
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // While still locked, so that no other process can lock it in between.
        let _ = fs::remove_file(&self.path);
        let _ = self.file.unlock();
        if let Some(folder) = self.path.parent() {
            // Only if empty.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_claimed_once() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.db");
        let (claims, others) = (Claims::new(&journal, "a"), Claims::new(&journal, "b"));
        let first = claims.claim("1").unwrap().unwrap();
        assert!(claims.claim("1").unwrap().is_none());
        let second = claims.claim("2").unwrap().unwrap();
        drop(others.claim("1").unwrap().unwrap());
        drop(first);
        drop(claims.claim("1").unwrap().unwrap());
        drop(second);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
