//! What is fetched, and whether what arrived is that.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use crate::journal::FileKind;

/// So many bytes at the beginning tell what a file is.
pub(super) const MAGIC: usize = 12;
/// Boxes that are looked at. Real files have some, fragmented ones thousands.
const BOXES: u32 = 100_000;
/// Bytes in which the end of an image is looked for.
const TAIL: u64 = 4096;

/// What is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Video,
    LastFrame,
}

impl From<Media> for FileKind {
    fn from(media: Media) -> Self {
        match media {
            Media::Video => Self::Video,
            Media::LastFrame => Self::LastFrame,
        }
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Video => "the video",
            Self::LastFrame => "the last frame",
        })
    }
}

impl Media {
    /// What a file of this kind is, with its article.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Video => "a video",
            Self::LastFrame => "an image",
        }
    }

    /// Whether a content type rules this out. Storage services often call everything a stream of octets, or nothing.
    pub(super) fn is_ruled_out_by(self, content_type: &str) -> bool {
        let kind = content_type.trim().to_ascii_lowercase();
        let other = match self {
            Self::Video => "image/",
            Self::LastFrame => "video/",
        };
        [
            "text/",
            "application/json",
            "application/xml",
            "application/xhtml",
            "application/problem",
            "multipart/",
            "audio/",
            other,
        ]
        .iter()
        .any(|wrong| kind.starts_with(wrong))
    }

    /// Whether a file may begin so.
    pub(super) fn begins_with(self, head: &[u8]) -> bool {
        match self {
            // Every MP4 and MOV begins with a box of type `ftyp`, WebM with the EBML magic.
            Self::Video => head.get(4..8) == Some(b"ftyp") || head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]),
            Self::LastFrame => {
                head.starts_with(b"\x89PNG\r\n\x1a\n")
                    || head.starts_with(&[0xff, 0xd8, 0xff])
                    || (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"))
            }
        }
    }

    /// Whether a file ends within what it says of itself. This finds what lengths do not: a host that holds, or announces,
    /// only part of the file. What cannot be judged is no cut.
    pub(super) fn is_cut(self, file: &File) -> io::Result<bool> {
        match self {
            Self::Video => ends_within_a_box(file),
            Self::LastFrame => is_cut_image(file),
        }
    }
}

/// Whether an MP4 or MOV ends within one of the boxes that hold its sound and picture.
fn ends_within_a_box(mut file: &File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut at = 0_u64;
    for _ in 0..BOXES {
        file.seek(SeekFrom::Start(at))?;
        let mut head = Vec::with_capacity(16);
        file.take(16).read_to_end(&mut head)?;
        let Some((size, rest)) = head.split_first_chunk() else {
            return Ok(!head.is_empty());
        };
        let size = u32::from_be_bytes(*size);
        if size == 0 {
            // To the end of the file.
            break;
        }
        let Some((kind, rest)) = rest.split_first_chunk::<4>() else {
            return Ok(true);
        };
        if at == 0 && kind != b"ftyp" {
            // WebM, which has no such boxes.
            break;
        }
        let is_known = [b"mdat", b"moov", b"moof"].contains(&kind);
        let size = match (size, rest.first_chunk()) {
            (1, Some(size)) => u64::from_be_bytes(*size),
            (1, None) => return Ok(is_known),
            (size, _) => size.into(),
        };
        match at.checked_add(size) {
            Some(end) if size >= 8 && end <= length => at = end,
            _ => return Ok(is_known && size >= 8),
        }
    }
    Ok(false)
}

/// Whether an image lacks its end. Hosts pad files with zeros at times, so these do not count.
fn is_cut_image(mut file: &File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut head = Vec::with_capacity(MAGIC);
    file.take(MAGIC as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    let padding = tail.iter().rev().take_while(|byte| **byte == 0).count();
    tail.truncate(tail.len() - padding);
    Ok(match head.as_slice() {
        [b'R', b'I', b'F', b'F', a, b, c, d, ..] => length < 8 + u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        [0x89, b'P', b'N', b'G', ..] => !tail.ends_with(b"IEND\xae\x42\x60\x82"),
        [0xff, 0xd8, ..] => !tail.ends_with(&[0xff, 0xd9]),
        _ => false,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn is_cut_as(media: Media, bytes: &[u8]) -> bool {
        let file = tempfile::tempfile().unwrap();
        (&file).write_all(bytes).unwrap();
        media.is_cut(&file).unwrap()
    }

    fn is_cut(bytes: &[u8]) -> bool {
        is_cut_as(Media::Video, bytes)
    }

    #[test]
    fn a_cut_video_is_told_from_a_whole_one() {
        let mut whole = b"\0\0\0\x10ftypisom\0\0\0\0".to_vec();
        whole.extend(b"\0\0\0\x18mdat0123456789abcdef");
        whole.extend(b"\0\0\0\x01moov\0\0\0\0\0\0\0\x18\0\0\0\0\0\0\0\0");
        assert!(!is_cut(&whole));
        assert!(is_cut(&whole[..whole.len() - 1]));
        assert!(is_cut(&whole[..whole.len() - 8]));
        // Within a box, and within the head of the next.
        for end in (17..64).filter(|end| *end != 40 && !(20..24).contains(end)) {
            assert!(is_cut(&whole[..end]), "{end}");
        }
        let mut padded = whole.clone();
        padded.extend([0; 7]);
        assert!(!is_cut(&padded));
        // Between two boxes, and before there are any, nothing can be said.
        for end in [0, 12, 16, 40] {
            assert!(!is_cut(&whole[..end]), "{end}");
        }
        assert!(!is_cut(b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat0123456789"));
        assert!(!is_cut(b"\0\0\0\x10ftypisom\0\0\0\0\xff\xff\xff\xffodd!0123456789"));
        assert!(!is_cut(&[
            0x1a, 0x45, 0xdf, 0xa3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
        ]));
    }

    #[test]
    fn a_cut_image_is_told_from_a_whole_one() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x04IDAT\0\0\0\0\0\0\0\0\0\0\0\0IEND\xae\x42\x60\x82".to_vec();
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF and so on\xff\xd9".to_vec();
        let webp = b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0\0\0\0\x01".to_vec();
        for whole in [png, jpeg, webp] {
            for end in MAGIC..whole.len() {
                assert!(is_cut_as(Media::LastFrame, &whole[..end]), "{end} of {whole:?}");
            }
            assert!(!is_cut_as(Media::LastFrame, &whole), "{whole:?}");
            let padded = [whole, vec![0; 512]].concat();
            assert!(!is_cut_as(Media::LastFrame, &padded), "{padded:?}");
        }
    }

    #[test]
    fn files_are_known_by_how_they_begin() {
        assert!(Media::Video.begins_with(b"\0\0\0\x18ftypisom"));
        assert!(Media::Video.begins_with(b"\x1a\x45\xdf\xa3"));
        assert!(!Media::Video.begins_with(b"<html><body>"));
        assert!(!Media::Video.begins_with(b"\x89PNG\r\n\x1a\n"));
        assert!(Media::LastFrame.begins_with(b"\x89PNG\r\n\x1a\n"));
        assert!(Media::LastFrame.begins_with(b"\xff\xd8\xff\xe0"));
        assert!(Media::LastFrame.begins_with(b"RIFF\0\0\0\0WEBP"));
        assert!(!Media::LastFrame.begins_with(b"\0\0\0\x18ftypisom"));
        assert!(!Media::LastFrame.begins_with(b"RIFF\0\0\0\0WAVE"));
    }

    #[test]
    fn content_types() {
        for fine in [
            "video/mp4",
            "application/octet-stream",
            "binary/octet-stream",
            "",
            "application/mp4",
        ] {
            assert!(!Media::Video.is_ruled_out_by(fine), "{fine}");
        }
        for wrong in [
            "text/html; charset=utf-8",
            "Application/JSON",
            "image/png",
            "multipart/byteranges; x",
        ] {
            assert!(Media::Video.is_ruled_out_by(wrong), "{wrong}");
        }
        assert!(!Media::LastFrame.is_ruled_out_by("image/jpeg"));
        assert!(Media::LastFrame.is_ruled_out_by("video/mp4"));
    }
}
