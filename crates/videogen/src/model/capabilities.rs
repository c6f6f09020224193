//! What a model takes, as data.

use videogen_wire::facts::{Family, Field, Model};

use crate::model::Vendor;

/// What one vendor takes for one model. It comes from the vendor's spec.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// The vendor.
    pub vendor: Vendor,
    /// The endpoint family that serves the model, and the fields it has.
    pub family: &'static Family,
    /// What the model takes.
    pub model: &'static Model,
}

impl Capabilities {
    /// The rules for `model` at `vendor`. A model that the spec does not name gets the vendor's general rules.
    #[must_use]
    pub fn of(vendor: Vendor, model: &str) -> Self {
        let facts = vendor.facts();
        // The generator refuses a spec whose last entry does not match everything.
        let last = &facts.models[facts.models.len() - 1];
        let model = facts.models.iter().find(|entry| entry.matches(model)).unwrap_or(last);
        let family = facts
            .families
            .iter()
            .find(|family| family.name == model.family)
            .unwrap_or(&facts.families[0]);
        Self { vendor, family, model }
    }

    /// Every model that `vendor`'s spec names, the default first.
    pub fn all(vendor: Vendor) -> impl Iterator<Item = Self> {
        vendor
            .facts()
            .models
            .iter()
            .filter(|model| model.is_named())
            .map(move |model| Self::of(vendor, model.id))
    }

    /// Whether the spec names the model, rather than falling back to general rules.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.model.is_named()
    }

    /// Where the normalised field `name` goes, if this model takes it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        if self.model.without.contains(&name) {
            return None;
        }
        self.family.fields.iter().find(|field| field.name == name)
    }
}
