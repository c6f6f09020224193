//! Violations of a vendor's rules.

use std::fmt;

use serde::Serialize;

/// A rule that a request violates: the field, its value, the rule and a hint.
///
/// The alternate form of `Display` (`{violation:#}`) leaves out the calls of this crate, as that of [`Error`](crate::Error) does.
///
/// ```
/// use videogen::{Vendor, VideoRequest};
/// use videogen::submit::validate;
///
/// for violation in validate(Vendor::ALL[0], &VideoRequest::new("seedance-2.0", "")) {
///     println!("{violation}");
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// The field of [`VideoRequest`](crate::VideoRequest), or the input role.
    pub field: String,
    /// The value, without secrets.
    pub value: String,
    /// The rule.
    pub rule: String,
    /// How to fix it.
    pub hint: String,
    /// The vendor's documentation page of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<&'static str>,
    /// Whether no page documents the rule: only clients have shown it. Then
    /// [`VideoRequest::allow_unverified`](crate::VideoRequest::allow_unverified) overrides it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unverified: bool,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}: {}; {}", self.field, self.value, self.rule, self.hint)?;
        match self.unverified {
            true if f.alternate() => f.write_str(" (unverified rule)"),
            true => write!(
                f,
                " (unverified rule: allow_unverified(\"{}\") overrides it)",
                self.field
            ),
            false => Ok(()),
        }
    }
}
