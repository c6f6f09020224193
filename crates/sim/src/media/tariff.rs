//! The simulator's own tariff, for videos that no list price applies to.
//!
//! **No vendor's prices are in it**: it only makes sure that longer and larger videos cost more, so that a test can see a
//! double submission in the bill.
//!
//! | shorter side | US dollars per second of video |
//! |---|---|
//! | up to 480 | 0.02 |
//! | up to 720 | 0.05 |
//! | up to 1080 | 0.10 |
//! | above | 0.25 |

use rust_decimal::Decimal;

use crate::media::shape::{Length, Shape};

/// Decimal places of amounts.
const PLACES: u32 = 5;
/// What pixels over time are divided by to give tokens.
const PIXELS: u64 = 1024;

/// The price of a video in US dollars.
pub(crate) fn cost(shape: &Shape) -> Decimal {
    let cents_per_second = match shape.width.min(shape.height) {
        0..=480 => 2,
        481..=720 => 5,
        721..=1080 => 10,
        _ => 25,
    };
    let seconds = Decimal::from(shape.frames) / Decimal::from(shape.fps);
    (Decimal::new(cents_per_second, 2) * seconds).round_dp(PLACES)
}

/// The tokens of a video with this size: those that the vendors count, whatever frames the clip is encoded in.
pub(crate) fn tokens((width, height): (u32, u32), length: Length) -> u64 {
    let pixels = u64::from(width) * u64::from(height);
    pixels.saturating_mul(length.frames()).div_ceil(PIXELS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn price_is_seconds_times_tier() {
        let cost = |tier: &str, length| {
            cost(&Shape::new(Some(tier), Some("16:9"), length))
                .normalize()
                .to_string()
        };
        assert_eq!(cost("480p", Length::Seconds(5)), "0.1");
        assert_eq!(cost("720p", Length::Seconds(8)), "0.4");
        assert_eq!(cost("1080p", Length::Seconds(4)), "0.4");
        assert_eq!(cost("4K", Length::Seconds(4)), "1");
        assert_eq!(cost("720p", Length::Frames(25)), "0.05208");
    }

    #[test]
    fn tokens_are_whole_and_count_all_frames() {
        assert_eq!(tokens((1280, 720), Length::Seconds(5)), 108_000);
        assert_eq!(tokens((1280, 720), Length::Frames(121)), 108_900);
        assert_eq!(tokens((854, 480), Length::Seconds(5)), 48_038);
        // The clip has fewer frames.
        assert_eq!(tokens((3840, 2160), Length::Seconds(15)), 2_916_000);
    }
}
