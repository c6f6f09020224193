//! What a file contains, from its header: media type, size, dimensions, length.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use imagesize::ImageError;

use super::read::read_up_to;
use super::{mp4, webm};
use crate::model::media_type::{medium, of};
use crate::model::{LocalFile, Source, VideoRequest};

/// Number of bytes that identify a media type.
const HEAD: u64 = 64;

/// Facts about a file. What the header does not show is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Probe {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: u64,
    /// Width and height in pixels.
    pub(crate) size: Option<(u32, u32)>,
    pub(crate) seconds: Option<f64>,
    pub(crate) fps: Option<f64>,
    /// Whether the header is incomplete, as in a file that was cut off.
    pub(crate) is_damaged: bool,
}

/// Content that can be read from any place.
pub(crate) trait Content: Read + Seek {}

impl<T: Read + Seek> Content for T {}

/// The reason why content of no known type cannot be sent.
pub(super) const UNKNOWN_TYPE: &str = "it is not an image, a video or audio of a known type";
/// The reason why a file without content cannot be sent.
pub(super) const EMPTY: &str = "it is empty";

impl Probe {
    /// Reads the header of a file.
    ///
    /// # Errors
    /// The reason why it cannot be sent: it cannot be read, is empty or of no known type.
    pub(crate) fn of(file: &LocalFile) -> Result<Self, String> {
        let mut reader = file.open()?;
        let cannot = |error: io::Error| format!("cannot read {file}: {error}");
        let probed = Self::read(&mut reader).map_err(cannot)?;
        match probed {
            Some(probe) => Ok(probe),
            None if reader.stream_position().is_ok_and(|read| read == 0) => Err(EMPTY.to_owned()),
            None => Err(UNKNOWN_TYPE.to_owned()),
        }
    }

    /// Reads a header. `None`: of no known type. The parsers are compiled once, not for each kind of content.
    pub(crate) fn read(content: &mut dyn Content) -> io::Result<Option<Self>> {
        let bytes = content.seek(SeekFrom::End(0))?;
        content.rewind()?;
        let mut head = Vec::with_capacity(HEAD as usize);
        read_up_to(content, HEAD, &mut head)?;
        let Some(media_type) = of(&head) else { return Ok(None) };
        content.rewind()?;
        let mut probe = Self {
            media_type,
            bytes,
            size: None,
            seconds: None,
            fps: None,
            is_damaged: false,
        };
        // A header that cannot be parsed shows nothing. The vendor judges the content.
        match (medium(media_type), media_type) {
            ("image", _) => match imagesize::reader_size(BufReader::new(content)) {
                Ok(size) => {
                    probe.size = sides(size.width, size.height);
                    probe.is_damaged = probe.size.is_none();
                }
                Err(ImageError::IoError(error)) => probe.is_damaged = error.kind() == io::ErrorKind::UnexpectedEof,
                Err(_) => {}
            },
            (_, "video/mp4" | "video/quicktime" | "video/3gpp" | "audio/mp4") => {
                let movie = mp4::read(BufReader::new(content), bytes).unwrap_or_default();
                if movie.is_audio() {
                    probe.media_type = "audio/mp4";
                }
                (probe.size, probe.seconds, probe.fps) = (movie.size, movie.seconds, movie.fps);
                probe.is_damaged = !movie.is_complete;
            }
            (_, "video/webm" | "video/x-matroska") => {
                let header = webm::read(BufReader::new(content), bytes).unwrap_or_default();
                if header.is_audio && media_type == "video/webm" {
                    probe.media_type = "audio/webm";
                }
                (probe.size, probe.seconds, probe.fps) = (header.size, header.seconds, header.fps);
            }
            (_, "audio/aac") => probe.seconds = aac(BufReader::new(content)),
            ("audio", _) => probe.seconds = audio(BufReader::new(content)),
            _ => {}
        }
        Ok(Some(probe))
    }
}

fn sides(width: usize, height: usize) -> Option<(u32, u32)> {
    Some((width.try_into().ok()?, height.try_into().ok()?)).filter(|size| size.0 > 0 && size.1 > 0)
}

/// The length of an audio file.
#[cfg(feature = "audio-length")]
fn audio(content: BufReader<&mut dyn Content>) -> Option<f64> {
    use lofty::config::ParseOptions;
    use lofty::file::AudioFile as _;

    let options = ParseOptions::new().read_tags(false).read_cover_art(false);
    let probe = lofty::probe::Probe::new(content).options(options);
    let file = probe.guess_file_type().ok()?.read().ok()?;
    Some(file.properties().duration().as_secs_f64()).filter(|seconds| *seconds > 0.0)
}

/// Nothing reads it without the feature.
#[cfg(not(feature = "audio-length"))]
fn audio(_content: BufReader<&mut dyn Content>) -> Option<f64> {
    None
}

/// Adds up the frames of AAC (ADTS), whose length no header shows: an estimate by the bit rate is wrong by a fifth.
fn aac(mut content: BufReader<&mut dyn Content>) -> Option<f64> {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
    ];
    let (mut samples, mut rate, mut head) = (0_u64, None, [0; 7]);
    while content.read_exact(&mut head).is_ok() && head[0] == 0xff && head[1] & 0xf6 == 0xf0 {
        let length = i64::from(head[3] & 3) << 11 | i64::from(head[4]) << 3 | i64::from(head[5] >> 5);
        if length < 7 || content.seek_relative(length - 7).is_err() {
            break;
        }
        rate = rate.or(RATES.get(usize::from(head[2] >> 2 & 15)).copied());
        samples += 1024 * (u64::from(head[6] & 3) + 1);
    }
    Some(samples as f64 / f64::from(rate?))
}

/// The local files of a request, each probed once.
#[derive(Debug, Default)]
pub(crate) struct Files(Vec<(LocalFile, Result<Probe, String>)>);

impl Files {
    /// Probes the local files of `request`. It reads from the disk.
    pub(crate) fn of(request: &VideoRequest) -> Self {
        let mut files = Self::default();
        for input in &request.inputs {
            if let Source::File(file) = &input.source
                && files.find(file).is_none()
            {
                let probed = Probe::of(file);
                files.0.push((file.clone(), probed));
            }
        }
        files
    }

    fn find(&self, file: &LocalFile) -> Option<&Result<Probe, String>> {
        self.0.iter().find(|(known, _)| known == file).map(|(_, probed)| probed)
    }

    /// The facts about `file`.
    ///
    /// # Errors
    /// The reason why it cannot be sent.
    pub(crate) fn probe(&self, file: &LocalFile) -> Result<Probe, String> {
        self.find(file).cloned().unwrap_or_else(|| Probe::of(file))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
