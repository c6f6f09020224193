//! Budgets: limits of what all submissions of a period may cost together (pure).

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Entry, Intent};
use crate::model::price::shown;
use crate::model::{CostLimit, CostLimitKind, Money, Reserved, Timestamp, Vendor};

/// A limit of what the submissions of a period may cost together.
///
/// A submission counts from the transaction that [begins](super::Journal::begin) it, with the amount of its
/// [charge](super::Entry::charge), in the period in which its last attempt was submitted. Budgets are counted separately in
/// each [scope](super::Intent::scope): what is submitted to a simulator does not count for the vendors.
///
/// ```
/// use videogen::Vendor;
/// use videogen::journal::Budget;
///
/// let budget: Budget = "20/day".parse()?;
/// assert_eq!(budget.to_string(), "20 USD per day for all vendors");
/// let budget = "300CNY/month".parse::<Budget>()?.vendor(Vendor::ALL[0]);
/// assert_eq!(budget.key.currency, "CNY");
/// # Ok::<(), videogen::journal::ParseBudgetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Budget {
    /// What it limits.
    #[serde(flatten)]
    pub key: BudgetKey,
    /// The limit.
    pub amount: Decimal,
}

/// What a budget limits. A journal has at most one budget with each key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BudgetKey {
    /// The [group](super::Group) of submissions; `None` for all submissions. Such a budget is not stored: each submission
    /// brings its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The vendor; `None` for all vendors together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// Currency code of ISO 4217, such as `USD`. A submission that is priced in another has an unknown cost for the budget.
    pub currency: String,
    /// Period.
    pub period: Period,
}

/// Period of a budget, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
    /// All time.
    Total,
}

impl Period {
    /// Every period.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Total];

    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Total => "total",
        }
    }

    fn first_day(self, at: Timestamp) -> Option<NaiveDate> {
        let day = at.date_naive();
        match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
            Self::Month => day.with_day(1),
            Self::Total => None,
        }
    }

    /// Returns when the period that contains `at` began; `None` for all time.
    #[must_use]
    pub fn start(self, at: Timestamp) -> Option<Timestamp> {
        Some(self.first_day(at)?.and_time(NaiveTime::MIN).and_utc())
    }

    /// Returns when the period that contains `at` ends and the next one begins; `None` for all time.
    #[must_use]
    pub fn end(self, at: Timestamp) -> Option<Timestamp> {
        let day = self.first_day(at)?;
        let next = match self {
            Self::Day => day.checked_add_days(Days::new(1)),
            Self::Week => day.checked_add_days(Days::new(7)),
            Self::Month => day.checked_add_months(Months::new(1)),
            Self::Total => None,
        };
        Some(next?.and_time(NaiveTime::MIN).and_utc())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Period {
    type Err = ParseBudgetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|period| period.as_str() == text.trim()).ok_or_else(|| {
            ParseBudgetError(format!(
                "invalid period `{}`: use day, week, month or total",
                shown(text)
            ))
        })
    }
}

impl Budget {
    /// Limits the submissions of a period to all vendors.
    #[must_use]
    pub fn new(limit: Money, period: Period) -> Self {
        let Money { amount, currency } = limit;
        let key = BudgetKey::new(currency, period);
        Self { key, amount }
    }

    /// The budget of the group of a submission, if it has one.
    #[must_use]
    pub fn of_group(intent: &Intent) -> Option<Self> {
        let group = intent.group.as_ref()?;
        let mut budget = Self::new(group.max_cost.clone()?, Period::Total);
        budget.key.group = Some(group.name.clone());
        Some(budget)
    }

    /// Limits the submissions to one vendor only.
    #[must_use]
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.key.vendor = Some(vendor);
        self
    }

    /// Returns whether it applies to a submission whose cost it cannot count: it is unknown, or in another currency.
    #[must_use]
    pub fn misses(&self, entry: &Entry) -> bool {
        let is_free = entry.charge().kind.is_free();
        let mut counted = entry.counted().into_iter();
        !is_free && self.applies_to(entry.intent.vendor) && !counted.any(|money| money.currency == self.key.currency)
    }

    /// Returns whether it applies to submissions to `vendor`.
    #[must_use]
    pub fn applies_to(&self, vendor: Vendor) -> bool {
        self.key.vendor.is_none_or(|own| own == vendor)
    }
}

impl BudgetKey {
    /// Creates the key of a budget for all vendors, in the currency with this ISO 4217 code.
    #[must_use]
    pub fn new(currency: impl Into<String>, period: Period) -> Self {
        Self {
            group: None,
            vendor: None,
            currency: currency.into(),
            period,
        }
    }

    /// Sets the vendor.
    #[must_use]
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }
}

/// `20 USD per day for all vendors`.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BudgetKey {
            group,
            vendor,
            currency,
            period,
        } = &self.key;
        write!(f, "{} {currency} ", self.amount)?;
        match period {
            Period::Total => f.write_str("in total")?,
            period => write!(f, "per {period}")?,
        }
        match (group, vendor) {
            (Some(group), _) => write!(f, " for {group} (its maximum cost)"),
            (None, Some(vendor)) => write!(f, " for {}", vendor.name()),
            (None, None) => f.write_str(" for all vendors"),
        }
    }
}

/// `20/day`, `20USD/week`, `300CNY/month` or `1000/total`. Without a currency: US dollars.
impl FromStr for Budget {
    type Err = ParseBudgetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((amount, period)) = text.split_once('/') else {
            let text = shown(text);
            let message = format!("invalid budget `{text}`: use AMOUNT/PERIOD, such as 20/day or 300CNY/month");
            return Err(ParseBudgetError(message));
        };
        let limit: Money = amount.parse().map_err(|error| ParseBudgetError(format!("{error}")))?;
        Ok(Self::new(limit, period.parse()?))
    }
}

/// Error of parsing a [`Budget`] or [`Period`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseBudgetError(String);

impl fmt::Display for ParseBudgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseBudgetError {}

/// Why a budget does not allow a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OverBudget {
    /// The budget.
    pub budget: Budget,
    /// What counts against it already. `None` if something is left of it, and the submission's cost is unknown, or in another
    /// currency.
    pub counted: Option<Decimal>,
    /// The estimate of the submission.
    pub estimate: Option<Reserved>,
    /// When the next period begins.
    pub until: Option<Timestamp>,
}

impl OverBudget {
    /// Checks a submission: with what counts already, the most that it may cost must be within every budget that applies.
    /// `counted` returns the sum of what [counts](super::Entry::counted) against a budget in the period of `intent.at`. The
    /// budget [of its group](Budget::of_group) is one of `budgets`. The cost is unknown for a budget in another currency than
    /// the estimate's, and for each if there is no estimate, and then allowed only by [`Intent::allow_unknown_cost`], and only
    /// while something is left of the budget.
    ///
    /// # Errors
    /// Those of `counted`.
    pub fn check<E>(
        intent: &Intent,
        budgets: &[Budget],
        mut counted: impl FnMut(&Budget) -> Result<Decimal, E>,
    ) -> Result<Option<Self>, E> {
        let over = |budget: &Budget, counted| Self {
            budget: budget.clone(),
            counted,
            estimate: intent.estimate.clone(),
            until: budget.key.period.end(intent.at),
        };
        let mut unknown = None;
        for budget in budgets.iter().filter(|budget| budget.applies_to(intent.vendor)) {
            let estimate = intent.estimate.as_ref();
            let estimate = estimate.filter(|estimate| estimate.currency == budget.key.currency);
            let before = counted(budget)?;
            let is_over = match estimate {
                // A sum that is too large to be represented is too large for a budget.
                Some(estimate) => before
                    .checked_add(estimate.amount)
                    .is_none_or(|sum| sum > budget.amount),
                None => before >= budget.amount,
            };
            if is_over {
                return Ok(Some(over(budget, Some(before))));
            }
            if estimate.is_none() {
                unknown = unknown.or(Some(budget));
            }
        }
        // What cannot be allowed is reported first.
        let unknown = unknown.filter(|_| !intent.allow_unknown_cost);
        Ok(unknown.map(|budget| over(budget, None)))
    }

    /// The reason as text. `what`: what may cost too much.
    pub(crate) fn describe(&self, what: &str) -> String {
        let Self { budget, .. } = self;
        let currency = &budget.key.currency;
        let cost = match (self.estimate(), &self.estimate) {
            (Some(known), _) => format!("{what} may cost {} {currency}", known.amount.normalize()),
            (None, Some(other)) => {
                let priced = format!("the submission is priced in {}", other.currency);
                if self.counted.is_none() {
                    return format!("{priced}, and the budget is {budget}: its cost in {currency} is unknown");
                }
                priced
            }
            (None, None) => "the cost of the submission is unknown".to_owned(),
        };
        let Some(counted) = self.counted else {
            return format!("{cost}, and the budget is {budget}");
        };
        let left = match budget.amount - counted {
            left if left > Decimal::ZERO => format!("{} {currency} are left", left.normalize()),
            _ => "nothing is left".to_owned(),
        };
        let counted = counted.normalize();
        let next = self.until.map_or_else(String::new, |until| {
            let (period, until) = (budget.key.period, until.format("%F %R UTC"));
            format!("; the next {period} begins at {until}")
        });
        format!("over budget: {cost}, and {left} of {budget} ({counted} {currency} spent or reserved){next}")
    }

    /// Returns the limit that it is.
    pub(crate) fn limit(&self) -> CostLimit {
        CostLimit {
            kind: match self.budget.key.group {
                Some(_) => CostLimitKind::MaxCost,
                None => CostLimitKind::Budget,
            },
            cost_known: self.estimate().is_some(),
            exhausted: self.counted.is_some_and(|counted| counted >= self.budget.amount),
            all_vendors: self.budget.key.vendor.is_none(),
            currency: self.budget.key.currency.clone(),
            other_cost: self
                .estimate
                .as_ref()
                .map(Reserved::most)
                .filter(|cost| cost.currency != self.budget.key.currency),
        }
    }

    /// The estimate, if it is in the currency of the budget.
    fn estimate(&self) -> Option<&Reserved> {
        let estimate = self.estimate.as_ref();
        estimate.filter(|estimate| estimate.currency == self.budget.key.currency)
    }
}

impl fmt::Display for OverBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe("the submission"))
    }
}
