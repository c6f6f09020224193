//! Media types, recognised by the first bytes of a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A media type, how many bytes precede its mark, and the mark.
type Mark = (&'static str, usize, &'static [u8]);

/// The first match decides.
const MARKS: &[Mark] = &[
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("image/gif", 0, b"GIF87a"),
    ("image/gif", 0, b"GIF89a"),
    ("image/tiff", 0, b"II*\0"),
    ("image/tiff", 0, b"MM\0*"),
    ("image/avif", 4, b"ftypavi"),
    ("image/heic", 4, b"ftyphei"),
    ("image/heic", 4, b"ftyphev"),
    ("image/heif", 4, b"ftypmif1"),
    ("image/heif", 4, b"ftypmsf1"),
    ("audio/mp4", 4, b"ftypM4A "),
    ("audio/mp4", 4, b"ftypM4B "),
    ("video/quicktime", 4, b"ftypqt  "),
    ("video/3gpp", 4, b"ftyp3g"),
    ("video/mp4", 4, b"ftyp"),
    // Files of QuickTime before there was a file type box.
    ("video/quicktime", 4, b"moov"),
    ("video/quicktime", 4, b"mdat"),
    ("video/quicktime", 4, b"wide"),
    ("audio/ogg", 0, b"OggS"),
    ("audio/flac", 0, b"fLaC"),
    ("audio/mpeg", 0, b"ID3"),
];

/// Returns the media type of a file that begins with `head`, or `None` if it is of no known kind.
pub(crate) fn of(head: &[u8]) -> Option<&'static str> {
    let is_at = |at: usize, mark: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
    if let Some((kind, ..)) = MARKS.iter().find(|(_, at, mark)| is_at(*at, mark)) {
        return Some(kind);
    }
    if is_at(0, b"RIFF") {
        return match head.get(8..12)? {
            b"WEBP" => Some("image/webp"),
            b"WAVE" => Some("audio/wav"),
            b"AVI " => Some("video/x-msvideo"),
            _ => None,
        };
    }
    if is_at(0, b"\x1a\x45\xdf\xa3") {
        let is_webm = head.windows(4).any(|word| word == b"webm");
        return Some(if is_webm { "video/webm" } else { "video/x-matroska" });
    }
    if is_at(0, b"BM") && head.get(6..10) == Some(&[0; 4]) {
        return Some("image/bmp");
    }
    // Eleven set bits begin a frame of MPEG audio; without a layer it is AAC.
    match head {
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some("audio/aac"),
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 && second & 0x18 != 0x08 => {
            Some("audio/mpeg")
        }
        _ => None,
    }
}

/// The kind of medium: `image`, `video` or `audio`.
pub(crate) fn medium(media_type: &str) -> &str {
    media_type.split('/').next().unwrap_or_default()
}

pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_recognised_by_content() {
        for (head, kind) in [
            (&b"\xff\xd8\xff\xe0"[..], Some("image/jpeg")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVEfmt ", Some("audio/wav")),
            (b"\0\0\0\x18ftypisom", Some("video/mp4")),
            (b"\0\0\0\x18ftypqt  ", Some("video/quicktime")),
            (b"\0\0\0\x18ftypM4A ", Some("audio/mp4")),
            (b"\x1a\x45\xdf\xa3\x9fB\x82\x84webmB", Some("video/webm")),
            (b"\x1a\x45\xdf\xa3\x9fB\x82\x88matroska", Some("video/x-matroska")),
            (b"\xff\xfb\x90\x44", Some("audio/mpeg")),
            (b"\xff\xf1\x50\x80", Some("audio/aac")),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0", Some("image/bmp")),
            (b"BM is no picture", None),
            (b"%PDF-1.7", None),
            (b"<svg>", None),
            (b"\xff", None),
            (b"", None),
        ] {
            assert_eq!(of(head), kind, "{head:?}");
        }
        assert_eq!(medium("audio/mpeg"), "audio");
    }
}
