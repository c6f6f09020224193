//! The prices on a page against those that the spec has from it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_json::Value;

use super::facts::{Facts, Price};
use crate::spec::Spec;
use crate::spec::changes::percent;
use crate::spec::facts::{FieldState, FieldWord};
use crate::spec::prices::{self, Rate, Unit, requests};

/// A price of the page or of the spec that the other states differently or not at all.
pub(super) struct Misfit {
    /// Model and requests.
    pub(super) at: String,
    pub(super) page: Option<String>,
    pub(super) spec: Option<String>,
    pub(super) line: Option<usize>,
    pub(super) pointer: String,
}

/// The models whose price is from a page.
fn priced<'a>(spec: &'a Spec, page: &str) -> BTreeSet<&'a str> {
    let entries = entries(spec).filter(|(_, entry)| entry["source"] == page);
    entries.flat_map(|(_, entry)| models(entry)).collect()
}

/// The page with prices that this is: one that prices of its models are from, and no other.
///
/// # Errors
/// Why it is none.
pub(super) fn page(facts: &Facts, spec: &Spec) -> Result<String, String> {
    let has = |id: &&str| facts.prices.iter().any(|price| price.model == *id);
    let all = pages(spec);
    let mut own = all.iter().filter(|page| priced(spec, page).iter().any(has));
    match (own.next(), own.next()) {
        (Some(page), None) => Ok((*page).to_owned()),
        _ => Err(
            "it has prices, and not exactly one page of x-prices has prices of its models; name it with --page"
                .to_owned(),
        ),
    }
}

/// Whether a page has the prices of most models that the spec has from it.
///
/// # Errors
/// Why nothing may be concluded from prices that it lacks.
pub(super) fn whole(facts: &Facts, spec: &Spec, name: &str) -> Result<(), String> {
    let all = priced(spec, name);
    let there = all
        .iter()
        .filter(|id| facts.prices.iter().any(|price| price.model == **id))
        .count();
    match all.len() {
        0 => Err(format!(
            "it has prices only, and the spec has none from the page `{name}`"
        )),
        all if there * 2 < all => Err(format!(
            "only {there} of the {all} models are in it whose prices the spec has from it"
        )),
        _ => Ok(()),
    }
}

/// The pages that prices are from.
fn pages(spec: &Spec) -> BTreeSet<&str> {
    entries(spec)
        .filter_map(|(_, entry)| entry["source"].as_str())
        .collect()
}

/// Compares the prices on the page that is called `name`.
pub(super) fn compare(facts: &Facts, spec: &Spec, name: &str) -> Vec<Misfit> {
    if !pages(spec).contains(name) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for page in &facts.prices {
        let own = entries(spec).find(|(_, entry)| models(entry).any(|id| id == page.model));
        let Some((index, entry)) = own else {
            // The name on the page may be that of another model, which has the price.
            let is_of_another =
                |other: &Price| other.at.0 == page.at.0 && priced(spec, name).contains(other.model.as_str());
            if !facts.prices.iter().any(is_of_another) {
                found.push(new(page, "/x-prices".to_owned()));
            }
            continue;
        };
        if entry["source"] != name {
            continue;
        }
        let place = format!("/x-prices/{index}/rates");
        let rates = rates(entry);
        let Some((number, rate)) = rates.iter().find(|(_, rate)| fits(rate, page)) else {
            found.push(new(page, place));
            continue;
        };
        let pointer = format!("{place}/{number}/price");
        shown.insert(pointer.clone());
        let Ok(unit) = Unit::deserialize(&entry["unit"]) else {
            continue;
        };
        let per = entry["per"].as_u64().unwrap_or(1);
        let (page_per, page_unit) = match &page.unit {
            Some((per, word)) => (*per, word.clone()),
            None => (per, unit.counted(1)),
        };
        let (was, is) = (prices::each(&rate.price, per), prices::each(&page.price, page_per));
        if was == is && page_unit == unit.counted(1) {
            continue;
        }
        let currency = entry["currency"].as_str().unwrap_or_default();
        let change = match page_unit == unit.counted(1) {
            true => percent(was, is).unwrap_or_default(),
            false => String::new(),
        };
        found.push(Misfit {
            at: about(page),
            page: Some(format!("{} per {}{change}", page.price, counted(page_per, &page_unit))),
            spec: Some(format!("{} {currency} per {}", rate.price, unit.counted(per))),
            line: Some(page.at.0),
            pointer,
        });
    }
    for (index, entry) in entries(spec).filter(|(_, entry)| entry["source"] == name && entry["unverified"] != true) {
        for (number, rate) in rates(entry).iter().filter(|(_, rate)| !rate.unverified) {
            let pointer = format!("/x-prices/{index}/rates/{number}/price");
            if !shown.contains(&pointer) {
                let ids: Vec<&str> = models(entry).collect();
                found.push(Misfit {
                    at: format!("price of {}, {}", ids.join(", "), requests(&rate.when)),
                    page: None,
                    spec: Some(rate.price.clone()),
                    line: None,
                    pointer,
                });
            }
        }
    }
    found
}

/// A price by its model and the requests that it is for.
pub(super) fn about(price: &Price) -> String {
    let when: BTreeMap<String, FieldState> = price
        .when
        .iter()
        .map(|(field, values)| {
            let state = match values.first().map(String::as_str) {
                Some("set") => FieldState::Word(FieldWord::Set),
                Some("unset") => FieldState::Word(FieldWord::Unset),
                _ => FieldState::OneOf(values.clone()),
            };
            (field.clone(), state)
        })
        .collect();
    format!("price of {}, {}", price.model, requests(&when))
}

fn new(page: &Price, pointer: String) -> Misfit {
    let unit = page
        .unit
        .as_ref()
        .map(|(per, unit)| format!(" per {}", counted(*per, unit)));
    Misfit {
        at: about(page),
        page: Some(format!("{}{}", page.price, unit.unwrap_or_default())),
        spec: None,
        line: Some(page.at.0),
        pointer,
    }
}

fn counted(per: u64, unit: &str) -> String {
    match per {
        1 => unit.to_owned(),
        per => format!("{per} {unit}s"),
    }
}

fn entries(spec: &Spec) -> impl Iterator<Item = (usize, &Value)> {
    let list = spec.doc.get("x-prices").and_then(Value::as_array);
    list.into_iter().flatten().enumerate()
}

fn models(entry: &Value) -> impl Iterator<Item = &str> {
    let list = entry["models"].as_array().into_iter().flatten();
    list.filter_map(Value::as_str)
}

fn rates(entry: &Value) -> Vec<(usize, Rate)> {
    let list = entry["rates"].as_array().into_iter().flatten();
    let read = list.enumerate();
    read.filter_map(|(index, rate)| Some((index, Rate::deserialize(rate).ok()?)))
        .collect()
}

/// Whether a rate is the one for such requests. What a page does not distinguish is the usual case.
fn fits(rate: &Rate, page: &Price) -> bool {
    rate.when
        .iter()
        .all(|(field, state)| match (page.when.get(field), state) {
            (Some(values), FieldState::Word(FieldWord::Set)) => values != &["unset"],
            (Some(values), FieldState::Word(FieldWord::Unset)) => values == &["unset"],
            (Some(values), FieldState::OneOf(own)) => values
                .iter()
                .all(|value| own.iter().any(|own| own.eq_ignore_ascii_case(value))),
            (None, FieldState::Word(word)) => matches!(word, FieldWord::Unset),
            (None, FieldState::OneOf(own)) => {
                field == "resolution" || own.iter().any(|own| own == "unset" || own == "default")
            }
        })
}
