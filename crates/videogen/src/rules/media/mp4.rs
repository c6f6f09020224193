//! The header of MP4 and QuickTime files: size of the picture, length, frame rate (ISO/IEC 14496-12).
//!
//! Own code, because the parsers for Rust load every sample's place, and bring ten crates or a copyleft licence for these
//! few numbers. It reads only the boxes it names, skips the rest, and allocates nothing by a size from the file.

use std::io::{self, Read, Seek, SeekFrom};

use super::read::read_up_to;

/// Maximum number of boxes looked at; real headers have fewer than a hundred.
const BOXES: u32 = 4096;
/// Boxes of a track that contain others, in each other.
const DEPTH: u8 = 3;
/// Longest content of a box that is read.
const CONTENT: u64 = 128;

/// What the header shows.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Movie {
    /// Width and height of the first picture track, as displayed.
    pub(super) size: Option<(u32, u32)>,
    pub(super) seconds: Option<f64>,
    pub(super) fps: Option<f64>,
    /// Whether the file contains the whole header.
    pub(super) is_complete: bool,
    has_sound: bool,
    has_picture: bool,
}

impl Movie {
    /// Whether there is sound and no picture.
    pub(super) fn is_audio(&self) -> bool {
        self.has_sound && !self.has_picture
    }
}

/// One track, while it is read.
#[derive(Default)]
struct Track {
    size: Option<(u32, u32)>,
    handler: [u8; 4],
    seconds: Option<f64>,
    samples: u32,
}

struct Walk<R> {
    content: R,
    left: u32,
    /// Time units per second of the movie, in which the length of fragments is stated.
    timescale: u32,
}

pub(super) fn read(content: impl Read + Seek, length: u64) -> io::Result<Movie> {
    let mut walk = Walk {
        content,
        left: BOXES,
        timescale: 0,
    };
    let mut movie = Movie::default();
    walk.each(0, length, &mut |walk, kind, from, to, is_whole| match kind {
        b"moov" => {
            movie.is_complete = is_whole;
            walk.movie(from, to, &mut movie)
        }
        _ => Ok(()),
    })?;
    Ok(movie)
}

/// With a box's kind, the range of its content, and whether that is complete.
type Visit<'a, R> = &'a mut dyn FnMut(&mut Walk<R>, &[u8; 4], u64, u64, bool) -> io::Result<()>;

impl<R: Read + Seek> Walk<R> {
    /// Visits the boxes between two places of the file, with the range of their content.
    fn each(&mut self, mut at: u64, end: u64, visit: Visit<'_, R>) -> io::Result<()> {
        while at.saturating_add(8) <= end && self.left > 0 {
            self.left -= 1;
            let head: [u8; 8] = self.bytes(at)?;
            let (size, kind) = (u64::from(number(&head, 0)), [head[4], head[5], head[6], head[7]]);
            let (header, size) = match size {
                0 => (8, end - at),
                1 if at.saturating_add(16) <= end => (16, u64::from_be_bytes(self.bytes(at + 8)?)),
                size => (8, size),
            };
            let Some(next) = at.checked_add(size).filter(|_| size >= header) else {
                return Ok(());
            };
            visit(self, &kind, at + header, next.min(end), next <= end)?;
            at = next;
        }
        Ok(())
    }

    fn bytes<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.content.seek(SeekFrom::Start(at))?;
        self.content.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The beginning of a box's content.
    fn content(&mut self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        self.content.seek(SeekFrom::Start(from))?;
        let length = to.saturating_sub(from).min(CONTENT);
        read_up_to(&mut self.content, length, &mut content)?;
        Ok(content)
    }

    fn movie(&mut self, from: u64, to: u64, movie: &mut Movie) -> io::Result<()> {
        self.each(from, to, &mut |walk, kind, from, to, _| {
            match kind {
                b"mvhd" => {
                    let header = walk.content(from, to)?;
                    walk.timescale = timescale(&header);
                    movie.seconds = length(&header);
                }
                b"mvex" => walk.fragments(from, to, movie)?,
                b"trak" => {
                    let mut track = Track::default();
                    walk.track(from, to, &mut track, DEPTH)?;
                    movie.add(&track);
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn fragments(&mut self, from: u64, to: u64, movie: &mut Movie) -> io::Result<()> {
        self.each(from, to, &mut |walk, kind, from, to, _| {
            if kind == b"mehd" {
                let header = walk.content(from, to)?;
                let duration = match header.first() {
                    Some(1) => long(&header, 4),
                    _ => u64::from(number(&header, 4)),
                };
                movie.seconds = movie.seconds.or(seconds(duration, walk.timescale));
            }
            Ok(())
        })
    }

    fn track(&mut self, from: u64, to: u64, track: &mut Track, depth: u8) -> io::Result<()> {
        self.each(from, to, &mut |walk, kind, from, to, _| {
            match kind {
                b"mdia" | b"minf" | b"stbl" if depth > 0 => walk.track(from, to, track, depth - 1)?,
                b"tkhd" => track.size = picture(&walk.content(from, to)?),
                b"mdhd" => track.seconds = length(&walk.content(from, to)?),
                b"stsz" | b"stz2" => track.samples = number(&walk.content(from, to)?, 8),
                // A data handler in `minf` has the same kind of box.
                b"hdlr" if track.handler == [0; 4] => {
                    track.handler = number(&walk.content(from, to)?, 8).to_be_bytes();
                }
                _ => {}
            }
            Ok(())
        })
    }
}

impl Movie {
    fn add(&mut self, track: &Track) {
        match &track.handler {
            b"soun" => self.has_sound = true,
            b"vide" if !self.has_picture => {
                self.has_picture = true;
                self.size = track.size;
                self.fps = track
                    .seconds
                    .filter(|_| track.samples > 0)
                    .map(|seconds| f64::from(track.samples) / seconds);
            }
            _ => {}
        }
    }
}

/// The number at a place; 0 after the end.
fn number(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(number(bytes, at)) << 32 | u64::from(number(bytes, at + 4))
}

/// Where the times of a header of a movie or a track's media end.
fn after_times(header: &[u8]) -> usize {
    if header.first() == Some(&1) { 20 } else { 12 }
}

fn timescale(header: &[u8]) -> u32 {
    number(header, after_times(header))
}

/// The length in seconds in such a header; `None` if it is not known.
fn length(header: &[u8]) -> Option<f64> {
    let at = after_times(header) + 4;
    let duration = match header.first()? {
        1 => long(header, at),
        _ => match number(header, at) {
            u32::MAX => 0,
            duration => u64::from(duration),
        },
    };
    seconds(duration, timescale(header))
}

fn seconds(duration: u64, timescale: u32) -> Option<f64> {
    let known = duration > 0 && duration != u64::MAX && timescale > 0;
    known.then(|| duration as f64 / f64::from(timescale))
}

/// The size in a track's header, in the orientation in which it is shown.
fn picture(header: &[u8]) -> Option<(u32, u32)> {
    let matrix = if header.first()? == &1 { 52 } else { 40 };
    // Both numbers have 16 fractional bits.
    let (width, height) = (number(header, matrix + 36) >> 16, number(header, matrix + 40) >> 16);
    let is_turned = number(header, matrix) == 0 && number(header, matrix + 4) != 0;
    let size = if is_turned { (height, width) } else { (width, height) };
    Some(size).filter(|size| size.0 > 0 && size.1 > 0)
}
