//! What is wrong with a price.

use std::fmt;

/// Error of a [`PriceEntry`](crate::price::PriceEntry) that cannot be used, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPriceError(pub(super) Vec<PriceProblem>);

/// An invalid member of a price.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceProblem {
    /// The member, such as `price` or `when.resolution`.
    pub member: String,
    /// What is wrong with it, and what to do.
    pub text: String,
}

impl PriceProblem {
    pub(super) fn new(member: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            member: member.into(),
            text: text.into(),
        }
    }
}

impl InvalidPriceError {
    /// Returns everything that is wrong; at least one.
    #[must_use]
    pub fn problems(&self) -> &[PriceProblem] {
        &self.0
    }
}

impl fmt::Display for InvalidPriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<&str> = self.0.iter().map(|problem| problem.text.as_str()).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for InvalidPriceError {}
