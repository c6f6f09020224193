//! The columns of a budget. The same in every engine.

use videogen::journal::{Budget, BudgetKey, JournalError};

/// What the column `vendor` has for all vendors.
pub(crate) const ALL: &str = "";

/// The columns `vendor`, `currency` and `period`.
pub(crate) fn columns(key: &BudgetKey) -> (&str, &str, &str) {
    let vendor = key.vendor.as_ref().map_or(ALL, |vendor| vendor.as_str());
    (vendor, &key.currency, key.period.as_str())
}

/// The budget of a record. One that cannot be read is an error, because it cannot be kept.
pub(crate) fn read(vendor: &str, currency: &str, period: &str, json: &[u8]) -> Result<Budget, JournalError> {
    let found = serde_json::from_slice::<Budget>(json).map_err(|error| error.to_string());
    let is_same = |budget: &Budget| columns(&budget.key) == (vendor, currency, period);
    let found = found.and_then(|budget| match is_same(&budget) {
        true => Ok(budget),
        false => Err("its columns contradict column budget".to_owned()),
    });
    found.map_err(|reason| {
        let vendor = if vendor.is_empty() { "all vendors" } else { vendor };
        JournalError::new(format!(
            "the budget in {currency} per {period} for {vendor} cannot be read ({reason}); set or remove it"
        ))
    })
}

/// Refuses a budget that is not stored.
pub(crate) fn storable(budget: &Budget) -> Result<(), JournalError> {
    if budget.key.group.is_some() {
        return Err(JournalError::new(
            "the budget of a group is not stored: each submission brings its own",
        ));
    }
    Ok(())
}
