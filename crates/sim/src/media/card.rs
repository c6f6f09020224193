//! The test card: colour bars, and a white box that crosses them from left to right.

use crate::media::shape::Shape;

/// The bars as luma and two chroma values (BT.601, limited range): 75 % white, yellow, cyan, green,
/// magenta, red, blue.
const BARS: [[u8; 3]; 7] = [
    [180, 128, 128],
    [162, 44, 142],
    [131, 156, 44],
    [112, 72, 58],
    [84, 184, 198],
    [65, 100, 212],
    [35, 212, 114],
];
const BOX: [u8; 3] = [235, 128, 128];

/// The planes of a 4:2:0 picture. Drawing fills whole rows, and a new frame repaints only where the
/// box was and where it is now: this must be fast in unoptimised builds too.
pub(crate) struct Card {
    shape: Shape,
    planes: [Plane; 3],
    position: usize,
}

struct Plane {
    width: usize,
    /// Pixels of the full picture per pixel of this plane, in each direction.
    scale: usize,
    row: Vec<u8>,
    pixels: Vec<u8>,
}

impl Card {
    /// Returns the card of the first frame.
    pub(crate) fn new(shape: Shape) -> Self {
        let plane = |channel: usize| {
            let scale = if channel == 0 { 1 } else { 2 };
            let (width, height) = (shape.width as usize / scale, shape.height as usize / scale);
            let mut row = vec![0; width];
            for (index, bar) in BARS.iter().enumerate() {
                let (from, to) = (width * index / BARS.len(), width * (index + 1) / BARS.len());
                row[from..to].fill(bar[channel]);
            }
            let pixels = row.repeat(height);
            Plane {
                width,
                scale,
                row,
                pixels,
            }
        };
        let mut card = Self {
            shape,
            planes: [plane(0), plane(1), plane(2)],
            position: 0,
        };
        card.paint_box();
        card
    }

    /// Moves the box to its position in a frame.
    pub(crate) fn show(&mut self, frame: u32) {
        self.clear_box();
        let way = u64::from(self.shape.width) - self.side() as u64;
        let last = u64::from(self.shape.frames.saturating_sub(1).max(1));
        // At most the width, so it fits.
        let step = self.step() as u64;
        self.position = (way * u64::from(frame) / last / step * step) as usize;
        self.paint_box();
    }

    /// Luma and the two chroma planes.
    pub(crate) fn planes(&self) -> [&[u8]; 3] {
        self.planes.each_ref().map(|plane| plane.pixels.as_slice())
    }

    /// The picture as rows of red, green and blue bytes.
    pub(crate) fn rgb(&self) -> Vec<u8> {
        let (width, height) = (self.shape.width as usize, self.shape.height as usize);
        let mut out = Vec::with_capacity(width * height * 3);
        let (mut last, mut last_row) = (None, Vec::new());
        for y in 0..height {
            // Most rows are like the one above; their bytes are copied, not computed.
            let in_box = self.rows(0).contains(&y);
            if last != Some(in_box) {
                last_row = (0..width).flat_map(|x| self.pixel(x, y)).collect();
                last = Some(in_box);
            }
            out.extend_from_slice(&last_row);
        }
        out
    }

    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = |plane: &Plane| f32::from(plane.pixels[y / plane.scale * plane.width + x / plane.scale]);
        let [luma, blue, red] = &self.planes;
        let (luma, blue, red) = ((at(luma) - 16.0) * 1.164, at(blue) - 128.0, at(red) - 128.0);
        // Casts from floats saturate.
        [
            (luma + 1.596 * red) as u8,
            (luma - 0.392 * blue - 0.813 * red) as u8,
            (luma + 2.017 * blue) as u8,
        ]
    }

    /// The pixels by which the box moves, and in which it is measured: blocks of the encoder, if there are enough. Otherwise an
    /// even number, so that it covers whole chroma pixels.
    fn step(&self) -> usize {
        if self.shape.width.min(self.shape.height) < 64 {
            2
        } else {
            16
        }
    }

    /// The box's side in pixels.
    fn side(&self) -> usize {
        let step = self.step();
        (self.shape.width.min(self.shape.height) as usize / 4 / step * step).max(2)
    }

    /// The rows of a plane that the box covers.
    fn rows(&self, channel: usize) -> std::ops::Range<usize> {
        let scale = self.planes[channel].scale;
        let top = (self.shape.height as usize - self.side()) / 2 / self.step() * self.step();
        top / scale..(top + self.side()) / scale
    }

    fn paint_box(&mut self) {
        for (channel, &value) in BOX.iter().enumerate() {
            let (rows, side, position) = (self.rows(channel), self.side(), self.position);
            let plane = &mut self.planes[channel];
            let (from, to) = (position / plane.scale, (position + side) / plane.scale);
            for row in rows {
                let start = row * plane.width;
                plane.pixels[start + from..start + to].fill(value);
            }
        }
    }

    fn clear_box(&mut self) {
        for channel in 0..3 {
            let (rows, side, position) = (self.rows(channel), self.side(), self.position);
            let plane = &mut self.planes[channel];
            let (from, to) = (position / plane.scale, (position + side) / plane.scale);
            for row in rows {
                let start = row * plane.width;
                plane.pixels[start + from..start + to].copy_from_slice(&plane.row[from..to]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        width: 64,
        height: 32,
        frames: 5,
        fps: 12,
        sound: false,
        container: crate::media::Container::Mp4,
    };

    #[test]
    fn the_box_moves_and_leaves_no_trace() {
        let mut card = Card::new(SHAPE);
        let first = card.planes()[0].to_vec();
        card.show(4);
        assert_ne!(card.planes()[0], first);
        let moved = card.rgb();
        card.show(0);
        assert_eq!(card.planes()[0], first);
        assert_ne!(card.rgb(), moved);
        assert_eq!(moved.len(), 64 * 32 * 3);
    }

    #[test]
    fn the_last_frame_has_the_box_at_the_right_edge() {
        let mut card = Card::new(SHAPE);
        card.show(4);
        let middle = 16 * 64;
        assert_eq!(card.planes()[0][middle + 63], BOX[0]);
        assert_ne!(card.planes()[0][middle], BOX[0]);
    }
}
