//! Inputs of a request.

use serde_json::Value;

/// Kind of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    Image,
    Video,
    Audio,
}

impl Medium {
    /// The medium of a role.
    pub(crate) fn of_role(role: &str) -> Self {
        match role {
            "reference_video" => Self::Video,
            "reference_audio" => Self::Audio,
            _ => Self::Image,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }
}

/// An input of a request.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// Its place in the request.
    pub(crate) field: String,
    /// Its kind.
    pub(crate) medium: Medium,
    /// The vendor's word for its role.
    pub(crate) word: String,
    /// Its URL, if there is one.
    pub(crate) url: Option<String>,
}

/// The `url` of a member that is an object.
pub(crate) fn url_in(item: &Value, member: &str) -> Option<String> {
    item[member]["url"].as_str().map(str::to_owned)
}
