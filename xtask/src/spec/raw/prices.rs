//! Prices and sizes as Rust constants.

use std::fmt::Write as _;

use heck::ToShoutySnakeCase as _;

use super::states::tests;
use crate::spec::facts::Facts;
use crate::spec::prices::Price;
use crate::spec::tasks::Status;

/// The constants of `x-sizes` and `x-prices`.
pub(super) fn emit(facts: &Facts, out: &mut String) {
    for table in &facts.sizes {
        let _ = writeln!(out, "const {}: &[Size] = &[", constant(&table.name));
        for (resolution, ratios) in &table.sizes {
            for (ratio, (width, height)) in ratios {
                let unverified = table.is_unverified(resolution, ratio);
                let _ = writeln!(
                    out,
                    "    Size {{ resolution: {resolution:?}, aspect_ratio: {ratio:?}, width: {width}, height: {height}, \
                     unverified: {unverified} }},"
                );
            }
        }
        out.push_str("];\n\n");
    }
    out.push_str("const PRICES: &[Price] = &[\n");
    for entry in &facts.prices {
        price(facts, entry, out);
    }
    out.push_str("];\n\n");
}

/// The value of `Vendor::billing`.
pub(super) fn billing(facts: &Facts) -> String {
    let billing = &facts.billing;
    let free: Vec<&str> = billing.free.iter().copied().map(Status::name).collect();
    let page = page(facts, billing.source.as_ref());
    format!(
        "Billing {{ free: &{free:?}, unaffected: &{:?}, page: {page:?}, unverified: {} }}",
        billing.unaffected, billing.unverified
    )
}

fn constant(name: &str) -> String {
    format!("SIZES_{name}").to_shouty_snake_case()
}

fn page<'a>(facts: &'a Facts, source: Option<&String>) -> Option<&'a str> {
    source.map(|page| facts.pages[page].url.as_str())
}

fn price(facts: &Facts, price: &Price, out: &mut String) {
    let _ = write!(
        out,
        "    Price {{
        models: &{:?},
        currency: {:?},
        unit: PriceUnit::{:?},
        per: {},
        rates: &[
",
        price.models, price.currency, price.unit, price.per
    );
    for rate in &price.rates {
        let _ = writeln!(
            out,
            "            Rate {{ price: {:?}, when: &[{}], least: {:?}, unverified: {} }},",
            rate.price,
            tests(&rate.when),
            rate.least(),
            rate.unverified
        );
    }
    let tokens = price.tokens.as_ref().map_or_else(
        || "None".to_owned(),
        |tokens| {
            let (fps, sizes) = (tokens.fps, constant(&tokens.sizes));
            format!("Some(Tokens {{ fps: {fps}, sizes: {sizes} }})")
        },
    );
    let _ = write!(
        out,
        "        ],
        tokens: {tokens},
        input_video: {},
        read: {:?},
        page: {:?},
        unverified: {},
    }},
",
        price.input_video,
        facts.day_of(price),
        page(facts, price.source.as_ref()),
        price.unverified,
    );
}
