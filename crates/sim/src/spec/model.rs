//! Entries of `x-models`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An entry of `x-models`.
#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) create: String,
    /// The body, where the operation has several.
    pub(crate) request: Option<String>,
    /// Of a pattern: whether its limits hold for every id that it matches.
    #[serde(default)]
    pub(crate) documented: bool,
    /// The ids that its requests go to, by their inputs.
    pub(crate) endpoints: Option<BTreeMap<String, String>>,
    pub(crate) duration: Option<DurationRule>,
    pub(crate) frames: Option<FramesRule>,
    pub(crate) resolutions: Option<Vec<String>>,
    pub(crate) default_resolution: Option<String>,
    pub(crate) aspect_ratios: Option<Vec<String>>,
    pub(crate) default_aspect_ratio: Option<String>,
    pub(crate) default_generate_audio: Option<bool>,
    #[serde(default)]
    pub(crate) inputs: BTreeMap<String, InputRule>,
    #[serde(default)]
    pub(crate) exclusive: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) conditions: Vec<Condition>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// Values that the vendor may refuse.
    #[serde(default)]
    pub(crate) doubtful: Vec<Doubt>,
    /// The members of this entry that no page documents.
    #[serde(default)]
    unverified: Vec<String>,
}

/// Durations in whole seconds.
#[derive(Debug, Deserialize)]
pub(crate) struct DurationRule {
    min: Option<i64>,
    max: Option<i64>,
    /// All that are allowed, instead of bounds.
    #[serde(default)]
    pub(crate) values: Vec<i64>,
    pub(crate) auto: Option<String>,
    /// What 0 stands for: `auto` or `default`.
    pub(crate) zero: Option<String>,
    pub(crate) default: Option<u32>,
}

impl DurationRule {
    /// The shortest.
    pub(crate) fn min(&self) -> i64 {
        self.values.iter().copied().min().or(self.min).unwrap_or(1)
    }

    /// The length that is closest to `usual` seconds.
    pub(crate) fn closest(&self, usual: u32) -> u32 {
        let usual = i64::from(usual);
        let listed = self.values.iter().copied().min_by_key(|value| value.abs_diff(usual));
        let closest = listed.unwrap_or_else(|| usual.min(self.max().unwrap_or(usual)).max(self.min()));
        u32::try_from(closest).unwrap_or(1)
    }

    /// The longest; `None` if unlimited.
    pub(crate) fn max(&self) -> Option<i64> {
        self.values.iter().copied().max().or(self.max)
    }
}

/// Frame counts.
#[derive(Debug, Deserialize)]
pub(crate) struct FramesRule {
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) step: i64,
}

/// Inputs of one role.
#[derive(Debug, Deserialize)]
pub(crate) struct InputRule {
    /// Left out where nothing bounds it.
    pub(crate) max: Option<usize>,
    pub(crate) sources: Vec<String>,
    pub(crate) role: Option<String>,
    /// Name of an entry of `x-media`.
    pub(crate) media: Option<String>,
    /// The roles of which the request must have an input in one besides.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
}

/// A rule between fields: what a request that fits `when` must also fit.
#[derive(Debug, Deserialize)]
pub(crate) struct Condition {
    pub(crate) when: BTreeMap<String, Wanted>,
    pub(crate) requires: BTreeMap<String, Wanted>,
    /// Whether no page documents it.
    #[serde(default)]
    pub(crate) unverified: bool,
}

/// A value that is accepted and reported.
#[derive(Debug, Deserialize)]
pub(crate) struct Doubt {
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) reason: String,
}

/// What a condition wants of a field: one of some values, or a word, `set` or `unset`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Wanted {
    Presence(String),
    Values(Vec<String>),
}

impl Model {
    /// Whether the entry describes a model.
    pub(super) fn matches(&self, id: &str) -> bool {
        match self.id.strip_suffix('*') {
            Some(prefix) => id.starts_with(prefix),
            None => self.id == id,
        }
    }

    /// Whether requests can name this id. One that stands for several others is no endpoint, unless it is one of them.
    pub(crate) fn is_served(&self) -> bool {
        let mut ids = self.endpoints.iter().flat_map(BTreeMap::values);
        self.endpoints.is_none() || ids.any(|id| *id == self.id)
    }

    /// Whether the limits of the model are known. Otherwise any value goes that the request's schema has.
    pub(crate) fn has_limits(&self) -> bool {
        self.is_exact() || self.documented
    }

    /// Whether no page documents a member of the entry, given by its names from the outside in. A mark on a member holds for
    /// all that it contains.
    pub(crate) fn is_unverified(&self, member: &[&str]) -> bool {
        let is_around = |mark: &String| {
            let mark: Vec<&str> = mark.split('.').collect();
            member.starts_with(&mark)
        };
        self.unverified.iter().any(is_around)
    }

    /// What 0 stands for as a duration, if anything.
    pub(crate) fn zero(&self) -> Option<&str> {
        self.duration.as_ref()?.zero.as_deref()
    }

    /// Whether the entry is for one model, not a pattern for unknown ones.
    pub(crate) fn is_exact(&self) -> bool {
        !self.id.ends_with('*')
    }
}
