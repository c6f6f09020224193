//! The clip itself.

use bytes::Bytes;
use muxide::api::{AacProfile, AudioCodec, MuxerBuilder, VideoCodec};
use openh264::OpenH264API;
use openh264::encoder::{Complexity, Encoder, EncoderConfig, FrameRate, FrameType, QpRange, RateControlMode};
use openh264::formats::YUVSlices;

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
    // No frame may be skipped, or the file would differ from the task's data. Quality hardly
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
    let mut encoder =
        Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| error.to_string())?;
    let mut file = Vec::new();
    let mut builder = MuxerBuilder::new(&mut file)
        .video(VideoCodec::H264, width, height, f64::from(fps))
        .with_fast_start(true);
    if sound {
        builder = builder.audio(AudioCodec::Aac(AacProfile::Lc), SAMPLE_RATE, 1);
    }
    let mut muxer = builder.build().map_err(|error| error.to_string())?;
    let mut card = Card::new(shape);
    let (across, down) = (width as usize, height as usize);
    for frame in 0..frames {
        card.show(frame);
        let picture = YUVSlices::new(card.planes(), (across, down), (across, across / 2, across / 2));
        let coded = encoder.encode(&picture).map_err(|error| error.to_string())?;
        let key = matches!(coded.frame_type(), FrameType::IDR | FrameType::I);
        muxer
            .write_video(f64::from(frame) / f64::from(fps), &coded.to_vec(), key)
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
