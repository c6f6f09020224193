//! Supported fields and values of models, as data.

use videogen_wire::facts::{Family, Field, Model};

use crate::model::Vendor;

/// Likeness of two ids from which one may have been meant as the other, from 0 to 1.
const ALIKE: f64 = 0.85;
/// Least share of characters that the end of an id has in common with an id that it is like.
const PART: f64 = 0.6;
/// Fewest digits of a date in a model id, such as `260128`.
const DATE: usize = 6;

/// Supported fields and values of one model at one vendor, from the vendor's spec.
///
/// ```
/// use videogen::Vendor;
/// use videogen::facts::Capabilities;
///
/// let model = Capabilities::of(Vendor::ALL[0], Vendor::ALL[0].default_model());
/// assert!(model.is_known());
/// println!("{:?}", model.model.resolutions);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// The vendor.
    pub vendor: Vendor,
    /// The endpoint family that serves the model.
    pub family: &'static Family,
    /// Values and limits of the model.
    pub model: &'static Model,
}

impl Capabilities {
    /// Returns the capabilities of `model` at `vendor`. Of a model that the spec does not list, the limits are not known: only
    /// the fields and values of the vendor's request format hold, and its tasks belong to the vendor's default family.
    #[must_use]
    pub fn of(vendor: Vendor, model: &str) -> Self {
        let facts = vendor.facts();
        // The generator rejects a spec whose last entry does not match everything.
        let last = &facts.models[facts.models.len() - 1];
        let model = facts.models.iter().find(|entry| entry.matches(model)).unwrap_or(last);
        // Nor one with a model of an undeclared family.
        let family = facts.families.iter().find(|family| family.name == model.family);
        let family = family.unwrap_or(&facts.families[0]);
        Self { vendor, family, model }
    }

    /// Iterates over every model in `vendor`'s spec, the default first.
    pub fn all(vendor: Vendor) -> impl Iterator<Item = Self> {
        vendor
            .facts()
            .models
            .iter()
            .filter(|model| model.is_named())
            .map(move |model| Self::of(vendor, model.id))
    }

    /// Returns whether the spec lists the model, so that its limits are known. Otherwise they are not checked.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.model.limits_known
    }

    /// Returns the listed model of `vendor` whose id is most like `model`, if one is alike: what an unlisted id may have been
    /// meant to be.
    ///
    /// ```
    /// use videogen::Vendor;
    /// use videogen::facts::Capabilities;
    ///
    /// assert_eq!(Capabilities::nearest(Vendor::Token360, "seedance-2-0"), Some("seedance-2.0"));
    /// assert_eq!(Capabilities::nearest(Vendor::Token360, "seedance-2"), Some("seedance-2.0"));
    /// assert_eq!(Capabilities::nearest(Vendor::Token360, "sora"), None);
    /// ```
    #[must_use]
    pub fn nearest(vendor: Vendor, model: &str) -> Option<&'static str> {
        let asked = plain(model);
        // Whose model it is makes none like another.
        let asked = asked.split_once('/').map_or(asked.as_str(), |(_, name)| name);
        // Vendors put different names in front of the same model, so the end of an id counts like all of it.
        let alike = |entry: Self| {
            let id = plain(entry.model.id);
            let starts = std::iter::once(0).chain(id.match_indices(['-', '/']).map(|(at, _)| at + 1));
            let likeness = starts.filter_map(|start| {
                // A part begins alike more easily than all of it.
                let least = if start == 0 { 0.0 } else { PART };
                likeness(asked, &id[start..]).filter(|(_, alike)| *alike >= least)
            });
            let best = likeness.reduce(|best, next| if next > best { next } else { best })?;
            Some((best, entry.model.id))
        };
        let near = Self::all(vendor).filter_map(alike);
        // Of equals the first, which is the more common one.
        near.reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, id)| id)
    }

    /// Returns the values that `resolution`, `aspect_ratio` and other fields with a list of values may have; empty if any.
    #[must_use]
    pub fn values(&self, field: &str) -> &'static [&'static str] {
        match field {
            "resolution" if self.is_known() => self.model.resolutions,
            "aspect_ratio" if self.is_known() => self.model.aspect_ratios,
            _ => self.field(field).map_or(&[], |field| field.values),
        }
    }

    /// Returns the vendor's field for the field `name` of [`VideoRequest`](crate::VideoRequest), or `None` when the
    /// model does not support it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        if self.model.without.contains(&name) {
            return None;
        }
        self.model.request.fields.iter().find(|field| field.name == name)
    }
}

/// How like two plain ids are, if they are alike: they begin alike, and both have a version if the first has one. The version counts for more than what follows it, and then
/// the edit distance, which does not prefer a shorter id.
fn likeness(one: &str, other: &str) -> Option<(usize, f64)> {
    let has_version = |id: &str| id.contains(|c: char| c.is_ascii_digit());
    if has_version(one) && !has_version(other) {
        return None;
    }
    let parts = std::iter::zip(one.split('-'), other.split('-'));
    let common = parts.take_while(|(one, other)| one == other).count();
    (strsim::jaro_winkler(one, other) > ALIKE).then(|| (common, strsim::normalized_levenshtein(one, other)))
}

/// The id in the form in which ids are compared: in lower case, one separator, without a minor version `0` and without the date
/// of a release, which only some vendors write.
fn plain(id: &str) -> String {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let id = id.trim().to_lowercase();
    let mut parts: Vec<&str> = Vec::new();
    for part in id.split(['-', '.', '_']) {
        let is_minor = parts.last().is_some_and(|last| is_number(last));
        let is_date = part.get(..DATE).is_some_and(is_number);
        if !(is_date || is_minor && part == "0") {
            parts.push(part);
        }
    }
    parts.join("-")
}

#[cfg(all(test, feature = "token360", feature = "toapis", feature = "alltoken"))]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_model_has_the_same_version() {
        for (vendor, asked, nearest) in [
            (Vendor::ToApis, "seedance-2-6", "seedance-2-5"),
            (Vendor::ToApis, "seedance-2.5", "seedance-2-5"),
            (Vendor::ToApis, "seedance-2.0", "seedance-2"),
            (Vendor::ToApis, "Seedance_2_Fast", "seedance-2-fast"),
            (Vendor::ToApis, " seedance-2", "seedance-2"),
            (Vendor::ToApis, "doubao-seedance-2-0-260128", "doubao-seedance-2-0"),
            (
                Vendor::ToApis,
                "doubao-seedance-1-5-pro-251215",
                "doubao-seedance-1-5-pro",
            ),
            (
                Vendor::ToApis,
                "doubao-seedance-2-0-fast-260128",
                "doubao-seedance-2-0-fast",
            ),
            (
                Vendor::ToApis,
                "doubao-seedance-1-0-pro",
                "doubao-seedance-1-0-pro-fast",
            ),
            (Vendor::Token360, "seedance-2", "seedance-2.0"),
            (Vendor::Token360, "seedance-3", "seedance-2.0"),
            (Vendor::Token360, "seedance-2-fast", "seedance-2.0-fast"),
            (Vendor::AllToken, "seedance-2-5", "seedance-2.5"),
            (Vendor::AllToken, "seedance-2.6", "seedance-2.5"),
            (Vendor::AllToken, "seedance-2.5-pro", "seedance-2.5"),
            (Vendor::AllToken, "seedance-1-0-pro-fast", "seedance-1.0-pro-fast"),
        ] {
            assert_eq!(Capabilities::nearest(vendor, asked), Some(nearest), "{asked}");
        }
        #[cfg(feature = "fal")]
        for (asked, nearest) in [
            ("fal-ai/foo/bar", None),
            ("bytedance/foo", None),
            ("fal-ai/veo3.2", Some("fal-ai/veo3.1")),
            ("fal-ai/veo3.1/image2video", Some("fal-ai/veo3.1/image-to-video")),
            ("seedance-2.0", Some("bytedance/seedance-2.0")),
            ("bytedance/seedance-2", Some("bytedance/seedance-2.0")),
        ] {
            assert_eq!(Capabilities::nearest(Vendor::Fal, asked), nearest, "{asked}");
        }
        for other in [
            "",
            "-",
            "0",
            "20260128",
            "sora-2",
            "luma-ray",
            "pika2.2-turbo",
            "acme/video3",
            "video-3",
            "pro-2",
        ] {
            for vendor in Vendor::ALL.iter().copied() {
                assert_eq!(Capabilities::nearest(vendor, other), None, "{other}");
            }
        }
    }
}
