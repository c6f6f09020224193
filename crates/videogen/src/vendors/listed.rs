//! What a vendor's own list states of its models, at the places that the spec names (`x-listed-models`). Independent of the
//! vendor.

use std::collections::BTreeSet;

use serde_json::Value;
use videogen_wire::FromValue;

use super::outcome::Judge;
use crate::model::{Capabilities, ListedModel, Vendor};

/// Longest range of durations that is read as a set.
const LONGEST: i64 = 3_600;

/// Sets the limits of `models` from `answer`. A member that cannot be read counts as not stated.
pub(crate) fn read(vendor: Vendor, models: &mut [ListedModel], answer: &Value) {
    let Some(listing) = vendor.facts().listing else { return };
    let entries = answer.pointer(listing.models).and_then(Value::as_array);
    for entry in entries.into_iter().flatten() {
        let Some(id) = entry.pointer(listing.id).cloned().and_then(String::from_value) else {
            continue;
        };
        let at = |member: &str| {
            let (_, place) = listing.members.iter().find(|(name, _)| *name == member)?;
            entry.pointer(place).filter(|value| !value.is_null()).cloned()
        };
        for model in models.iter_mut().filter(|model| model.id == id) {
            let number = |member: &str| at(member).and_then(i64::from_value);
            let normal = |field: &str, words: Vec<String>| normalised(vendor, &id, field, words);
            model.durations = at("durations").and_then(seconds).or_else(|| {
                let (min, max) = number("duration_min").zip(number("duration_max"))?;
                let seconds = (min..=max.min(LONGEST)).filter_map(|second| u32::try_from(second).ok());
                Some(distinct(seconds))
            });
            model.resolutions = at("resolutions")
                .and_then(texts)
                .map(|words| normal("resolution", words));
            model.aspect_ratios = at("aspect_ratios")
                .and_then(texts)
                .map(|words| normal("aspect_ratio", words));
            model.frames = at("frames").and_then(texts);
            model.generate_audio = at("generate_audio").and_then(bool::from_value);
            model.seed = at("seed").and_then(bool::from_value);
            if let Some(Value::Object(prices)) = at("prices_usd") {
                model.prices_usd.extend(prices.into_iter().map(|(name, price)| {
                    let text = price.to_string();
                    (name, String::from_value(price).unwrap_or(text))
                }));
            }
        }
    }
}

/// `None` for what is no list, and for an empty one, in whose place a range may be stated.
fn seconds(list: Value) -> Option<BTreeSet<u32>> {
    let Value::Array(items) = list else { return None };
    let seconds = items
        .into_iter()
        .filter_map(|item| u32::try_from(i64::from_value(item)?).ok());
    let seconds = distinct(seconds);
    (!seconds.is_empty()).then_some(seconds)
}

/// Not with `collect`, for which a sort is compiled.
fn distinct(seconds: impl Iterator<Item = u32>) -> BTreeSet<u32> {
    let mut distinct = BTreeSet::new();
    distinct.extend(seconds);
    distinct
}

fn texts(list: Value) -> Option<Vec<String>> {
    let Value::Array(items) = list else { return None };
    Some(items.into_iter().filter_map(String::from_value).collect())
}

/// The values as requests have them, where the vendor spells them otherwise.
fn normalised(vendor: Vendor, model: &str, field: &str, mut values: Vec<String>) -> Vec<String> {
    let words = Capabilities::of(vendor, model)
        .field(field)
        .map_or(&[][..], |field| field.words);
    for value in &mut values {
        if let Some(word) = words.iter().find(|word| word.wire == *value) {
            word.value.clone_into(value);
        }
    }
    values
}

/// A model whose texts are cleaned for display.
pub(crate) fn cleaned(judge: &Judge<'_>, mut model: ListedModel) -> ListedModel {
    let modalities = model.input_modalities.iter_mut().chain(&mut model.output_modalities);
    let limits = [&mut model.resolutions, &mut model.aspect_ratios, &mut model.frames];
    let words = modalities.chain(limits.into_iter().flatten().flatten());
    for word in words.chain([&mut model.id]).chain(&mut model.display_name) {
        *word = judge.clean(word);
    }
    let prices = std::mem::take(&mut model.prices_usd).into_iter();
    let clean = |(name, price): (String, String)| (judge.clean(&name), judge.clean(&price));
    model.prices_usd.extend(prices.map(clean));
    model
}
