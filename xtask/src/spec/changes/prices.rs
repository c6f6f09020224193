//! `x-prices`, `x-sizes` and `x-billing`: what the same request costs now.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;

use super::judge::Rule;
use super::keywords::from_to;
use super::media::{list, name, named};
use super::place::{Found, Place};
use super::rest::rest;
use super::sets::strings;
use crate::spec::members;
use crate::spec::prices::{self, Rate, Unit, requests};

/// Members that both sides of a price must have in common for its amounts to be comparable.
const COUNTED: [&str; 4] = ["currency", "unit", "tokens", "input_video"];

/// Compares the prices and sizes of two specs.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    let (olds, news) = (&old["x-prices"], &new["x-prices"]);
    let ids: BTreeSet<String> = list(olds)
        .into_iter()
        .chain(list(news))
        .flat_map(|price| strings(&price["models"]))
        .collect();
    for id in &ids {
        match (of(olds, id), of(news, id)) {
            (None, Some(price)) => found.push(changed(id, Rule::PriceAdded, format!("added: {}", summary(price)))),
            (Some(price), None) => found.push(changed(id, Rule::PriceRemoved, format!("removed: {}", summary(price)))),
            (Some(before), Some(after)) => compare(id, before, after, &mut found),
            (None, None) => {}
        }
    }
    if found.is_empty() && olds != news {
        found.push(Found::at(&Place::named("x-prices"), Rule::Other, "changed"));
    }
    sizes(&old["x-sizes"], &new["x-sizes"], &mut found);
    found
}

/// Compares which tasks are billed.
pub(crate) fn billing(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let (before, after) = (strings(&old["free"]), strings(&new["free"]));
    for (statuses, words) in [
        (&before - &after, "may be billed now"),
        (&after - &before, "cost nothing now"),
    ] {
        for status in statuses {
            let mut change = Found::at(at, Rule::PriceChanged, format!("tasks that end as `{status}` {words}"));
            change.rust = vec!["facts::VENDOR.billing".to_owned()];
            found.push(change);
        }
    }
    rest(at, old, new, &["free"], found);
}

/// The price of a model.
fn of<'a>(prices: &'a Value, id: &str) -> Option<&'a Value> {
    list(prices)
        .into_iter()
        .find(|price| strings(&price["models"]).contains(id))
}

fn compare(id: &str, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let start = found.len();
    let (before, after) = (rates(old), rates(new));
    let is_comparable = old["currency"] == new["currency"] && old["unit"] == new["unit"];
    let mut come: Vec<&Rate> = after.iter().filter(|rate| same(&before, rate).is_none()).collect();
    for rate in &before {
        if let Some(now) = same(&after, rate) {
            let (was, is) = (each(old, rate), each(new, now));
            if is_comparable && was == is && (rate.price != now.price || old["per"] != new["per"]) {
                let text = format!("{} written as {}{}", amount(old, rate), amount(new, now), within(rate));
                found.push(changed(id, Rule::Docs, text));
            }
            if !is_comparable || was != is {
                let percent = is_comparable.then(|| percent(was, is)).flatten().unwrap_or_default();
                let units = match is_comparable && old["per"] == new["per"] {
                    true => format!("{} → {}", rate.price, amount(new, now)),
                    false => format!("{} → {}", amount(old, rate), amount(new, now)),
                };
                let text = format!("{units}{percent}{}", within(rate));
                found.push(changed(id, Rule::PriceChanged, text));
            }
            details(id, rate, now, found);
            continue;
        }
        // The same amount for other requests.
        let like = |other: &&Rate| is_comparable && each(old, rate) == each(new, other) && rate.least == other.least;
        match come.iter().position(like) {
            Some(index) => {
                let now = come.remove(index);
                let (was, is) = (requests(&rate.when), requests(&now.when));
                let text = format!("{} for other requests: {was} → {is}", amount(new, now));
                found.push(changed(id, Rule::PriceChanged, text));
                details(id, rate, now, found);
            }
            None => {
                let text = format!("removed: {}{}", amount(old, rate), within(rate));
                found.push(changed(id, Rule::PriceRemoved, text));
            }
        }
    }
    for rate in come {
        let text = format!("added: {}{}", amount(new, rate), within(rate));
        found.push(changed(id, Rule::PriceAdded, text));
    }
    let order = |one: &[Rate], other: &[Rate]| -> Vec<String> {
        let common = one.iter().filter(|rate| same(other, rate).is_some());
        common.map(|rate| requests(&rate.when)).collect()
    };
    if order(&before, &after) != order(&after, &before) {
        let text = "the order of the rates changed; the first that applies counts";
        found.push(changed(id, Rule::PriceChanged, text.to_owned()));
    }
    for key in COUNTED.iter().skip(2).filter(|key| old.get(**key) != new.get(**key)) {
        found.push(changed(
            id,
            Rule::PriceChanged,
            from_to(key, old.get(*key), new.get(*key)),
        ));
    }
    if old.get("read") != new.get("read") {
        found.push(changed(
            id,
            Rule::Page,
            from_to("read", old.get("read"), new.get("read")),
        ));
    }
    let mut further = Vec::new();
    let handled = [
        "models",
        "per",
        "rates",
        "read",
        "currency",
        "unit",
        "tokens",
        "input_video",
    ];
    rest(&Place::named("price"), old, new, &handled, &mut further);
    found.extend(further.into_iter().map(|change| Found {
        model: Some(id.to_owned()),
        ..change
    }));
    let meaning = |price: &Value| {
        let mut price = price.clone();
        price["models"] = Value::Null;
        price
    };
    if found.len() == start && meaning(old) != meaning(new) {
        found.push(changed(id, Rule::Other, "changed".to_owned()));
    }
}

/// What else may differ in two rates for the same requests.
fn details(id: &str, old: &Rate, new: &Rate, found: &mut Vec<Found>) {
    if old.least != new.least {
        let side = |rate: &Rate| rate.least.clone().unwrap_or_else(|| "none".to_owned());
        let text = format!(
            "least seconds {} → {} of the video's{}",
            side(old),
            side(new),
            within(new)
        );
        found.push(changed(id, Rule::PriceChanged, text));
    }
    if old.unverified != new.unverified {
        let side = |rate: &Rate| if rate.unverified { "yes" } else { "no" };
        let text = format!("unverified {} → {}{}", side(old), side(new), within(new));
        found.push(changed(id, Rule::Unverified, text));
    }
}

/// The rates of a price that can be read.
fn rates(price: &Value) -> Vec<Rate> {
    let read = |rate: &Value| Rate::deserialize(rate).ok();
    list(&price["rates"]).into_iter().filter_map(read).collect()
}

/// The rate for the same requests.
fn same<'a>(rates: &'a [Rate], rate: &Rate) -> Option<&'a Rate> {
    rates.iter().find(|other| other.when == rate.when)
}

/// The price of one unit.
fn each(price: &Value, rate: &Rate) -> Option<Decimal> {
    prices::each(&rate.price, price["per"].as_u64().unwrap_or(1))
}

/// How much one amount is above or below another: ` (+18 %)`.
pub(crate) fn percent(was: Option<Decimal>, is: Option<Decimal>) -> Option<String> {
    let change = is?.checked_div(was?)?.checked_sub(Decimal::ONE)? * Decimal::ONE_HUNDRED;
    let rounded = match change.round_dp(1) {
        zero if zero.is_zero() => change.round_sf(1)?,
        rounded => rounded,
    };
    Some(format!(
        " ({}{} %)",
        if rounded.is_sign_negative() { "" } else { "+" },
        rounded.normalize()
    ))
}

/// `7.0 USD per 1000000 tokens`.
fn amount(price: &Value, rate: &Rate) -> String {
    let unit = Unit::deserialize(&price["unit"]).map(|unit| unit.counted(price["per"].as_u64().unwrap_or(1)));
    let currency = price["currency"].as_str().unwrap_or_default();
    format!(
        "{} {currency} per {}",
        rate.price,
        unit.unwrap_or_else(|_| price["unit"].to_string())
    )
}

fn within(rate: &Rate) -> String {
    match rate.when.is_empty() {
        true => String::new(),
        false => format!(", {}", requests(&rate.when)),
    }
}

/// All rates of a price in one line.
fn summary(price: &Value) -> String {
    let all: Vec<String> = rates(price)
        .iter()
        .map(|rate| format!("{}{}", amount(price, rate), within(rate)))
        .collect();
    all.join("; ")
}

fn sizes(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let start = found.len();
    for table in list(old).into_iter().filter(|table| named(new, name(table)).is_null()) {
        found.push(Found::at(
            &of_table(table),
            Rule::Docs,
            "removed; prices that named it are reported",
        ));
    }
    for table in list(new) {
        let before = named(old, name(table));
        if before.is_null() {
            found.push(Found::at(
                &of_table(table),
                Rule::Docs,
                "added; prices that name it are reported",
            ));
            continue;
        }
        let (olds, news) = (flat(before), flat(table));
        let places: BTreeSet<&String> = olds.iter().chain(&news).map(|(place, _)| place).collect();
        for place in places {
            let side = |all: &[(String, Value)]| {
                all.iter()
                    .find(|(known, _)| known == place)
                    .map(|(_, size)| size.clone())
            };
            let (was, is) = (side(&olds), side(&news));
            let rule = match (&was, &is) {
                (None, _) => Rule::PriceAdded,
                (_, None) => Rule::PriceRemoved,
                _ => Rule::PriceChanged,
            };
            if was != is {
                let area = |size: &Option<Value>| {
                    let size = size.as_ref()?;
                    Some(Decimal::from(size[0].as_u64()?) * Decimal::from(size[1].as_u64()?))
                };
                let percent = percent(area(&was), area(&is)).unwrap_or_default();
                let text = format!("{}{percent}", from_to(place, was.as_ref(), is.as_ref()));
                found.push(of_prices(Found::at(&of_table(table), rule, text)));
            }
        }
        rest(&of_table(table), before, table, &["name", "sizes"], found);
    }
    if found.len() == start && old != new {
        found.push(Found::at(&Place::named("x-sizes"), Rule::Other, "changed"));
    }
}

fn of_table(table: &Value) -> Place {
    Place::named(format!("sizes {}", name(table)))
}

/// Every size of a table, by resolution and ratio.
fn flat(table: &Value) -> Vec<(String, Value)> {
    let tiers = members(table.get("sizes"));
    tiers
        .flat_map(|(tier, ratios)| {
            members(Some(ratios)).map(move |(ratio, size)| (format!("{tier} {ratio}"), size.clone()))
        })
        .collect()
}

/// A change of a price; the same of several models becomes one line.
fn changed(id: &str, rule: Rule, text: String) -> Found {
    let mut found = of_prices(Found::at(&Place::named("price"), rule, text));
    found.model = Some(id.to_owned());
    found
}

fn of_prices(mut found: Found) -> Found {
    found.rust = vec!["facts::VENDOR.prices".to_owned()];
    found
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::percent;

    #[test]
    fn a_percentage_has_a_sign_and_no_needless_digits() {
        let number = |text: &str| Decimal::from_str_exact(text).ok();
        for (was, is, text) in [
            ("7.0", "8.26", " (+18 %)"),
            ("7.0", "7", " (+0 %)"),
            ("0.40", "0.35", " (-12.5 %)"),
            ("3", "4", " (+33.3 %)"),
            ("1000", "1000.1", " (+0.01 %)"),
        ] {
            assert_eq!(percent(number(was), number(is)).as_deref(), Some(text), "{was} {is}");
        }
        assert_eq!(percent(number("0"), number("1")), None);
    }
}
