//! The price of a task.
//!
//! **This is the simulator's own tariff.** No vendor's prices are in it: it only makes sure that
//! longer and larger videos cost more, so that a test can see a double submission in the bill. A
//! task is billed on creation, even if it fails later.
//!
//! | shorter side | US dollars per second of video |
//! |---|---|
//! | up to 480 | 0.02 |
//! | up to 720 | 0.05 |
//! | up to 1080 | 0.10 |
//! | above | 0.25 |

use crate::media::shape::Shape;

/// The price of a video in US dollars.
pub(crate) fn cost(shape: &Shape) -> f64 {
    // Kept in thousandths of a cent until the end, so that sums do not show binary fractions.
    let per_second: f64 = match shape.width.min(shape.height) {
        0..=480 => 2_000.0,
        481..=720 => 5_000.0,
        721..=1080 => 10_000.0,
        _ => 25_000.0,
    };
    (per_second * shape.seconds()).round() / 100_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::shape::Length;

    #[test]
    fn price_is_seconds_times_tier() {
        let cost = |tier: &str, seconds| cost(&Shape::new(Some(tier), Some("16:9"), Length::Seconds(seconds)));
        assert_eq!(cost("480p", 5), 0.10);
        assert_eq!(cost("720p", 8), 0.40);
        assert_eq!(cost("1080p", 4), 0.40);
        assert_eq!(cost("4K", 4), 1.0);
    }
}
