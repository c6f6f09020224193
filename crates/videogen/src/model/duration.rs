//! Length of a video.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Length of a video: whole seconds, or what the model thinks right. In JSON: `8` or `"auto"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoDuration {
    /// Whole seconds.
    Seconds(u32),
    /// The model decides.
    Auto,
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
        }
    }
}

/// Why a text is not a [`VideoDuration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDurationError;

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a number of whole seconds, or auto")
    }
}

impl std::error::Error for ParseDurationError {}

impl FromStr for VideoDuration {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        text.parse().map(Self::Seconds).map_err(|_| ParseDurationError)
    }
}

impl Serialize for VideoDuration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_u32(*seconds),
            Self::Auto => serializer.serialize_str("auto"),
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
