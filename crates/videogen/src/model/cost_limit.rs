//! What limits the cost of a submission, and does not allow it.

use serde::Serialize;

use super::Money;

/// A limit of cost that does not allow a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CostLimit {
    /// Which limit.
    pub kind: CostLimitKind,
    /// Whether the cost is known in the currency of the limit, and too high. Otherwise
    /// [`SubmitOptions::allow_unknown_cost`](crate::submit::SubmitOptions::allow_unknown_cost) allows the submission, unless the
    /// budget is exhausted.
    pub cost_known: bool,
    /// Whether nothing is left of the budget: it allows no submission of unknown cost either.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exhausted: bool,
    /// Whether it holds for all vendors: another one that may cost as much is over it too.
    pub all_vendors: bool,
    /// Currency code of ISO 4217 of the limit, such as `USD`.
    pub currency: String,
    /// The most that the submission may cost, if it is priced in another currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_cost: Option<Money>,
}

/// Kind of a [`CostLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CostLimitKind {
    /// [`SubmitOptions::max_cost`](crate::submit::SubmitOptions::max_cost) of the submission, or
    /// [`Group::max_cost`](crate::journal::Group::max_cost).
    MaxCost,
    /// A [budget](crate::journal::Budget) of the journal.
    Budget,
}
