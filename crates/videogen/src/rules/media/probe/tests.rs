use std::io::Cursor;

use super::*;

fn probe(bytes: &[u8]) -> Option<Probe> {
    Probe::read(&mut Cursor::new(bytes.to_vec())).unwrap()
}

/// A box of an MP4 file.
fn part(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), &kind[..], &content].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn track(handler: &[u8; 4], size: (u32, u32), matrix: [u32; 9], samples: u32) -> Vec<u8> {
    let head = [
        &numbers(&[0; 10])[..],
        &numbers(&matrix),
        &numbers(&[size.0 << 16, size.1 << 16]),
    ]
    .concat();
    let description = part(b"stsz", &[&numbers(&[0, 0, samples])]);
    let media = part(
        b"mdia",
        &[
            &part(b"mdhd", &[&numbers(&[0, 0, 0, 12_000, 72_000, 0])]),
            &part(b"hdlr", &[&numbers(&[0, 0]), handler, &numbers(&[0; 3])]),
            &part(b"minf", &[&part(b"stbl", &[&description])]),
        ],
    );
    part(b"trak", &[&part(b"tkhd", &[&head]), &media])
}

const UPRIGHT: [u32; 9] = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30];
const TURNED: [u32; 9] = [0, 1 << 16, 0, u32::MAX << 16, 0, 0, 0, 0, 1 << 30];

fn movie(tracks: &[Vec<u8>], duration: u32) -> Vec<u8> {
    let tracks: Vec<&[u8]> = tracks.iter().map(Vec::as_slice).collect();
    let header = part(b"mvhd", &[&numbers(&[0, 0, 0, 1000, duration, 0])]);
    [
        part(b"ftyp", &[b"isom\0\0\0\0"]),
        part(b"mdat", &[&[7; 5000]]),
        part(b"moov", &[&header, &tracks.concat()]),
    ]
    .concat()
}

#[test]
fn the_header_of_a_movie() {
    let sound = track(b"soun", (0, 0), UPRIGHT, 300);
    let film = movie(&[sound.clone(), track(b"vide", (1280, 720), UPRIGHT, 144)], 6_000);
    let shown = probe(&film).unwrap();
    assert_eq!((shown.media_type, shown.size), ("video/mp4", Some((1280, 720))));
    assert_eq!((shown.seconds, shown.fps), (Some(6.0), Some(24.0)));
    assert_eq!(shown.bytes, film.len() as u64);
    // A phone's film is recorded across and shown upright.
    let turned = probe(&movie(&[track(b"vide", (1280, 720), TURNED, 144)], 6_000)).unwrap();
    assert_eq!(turned.size, Some((720, 1280)));
    // Sound alone is audio, whatever its brand.
    let alone = probe(&movie(&[sound], 6_000)).unwrap();
    assert_eq!(
        (alone.media_type, alone.seconds, alone.size),
        ("audio/mp4", Some(6.0), None)
    );
    // The length of a fragmented file may be unknown.
    assert_eq!(
        probe(&movie(&[track(b"vide", (64, 64), UPRIGHT, 0)], 0))
            .unwrap()
            .seconds,
        None
    );
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let size = numbers(&[width, height]);
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        size.as_slice(),
        b"\x08\x02\0\0\0",
        &[0; 8],
    ]
    .concat()
}

fn wav(seconds: u32) -> Vec<u8> {
    let rate = 8_000_u32;
    let data = vec![0; (seconds * rate) as usize];
    let little = |numbers: &[u32]| -> Vec<u8> { numbers.iter().flat_map(|number| number.to_le_bytes()).collect() };
    [
        b"RIFF",
        little(&[36 + data.len() as u32]).as_slice(),
        b"WAVEfmt ",
        &little(&[16]),
        b"\x01\0\x01\0",
        &little(&[rate, rate]),
        b"\x01\0\x08\0data",
        &little(&[data.len() as u32]),
        &data,
    ]
    .concat()
}

/// Frames of MPEG-1 layer III with 128 kbit/s and 44.1 kHz.
fn mp3(frames: usize) -> Vec<u8> {
    let frame = [&b"\xff\xfb\x90\x44"[..], &[0; 413]].concat();
    frame.repeat(frames)
}

/// A WebM film as browsers record it: its segment has no known size.
fn webm() -> Vec<u8> {
    [
        &b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"[..],
        b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
        b"\x15\x49\xa9\x66\x8e\x2a\xd7\xb1\x83\x0f\x42\x40\x44\x89\x84\x45\xbb\x80\0",
        b"\x16\x54\xae\x6b\x8f\xae\x8d\x83\x81\x01\xe0\x88\xb0\x82\x05\0\xba\x82\x02\xd0",
        b"\x1f\x43\xb6\x75\x80",
    ]
    .concat()
}

#[test]
fn a_recorded_webm() {
    let shown = probe(&webm()).unwrap();
    assert_eq!((shown.media_type, shown.size), ("video/webm", Some((1280, 720))));
    assert_eq!((shown.seconds, shown.fps), (Some(6.0), None));
}

#[test]
fn images_and_audio() {
    let image = probe(&png(4000, 300)).unwrap();
    assert_eq!((image.media_type, image.size), ("image/png", Some((4000, 300))));
    let gif = [&b"GIF89a"[..], &[0x40, 1, 0xf0, 0, 0, 0, 0]].concat();
    assert_eq!(probe(&gif).unwrap().size, Some((320, 240)));
    let sound_of_wav = probe(&wav(3)).unwrap().seconds;
    assert_eq!(sound_of_wav, cfg!(feature = "audio-length").then_some(3.0));
    let sound = probe(&mp3(200)).unwrap();
    assert_eq!(sound.media_type, "audio/mpeg");
    assert_eq!(sound.seconds.is_some(), cfg!(feature = "audio-length"));
    assert!(
        sound.seconds.is_none_or(|seconds| (seconds - 5.2).abs() < 0.2),
        "{sound:?}"
    );
    assert_eq!(probe(b"%PDF-1.7 and so on"), None);
    assert_eq!(probe(b""), None);
}

/// One file of each type that a vendor takes, and its numbers as ffprobe shows them (of the HEIF images: libheif).
#[test]
fn every_type_that_a_vendor_takes() {
    type Facts = (Option<(u32, u32)>, Option<f64>, Option<f64>);
    const FILES: [(&str, &str, Facts); 17] = [
        ("image.jpg", "image/jpeg", (Some((360, 400)), None, None)),
        ("image.png", "image/png", (Some((360, 400)), None, None)),
        ("image.webp", "image/webp", (Some((360, 400)), None, None)),
        ("image.gif", "image/gif", (Some((360, 400)), None, None)),
        ("image.bmp", "image/bmp", (Some((360, 400)), None, None)),
        ("image.tiff", "image/tiff", (Some((360, 400)), None, None)),
        ("image.heic", "image/heic", (Some((360, 400)), None, None)),
        ("image.heif", "image/heif", (Some((360, 400)), None, None)),
        ("clip.mp4", "video/mp4", (Some((320, 320)), Some(3.0), Some(24.0))),
        ("clip.mov", "video/quicktime", (Some((320, 320)), Some(3.0), Some(24.0))),
        ("clip.webm", "video/webm", (Some((320, 320)), Some(3.008), Some(24.0))),
        ("sound.wav", "audio/wav", (None, Some(3.0), None)),
        ("sound.mp3", "audio/mpeg", (None, Some(3.168), None)),
        ("sound.m4a", "audio/mp4", (None, Some(3.0), None)),
        ("sound.aac", "audio/aac", (None, Some(3.199), None)),
        ("sound.ogg", "audio/ogg", (None, Some(3.0065), None)),
        ("sound.webm", "audio/webm", (None, Some(3.008), None)),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/media");
    let near = |found: Option<f64>, real: Option<f64>| match (found, real) {
        (Some(found), Some(real)) => (found - real).abs() < 0.15,
        (found, real) => found == real,
    };
    for (name, media_type, (size, seconds, fps)) in FILES {
        let shown = Probe::of(&folder.join(name).into()).unwrap();
        let is_measured = cfg!(feature = "audio-length")
            || !name.ends_with(".wav") && !name.ends_with(".mp3") && !name.ends_with(".ogg");
        let seconds = seconds.filter(|_| is_measured);
        assert_eq!((shown.media_type, shown.size), (media_type, size), "{name}");
        assert!(
            near(shown.seconds, seconds) && near(shown.fps, fps),
            "{name}: {shown:?}"
        );
    }
    for vendor in crate::model::Vendor::ALL {
        let uploads = vendor.facts().uploads.iter().flat_map(|way| way.types);
        let models = crate::model::Capabilities::all(*vendor).flat_map(|rules| rules.model.inputs);
        let limits = models.filter_map(|input| input.media).flat_map(|media| media.types);
        for media_type in uploads.chain(limits) {
            assert!(FILES.iter().any(|file| file.1 == *media_type), "{vendor} {media_type}");
        }
    }
}

/// Nothing panics, hangs or allocates by a number in the file.
#[test]
fn junk_shows_nothing() {
    let good = [
        movie(&[track(b"vide", (1280, 720), UPRIGHT, 144)], 6_000),
        png(640, 480),
        wav(1),
        mp3(20),
        [&b"OggS\0\x02"[..], &[0; 60]].concat(),
        [&b"fLaC\0\0\0\x22"[..], &[0; 60]].concat(),
        [&b"\xff\xd8\xff\xc0\0\x11\x08"[..], &[1; 60]].concat(),
        [&b"RIFF\x40\0\0\0WEBPVP8X"[..], &[1; 60]].concat(),
        [&b"\0\0\0\x18ftypheic"[..], &[0; 60]].concat(),
        [&b"II*\0\x08\0\0\0"[..], &[9; 60]].concat(),
        [&b"\xff\xf1\x50\x80"[..], &[3; 60]].concat(),
        webm(),
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for good in &good {
        for cut in (0..good.len().min(200)).chain([good.len() - 1]) {
            probe(&good[..cut]);
        }
        for _ in 0..400 {
            let mut bad = good.clone();
            for _ in 0..random.usize(1..8) {
                let at = random.usize(0..bad.len().min(700));
                let at = if random.bool() { at } else { bad.len() - 1 - at };
                bad[at] = [0, 1, 0x7f, 0x80, 0xff, random.u8(..)][random.usize(..6)];
            }
            probe(&bad);
        }
    }
    // Boxes that contain themselves, and of no size.
    probe(&[&b"\0\0\0\x08ftyp"[..], &b"\0\0\0\x08moov".repeat(5000)].concat());
    let mut nested = Vec::new();
    for _ in 0..3000 {
        nested = part(b"mdia", &[&nested]);
    }
    probe(&[part(b"ftyp", &[b"isom"]), part(b"moov", &[&part(b"trak", &[&nested])])].concat());
}
