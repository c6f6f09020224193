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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Violation {
    /// The field of [`VideoRequest`](crate::VideoRequest), or the input role.
    pub field: String,
    /// The value, without secrets.
    pub value: String,
    /// The rule.
    pub rule: String,
    /// How to fix it; empty if the rule says it.
    pub hint: String,
    /// How many models that support the field `hint` does not name.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_models: usize,
    /// Whether only the place of the field is unknown, so that [`VideoRequest::extra`](crate::VideoRequest::extra) can have it,
    /// under the vendor's name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fits_extra: bool,
    /// The vendor's documentation page of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<&'static str>,
    /// Whether no page documents the rule: only clients have shown it. Then
    /// [`VideoRequest::allow_unverified`](crate::VideoRequest::allow_unverified) overrides it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unverified: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Violation {
    /// Creates a violation of a rule without a page. An empty `hint`: the rule says what to do.
    #[must_use]
    pub fn new(
        field: impl Into<String>,
        value: impl Into<String>,
        rule: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            rule: rule.into(),
            hint: hint.into(),
            more_models: 0,
            fits_extra: false,
            page: None,
            unverified: false,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}: {}", self.field, self.value, self.rule)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        if self.fits_extra && !f.alternate() {
            f.write_str(" (in `extra`)")?;
        }
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
