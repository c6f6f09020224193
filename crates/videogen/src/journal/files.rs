//! Where the files of a submission are to be written, and which were.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::keeping::{hex, sha256};
use crate::TaskId;

/// Longest part of a task's id that a file name takes over, in bytes.
const NAME: usize = 100;

/// Which file of a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// The video.
    #[default]
    Video,
    /// The last frame, an image.
    LastFrame,
}

/// Where the files of a submission are to be written. Committed together with the intent, so that they can be written
/// there by any process that finds the submission later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DestinationForm")]
#[non_exhaustive]
pub struct Destination {
    /// The video file. `None`: a file in `folder`, named after the task.
    #[serde(with = "optional_path", skip_serializing_if = "Option::is_none")]
    pub video: Option<PathBuf>,
    /// The folder for a video without a path of its own.
    #[serde(with = "lossless_path", skip_serializing_if = "is_empty")]
    pub folder: PathBuf,
    /// Whether the last frame is wanted, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub with_last_frame: bool,
    /// The file for the last frame. `None`: next to the video, with `.last-frame.png` in place of its extension.
    #[serde(with = "optional_path", skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<PathBuf>,
    /// Whether files that exist are replaced.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub overwrite: bool,
}

impl Destination {
    /// The video goes to the file `path`, which must not exist.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self {
            video: Some(absolute(path.as_ref())),
            ..Self::default()
        }
    }

    /// The video goes to a new file in `folder`, named after the task.
    #[must_use]
    pub fn folder(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: absolute(folder.as_ref()),
            ..Self::default()
        }
    }

    /// Asks for the last frame, too: at `path`, or else next to the video.
    #[must_use]
    pub fn last_frame(mut self, path: Option<&Path>) -> Self {
        self.with_last_frame = true;
        self.last_frame = path.map(absolute);
        self
    }

    /// Sets whether files that exist are replaced.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// The file for the video of `task`.
    #[must_use]
    pub fn video_of(&self, task: &TaskId) -> PathBuf {
        let named = || self.folder.join(file_stem(task)).with_extension("mp4");
        self.video.clone().unwrap_or_else(named)
    }

    /// The file for the last frame when the video is at `video`; `None` when it is not wanted.
    #[must_use]
    pub fn last_frame_of(&self, video: &Path) -> Option<PathBuf> {
        let beside = || video.with_extension("last-frame.png");
        self.with_last_frame
            .then(|| self.last_frame.clone().unwrap_or_else(beside))
    }
}

/// A file name for a task: the vendor's id where that is a plain, short name. Otherwise what can be kept of it and a
/// fingerprint of the whole task id, so that no two tasks share a name.
fn file_stem(task: &TaskId) -> String {
    let id = task.id();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if id.len() <= NAME && id.chars().all(plain) && !id.starts_with('-') {
        return id.to_owned();
    }
    let kept: String = id
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(NAME / 2)
        .collect();
    format!("{}.{}", kept.trim_start_matches('-'), &sha256(task.to_string().as_bytes())[..16])
}

/// Journals of earlier versions hold the path of the video alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum DestinationForm {
    Path(#[serde(with = "lossless_path")] PathBuf),
    Whole {
        // An event of an earlier version calls it `path`.
        #[serde(default, alias = "path", with = "optional_path")]
        video: Option<PathBuf>,
        #[serde(default, with = "lossless_path")]
        folder: PathBuf,
        #[serde(default)]
        with_last_frame: bool,
        #[serde(default, with = "optional_path")]
        last_frame: Option<PathBuf>,
        #[serde(default)]
        overwrite: bool,
    },
}

impl From<DestinationForm> for Destination {
    fn from(form: DestinationForm) -> Self {
        match form {
            DestinationForm::Path(path) => Self {
                video: Some(path),
                ..Self::default()
            },
            DestinationForm::Whole {
                video,
                folder,
                with_last_frame,
                last_frame,
                overwrite,
            } => Self {
                video,
                folder,
                with_last_frame,
                last_frame,
                overwrite,
            },
        }
    }
}

/// A file of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SavedForm")]
#[non_exhaustive]
pub struct SavedFile {
    /// Its absolute path.
    #[serde(with = "lossless_path")]
    pub path: PathBuf,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 of its content, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Whether it was seen to be in place. `false`: it was complete and about to be moved there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub placed: bool,
}

/// Journals of earlier versions hold the path alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum SavedForm {
    Path(#[serde(with = "lossless_path")] PathBuf),
    Whole {
        #[serde(with = "lossless_path")]
        path: PathBuf,
        bytes: Option<u64>,
        sha256: Option<String>,
        #[serde(default)]
        placed: bool,
    },
}

impl From<SavedForm> for SavedFile {
    fn from(form: SavedForm) -> Self {
        match form {
            SavedForm::Path(path) => Self {
                path,
                bytes: None,
                sha256: None,
                placed: true,
            },
            SavedForm::Whole {
                path,
                bytes,
                sha256,
                placed,
            } => Self {
                path,
                bytes,
                sha256,
                placed,
            },
        }
    }
}

impl SavedFile {
    pub(crate) fn new(path: &Path, bytes: u64, sha256: Option<String>) -> Self {
        Self {
            path: absolute(path),
            bytes: Some(bytes),
            sha256,
            placed: false,
        }
    }

    /// Whether the file at `path` is this one, with the recorded size and content. Reads the whole file.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        let is_here = || {
            let (Some(bytes), Some(sha256)) = (self.bytes, &self.sha256) else {
                return Ok(false);
            };
            if self.path.canonicalize()? != path.canonicalize()? {
                return Ok(false);
            }
            let mut file = File::open(path)?;
            let metadata = file.metadata()?;
            io::Result::Ok(metadata.is_file() && metadata.len() == bytes && digest_of(&mut file)? == *sha256)
        };
        is_here().unwrap_or(false)
    }
}

/// SHA-256 of what is left to read, in hexadecimal.
pub(crate) fn digest_of(mut file: impl io::Read) -> io::Result<String> {
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(context.finish().as_ref())),
            read => context.update(&buffer[..read]),
        }
    }
}

/// The program may be elsewhere when it is read.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

/// A path is a string where it can be one. One that is not Unicode is kept as the operating system has it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Text(String),
    System(OsString),
}

mod lossless_path {
    use super::{Deserialize, Deserializer, Kept, Path, PathBuf, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = match path.to_str() {
            Some(text) => Kept::Text(text.to_owned()),
            None => Kept::System(path.as_os_str().to_owned()),
        };
        kept.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Kept::deserialize(deserializer)? {
            Kept::Text(text) => text.into(),
            Kept::System(text) => text.into(),
        })
    }
}

mod optional_path {
    use super::{Deserialize, Deserializer, PathBuf, Serializer, lossless_path};

    #[derive(Deserialize)]
    struct Lossless(#[serde(with = "lossless_path")] PathBuf);

    pub(super) fn serialize<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        match path {
            Some(path) => lossless_path::serialize(path, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<Lossless>::deserialize(deserializer)?.map(|Lossless(path)| path))
    }
}
