//! `videogen budget`.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use videogen::journal::{Budget, BudgetKey, Journal as _, Period};
use videogen::{ErrorKind, Vendor};
use videogen_journal::Store;

use crate::exit::{Failure, INVALID};
use crate::journal::{Addresses, JournalArgs, PUBLIC, failure, named};
use crate::output::{Output, fitted, moment};

#[derive(Subcommand)]
pub(crate) enum BudgetCommand {
    /// Set a budget, in place of one for the same period and currency
    Set(SetArgs),
    /// List the budgets, and what counts against them
    List,
    /// Remove a budget
    Remove(RemoveArgs),
}

#[derive(Args)]
pub(crate) struct SetArgs {
    /// AMOUNT/PERIOD: 20/day, 300CNY/month; day, week, month or total, in UTC.
    #[arg(value_name = "BUDGET", allow_hyphen_values = true)]
    budget: Budget,
    /// Limit the submissions to VENDOR only [default: all vendors together].
    #[arg(long, value_name = "VENDOR")]
    vendor: Option<Vendor>,
}

#[derive(Args)]
pub(crate) struct RemoveArgs {
    /// Period of the budget: day, week, month or total.
    #[arg(value_name = "PERIOD")]
    period: Period,
    /// The vendor that it limits [default: the budget for all vendors].
    #[arg(long, value_name = "VENDOR")]
    vendor: Option<Vendor>,
    /// Its currency.
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: String,
}

pub(crate) async fn budget(
    command: BudgetCommand,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let none = || {
        Failure::new(
            INVALID,
            ErrorKind::InvalidRequest,
            "budgets are in the journal; remove --no-journal",
        )
    };
    match command {
        BudgetCommand::Set(SetArgs { budget, vendor }) => {
            let journal = journal.open(output)?.ok_or_else(none)?;
            let budget = match vendor {
                Some(vendor) => budget.vendor(vendor),
                None => budget,
            };
            journal.set_budget(budget.clone()).await.map_err(failure)?;
            output.result(&json!({"budget": budget}), Vec::new, || format!("Set: {budget}."))?;
        }
        BudgetCommand::List => {
            let journal = journal.open_to_read(output)?.ok_or_else(none)?;
            list(&journal, output).await?;
        }
        BudgetCommand::Remove(args) => {
            let journal = journal.open(output)?.ok_or_else(none)?;
            let mut key = BudgetKey::new(args.currency, args.period);
            key.vendor = args.vendor;
            if !journal.remove_budget(key.clone()).await.map_err(failure)? {
                let vendor = key.vendor.map_or("all vendors", |vendor| vendor.name());
                let message = format!("there is no budget in {} per {} for {vendor}", key.currency, key.period);
                return Err(
                    Failure::new(INVALID, ErrorKind::NotFound, message).hint("List them with: videogen budget list")
                );
            }
            output.result(&json!({"removed": key}), Vec::new, || "Removed.".to_owned())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(journal: &Arc<Store>, output: &Output) -> Result<(), Failure> {
    // What was submitted to a simulator or a gateway is counted separately.
    let origins = journal.origins().await.map_err(failure)?;
    let addresses = Addresses::of_origins(&origins);
    let others = origins.into_keys().filter(|scope| scope != PUBLIC);
    let now = Utc::now();
    let mut rows: Vec<(Value, Vec<String>)> = Vec::new();
    let mut missed = 0;
    for scope in std::iter::once(PUBLIC.to_owned()).chain(others) {
        for (budget, counted) in journal.budgets(scope.clone()).await.map_err(failure)? {
            let unknown = journal.missed(budget.clone(), &scope).await.map_err(failure)?;
            if scope != PUBLIC && counted.is_zero() && unknown == 0 {
                continue;
            }
            missed += unknown;
            let (until, left) = (budget.key.period.end(now), budget.amount - counted);
            let [counted, left] = [counted, left].map(|amount| amount.normalize().to_string());
            let row = vec![
                budget.to_string(),
                addresses.text(&scope),
                counted.clone(),
                left.clone(),
                unknown.to_string(),
                until.map(moment).unwrap_or_default(),
            ];
            let mut document = json!(budget);
            document["scope"] = scope.clone().into();
            document["addresses"] = addresses.of(&scope).into();
            document["counted"] = counted.into();
            document["left"] = left.into();
            document["unknown_cost"] = unknown.into();
            document["until"] = json!(until);
            rows.push((document, row));
        }
    }
    let documents: Vec<&Value> = rows.iter().map(|(document, _)| document).collect();
    output.result(&json!({"budgets": documents}), Vec::new, || {
        if rows.is_empty() {
            return format!("No budgets in {}.", named(journal));
        }
        let heads = ["budget", "scope", "spent or reserved", "left", "unknown cost", "until"];
        let table = fitted(&heads, rows.iter().map(|(_, row)| row.clone()));
        match missed {
            0 => table,
            _ => format!("{table}\n\nSubmissions of unknown cost, or in another currency, are in no amount."),
        }
    })
}
