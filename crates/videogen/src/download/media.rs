//! What is fetched, and whether what arrived is that.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use super::walk;
use crate::journal::FileKind;

/// So many bytes at the beginning tell what a file is.
pub(super) const MAGIC: usize = 12;
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

    /// Whether a file may begin so. Its bytes decide, not its label: storage services label files as they please.
    pub(super) fn begins_with(self, head: &[u8]) -> bool {
        match self {
            Self::Video => walk::begins_video(head),
            Self::LastFrame => {
                head.starts_with(b"\x89PNG\r\n\x1a\n")
                    || head.starts_with(&[0xff, 0xd8, 0xff])
                    || head.starts_with(b"GIF87a")
                    || head.starts_with(b"GIF89a")
                    || (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"))
            }
        }
    }

    /// What a file lacks, if anything. This finds what lengths do not: a host that holds, or announces, only part of the
    /// file. `is_end_known`: the host stated where the file ends.
    pub(super) fn flaw(self, file: impl Read + Seek, is_end_known: bool) -> io::Result<Option<&'static str>> {
        match self {
            Self::Video => walk::flaw(file, is_end_known),
            Self::LastFrame => Ok(is_cut_image(file)?.then_some("it ends in the middle")),
        }
    }
}

/// Whether an image lacks its end. Bytes that follow the end are no fault.
fn is_cut_image(mut file: impl Read + Seek) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut head = Vec::with_capacity(MAGIC);
    file.by_ref().take(MAGIC as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    // What follows the last place of an end marker.
    let after = |end: &[u8]| {
        let place = tail.windows(end.len()).rposition(|bytes| bytes == end)?;
        Some(&tail[place + end.len()..])
    };
    let is_padding = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace());
    let is_whole = match head.as_slice() {
        [b'R', b'I', b'F', b'F', a, b, c, d, ..] => length >= 8 + u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        [0x89, b'P', b'N', b'G', ..] => after(b"IEND\xae\x42\x60\x82").is_some(),
        // A preview within the image has an end, too; markers follow that one.
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
        Media::LastFrame.flaw(&file, true).unwrap().is_some()
    }

    #[test]
    fn a_cut_image_is_told_from_a_whole_one() {
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
    fn files_are_known_by_how_they_begin() {
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
