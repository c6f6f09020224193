//! Small files of each medium.

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The beginning of a picture, which shows its size, and `length` more bytes.
pub(crate) fn png(width: u32, height: u32, length: usize) -> Vec<u8> {
    let head = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        &numbers(&[width, height])[..],
        b"\x08\x02\0\0\0",
    ]
    .concat();
    [head, vec![7; length]].concat()
}

pub(crate) fn wav(seconds: u32) -> Vec<u8> {
    let rate = 8_000_u32;
    let data = vec![0_u8; (seconds * rate) as usize];
    let little = |numbers: &[u32]| -> Vec<u8> { numbers.iter().flat_map(|number| number.to_le_bytes()).collect() };
    let length = data.len() as u32;
    [
        b"RIFF".to_vec(),
        little(&[36 + length]),
        b"WAVEfmt ".to_vec(),
        little(&[16]),
        b"\x01\0\x01\0".to_vec(),
        little(&[rate, rate]),
        b"\x01\0\x08\0data".to_vec(),
        little(&[length]),
        data,
    ]
    .concat()
}

fn part(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), &kind[..], content].concat()
}

/// A film of 1280x720 at 24 frames a second, without content.
pub(crate) fn mp4(seconds: u32) -> Vec<u8> {
    let track = [
        numbers(&[0; 10]),
        numbers(&[1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]),
        numbers(&[1280 << 16, 720 << 16]),
    ]
    .concat();
    let samples = part(b"stbl", &part(b"stsz", &numbers(&[0, 0, 24 * seconds])));
    let media = [
        part(b"mdhd", &numbers(&[0, 0, 0, 1000, 1000 * seconds, 0])),
        part(b"hdlr", &[&numbers(&[0, 0])[..], b"vide", &[0; 12]].concat()),
        part(b"minf", &samples),
    ]
    .concat();
    let track = part(b"trak", &[part(b"tkhd", &track), part(b"mdia", &media)].concat());
    let header = part(b"mvhd", &numbers(&[0, 0, 0, 1000, 1000 * seconds, 0]));
    [
        part(b"ftyp", b"isom\0\0\0\0"),
        part(b"moov", &[header, track].concat()),
        part(b"mdat", &[1; 64]),
    ]
    .concat()
}

/// The same, as QuickTime.
pub(crate) fn mov(seconds: u32) -> Vec<u8> {
    let mut film = mp4(seconds);
    film[8..12].copy_from_slice(b"qt  ");
    film
}

/// The beginning of a JPEG, up to its frame header.
pub(crate) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let [high, wide] = [height.to_be_bytes(), width.to_be_bytes()];
    [
        &b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08"[..],
        &high,
        &wide,
        b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01",
        &[0; 64],
    ]
    .concat()
}

pub(crate) fn webp(width: u32, height: u32) -> Vec<u8> {
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    let canvas = [vec![0; 4], three(width - 1), three(height - 1)].concat();
    let content = [b"WEBPVP8X\x0a\0\0\0".to_vec(), canvas, vec![0; 64]].concat();
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&b"RIFF"[..], &length, &content].concat()
}

pub(crate) fn gif(width: u16, height: u16) -> Vec<u8> {
    [&b"GIF89a"[..], &width.to_le_bytes(), &height.to_le_bytes(), &[0; 64]].concat()
}

/// Frames of 128 kbit/s and 44.1 kHz.
pub(crate) fn mp3(seconds: usize) -> Vec<u8> {
    let frame = [&b"\xff\xfb\x90\0"[..], &[0; 413]].concat();
    frame.repeat(seconds * 44_100 / 1152)
}
