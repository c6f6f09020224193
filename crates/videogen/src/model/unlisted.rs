//! A model that no table lists.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Capabilities, Vendor};

/// A model that the vendor's spec does not list, so that its limits were not checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UnlistedModel {
    /// The requested model.
    pub model: String,
    /// The listed model that it may have been meant to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
}

impl UnlistedModel {
    /// The model, unless `vendor`'s spec lists it.
    pub(crate) fn of(vendor: Vendor, model: &str) -> Option<Self> {
        if Capabilities::of(vendor, model).is_known() {
            return None;
        }
        Some(Self {
            model: model.to_owned(),
            did_you_mean: Capabilities::nearest(vendor, model).map(str::to_owned),
        })
    }
}

impl fmt::Display for UnlistedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the model `{}` is not listed, so its limits were not checked",
            self.model
        )?;
        match &self.did_you_mean {
            Some(near) => write!(f, "; did you mean `{near}`?"),
            None => Ok(()),
        }
    }
}
