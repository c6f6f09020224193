//! Lengths of videos, in seconds and in frames.

/// Durations in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration {
    /// Shortest.
    pub min: u32,
    /// Longest, if limited.
    pub max: Option<u32>,
    /// The only ones between the two, in ascending order; empty if all are allowed.
    pub values: &'static [u32],
    /// How a request leaves the duration to the model, if supported.
    pub auto: Option<Auto>,
    /// What a duration of 0 means, if it is documented to mean anything.
    pub zero: Option<Zero>,
    /// Default length, if documented.
    pub default: Option<u32>,
}

impl Duration {
    /// Whether `seconds` is allowed.
    #[must_use]
    pub fn allows(&self, seconds: u32) -> bool {
        self.nearest(seconds) == seconds
    }

    /// The allowed length nearest to `seconds`; of two, the shorter.
    #[must_use]
    pub fn nearest(&self, seconds: u32) -> u32 {
        let nearest = self.values.iter().min_by_key(|value| value.abs_diff(seconds));
        match nearest {
            Some(value) => *value,
            None => seconds.clamp(self.min, self.max.unwrap_or(u32::MAX)),
        }
    }
}

/// `4 to 15`, `from 1`, or `4, 6 or 8`.
impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.values, self.max) {
            ([values @ .., last], _) => {
                let values: Vec<String> = values.iter().map(u32::to_string).collect();
                let or = if values.is_empty() { "" } else { " or " };
                write!(f, "{}{or}{last}", values.join(", "))
            }
            ([], Some(max)) => write!(f, "{} to {max}", self.min),
            ([], None) => write!(f, "from {}", self.min),
        }
    }
}

/// How a request leaves the duration to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auto {
    /// By omitting the duration.
    Absent,
    /// By `-1`.
    MinusOne,
    /// By the word `auto`.
    Word,
}

/// Meaning of a duration of 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zero {
    /// The model decides.
    Auto,
    /// The default length, as if it were left out.
    Default,
}

/// Frame counts `min`, `min + step`, … `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frames {
    /// Fewest.
    pub min: u32,
    /// Most.
    pub max: u32,
    /// Distance between two allowed counts.
    pub step: u32,
}

impl Frames {
    /// Whether `count` is allowed.
    #[must_use]
    pub fn allows(&self, count: u32) -> bool {
        (self.min..=self.max).contains(&count) && (count - self.min).is_multiple_of(self.step)
    }

    /// The allowed count nearest to `count`.
    #[must_use]
    pub fn nearest(&self, count: u32) -> u32 {
        let steps = (count.clamp(self.min, self.max) - self.min + self.step / 2) / self.step;
        self.min + (steps * self.step).min((self.max - self.min) / self.step * self.step)
    }
}
