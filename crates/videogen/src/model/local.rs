//! Files on this machine.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::model::media_type;

/// Number of bytes that identify a media type.
const HEAD: u64 = 64;

/// A media file on this machine: a path, or bytes in memory. It is sent to the vendor inline or uploaded, whichever the
/// vendor documents; [`plan`](crate::submit::plan) shows which.
///
/// A path is read when the request is validated and sent, not before. The content decides the media type, not the name.
///
/// ```
/// use videogen::{LocalFile, Role, VideoRequest};
///
/// let request = VideoRequest::new("seedance-2.0", "it sails on")
///     .first_frame(LocalFile::from("boat.png"))
///     .reference_image(LocalFile::from(b"\x89PNG\r\n\x1a\n...".to_vec()).named("sail.png"));
/// assert_eq!(request.inputs.len(), 2);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct LocalFile {
    content: Content,
    name: Option<String>,
    /// Whether its path comes from text that others may have written, so that it is not read.
    withheld: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Content {
    Path(PathBuf),
    Bytes(Bytes),
}

/// The content of a file.
pub(crate) enum Reader {
    File(File),
    Bytes(Cursor<Bytes>),
}

impl LocalFile {
    /// Sets the name under which it is uploaded; by default that of the path, or `file`.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Returns its path, unless it is in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::Path(path) => Some(path),
            Content::Bytes(_) => None,
        }
    }

    /// Returns the name under which it is uploaded, with `_` for control characters.
    #[must_use]
    pub fn name(&self) -> String {
        let of_path = || Some(self.path()?.file_name()?.to_string_lossy().into_owned());
        let name = self.name.clone().or_else(of_path).unwrap_or_else(|| "file".to_owned());
        name.replace(char::is_control, "_")
    }

    /// Whether it is a path that may not be read; see [`allow_file_paths`](crate::VideoRequest::allow_file_paths).
    pub(crate) fn is_withheld(&self) -> bool {
        self.withheld
    }

    /// Permits reading it.
    pub(crate) fn permitted(mut self) -> Self {
        self.withheld = false;
        self
    }

    /// Opens the content.
    ///
    /// # Errors
    /// When it is not a readable regular file. The message names the file.
    pub(crate) fn open(&self) -> Result<Reader, String> {
        if self.withheld {
            return Err("a file: path in a parsed request is not read without permission".to_owned());
        }
        let failed = |reason: &dyn fmt::Display| format!("cannot read {self}: {reason}");
        match &self.content {
            Content::Bytes(bytes) => Ok(Reader::Bytes(Cursor::new(bytes.clone()))),
            Content::Path(path) => {
                // Opening a pipe would block, so this is first.
                let metadata = std::fs::metadata(path).map_err(|error| failed(&error))?;
                if !metadata.is_file() {
                    return Err(failed(&"it is not a regular file"));
                }
                Ok(Reader::File(File::open(path).map_err(|error| failed(&error))?))
            }
        }
    }

    /// Returns the whole content.
    ///
    /// # Errors
    /// The same as [`open`](Self::open).
    pub(crate) fn read(&self) -> Result<Bytes, String> {
        if let Content::Bytes(bytes) = &self.content {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        let read = self.open()?.read_to_end(&mut bytes);
        read.map_err(|error| format!("cannot read {self}: {error}"))?;
        Ok(bytes.into())
    }

    /// The form in JSON: `file:` and the path; bytes as a data URL.
    pub(crate) fn to_text(&self) -> String {
        match &self.content {
            Content::Path(path) => format!("file:{}", path.display()),
            Content::Bytes(bytes) => {
                let known = media_type::of(&bytes[..bytes.len().min(HEAD as usize)]);
                media_type::data_url(known.unwrap_or("application/octet-stream"), bytes)
            }
        }
    }

    /// Reads the path of `file:` text; `file://` is a URL with an encoded path. The file is withheld.
    ///
    /// # Errors
    /// When the text names no path on this machine.
    pub(crate) fn from_text(text: &str) -> Result<Self, &'static str> {
        if text.starts_with("file://") {
            let url = url::Url::parse(text).ok();
            let path = url.and_then(|url| url.to_file_path().ok());
            return path
                .map(Self::withheld)
                .ok_or("a file: URL must name a file on this machine");
        }
        match text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            Some(path) => Ok(Self::withheld(path.into())),
            None => Err("the path is missing; write file:<PATH>"),
        }
    }
}

impl LocalFile {
    fn withheld(path: PathBuf) -> Self {
        Self {
            withheld: true,
            ..Self::from(path)
        }
    }
}

impl From<&Path> for LocalFile {
    fn from(path: &Path) -> Self {
        path.to_owned().into()
    }
}

impl From<PathBuf> for LocalFile {
    fn from(path: PathBuf) -> Self {
        Self {
            content: Content::Path(path),
            name: None,
            withheld: false,
        }
    }
}

impl From<&str> for LocalFile {
    /// A path.
    fn from(path: &str) -> Self {
        PathBuf::from(path).into()
    }
}

impl From<String> for LocalFile {
    /// A path.
    fn from(path: String) -> Self {
        PathBuf::from(path).into()
    }
}

impl From<Vec<u8>> for LocalFile {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<Bytes> for LocalFile {
    fn from(bytes: Bytes) -> Self {
        Self {
            content: Content::Bytes(bytes),
            name: None,
            withheld: false,
        }
    }
}

/// Shows the path or the name, and the size of bytes in memory.
impl fmt::Display for LocalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Content::Path(path) => write!(f, "{}", path.display()),
            Content::Bytes(bytes) => write!(f, "{} ({} bytes)", self.name(), bytes.len()),
        }
    }
}

impl fmt::Debug for LocalFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Bytes(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Bytes(bytes) => bytes.seek(to),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_names_a_path() {
        for (text, path) in [
            ("file:boat.png", "boat.png"),
            ("file:/tmp/a b.png", "/tmp/a b.png"),
            ("file:///tmp/a%20b.png", "/tmp/a b.png"),
            ("file:50%.png", "50%.png"),
        ] {
            let file = LocalFile::from_text(text).unwrap();
            assert_eq!(file.path(), Some(Path::new(path)), "{text}");
            assert_eq!(LocalFile::from_text(&file.to_text()).unwrap(), file);
        }
        for text in ["file:", "file://host.example/a.png"] {
            assert!(LocalFile::from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let error = LocalFile::from(folder.path()).read().unwrap_err();
        assert!(error.contains("not a regular file"), "{error}");
        let missing = LocalFile::from(folder.path().join("none.png"));
        let error = missing.read().unwrap_err();
        assert!(error.contains("none.png"), "{error}");
        std::fs::write(folder.path().join("a.png"), b"x").unwrap();
        assert_eq!(LocalFile::from(folder.path().join("a.png")).read().unwrap(), "x");
    }
}
