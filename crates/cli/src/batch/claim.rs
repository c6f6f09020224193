//! One process at a time works on a job. In a file's journal by a lock on a file next to it, which ends with its process, so
//! that what a killed one leaves is taken over at once; in a database by a claim with the lease of its process.
//!
//! The journal alone decides whether a submission is made. The claim spares a second process the work.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use same_file::Handle;
use videogen::journal::Entry;
use videogen_journal::{Owner, Store};

use super::item::place;

/// The claims of a batch.
pub(crate) struct Claims {
    store: Arc<Store>,
    owner: &'static Owner,
    place: Place,
}

enum Place {
    /// A folder with a file for each job that is worked on.
    Folder(PathBuf),
    /// The database, and what the names of the claims begin with.
    Database(String),
}

/// A claim, until it is given back.
pub(super) enum Claim {
    File(Lock),
    Database(String),
}

/// A lock, until it is dropped.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Claims {
    /// The claims of the batch `name` in a journal, with files at the path `beside` it.
    pub(crate) fn new(store: Arc<Store>, owner: &'static Owner, beside: &Path, name: &str) -> Self {
        let place = match store.machine() {
            Some(_) => Place::Database(format!("batch:{name}:")),
            None => Place::Folder(folder(beside, name)),
        };
        Self { store, owner, place }
    }

    /// How often a job of another process is looked at.
    pub(super) fn look(&self) -> Duration {
        match self.place {
            Place::Folder(_) => Duration::from_millis(500),
            Place::Database(_) => Duration::from_secs(2),
        }
    }

    /// Claims a job; `None` if another process has it.
    pub(super) async fn claim(&self, job: &str) -> Result<Option<Claim>, String> {
        match &self.place {
            Place::Folder(folder) => {
                let Some(mut lock) = lock(folder, job).map_err(|error| error.to_string())? else {
                    return Ok(None);
                };
                let ended = lock.exchange(self.owner.id()).map_err(|error| error.to_string())?;
                if let Some(ended) = ended {
                    // Otherwise its submissions wait for the end of its lease.
                    let _ = self.store.leave(&Owner::new().with_id(&ended)).await;
                }
                Ok(Some(Claim::File(lock)))
            }
            Place::Database(prefix) => {
                let name = format!("{prefix}{job}");
                match self.store.claim(self.owner, &name).await {
                    Ok(true) => Ok(Some(Claim::Database(name))),
                    Ok(false) => Ok(None),
                    Err(error) => Err(error.to_string()),
                }
            }
        }
    }

    /// Gives a job back. If that fails, the claim ends with this process.
    pub(super) async fn give_back(&self, claim: Claim) {
        match claim {
            Claim::File(lock) => drop(lock),
            Claim::Database(name) => drop(self.store.unclaim(self.owner, &name).await),
        }
    }

    /// Takes over an earlier submission, so that no worker follows it too. `false`: another process follows it.
    pub(super) async fn take(&self, entry: &Entry) -> Result<bool, String> {
        if !entry.is_open() && !entry.is_unfinished() {
            return Ok(true);
        }
        let taken = self.store.take(self.owner, &entry.intent.id).await;
        taken.map_err(|error| error.to_string())
    }

    /// Leaves a submission to others.
    pub(super) async fn release(&self, entry: &Entry) {
        let _ = self.store.release(self.owner, &entry.intent.id).await;
    }

    /// The other machine that has all files of a submission, unless its video is at this path of this machine.
    pub(super) fn machine_with_files<'a>(&self, entry: &'a Entry, path: &Path) -> Option<&'a str> {
        let own = self.store.machine()?;
        let file = entry.saved_file(videogen::journal::FileKind::Video)?;
        let machine = file.machine.as_deref().filter(|machine| *machine != own)?;
        // In a folder that both machines share.
        let is_here = place(path) == file.path && path.exists();
        (file.placed && !entry.is_unfinished() && !is_here).then_some(machine)
    }
}

fn folder(beside: &Path, name: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let mut folder = beside.as_os_str().to_owned();
    folder.push(format!("-batch-{:016x}", hasher.finish()));
    folder.into()
}

/// Locks the file of a job; `None` if another process has it.
fn lock(folder: &Path, job: &str) -> io::Result<Option<Lock>> {
    let path = folder.join(job);
    loop {
        fs::create_dir_all(folder)?;
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
            return Ok(Some(Lock { path, file }));
        }
    }
}

impl Lock {
    /// Writes the id of this process's owner. Returns that of another process, which was killed while it had the lock.
    fn exchange(&mut self, owner: &str) -> io::Result<Option<String>> {
        let mut before = Vec::new();
        io::Read::take(&mut self.file, 64).read_to_end(&mut before)?;
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.file.write_all(owner.as_bytes())?;
        let before = String::from_utf8_lossy(&before).into_owned();
        Ok(Some(before).filter(|before| !before.is_empty() && before != owner))
    }
}

impl Drop for Lock {
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
        let (own, others) = (super::folder(&journal, "a"), super::folder(&journal, "b"));
        let first = lock(&own, "1").unwrap().unwrap();
        assert!(lock(&own, "1").unwrap().is_none());
        let second = lock(&own, "2").unwrap().unwrap();
        drop(lock(&others, "1").unwrap().unwrap());
        drop(first);
        drop(lock(&own, "1").unwrap().unwrap());
        drop(second);
        // Another process was killed while it had the lock.
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("1"), "another").unwrap();
        let mut third = lock(&own, "1").unwrap().unwrap();
        assert_eq!(third.exchange("this").unwrap(), Some("another".to_owned()));
        assert_eq!(fs::read(own.join("1")).unwrap(), b"this");
        drop(third);
        assert_eq!(lock(&own, "1").unwrap().unwrap().exchange("this").unwrap(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
