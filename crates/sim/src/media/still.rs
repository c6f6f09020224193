//! One frame of a clip, as a picture.

use bytes::Bytes;

use crate::media::card::Card;
use crate::media::shape::Shape;

/// Encodes a frame of a clip as PNG.
pub(crate) fn encode(shape: Shape, frame: u32) -> Result<Bytes, String> {
    let mut card = Card::new(shape);
    card.show(frame);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, shape.width, shape.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fastest);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&card.rgb())?;
        writer.finish()
    });
    written.map_err(|error| error.to_string())?;
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_last_frame_is_a_png_of_the_clip_size() {
        let shape = Shape {
            width: 160,
            height: 96,
            frames: 7,
            fps: 12,
            sound: false,
            container: crate::media::Container::Mp4,
        };
        let decoder = png::Decoder::new(std::io::Cursor::new(encode(shape, 6).unwrap()));
        let reader = decoder.read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (160, 96));
    }
}
