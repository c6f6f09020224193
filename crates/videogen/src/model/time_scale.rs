//! Speed of the vendor's time.

use std::time::Duration;

/// Speed of the vendor's time relative to this machine's: 1 for every vendor, more for a simulator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimeScale(f64);

impl Default for TimeScale {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TimeScale {
    /// `None` if the factor is not a finite number above zero.
    pub(crate) fn new(factor: f64) -> Option<Self> {
        (factor.is_finite() && factor > 0.0).then_some(Self(factor))
    }

    /// Whether the vendor's time is real time.
    pub(crate) fn is_real(self) -> bool {
        self.0 == 1.0
    }

    /// Converts a duration in the vendor's time to this machine's time.
    pub(crate) fn real(self, vendors: Duration) -> Duration {
        scaled(vendors, self.0.recip())
    }

    /// Converts a duration on this machine to the vendor's time.
    pub(crate) fn vendors(self, real: Duration) -> Duration {
        scaled(real, self.0)
    }

    /// The factor: the vendor's seconds in one second of this machine.
    pub(crate) fn factor(self) -> f64 {
        self.0
    }
}

fn scaled(time: Duration, factor: f64) -> Duration {
    // Exact for real vendors, without rounding large values to floats.
    if factor == 1.0 {
        return time;
    }
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn time_is_converted_both_ways_and_never_overflows() {
        let scale = TimeScale::new(100.0).unwrap();
        assert_eq!(scale.real(Duration::from_secs(20)), Duration::from_millis(200));
        assert_eq!(scale.vendors(Duration::from_millis(200)), Duration::from_secs(20));
        assert_eq!(scale.vendors(Duration::MAX), Duration::MAX);
        assert_eq!(TimeScale::default().real(Duration::MAX), Duration::MAX);
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(TimeScale::new(factor), None);
        }
    }
}
