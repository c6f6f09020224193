//! Where the vendor's own list of models states what each takes (`x-listed-models`).

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::escape;

/// Paths with dots: `models` in the answer of the operation, the others in an entry of the list.
#[derive(Deserialize, JsonSchema, Clone)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct ListedModels {
    pub(crate) operation: String,
    pub(crate) models: String,
    pub(crate) id: String,
    durations: Option<String>,
    duration_min: Option<String>,
    duration_max: Option<String>,
    resolutions: Option<String>,
    aspect_ratios: Option<String>,
    frames: Option<String>,
    generate_audio: Option<String>,
    seed: Option<String>,
    prices_usd: Option<String>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

/// The members of `x-listed-models` that are paths in an entry.
pub(crate) const STATED: [&str; 9] = [
    "durations",
    "duration_min",
    "duration_max",
    "resolutions",
    "aspect_ratios",
    "frames",
    "generate_audio",
    "seed",
    "prices_usd",
];

impl ListedModels {
    /// The path of a member of [`STATED`].
    pub(crate) fn path(&self, member: &str) -> Option<&str> {
        let path = match member {
            "durations" => &self.durations,
            "duration_min" => &self.duration_min,
            "duration_max" => &self.duration_max,
            "resolutions" => &self.resolutions,
            "aspect_ratios" => &self.aspect_ratios,
            "frames" => &self.frames,
            "generate_audio" => &self.generate_audio,
            "seed" => &self.seed,
            "prices_usd" => &self.prices_usd,
            _ => &None,
        };
        path.as_deref()
    }

    /// The members that it names, with their JSON pointers in an entry.
    pub(crate) fn members(&self) -> Vec<(&'static str, String)> {
        let members = STATED.into_iter();
        members
            .filter_map(|member| Some((member, pointer(self.path(member)?))))
            .collect()
    }
}

/// The JSON pointer of a path with dots.
pub(crate) fn pointer(path: &str) -> String {
    path.split('.').map(|name| format!("/{}", escape(name))).collect()
}
