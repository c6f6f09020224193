//! The price of a task.

use rust_decimal::Decimal;
use serde::Serialize;

/// The price of a task, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bill {
    /// Amount; zero if the task ended with a status that the vendor does not bill. Text in JSON.
    pub amount: Decimal,
    /// Currency code of ISO 4217, such as `USD`.
    pub currency: String,
    /// By which price.
    pub by: Tariff,
}

impl Bill {
    pub(crate) fn new(amount: Decimal, currency: &str, by: Tariff) -> Self {
        Self {
            amount: amount.normalize(),
            currency: currency.to_owned(),
            by,
        }
    }
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tariff {
    /// The vendor's list price in its spec.
    List,
    /// The simulator's own tariff: no list price applies.
    Simulator,
}
