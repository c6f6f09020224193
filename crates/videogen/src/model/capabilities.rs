//! Supported fields and values of models, as data.

use videogen_wire::facts::{Family, Field, Model};

use crate::model::Vendor;

/// Likeness of two ids from which one may have been meant as the other, from 0 to 1.
const ALIKE: f64 = 0.85;

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
    /// assert_eq!(Capabilities::nearest(Vendor::Token360, "sora"), None);
    /// ```
    #[must_use]
    pub fn nearest(vendor: Vendor, model: &str) -> Option<&'static str> {
        let asked = model.trim().to_lowercase();
        let alike = |entry: Self| {
            (
                strsim::jaro_winkler(&asked, &entry.model.id.to_lowercase()),
                entry.model.id,
            )
        };
        let near = Self::all(vendor).map(alike).filter(|(likeness, _)| *likeness > ALIKE);
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
