//! Operations of a spec with their members, as a page is compared with them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::facts::{Operation, Parameter, Place};

/// An operation of a spec. One that takes several request bodies is one for each page that describes some of them.
#[derive(Clone)]
pub struct Called {
    /// Method and path; the base URL's path is a part of it.
    pub operation: Operation,
    /// JSON pointer.
    pub pointer: String,
    /// The pages it comes from.
    pub sources: Vec<String>,
    /// Documented nowhere.
    pub unverified: bool,
    /// The vendor calls it, at an address that no page names.
    pub callback: bool,
    /// The request bodies that this is about, where there are several; empty for all.
    pub bodies: Vec<String>,
    /// Its parameters and members, by place and name.
    pub fields: BTreeMap<(Place, String), Field>,
    /// Status codes that it may answer.
    pub statuses: Vec<String>,
}

/// A parameter, or a member of a body at any depth.
#[derive(Clone)]
pub struct Field {
    /// JSON pointer.
    pub pointer: String,
    /// JSON type, with that of the items; `None` where it may have several.
    pub kind: Option<String>,
    /// Whether it is required.
    pub required: bool,
    /// Values, where they are enumerated; their place, and the page they come from.
    pub values: Option<Values>,
    /// The property's or parameter's own keywords, and those of the component it refers to.
    pub(super) keywords: [Value; 2],
    /// The pages it comes from.
    pub sources: Vec<String>,
    /// Documented nowhere.
    pub unverified: bool,
    /// The normalised field that it carries.
    pub carries: Option<String>,
    /// The roles of the inputs that it is about.
    pub roles: Vec<String>,
    /// Members of any name may be in it.
    pub open: bool,
    /// It carries the model's id.
    pub is_model: bool,
}

/// An enum.
#[derive(Clone)]
pub struct Values {
    /// The values.
    pub list: Vec<String>,
    /// JSON pointer.
    pub pointer: String,
    /// The pages they come from.
    pub sources: Vec<String>,
    /// Documented nowhere.
    pub unverified: bool,
}

impl Called {
    /// Whether it comes from a page.
    #[must_use]
    pub fn is_from(&self, page: &str) -> bool {
        self.sources.iter().any(|source| source == page)
    }
}

impl Called {
    /// Whether it has most of these parameters.
    pub(super) fn has_most<'a>(&self, parameters: impl Iterator<Item = &'a Parameter>) -> bool {
        let known = |parameter: &Parameter| self.fields.contains_key(&(parameter.place, parameter.name.clone()));
        let (has, lacks): (Vec<_>, Vec<_>) = parameters.partition(|parameter| known(parameter));
        !has.is_empty() && has.len() >= lacks.len()
    }
}

impl Values {
    /// Whether they come from a page, and are documented.
    #[must_use]
    pub fn is_from(&self, page: &str) -> bool {
        !self.unverified && self.sources.iter().any(|source| source == page)
    }
}

impl Field {
    /// Whether it comes from a page.
    #[must_use]
    pub fn is_from(&self, page: &str) -> bool {
        self.sources.iter().any(|source| source == page)
    }

    /// A keyword such as `default` or `minimum`.
    #[must_use]
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find_map(|keywords| keywords.get(name))
    }
}
