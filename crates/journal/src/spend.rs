//! What the submissions of a journal cost. The same in every engine.

use std::collections::{BTreeMap, BTreeSet};

use videogen::journal::{Charge, ChargeKind, Charges, GroupBy, Ledger, Unreadable};
use videogen::price::Money;
use videogen::{TaskStatus, Timestamp, Vendor};

/// The [origins](videogen::journal::Intent::origin) of the submissions in each [scope](videogen::journal::Intent::scope).
pub type Origins = BTreeMap<String, BTreeSet<String>>;

/// Result of [`Store::spend`](crate::Store::spend).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spent {
    /// What the submissions cost.
    pub ledger: Ledger,
    /// Where the submissions were sent.
    pub origins: Origins,
    /// Records that cannot be read, newest first.
    pub unreadable: Vec<Unreadable>,
}

impl Spent {
    pub(crate) fn add(&mut self, charges: Charges, origin: Option<String>, by: Option<GroupBy>) {
        if let Some((scope, origin)) = charges.scope.clone().zip(origin) {
            self.origins.entry(scope).or_default().insert(origin);
        }
        self.ledger.add_charges(charges, by);
    }
}

/// The columns of submissions that differ only in their amounts.
pub(crate) struct Summed {
    /// Milliseconds since 1970 of one of them.
    pub(crate) begun: i64,
    pub(crate) charge: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) status: Option<String>,
    /// The sum of their amounts.
    pub(crate) amount: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) count: u64,
}

impl Summed {
    /// What they count, if every column can be read. Another version may have written a word that this one does not know.
    pub(crate) fn charges(self) -> Option<Charges> {
        let kind = ChargeKind::ALL
            .into_iter()
            .find(|known| Some(known.as_str()) == self.charge.as_deref())?;
        let vendor = self.vendor?.parse::<Vendor>().ok()?;
        let at = Timestamp::from_timestamp_millis(self.begun)?;
        let money = match (self.amount, self.currency) {
            (Some(amount), Some(currency)) => Some(Money::new(amount.parse().ok()?, currency)),
            (Some(_), None) => return None,
            (None, _) => None,
        };
        // The state of a submission without a task is no status that has ended.
        let status = self.status.map(|status| TaskStatus::from_vendor(&status));
        let charge = Charge::new(kind, money);
        let mut charges = Charges::new(at, self.scope, vendor, self.model?, charge, status.as_ref());
        charges.count = self.count;
        Some(charges)
    }
}

/// The kinds of charges of submissions that cost nothing.
pub(crate) fn free() -> impl Iterator<Item = &'static str> {
    let free = ChargeKind::ALL.into_iter().filter(|kind| kind.is_free());
    free.map(ChargeKind::as_str)
}
