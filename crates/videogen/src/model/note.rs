//! Notes on values that are sent although the vendor may refuse them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that a request may have although the vendor may refuse it: the field, its value and the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Note {
    /// The field of [`VideoRequest`](crate::VideoRequest).
    pub field: String,
    /// The value, without secrets.
    pub value: String,
    /// Why the vendor may refuse it.
    pub reason: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, value, reason } = self;
        write!(f, "{field} = {value}: the vendor may refuse it: {reason}")
    }
}
