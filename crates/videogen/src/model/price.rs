//! Amounts of money, and estimates of what a video costs.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use videogen_wire::facts::PriceUnit;

use crate::model::{PossibleCost, Timestamp, TokenPrice};

/// Currency of an amount that names none.
const CURRENCY: &str = "USD";
/// Maximum number of characters shown of an invalid amount.
const SHOWN: usize = 40;

/// An amount of money.
///
/// ```
/// use videogen::price::Money;
///
/// let most: Money = "2.50".parse()?;
/// assert_eq!(most.to_string(), "2.50 USD");
/// assert_eq!("30CNY".parse::<Money>()?.currency, "CNY");
/// # Ok::<(), videogen::price::ParseMoneyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Money {
    /// The amount, exactly.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub amount: Decimal,
    /// Currency code of ISO 4217, such as `USD`.
    pub currency: String,
}

impl Money {
    /// Creates an amount in the currency with this ISO 4217 code.
    #[must_use]
    pub fn new(amount: Decimal, currency: impl Into<String>) -> Self {
        Self {
            amount,
            currency: currency.into(),
        }
    }

    /// An amount in US dollars.
    pub(crate) fn usd(amount: Decimal) -> Self {
        Self::new(amount, CURRENCY)
    }
}

/// `3.2 USD`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// Error of parsing [`Money`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseMoneyError(String);

impl fmt::Display for ParseMoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = shown(&self.0);
        if is_too_long(&self.0) {
            return write!(
                f,
                "invalid amount `{shown}`: use at most 28 digits, such as 2.50 or 30CNY"
            );
        }
        match self.0.trim_start().strip_prefix('-') {
            Some(rest) if rest.starts_with(|first: char| first.is_ascii_digit()) => {
                write!(
                    f,
                    "invalid amount `{shown}`: it is negative; use 0 or more, such as 2.50 or 30CNY"
                )
            }
            _ => write!(
                f,
                "invalid amount `{shown}`: use a decimal number in {CURRENCY}, or with the three capital letters of its currency \
                 after it, such as 2.50 or 30CNY"
            ),
        }
    }
}

impl std::error::Error for ParseMoneyError {}

/// Whether a text begins with a decimal number of more digits than are counted.
pub(crate) fn is_too_long(text: &str) -> bool {
    let text = text.trim();
    let end = text.find(|next: char| !next.is_ascii_digit() && next != '.');
    let number = &text[..end.unwrap_or(text.len())];
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    digits > 28 && digits + 1 >= number.len() && Decimal::from_str_exact(number).is_err()
}

/// The beginning of an invalid text, with an ellipsis if it is longer.
pub(crate) fn shown(text: &str) -> String {
    let mut chars = text.chars();
    let mut start: String = chars.by_ref().take(SHOWN).flat_map(char::escape_debug).collect();
    if chars.next().is_some() {
        start.push_str("...");
    }
    start
}

/// `2.50`, `2.50USD` or `2.50 USD`. Without a currency: US dollars.
impl FromStr for Money {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || ParseMoneyError(text.to_owned());
        let text = text.trim();
        let end = text.find(|next: char| !next.is_ascii_digit() && next != '.');
        let (amount, currency) = text.split_at(end.unwrap_or(text.len()));
        let currency = match currency.trim_start() {
            "" => CURRENCY,
            currency => currency,
        };
        let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
        let amount = Decimal::from_str_exact(amount).map_err(|_| invalid())?;
        is_code.then(|| Self::new(amount, currency)).ok_or_else(invalid)
    }
}

/// What a video is expected to cost, before taxes, discounts and fees.
///
/// In JSON: the members of a [`CostEstimate`], or `{"unknown": "the reason"}`, with `unit_price` if that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Estimate {
    /// An amount, or a range.
    Known(CostEstimate),
    /// No price is known, or it does not decide the cost. It is not zero.
    Unknown {
        /// Why.
        #[serde(rename = "unknown")]
        reason: String,
        /// Price of a unit, if it is known, and only the number of units is not: the finished task may have that.
        #[serde(skip_serializing_if = "Option::is_none")]
        unit_price: Option<UnitPrice>,
    },
}

impl Estimate {
    /// Returns the amounts, if they are known.
    #[must_use]
    pub fn known(&self) -> Option<&CostEstimate> {
        match self {
            Self::Known(estimate) => Some(estimate),
            Self::Unknown { .. } => None,
        }
    }
}

/// `0.756 USD`, `0.6048 to 2.268 USD`, or `unknown: ` and the reason.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(estimate) => estimate.fmt(f),
            Self::Unknown { reason, .. } => write!(f, "unknown: {reason}"),
        }
    }
}

/// Known amounts of an [`Estimate`]: from the least to the most that the video may cost by the price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CostEstimate {
    /// The least.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub low: Decimal,
    /// The most. Equal to the least unless the vendor decides something that the cost depends on.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub high: Decimal,
    /// Currency code of ISO 4217, such as `USD`.
    pub currency: String,
    /// How it is computed, such as `108000 tokens at 7.0 USD per 1000000 tokens`.
    pub basis: String,
    /// What the cost depends on and the request does not decide: fields of the request, and `reference_video` for the unknown
    /// length of input videos.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<&'static str>,
    /// Price of tokens, if tokens are billed: a finished task has their exact number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenPrice>,
    /// Price of a second of video, if the cost depends on the length alone: a finished task may have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub per_second: Option<Decimal>,
    /// The cost by what the vendor decides, unless the members before give it: a finished task may have that.
    #[serde(skip)]
    pub possible: Vec<PossibleCost>,
    /// Where the price comes from.
    pub origin: PriceOrigin,
    /// Where the price of the least comes from, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_origin: Option<PriceOrigin>,
    /// Whether the price, or a size that it is counted by, is not documented, or not for the server that the request goes to.
    pub unverified: bool,
}

impl CostEstimate {
    /// Returns the most that the video may cost.
    #[must_use]
    pub fn most(&self) -> Money {
        Money::new(self.high, self.currency.clone())
    }
}

/// `0.756 USD` or `0.6048 to 2.268 USD`.
impl fmt::Display for CostEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low != self.high {
            write!(f, "{} to ", self.low.normalize())?;
        }
        write!(f, "{} {}", self.high.normalize(), self.currency)
    }
}

/// Price of a unit of video, where the cost of a request is unknown because the number of its units is.
///
/// The tokens or the length of the finished task give its cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UnitPrice {
    /// The price.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub price: Decimal,
    /// Number of units that it is for.
    pub per: u64,
    /// What is billed: `token` or `second`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub unit: PriceUnit,
    /// Currency code of ISO 4217, such as `USD`.
    pub currency: String,
}

/// Where a price comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PriceOrigin {
    /// The vendor's list, as the spec has it.
    List {
        /// Date on which it was read, `YYYY-MM-DD`.
        read: &'static str,
        /// The page, if one documents it.
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<&'static str>,
    },
    /// The user's own table.
    User,
    /// The vendor's answer to a request.
    Live {
        /// When it was received.
        at: Timestamp,
    },
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_parsed_exactly() {
        for (text, shown) in [
            ("2.50", "2.50 USD"),
            ("2.50USD", "2.50 USD"),
            (" 30 CNY ", "30 CNY"),
            ("0", "0 USD"),
            ("0.000000000000000001", "0.000000000000000001 USD"),
        ] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "USD",
            "-1",
            "1e3",
            "1,50",
            "1.2.3",
            "2.5 usd",
            "2.5US",
            "2 $",
            "0.00000000000000000000000000000000001",
        ] {
            let error = text.parse::<Money>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("invalid amount `{text}`")), "{error}");
            assert_eq!(error.contains("negative"), text.starts_with('-'), "{error}");
        }
        for text in [
            "99999999999999999999999999999",
            "79228162514264337593543950336CNY",
            "0.00000000000000000000000000001",
        ] {
            let error = text.parse::<Money>().unwrap_err().to_string();
            assert_eq!(
                error,
                format!("invalid amount `{text}`: use at most 28 digits, such as 2.50 or 30CNY")
            );
        }
        let long = "9.5 dollars and some cents, as my grandmother said"
            .parse::<Money>()
            .unwrap_err()
            .to_string();
        assert!(long.contains("`9.5 dollars and some cents, as my grandm...`"), "{long}");
    }

    #[test]
    fn an_estimate_is_shown_as_a_point_or_a_range() {
        let mut estimate = CostEstimate {
            low: Decimal::new(7_560, 4),
            high: Decimal::new(756, 3),
            currency: "USD".to_owned(),
            basis: "108000 tokens at 7.0 USD per 1000000 tokens".to_owned(),
            depends_on: Vec::new(),
            tokens: None,
            per_second: None,
            possible: Vec::new(),
            origin: PriceOrigin::User,
            low_origin: None,
            unverified: false,
        };
        assert_eq!(Estimate::Known(estimate.clone()).to_string(), "0.756 USD");
        estimate.high = Decimal::new(2_268, 3);
        assert_eq!(estimate.to_string(), "0.756 to 2.268 USD");
        assert_eq!(estimate.most().to_string(), "2.268 USD");
        let unknown = Estimate::Unknown {
            reason: "no price".to_owned(),
            unit_price: None,
        };
        assert_eq!(serde_json::to_string(&unknown).unwrap(), r#"{"unknown":"no price"}"#);
        assert_eq!(unknown.to_string(), "unknown: no price");
    }
}
