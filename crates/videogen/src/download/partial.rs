//! The partial file of a download: written next to its target and renamed when complete.

use std::fs::{self, File};
use std::io::{self, IoSlice, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};
use uuid::Uuid;

use super::media::Media;
use crate::journal::{SavedFile, digest_of};
use crate::model::{Error, ErrorKind};

/// So much is gathered before it is written: one call to the system, and another chunk can arrive meanwhile.
const BATCH: usize = 1024 * 1024;
/// Small chunks hold on to larger buffers, so their number has a limit too.
const CHUNKS: usize = 256;

/// A partial file. Dropping it deletes it.
pub(super) struct Partial<'a> {
    target: &'a Path,
    overwrite: bool,
    name: Name,
    file: Arc<File>,
    length: u64,
    batch: Vec<Bytes>,
    held: usize,
    /// The batch that is being written. There is never more than one, so they keep their order.
    writing: Option<JoinHandle<io::Result<()>>>,
}

/// What the file is called on its way. Dropping it takes the name away, if the file still has it.
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl<'a> Partial<'a> {
    /// # Errors
    /// `io` when the target exists and may not be replaced, or its folder cannot be written to.
    pub(super) fn new(target: &'a Path, overwrite: bool) -> Result<Self, Error> {
        if !overwrite && target.exists() {
            return Err(exists(target));
        }
        // Beside its target, so that putting it in place is one rename, and with the rights of a file like any other.
        let path = folder(target).join(format!(".videogen-{}.part", Uuid::now_v7().simple()));
        let file = File::options().read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(|error| cannot_write(target, &error))?;
        Ok(Self {
            target,
            overwrite,
            name: Name(path),
            file: Arc::new(file),
            length: 0,
            batch: Vec::new(),
            held: 0,
            writing: None,
        })
    }

    /// Bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Adds a chunk.
    ///
    /// # Errors
    /// `io`, perhaps about an earlier chunk.
    pub(super) async fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.length += chunk.len() as u64;
        self.held += chunk.len();
        self.batch.push(chunk);
        if self.held >= BATCH || self.batch.len() >= CHUNKS {
            self.write().await?;
        }
        Ok(())
    }

    /// Waits until all that was added is written.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn flush(&mut self) -> Result<(), Error> {
        self.write().await?;
        self.settle().await
    }

    /// Begins to write what was gathered, once the last batch is written.
    async fn write(&mut self) -> Result<(), Error> {
        self.settle().await?;
        if !self.batch.is_empty() {
            let (file, batch) = (Arc::clone(&self.file), std::mem::take(&mut self.batch));
            self.held = 0;
            self.writing = Some(apart(move || write_all(&file, &batch)));
        }
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), Error> {
        match self.writing.take() {
            Some(writing) => done(self.target, writing).await,
            None => Ok(()),
        }
    }

    /// Begins again with nothing.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        self.batch.clear();
        self.held = 0;
        self.settle().await?;
        self.length = 0;
        let file = Arc::clone(&self.file);
        let rewind = move || {
            file.set_len(0)?;
            (&*file).rewind()
        };
        done(self.target, apart(rewind)).await
    }

    /// What the file lacks, if anything. All of it must have been written.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn flaw(&self, media: Media, is_end_known: bool) -> Result<Option<&'static str>, Error> {
        let file = Arc::clone(&self.file);
        done(self.target, apart(move || media.flaw(&*file, is_end_known))).await
    }

    /// Syncs the file to disk, so that it survives a power cut. With `digest`, its SHA-256 is computed.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn finish(&mut self, digest: bool) -> Result<SavedFile, Error> {
        self.flush().await?;
        let file = Arc::clone(&self.file);
        let sync = move || {
            file.sync_all()?;
            if !digest {
                return Ok(None);
            }
            (&*file).rewind()?;
            digest_of(&*file).map(Some)
        };
        let sha256 = done(self.target, apart(sync)).await?;
        Ok(SavedFile::new(self.target, self.length, sha256))
    }

    /// Moves the finished file to its place.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn place(self) -> Result<(), Error> {
        let target = self.target;
        // Not in another thread: whoever gives up the call would find the file in place later.
        let partial = &self.name.0;
        let placed = if self.overwrite {
            fs::rename(partial, target)
        } else {
            // A rename would replace what is there; a second name, given before the first is taken away, cannot.
            fs::hard_link(partial, target).or_else(|error| place_without_links(error, partial, target))
        };
        placed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(target),
            _ => cannot_write(target, &error),
        })?;
        // Before the folder is synced, so that a power cut does not bring it back.
        drop(self.name);
        // Some file systems cannot sync a folder; the file is in place all the same.
        #[cfg(unix)]
        {
            let folder = folder(target).to_owned();
            let _ = apart(move || File::open(folder)?.sync_all()).await;
        }
        Ok(())
    }
}

/// Some file systems (FAT, and many over a network) can neither link nor rename without replacing. What was paid for is not
/// thrown away because of that: it is renamed where nothing is in the way. In the instant between the look and the rename
/// another process may put a file there, which is then replaced.
fn place_without_links(error: io::Error, partial: &Path, target: &Path) -> io::Result<()> {
    let is_free = matches!(target.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound);
    if is_free && error.kind() != io::ErrorKind::AlreadyExists {
        fs::rename(partial, target)
    } else {
        Err(error)
    }
}

/// Does work on a thread that may block. Boxed, so that what surrounds it is compiled once and not for each work.
fn apart<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> JoinHandle<io::Result<T>> {
    let work: Box<dyn FnOnce() -> io::Result<T> + Send> = Box::new(work);
    spawn_blocking(work)
}

/// The result of work that was done on another thread.
async fn done<T>(target: &Path, work: JoinHandle<io::Result<T>>) -> Result<T, Error> {
    work.await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(|error| cannot_write(target, &error))
}

fn write_all(mut file: &File, batch: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = batch.iter().map(|chunk| IoSlice::new(chunk)).collect();
    let mut rest = slices.as_mut_slice();
    // Chunks without bytes are none.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn exists(target: &Path) -> Error {
    let message = format!(
        "{} already exists; use DownloadOptions::overwrite(true) to replace it",
        target.display()
    );
    Error::new(ErrorKind::Io, message)
}

fn cannot_write(target: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot write {}: {error}", target.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_linked_is_renamed_where_nothing_is_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("v.mp4");
        let place = |kind: io::ErrorKind| {
            let name = Name(folder.path().join("v.part"));
            fs::write(&name.0, b"a video").unwrap();
            place_without_links(kind.into(), &name.0, &target).map_err(|error| error.kind())
        };
        // As a file system says that has no links.
        for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::Unsupported] {
            assert_eq!(place(kind), Ok(()));
            assert_eq!(fs::read(&target).unwrap(), b"a video");
            fs::write(&target, "mine").unwrap();
            assert_eq!(place(kind), Err(kind));
            assert_eq!(fs::read(&target).unwrap(), b"mine");
            fs::remove_file(&target).unwrap();
        }
        assert_eq!(place(io::ErrorKind::AlreadyExists), Err(io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
