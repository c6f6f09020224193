//! The ledger: what the submissions of a journal cost (pure).

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Charge, ChargeKind, Entry};
use crate::model::{Money, TaskStatus, Timestamp, Vendor};

/// What the submissions of a journal cost, by scope and group.
///
/// ```no_run
/// use videogen::journal::{GroupBy, Journal, JournalError, Ledger, Pages, Query};
///
/// async fn print(journal: &dyn Journal) -> Result<(), JournalError> {
///     let mut ledger = Ledger::default();
///     let mut pages = Pages::new(journal, Query::default());
///     while let Some(page) = pages.next().await? {
///         page.entries.iter().for_each(|entry| ledger.add(entry, Some(GroupBy::Vendor)));
///     }
///     for spend in ledger.groups {
///         for amounts in &spend.amounts {
///             println!("{:?}: {} {}", spend.group, amounts.total(), amounts.currency);
///         }
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// The groups, in order, those of the public internet first.
    pub groups: Vec<Spend>,
}

/// How the submissions of a [`Ledger`] are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GroupBy {
    /// By the day of the submission, in UTC.
    Day,
    /// By vendor.
    Vendor,
    /// By vendor and model.
    Model,
}

/// The submissions of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Spend {
    /// The [scope](super::Intent::scope) of the base URLs: `public`, or the address of a private host, such as a simulator.
    pub scope: String,
    /// Name of the group: a date, a vendor, or vendor and model. `None` if there are no groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What they cost, by currency.
    pub amounts: Vec<Amounts>,
    /// Number of submissions that have a task, or may have one.
    pub submissions: u64,
    /// Those whose task ended without a video.
    pub failed: u64,
    /// Those that are not billed: failed tasks of a vendor that does not bill them, and what the user entered as not billed.
    pub not_billed: u64,
    /// Those of which the user entered what they were billed, also as not billed.
    pub entered: u64,
    /// Failed tasks with an estimate of which no page says whether they are billed; the estimates are in [`Amounts::uncertain`].
    pub uncertain: u64,
    /// Those whose cost is unknown, and in no amount, also failed ones that may be billed.
    pub unknown: u64,
    /// Number of submissions that created no task: refused, not sent, or dismissed. They cost nothing.
    pub not_submitted: u64,
}

/// Amounts in one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Amounts {
    /// Currency code of ISO 4217, such as `USD`.
    pub currency: String,
    /// What the user entered.
    pub entered: Decimal,
    /// Costs that the vendors reported.
    pub reported: Decimal,
    /// Costs computed from the tokens or lengths that the vendors reported.
    pub computed: Decimal,
    /// Estimates of completed tasks.
    pub estimated: Decimal,
    /// Estimates of submissions in flight, of ambiguous ones, and of tasks that have not ended.
    pub reserved: Decimal,
    /// Estimates of tasks that ended without a video, of which it is unknown whether they are billed.
    pub uncertain: Decimal,
}

impl Amounts {
    /// Returns the sum of all amounts.
    #[must_use]
    pub fn total(&self) -> Decimal {
        let amounts = [
            self.entered,
            self.computed,
            self.estimated,
            self.reserved,
            self.uncertain,
        ];
        amounts.into_iter().fold(self.reported, Decimal::saturating_add)
    }
}

/// Submissions that the ledger sums as one: a journal can add up those that differ only in their amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Charges {
    /// Time of the submission; of several, any time of their day in UTC.
    pub at: Timestamp,
    /// Their [scope](super::Intent::scope).
    pub scope: Option<String>,
    /// Vendor.
    pub vendor: Vendor,
    /// Model.
    pub model: String,
    /// Why they count, and the sum of what they count.
    pub charge: Charge,
    /// Whether their tasks ended without a video.
    pub have_failed: bool,
    /// Number of submissions.
    pub count: u64,
}

impl Charges {
    /// Creates those of one submission. `status`: the last known status of its task.
    #[must_use]
    pub fn new(
        at: Timestamp,
        scope: Option<String>,
        vendor: Vendor,
        model: impl Into<String>,
        charge: Charge,
        status: Option<&TaskStatus>,
    ) -> Self {
        Self {
            at,
            scope,
            vendor,
            model: model.into(),
            charge,
            have_failed: status.is_some_and(|status| status.is_ended() && !status.is_completed()),
            count: 1,
        }
    }

    /// Creates those of an entry.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let intent = &entry.intent;
        let status = entry.status.as_ref();
        Self::new(
            intent.at,
            intent.scope(),
            intent.vendor,
            &intent.model,
            entry.charge(),
            status,
        )
    }
}

impl Ledger {
    /// Sums the [charges](Entry::charge) of `entries`.
    #[must_use]
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>, by: Option<GroupBy>) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            ledger.add(entry, by);
        }
        ledger
    }

    /// Adds an entry to the group that it belongs to.
    pub fn add(&mut self, entry: &Entry, by: Option<GroupBy>) {
        self.add_charges(Charges::of(entry), by);
    }

    /// Adds submissions to the group that they belong to.
    pub fn add_charges(&mut self, charges: Charges, by: Option<GroupBy>) {
        // Older versions recorded no base URL.
        let scope = charges.scope.clone().unwrap_or_else(|| "public".to_owned());
        let group = by.map(|by| match by {
            GroupBy::Day => charges.at.date_naive().to_string(),
            GroupBy::Vendor => charges.vendor.to_string(),
            GroupBy::Model => format!("{} {}", charges.vendor, charges.model),
        });
        let place = self.groups.binary_search_by(|spend| {
            let order = |scope: &str| scope != "public";
            let known = (order(&spend.scope), &spend.scope, &spend.group);
            known.cmp(&(order(&scope), &scope, &group))
        });
        let place = place.unwrap_or_else(|place| {
            let spend = Spend {
                scope,
                group,
                ..Spend::default()
            };
            self.groups.insert(place, spend);
            place
        });
        self.groups[place].add(charges);
    }
}

impl Spend {
    fn add(&mut self, charges: Charges) {
        let Charges { charge, count, .. } = charges;
        if charge.kind == ChargeKind::NotSubmitted {
            self.not_submitted += count;
            return;
        }
        self.submissions += count;
        if charges.have_failed {
            self.failed += count;
        }
        if charge.kind.is_free() {
            self.not_billed += count;
        }
        if matches!(charge.kind, ChargeKind::Entered | ChargeKind::EnteredNotBilled) {
            self.entered += count;
        }
        let Some(Money { amount, currency }) = charge.money else {
            if !charge.kind.is_free() {
                self.unknown += count;
            }
            return;
        };
        if charge.kind == ChargeKind::Uncertain {
            self.uncertain += count;
        }
        let amounts = self.in_currency(currency);
        let sum = match charge.kind {
            ChargeKind::Entered => &mut amounts.entered,
            ChargeKind::Reported => &mut amounts.reported,
            ChargeKind::Computed => &mut amounts.computed,
            ChargeKind::Estimated => &mut amounts.estimated,
            ChargeKind::Uncertain => &mut amounts.uncertain,
            ChargeKind::Reserved | ChargeKind::NotBilled | ChargeKind::EnteredNotBilled | ChargeKind::NotSubmitted => {
                &mut amounts.reserved
            }
        };
        *sum = sum.saturating_add(amount);
    }

    /// The amounts in a currency, which are sorted by its code.
    fn in_currency(&mut self, currency: String) -> &mut Amounts {
        let place = self
            .amounts
            .binary_search_by(|amounts| amounts.currency.as_str().cmp(&currency));
        let place = place.unwrap_or_else(|place| {
            let amounts = Amounts {
                currency,
                ..Amounts::default()
            };
            self.amounts.insert(place, amounts);
            place
        });
        &mut self.amounts[place]
    }
}
