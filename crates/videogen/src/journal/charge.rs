//! What a submission counts: against budgets, and in the ledger (pure).

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Entry, State};
use crate::model::{Money, Obtained, Reserved, TaskCost, TaskStatus};

/// What a submission counts; see [`Entry::charge`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Charge {
    /// Why it counts.
    pub kind: ChargeKind,
    /// The amount. `None` if nothing counts, or if the cost is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}

/// Why a submission counts, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChargeKind {
    /// It created no task: it was refused, provably not sent, or dismissed. Nothing counts.
    NotSubmitted,
    /// The user entered what it was billed: that counts.
    Entered,
    /// The user entered that it is not billed. Nothing counts.
    EnteredNotBilled,
    /// In flight, ambiguous, or its task has not ended. Its estimate counts.
    Reserved,
    /// Its cost counts, as the vendor reported it.
    Reported,
    /// Its cost counts, computed from the tokens that the vendor reported.
    Computed,
    /// Its task is completed, and its cost is not known more exactly. Its estimate counts.
    Estimated,
    /// Its task ended without a video, and no page says whether that is billed. Its estimate counts.
    Uncertain,
    /// Its task ended with a status that the vendor does not bill. Nothing counts.
    NotBilled,
}

impl Charge {
    /// Creates a charge.
    #[must_use]
    pub fn new(kind: ChargeKind, money: Option<Money>) -> Self {
        Self { kind, money }
    }
}

impl ChargeKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::NotSubmitted,
        Self::Entered,
        Self::EnteredNotBilled,
        Self::Reserved,
        Self::Reported,
        Self::Computed,
        Self::Estimated,
        Self::Uncertain,
        Self::NotBilled,
    ];

    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSubmitted => "not_submitted",
            Self::Entered => "entered",
            Self::EnteredNotBilled => "entered_not_billed",
            Self::Reserved => "reserved",
            Self::Reported => "reported",
            Self::Computed => "computed",
            Self::Estimated => "estimated",
            Self::Uncertain => "uncertain",
            Self::NotBilled => "not_billed",
        }
    }

    /// Returns whether submissions of this kind cost nothing.
    #[must_use]
    pub fn is_free(self) -> bool {
        matches!(self, Self::NotSubmitted | Self::NotBilled | Self::EnteredNotBilled)
    }
}

impl Entry {
    /// Returns what the submission counts against budgets, at most one amount in each currency: its charge. If the vendor
    /// reported the cost in another currency than the estimate's, the cost counts against budgets in its currency, and before it
    /// is the estimate, which counts on against those in the other: they cannot count the cost.
    #[must_use]
    pub fn counted(&self) -> Vec<Money> {
        let Some(charged) = self.charge().money else {
            return Vec::new();
        };
        let reserved = self.intent.estimate.as_ref().map(Reserved::most);
        let reserved = reserved.filter(|reserved| reserved.currency != charged.currency);
        reserved.into_iter().chain([charged]).collect()
    }

    /// Returns what the submission counts. The state of an entry alone decides, so a reservation can neither be lost nor be
    /// counted twice: it changes in the transaction that changes the entry.
    #[must_use]
    pub fn charge(&self) -> Charge {
        let estimate = || self.intent.estimate.as_ref().map(Reserved::most);
        let estimated = |kind| Charge {
            kind,
            money: estimate(),
        };
        let nothing = |kind| Charge { kind, money: None };
        match self.state {
            State::Rejected | State::NotSent | State::Dismissed => return nothing(ChargeKind::NotSubmitted),
            State::Sending | State::Ambiguous | State::Accepted => {}
        }
        if let Some(settled) = &self.settled {
            let kind = match settled.money {
                Some(_) => ChargeKind::Entered,
                None => ChargeKind::EnteredNotBilled,
            };
            return Charge::new(kind, settled.money.clone());
        }
        if self.is_open() {
            return estimated(ChargeKind::Reserved);
        }
        // Earlier versions recorded what a vendor reported even if it was negative, which is no cost.
        let is_cost = |cost: &&TaskCost| cost.money.amount >= Decimal::ZERO;
        if let Some(cost) = self.cost.as_ref().filter(is_cost) {
            let kind = match cost.obtained {
                // Never of a vendor.
                Obtained::Entered => ChargeKind::Entered,
                Obtained::Reported => ChargeKind::Reported,
                Obtained::Computed => ChargeKind::Computed,
                Obtained::Estimated => ChargeKind::Estimated,
            };
            return Charge {
                kind,
                money: Some(cost.money.clone()),
            };
        }
        match &self.status {
            Some(TaskStatus::Completed) => estimated(ChargeKind::Estimated),
            Some(status) if !status.is_ended() => estimated(ChargeKind::Reserved),
            None => estimated(ChargeKind::Reserved),
            Some(status) if self.is_free(status) => nothing(ChargeKind::NotBilled),
            Some(_) => estimated(ChargeKind::Uncertain),
        }
    }

    /// Whether the vendor does not bill a task that ended with this status.
    ///
    /// Earlier versions recorded no word of the vendor, and also called a task `expired` whose files had been removed, which was
    /// billed. Without the word, a status that the vendor calls otherwise proves nothing.
    fn is_free(&self, status: &TaskStatus) -> bool {
        let facts = self.intent.vendor.facts();
        let own = || {
            facts
                .tasks
                .statuses
                .iter()
                .filter(|(_, meaning)| *meaning == status.as_str())
        };
        let is_told = self.vendor_status.is_some() || own().all(|(word, _)| *word == status.as_str());
        is_told && facts.billing.free.contains(&status.as_str())
    }
}
