//! The header of WebM and Matroska files: size of the picture, length, frame rate (RFC 9559).
//!
//! Own code, because the crate `matroska` panics on files whose table of contents is wrong, and allocates what a file
//! claims to contain. It reads only the elements it names, skips the rest, and allocates a few bytes for each track.

use std::io::{self, Read, Seek, SeekFrom};

/// Maximum number of elements looked at; real headers have fewer than a hundred.
const ELEMENTS: u32 = 4096;
/// Nanoseconds of a unit of time where the header names none.
const TIMESCALE: u64 = 1_000_000;
/// Elements that are entered: segment, its information and tracks, a track, its picture.
const ENTERED: [u64; 5] = [0x1853_8067, 0x1549_A966, 0x1654_AE6B, 0xAE, 0xE0];
/// The first piece of content, after which no header follows.
const CLUSTER: u64 = 0x1F43_B675;

/// What the header shows.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Header {
    /// Width and height of the first picture track.
    pub(super) size: Option<(u32, u32)>,
    pub(super) seconds: Option<f64>,
    pub(super) fps: Option<f64>,
    /// Whether there is sound and no picture.
    pub(super) is_audio: bool,
}

#[derive(Default)]
struct Track {
    kind: u64,
    /// Nanoseconds.
    frame: u64,
    width: u64,
    height: u64,
}

pub(super) fn read(mut content: impl Read + Seek, length: u64) -> io::Result<Header> {
    let (mut at, mut tracks, mut timescale, mut duration) = (0, Vec::<Track>::new(), TIMESCALE, 0.0);
    for _ in 0..ELEMENTS {
        content.seek(SeekFrom::Start(at))?;
        // Id and size have at most 12 bytes.
        let mut head = [0; 12];
        let read = content.by_ref().take(12).read(&mut head)?;
        let Some((id, after)) = varint(&head[..read], 0, false) else {
            break;
        };
        let Some((size, after)) = varint(&head[..read], after, true) else {
            break;
        };
        let from = at + after as u64;
        if id == CLUSTER || from > length {
            break;
        }
        if ENTERED.contains(&id) {
            if id == 0xAE {
                tracks.push(Track::default());
            }
            at = from;
            continue;
        }
        let Some(next) = from.checked_add(size) else { break };
        at = next;
        if size > 8 {
            continue;
        }
        content.seek(SeekFrom::Start(from))?;
        let mut bytes = [0; 8];
        content.read_exact(&mut bytes[8 - size as usize..])?;
        let number = u64::from_be_bytes(bytes);
        match (id, tracks.last_mut()) {
            (0x2A_D7B1, _) => timescale = number,
            (0x4489, _) if size == 4 => duration = f64::from(f32::from_bits(number as u32)),
            (0x4489, _) if size == 8 => duration = f64::from_bits(number),
            (0x83, Some(track)) => track.kind = number,
            (0x23_E383, Some(track)) => track.frame = number,
            (0xB0, Some(track)) => track.width = number,
            (0xBA, Some(track)) => track.height = number,
            _ => {}
        }
    }
    let picture = tracks.iter().find(|track| track.kind == 1);
    let size = picture.and_then(|track| Some((track.width.try_into().ok()?, track.height.try_into().ok()?)));
    Ok(Header {
        size: size.filter(|(width, height)| *width > 0 && *height > 0),
        seconds: Some(duration * timescale as f64 / 1e9).filter(|seconds| seconds.is_normal() && *seconds > 0.0),
        fps: picture
            .filter(|track| track.frame > 0)
            .map(|track| 1e9 / track.frame as f64),
        is_audio: picture.is_none() && tracks.iter().any(|track| track.kind == 2),
    })
}

/// A number of variable length at a place, and where it ends. An id keeps the mark of its length; of a size it is removed.
fn varint(bytes: &[u8], at: usize, without_mark: bool) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    let extra = first.leading_zeros() as usize;
    let rest = bytes.get(at + 1..at + 1 + extra).filter(|_| extra < 8)?;
    let head = u64::from(first) & if without_mark { (0x80 >> extra) - 1 } else { 0xff };
    let number = rest.iter().fold(head, |number, byte| number << 8 | u64::from(*byte));
    Some((number, at + 1 + extra))
}
