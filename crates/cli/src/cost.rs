//! What a video costs: live prices, and how an estimate is shown.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{NaiveDate, Utc};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use videogen::Vendor;
use videogen::facts::{ListedModel, Operation};
use videogen::journal::Journal as _;
use videogen::price::{Decimal, Estimate, PriceBook, PriceOrigin};
use videogen_journal::Store;

use crate::account::AccountArgs;
use crate::output::{Output, moment};
use crate::probe;

/// Adds the current prices from `vendors`. Returns why some are missing, which is printed too.
pub(crate) async fn add_live(
    book: &mut PriceBook,
    vendors: &[Vendor],
    account: &AccountArgs,
    output: &Output,
) -> Vec<String> {
    let mut missing = Vec::new();
    for vendor in vendors {
        let name = vendor.name();
        let models = match listed(*vendor, account, output).await {
            Ok(models) => models,
            Err(message) => {
                let reason = message.lines().next().unwrap_or_default();
                let reason = reason.strip_prefix(&format!("{name}: ")).unwrap_or(reason);
                missing.push(format!("No live prices of {name}: {reason}"));
                continue;
            }
        };
        if models.iter().all(|model| model.prices_usd.is_empty()) {
            missing.push(format!("No live prices of {name}: its list of models has none"));
        }
        for (model, reasons) in book.add_listed(*vendor, Utc::now(), &models) {
            let reasons = reasons.join("; ");
            missing.push(format!("No live price of {name} {model}: {reasons}"));
        }
    }
    for note in &missing {
        output.warn(note);
    }
    missing
}

/// The document with notes on live prices that are missing, if any are.
pub(crate) fn noted(mut document: Value, notes: Vec<String>) -> Value {
    if !notes.is_empty() {
        document["notes"] = notes.into();
    }
    document
}

/// The models that a vendor lists, with their prices.
///
/// # Errors
/// Why it does not.
async fn listed(vendor: Vendor, account: &AccountArgs, output: &Output) -> Result<Vec<ListedModel>, String> {
    if !vendor.supports(Operation::Models) {
        return Err("it has no list of models".to_owned());
    }
    let client = account.client(vendor, output).map_err(|failure| failure.message)?;
    probe::models(&client).await.map_err(|failure| failure.message)
}

/// What a video costs, on one line.
pub(crate) fn line(estimate: &Estimate) -> String {
    let cost = match estimate {
        Estimate::Known(cost) => cost,
        Estimate::Unknown {
            unit_price: Some(price),
            ..
        } => {
            let units = match price.per {
                1 => price.unit.to_string(),
                per => format!("{per} {}s", price.unit),
            };
            let (price, currency) = (price.price, &price.currency);
            return format!("Estimated cost: {estimate}; billed at {price} {currency} per {units}");
        }
        _ => return format!("Estimated cost: {estimate}"),
    };
    let depends = match cost.depends_on.split_last() {
        None => String::new(),
        Some((only, [])) => format!(", depending on {only}"),
        Some((last, rest)) => format!(", depending on {} and {last}", rest.join(", ")),
    };
    let origin = origin(cost.origin);
    let origin = match cost.low_origin {
        Some(low) => format!("{}; {origin}", self::origin(low)),
        None => origin,
    };
    let unverified = if cost.unverified { "; unverified" } else { "" };
    format!("Estimated cost: {cost}{depends}: {} ({origin}{unverified})", cost.basis)
}

/// Where a price comes from.
fn origin(origin: PriceOrigin) -> String {
    match origin {
        PriceOrigin::List { read, .. } => {
            format!("list price of {read}{}, before taxes, discounts and fees", age(read))
        }
        PriceOrigin::User => "your price".to_owned(),
        PriceOrigin::Live { at } => format!("the vendor's price at {}, before taxes, discounts and fees", moment(at)),
        _ => "price of unknown origin".to_owned(),
    }
}

/// How old a price is.
fn age(read: &str) -> String {
    let Ok(date) = read.parse::<NaiveDate>() else {
        return String::new();
    };
    match (Utc::now().date_naive() - date).num_days() {
        1 => ", 1 day ago".to_owned(),
        days @ 2.. => format!(", {days} days ago"),
        _ => String::new(),
    }
}

/// The number of budgets that apply to submissions to a vendor. None can be read from a journal that cannot.
pub(crate) async fn budgets(journal: Option<&Store>, vendor: Vendor) -> usize {
    let Some(journal) = journal else { return 0 };
    let budgets = journal.budgets(String::new()).await.unwrap_or_default();
    budgets.iter().filter(|(budget, _)| budget.applies_to(vendor)).count()
}

/// What several submissions may cost together. In JSON: `costs`, with the least and the most by currency, and `unknown_cost`.
#[derive(Default)]
pub(crate) struct Total {
    /// The least and the most, by currency.
    pub(crate) known: BTreeMap<String, (Decimal, Decimal)>,
    /// Number of submissions whose cost is not known.
    pub(crate) unknown: usize,
}

impl Total {
    /// The total. Each submission has an estimate for each vendor that it may go to.
    pub(crate) fn of<'a>(submissions: impl IntoIterator<Item = &'a [Estimate]>) -> Self {
        let mut total = Self::default();
        for estimates in submissions {
            let known: Vec<_> = estimates.iter().filter_map(Estimate::known).collect();
            let Some(first) = known.first().filter(|_| known.len() == estimates.len()) else {
                total.unknown += 1;
                continue;
            };
            if known.iter().any(|cost| cost.currency != first.currency) {
                total.unknown += 1;
                continue;
            }
            let low = known.iter().map(|cost| cost.low).min().unwrap_or_default();
            let high = known.iter().map(|cost| cost.high).max().unwrap_or_default();
            let sum = total.known.entry(first.currency.clone()).or_default();
            *sum = (sum.0 + low, sum.1 + high);
        }
        total
    }
}

impl Serialize for Total {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cost = |(currency, (low, high)): (&String, &(Decimal, Decimal))| json!({"currency": currency, "low": low.normalize(), "high": high.normalize()});
        let costs: Vec<Value> = self.known.iter().map(cost).collect();
        json!({"costs": costs, "unknown_cost": self.unknown}).serialize(serializer)
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self
            .known
            .iter()
            .map(|(currency, (low, high))| match (low.normalize(), high.normalize()) {
                (low, high) if low == high => format!("{high} {currency}"),
                (low, high) => format!("{low} to {high} {currency}"),
            })
            .collect();
        if self.unknown > 0 {
            parts.push(format!("{} of unknown cost", self.unknown));
        }
        f.write_str(&parts.join(", and "))
    }
}
