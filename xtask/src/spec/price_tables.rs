//! The tables in `docs/fields.md` of list prices, and of the sizes by which tokens are counted.

use std::fmt::Write as _;

use super::conditions::{FieldState, FieldWord};
use super::facts::Facts;
use super::prices::{Price, Rate, requests};

/// The tables of all vendors.
pub(super) fn tables(all: &[Facts]) -> [String; 2] {
    [prices(all), sizes(all)]
}

fn prices(all: &[Facts]) -> String {
    let mut out =
        "**List prices**\n\n| Vendor | Models | Request | Price | Read | Source |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for facts in all {
        for price in &facts.prices {
            let models: Vec<String> = price.models.iter().map(|id| format!("`{id}`")).collect();
            for rate in &price.rates {
                let _ = writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} |",
                    facts.vendor.name,
                    models.join(", "),
                    requests(&rate.when),
                    amount(price, rate),
                    facts.day_of(price),
                    source(facts, price, rate),
                );
            }
        }
    }
    let names = |facts: Vec<&Facts>| {
        facts
            .iter()
            .map(|facts| facts.vendor.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let unpriced: Vec<&Facts> = all.iter().filter(|facts| facts.prices.is_empty()).collect();
    if !unpriced.is_empty() {
        let _ = writeln!(out, "\nNo price was found on public pages of {}.", names(unpriced));
    }
    for facts in all.iter().filter(|facts| !facts.billing.free.is_empty()) {
        let statuses: Vec<String> = facts
            .billing
            .free
            .iter()
            .map(|status| format!("`{}`", status.name()))
            .collect();
        let _ = writeln!(
            out,
            "\n{} does not bill tasks that end as {}{}.",
            facts.vendor.name,
            statuses.join(" or "),
            if facts.billing.unverified { " (unverified)" } else { "" }
        );
    }
    out
}

fn amount(price: &Price, rate: &Rate) -> String {
    let mut out = format!(
        "{} {} per {}",
        rate.price,
        price.currency,
        price.unit.counted(price.per)
    );
    let is_without = rate.when.get("reference_video") == Some(&FieldState::Word(FieldWord::Unset));
    if price.input_video && !is_without {
        out.push_str(", also of input videos");
    }
    if let Some(least) = &rate.least {
        let _ = write!(out, ", at least {least} of the video's seconds");
    }
    out
}

fn source(facts: &Facts, price: &Price, rate: &Rate) -> String {
    let page = price
        .source
        .as_ref()
        .map(|page| format!("[page]({})", facts.pages[page].url));
    let mark = (price.unverified || rate.unverified).then(|| "unverified".to_owned());
    page.into_iter().chain(mark).collect::<Vec<_>>().join(", ")
}

/// A row for each resolution, and how tokens are counted.
fn sizes(all: &[Facts]) -> String {
    let mut rows = String::new();
    for facts in all {
        for table in &facts.sizes {
            let counted = facts
                .prices
                .iter()
                .filter(|price| price.tokens.as_ref().is_some_and(|tokens| tokens.sizes == table.name));
            let models: Vec<String> = counted
                .flat_map(|price| &price.models)
                .map(|id| format!("`{id}`"))
                .collect();
            let mut tiers: Vec<_> = table.sizes.iter().collect();
            tiers.sort_by_key(|(_, ratios)| ratios.values().map(|(width, height)| width * height).max());
            for (resolution, ratios) in tiers {
                let sizes: Vec<String> = ratios
                    .iter()
                    .map(|(ratio, (width, height))| {
                        let mark = if table.is_unverified(resolution, ratio) {
                            " (unverified)"
                        } else {
                            ""
                        };
                        format!("{ratio} {width}×{height}{mark}")
                    })
                    .collect();
                let _ = writeln!(
                    rows,
                    "| {} | {} | {resolution} | {} |",
                    facts.vendor.name,
                    models.join(", "),
                    sizes.join(", ")
                );
            }
        }
    }
    match rows.is_empty() {
        true => String::new(),
        false => format!(
            "**Sizes by which tokens are counted**\n\n| Vendor | Models | Resolution | Sizes in pixels |\n|---|---|---|---|\n{rows}\n\
             A video has seconds × width × height × frames per second / 1024 tokens.\n"
        ),
    }
}
