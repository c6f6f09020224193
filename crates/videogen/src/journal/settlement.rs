//! What the user found on a vendor's bill, in place of a cost that is not known.

use serde::{Deserialize, Serialize};

use crate::model::{Error, ErrorKind, Money};

/// What a submission was billed, as the user entered it. It comes before every other amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settlement {
    /// The amount; `None`: it is not billed.
    #[serde(default)]
    pub money: Option<Money>,
    /// Why, or where that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Settlement {
    /// An amount of the vendor's bill. Zero: it is not billed.
    #[must_use]
    pub fn billed(money: Money) -> Self {
        let money = Some(money).filter(|money| !money.amount.is_zero());
        Self { money, note: None }
    }

    /// Nothing is billed.
    #[must_use]
    pub fn not_billed() -> Self {
        Self {
            money: None,
            note: None,
        }
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Checks the amount. `known`: the currencies of what is known of the cost.
    ///
    /// # Errors
    /// `invalid_request` if it is negative, or in another currency.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), Error> {
        let Some(money) = &self.money else { return Ok(()) };
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidRequest, message));
        if money.amount.is_sign_negative() {
            return invalid(format!("the amount {money} is negative; use 0 or more"));
        }
        if !known.is_empty() && !known.contains(&money.currency.as_str()) {
            let known = known.join(" or ");
            return invalid(format!(
                "the amount is in {}, and the submission is priced in {known}; enter the amount in {known}",
                money.currency
            ));
        }
        Ok(())
    }
}
