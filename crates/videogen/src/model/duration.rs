//! Length of a video.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Length of a video: whole seconds, or chosen by the model. In JSON: `8` or `"auto"`; the text `"8"` is also read, because the
/// variables of templates are texts.
///
/// ```
/// use std::time::Duration;
/// use videogen::VideoDuration;
///
/// assert_eq!(VideoDuration::from(6u64), VideoDuration::Seconds(6));
/// assert_eq!(VideoDuration::from(Duration::from_secs(6)), VideoDuration::Seconds(6));
/// // No vendor supports this: the request is refused, not rounded.
/// assert_eq!(VideoDuration::from(Duration::from_millis(6500)), VideoDuration::Millis(6500));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VideoDuration {
    /// Whole seconds.
    Seconds(u32),
    /// Chosen by the model.
    Auto,
    /// A length that is not a whole, positive number of seconds, in milliseconds. A request with it is refused.
    Millis(i64),
}

impl VideoDuration {
    /// Returns the whole seconds, or `None` for [`Auto`](Self::Auto) and [`Millis`](Self::Millis).
    #[must_use]
    pub fn seconds(self) -> Option<u32> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Auto | Self::Millis(_) => None,
        }
    }

    fn of_seconds(seconds: i64) -> Self {
        u32::try_from(seconds).map_or(Self::Millis(seconds.saturating_mul(1000)), Self::Seconds)
    }
}

impl From<i32> for VideoDuration {
    fn from(seconds: i32) -> Self {
        Self::of_seconds(seconds.into())
    }
}

impl From<u64> for VideoDuration {
    fn from(seconds: u64) -> Self {
        Self::of_seconds(seconds.try_into().unwrap_or(i64::MAX))
    }
}

impl From<Duration> for VideoDuration {
    fn from(duration: Duration) -> Self {
        if duration.subsec_nanos() == 0 {
            return duration.as_secs().into();
        }
        // Rounded up, so that part of a millisecond does not make a whole second.
        let millis = duration.as_nanos().div_ceil(1_000_000);
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        // 5.9999 s is not 6 s.
        Self::Millis(if millis % 1000 == 0 { millis - 1 } else { millis })
    }
}

impl From<u32> for VideoDuration {
    fn from(seconds: u32) -> Self {
        Self::Seconds(seconds)
    }
}

impl fmt::Display for VideoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{seconds}"),
            Self::Auto => f.write_str("auto"),
            Self::Millis(millis) => {
                let sign = if *millis < 0 { "-" } else { "" };
                let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
                let fraction = format!("{rest:03}");
                match fraction.trim_end_matches('0') {
                    "" => write!(f, "{sign}{seconds}"),
                    fraction => write!(f, "{sign}{seconds}.{fraction}"),
                }
            }
        }
    }
}

/// Maximum number of characters shown of an invalid duration.
const SHOWN: usize = 40;
/// Maximum number of digits in a text.
const DIGITS: usize = 9;

/// Error of parsing a [`VideoDuration`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseDurationError(String);

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid duration `{}`: use whole seconds, such as 6, or auto",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for ParseDurationError {}

impl FromStr for VideoDuration {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let invalid = || ParseDurationError(text.chars().take(SHOWN).collect());
        // The JSON Schema states the same form.
        let is_plain = text.len() <= DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = text.parse().ok().filter(|_| is_plain);
        seconds.map(Self::Seconds).ok_or_else(invalid)
    }
}

impl Serialize for VideoDuration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_u32(*seconds),
            Self::Auto => serializer.serialize_str("auto"),
            Self::Millis(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for VideoDuration {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "duration must be whole seconds or \"auto\"")]
        enum Either {
            Seconds(u32),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Seconds(seconds) => Ok(Self::Seconds(seconds)),
            Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_duration_is_named() {
        for (text, shown) in [
            ("6.5", "`6.5`"),
            ("6s", "`6s`"),
            ("", "``"),
            ("-1", "`-1`"),
            ("\u{7}", "`\\u{7}`"),
        ] {
            let error = text.parse::<VideoDuration>().err().map(|error| error.to_string());
            let expected = format!("invalid duration {shown}: use whole seconds, such as 6, or auto");
            assert_eq!(error, Some(expected));
        }
    }

    #[test]
    fn fractional_seconds_keep_their_value() {
        for (duration, shown, seconds) in [
            (VideoDuration::from(6), "6", Some(6)),
            (VideoDuration::from(6u64), "6", Some(6)),
            (VideoDuration::from(-1), "-1", None),
            (VideoDuration::from(u64::from(u32::MAX) + 1), "4294967296", None),
            (VideoDuration::from(Duration::from_secs(8)), "8", Some(8)),
            (VideoDuration::from(Duration::from_millis(6500)), "6.5", None),
            (VideoDuration::from(Duration::from_nanos(5_999_999_999)), "5.999", None),
            (VideoDuration::from(Duration::from_nanos(1)), "0.001", None),
            (VideoDuration::Auto, "auto", None),
        ] {
            assert_eq!(
                (duration.to_string().as_str(), duration.seconds()),
                (shown, seconds),
                "{duration:?}"
            );
        }
    }
}
