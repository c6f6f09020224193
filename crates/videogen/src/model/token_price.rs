//! Price of tokens.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Price of a number of tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TokenPrice {
    /// The price.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub price: Decimal,
    /// Number of tokens that it is for.
    pub per: u64,
}
