//! Files of a task that were written, and paths as stored in a journal.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::mask::hex;

/// Kind of a task's file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// The video.
    #[default]
    Video,
    /// The last frame, an image.
    LastFrame,
    /// A further video of a task that has several, by its number from 2.
    Further(u16),
}

impl FileKind {
    /// Returns the kind of the video with this number, from 1.
    #[must_use]
    pub fn of_video(number: u16) -> Self {
        match number {
            0 | 1 => Self::Video,
            further => Self::Further(further),
        }
    }
}

/// A file of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SavedForm")]
#[non_exhaustive]
pub struct SavedFile {
    /// Absolute path; `-` if the file was not stored, but streamed to its end.
    #[serde(with = "lossless_path")]
    pub path: PathBuf,
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 of the content, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Whether the file is in place. `false`: it was complete and about to be moved there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub placed: bool,
    /// Name of the machine that has the file, in a journal that several machines share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
}

/// Journals of earlier versions have only the path.
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
        machine: Option<String>,
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
                machine: None,
            },
            SavedForm::Whole {
                path,
                bytes,
                sha256,
                placed,
                machine,
            } => Self {
                path,
                bytes,
                sha256,
                placed,
                machine,
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
            machine: None,
        }
    }

    /// Whether the file at `path` has the recorded size and content, also as a copy at another path. Reads the whole file.
    #[must_use]
    pub fn is_at(&self, path: &Path) -> bool {
        let is_here = || {
            let (Some(bytes), Some(sha256)) = (self.bytes, &self.sha256) else {
                return Ok(false);
            };
            let mut file = File::open(path)?;
            let metadata = file.metadata()?;
            io::Result::Ok(metadata.is_file() && metadata.len() == bytes && digest_of(&mut file)? == *sha256)
        };
        is_here().unwrap_or(false)
    }
}

/// SHA-256 of the rest of the file, in hexadecimal.
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

/// Makes a path absolute, because the program that reads it may run in another folder. Without `..` where its folder exists:
/// files are compared by their paths.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if !path.components().any(|part| part == Component::ParentDir) {
        return path;
    }
    let known = match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => folder.canonicalize().map(|folder| folder.join(name)),
        _ => path.canonicalize(),
    };
    known.unwrap_or(path)
}

/// Serializes a path as a string if it is Unicode, otherwise as its platform-specific bytes.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Text(String),
    System(OsString),
}

pub(super) mod lossless_path {
    use super::{Deserialize, Deserializer, Kept, Path, PathBuf, Serialize as _, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = match path.to_str() {
            Some(text) => Kept::Text(text.to_owned()),
            None => Kept::System(path.as_os_str().to_owned()),
        };
        kept.serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Kept::deserialize(deserializer)? {
            Kept::Text(text) => text.into(),
            Kept::System(text) => text.into(),
        })
    }
}

pub(super) mod optional_path {
    use super::{Deserialize, Deserializer, PathBuf, Serializer, lossless_path};

    #[derive(Deserialize)]
    struct Lossless(#[serde(with = "lossless_path")] PathBuf);

    pub(in super::super) fn serialize<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        match path {
            Some(path) => lossless_path::serialize(path, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<Lossless>::deserialize(deserializer)?.map(|Lossless(path)| path))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::super::{Destination, Entry, Event};
    use super::*;
    use crate::model::Vendor;
    use crate::model::mask::sha256;

    #[test]
    fn entries_of_earlier_versions_are_read() {
        let target: Destination = serde_json::from_value(json!("/a/v.mp4")).unwrap();
        assert_eq!(target, Destination::file("/a/v.mp4"));
        let file: SavedFile = serde_json::from_value(json!("/a/v.mp4")).unwrap();
        assert!(file.placed && file.path == Path::new("/a/v.mp4"));
        let event = json!({"event": "target", "path": "/a/v.mp4"});
        let target = Destination::file("/a/v.mp4");
        assert_eq!(
            serde_json::from_value::<Event>(event).unwrap(),
            Event::Target { target }
        );
        let event = json!({"event": "downloaded", "path": "/a/v.mp4", "bytes": 9});
        let file = SavedFile::new("/a/v.mp4".as_ref(), 9, None);
        let kind = FileKind::Video;
        assert_eq!(
            serde_json::from_value::<Event>(event).unwrap(),
            Event::Downloaded { kind, file }
        );
        let entry = json!({
            "intent": {"id": "i", "key": "i", "account": "a", "vendor": Vendor::ALL[0], "family": "f", "model": "m",
                "prompt": "p", "request": {}, "request_hash": "h", "at": "2026-11-21T12:00:00Z",
                "until": "2026-11-21T12:00:15Z"},
            "state": "accepted", "updated_at": "2026-11-21T12:00:00Z", "attempts": 1,
            "task": format!("{}:{}:t", Vendor::ALL[0], Vendor::ALL[0].families().next().unwrap()),
            "status": "completed", "target": "/a/v.mp4",
        });
        let mut entry: Entry = serde_json::from_value(entry).unwrap();
        assert!(entry.is_unfinished());
        entry.file = serde_json::from_value(json!("/a/v.mp4")).unwrap();
        assert!(!entry.is_unfinished());
    }

    /// Also for a path that is not Unicode.
    #[test]
    fn paths_round_trip_through_json() {
        let whole = Destination::file("/a/v.mp4")
            .last_frame(Some(Path::new("/b/v.png")))
            .overwrite(true);
        let movie = Destination::folder("/f").extension("MOV").extension("../x");
        assert_eq!(movie.extension.as_deref(), Some("mov"));
        let all = vec![whole, Destination::folder("/f").last_frame(None), movie];
        #[cfg(unix)]
        let all = {
            use std::os::unix::ffi::OsStrExt as _;
            let other = Destination::file(std::ffi::OsStr::from_bytes(b"/a/k\xff.mp4"));
            [all, vec![other]].concat()
        };
        for target in all {
            let event = Event::Target { target: target.clone() };
            assert_eq!(serde_json::from_value::<Event>(json!(event)).unwrap(), event);
            let file = SavedFile {
                placed: true,
                ..SavedFile::new(&target.video.unwrap_or_default(), 9, Some("d".to_owned()))
            };
            assert_eq!(serde_json::from_value::<SavedFile>(json!(file)).unwrap(), file);
        }
    }

    #[test]
    fn a_path_has_no_way_back() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        std::fs::create_dir(folder.join("a")).unwrap();
        let file = SavedFile::new(&folder.join("a/../v.mp4"), 7, None);
        assert_eq!(file.path, folder.join("v.mp4"));
        assert_eq!(Destination::folder(folder.join("a/..")).folder, folder);
        let missing = folder.join("b/../v.mp4");
        assert_eq!(SavedFile::new(&missing, 7, None).path, missing);
    }

    #[test]
    fn a_file_is_identified_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.mp4");
        std::fs::write(&path, "a video").unwrap();
        let file = SavedFile::new(&path, 7, Some(sha256(b"a video")));
        assert!(file.is_at(&path) && file.is_at(&folder.path().join("./v.mp4")));
        assert!(!SavedFile::new(&path, 7, None).is_at(&path));
        let other = folder.path().join("w.mp4");
        std::fs::copy(&path, &other).unwrap();
        assert!(file.is_at(&other));
        for other in ["a video!", "another"] {
            std::fs::write(&path, other).unwrap();
            assert!(!file.is_at(&path));
        }
        std::fs::remove_file(&path).unwrap();
        assert!(!file.is_at(&path));
    }
}
