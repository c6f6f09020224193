//! `videogen balance`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::facts::{Balance, Operation};

use crate::account::AccountArgs;
use crate::exit::Failure;
use crate::output::{Output, fitted};

#[derive(Args)]
pub(crate) struct BalanceArgs {
    #[command(flatten)]
    account: AccountArgs,
}

pub(crate) async fn balance(args: BalanceArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(None, Operation::Balance, output)?;
    let balance = args.account.client(vendor, output)?.balance().await?;
    output.result(&json!({"vendor": vendor, "balance": balance}), Vec::new, || {
        let shown = |credits: Option<f64>| credits.map(|credits| amount(&balance, credits));
        let remaining = if balance.unlimited {
            Some("unlimited".to_owned())
        } else {
            shown(balance.remaining_credits)
        };
        let unknown = || "unknown".to_owned();
        let row = [remaining, shown(balance.used_credits)].map(|cell| cell.unwrap_or_else(unknown));
        fitted(&["remaining", "used"], [row.to_vec()])
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Credits, and their value where it is known.
fn amount(balance: &Balance, credits: f64) -> String {
    match balance.credits_per_usd.filter(|rate| *rate > 0.0) {
        Some(rate) => format!("{credits} credits ({:.2} USD)", credits / rate),
        None => format!("{credits} credits"),
    }
}
