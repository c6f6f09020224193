//! Real videos and pictures, made on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use muxide::api::{MuxerBuilder, VideoCodec};
use openh264::OpenH264API;
use openh264::encoder::{Complexity, Encoder, EncoderConfig, FrameRate, FrameType, QpRange, RateControlMode};
use openh264::formats::YUVSlices;
use tokio::sync::OnceCell;

use crate::card::Card;
use crate::shape::Shape;

/// Files kept. Most clips are some hundred kilobytes.
const KEPT: usize = 32;

/// A file's content, and what is needed to serve it.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
}

/// What to make of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    /// The clip, as MP4.
    Video,
    /// The clip's last frame, as PNG.
    LastFrame,
}

/// A file could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the file could not be made: {0}")]
pub(crate) struct MakeError(String);

type Key = (Shape, Make);
type Cell = Arc<OnceCell<Blob>>;

/// Files by what they show, shared by all simulators of the process; the oldest go first. Tasks of
/// the same shape have the same file.
static CACHE: Mutex<VecDeque<(Key, Cell)>> = Mutex::new(VecDeque::new());

/// A file of this shape, made now if it was not before. Making one takes a while, and happens on a
/// thread that may block; those who ask for it meanwhile wait for the same one.
pub(crate) async fn file(shape: Shape, make: Make) -> Result<Blob, MakeError> {
    let blob = cell((shape, make))
        .get_or_try_init(async || {
            let work = move || match make {
                Make::Video => video(shape),
                Make::LastFrame => last_frame(shape),
            };
            tokio::task::spawn_blocking(work)
                .await
                .map_err(|error| MakeError(error.to_string()))?
        })
        .await?
        .clone();
    Ok(blob)
}

fn cell(key: Key) -> Cell {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, cell)) = cache.iter().find(|(known, _)| *known == key) {
        return cell.clone();
    }
    if cache.len() == KEPT {
        cache.pop_front();
    }
    let cell = Cell::default();
    cache.push_back((key, cell.clone()));
    cell
}

fn video(shape: Shape) -> Result<Blob, MakeError> {
    let failed = |error: &dyn std::fmt::Display| MakeError(error.to_string());
    let Shape {
        width,
        height,
        frames,
        fps,
    } = shape;
    // No frame may be skipped, or the file would not be what the task says of it. Quality hardly
    // matters, speed does.
    let config = EncoderConfig::new()
        .complexity(Complexity::Low)
        .max_frame_rate(FrameRate::from_hz(fps as f32))
        .skip_frames(false)
        .rate_control_mode(RateControlMode::Off)
        .qp(QpRange::new(30, 40))
        .scene_change_detect(false)
        .adaptive_quantization(false)
        .background_detection(false)
        .num_threads(1);
    let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| failed(&error))?;
    let mut file = Vec::new();
    let mut muxer = MuxerBuilder::new(&mut file)
        .video(VideoCodec::H264, width, height, f64::from(fps))
        .with_fast_start(true)
        .build()
        .map_err(|error| failed(&error))?;
    let mut card = Card::new(shape);
    let (across, down) = (width as usize, height as usize);
    for frame in 0..frames {
        card.show(frame);
        let picture = YUVSlices::new(card.planes(), (across, down), (across, across / 2, across / 2));
        let coded = encoder.encode(&picture).map_err(|error| failed(&error))?;
        let key = matches!(coded.frame_type(), FrameType::IDR | FrameType::I);
        muxer
            .write_video(f64::from(frame) / f64::from(fps), &coded.to_vec(), key)
            .map_err(|error| failed(&error))?;
    }
    muxer.finish().map_err(|error| failed(&error))?;
    Ok(Blob {
        bytes: file.into(),
        content_type: "video/mp4",
    })
}

fn last_frame(shape: Shape) -> Result<Blob, MakeError> {
    let mut card = Card::new(shape);
    card.show(shape.frames.saturating_sub(1));
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, shape.width, shape.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fastest);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&card.rgb())?;
        writer.finish()
    });
    written.map_err(|error| MakeError(error.to_string()))?;
    Ok(Blob {
        bytes: file.into(),
        content_type: "image/png",
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const SHAPE: Shape = Shape {
        width: 160,
        height: 96,
        frames: 7,
        fps: 12,
    };

    #[tokio::test]
    async fn a_file_is_made_once() {
        let (one, two) = tokio::join!(file(SHAPE, Make::Video), file(SHAPE, Make::Video));
        let (one, two) = (one.unwrap().bytes, two.unwrap().bytes);
        assert_eq!(one.as_ptr(), two.as_ptr());
        assert_eq!(&one[4..8], b"ftyp");
    }

    #[test]
    fn the_last_frame_is_a_png_of_the_clip_size() {
        let blob = last_frame(SHAPE).unwrap();
        let decoder = png::Decoder::new(std::io::Cursor::new(blob.bytes));
        let reader = decoder.read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (160, 96));
    }
}
