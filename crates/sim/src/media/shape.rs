//! The size and length of a video, from its request.

/// Longest clip in seconds. No known model makes longer ones; requests for unknown models have no limit.
const LONGEST_SECONDS: u32 = 120;
/// Frames per second, as the services' own videos have.
const FPS: u32 = 24;
/// Pixels that one clip may have in all its frames together: more would take too long to encode.
const BUDGET: u64 = 500_000_000;
/// The longest side, that of the largest tier. Few players show more blocks than level 5.2 of H.264 has.
const LONGEST: u32 = 3840;

/// Requested length of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// In whole seconds.
    Seconds(u32),
    /// In frames.
    Frames(u32),
}

impl Length {
    /// At the services' own frame rate.
    pub(crate) fn frames(self) -> u64 {
        match self {
            Self::Seconds(seconds) => u64::from(seconds) * u64::from(FPS),
            Self::Frames(frames) => frames.into(),
        }
    }
}

/// File format of a clip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Container {
    #[default]
    Mp4,
    QuickTime,
}

impl Container {
    /// Its name in requests and responses, which is also the ending of the file's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::QuickTime => "mov",
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
        }
    }
}

/// Size, length and format of a clip. Clips of the same shape are identical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// Pixels across.
    pub(crate) width: u32,
    /// Pixels down.
    pub(crate) height: u32,
    /// Frames in all.
    pub(crate) frames: u32,
    /// Frames per second.
    pub(crate) fps: u32,
    /// Whether the clip has a sound track.
    pub(crate) sound: bool,
    /// File format.
    pub(crate) container: Container,
}

impl Shape {
    /// The shape for a resolution tier (720p where it is absent), a ratio (16:9 where it is absent
    /// or `adaptive`) and a length. The tier is the shorter side. Large and long clips get fewer
    /// frames per second, so that each is made in a few seconds.
    pub(crate) fn new(tier: Option<&str>, ratio: Option<&str>, length: Length) -> Self {
        let short = tier.and_then(shorter_side).unwrap_or(720);
        let (across, down) = ratio.and_then(parse_ratio).unwrap_or((16, 9));
        let (width, height) = size(short, across, down);
        let (frames, fps) = match length {
            Length::Frames(frames) => (frames, FPS),
            Length::Seconds(seconds) => {
                let seconds = seconds.min(LONGEST_SECONDS);
                let pixels = u64::from(width) * u64::from(height) * u64::from(seconds);
                let fps = [FPS, 12, 6, 4, 3, 2]
                    .into_iter()
                    .find(|&fps| pixels * u64::from(fps) <= BUDGET)
                    .unwrap_or(1);
                (seconds * fps, fps)
            }
        };
        Self {
            width,
            height,
            frames,
            fps,
            sound: false,
            container: Container::Mp4,
        }
    }

    /// The same clip in a file of another format.
    pub(crate) fn within(self, container: Container) -> Self {
        Self { container, ..self }
    }

    /// The same clip, with or without a sound track.
    pub(crate) fn with_sound(self, sound: bool) -> Self {
        Self { sound, ..self }
    }

    /// Length in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        f64::from(self.frames) / f64::from(self.fps)
    }

    /// Length in seconds where that is a whole number.
    pub(crate) fn whole_seconds(&self) -> Option<u32> {
        self.frames.is_multiple_of(self.fps).then(|| self.frames / self.fps)
    }
}

/// Width and height with this shorter side and ratio, both even. Sizes beyond the limit (21:9 and
/// 9:21 at 4K) are scaled down in the same ratio.
fn size(short: u32, across: u32, down: u32) -> (u32, u32) {
    let longer = |short: u32| {
        let (long, by) = (across.max(down), across.min(down));
        // Rounded to the nearest even number.
        (short * long + by) / (2 * by) * 2
    };
    let fits = |short: &u32| longer(*short) <= LONGEST;
    let short = (2..=short / 2).rev().map(|half| half * 2).find(fits).unwrap_or(2);
    if across >= down {
        (longer(short), short)
    } else {
        (short, longer(short))
    }
}

/// The shorter side of a tier, in pixels.
fn shorter_side(tier: &str) -> Option<u32> {
    let tier = tier.to_ascii_lowercase();
    match tier.as_str() {
        "1k" => Some(1024),
        "2k" => Some(1440),
        "4k" => Some(2160),
        _ => tier.strip_suffix('p')?.parse().ok(),
    }
}

fn parse_ratio(ratio: &str) -> Option<(u32, u32)> {
    let (across, down) = ratio.split_once(':')?;
    let (across, down) = (across.parse().ok()?, down.parse().ok()?);
    (across > 0 && down > 0).then_some((across, down))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(tier: &str, ratio: &str, seconds: u32) -> (u32, u32, u32) {
        let shape = Shape::new(Some(tier), Some(ratio), Length::Seconds(seconds));
        (shape.width, shape.height, shape.fps)
    }

    #[test]
    fn the_tier_is_the_shorter_side() {
        assert_eq!(shape("480p", "16:9", 5), (854, 480, 24));
        assert_eq!(shape("720p", "9:16", 5), (720, 1280, 24));
        assert_eq!(shape("720p", "1:1", 5), (720, 720, 24));
        assert_eq!(shape("1080p", "21:9", 15), (2520, 1080, 12));
        assert_eq!(shape("540p", "9:21", 4), (540, 1260, 24));
        assert_eq!(shape("1K", "4:3", 4), (1366, 1024, 24));
        assert_eq!(shape("4k", "16:9", 4), (3840, 2160, 12));
        assert_eq!(shape("720p", "adaptive", 5), (1280, 720, 24));
    }

    #[test]
    fn large_clips_have_fewer_frames() {
        assert_eq!(shape("2K", "16:9", 15), (2560, 1440, 6));
        assert_eq!(shape("4K", "16:9", 15), (3840, 2160, 4));
        assert_eq!(shape("4K", "16:9", 60), (3840, 2160, 1));
    }

    #[test]
    fn sides_are_within_the_limit() {
        assert_eq!(shape("4K", "21:9", 4), (3840, 1646, 12));
        assert_eq!(shape("4K", "9:21", 4), (1646, 3840, 12));
        assert_eq!(shape("2K", "21:9", 4), (3360, 1440, 24));
    }

    #[test]
    fn frames_are_kept_exactly() {
        let shape = Shape::new(Some("480p"), None, Length::Frames(121));
        assert_eq!((shape.frames, shape.fps, shape.whole_seconds()), (121, 24, None));
        let shape = Shape::new(None, None, Length::Seconds(5));
        assert_eq!((shape.frames, shape.fps, shape.whole_seconds()), (120, 24, Some(5)));
    }
}
