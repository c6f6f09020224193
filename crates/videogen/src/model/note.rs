//! Notes on values that are sent although the vendor may refuse them, or reads them otherwise.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that a request may have although the vendor may refuse it, or reads it as another field: the field, its value and
/// the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// The field of [`VideoRequest`](crate::VideoRequest), or what else it is about.
    pub field: String,
    /// The value, without secrets.
    pub value: String,
    /// Why the vendor may refuse it, or what it does with it.
    pub reason: String,
    /// The field that it sets at the vendor. `None`: the vendor may refuse it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<String>,
}

impl Note {
    /// Creates a note on a value that is sent as it is.
    #[must_use]
    pub fn new(field: impl Into<String>, value: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            reason: reason.into(),
            sets: None,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            value,
            reason,
            sets,
        } = self;
        let may = if sets.is_none() {
            "the vendor may refuse it: "
        } else {
            ""
        };
        write!(f, "{field} = {value}: {may}{reason}")
    }
}
