//! A rule that a request breaks.

use std::fmt;

use serde::Serialize;

/// One rule that a request breaks: which field, which value, which rule, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The field of [`VideoRequest`](crate::VideoRequest), or the input role.
    pub field: String,
    /// The value given, without secrets.
    pub value: String,
    /// The rule.
    pub rule: String,
    /// What to do instead.
    pub hint: String,
    /// The vendor's page that the rule comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<&'static str>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}: {}; {}", self.field, self.value, self.rule, self.hint)
    }
}
