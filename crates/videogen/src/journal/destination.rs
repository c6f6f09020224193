//! Where the files of a submission are to be written.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::{absolute, lossless_path, optional_path};
use crate::model::TaskId;
use crate::model::mask::sha256;

/// Longest part of a task's id in a file name, in bytes.
const NAME: usize = 100;

/// Output files of a submission. They are committed with the intent, so that any process that recovers the submission
/// can write them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "DestinationForm")]
#[non_exhaustive]
pub struct Destination {
    /// The video file. `None`: a file in `folder`, named after the task.
    #[serde(with = "optional_path", skip_serializing_if = "Option::is_none")]
    pub video: Option<PathBuf>,
    /// Name of the files of a task, in which `{id}` stands for its id and `{n}` for the number of the video, from 1. Without
    /// `video`, it names all of them, in `folder`; with it, those after the first. `None`: names made from the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
    /// Whether a description of the task is wanted next to each video. This crate writes none: it is for the program that
    /// downloads the video, which may be another one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub with_sidecar: bool,
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

    /// Names the videos of the task: `{id}` stands for its id, as far as it is valid in a file name, and `{n}` for the number of
    /// the video, from 1. A separator in the name is replaced.
    ///
    /// ```
    /// use std::path::Path;
    /// use videogen::journal::Destination;
    ///
    /// let id = "token360:videos:v-1".parse()?;
    /// let target = Destination::folder("/clips").name("boat-{id}-{n}.mp4");
    /// assert_eq!(target.video_of(&id), Path::new("/clips/boat-v-1-1.mp4"));
    /// assert_eq!(target.further_of(&id, 2), Path::new("/clips/boat-v-1-2.mp4"));
    /// # Ok::<(), videogen::Error>(())
    /// ```
    #[must_use]
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.name = Some(name.as_ref().replace(['/', '\\'], "_"));
        self
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

    /// Sets whether a description of the task is wanted next to each video; see [`with_sidecar`](Self::with_sidecar).
    #[must_use]
    pub fn sidecar(mut self, sidecar: bool) -> Self {
        self.with_sidecar = sidecar;
        self
    }

    /// Returns the path for the video of `task`, the first if it has several.
    #[must_use]
    pub fn video_of(&self, task: &TaskId) -> PathBuf {
        if let Some(video) = &self.video {
            return video.clone();
        }
        let name = self.named(task, 1).unwrap_or_else(|| {
            let extension = self.extension.as_deref().unwrap_or("mp4");
            format!("{}.{extension}", file_stem(task))
        });
        self.folder.join(name)
    }

    /// Returns the path for a further video of `task`, by its number from 2.
    #[must_use]
    pub fn further_of(&self, task: &TaskId, number: u16) -> PathBuf {
        let video = self.video_of(task);
        let numbered = self.name.as_ref().filter(|name| name.contains("{n}"));
        match numbered.and_then(|_| self.named(task, number)) {
            Some(name) => video.with_file_name(name),
            None => further_video(&video, number),
        }
    }

    fn named(&self, task: &TaskId, number: u16) -> Option<String> {
        let name = self.name.as_ref()?.replace("{n}", &number.to_string());
        Some(name.replace("{id}", &id_in_name(task)))
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

/// A file name for a task, from its parts.
fn file_stem(task: &TaskId) -> String {
    format!("{}.{}.{}", task.vendor(), task.family(), id_in_name(task))
}

/// The vendor's id of a task in a file name: as it is, if it is plain and short. Otherwise its valid characters and a hash of
/// the whole, so that no two tasks share a name.
fn id_in_name(task: &TaskId) -> String {
    let id = task.id();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if id.len() <= NAME && id.chars().all(plain) {
        return id.to_owned();
    }
    let kept: String = id
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(NAME / 2)
        .collect();
    format!("{kept}.{}", &sha256(task.to_string().as_bytes())[..16])
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
        #[serde(default)]
        name: Option<String>,
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
        #[serde(default)]
        with_sidecar: bool,
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
                name,
                folder,
                extension,
                with_last_frame,
                last_frame,
                overwrite,
                with_sidecar,
            } => Self {
                video,
                name,
                folder,
                extension,
                with_last_frame,
                last_frame,
                overwrite,
                with_sidecar,
            },
        }
    }
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

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
    fn a_name_is_kept_by_the_journal_and_stays_in_its_folder() {
        let task = TaskId::new(Vendor::ALL[0], Vendor::ALL[0].families().next().unwrap(), "a/b").unwrap();
        let target = Destination::folder("/f").name("x/../{id}-{n}.mov");
        let kept: Destination = serde_json::from_value(serde_json::json!(target)).unwrap();
        assert_eq!(kept, target);
        let video = kept.video_of(&task);
        assert_eq!(video.parent(), Some(Path::new("/f")));
        let name = video.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.starts_with("x_.._a_b.") && name.ends_with("-1.mov"), "{name}");
        assert_eq!(
            kept.further_of(&task, 3),
            video.with_file_name(name.replace("-1.mov", "-3.mov"))
        );

        // The first has a path, and its name serves those after it.
        let target = Destination::file("/f/k-1.mp4").name("k-{n}.mp4");
        assert_eq!(target.video_of(&task), Path::new("/f/k-1.mp4"));
        assert_eq!(target.further_of(&task, 2), Path::new("/f/k-2.mp4"));
        assert_eq!(
            Destination::file("/f/k.mp4").further_of(&task, 2),
            Path::new("/f/k-2.mp4")
        );
    }
}
