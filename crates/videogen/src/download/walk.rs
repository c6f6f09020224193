//! Walks through a video file from its first byte to its end, without reading picture or sound.

use std::io::{self, BufReader, SeekFrom};

use crate::rules::media::{Content, read_up_to};

/// Maximum number of parts. Real files have a few, fragmented ones thousands.
const PARTS: u32 = 1_000_000;
/// Length of the longest header of a part.
const HEAD: u64 = 16;

/// Top-level box types of MP4 and QuickTime files (ISO/IEC 14496-12, QuickTime File Format).
const BOXES: [&[u8; 4]; 24] = [
    b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"imda", b"mfra", b"sidx", b"ssix", b"prft", b"emsg", b"pdin",
    b"free", b"skip", b"wide", b"udta", b"uuid", b"meta", b"meco", b"pnot", b"PICT", b"junk", b"otyp", b"tsix",
];

/// The EBML header of WebM and Matroska files, and the elements whose content is walked through.
const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;

/// Whether a video file may begin with these bytes.
pub(super) fn begins_video(head: &[u8]) -> bool {
    head.starts_with(&EBML.to_be_bytes()) || head.get(4..8).is_some_and(is_box)
}

fn is_box(kind: &[u8]) -> bool {
    BOXES.iter().any(|known| kind == *known)
}

/// The missing part of a video file, if any: the rest of a part, or a part required to play it. Bytes after the
/// last box are allowed. `is_end_known`: the host reported the end of the file.
pub(super) fn flaw(file: &mut dyn Content, is_end_known: bool) -> io::Result<Option<&'static str>> {
    let mut walk = Walk::new(file)?;
    if walk.head()?.starts_with(&EBML.to_be_bytes()) {
        walk.elements()
    } else {
        walk.boxes(is_end_known)
    }
}

const MIDDLE: Option<&str> = Some("it is truncated");
const TOO_MANY: Option<&str> = Some("it has too many parts");

struct Walk<'a> {
    reader: BufReader<&'a mut dyn Content>,
    /// Start of the current part.
    at: u64,
    length: u64,
}

impl<'a> Walk<'a> {
    fn new(file: &'a mut dyn Content) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        Ok(Self {
            reader: BufReader::new(file),
            at: 0,
            length,
        })
    }

    /// The first bytes of the current part; fewer, or none, at the end of the file.
    fn head(&mut self) -> io::Result<Vec<u8>> {
        let mut head = Vec::with_capacity(HEAD as usize);
        read_up_to(&mut self.reader, HEAD, &mut head)?;
        self.reader.seek_relative(-(head.len() as i64))?;
        Ok(head)
    }

    /// Skips `size` bytes. `false`: the file ends before that.
    fn skip(&mut self, size: u64) -> io::Result<bool> {
        let Some(end) = self.at.checked_add(size).filter(|end| *end <= self.length) else {
            return Ok(false);
        };
        self.reader.seek_relative(size as i64)?;
        self.at = end;
        Ok(true)
    }

    fn boxes(&mut self, is_end_known: bool) -> io::Result<Option<&'static str>> {
        let (mut has_index, mut has_media) = (false, false);
        for part in 0.. {
            let head = self.head()?;
            if part == PARTS {
                return Ok(TOO_MANY);
            }
            let Some((size, rest)) = head.split_first_chunk() else {
                if !is_end_known && head.first() == Some(&0) {
                    return Ok(MIDDLE);
                }
                break;
            };
            let size = u32::from_be_bytes(*size);
            let Some((kind, rest)) = rest.split_first_chunk::<4>() else {
                // Zeros are padding, other bytes may be the beginning of a box.
                if !is_end_known && head[0] == 0 && head.iter().any(|byte| *byte != 0) {
                    return Ok(MIDDLE);
                }
                break;
            };
            let is_known = is_box(kind);
            let size = match (size, rest.first_chunk()) {
                // To the end of the file.
                (0, _) if is_known => Some(self.length - self.at),
                (1, Some(size)) => Some(u64::from_be_bytes(*size)).filter(|size| *size >= 16),
                (size, _) => Some(u64::from(size)).filter(|size| *size >= 8),
            };
            let is_whole = match size {
                Some(size) => self.skip(size)?,
                None => false,
            };
            match (is_whole, is_known) {
                (true, _) => {
                    has_index |= [b"moov", b"moof"].contains(&kind);
                    has_media |= [b"mdat", b"imda"].contains(&kind);
                }
                (false, true) => return Ok(MIDDLE),
                // Not a box: trailing bytes of some programs.
                (false, false) => break,
            }
        }
        Ok(match (has_index, has_media) {
            (true, true) => None,
            (false, _) => Some("it has no moov or moof box"),
            (true, false) => Some("it has no mdat box"),
        })
    }

    fn elements(&mut self) -> io::Result<Option<&'static str>> {
        let mut has_segment = false;
        for part in 0.. {
            let head = self.head()?;
            if part == PARTS {
                return Ok(TOO_MANY);
            }
            let Some((id, size, taken)) = element(&head) else {
                // The end, or trailing bytes after the last element.
                let is_cut = !head.is_empty() && head.len() < 12 && head.iter().any(|byte| *byte != 0);
                return Ok(match (is_cut, has_segment) {
                    (true, _) => MIDDLE,
                    (false, true) => None,
                    (false, false) => Some("it has no Segment"),
                });
            };
            has_segment |= id == SEGMENT;
            let is_whole = match size {
                Some(size) => self.skip(taken.saturating_add(size))?,
                // Only these may have an unknown size; their content is walked through.
                None => [SEGMENT, CLUSTER].contains(&id) && self.skip(taken)?,
            };
            if !is_whole {
                return Ok(MIDDLE);
            }
        }
        Ok(None)
    }
}

/// An EBML element's id, the size of its content if known, and the size of its header.
fn element(head: &[u8]) -> Option<(u32, Option<u64>, u64)> {
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let width = |bytes: &[u8], longest: u32| {
        let width = bytes.first()?.leading_zeros() + 1;
        (width <= longest).then_some(width as usize)
    };
    let (id, rest) = head.split_at_checked(width(head, 4)?)?;
    let (size, _) = rest.split_at_checked(width(rest, 8)?)?;
    let open = (1 << (7 * size.len())) - 1;
    let content = number(size) & open;
    let id_number = u32::try_from(number(id)).ok()?;
    Some((
        id_number,
        (content != open).then_some(content),
        (id.len() + size.len()) as u64,
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn flaw_of(bytes: &[u8], is_end_known: bool) -> Option<&'static str> {
        let file = tempfile::tempfile().unwrap();
        (&file).write_all(bytes).unwrap();
        flaw(&mut &file, is_end_known).unwrap()
    }

    fn is_whole(bytes: &[u8]) -> bool {
        flaw_of(bytes, true).is_none()
    }

    const FTYP: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";
    const MDAT: &[u8] = b"\0\0\0\x18mdat0123456789abcdef";
    const MOOV: &[u8] = b"\0\0\0\x01moov\0\0\0\0\0\0\0\x18\0\0\0\0\0\0\0\0";
    const MOOF: &[u8] = b"\0\0\0\x0cmoof\0\0\0\0";

    #[test]
    fn a_truncated_video_is_detected_at_every_length() {
        let whole = [FTYP, MDAT, MOOV].concat();
        for is_end_known in [false, true] {
            assert_eq!(flaw_of(&whole, is_end_known), None);
            for end in 0..whole.len() {
                assert!(flaw_of(&whole[..end], is_end_known).is_some(), "{end}");
            }
        }
        assert_eq!(
            flaw_of(&[FTYP, MDAT].concat(), true),
            Some("it has no moov or moof box")
        );
        assert_eq!(flaw_of(&[FTYP, MOOV].concat(), true), Some("it has no mdat box"));
        assert_eq!(flaw_of(&whole[..whole.len() - 1], true), MIDDLE);
    }

    #[test]
    fn complete_videos_of_every_kind_are_accepted() {
        for parts in [
            &[FTYP, MOOV, MDAT][..],
            &[FTYP, MOOF, MDAT, MOOF, MDAT],
            // QuickTime, as cameras and editors write it.
            &[b"\0\0\0\x08wide", MDAT, MOOV],
            &[MOOV, MDAT],
            &[MDAT, MOOV],
            &[b"\0\0\0\x08free", b"\0\0\0\x08skip", MOOV, MDAT],
            // A box of a type that is not listed, and one to the end of the file.
            &[FTYP, b"\0\0\0\x0cabcd1234", MOOV, b"\0\0\0\0mdat to the end"],
        ] {
            assert!(begins_video(parts[0]));
            assert!(is_whole(&parts.concat()), "{parts:?}");
        }
        for other in [
            &b"<html><body>"[..],
            b"\x89PNG\r\n\x1a\n\0\0\0\r",
            b"{\"a\":\"moov\"}",
            b"\x1f\x8b\x08\0ftyp",
            b"",
        ] {
            assert!(!begins_video(other) || other.starts_with(b"\x1f"), "{other:?}");
        }
    }

    #[test]
    fn bytes_after_the_last_box_are_allowed() {
        let whole = [FTYP, MOOV, MDAT].concat();
        for tail in [
            &b"\n"[..],
            b"\r\n",
            &[0; 7],
            &[0; 512],
            b"trailing bytes of some program",
            b"\0\0\0\x02odd!",
            b"\0\0\0\x01odd!",
            b"\xff\xff\xff\xffodd!0123456789",
        ] {
            for is_end_known in [false, true] {
                assert_eq!(flaw_of(&[&whole, tail].concat(), is_end_known), None, "{tail:?}");
            }
        }
        // These may be the beginning of a box, unless the host reported the end of the file here.
        for tail in [&b"\0"[..], b"\0\0\x10", b"\0\0\x10\0m", b"\0\0\x10\0mda"] {
            assert_eq!(flaw_of(&[&whole, tail].concat(), false), MIDDLE, "{tail:?}");
            assert_eq!(flaw_of(&[&whole, tail].concat(), true), None, "{tail:?}");
        }
        // These are truncated boxes.
        for tail in [
            &b"\0\0\x10\0mdat"[..],
            b"\0\0\0\x09free",
            b"\0\0\0\x01moof",
            b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f",
            b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0\x07uuid",
        ] {
            assert_eq!(flaw_of(&[&whole, tail].concat(), true), MIDDLE, "{tail:?}");
        }
    }

    #[test]
    fn webm() {
        let header = b"\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01";
        let content = b"\x1f\x43\xb6\x75\x84\xa3\x82\0\0";
        let sized = [&header[..], b"\x18\x53\x80\x67\x89", content].concat();
        let open = [
            &header[..],
            b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
            content,
        ]
        .concat();
        let live = [&open[..], b"\x1f\x43\xb6\x75\xff\xa3\x82\0\0"].concat();
        for whole in [&sized, &open, &live] {
            assert!(is_whole(whole), "{whole:?}");
            assert!(!is_whole(&whole[..whole.len() - 1]), "{whole:?}");
            assert!(is_whole(&[whole, &[0; 64][..]].concat()), "{whole:?}");
        }
        for end in 0..sized.len() {
            assert!(!is_whole(&sized[..end]), "{end}");
        }
        assert_eq!(flaw_of(header, true), Some("it has no Segment"));
        assert_eq!(
            flaw_of(b"\x1a\x45\xdf\xa3\x01\x02\x03\x04\x05\x06\x07\x08\x09", true),
            MIDDLE
        );
    }
}
