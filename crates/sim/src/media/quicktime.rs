//! QuickTime files.

use bytes::Bytes;

/// The file type box of a QuickTime movie, as Apple's software writes it: brand, version, one compatible brand.
const BRANDS: &[u8] = b"qt  \x20\x05\x03\x00qt  ";

/// Turns an MP4 file into a QuickTime movie. Both have the same boxes; the first one names the format.
pub(crate) fn of_mp4(file: &Bytes) -> Result<Bytes, String> {
    let length = file
        .first_chunk()
        .map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let mut movie = file.to_vec();
    let is_type = movie.get(4..8) == Some(b"ftyp");
    let brands = movie
        .get_mut(8..length)
        .filter(|brands| is_type && brands.len() >= BRANDS.len());
    let (named, rest) = brands
        .ok_or("the clip has no file type box")?
        .split_at_mut(BRANDS.len());
    // The box keeps its length, and with it the offsets of the others. A zero is an empty entry.
    named.copy_from_slice(BRANDS);
    rest.fill(0);
    Ok(movie.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_brands_change() {
        let file = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\x08moov";
        let movie = of_mp4(&Bytes::from_static(file));
        let expected = b"\0\0\0\x20ftypqt  \x20\x05\x03\0qt  \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08moov";
        assert_eq!(movie, Ok(Bytes::from_static(expected)));
        for broken in [
            &b""[..],
            b"\0\0\0\x08ftyp",
            b"\0\0\0\x20ftyp",
            b"\0\0\0\x18moovisom\0\0\x02\0isomiso2",
        ] {
            assert!(of_mp4(&Bytes::from_static(broken)).is_err());
        }
    }
}
