//! The length of MP4 and QuickTime files, from their header.

use rust_decimal::Decimal;

/// Decimal places of a length in seconds.
const PLACES: u32 = 3;

/// The length in seconds, if the header has it.
pub(crate) fn seconds(file: &[u8]) -> Option<Decimal> {
    let movie = content(file, b"moov")?;
    let header = content(movie, b"mvhd")?;
    let is_long = header.first() == Some(&1);
    let (scale, whole) = if is_long {
        (short(header, 20)?, long(header, 24)?)
    } else {
        (short(header, 12)?, short(header, 16)?)
    };
    // The movie itself is empty if all of it is in fragments.
    let units = if whole == 0 { fragments(movie)? } else { whole };
    let unknown = if is_long { u64::MAX } else { u64::from(u32::MAX) };
    let is_known = scale > 0 && units != unknown;
    is_known.then(|| {
        (Decimal::from(units) / Decimal::from(scale))
            .round_dp(PLACES)
            .normalize()
    })
}

/// The length of all fragments, in units of the movie.
fn fragments(movie: &[u8]) -> Option<u64> {
    let header = content(content(movie, b"mvex")?, b"mehd")?;
    match header.first() {
        Some(1) => long(header, 4),
        _ => short(header, 4),
    }
}

/// The content of the first box of a kind.
fn content<'a>(mut boxes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let (head, size) = match short(boxes, 0)? {
            0 => (8, boxes.len()),
            1 => (16, long(boxes, 8)?.try_into().ok()?),
            size => (8, size.try_into().ok()?),
        };
        if boxes.get(4..8)? == kind {
            return boxes.get(head..size.min(boxes.len()));
        }
        boxes = boxes.get(size.max(head)..)?;
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*bytes).into())
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap_or_default();
        [&size.to_be_bytes(), &kind[..], content].concat()
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    fn length(movie: &[u8]) -> String {
        let file = [part(b"ftyp", b"isom"), part(b"moov", movie)].concat();
        seconds(&file).map(|seconds| seconds.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_header_has_the_length() {
        assert_eq!(length(&part(b"mvhd", &numbers(&[0, 0, 0, 600, 3_050]))), "5.083");
        let long = numbers(&[1 << 24, 0, 0, 0, 0, 90_000, 0, 180_000]);
        assert_eq!(length(&part(b"mvhd", &long)), "2");
        let fragmented = part(b"mvex", &part(b"mehd", &numbers(&[0, 4_500])));
        assert_eq!(
            length(&[part(b"mvhd", &numbers(&[0, 0, 0, 1_000, 0])), fragmented].concat()),
            "4.5"
        );
        for unknown in [[0, 0, 0, 1_000, u32::MAX], [0, 0, 0, 0, 5], [0, 0, 0, 1_000, 0]] {
            assert_eq!(length(&part(b"mvhd", &numbers(&unknown))), "", "{unknown:?}");
        }
        assert_eq!(length(b"\0\0\0\x08mv"), "");
        assert_eq!(seconds(b"\x89PNG\r\n\x1a\n"), None);
    }
}
