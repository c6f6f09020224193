//! A violated rule of a request.

use std::fmt::Display;

/// A violated rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The invalid field, as a path into the request; empty if the request as a whole is invalid.
    pub(crate) field: String,
    /// The field and the rule.
    pub(crate) message: String,
}

impl Problem {
    /// A rule that a field violates.
    pub(crate) fn new(field: impl Into<String>, rule: impl Display) -> Self {
        let field = field.into();
        Self {
            message: format!("{field}: {rule}"),
            field,
        }
    }
}
