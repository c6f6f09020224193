//! The clip of a build without the feature `clips`.

use bytes::Bytes;

use crate::media::shape::Shape;

/// One second of the test card in 160x90 pixels, as `clip.rs` encodes it.
const CLIP: &[u8] = include_bytes!("../../assets/clip.mp4");

/// Returns the same clip for every shape.
#[expect(clippy::unnecessary_wraps, reason = "the encoder in its place can fail")]
pub(crate) fn encode(_: Shape) -> Result<Bytes, String> {
    Ok(Bytes::from_static(CLIP))
}
