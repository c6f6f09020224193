//! The clip itself.

use bytes::Bytes;
use muxide::api::{AacProfile, AudioCodec, MuxerBuilder, VideoCodec};

use crate::media::avc::Encoder;
use crate::media::card::Card;
use crate::media::shape::Shape;

/// One frame of a 468.75 Hz tone: AAC-LC, mono, in ADTS framing. A frame holds ten whole periods, so repeated it is a
/// steady tone, and no encoder is needed.
const TONE: &[u8] = include_bytes!("../../assets/tone.aac");
const SAMPLES: u32 = 1024;
const SAMPLE_RATE: u32 = 48_000;

/// Encodes a clip of this shape as MP4 (H.264, and AAC if it has sound).
pub(crate) fn encode(shape: Shape) -> Result<Bytes, String> {
    let Shape {
        width,
        height,
        frames,
        fps,
        sound,
        ..
    } = shape;
    let mut file = Vec::new();
    let mut builder = MuxerBuilder::new(&mut file)
        .video(VideoCodec::H264, width, height, f64::from(fps))
        .with_fast_start(true);
    if sound {
        builder = builder.audio(AudioCodec::Aac(AacProfile::Lc), SAMPLE_RATE, 1);
    }
    let mut muxer = builder.build().map_err(|error| error.to_string())?;
    let mut card = Card::new(shape);
    let mut encoder = Encoder::new(shape);
    for frame in 0..frames {
        card.show(frame);
        let (coded, is_key) = encoder.encode(card.planes());
        muxer
            .write_video(f64::from(frame) / f64::from(fps), &coded, is_key)
            .map_err(|error| error.to_string())?;
    }
    if sound {
        // Whole frames only: the sound may not outlast the picture.
        for _ in 0..u64::from(frames) * u64::from(SAMPLE_RATE) / u64::from(fps * SAMPLES) {
            muxer.encode_audio(TONE, SAMPLES).map_err(|error| error.to_string())?;
        }
    }
    muxer.finish().map_err(|error| error.to_string())?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::process::Command;

    use super::*;
    use crate::media::Container;

    /// What an independent decoder shows, as planes, picture after picture; `None`, with a note, without one.
    fn decoded(clip: &[u8]) -> Option<Vec<u8>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), clip).unwrap();
        let raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-"];
        let mut decoder = Command::new("ffmpeg");
        let run = decoder.args(["-v", "error", "-i"]).arg(file.path()).args(raw).output();
        match run {
            Ok(output) => {
                let complaints = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success() && complaints.is_empty(), "{complaints}");
                Some(output.stdout)
            }
            Err(error) => {
                println!("SKIPPED: ffmpeg cannot be run ({error}), so the clip was not decoded");
                None
            }
        }
    }

    #[test]
    fn every_pixel_is_as_it_was_drawn() {
        for (width, height, frames, fps, sound) in [
            (160, 96, 7, 12, false),
            // Blocks that are cut off; several keys; more pictures than are numbered apart.
            (54, 34, 70, 24, true),
            (34, 130, 9, 1, false),
            (2, 2, 3, 24, false),
            (854, 480, 30, 24, true),
        ] {
            let shape = Shape {
                width,
                height,
                frames,
                fps,
                sound,
                container: Container::Mp4,
            };
            let Some(shown) = decoded(&encode(shape).unwrap()) else {
                return;
            };
            let size = (width * height * 3 / 2) as usize;
            assert_eq!(shown.len(), size * frames as usize, "{shape:?}");
            let mut card = Card::new(shape);
            for (frame, picture) in shown.chunks(size).enumerate() {
                card.show(frame as u32);
                assert!(picture == card.planes().concat(), "{shape:?}: picture {frame}");
            }
        }
    }
}
