//! `x-uploads` and `x-media`: how a local file becomes a source of inputs, and what a file may be.

use schemars::JsonSchema;
use serde::Deserialize;

/// A way in which a local file becomes a source of inputs.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Upload {
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]*$"))]
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) via: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) media: Vec<Medium>,
    pub(crate) types: Vec<String>,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) above: Option<u64>,
    pub(crate) gives: Gives,
    pub(crate) reusable: bool,
    pub(crate) lives: Option<u64>,
    #[serde(default)]
    pub(crate) models: Vec<String>,
    pub(crate) poll: Option<String>,
    pub(crate) source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Medium {
    Image,
    Video,
    Audio,
}

impl Medium {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }

    /// The medium of an input role.
    pub(crate) fn of_role(role: &str) -> Self {
        match role {
            "reference_video" => Self::Video,
            "reference_audio" => Self::Audio,
            _ => Self::Image,
        }
    }
}

/// Kind of source.
#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gives {
    Url,
    Asset,
    UploadId,
}

impl Gives {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Asset => "asset",
            Self::UploadId => "upload_id",
        }
    }
}

/// Limits of a file.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Media {
    #[schemars(regex(pattern = "^[a-z][a-z0-9_]*$"))]
    pub(crate) name: String,
    pub(crate) types: Vec<String>,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) side: Option<(u32, u32)>,
    pub(crate) ratio: Option<(f64, f64)>,
    pub(crate) seconds: Option<(f64, f64)>,
    pub(crate) total_seconds: Option<f64>,
    pub(crate) fps: Option<(f64, f64)>,
    pub(crate) max_request_bytes: Option<u64>,
    pub(crate) source: Option<String>,
    #[serde(default)]
    pub(crate) unverified: bool,
}
