//! Output files of a submission: where to write them, and which were written.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::TaskId;
use crate::model::mask::{hex, sha256};

/// Longest part of a task's id in a file name, in bytes.
const NAME: usize = 100;

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

/// Output files of a submission. They are committed with the intent, so that any process that recovers the submission
/// can write them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DestinationForm")]
#[non_exhaustive]
pub struct Destination {
    /// The video file. `None`: a file in `folder`, named after the task.
    #[serde(with = "optional_path", skip_serializing_if = "Option::is_none")]
    pub video: Option<PathBuf>,
    /// The folder for a video without an explicit path.
    #[serde(with = "lossless_path", skip_serializing_if = "is_empty")]
    pub folder: PathBuf,
    /// Extension of a video without an explicit path. `None`: `mp4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Whether to save the last frame as well.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub with_last_frame: bool,
    /// The file for the last frame. `None`: next to the video, with `.last-frame.png` in place of its extension.
    #[serde(with = "optional_path", skip_serializing_if = "Option::is_none")]
    pub last_frame: Option<PathBuf>,
    /// Whether to replace existing files.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub overwrite: bool,
}

impl Destination {
    /// Writes the video to the file `path`, which must not exist.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self {
            video: Some(absolute(path.as_ref())),
            ..Self::default()
        }
    }

    /// Writes the video to a new file in `folder`, named after the task. A submission takes the extension from the request's
    /// [`output_format`](crate::VideoRequest::output_format).
    #[must_use]
    pub fn folder(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: absolute(folder.as_ref()),
            ..Self::default()
        }
    }

    /// Sets the extension of a video without an explicit path, without its dot. One that is not made of up to eight letters
    /// and digits is ignored.
    #[must_use]
    pub fn extension(mut self, extension: impl AsRef<str>) -> Self {
        let extension = extension.as_ref();
        let is_plain = (1..=8).contains(&extension.len()) && extension.chars().all(|c| c.is_ascii_alphanumeric());
        self.extension = is_plain.then(|| extension.to_ascii_lowercase()).or(self.extension);
        self
    }

    /// Also saves the last frame, at `path` or next to the video.
    #[must_use]
    pub fn last_frame(mut self, path: Option<&Path>) -> Self {
        self.with_last_frame = true;
        self.last_frame = path.map(absolute);
        self
    }

    /// Sets whether to replace existing files.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Returns the path for the video of `task`.
    #[must_use]
    pub fn video_of(&self, task: &TaskId) -> PathBuf {
        let extension = self.extension.as_deref().unwrap_or("mp4");
        let named = || self.folder.join(format!("{}.{extension}", file_stem(task)));
        self.video.clone().unwrap_or_else(named)
    }

    /// Returns the path for the last frame of the video at `video`, or `None` when it is not requested.
    #[must_use]
    pub fn last_frame_of(&self, video: &Path) -> Option<PathBuf> {
        let next_to_video = || video.with_extension("last-frame.png");
        self.with_last_frame
            .then(|| self.last_frame.clone().unwrap_or_else(next_to_video))
    }
}

/// Returns the path of a further video, by its number from 2, next to the first at `video`: `boat-2.mp4` for `boat.mp4`.
///
/// ```
/// use std::path::Path;
/// use videogen::journal::further_video;
///
/// assert_eq!(further_video(Path::new("out/boat.mp4"), 2), Path::new("out/boat-2.mp4"));
/// ```
#[must_use]
pub fn further_video(video: &Path, number: u16) -> PathBuf {
    let mut name = video.file_stem().map(OsString::from).unwrap_or_default();
    name.push(format!("-{number}"));
    if let Some(extension) = video.extension() {
        name.push(".");
        name.push(extension);
    }
    video.with_file_name(name)
}

/// A file name for a task: its parts, if the vendor's id is a plain, short name. Otherwise its valid characters and
/// a hash of the whole, so that no two tasks share a name.
fn file_stem(task: &TaskId) -> String {
    let id = task.id();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name = |id: &str| format!("{}.{}.{id}", task.vendor(), task.family());
    if id.len() <= NAME && id.chars().all(plain) {
        return name(id);
    }
    let kept: String = id
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(NAME / 2)
        .collect();
    name(&format!("{kept}.{}", &sha256(task.to_string().as_bytes())[..16]))
}

/// Journals of earlier versions have only the path of the video.
#[derive(Deserialize)]
#[serde(untagged)]
enum DestinationForm {
    Path(#[serde(with = "lossless_path")] PathBuf),
    Whole {
        // Events of earlier versions call it `path`.
        #[serde(default, alias = "path", with = "optional_path")]
        video: Option<PathBuf>,
        #[serde(default, with = "lossless_path")]
        folder: PathBuf,
        #[serde(default)]
        extension: Option<String>,
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
                extension,
                with_last_frame,
                last_frame,
                overwrite,
            } => Self {
                video,
                folder,
                extension,
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
    /// Absolute path.
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

    /// Whether the file at `path` has the recorded size and content. Reads the whole file.
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

/// Makes a path absolute, because the program that reads it may run in another folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

/// Serializes a path as a string if it is Unicode, otherwise as its platform-specific bytes.
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::super::{Entry, Event};
    use super::*;
    use crate::model::Vendor;

    /// Different ids have different names, which are valid on every file system.
    #[test]
    fn no_two_tasks_share_a_name() {
        let long = "x".repeat(300);
        let ids = [
            "t_1".to_owned(),
            "t/1".to_owned(),
            "t:1".to_owned(),
            "t.1".to_owned(),
            "..".to_owned(),
            "-t".to_owned(),
            "\u{e9}".to_owned(),
            "\u{202e}4pm".to_owned(),
            format!("{long}1"),
            format!("{long}2"),
            long.replace('x', "\u{1f600}"),
        ];
        let mut seen = HashSet::new();
        for vendor in Vendor::ALL {
            for family in vendor.families() {
                for id in &ids {
                    let task = TaskId::new(*vendor, family, id.as_str()).unwrap();
                    let path = Destination::folder("/f").video_of(&task);
                    let name = path.strip_prefix("/f").unwrap().to_str().unwrap().to_owned();
                    assert!(name.len() < 200 && name.ends_with(".mp4"), "{name}");
                    assert!(
                        !name.contains(['/', '\\', ':', '\u{202e}']) && !name.starts_with(['-', '.']),
                        "{name}"
                    );
                    assert!(seen.insert(name.to_lowercase()), "{name}");
                }
            }
        }
    }

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
        let mut all = vec![whole, Destination::folder("/f").last_frame(None), movie];
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            all.push(Destination::file(std::ffi::OsStr::from_bytes(b"/a/k\xff.mp4")));
        }
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
    fn a_file_is_identified_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.mp4");
        std::fs::write(&path, "a video").unwrap();
        let file = SavedFile::new(&path, 7, Some(sha256(b"a video")));
        assert!(file.is_at(&path) && file.is_at(&folder.path().join("./v.mp4")));
        assert!(!SavedFile::new(&path, 7, None).is_at(&path));
        let other = folder.path().join("w.mp4");
        std::fs::copy(&path, &other).unwrap();
        assert!(!file.is_at(&other));
        for other in ["a video!", "another"] {
            std::fs::write(&path, other).unwrap();
            assert!(!file.is_at(&path));
        }
        std::fs::remove_file(&path).unwrap();
        assert!(!file.is_at(&path));
    }
}
