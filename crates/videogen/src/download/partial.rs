//! The partial file of a download: written next to its target and renamed when complete.

use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use uuid::Uuid;

use super::answer::Version;
use super::kept::{Kept, Origin, Sidecar};
use super::media::Media;
use super::writer::Writer;
use crate::journal::{SavedFile, digest_of};
use crate::model::{Error, ErrorKind};
use crate::system;
use crate::transport::blocking::run;

/// A partial file. Dropping it deletes it, unless another process can resume the download.
pub(super) struct Partial<'a> {
    target: &'a Path,
    overwrite: bool,
    /// Dropped before the name, which is kept only if there are bytes.
    writer: Writer,
    name: Name,
    length: u64,
    /// Of the bytes that it had when it was opened.
    version: Version,
}

/// The path of the partial file. Dropping it deletes the file, unless it stays for another process.
struct Name {
    path: PathBuf,
    sidecar: Option<Sidecar>,
    /// Whether it stays if it has any bytes: its sidecar identifies them.
    stays: bool,
}

impl Drop for Name {
    fn drop(&mut self) {
        if self.stays && fs::metadata(&self.path).is_ok_and(|found| found.len() > 0) {
            return;
        }
        let _ = fs::remove_file(&self.path);
        if let Some(sidecar) = &self.sidecar {
            sidecar.remove();
        }
    }
}

impl<'a> Partial<'a> {
    /// With an `origin`, it continues the partial file of another process, and may stay for another one.
    ///
    /// # Errors
    /// `io` when the target exists and may not be replaced, or its folder cannot be written to.
    pub(super) fn new(target: &'a Path, overwrite: bool, origin: Option<Origin>) -> Result<Self, Error> {
        let is_separated = target.to_string_lossy().ends_with(std::path::is_separator);
        let name = target.file_name().filter(|_| !is_separated && !target.is_dir());
        let Some(name) = name else {
            let message = format!("\"{}\" is not the path of a file; add a file name", target.display());
            return Err(Error::new(ErrorKind::Io, message));
        };
        // A link to a missing file exists too: the video could not be placed there.
        if !overwrite && target.symlink_metadata().is_ok() {
            return Err(exists(target));
        }
        // Next to its target, so that one rename puts it in place, and with default permissions.
        let (name, file, length, version) = match origin.and_then(|origin| Kept::open(folder(target), name, origin)) {
            Some(kept) => {
                let name = Name {
                    path: kept.path,
                    sidecar: Some(kept.sidecar),
                    stays: kept.length > 0,
                };
                (name, kept.file, kept.length, kept.version)
            }
            None => {
                let path = folder(target).join(format!(".videogen-{}.part", Uuid::now_v7().simple()));
                let file = File::options().read(true).write(true).create_new(true).open(&path);
                let file = file.map_err(|error| cannot_write(target, &error))?;
                let name = Name {
                    path,
                    sidecar: None,
                    stays: false,
                };
                (name, file, 0, Version::default())
            }
        };
        Ok(Self {
            target,
            overwrite,
            writer: Writer::new(file),
            name,
            length,
            version,
        })
    }

    /// Bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Version of the bytes that it had when it was opened.
    pub(super) fn version(&mut self) -> Version {
        std::mem::take(&mut self.version)
    }

    /// Sets the version of the bytes that follow. There are none yet.
    pub(super) fn identify(&mut self, version: &Version) {
        let sidecar = self.name.sidecar.as_ref();
        self.name.stays = sidecar.is_some_and(|sidecar| sidecar.write(version).is_ok());
    }

    /// Deletes it when it is dropped.
    pub(super) fn discard(&mut self) {
        self.name.stays = false;
    }

    /// Adds a chunk.
    ///
    /// # Errors
    /// `io`, perhaps about an earlier chunk.
    pub(super) async fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.length += chunk.len() as u64;
        let pushed = self.writer.push(chunk).await;
        pushed.map_err(|error| cannot_write(self.target, &error))
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn flush(&mut self) -> Result<(), Error> {
        let flushed = self.writer.flush().await;
        flushed.map_err(|error| cannot_write(self.target, &error))
    }

    /// Discards all bytes.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        self.length = 0;
        let restarted = self.writer.restart().await;
        restarted.map_err(|error| cannot_write(self.target, &error))
    }

    /// The missing part of the file, if any. All bytes must have been written.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn flaw(&self, media: Media, is_end_known: bool) -> Result<Option<&'static str>, Error> {
        let file = self.writer.file();
        let flaw = run(move || media.flaw(&mut &*file, is_end_known)).await;
        flaw.flatten().map_err(|error| cannot_write(self.target, &error))
    }

    /// Syncs the file to disk, so that it survives a power failure. With `digest`, its SHA-256 is computed.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn finish(&mut self, digest: bool) -> Result<SavedFile, Error> {
        self.flush().await?;
        let file = self.writer.file();
        let sync = move || {
            file.sync_all()?;
            if !digest {
                return Ok(None);
            }
            (&*file).rewind()?;
            digest_of(&*file).map(Some)
        };
        let synced = run(sync).await;
        let sha256 = synced.flatten().map_err(|error| cannot_write(self.target, &error))?;
        Ok(SavedFile::new(self.target, self.length, sha256))
    }

    /// Moves the finished file to its place.
    ///
    /// # Errors
    /// `io`.
    pub(super) async fn place(mut self) -> Result<(), Error> {
        let target = self.target;
        self.discard();
        // Not in another thread, where it would continue after the caller dropped the future.
        let partial = &self.name.path;
        let placed = if self.overwrite {
            fs::rename(partial, target)
        } else {
            // A rename would replace an existing file; a hard link cannot.
            fs::hard_link(partial, target).or_else(|error| place_without_links(error, partial, target))
        };
        placed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => exists(target),
            _ => cannot_write(target, &error),
        })?;
        // Before the folder is synced, so that it does not reappear after a power failure.
        drop(self.name);
        // Some file systems cannot sync a folder; the file is in place anyway.
        let folder = folder(target).to_owned();
        let _ = run(move || system::sync_folder(&folder)).await;
        Ok(())
    }
}

/// Some file systems (FAT, and many network file systems) can neither link nor rename without replacing. A paid video
/// is not discarded because of that: it is renamed if the target does not exist. A file that another process creates
/// between the check and the rename is replaced.
fn place_without_links(error: io::Error, partial: &Path, target: &Path) -> io::Result<()> {
    let is_free = matches!(target.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound);
    if is_free && error.kind() != io::ErrorKind::AlreadyExists {
        fs::rename(partial, target)
    } else {
        Err(error)
    }
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn exists(target: &Path) -> Error {
    let message = format!("{} already exists", target.display());
    Error::new(ErrorKind::Io, message).with_advice("use DownloadOptions::overwrite(true) to replace it")
}

fn cannot_write(target: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot write {}: {error}", target.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn without_links_the_file_is_renamed_if_the_target_does_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("v.mp4");
        let place = |kind: io::ErrorKind| {
            let name = Name {
                path: folder.path().join("v.part"),
                sidecar: None,
                stays: false,
            };
            fs::write(&name.path, b"a video").unwrap();
            place_without_links(kind.into(), &name.path, &target).map_err(|error| error.kind())
        };
        // The error of a file system without links.
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
