//! Supported fields and values of models, as data.

use videogen_wire::facts::{Family, Field, Model};

use crate::model::Vendor;

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
    /// Returns the capabilities of `model` at `vendor`. Unknown models have the vendor's general rules.
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

    /// Returns whether the spec lists the model; otherwise the general rules apply.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.model.is_named()
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
