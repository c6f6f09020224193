//! Kinds of downloaded files, and checks of their content.

use std::fmt;
use std::io::{self, SeekFrom};

use super::walk;
use crate::journal::FileKind;
use crate::rules::media::{Content, read_up_to};

/// Number of bytes that identify a file type.
pub(super) const MAGIC: usize = 12;
/// Number of bytes searched for the end of an image.
const TAIL: u64 = 4096;

/// Kind of a downloaded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Video,
    LastFrame,
    /// A further video, by its number from 2.
    Further(u16),
}

impl From<Media> for FileKind {
    fn from(media: Media) -> Self {
        match media {
            Media::Video => Self::Video,
            Media::LastFrame => Self::LastFrame,
            Media::Further(number) => Self::Further(number),
        }
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Video => f.write_str("the video"),
            Self::LastFrame => f.write_str("the last frame"),
            Self::Further(number) => write!(f, "video {number}"),
        }
    }
}

impl Media {
    /// The video with this number, from 1.
    pub(super) fn video(number: u16) -> Self {
        match number {
            0 | 1 => Self::Video,
            further => Self::Further(further),
        }
    }

    /// Its name in spans.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Video | Self::Further(_) => "video",
            Self::LastFrame => "last_frame",
        }
    }

    /// The noun for a file of this kind, with its article.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Video | Self::Further(_) => "a video",
            Self::LastFrame => "an image",
        }
    }

    /// Whether a file of this kind may begin with these bytes. Its `Content-Type` is ignored, because storage services
    /// set it arbitrarily.
    pub(super) fn begins_with(self, head: &[u8]) -> bool {
        match self {
            Self::Video | Self::Further(_) => walk::begins_video(head),
            Self::LastFrame => {
                head.starts_with(b"\x89PNG\r\n\x1a\n")
                    || head.starts_with(&[0xff, 0xd8, 0xff])
                    || head.starts_with(b"GIF87a")
                    || head.starts_with(b"GIF89a")
                    || (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"))
            }
        }
    }

    /// The missing part of a file, if any. Detects files of which the host stores or announces only a part, which
    /// lengths do not show. `is_end_known`: the host reported the end of the file.
    pub(super) fn flaw(self, file: &mut dyn Content, is_end_known: bool) -> io::Result<Option<&'static str>> {
        match self {
            Self::Video | Self::Further(_) => walk::flaw(file, is_end_known),
            Self::LastFrame => Ok(is_truncated_image(file)?.then_some("it is truncated")),
        }
    }
}

/// Whether an image lacks its end. Trailing bytes are allowed.
fn is_truncated_image(file: &mut dyn Content) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut head = Vec::with_capacity(MAGIC);
    read_up_to(file, MAGIC as u64, &mut head)?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    read_up_to(file, TAIL, &mut tail)?;
    // The data after the last end marker.
    let after = |end: &[u8]| {
        let place = tail.windows(end.len()).rposition(|bytes| bytes == end)?;
        Some(&tail[place + end.len()..])
    };
    let is_padding = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace());
    let is_whole = match head.as_slice() {
        [b'R', b'I', b'F', b'F', a, b, c, d, ..] => length >= 8 + u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        [0x89, b'P', b'N', b'G', ..] => after(b"IEND\xae\x42\x60\x82").is_some(),
        // An embedded preview has an end marker too, but more markers follow.
        [0xff, 0xd8, ..] => after(&[0xff, 0xd9]).is_some_and(|rest| !rest.contains(&0xff)),
        _ => after(b"\0;").is_some_and(is_padding),
    };
    Ok(!is_whole)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn is_cut(bytes: &[u8]) -> bool {
        let file = tempfile::tempfile().unwrap();
        (&file).write_all(bytes).unwrap();
        Media::LastFrame.flaw(&mut &file, true).unwrap().is_some()
    }

    #[test]
    fn truncated_images_are_detected() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x04IDAT\0\0\0\0\0\0\0\0\0\0\0\0IEND\xae\x42\x60\x82".to_vec();
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF and so on\xff\xd9".to_vec();
        let webp = b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0\0\0\0\x01".to_vec();
        let gif = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;".to_vec();
        for whole in [png, jpeg, webp, gif] {
            for end in MAGIC..whole.len() {
                assert!(is_cut(&whole[..end]), "{end} of {whole:?}");
            }
            assert!(!is_cut(&whole), "{whole:?}");
            for tail in [&[0; 512][..], b"\r\n"] {
                let padded = [&whole, tail].concat();
                assert!(!is_cut(&padded), "{padded:?}");
            }
        }
        let preview = b"\xff\xd8\xff\xe1\0\x08\xff\xd8\xff\xd9\0\0\xff\xda and so on";
        assert!(is_cut(preview));
        assert!(!is_cut(&[&preview[..], b"\xff\xd9 and what follows"].concat()));
    }

    #[test]
    fn files_are_identified_by_their_first_bytes() {
        assert!(Media::Video.begins_with(b"\0\0\0\x18ftypisom"));
        assert!(Media::Video.begins_with(b"\x1a\x45\xdf\xa3"));
        for kind in ["moov", "mdat", "wide", "free", "skip"] {
            assert!(
                Media::Video.begins_with(format!("\0\0\0\x08{kind}0000").as_bytes()),
                "{kind}"
            );
        }
        assert!(!Media::Video.begins_with(b"<html><body>"));
        assert!(!Media::Video.begins_with(b"\x89PNG\r\n\x1a\n"));
        assert!(Media::LastFrame.begins_with(b"\x89PNG\r\n\x1a\n"));
        assert!(Media::LastFrame.begins_with(b"\xff\xd8\xff\xe0"));
        assert!(Media::LastFrame.begins_with(b"RIFF\0\0\0\0WEBP"));
        assert!(Media::LastFrame.begins_with(b"GIF89a"));
        assert!(!Media::LastFrame.begins_with(b"\0\0\0\x18ftypisom"));
        assert!(!Media::LastFrame.begins_with(b"RIFF\0\0\0\0WAVE"));
    }
}
