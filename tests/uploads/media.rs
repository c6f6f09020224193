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
    mp4_of(1000 * seconds)
}

/// A film of some milliseconds.
pub(crate) fn mp4_of(millis: u32) -> Vec<u8> {
    let track = [
        numbers(&[0; 10]),
        numbers(&[1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]),
        numbers(&[1280 << 16, 720 << 16]),
    ]
    .concat();
    let samples = part(b"stbl", &part(b"stsz", &numbers(&[0, 0, 24 * millis / 1000])));
    let media = [
        part(b"mdhd", &numbers(&[0, 0, 0, 1000, millis, 0])),
        part(b"hdlr", &[&numbers(&[0, 0])[..], b"vide", &[0; 12]].concat()),
        part(b"minf", &samples),
    ]
    .concat();
    let track = part(b"trak", &[part(b"tkhd", &track), part(b"mdia", &media)].concat());
    let header = part(b"mvhd", &numbers(&[0, 0, 0, 1000, millis, 0]));
    [
        part(b"ftyp", b"isom\0\0\0\0"),
        part(b"moov", &[header, track].concat()),
        part(b"mdat", &[1; 64]),
    ]
    .concat()
}
