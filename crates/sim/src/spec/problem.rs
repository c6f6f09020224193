//! A violated rule of a request.

use std::fmt::Display;

/// A violated rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The invalid field, as a path into the request; empty if the request as a whole is invalid.
    pub(crate) field: String,
    /// The field and the rule.
    pub(crate) message: String,
    /// Whether no page documents the rule, so that the vendor may accept the request.
    pub(crate) unverified: bool,
}

impl Problem {
    /// A rule that a field violates.
    pub(crate) fn new(field: impl Into<String>, rule: impl Display) -> Self {
        let field = field.into();
        Self {
            message: format!("{field}: {rule}"),
            field,
            unverified: false,
        }
    }

    /// The field and the rule in printable ASCII. Both may repeat a part of the request.
    pub(crate) fn printable(&self) -> String {
        self.message.escape_default().to_string()
    }

    /// Sets whether the rule is unverified.
    pub(crate) fn unverified(self, unverified: bool) -> Self {
        Self { unverified, ..self }
    }
}
