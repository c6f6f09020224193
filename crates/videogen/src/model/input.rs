//! Input media of a request.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::model::address::is_safe;
use crate::model::media_type::{data_url, of};
use crate::model::{Error, ErrorKind, LocalFile, SecretUrl};

/// An input of a request: a source and its role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Role of the input.
    pub role: Role,
    /// Where the media is.
    pub source: Source,
}

/// Role of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// First frame of the video.
    FirstFrame,
    /// Last frame of the video.
    LastFrame,
    /// Reference image.
    ReferenceImage,
    /// Reference video.
    ReferenceVideo,
    /// Reference audio.
    ReferenceAudio,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::FirstFrame,
        Self::LastFrame,
        Self::ReferenceImage,
        Self::ReferenceVideo,
        Self::ReferenceAudio,
    ];

    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstFrame => "first_frame",
            Self::LastFrame => "last_frame",
            Self::ReferenceImage => "reference_image",
            Self::ReferenceVideo => "reference_video",
            Self::ReferenceAudio => "reference_audio",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Source of an input: a URL, an asset, a local file or inline data. In JSON it is a string: `https://...`, `asset://...`,
/// `upload:...`, `file:<path>` or `data:...`.
///
/// A `file:` path that was parsed or deserialised is read only with
/// [`VideoRequest::allow_file_paths`](crate::VideoRequest::allow_file_paths), so that requests from others cannot read files of
/// this machine.
///
/// ```
/// use videogen::Source;
///
/// let url = Source::try_from("https://media.example/boat.png").expect("a URL");
/// assert!(matches!(url, Source::Url(_)));
/// assert!(Source::try_from("asset://").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A URL that the vendor can fetch.
    Url(SecretUrl),
    /// Id of an asset uploaded to the vendor, without `asset://`.
    Asset(String),
    /// Id of an upload that one request can use, for vendors with such ids.
    UploadId(String),
    /// A file on this machine, or bytes: sent inline where the vendor takes it so, otherwise uploaded.
    File(LocalFile),
    /// Inline media. A data URL whose content is of a known type is a [`File`](Self::File) instead, whatever type it states.
    Data {
        /// Media type of the content, such as `image/png`.
        media_type: String,
        /// Content.
        bytes: Vec<u8>,
    },
    /// An invalid source. A request that contains one is refused.
    Invalid(InvalidSource),
}

/// Error of converting a value into a [`Source`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSource {
    given: String,
    reason: String,
}

impl InvalidSource {
    /// `given` with URLs masked.
    fn new(given: &dyn fmt::Display, reason: &str) -> Self {
        Self {
            given: given.to_string(),
            reason: reason.to_owned(),
        }
    }
}

impl fmt::Display for InvalidSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for InvalidSource {}

impl From<Infallible> for InvalidSource {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Parses a URL, an `asset://` id, a `file:` path or a data URL; anything else is the path of a local file. For text of the
/// program's own user: text of others is parsed by [`FromStr`], which reads no files.
impl TryFrom<&str> for Source {
    type Error = InvalidSource;

    fn try_from(text: &str) -> Result<Self, InvalidSource> {
        let parsed = text.parse().map(|source| match source {
            Self::File(file) => Self::File(file.permitted()),
            source => source,
        });
        parsed.or_else(|error| {
            let has_scheme = |scheme: &str| text.starts_with(scheme);
            if text.is_empty() || text.contains("://") || ["data:", "file:", "upload:"].into_iter().any(has_scheme) {
                return Err(error);
            }
            Self::try_from(Path::new(text))
        })
    }
}

impl TryFrom<String> for Source {
    type Error = InvalidSource;

    fn try_from(text: String) -> Result<Self, InvalidSource> {
        Self::try_from(text.as_str())
    }
}

/// Names a local file, which must be readable.
impl TryFrom<&Path> for Source {
    type Error = InvalidSource;

    fn try_from(path: &Path) -> Result<Self, InvalidSource> {
        Self::file(path).map_err(|error| InvalidSource {
            given: path.display().to_string(),
            reason: error.message().to_owned(),
        })
    }
}

impl TryFrom<PathBuf> for Source {
    type Error = InvalidSource;

    fn try_from(path: PathBuf) -> Result<Self, InvalidSource> {
        Self::try_from(path.as_path())
    }
}

impl TryFrom<&PathBuf> for Source {
    type Error = InvalidSource;

    fn try_from(path: &PathBuf) -> Result<Self, InvalidSource> {
        Self::try_from(path.as_path())
    }
}

impl From<LocalFile> for Source {
    fn from(file: LocalFile) -> Self {
        Self::File(file)
    }
}

impl Source {
    /// Names a local file, such as an image, a video or audio. Its content is read when the request is validated and sent.
    ///
    /// # Errors
    /// `io` when it cannot be read.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let file = LocalFile::from(path.as_ref());
        match file.open() {
            Ok(_) => Ok(Self::File(file)),
            Err(reason) => Err(Error::new(ErrorKind::Io, reason)),
        }
    }

    /// Returns the form in JSON, which is also the string sent to the vendor; a local file is replaced before that.
    #[must_use]
    pub fn to_wire(&self) -> String {
        match self {
            Self::Url(url) => url.expose().to_owned(),
            Self::Asset(id) => format!("asset://{id}"),
            Self::UploadId(id) => format!("upload:{id}"),
            Self::File(file) => file.to_text(),
            Self::Data { media_type, bytes } => data_url(media_type, bytes),
            Self::Invalid(invalid) => invalid.given.clone(),
        }
    }

    /// Checks the source; one that was constructed directly may be invalid.
    pub(crate) fn check(&self) -> Result<(), InvalidSource> {
        let is_sound = match self {
            Self::Invalid(invalid) => return Err(invalid.clone()),
            Self::Asset(id) if id.is_empty() => {
                return Err(InvalidSource::new(self, "the asset has no id; write asset://<ID>"));
            }
            Self::UploadId(id) if id.is_empty() => {
                return Err(InvalidSource::new(self, "the upload has no id; write upload:<ID>"));
            }
            Self::Asset(id) | Self::UploadId(id) => !id.contains(char::is_whitespace),
            // Its content is checked where it is read.
            Self::File(_) => true,
            Self::Data { media_type, .. } => !media_type.is_empty() && !media_type.contains([',', ';', ' ']),
            Self::Url(url) => {
                let text = url.expose();
                // The parser corrects slightly invalid URLs, but the text is sent unchanged.
                let exact = text.starts_with("https://") || text.starts_with("http://");
                let exact = exact && !text.contains(char::is_whitespace);
                exact && url::Url::parse(text).is_ok_and(|url| url.has_host())
            }
        };
        if is_sound {
            Ok(())
        } else {
            Err(InvalidSource::new(
                self,
                "must be an https:// URL, an asset:// id, a file: path or a data: URL",
            ))
        }
    }

    /// Whether it is a plain HTTP URL that is not on this machine. On this machine only simulators can reach it.
    pub(crate) fn is_plain_http(&self) -> bool {
        let Self::Url(url) = self else { return false };
        url::Url::parse(url.expose()).is_ok_and(|url| !is_safe(&url))
    }

    /// The kind's name in the model tables.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Asset(_) => "asset",
            Self::UploadId(_) => "upload_id",
            Self::File(_) => "file",
            Self::Data { .. } => "data",
            Self::Invalid(_) => "invalid",
        }
    }
}

/// Shows no query, path or bytes.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => write!(f, "{url}"),
            Self::Asset(id) => write!(f, "asset://{id}"),
            Self::UploadId(id) => write!(f, "upload:{id}"),
            Self::File(file) => write!(f, "{file}"),
            Self::Data { media_type, bytes } => write!(f, "data:{media_type} ({} bytes)", bytes.len()),
            Self::Invalid(invalid) => f.write_str(&invalid.given),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl FromStr for Source {
    type Err = InvalidSource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |reason: &str| InvalidSource::new(&"data:[masked]", reason);
        let source = if let Some(id) = text.strip_prefix("asset://") {
            Self::Asset(id.to_owned())
        } else if let Some(id) = text.strip_prefix("upload:") {
            Self::UploadId(id.to_owned())
        } else if text.starts_with("file:") {
            Self::File(LocalFile::from_text(text).map_err(|reason| InvalidSource::new(&text, reason))?)
        } else if let Some(rest) = text.strip_prefix("data:") {
            let (media_type, data) = rest
                .split_once(";base64,")
                .ok_or_else(|| bad("a data URL must read data:<type>;base64,<data>"))?;
            let bytes = STANDARD
                .decode(data)
                .map_err(|_| bad("the data URL's base64 is broken"))?;
            // So that bytes are still bytes after a round trip, and are uploaded where they cannot be sent inline.
            match of(&bytes) {
                Some(_) => Self::File(bytes.into()),
                None => Self::Data {
                    media_type: media_type.to_owned(),
                    bytes,
                },
            }
        } else {
            Self::Url(SecretUrl::new(text))
        };
        source.check().map(|()| source)
    }
}

impl Serialize for Source {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_wire())
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sources_round_trip() {
        for text in [
            "https://a.example/x.png?k=v",
            "asset://img-1",
            "data:image/png;base64,iVBORw==",
            "upload:upl_7",
            "file:boat.png",
        ] {
            assert_eq!(text.parse::<Source>().unwrap().to_wire(), text);
        }
        for text in [
            "",
            "x.png",
            "asset://",
            "upload:",
            "file:",
            "data:image/png,abc",
            "data:x;base64,@@",
            "ftp://a/b",
            "https://",
            "https:h",
            " https://h/a",
            "https://h/a b",
        ] {
            assert!(text.parse::<Source>().is_err(), "{text}");
        }
    }

    #[test]
    fn bytes_are_bytes_after_a_round_trip() {
        let file = Source::from(LocalFile::from(b"\x89PNG\r\n\x1a\nand so on".to_vec()));
        assert_eq!(file.to_wire().parse::<Source>().unwrap(), file);
        // The content decides the type.
        for stated in ["image/jpeg", "video/mp4", "application/octet-stream"] {
            let other: Source = format!("data:{stated};base64,iVBORw0KGgo=").parse().unwrap();
            assert_eq!(other.to_wire(), "data:image/png;base64,iVBORw0KGgo=", "{stated}");
            assert_eq!(other.kind(), "file");
        }
        let unknown: Source = "data:image/png;base64,Y2FuYXJ5".parse().unwrap();
        assert_eq!(unknown.kind(), "data");
    }

    #[test]
    fn a_parsed_path_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, b"x").unwrap();
        let text = format!("file:{}", path.display());
        let from_json: Source = serde_json::from_value(text.clone().into()).unwrap();
        let Source::File(parsed) = text.parse::<Source>().unwrap() else {
            panic!("{text}")
        };
        assert_eq!(from_json, Source::File(parsed.clone()));
        assert!(parsed.open().err().unwrap().contains("not read without permission"));
        assert!(parsed.clone().permitted().open().is_ok());
        // The program's own user wrote it.
        let Source::File(given) = Source::try_from(text.as_str()).unwrap() else {
            panic!("{text}")
        };
        assert!(given.open().is_ok());
    }

    #[test]
    fn debug_shows_neither_query_nor_bytes() {
        let url: Source = "https://a.example/p?token=canary".parse().unwrap();
        let data: Source = "data:image/png;base64,Y2FuYXJ5".parse().unwrap();
        assert_eq!(
            format!("{url:?} {data:?}"),
            "\"https://a.example/[masked]\" \"data:image/png (6 bytes)\""
        );
    }
}
