//! Options that limit what a submission may cost.

use clap::Args;
use clap::builder::TypedValueParser;
use videogen::price::{Decimal, Money};
use videogen::submit::SubmitOptions;

use crate::late::late_or;

#[derive(Args)]
#[command(next_help_heading = "Cost")]
pub(crate) struct CapArgs {
    /// Submit only if the total is at most AMOUNT, such as 2.50 or 30CNY [USD].
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = max_cost())]
    max_cost: Option<Money>,
    /// Submit at an unknown cost, under --max-cost and budgets that are not used up.
    #[arg(long)]
    allow_unknown_cost: bool,
}

/// Reads a maximum cost.
pub(crate) fn max_cost() -> impl TypedValueParser<Value = Money> {
    late_or(str::parse::<Money>, Money::new(Decimal::ZERO, "USD"))
}

impl CapArgs {
    /// Whether there is a maximum cost.
    pub(crate) fn is_set(&self) -> bool {
        self.max_cost.is_some()
    }

    /// Adds them to the options of a submission.
    pub(crate) fn apply(self, options: &mut SubmitOptions) {
        options.max_cost = self.max_cost;
        options.allow_unknown_cost = self.allow_unknown_cost;
    }
}
