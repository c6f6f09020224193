//! Files that clients upload. They are kept on disk, in files without a name.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest, Sha256};

/// Bytes at the start of a file that decide its type.
const HEAD: usize = 16;

/// A file that was uploaded.
pub(crate) struct StoredFile {
    /// Its name, as the client states it.
    pub(crate) name: String,
    /// Its type by its content, if it is known.
    pub(crate) media_type: Option<&'static str>,
    pub(crate) bytes: u64,
    /// In lower-case hex.
    pub(crate) sha256: String,
    /// In base64.
    pub(crate) md5: String,
    file: Mutex<File>,
}

impl StoredFile {
    /// Whether it may be of a type: the first bytes of a film and of sound in the same container are the same.
    pub(crate) fn can_be(&self, media_type: &str) -> bool {
        let own = self.media_type.unwrap_or_default();
        own == media_type
            || matches!(
                (own, media_type),
                ("video/webm", "audio/webm") | ("video/mp4", "audio/mp4")
            )
    }

    /// The whole content.
    pub(crate) fn content(&self) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(0))?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        Ok(content)
    }
}

/// Receives a file in pieces.
pub(crate) struct Receiver {
    file: File,
    sha256: Sha256,
    md5: Md5,
    head: Vec<u8>,
    pub(crate) bytes: u64,
}

impl Receiver {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile()?,
            sha256: Sha256::new(),
            md5: Md5::new(),
            head: Vec::new(),
            bytes: 0,
        })
    }

    pub(crate) fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(missing));
        self.bytes += piece.len() as u64;
        self.sha256.update(piece);
        self.md5.update(piece);
        self.file.write_all(piece)
    }

    pub(crate) fn finish(self, name: String) -> StoredFile {
        let hex = self.sha256.finalize();
        StoredFile {
            name,
            media_type: media_type(&self.head),
            bytes: self.bytes,
            sha256: hex.iter().map(|byte| format!("{byte:02x}")).collect(),
            md5: STANDARD.encode(self.md5.finalize()),
            file: Mutex::new(self.file),
        }
    }
}

/// The type of a file by its first bytes.
fn media_type(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, wanted: &[u8]| head.get(from..from + wanted.len()) == Some(wanted);
    Some(match () {
        () if at(0, b"\x89PNG") => "image/png",
        () if at(0, b"\xff\xd8\xff") => "image/jpeg",
        () if at(0, b"GIF8") => "image/gif",
        () if at(0, b"BM") => "image/bmp",
        () if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        () if at(0, b"RIFF") && at(8, b"WAVE") => "audio/wav",
        () if at(0, b"ID3") || at(0, b"\xff\xfb") || at(0, b"\xff\xf3") => "audio/mpeg",
        () if at(0, b"\xff\xf1") || at(0, b"\xff\xf9") => "audio/aac",
        () if at(0, b"OggS") => "audio/ogg",
        () if at(0, b"\x1a\x45\xdf\xa3") => "video/webm",
        () if at(0, b"II*\0") || at(0, b"MM\0*") => "image/tiff",
        () if at(4, b"ftyphei") || at(4, b"ftyphev") => "image/heic",
        () if at(4, b"ftypmif1") || at(4, b"ftypmsf1") => "image/heif",
        () if at(4, b"ftypqt") => "video/quicktime",
        () if at(4, b"ftypM4A") => "audio/mp4",
        () if at(4, b"ftyp") => "video/mp4",
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_known_by_its_content() {
        let mut receiver = Receiver::new().unwrap();
        for piece in [&b"\x89P"[..], b"NG\r\n\x1a\n", b"rest"] {
            receiver.push(piece).unwrap();
        }
        let file = receiver.finish("a.txt".to_owned());
        assert_eq!((file.media_type, file.bytes), (Some("image/png"), 12));
        assert_eq!(file.content().unwrap(), b"\x89PNG\r\n\x1a\nrest");
        let empty = Receiver::new().unwrap().finish("a.png".to_owned());
        assert_eq!((empty.media_type, &*empty.md5), (None, "1B2M2Y8AsgTpgAmY7PhCfg=="));
        assert_eq!(&empty.sha256[..16], "e3b0c44298fc1c14");
        assert_eq!(media_type(b"RIFF....WAVEfmt "), Some("audio/wav"));
        assert_eq!(media_type(b"....ftypisom"), Some("video/mp4"));
        assert_eq!(media_type(b"....ftypmif1"), Some("image/heif"));
        let mut sound = Receiver::new().unwrap();
        sound.push(b"\x1a\x45\xdf\xa3").unwrap();
        let sound = sound.finish("a.webm".to_owned());
        assert!(sound.can_be("audio/webm") && sound.can_be("video/webm") && !sound.can_be("audio/mp4"));
    }
}
