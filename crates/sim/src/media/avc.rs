//! An H.264 encoder for the test card: lossless, and small and fast for pictures of vertical bars in which little moves.
//! Baseline profile; numbers in brackets are sections of ITU-T H.264.
//!
//! A block of 16 x 16 pixels is coded as what is the least: as unchanged since the last picture, as a continuation of the
//! pixels above it or left of it, or as its pixels.

use crate::media::bits::Bits;
use crate::media::shape::Shape;

/// Pixels of a block in each direction.
const BLOCK: usize = 16;
/// Number of pictures by which each is numbered; the least that the format allows.
const NUMBERS: u32 = 16;
/// The limits of each level (table A-1): its number, blocks of a picture, blocks in a second.
const LEVELS: [(u32, u32, u32); 8] = [
    (30, 1620, 40_500),
    (31, 3600, 108_000),
    (32, 5120, 216_000),
    (40, 8192, 245_760),
    (42, 8704, 522_240),
    (50, 22_080, 589_824),
    (51, 36_864, 983_040),
    (52, 36_864, 2_073_600),
];

/// How a block is coded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coded {
    Unchanged,
    FromAbove,
    FromLeft,
    Pixels,
}

/// Encodes pictures of one size, one after the other.
pub(crate) struct Encoder {
    shape: Shape,
    /// Blocks across and down.
    blocks: [usize; 2],
    /// The last picture.
    last: Option<[Padded; 3]>,
    /// Pictures so far.
    count: u32,
}

/// A plane in whole blocks: its last column and row are repeated.
struct Padded {
    /// Pixels of a block in each direction: 16, of chroma 8.
    side: usize,
    width: usize,
    pixels: Vec<u8>,
}

impl Padded {
    /// `size`: pixels across and down, without the repeated ones.
    fn new(pixels: &[u8], size: [usize; 2], side: usize, blocks: [usize; 2]) -> Self {
        let (width, height) = (blocks[0] * side, blocks[1] * side);
        let mut padded = Vec::with_capacity(width * height);
        for y in 0..height {
            let start = y.min(size[1] - 1) * size[0];
            let row = &pixels[start..start + size[0]];
            padded.extend_from_slice(row);
            padded.resize((y + 1) * width, row[size[0] - 1]);
        }
        Self {
            side,
            width,
            pixels: padded,
        }
    }

    /// The rows of pixels of a row of blocks.
    fn stripe(&self, down: usize) -> &[u8] {
        let length = self.side * self.width;
        &self.pixels[down * length..(down + 1) * length]
    }

    /// A row of pixels of a block.
    fn row(&self, [across, down]: [usize; 2], y: usize) -> &[u8] {
        let start = (down * self.side + y) * self.width + across * self.side;
        &self.pixels[start..start + self.side]
    }

    /// Whether the pixels of a block continue the row above it.
    fn continues_above(&self, block: [usize; 2]) -> bool {
        let [across, down] = block;
        let Some(up) = down.checked_sub(1) else {
            return false;
        };
        let above = self.row([across, up], self.side - 1);
        (0..self.side).all(|y| self.row(block, y) == above)
    }

    /// Whether the pixels of a block continue the column left of it.
    fn continues_left(&self, block: [usize; 2]) -> bool {
        let [across, down] = block;
        let Some(left) = across.checked_sub(1) else {
            return false;
        };
        (0..self.side).all(|y| {
            let beside = self.row([left, down], y)[self.side - 1];
            self.row(block, y).iter().all(|pixel| *pixel == beside)
        })
    }

    /// Whether a block is the same in another picture.
    fn is_same(&self, other: &Self, block: [usize; 2]) -> bool {
        (0..self.side).all(|y| self.row(block, y) == other.row(block, y))
    }
}

impl Encoder {
    pub(crate) fn new(shape: Shape) -> Self {
        let blocks = [shape.width, shape.height].map(|pixels| (pixels as usize).div_ceil(BLOCK));
        Self {
            shape,
            blocks,
            last: None,
            count: 0,
        }
    }

    /// Encodes the next picture from its planes. Returns its NAL units, and whether players can start with it: one in
    /// each second.
    pub(crate) fn encode(&mut self, planes: [&[u8]; 3]) -> (Vec<u8>, bool) {
        let (width, height) = (self.shape.width as usize, self.shape.height as usize);
        let [luma, blue, red] = planes;
        let chroma = |plane| Padded::new(plane, [width / 2, height / 2], BLOCK / 2, self.blocks);
        let picture = [
            Padded::new(luma, [width, height], BLOCK, self.blocks),
            chroma(blue),
            chroma(red),
        ];
        // The number of this picture since the last one that players can start with.
        let number = self.count % self.shape.fps;
        let is_key = number == 0;
        let mut out = Vec::new();
        if is_key {
            self.last = None;
            out.extend(self.sequence().unit(0x67));
            out.extend(parameters().unit(0x68));
        }
        let slice = self.slice(&picture, number);
        out.extend(slice.unit(if is_key { 0x65 } else { 0x41 }));
        self.last = Some(picture);
        self.count += 1;
        (out, is_key)
    }

    /// Sequence parameter set (7.3.2.1.1).
    fn sequence(&self) -> Bits {
        let [across, down] = self.blocks.map(|blocks| blocks as u32);
        let fits = |&&(_, blocks, in_a_second): &&(u32, u32, u32)| {
            across * down <= blocks && across * down * self.shape.fps <= in_a_second
        };
        let (level, ..) = LEVELS.iter().find(fits).unwrap_or(&LEVELS[LEVELS.len() - 1]);
        let mut bits = Bits::default();
        bits.put(66, 8);
        // Constrained baseline.
        bits.put(0b1100_0000, 8);
        bits.put(*level, 8);
        bits.number(0);
        bits.number(NUMBERS.ilog2() - 4);
        // Pictures are shown in the order of the stream, and each uses the last.
        bits.number(2);
        bits.number(1);
        bits.flag(false);
        bits.number(across - 1);
        bits.number(down - 1);
        // Whole pictures, not fields.
        bits.flag(true);
        bits.flag(true);
        // The repeated pixels are not shown; units are two pixels.
        bits.flag(true);
        let surplus = |blocks: u32, pixels: u32| (blocks * BLOCK as u32 - pixels) / 2;
        bits.number(0);
        bits.number(surplus(across, self.shape.width));
        bits.number(0);
        bits.number(surplus(down, self.shape.height));
        // The colours (annex E): limited range of BT.601, as the card has them.
        bits.flag(true);
        bits.put(0b001, 3);
        bits.put(5, 3);
        bits.flag(false);
        bits.flag(true);
        for code in [6, 6, 6] {
            bits.put(code, 8);
        }
        // No position of chroma, rate, buffers, structure or restrictions.
        bits.put(0, 6);
        bits
    }

    /// A picture in one slice (7.3.3, 7.3.4).
    fn slice(&self, picture: &[Padded; 3], number: u32) -> Bits {
        let is_key = number == 0;
        let mut bits = Bits::default();
        bits.number(0);
        // All blocks stand for themselves, or some are unchanged.
        bits.number(if is_key { 7 } else { 5 });
        bits.number(0);
        bits.put(number % NUMBERS, NUMBERS.ilog2());
        if is_key {
            // Differs from that of the one before.
            bits.number(self.count / self.shape.fps % 2);
            bits.put(0, 2);
        } else {
            // The usual references, in the usual order; and nothing is forgotten.
            bits.put(0, 3);
        }
        bits.number(0);
        // No smoothing between blocks.
        bits.number(1);

        let [across, down] = self.blocks;
        let mut skipped = 0;
        let mut above = vec![Coded::Unchanged; across];
        for row in 0..down {
            // Most rows of blocks are unchanged as a whole.
            let is_unchanged = self.last.as_ref().is_some_and(|last| {
                let mut planes = picture.iter().zip(last);
                planes.all(|(plane, last)| plane.stripe(row) == last.stripe(row))
            });
            if is_unchanged {
                skipped += across as u32;
                above.fill(Coded::Unchanged);
                continue;
            }
            let mut left = None;
            for (column, above) in above.iter_mut().enumerate() {
                let block = [column, row];
                let coded = self.coded(picture, block);
                if coded == Coded::Unchanged {
                    skipped += 1;
                } else {
                    if !is_key {
                        bits.number(skipped);
                    }
                    skipped = 0;
                    // Types of blocks that stand for themselves follow the five others.
                    let first = if is_key { 0 } else { 5 };
                    match coded {
                        Coded::Pixels => {
                            bits.number(first + 25);
                            write_pixels(&mut bits, picture, block);
                        }
                        // The types and modes of the prediction (tables 7-11, 7-16).
                        _ => {
                            let (kind, chroma) = if coded == Coded::FromAbove { (1, 2) } else { (2, 1) };
                            bits.number(first + kind);
                            bits.number(chroma);
                            let up = (row > 0).then_some(*above);
                            write_nothing(&mut bits, left, up);
                        }
                    }
                }
                left = Some(coded);
                *above = coded;
            }
        }
        if skipped > 0 {
            bits.number(skipped);
        }
        bits
    }

    fn coded(&self, picture: &[Padded; 3], block: [usize; 2]) -> Coded {
        let is_same = |last: &[Padded; 3]| {
            let mut planes = picture.iter().zip(last);
            planes.all(|(plane, last)| plane.is_same(last, block))
        };
        if self.last.as_ref().is_some_and(is_same) {
            Coded::Unchanged
        } else if picture.iter().all(|plane| plane.continues_above(block)) {
            Coded::FromAbove
        } else if picture.iter().all(|plane| plane.continues_left(block)) {
            Coded::FromLeft
        } else {
            Coded::Pixels
        }
    }
}

/// Picture parameter set (7.3.2.2): variable-length codes, one slice, one reference.
fn parameters() -> Bits {
    let mut bits = Bits::default();
    bits.number(0);
    bits.number(0);
    bits.put(0, 2);
    for _ in 0..3 {
        bits.number(0);
    }
    bits.put(0, 3);
    for _ in 0..3 {
        bits.number(0);
    }
    // Slices say whether blocks are smoothed.
    bits.put(0b100, 3);
    bits
}

/// The pixels of a block (7.3.5).
fn write_pixels(bits: &mut Bits, picture: &[Padded; 3], block: [usize; 2]) {
    for plane in picture {
        for y in 0..plane.side {
            bits.bytes(plane.row(block, y));
        }
    }
}

/// What a predicted block adds: nothing (7.3.5.3).
fn write_nothing(bits: &mut Bits, left: Option<Coded>, up: Option<Coded>) {
    // No change of the quantiser.
    bits.number(0);
    // No coefficients, in a code that depends on how many the blocks beside it have (9.2.1): one of pixels counts as 16.
    let count = |coded| if coded == Coded::Pixels { 16 } else { 0 };
    let expected = match (left.map(count), up.map(count)) {
        (Some(left), Some(up)) => (left + up + 1) / 2,
        (one, other) => one.or(other).unwrap_or(0),
    };
    match expected {
        0..2 => bits.put(0b1, 1),
        2..4 => bits.put(0b11, 2),
        4..8 => bits.put(0b1111, 4),
        _ => bits.put(0b00_0011, 6),
    }
}
