//! Partial files that stay in the folder of their target, so that another process can resume the download.
//!
//! Each has a sidecar, a JSON document with the file and version that its bytes belong to. It has no URL. What cannot be
//! resumed for certain is discarded, and where no such file can be used, the download has a partial file as without it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};

use super::answer::Version;
use crate::journal::FileKind;
use crate::model::TaskId;
use crate::model::mask::sha256;
use crate::rules::media::read_up_to;
use crate::system;

/// Maximum length of a sidecar, in bytes.
const LONGEST: u64 = 64 * 1024;
/// Length of the digest in the names.
const DIGITS: usize = 32;
/// How often other processes may replace the file while it is being opened.
const TRIES: usize = 8;

/// The file that partial bytes belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Origin {
    task: TaskId,
    kind: FileKind,
    /// Digest of the base URL: another server may have the same ids.
    server: String,
}

impl Origin {
    pub(super) fn new(task: &TaskId, kind: FileKind, base_url: &str) -> Self {
        Self {
            task: task.clone(),
            kind,
            server: sha256(base_url.as_bytes()),
        }
    }

    /// Name of the partial file of the file `target`.
    fn name(&self, target: &OsStr) -> String {
        let mut identity = serde_json::to_vec(self).unwrap_or_default();
        identity.extend_from_slice(target.as_encoded_bytes());
        format!(".videogen-{}.part", &sha256(&identity)[..DIGITS])
    }
}

/// Content of a sidecar.
#[derive(Serialize, Deserialize)]
struct Note {
    task: TaskId,
    kind: FileKind,
    server: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// Length of the whole file, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// See [`boot`].
    #[serde(skip_serializing_if = "Option::is_none")]
    boot: Option<String>,
}

/// Identifies the time since the system was started, on Linux: bytes that were not synced survive a killed process, but
/// not a power failure.
fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

impl Note {
    /// `None`: a version that no later request can identify.
    fn new(origin: &Origin, version: &Version) -> Option<Self> {
        version.validator()?;
        let text = |value: &Option<HeaderValue>| match value {
            Some(value) => value.to_str().ok().map(|text| Some(text.to_owned())),
            None => Some(None),
        };
        Some(Self {
            task: origin.task.clone(),
            kind: origin.kind,
            server: origin.server.clone(),
            etag: text(&version.etag)?,
            last_modified: text(&version.modified)?,
            total: version.total,
            boot: boot(),
        })
    }

    /// The version of `length` bytes that were stored for `origin`, if they can be continued.
    fn version(&self, origin: &Origin, length: u64) -> Option<Version> {
        let header = |text: &Option<String>| text.as_deref().map(HeaderValue::from_str).transpose().ok();
        let version = Version::earlier(header(&self.etag)?, header(&self.last_modified)?, self.total);
        let fits = self.total.is_none_or(|total| length <= total);
        let is_of_origin = (&self.task, self.kind, &self.server) == (&origin.task, origin.kind, &origin.server);
        let is_same = is_of_origin && self.boot == boot();
        (is_same && fits && length > 0 && version.validator().is_some()).then_some(version)
    }
}

/// The sidecar of a partial file, which need not exist.
pub(super) struct Sidecar {
    path: PathBuf,
    origin: Origin,
}

impl Sidecar {
    fn read(&self) -> Option<Note> {
        if !self.path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let mut text = Vec::new();
        let mut file = File::open(&self.path).ok()?;
        read_up_to(&mut file, LONGEST, &mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Replaces the sidecar.
    ///
    /// # Errors
    /// When it cannot be written, or the version cannot be identified; there is none then.
    pub(super) fn write(&self, version: &Version) -> io::Result<File> {
        self.remove();
        let note = Note::new(&self.origin, version).ok_or(io::ErrorKind::Unsupported)?;
        // In a new file, so that no link is followed.
        let mut file = File::options().write(true).create_new(true).open(&self.path)?;
        let written = file.write_all(&serde_json::to_vec(&note)?);
        if written.is_err() {
            self.remove();
        }
        written.map(|()| file)
    }

    pub(super) fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A partial file that only this process uses.
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) sidecar: Sidecar,
    /// Locked, and positioned at the end.
    pub(super) file: File,
    /// Its length.
    pub(super) length: u64,
    /// Version of the bytes in it.
    pub(super) version: Version,
}

impl Kept {
    /// Opens or creates the partial file of the target `name` in `folder`. `None`: another process uses it, or the file
    /// system does not support it.
    pub(super) fn open(folder: &Path, name: &OsStr, origin: Origin) -> Option<Self> {
        let path = folder.join(origin.name(name));
        let sidecar = Sidecar {
            path: path.with_extension("part.json"),
            origin,
        };
        let opened = (0..TRIES).find_map(|_| open(&path, &sidecar).transpose());
        let (file, length, version) = opened?.ok()?;
        Some(Self {
            path,
            sidecar,
            file,
            length,
            version,
        })
    }
}

/// The file at `path`, with the length and version to continue from. `None`: it was replaced or discarded; try again.
fn open(path: &Path, sidecar: &Sidecar) -> io::Result<Option<(File, u64, Version)>> {
    let discard = || {
        sidecar.remove();
        fs::remove_file(path).map(|()| None)
    };
    let mut options = File::options();
    options.read(true).write(true);
    let (opened, is_new) = match path.symlink_metadata() {
        Ok(found) if found.is_file() => (options.open(path), false),
        // A link that was planted is removed, not followed.
        Ok(_) => return discard(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (options.create_new(true).open(path), true),
        Err(error) => return Err(error),
    };
    let mut file = match opened {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) => {
            return Ok(None);
        }
        opened => opened?,
    };
    file.try_lock()?;
    if !is_at(&file, path) {
        return Ok(None);
    }
    if is_new {
        return Ok(Some((file, 0, Version::default())));
    }
    let length = file.metadata()?.len();
    // One with another name may be in place already: its process was killed after that.
    let note = sidecar.read().filter(|_| !system::may_have_other_names(&file));
    let Some(version) = note.and_then(|note| note.version(&sidecar.origin, length)) else {
        return discard();
    };
    let note = sidecar.write(&version)?;
    // Other users may have planted a file in a shared folder.
    if !system::have_same_owner(&file, &note) {
        return discard();
    }
    // A request for no bytes would be refused, without the version.
    let length = version.total.map_or(length, |total| length.min(total - 1));
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    Ok(Some((file, length, version)))
}

/// Whether `path` names this file, and not another one or a link.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(opened), Ok(named)) => system::are_same(&opened, &named),
        _ => false,
    }
}
